"""Asks before text is saved that looks like a child's or family's identity: mend it, or keep it with a reason."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import streamlit as st

from erp.privacy import find_identifying, mark_html_free
from erp.ui.actions import submit

OutcomeT = TypeVar("OutcomeT")


@dataclass(frozen=True)
class Shown:
    """The words that a form was asked about, and its texts with them marked, by label."""

    words: set[str]
    marked: dict[str, str]


def clear(texts: Mapping[str, str], *, key: str, already: Collection[str] = ()) -> bool:
    """Say whether these texts (label → text) may be saved now. `already`: texts that were saved as they are before.

    False where words look identifying that no reason was given for yet; `draw(key)` then shows them and asks. A reason
    holds for the words that were shown, and for no others typed since.
    """
    new = {label: text for label, text in texts.items() if text not in already}
    found = {label: marks for label, text in new.items() if (marks := find_identifying(text))}
    words = {mark.words for marks in found.values() for mark in marks}
    shown: Shown | None = st.session_state.get(_at(key))
    if words and not (reason(key) and shown is not None and words <= shown.words):
        marked = {label: mark_html_free(new[label], marks) for label, marks in found.items()}
        st.session_state[_at(key)] = Shown(words, marked)
        return False
    if not words:
        _forget(key)
    return True


def guarded(
    key: str,
    texts: Mapping[str, str],
    service: Callable[..., OutcomeT],
    *args: Any,
    already: Collection[str] = (),
    **values: Any,
) -> OutcomeT | None:
    """Submit once nothing in these texts looks identifying, or a reason was given; the history keeps the reason."""
    if not clear(texts, key=key, already=already):
        return None
    outcome = submit(service, *args, kept_because=reason(key), **values)
    if outcome is not None:
        _forget(key)
    return outcome


def draw(key: str) -> None:
    """Show the marked words of the last try to save, and a field for a reason; forms call it above their button."""
    shown: Shown | None = st.session_state.get(_at(key))
    if shown is None:
        return
    st.warning(
        "Nothing is saved yet. The words marked ⟦so⟧ look as if they could identify a child or a family, and this "
        "tool holds no case information. Please take them out – or, if they do not identify anybody, say why."
    )
    for label, marked in shown.marked.items():
        st.text(f"{label}: {marked}")
    st.text_input("Why these words may stay", key=f"{_at(key)}_reason")


def reason(key: str) -> str:
    """Return the reason given for keeping marked words, or an empty text."""
    return str(st.session_state.get(f"{_at(key)}_reason", "")).strip()


def _forget(key: str) -> None:
    for state in (_at(key), f"{_at(key)}_reason"):
        st.session_state.pop(state, None)


def _at(key: str) -> str:
    return f"_guard_{key}"
