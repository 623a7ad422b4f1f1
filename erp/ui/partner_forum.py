"""The pieces of the Forums page: a forum's seats and what was held there, and the forms that change them."""

from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from erp.access import Actor
from erp.queries.contacts import people_to_seat
from erp.queries.forums import forum_engagements, forum_seats
from erp.services.forums import (
    ForumDraft,
    SeatDraft,
    add_forum,
    add_seat,
    archive_forum,
    archive_seat,
    change_forum,
    change_seat,
    restore_forum,
    restore_seat,
)
from erp.ui import guard, navigation
from erp.ui.actions import field_keys, form_button, once, refuse, submit
from erp.ui.engagement_parts import plain
from erp.ui.loads import load
from erp.ui.newer import Edited, forget, watch
from erp.ui.partner_choice import partner_field
from erp.ui.partner_words import counted, each, long_day, records, span
from erp.ui.show import no_records
from erp.ui.words import FIRST_DAY
from erp.vocabulary import EngagementStatus, RecordKind, Verb

FORUM_LABELS = {"name": "Name", "purpose": "What it is for", "language": "Languages spoken there"}
SEAT_LABELS = {
    "partner_id": "Partner",
    "contact_id": "Person, where known",
    "role": "Role at the forum",
    "from_on": "From (may stay blank)",
    "until_on": "Until (blank: still held)",
}
NEW = "new_forum"


def draw_forum_list(forums: pd.DataFrame) -> None:
    """Draw the forums as links with what they are for, how many seats are held, when they met and meet."""
    for forum in each(forums):
        with st.container(border=True, gap=None):
            navigation.link_to(
                "forums", f"**{plain(forum.name)}**", key=f"forum_{forum.forum_id}", forum=forum.forum_id
            )
            facts = [counted(forum.seats_held, "seat held", "seats held")]
            facts += [f"last met {long_day(forum.last_held)}"] if not pd.isna(forum.last_held) else []
            facts += [f"meets {long_day(forum.next_planned)}"] if not pd.isna(forum.next_planned) else []
            facts += [forum.purpose] if forum.purpose else []
            st.caption(plain(" · ".join(facts)))


def draw_forum_form(forum: pd.Series | None) -> None:
    """Draw the form that adds a forum, or changes the one given."""
    form = NEW if forum is None else f"edit_forum_{forum['forum_id']}"
    saved = {name: "" if forum is None else str(forum[name]) for name in FORUM_LABELS}
    at = field_keys(form)
    opened = 0
    if forum is not None:
        which = RecordKind.FORUM, int(forum["forum_id"]), int(forum["version"])
        opened = watch(Edited(form, f"{at}_", *which, saved, FORUM_LABELS, lambda _, value: str(value)))
    with st.form(form, border=False):
        st.text_input(FORUM_LABELS["name"], saved["name"], key=f"{at}_name", max_chars=300)
        st.text_area(FORUM_LABELS["purpose"], saved["purpose"], key=f"{at}_purpose", height=68)
        st.text_input(FORUM_LABELS["language"], saved["language"], key=f"{at}_language")
        guard.draw(form)
        forum_id = None if forum is None else int(forum["forum_id"])
        label = "Add this forum" if forum is None else "Save changes"
        form_button(label, _save_forum, form, at, forum_id, opened, type="primary")


def draw_archiving(forum: pd.Series) -> None:
    """Draw the way to archive a forum with a reason."""
    form = f"archive_forum_{forum['forum_id']}"
    with st.form(form, border=False):
        st.text_input("Why is it archived?", key=field_keys(form), help="Its engagements and seats stay.")
        arguments = (int(forum["forum_id"]), int(forum["version"]), form)
        guard.draw(form)
        form_button("Archive this forum", _archive_forum, *arguments, icon=":material/archive:")


def draw_restoring(forum: pd.Series) -> None:
    """Say that a forum is archived and why, and offer to bring it back."""
    st.warning(f"This forum is archived: {plain(forum['archive_reason'])}", icon=":material/archive:")
    st.button(
        "Restore this forum",
        icon=":material/restore:",
        key="restore_forum",
        on_click=submit,
        args=(restore_forum, int(forum["forum_id"]), int(forum["version"])),
        kwargs={"said": f"{forum['name']} is back."},
    )


def draw_seats(forum: pd.Series, actor: Actor) -> None:
    """Draw the seats held today, the former and the archived ones, and the form for a new one."""
    forum_id = int(forum["forum_id"])
    seats = load(forum_seats, forum_id)
    here = seats[seats["archived_at"].isna()]
    may_change = actor.may(Verb.CHANGE, RecordKind.FORUM) and forum["archived_at"] is None
    held = here[here["held_now"]]
    if held.empty:
        no_records(
            "No seat is held today.", "Add who sits at this table, with start and end where known.", RecordKind.FORUM
        )
    for seat in records(held):
        _draw_seat(seat, forum_id, may_change)
    if may_change:
        with st.expander("Add a seat", icon=":material/person_add:", key="seat_add"):
            _draw_seat_form(f"new_seat_{forum_id}", {}, forum_id)
    others = here[~here["held_now"]]
    if len(others):
        with st.expander(f"Former and coming seats ({len(others)})", expanded=_is_open(others), key="seats_other"):
            for seat in records(others):
                _draw_seat(seat, forum_id, may_change)
    gone = seats[seats["archived_at"].notna()]
    if len(gone):
        with st.expander(f"Archived seats ({len(gone)})", key="seats_archived"):
            for seat in records(gone):
                _draw_archived_seat(seat, may_change)


def draw_engagements(forum_id: int) -> None:
    """Draw the newest engagements of a forum as links, and the way to all of them."""
    held = load(forum_engagements, forum_id)
    if held.empty:
        no_records(
            "Nothing was held at this forum yet.",
            "Choose this forum when you log an engagement.",
            RecordKind.ENGAGEMENT,
        )
        return
    for row in each(held):
        when = long_day(row.held_on) or (f"“{plain(row.as_written)}” (no exact date)" if row.as_written else "No day")
        status = "" if row.status == EngagementStatus.HELD else f" ({EngagementStatus(row.status).label.lower()})"
        about = f" – {plain(row.purpose)}" if row.purpose else ""
        navigation.link_to("engagement", f"**{when}**{status}{about}", engagement=row.engagement_id)
    navigation.link_to("engagements", "All engagements of this forum", icon=":material/arrow_forward:", forum=forum_id)


def _draw_seat(seat: dict[str, Any], forum_id: int, may_change: bool) -> None:
    form = f"edit_seat_{seat['seat_id']}"
    with st.container(border=True, gap=None):
        with st.container(horizontal=True, vertical_alignment="center"):
            with st.container(width="stretch"):
                navigation.link_to("partner", f"**{plain(seat['partner'])}**", partner=seat["partner_id"])
            if may_change:
                key = f"open_{form}"
                st.button("Change", key=key, type="tertiary", icon=":material/edit:", on_click=_toggle, args=(form,))
        facts = [seat["person"], seat["role"], span(seat["from_on"], seat["until_on"])]
        st.caption(plain(" · ".join(fact for fact in facts if fact)) or "Nothing more is known of this seat.")
        if may_change and st.session_state.get("_open_seat") == form:
            _draw_seat_form(form, seat, forum_id)
            key = f"archive_{form}"
            with st.form(key, border=False):
                st.text_input(
                    "Entered wrongly? Say why", key=field_keys(key), help="A seat that ended gets an end day."
                )
                guard.draw(key)
                arguments = (seat["seat_id"], seat["version"], key)
                form_button("Archive this seat", _archive_seat, *arguments, icon=":material/archive:")


def _draw_seat_form(form: str, seat: dict[str, Any], forum_id: int) -> None:
    """Draw the form of a seat. The partner of a new one is chosen first, outside the form, so that its people show."""
    at = field_keys(form)
    if seat:
        partner_id: int | None = seat["partner_id"]
    else:
        partner_id = partner_field(st, SEAT_LABELS["partner_id"], key=f"{at}_partner_id")
    people: dict[int | None, str] = {} if partner_id is None else dict(load(people_to_seat, partner_id))
    if seat.get("contact_id") is not None:
        people.setdefault(seat["contact_id"], seat["person"])  # archived meanwhile, yet it was their seat
    saved = {name: seat.get(name) for name in SEAT_LABELS} | {"role": seat.get("role") or ""}
    opened = 0
    if seat:
        which = RecordKind.FORUM, forum_id, seat["version"]
        shown = {name: label for name, label in SEAT_LABELS.items() if name != "partner_id"}
        opened = watch(Edited(form, f"{at}_", *which, saved, shown, partial(_said, people=people)))
    with st.form(form, border=False):
        options = [None, *people]
        st.selectbox(
            SEAT_LABELS["contact_id"],
            options,
            index=options.index(saved["contact_id"]),
            format_func=lambda number: people.get(number, "Nobody in particular"),
            key=f"{at}_contact_id",
        )
        st.text_input(SEAT_LABELS["role"], saved["role"], key=f"{at}_role", placeholder="e.g. co-chair, member")
        left, right = st.columns(2)
        for place, name in ((left, "from_on"), (right, "until_on")):
            place.date_input(
                SEAT_LABELS[name], saved[name], key=f"{at}_{name}", format="MM/DD/YYYY", min_value=FIRST_DAY
            )
        guard.draw(form)
        label = "Save changes" if seat else "Add this seat"
        arguments = (form, at, forum_id, seat.get("seat_id"), opened, partner_id)
        form_button(label, _save_seat, *arguments, type="primary")


def _draw_archived_seat(seat: dict[str, Any], may_change: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(plain(f"{seat['partner']} – {seat['archive_reason']}"), width="stretch")
        if may_change:
            st.button(
                "Restore",
                key=f"restore_seat_{seat['seat_id']}",
                icon=":material/restore:",
                on_click=submit,
                args=(restore_seat, seat["seat_id"], seat["version"]),
                kwargs={"said": "The seat is back."},
            )


def _is_open(seats: pd.DataFrame) -> bool:
    return st.session_state.get("_open_seat") in {f"edit_seat_{number}" for number in seats["seat_id"]}


def _said(name: str, value: Any, people: dict[int | None, str]) -> str:
    if name == "contact_id":
        return people.get(value, "")
    return long_day(value) if name in ("from_on", "until_on") else str(value or "")


def _toggle(form: str) -> None:
    st.session_state["_open_seat"] = None if st.session_state.get("_open_seat") == form else form


@once
def _save_forum(form: str, at: str, forum_id: int | None, version: int) -> None:
    values = {name: st.session_state[f"{at}_{name}"] for name in FORUM_LABELS}

    def save(session: Any, actor: Actor) -> object:
        draft = ForumDraft.of(**values)
        if forum_id is None:
            return add_forum(session, actor, draft, token=at)
        return change_forum(session, actor, forum_id, version, draft)

    texts = {label: values[name] for name, label in FORUM_LABELS.items()}
    if guard.guarded(form, texts, save, said=f"{values['name']} is saved.") is not None:
        forget(form)


@once
def _archive_forum(forum_id: int, version: int, form: str) -> None:
    reason = st.session_state[field_keys(form)]
    said = "The forum is archived."
    if guard.guarded(form, {"Why": reason}, archive_forum, forum_id, version, reason, said=said) is not None:
        forget(form)


@once
def _save_seat(form: str, at: str, forum_id: int, seat_id: int | None, version: int, partner_id: int | None) -> None:
    if partner_id is None:
        refuse("Choose the partner that has the seat.")
        return
    names = ("contact_id", "role", "from_on", "until_on")
    values = {name: st.session_state[f"{at}_{name}"] for name in names} | {"partner_id": partner_id}

    def save(session: Any, actor: Actor) -> object:
        draft = SeatDraft.of(**values)
        if seat_id is None:
            return add_seat(session, actor, forum_id, draft, token=at)
        return change_seat(session, actor, seat_id, version, draft)

    texts = {SEAT_LABELS["role"]: str(values["role"])}
    if guard.guarded(form, texts, save, said="The seat is saved.") is not None:
        forget(form)
        st.session_state["_open_seat"] = None


@once
def _archive_seat(seat_id: int, version: int, key: str) -> None:
    reason = st.session_state[field_keys(key)]
    said = "The seat is archived."
    if guard.guarded(key, {"Why": reason}, archive_seat, seat_id, version, reason, said=said) is not None:
        forget(key)
        st.session_state["_open_seat"] = None
