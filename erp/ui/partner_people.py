"""The people of a partner: a card for each, and the form that adds or changes one."""

from typing import Any

import streamlit as st

from erp.access import Actor
from erp.queries.contacts import partner_people
from erp.queries.partners import PartnerProfile
from erp.services.contacts import CHANNELS, ContactDraft, add_contact, archive_contact, change_contact, restore_contact
from erp.ui import guard
from erp.ui.actions import field_keys, form_button, once, submit
from erp.ui.engagement_parts import plain
from erp.ui.loads import load
from erp.ui.newer import Edited, forget, watch
from erp.ui.partner_words import records
from erp.ui.show import no_records
from erp.vocabulary import RecordKind, Verb

LABELS = {
    "name": "Name",
    "role": "Role",
    "language": "Preferred language",
    "email": "E-mail",
    "phone": "Phone",
    "may_be_named": "May be named in lists and reports",
    "do_not_contact": "Asked not to be contacted",
    "notes": "Notes about working together",
}
#: Nobody is named before they agreed in writing: being a parent partner can itself be confidential.
CONSENT = {None: "Not asked yet", True: "Yes, agreed in writing", False: "No"}


def draw_people(profile: PartnerProfile, actor: Actor) -> None:
    """Draw a partner's people, the ones with a form open for change, and the form for a new one."""
    people = load(partner_people, profile.partner_id)
    if people.empty:
        no_records("No people are recorded yet.", "Add whom you meet there, with their role.", RecordKind.CONTACT)
    elif not people["named"].all():
        st.caption("People who did not agree to be named are listed by role where your role cannot reach them.")
    here = people[people["archived_at"].isna()]
    for person in records(here):
        _draw_person(person, profile, actor)
    if actor.may(Verb.ADD, RecordKind.CONTACT) and profile.archived_at is None:
        with st.expander("Add a person", icon=":material/person_add:", key="person_add"):
            _draw_form(f"new_person_{profile.partner_id}", {}, profile, actor)
    gone = people[people["archived_at"].notna()]
    if len(gone):
        with st.expander(f"Archived people ({len(gone)})", key="people_archived"):
            for person in records(gone):
                _draw_archived(person, actor)


def _draw_person(person: dict[str, Any], profile: PartnerProfile, actor: Actor) -> None:
    form = f"edit_person_{person['contact_id']}"
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            role = f" – {plain(person['role'])}" if person["role"] and person["named"] else ""
            st.markdown(f"**{plain(person['shown_as'])}**{role}", width="stretch")
            if person["do_not_contact"]:
                st.badge("Do not contact", icon=":material/block:", color="red")
            if actor.may(Verb.CHANGE, RecordKind.CONTACT):
                st.button(
                    "Change",
                    key=f"open_{form}",
                    type="tertiary",
                    icon=":material/edit:",
                    on_click=_toggle,
                    args=(form,),
                )
        reach = [person["email"], person["phone"]] if not person["do_not_contact"] else []
        if any(reach):
            st.markdown(plain(" · ".join(part for part in reach if part)))
        facts = [f"speaks {person['language']}"] if person["language"] else []
        facts += [f"may be named: {CONSENT[_consent(person)].lower()}"]
        st.caption(plain(" · ".join(facts)))
        if person["notes"]:
            st.text(person["notes"])
        if st.session_state.get("_open_person") == form:
            _draw_form(form, person, profile, actor)
            _draw_archiving(person, form, actor)


def _draw_form(form: str, person: dict[str, Any], profile: PartnerProfile, actor: Actor) -> None:
    saved = {name: person.get(name) or "" for name in LABELS} | {
        "may_be_named": _consent(person),
        "do_not_contact": bool(person.get("do_not_contact")),
    }
    at = field_keys(form)
    opened = 0
    if person:
        which = RecordKind.CONTACT, person["contact_id"], person["version"]
        shown = {name: label for name, label in LABELS.items() if name not in CHANNELS or _may_reach(actor)}
        opened = watch(Edited(form, f"{at}_", *which, saved, shown, _said))
    with st.form(form, border=False):
        left, right = st.columns(2)
        left.text_input(LABELS["name"], saved["name"], key=f"{at}_name")
        right.text_input(LABELS["role"], saved["role"], key=f"{at}_role")
        if _may_reach(actor):
            left.text_input(LABELS["email"], saved["email"], key=f"{at}_email")
            right.text_input(LABELS["phone"], saved["phone"], key=f"{at}_phone")
        left.text_input(LABELS["language"], saved["language"], key=f"{at}_language")
        right.selectbox(
            LABELS["may_be_named"],
            list(CONSENT),
            index=list(CONSENT).index(saved["may_be_named"]),
            format_func=CONSENT.__getitem__,
            key=f"{at}_may_be_named",
            help="Being named as a parent or youth partner can itself disclose something: only with their agreement.",
        )
        st.checkbox(LABELS["do_not_contact"], bool(saved["do_not_contact"]), key=f"{at}_do_not_contact")
        st.text_area(LABELS["notes"], saved["notes"], key=f"{at}_notes", height=68)
        guard.draw(form)
        label = "Save changes" if person else "Add this person"
        arguments = (form, at, person.get("contact_id"), opened, profile.partner_id)
        form_button(label, _save, *arguments, type="primary")


def _draw_archiving(person: dict[str, Any], form: str, actor: Actor) -> None:
    if not actor.may(Verb.ARCHIVE, RecordKind.CONTACT):
        return
    key = f"archive_{form}"
    with st.form(key, border=False):
        st.text_input("Left, or entered wrongly? Say why", key=field_keys(key))
        arguments = (person["contact_id"], person["version"], key)
        guard.draw(key)
        form_button("Archive this person", _archive, *arguments, icon=":material/archive:")


def _draw_archived(person: dict[str, Any], actor: Actor) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        reason = f" – {plain(person['archive_reason'])}" if person["archive_reason"] else ""
        st.markdown(f"{plain(person['shown_as'])}{reason}", width="stretch")
        if actor.may(Verb.ARCHIVE, RecordKind.CONTACT):
            st.button(
                "Restore",
                key=f"restore_person_{person['contact_id']}",
                icon=":material/restore:",
                on_click=submit,
                args=(restore_contact, person["contact_id"], person["version"]),
                kwargs={"said": f"{person['shown_as']} is back."},
            )


def _may_reach(actor: Actor) -> bool:
    return actor.may(Verb.CHANGE, RecordKind.CONTACT_CHANNEL)


def _consent(person: dict[str, Any]) -> bool | None:
    given = person.get("may_be_named")
    return None if given is None else bool(given)


def _said(name: str, value: Any) -> str:
    if name == "may_be_named":
        return CONSENT[value]
    if name == "do_not_contact":
        return "yes" if value else "no"
    return str(value or "")


def _toggle(form: str) -> None:
    st.session_state["_open_person"] = None if st.session_state.get("_open_person") == form else form


@once
def _save(form: str, at: str, contact_id: int | None, version: int, partner_id: int) -> None:
    values = {name: st.session_state[f"{at}_{name}"] for name in LABELS if f"{at}_{name}" in st.session_state}
    values["partner_id"] = partner_id
    texts = {LABELS[name]: values[name] for name in ("name", "role", "language", "notes")}

    def save(session: Any, actor: Actor) -> object:
        draft = ContactDraft.of(**values)
        if contact_id is None:
            return add_contact(session, actor, draft, token=at)
        return change_contact(session, actor, contact_id, version, draft)

    said = "The person was added." if contact_id is None else "The changes are saved."
    if guard.guarded(form, texts, save, said=said) is not None:
        forget(form)
        st.session_state["_open_person"] = None


@once
def _archive(contact_id: int, version: int, key: str) -> None:
    reason = st.session_state[field_keys(key)]
    said = "Archived. It can be restored below."
    if guard.guarded(key, {"Why": reason}, archive_contact, contact_id, version, reason, said=said) is not None:
        forget(key)
        st.session_state["_open_person"] = None
