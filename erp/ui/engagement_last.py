"""Offers what the last engagement with the same partners, or at the same forum, had: one tap instead of five fields."""

from typing import Any

import streamlit as st

from erp.queries.last_time import LastTime, last_time
from erp.ui.engagement_form import Form
from erp.ui.loads import load
from erp.ui.words import day_text, listed, plain
from erp.vocabulary import Interpreter

#: What is offered, in the order in which it is said.
OFFERED = ("held_at", "place", "remote", "language", "interpreter", "county_people", "people")
_UNSAID = ("", False, Interpreter.NOT_SAID.value, [], None)


def take_back_last(form: Form) -> None:
    """Blank what was filled from the last time of partners or a forum that are not chosen any more.

    Called before the fields are drawn, and before they are saved. What the person typed over it stays. What was filled
    is kept with the draft: it may be of a record that is open to fewer people.
    """
    values, partners, forum_id = st.session_state.get(form.key("filled"), ({}, (), None))
    if not values or (set(partners) <= set(form.chosen) and forum_id in (None, form.value("forum_id"))):
        return
    for field, value in values.items():
        if form.value(field) == value:
            st.session_state[form.key(field)] = form.start[field]
    del st.session_state[form.key("filled")]


def offer_last(form: Form) -> None:
    """Offer the values of the last time for the fields nobody has filled in yet; only for a new engagement."""
    if form.detail is not None or not (form.chosen or form.value("forum_id")):
        return
    filled, *_ = st.session_state.get(form.key("filled"), ({},))
    if filled:
        st.caption(f"From the last time: {plain(listed(_said(form, filled)))}.")
    last = load(last_time, tuple(form.chosen), form.value("forum_id"))
    values = _to_fill(form, last) if last is not None else {}
    if last is None or not values:
        return
    label = f"As on {day_text(last.held_on)}: {plain(listed(_said(form, values)))}"
    st.button(label, key=form.key("add_last"), icon=":material/history:", on_click=_fill, args=(form, values))


def _to_fill(form: Form, last: LastTime) -> dict[str, Any]:
    """Return field → value of the last time, where the form has none and its people are still the chosen partners'."""
    here = set(form.people.loc[form.people["partner_id"].isin(form.chosen), "contact_id"])
    had = {field: getattr(last, field) for field in OFFERED}
    had |= {"interpreter": last.interpreter.value, "people": [person for person in last.people if person in here]}
    return {field: value for field, value in had.items() if value not in _UNSAID and form.value(field) in _UNSAID}


def _said(form: Form, values: dict[str, Any]) -> list[str]:
    words = {
        "remote": "remote",
        "interpreter": f"interpreter {Interpreter(values.get('interpreter', Interpreter.NOT_SAID)).label.lower()}",
        "people": _named(form, values.get("people", [])),
        "county_people": f"county: {values.get('county_people')}",
    }
    return [words.get(field) or str(value) for field, value in values.items()]


def _named(form: Form, people: list[int]) -> str:
    names = dict(zip(form.people["contact_id"], form.people["name"], strict=True))
    return ", ".join(names[person] for person in people if person in names)


def _fill(form: Form, values: dict[str, Any]) -> None:
    before, *_ = st.session_state.get(form.key("filled"), ({},))
    for field, value in values.items():
        st.session_state[form.key(field)] = value
    st.session_state[form.key("filled")] = [before | values, form.chosen, form.value("forum_id")]
