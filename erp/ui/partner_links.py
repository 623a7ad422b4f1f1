"""Links from a page to another record on the same page."""

from typing import Any

import streamlit as st

from erp.ui import navigation


def same_page_link(name: str, label: str, *, key: str, icon: str | None = None, **query: Any) -> None:
    """Draw what looks like a link to another record on the page one is on.

    A link of Streamlit's to the page one is on leaves the address as it was: the next click would lose the record.
    """
    if st.button(label, key=key, icon=icon, type="tertiary"):
        navigation.go(name, **query)
