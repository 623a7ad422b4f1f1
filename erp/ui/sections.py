"""The sections of a page: one is drawn at a time, and the address says which."""

from collections.abc import Callable, Mapping

import streamlit as st


def draw_section(parts: Mapping[str, Callable[[], object]], key: str) -> None:
    """Offer the sections by name, all of them in sight on a phone too, and draw the chosen one; at first the first.

    `key`: the name of the choice in the address. Tabs would do the same, and take the browser a tenth longer to open.
    """
    names = list(parts)
    chosen = st.pills(
        "Section", names, default=names[0], key=key, required=True, bind="query-params", label_visibility="collapsed"
    )
    parts[chosen or names[0]]()
