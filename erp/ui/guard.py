"""Asks before text is saved that looks like a child's or family's identity: mend it, or keep it with a reason."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import streamlit as st

from erp.privacy import find_identifying, mark_html_free
from erp.ui.actions import submit

OutcomeT = TypeVar("OutcomeT")


def clear(texts: Mapping[str, str], *, key: str) -> bool:
    """Say whether these texts (label → text) may be saved now.

    False where words look identifying and no reason to keep them was given yet; `draw(key)` then shows what and asks.
    """
    found = {label: mark_html_free(text, marks) for label, text in texts.items() if (marks := find_identifying(text))}
    kept_for = reason(key)
    if found and not kept_for:
        st.session_state[_at(key)] = found
        return False
    st.session_state.pop(_at(key), None)
    return True


def guarded(
    key: str, texts: Mapping[str, str], service: Callable[..., OutcomeT], *args: Any, **values: Any
) -> OutcomeT | None:
    """Submit once nothing in these texts looks identifying, or a reason was given; the history keeps the reason."""
    if not clear(texts, key=key):
        return None
    outcome = submit(service, *args, kept_because=reason(key), **values)
    if outcome is not None:
        st.session_state.pop(f"{_at(key)}_reason", None)
    return outcome


def draw(key: str) -> None:
    """Show the marked words of the last try to save, and a field for a reason; forms call it above their button."""
    found = st.session_state.get(_at(key))
    if not found:
        return
    st.warning(
        "Nothing is saved yet. The words marked ⟦so⟧ look as if they could identify a child or a family, and this "
        "tool holds no case information. Please take them out – or, if they do not identify anybody, say why."
    )
    for label, marked in found.items():
        st.text(f"{label}: {marked}")
    st.text_input("Why these words may stay", key=f"{_at(key)}_reason")


def reason(key: str) -> str:
    """Return the reason given for keeping marked words, or an empty text."""
    return str(st.session_state.get(f"{_at(key)}_reason", "")).strip()


def _at(key: str) -> str:
    return f"_guard_{key}"
