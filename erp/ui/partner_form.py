"""The forms of the partner itself: adding, changing, the agreed cadence, archiving and restoring."""

from functools import partial
from typing import Any

import streamlit as st

from erp.queries.choices import holder_choices
from erp.queries.look_alikes import sides
from erp.queries.partners import PartnerProfile, partner_cadences, partner_profile
from erp.services.look_alikes import alike_to, call_also
from erp.services.partners import (
    MOST_CADENCE_DAYS,
    PartnerDraft,
    add_partner,
    agree_cadence,
    archive_partner,
    change_partner,
    restore_partner,
    void_cadence,
)
from erp.ui import guard, prose
from erp.ui.actions import field_keys, form_button, once, refuse, submit
from erp.ui.loads import county_today, load
from erp.ui.look_alike_parts import facts_of, side_by_side
from erp.ui.newer import Edited, forget, watch
from erp.ui.partner_words import counted, each, long_day
from erp.ui.prose import paragraph, show_prose
from erp.ui.words import FIRST_DAY, plain
from erp.vocabulary import LookAlikeAnswer, PartnerKind, PartnerStatus, Recognition, RecordKind

Fields = dict[str, Any]

LABELS = {
    "name": "Name",
    "kind": "Kind",
    "recognition": "Federal recognition",
    "other_names": "Other names, one a line",
    "former_names": "Former names, one a line",
    "area": "Area served",
    "languages": "Languages, separated by ;",
    "holder_id": "Relationship holder",
    "status": "Status",
    "status_reason": "Why this status",
    "scored": "Health figures are kept for this partner",
    "confirm_days": "Days until people and names are confirmed again (blank: the county's usual)",
    "notes": "Notes",
}
NEW = "new_partner"
#: Under which the session keeps the name last tried and the partners in use that look like it.
_ALIKE = "_alike_to_new"
#: Field of the form → what a partner's page calls it, for comparing.
_TYPED_FACTS = {"area": "Area"}


def draw_add() -> None:
    """Draw the form that adds a partner: the essentials; the rest is filled in on the partner's page."""
    at = field_keys(NEW)
    with st.form(NEW, border=False):
        _draw_name_and_kind(at, {})
        _draw_holder(at, None, _holders())
        st.text_input(LABELS["area"], key=f"{at}_area")
        st.text_area(LABELS["notes"], key=f"{at}_notes", height=68)
        _draw_look_alikes(at)
        guard.draw(NEW)
        form_button("Add this partner", _add, at, type="primary", icon=":material/add:")


def draw_change(profile: PartnerProfile) -> None:
    """Draw the form that changes a partner; a newer save of somebody else is shown before it could be overwritten."""
    form = f"edit_partner_{profile.partner_id}"
    saved = _saved_fields(profile)
    holders = _holders() | ({profile.holder_id: profile.holder} if profile.holder_id else {})  # also a closed account's
    at = field_keys(form)
    partner = RecordKind.PARTNER, profile.partner_id
    said = partial(_said, holders=holders)
    opened = watch(Edited(form, f"{at}_", *partner, profile.version, saved, LABELS, said))
    with st.form(form):
        _draw_name_and_kind(at, saved)
        _draw_holder(at, profile.holder_id, holders)
        left, right = st.columns(2)
        left.text_area(LABELS["other_names"], saved["other_names"], key=f"{at}_other_names", height=98)
        right.text_area(LABELS["former_names"], saved["former_names"], key=f"{at}_former_names", height=98)
        left.text_input(LABELS["area"], saved["area"], key=f"{at}_area")
        right.text_input(LABELS["languages"], saved["languages"], key=f"{at}_languages")
        statuses = list(PartnerStatus)
        left.selectbox(
            LABELS["status"],
            statuses,
            index=statuses.index(profile.status),
            format_func=lambda each: each.label,
            key=f"{at}_status",
        )
        right.text_input(LABELS["status_reason"], saved["status_reason"], key=f"{at}_status_reason")
        st.toggle(
            LABELS["scored"],
            saved["scored"],
            key=f"{at}_scored",
            help="Off: only facts are shown. A Tribal government is tracked without figures until it agrees to them; "
            "a Tribal liaison or leadership records that, and the notes say how and when it agreed.",
        )
        st.number_input(
            LABELS["confirm_days"],
            1,
            MOST_CADENCE_DAYS,
            saved["confirm_days"],
            key=f"{at}_confirm_days",
            step=1,
            placeholder="The county's usual",
        )
        st.text_area(LABELS["notes"], saved["notes"], key=f"{at}_notes", height=98)
        guard.draw(form)
        form_button("Save changes", _change, profile.partner_id, form, at, opened, type="primary")


def draw_cadence(profile: PartnerProfile) -> None:
    """Draw the cadences agreed so far and the form for a new agreement."""
    agreed = load(partner_cadences, profile.partner_id)
    if agreed.empty:
        st.markdown(f"Nothing is agreed yet: the county's default of {profile.cadence_days} days holds.")
    for row in each(agreed):
        since = f"from {long_day(row.from_on)}" if row.from_on else "always"
        with_whom = f", agreed with {plain(row.agreed_with)}" if row.agreed_with else ""
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"Every **{counted(row.days, 'day', 'days')}**, {since}{with_whom}", width="stretch")
            key = f"void_cadence_{row.cadence_id}"
            with st.popover("Entered wrongly", icon=":material/undo:", type="tertiary", key=f"why_{key}"):
                st.text_input("Why is it taken back?", key=field_keys(key))
                guard.draw(key)
                st.button("Take it back", key=f"do_{key}", on_click=_void_cadence, args=(row.cadence_id, row.version))
    form = f"cadence_{profile.partner_id}"
    at = field_keys(form)
    with st.form(form):
        left, right = st.columns(2)
        left.number_input("Days between contacts", 1, MOST_CADENCE_DAYS, profile.cadence_days, key=f"{at}_days", step=1)
        right.date_input(
            "From (blank: always)", county_today(), key=f"{at}_from", format="MM/DD/YYYY", min_value=FIRST_DAY
        )
        st.text_input("Agreed with", key=f"{at}_with", placeholder="Who on their side, or how it was agreed")
        guard.draw(form)
        form_button("Record this agreement", _agree, profile.partner_id, form, at)


def draw_archive(profile: PartnerProfile) -> None:
    """Draw the way to put a partner out of sight with a reason, or to bring it back."""
    if profile.archived_at is not None:
        st.markdown(f"Archived: {plain(profile.archive_reason)}")
        st.button(
            "Restore this partner",
            icon=":material/restore:",
            key="restore_partner",
            on_click=submit,
            args=(restore_partner, profile.partner_id, profile.version),
            kwargs={"said": f"{profile.name} is back."},
        )
        return
    form = f"archive_partner_{profile.partner_id}"
    with st.form(form, border=False):
        st.text_input("Why is it archived?", key=field_keys(form), placeholder="e.g. merged, closed, moved away")
        guard.draw(form)
        arguments = (profile.partner_id, profile.version, profile.name, form)
        form_button("Archive this partner", _archive, *arguments, icon=":material/archive:")


def _draw_name_and_kind(at: str, saved: Fields) -> None:
    st.text_input(LABELS["name"], saved.get("name", ""), key=f"{at}_name", max_chars=300)
    kinds, recognitions = list(PartnerKind), list(Recognition)
    left, right = st.columns(2)
    left.selectbox(
        LABELS["kind"],
        kinds,
        index=kinds.index(saved["kind"]) if saved else None,
        placeholder="Choose a kind",
        format_func=lambda each: each.label,
        key=f"{at}_kind",
    )
    right.selectbox(
        LABELS["recognition"],
        recognitions,
        index=recognitions.index(saved.get("recognition", Recognition.NOT_SAID)),
        format_func=lambda each: each.label,
        key=f"{at}_recognition",
        help="For Tribal governments only; both kinds are governments here.",
    )


def _draw_look_alikes(at: str) -> None:
    """Show the partners that the new one may be the same as beside what was typed, and ask of each whether it is."""
    name, alike = st.session_state.get(_ALIKE, ("", []))
    known = load(sides, tuple(likeness.other for likeness in alike))
    typed = {label: str(st.session_state.get(f"{at}_{field}") or "") for field, label in _TYPED_FACTS.items()}
    kind = st.session_state.get(f"{at}_kind")
    for likeness in alike:
        other = known[likeness.other]
        show_prose(paragraph(prose.typed(f"{likeness.reason}.")))
        mine = {"Kind": kind.label if kind else "", **typed}
        st.html(side_by_side((name, mine), (other.name, facts_of(other))))
        st.pills(
            f"Is {plain(name)} the same as {plain(other.name)}?",
            [LookAlikeAnswer.SAME, LookAlikeAnswer.DIFFERENT, LookAlikeAnswer.LATER],
            format_func=lambda answer: answer.label,
            key=_answer_key(at, likeness.other),
        )


def _answer_key(at: str, other: int) -> str:
    return f"{at}_same_as_{other}"


def _draw_holder(at: str, holder_id: int | None, holders: dict[int | None, str]) -> None:
    options = [None, *holders]
    st.selectbox(
        LABELS["holder_id"],
        options,
        index=options.index(holder_id) if holder_id in options else 0,
        format_func=lambda each: holders.get(each, "Nobody yet"),
        key=f"{at}_holder_id",
    )


def _holders() -> dict[int | None, str]:
    return dict(load(holder_choices).itertuples(index=False, name=None))


def _saved_fields(profile: PartnerProfile) -> Fields:
    alike = (
        "name",
        "kind",
        "recognition",
        "area",
        "holder_id",
        "status",
        "status_reason",
        "scored",
        "confirm_days",
        "notes",
    )
    return {name: getattr(profile, name) for name in alike} | {
        "other_names": "\n".join(profile.other_names),
        "former_names": "\n".join(profile.former_names),
        "languages": "; ".join(profile.languages),
    }


def _said(name: str, value: Any, holders: dict[int | None, str]) -> str:
    if name == "holder_id":
        return holders.get(value, "Nobody yet")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(getattr(value, "label", value) or "")


def _typed(at: str, *names: str) -> Fields:
    """Return what the form holds, lists taken apart; recognition is said of Tribal governments only."""
    values = {name: st.session_state[f"{at}_{name}"] for name in names}
    for name in ("other_names", "former_names"):
        if name in values:
            values[name] = tuple(line.strip() for line in values[name].splitlines() if line.strip())
    if "languages" in values:
        values["languages"] = tuple(part.strip() for part in values["languages"].split(";") if part.strip())
    if values["kind"] != PartnerKind.TRIBAL_GOVERNMENT:
        values["recognition"] = Recognition.NOT_SAID
    return values


def _texts(values: Fields) -> dict[str, str]:
    """Return what was typed in words, by label."""
    lists = {name: "\n".join(value) for name, value in values.items() if isinstance(value, tuple)}
    return {LABELS[name]: value for name, value in (values | lists).items() if type(value) is str}


@once
def _add(at: str) -> None:
    values = _typed(at, "name", "kind", "recognition", "holder_id", "area", "notes")
    if values["kind"] is None:
        refuse("Choose what kind of partner it is.")
        return
    alike = load(alike_to, values["name"])
    st.session_state[_ALIKE] = (values["name"], alike)
    answers = {likeness.other: st.session_state.get(_answer_key(at, likeness.other)) for likeness in alike}
    said = {other: answer for other, answer in answers.items() if answer is not None}
    if len(said) < len(alike):
        refuse(f"{values['name']} may be here already. Look below, and say of each whether it is the same.")
        return
    same = next((other for other, answer in said.items() if answer is LookAlikeAnswer.SAME), None)
    if same is not None:
        name = values["name"]
        arguments = (call_also, same, name)
        partner = guard.guarded(NEW, {LABELS["name"]: name}, *arguments, said=f"It is found as “{name}” from now on.")
    else:
        partner = guard.guarded(
            NEW,
            _texts(values),
            lambda session, actor: add_partner(session, actor, PartnerDraft.of(**values), token=at, look_alikes=said),
            said=f"{values['name']} was added. Fill in what else is known under Details.",
        )
    if partner is not None:
        forget(NEW)
        st.session_state.pop(_ALIKE)
        st.session_state["_added_partner"] = partner.id


@once
def _change(partner_id: int, form: str, at: str, version: int) -> None:
    values = _typed(at, *LABELS)
    saved = guard.guarded(
        form,
        _texts(values),
        lambda session, actor: change_partner(session, actor, partner_id, version, PartnerDraft.of(**values)),
        already=_texts(_saved_fields(load(partner_profile, partner_id))).values(),
        said="The changes are saved.",
    )
    if saved is not None:
        forget(form)


@once
def _agree(partner_id: int, form: str, at: str) -> None:
    days, since, with_whom = (st.session_state[f"{at}_{name}"] for name in ("days", "from", "with"))
    said = f"Agreed: every {counted(int(days), 'day', 'days')}."
    texts = {"Agreed with": with_whom}
    if guard.guarded(form, texts, agree_cadence, partner_id, int(days), since, with_whom, said=said) is not None:
        forget(form)


@once
def _void_cadence(cadence_id: int, version: int) -> None:
    key = f"void_cadence_{cadence_id}"
    why = st.session_state[field_keys(key)]
    if guard.guarded(key, {"Why": why}, void_cadence, cadence_id, version, why, said="Taken back.") is not None:
        forget(key)


@once
def _archive(partner_id: int, version: int, name: str, form: str) -> None:
    reason = st.session_state[field_keys(form)]
    said = f"{name} is archived. It can be restored at any time."
    arguments = (archive_partner, partner_id, version, reason)
    if guard.guarded(form, {"Why": reason}, *arguments, said=said) is not None:
        forget(form)
