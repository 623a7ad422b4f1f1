"""A partner's seats at forums and its ties to other partners, with the forms that add, change and end them."""

from typing import Any

import streamlit as st

from erp.access import Actor
from erp.queries.forums import partner_seats
from erp.queries.names import names_of_partners
from erp.queries.partner_records import partner_relationships
from erp.queries.partners import PartnerProfile
from erp.services.relationships import (
    RelationshipDraft,
    add_relationship,
    archive_relationship,
    change_relationship,
    restore_relationship,
)
from erp.ui import guard, navigation
from erp.ui.actions import field_keys, form_button, once, refuse, submit
from erp.ui.engagement_parts import plain
from erp.ui.loads import load
from erp.ui.newer import Edited, forget, watch
from erp.ui.partner_choice import partner_field
from erp.ui.partner_words import each, long_day, records, span
from erp.ui.show import empty_state, no_records
from erp.ui.words import FIRST_DAY
from erp.vocabulary import RecordKind, Verb

ICON = ":material/diversity_3:"


def draw_seats(profile: PartnerProfile) -> None:
    """Draw the partner's seats at forums, each a link to the forum where seats are changed."""
    seats = load(partner_seats, profile.partner_id)
    if seats.empty:
        empty_state("No seat at a forum is recorded.", "Seats are given on the Forums page.")
        navigation.link_to("forums", "Forums", icon=":material/groups:")
    for seat in each(seats):
        facts = [seat.person, seat.role, span(seat.from_on, seat.until_on), "" if seat.held_now else "not held today"]
        with st.container(gap=None):
            navigation.link_to("forums", f"**{plain(seat.forum)}**", icon=":material/groups:", forum=seat.forum_id)
            if any(facts):
                st.caption(plain(" · ".join(fact for fact in facts if fact)))


def draw_ties(profile: PartnerProfile, actor: Actor) -> None:
    """Draw the partner's ties to others, the ones with a form open for change, and the form for a new one."""
    ties = load(partner_relationships, profile.partner_id)
    here = ties[ties["archived_at"].isna()]
    if here.empty:
        no_records(
            "No tie to another partner is recorded.",
            "For example who funds, houses or advises whom.",
            RecordKind.RELATIONSHIP,
        )
    for tie in records(here):
        _draw_tie(tie, profile, actor)
    if actor.may(Verb.ADD, RecordKind.RELATIONSHIP) and profile.archived_at is None:
        with st.expander("Add a tie to another partner", icon=":material/add_link:", key="tie_add"):
            _draw_form(f"new_tie_{profile.partner_id}", {}, profile)
    gone = ties[ties["archived_at"].notna()]
    if len(gone):
        with st.expander(f"Archived ties ({len(gone)})", key="ties_archived"):
            for tie in records(gone):
                _draw_archived(tie, actor)


def _draw_tie(tie: dict[str, Any], profile: PartnerProfile, actor: Actor) -> None:
    form = f"edit_tie_{tie['relationship_id']}"
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(_sentence(tie, profile.partner_id), width="stretch")
            if tie["ended"]:
                st.badge("Ended", color="gray")
            if actor.may(Verb.CHANGE, RecordKind.RELATIONSHIP):
                st.button(
                    "Change",
                    key=f"open_{form}",
                    type="tertiary",
                    icon=":material/edit:",
                    on_click=_toggle,
                    args=(form,),
                )
        other = "to_partner" if tie["from_partner_id"] == profile.partner_id else "from_partner"
        with st.container(horizontal=True, vertical_alignment="center"):
            key = f"to_{form}"
            navigation.link_to("partner", plain(tie[other]), key=key, icon=ICON, partner=tie[f"{other}_id"])
            if days := span(tie["from_on"], tie["until_on"]):
                st.caption(days)
        if st.session_state.get("_open_tie") == form:
            _draw_form(form, tie, profile)
            _draw_archiving(tie, form, actor)


def _draw_form(form: str, tie: dict[str, Any], profile: PartnerProfile) -> None:
    """Draw the form read as a sentence: first partner – second partner – what joins them."""
    names = {profile.partner_id: profile.name}
    for side in ("from_partner", "to_partner"):  # an archived partner is in no pick list, yet the tie to it stays
        names |= {tie[f"{side}_id"]: tie[side]} if tie else {}
    saved = {name: tie.get(name) for name in ("from_partner_id", "to_partner_id", "from_on", "until_on")}
    saved["what"] = tie.get("what") or ""
    at = field_keys(form)
    opened = 0
    if tie:
        which = RecordKind.RELATIONSHIP, tie["relationship_id"], tie["version"]
        opened = watch(Edited(form, f"{at}_", *which, saved, LABELS, lambda _, value: _said(value)))
    sides = {
        "from_partner_id": tie.get("from_partner_id", profile.partner_id),
        "to_partner_id": tie.get("to_partner_id"),
    }
    for place, (name, chosen) in zip(st.columns(2), sides.items(), strict=True):
        partner_field(place, LABELS[name], key=f"{at}_{name}", chosen=chosen, chosen_name=names.get(chosen or 0, ""))
    with st.form(form, border=False):
        st.text_input(
            LABELS["what"], saved["what"], key=f"{at}_what", placeholder="e.g. is funded by, advises, is part of"
        )
        left, right = st.columns(2)
        for place, name in ((left, "from_on"), (right, "until_on")):
            place.date_input(LABELS[name], saved[name], key=f"{at}_{name}", format="MM/DD/YYYY", min_value=FIRST_DAY)
        guard.draw(form)
        arguments = (form, at, tie.get("relationship_id"), opened)
        label = "Save changes" if tie else "Add this tie"
        form_button(label, _save, *arguments, type="primary")


LABELS = {
    "from_partner_id": "This partner",
    "what": "What joins them",
    "to_partner_id": "That partner",
    "from_on": "From (may stay blank)",
    "until_on": "Until (blank: still so)",
}


def _draw_archiving(tie: dict[str, Any], form: str, actor: Actor) -> None:
    if not actor.may(Verb.ARCHIVE, RecordKind.RELATIONSHIP):
        return
    key = f"archive_{form}"
    with st.form(key, border=False):
        st.text_input("Entered wrongly? Say why", key=field_keys(key), help="A tie that ended gets an end day instead.")
        arguments = (tie["relationship_id"], tie["version"], key)
        guard.draw(key)
        form_button("Archive this tie", _archive, *arguments, icon=":material/archive:")


def _draw_archived(tie: dict[str, Any], actor: Actor) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        sentence = f"{tie['from_partner']} {tie['what']} {tie['to_partner']} – {tie['archive_reason']}"
        st.markdown(plain(sentence), width="stretch")
        if actor.may(Verb.ARCHIVE, RecordKind.RELATIONSHIP):
            st.button(
                "Restore",
                key=f"restore_tie_{tie['relationship_id']}",
                icon=":material/restore:",
                on_click=submit,
                args=(restore_relationship, tie["relationship_id"], tie["version"]),
                kwargs={"said": "The tie is back."},
            )


def _sentence(tie: dict[str, Any], own_id: int) -> str:
    own = ("**{}**", "{}") if tie["from_partner_id"] == own_id else ("{}", "**{}**")
    first, second = own[0].format(plain(tie["from_partner"])), own[1].format(plain(tie["to_partner"]))
    return f"{first} {plain(tie['what'])} {second}"


def _said(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, int):
        return load(names_of_partners, (value,)).get(value, "")
    return value if isinstance(value, str) else long_day(value)


def _toggle(form: str) -> None:
    st.session_state["_open_tie"] = None if st.session_state.get("_open_tie") == form else form


@once
def _save(form: str, at: str, relationship_id: int | None, version: int) -> None:
    values = {name: st.session_state[f"{at}_{name}"] for name in LABELS}
    if values["from_partner_id"] is None or values["to_partner_id"] is None:
        refuse("Choose the two partners that the tie joins.")
        return

    def save(session: Any, actor: Actor) -> object:
        draft = RelationshipDraft.of(**values)
        if relationship_id is None:
            return add_relationship(session, actor, draft, token=at)
        return change_relationship(session, actor, relationship_id, version, draft)

    if guard.guarded(form, {LABELS["what"]: values["what"]}, save, said="The tie is saved.") is not None:
        forget(form)
        st.session_state["_open_tie"] = None


@once
def _archive(relationship_id: int, version: int, key: str) -> None:
    reason = st.session_state[field_keys(key)]
    arguments = (archive_relationship, relationship_id, version, reason)
    if guard.guarded(key, {"Why": reason}, *arguments, said="The tie is archived.") is not None:
        forget(key)
        st.session_state["_open_tie"] = None
