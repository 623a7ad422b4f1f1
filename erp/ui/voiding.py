"""Voiding a record that was entered by mistake, and restoring it: the same form for every kind."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from erp.ui import guard
from erp.ui.actions import forget_form, once, submit

WHAT_IT_MEANS = "For what was entered by mistake. The record and your reason stay, but it counts nowhere."


def draw_void(name: str, service: Callable[..., Any], record_id: int, version: int, more: str = "") -> None:
    """Draw the folded form that voids a record with a reason. `name`: of its keys; `more`: what else to know."""
    with st.expander("Void this record", key=f"{name}_void_{record_id}"):
        draw_void_form(name, service, record_id, version, more)


def draw_void_form(name: str, service: Callable[..., Any], record_id: int, version: int, more: str = "") -> None:
    """Draw the form alone, for a place that is folded already."""
    key = f"{name}_void_{record_id}"
    st.markdown(" ".join(filter(None, (WHAT_IT_MEANS, more))))
    st.text_input("Why", key=f"{key}_why")
    guard.draw(key)
    args = (service, key, record_id, version)
    st.button("Void", key=f"{key}_go", icon=":material/block:", on_click=_void, args=args)


def draw_restore(noun: str, service: Callable[..., Any], record_id: int, version: int) -> None:
    """Draw the button that brings a voided record back."""
    args = (service, record_id, version)
    st.button(f"Restore this {noun}", on_click=submit, args=args, kwargs={"said": "Restored."})


@once
def _void(service: Callable[..., Any], key: str, record_id: int, version: int) -> None:
    reason = str(st.session_state[f"{key}_why"])
    if guard.guarded(key, {"Why": reason}, service, record_id, version, reason, said="Voided.") is not None:
        forget_form(key, f"{key}_why")
