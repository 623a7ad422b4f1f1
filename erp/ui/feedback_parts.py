"""How a feedback item reads and is worked on: its card, its history, the forms for steps, correcting and adding."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from erp.access import Actor
from erp.queries.choices import contact_choices, partner_choices
from erp.queries.feedback import FeedbackDetail, feedback_detail
from erp.queries.targets import COUNTY_NEXT
from erp.services.feedback import (
    FeedbackDraft,
    StepDraft,
    change_feedback,
    receive_feedback,
    restore_feedback,
    take_step,
    void_feedback,
)
from erp.ui import guard, navigation
from erp.ui.actions import forget_form, form_token, show_outcome, submit
from erp.ui.engagement_parts import day_text, plain
from erp.ui.loads import county_today, load
from erp.ui.loop_filters import close_record, open_record
from erp.vocabulary import FEEDBACK_TRANSITIONS, PUBLISHED, FeedbackKind, FeedbackState, FeedbackWay, RecordKind, Verb

S = FeedbackState
#: State → icon and color of its badge; the words beside them say the same.
BADGES: dict[FeedbackState, tuple[str, Any]] = {
    S.RECEIVED: (":material/inbox:", "gray"),
    S.ACKNOWLEDGED: (":material/mark_email_read:", "blue"),
    S.DECIDED: (":material/gavel:", "blue"),
    S.TOLD: (":material/hourglass_top:", "orange"),
    S.CONFIRMED: (":material/check_circle:", "green"),
    S.REOPENED: (":material/replay:", "red"),
}
#: What is asked of each step: the field for how it was done, the field for what was said. None: not asked.
QUESTIONS: dict[FeedbackState, tuple[str | None, str]] = {
    S.ACKNOWLEDGED: ("How (may stay blank)", "What was said (may stay blank)"),
    S.DECIDED: (None, "What was decided, and why"),
    S.TOLD: ("How the giver was told", "What the giver was told"),
    S.CONFIRMED: ("How the giver said so", "Their words (may stay blank)"),
    S.REOPENED: (None, "What is not fixed, in the giver's words"),
}
HOW = ("In person", "By phone", "By e-mail", "By letter", "At a meeting")
#: The steps every item should have gone through, in their order; a missing one reads "not recorded".
LADDER = (S.RECEIVED, S.ACKNOWLEDGED, S.DECIDED, S.TOLD)


# --- Words ------------------------------------------------------------------------------------------------


def next_words(row: Mapping[str, Any]) -> str:
    """Say what comes next and by when, or that it is the giver's turn."""
    if row["voided"]:
        return f"Voided: {row['void_reason']}"
    if row["state"] is S.CONFIRMED:
        return "The giver confirmed: the loop is closed."
    if row["state"] is S.TOLD and row["anonymous"]:
        return "Told by publishing or on the way it came; the giver left no way back, so nobody can be asked."
    if row["state"] is S.TOLD:
        return "Told, not confirmed: ask the giver whether it is fixed. Only they can close it."
    step = next(iter(FEEDBACK_TRANSITIONS[row["state"]].values()))
    if pd.isna(row["target_on"]):
        return f"Next: {step}. No day received is recorded, so no target."
    over = int(row["days_past"])
    late = f" – {over} {'day' if over == 1 else 'days'} past the target" if over > 0 else ""
    return f"Next: {step} by {day_text(row['target_on'])}{late}."


def step_lines(detail: FeedbackDetail) -> list[str]:
    """Return the history of an item as Markdown lines, with "not recorded" for steps that were skipped."""
    steps = detail.steps.to_dict("records")
    there = {step["step"] for step in steps}
    lines: list[str] = []
    reached = 0
    for step in steps:
        if step["step"] in LADDER:
            place = LADDER.index(step["step"])
            lines += [f"**{s.label}** – not recorded" for s in LADDER[reached:place] if s not in there]
            reached = max(reached, place + 1)
        lines.append(_step_line(step))
    return lines


def _step_line(step: Mapping[Any, Any]) -> str:
    day = day_text(step["on_day"]) if not pd.isna(step["on_day"]) else "day not recorded"
    label = "Told the giver" if step["step"] is S.TOLD else step["step"].label
    how = f", {plain(step['how'][:1].lower() + step['how'][1:])}" if step["how"] else ""
    said = f": “{plain(step['said'])}”" if step["said"] else ""
    short = "" if step["counts"] else " (a day without an answer or an answer without a day: does not count as told)"
    by = f" · recorded by {plain(step['by'])}" if step["by"] else ""
    return f"**{label}** {day}{how}{said}{short}{by}"


def readable(items: pd.DataFrame) -> pd.DataFrame:
    """Return rows of the queue with the headings and words a person reads, for a file."""
    return pd.DataFrame(
        {
            "Key": items["key"],
            "State": [state.label for state in items["state"]],
            "Partner": items["partner"],
            "From": items["giver"],
            "Kind": items["kind"],
            "Way": items["way"],
            "Received": [d or w for d, w in items[["received_on", "received_words"]].astype(object).to_numpy()],
            "Words": items["words"],
            "Language": items["language"],
            "Translation": items["translation"],
            "Decision": items["decision"],
            "Next step by": items["target_on"],
            "Days past target": [int(days) if days > 0 else "" for days in items["days_past"].fillna(0)],
        }
    )


# --- The card ---------------------------------------------------------------------------------------------


def draw_card(actor: Actor, row: Mapping[str, Any], *, is_open: bool) -> None:
    """Draw one item: what was said, by whom, where it stands and what comes next; opened also forms and history."""
    item_id = int(row["item_id"])
    with st.container(border=True, key=f"feedback_{item_id}"):
        if is_open:
            show_outcome()
        _draw_head(row)
        _draw_words(row)
        late = not row["voided"] and not pd.isna(row["days_past"]) and row["days_past"] > 0
        icon = ":material/schedule:" if late else ":material/arrow_forward:"
        st.markdown(f"{icon} **{plain(next_words(row))}**" if late else f"{icon} {plain(next_words(row))}")
        if not is_open:
            _draw_way_in(actor, row, item_id)
            return
        detail = load(feedback_detail, item_id)
        if actor.may(Verb.CHANGE, RecordKind.FEEDBACK_ITEM) and not row["voided"]:
            _draw_step(detail)
        _draw_history(detail)
        _draw_mending(actor, detail)
        st.button("Close", key=f"feedback_close_{item_id}", on_click=close_record, args=("feedback",))


def _draw_head(row: Mapping[str, Any]) -> None:
    state = row["state"]
    icon, color = BADGES[state]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if row["voided"]:
            st.badge("Voided", icon=":material/block:", color="gray")
        st.badge(state.label, icon=icon, color=color)
        st.badge(plain(row["kind"]), color="gray")
        if not pd.isna(row["partner_id"]):
            navigation.link_to("partner", plain(row["partner"]), partner=int(row["partner_id"]))
        elif row["partner"]:
            st.markdown(f"{plain(row['partner'])} (not linked yet)")


def _draw_words(row: Mapping[str, Any]) -> None:
    st.markdown("> " + plain(row["words"]).replace("\n", "\n> "))
    if row["translation"]:
        st.markdown(f"In English: {plain(row['translation'])}")
    received = day_text(row["received_on"] if not pd.isna(row["received_on"]) else None, row["received_words"])
    language = f" · {row['language']}" if row["language"] else ""
    st.caption(plain(f"From {row['giver']} · {row['way'].lower()} · received: {received}{language} · {row['key']}"))
    if row["decision"]:
        st.markdown(f"Decided: {plain(row['decision'])}")


def _draw_way_in(actor: Actor, row: Mapping[str, Any], item_id: int) -> None:
    with st.container(horizontal=True):
        if actor.may(Verb.CHANGE, RecordKind.FEEDBACK_ITEM) and not row["voided"] and row["state"] is not S.CONFIRMED:
            verb = next(iter(FEEDBACK_TRANSITIONS[row["state"]].values()))
            st.button(
                f"{verb[:1].upper()}{verb[1:]}",
                key=f"feedback_next_{item_id}",
                type="primary" if row["state"] in COUNTY_NEXT else "secondary",
                on_click=open_record,
                args=("feedback", item_id),
            )
        st.button("Open", key=f"feedback_open_{item_id}", on_click=open_record, args=("feedback", item_id))


def _draw_history(detail: FeedbackDetail) -> None:
    st.markdown("**What happened**")
    st.markdown("\n".join(f"{n}. {line}" for n, line in enumerate(step_lines(detail), 1)))
    if detail.engagement_id is not None:
        label = plain(f"Said at: {detail.engagement}")
        navigation.link_to("engagement", label, icon=":material/forum:", engagement=detail.engagement_id)
    if detail.notes:
        st.markdown(f"Notes: {plain(detail.notes)}")
    for heading, cell in detail.extras.items():
        st.markdown(f"{plain(heading)}: {plain(cell)}")


# --- Steps ------------------------------------------------------------------------------------------------


def _draw_step(detail: FeedbackDetail) -> None:
    row, item_id = detail.row, int(detail.row["item_id"])
    name = f"feedback_step_{item_id}"
    verbs = FEEDBACK_TRANSITIONS[row["state"]]
    step = st.segmented_control(
        "What happened?",
        list(verbs),
        default=next(iter(verbs)),
        required=True,
        format_func=lambda s: f"{verbs[s][:1].upper()}{verbs[s][1:]}",
        key=f"{name}_which_{row['version']}",
    )
    step = step or next(iter(verbs))
    ask_how, ask_said = QUESTIONS[step]
    with st.form(f"{name}_{step.value}", border=False):
        days = [d for d in detail.steps["on_day"] if not pd.isna(d)]
        st.date_input(
            "Day",
            value=county_today(),
            min_value=max(days, default=date(1990, 1, 1)),
            max_value=county_today(),
            format="MM/DD/YYYY",
            key=f"{name}_{step.value}_day",
            width=200,
        )
        if ask_how:
            _draw_how(row, step, ask_how, f"{name}_{step.value}_how")
        st.text_area(
            ask_said,
            value=row["decision"] if step is S.TOLD else "",
            height=90,
            key=f"{name}_{step.value}_said",
        )
        guard.draw(name)
        st.form_submit_button("Save this step", type="primary", on_click=_save_step, args=(item_id, row["version"], step))


def _draw_how(row: Mapping[str, Any], step: FeedbackState, label: str, key: str) -> None:
    published = step is S.TOLD and row["anonymous"]
    st.selectbox(
        label,
        [PUBLISHED, *HOW] if published else HOW,
        index=0 if published else None,
        accept_new_options=True,
        placeholder="Choose, or type your own",
        key=key,
        help="The giver left no way back: publishing the answer is telling." if published else None,
        width=400,
    )


def _save_step(item_id: int, version: int, step: FeedbackState) -> None:
    name = f"feedback_step_{item_id}"
    at = f"{name}_{step.value}_"
    how, said = (str(st.session_state.get(f"{at}{field}") or "") for field in ("how", "said"))
    if not guard.clear({"How": how, QUESTIONS[step][1]: said}, key=name):
        return
    values = {"on_day": st.session_state[f"{at}day"], "how": how, "said": said}
    saved = submit(
        lambda session, actor: take_step(
            session, actor, item_id, version, step, StepDraft.of(**values), kept_because=guard.reason(name)
        ),
        said="Saved. " + SAID.get(step, ""),
    )
    if saved is not None:
        forget_form(name, at)


#: What is said after a step, besides that it was saved.
SAID = {
    S.TOLD: "It stays “told, not confirmed” until the giver says so.",
    S.CONFIRMED: "The giver closed the loop.",
    S.REOPENED: "It is back in the queue, and the giver will be told again.",
}


# --- Correcting, voiding ------------------------------------------------------------------------------------


def _draw_mending(actor: Actor, detail: FeedbackDetail) -> None:
    item_id, version = int(detail.row["item_id"]), int(detail.row["version"])
    if detail.row["voided"]:
        if actor.may(Verb.ARCHIVE, RecordKind.FEEDBACK_ITEM):
            args = (restore_feedback, item_id, version)
            st.button("Restore this feedback", on_click=submit, args=args, kwargs={"said": "Restored."})
        return
    if actor.may(Verb.CHANGE, RecordKind.FEEDBACK_ITEM):
        with st.expander("Correct this record", key=f"feedback_mend_{item_id}"):
            draw_fields(f"feedback_mend_{item_id}_", detail, save=(_save_mended, (item_id, version)))
    if actor.may(Verb.ARCHIVE, RecordKind.FEEDBACK_ITEM):
        with st.expander("Void this record", key=f"feedback_void_{item_id}"):
            st.markdown("For what was entered by mistake. The record and your reason stay, but it counts nowhere.")
            st.text_input("Why", key=f"feedback_void_{item_id}_why")
            st.button("Void", key=f"feedback_void_{item_id}_go", on_click=_void, args=(item_id, version))


def _void(item_id: int, version: int) -> None:
    why = f"feedback_void_{item_id}_why"
    reason = str(st.session_state[why])
    if guard.clear({"Why": reason}, key=why) and submit(void_feedback, item_id, version, reason, said="Voided."):
        forget_form(why, why)


def _save_mended(item_id: int, version: int) -> None:
    at = f"feedback_mend_{item_id}_"
    typed = read_fields(at)
    if not guard.clear(_texts(typed), key=at):
        return
    saved = submit(
        lambda session, actor: change_feedback(
            session, actor, item_id, version, FeedbackDraft.of(**typed), kept_because=guard.reason(at)
        ),
        said="Corrected.",
    )
    if saved is not None:
        forget_form(at, at)


# --- The form of an item ------------------------------------------------------------------------------------


def draw_add_form(partner_id: int | None) -> None:
    """Draw the form for new feedback, with the partner of the page chosen."""
    draw_fields("feedback_new_", None, save=(_save_new, ()), partner_id=partner_id)


def _save_new() -> None:
    at = "feedback_new_"
    typed = read_fields(at)
    close_record("feedback")  # a refusal is then shown at the top, above this form
    if not guard.clear(_texts(typed), key=at):
        return
    received = submit(
        lambda session, actor: receive_feedback(
            session,
            actor,
            FeedbackDraft.of(**typed),
            token=form_token("feedback_new"),
            kept_because=guard.reason(at),
        ),
        said="Saved. Next: let the giver know that it came in.",
    )
    if received is not None and received.id is not None:
        forget_form("feedback_new", at)
        open_record("feedback", received.id)


def draw_fields(
    at: str, detail: FeedbackDetail | None, *, save: tuple[Any, tuple[Any, ...]], partner_id: int | None = None
) -> None:
    """Draw the fields of an item under keys that begin with `at`, filled from a record where there is one."""
    row = detail.row if detail else {}
    partners = load(partner_choices)
    names = dict(zip(partners["partner_id"].astype(int), partners["name"], strict=True))
    own = int(row["partner_id"]) if row and not pd.isna(row["partner_id"]) else partner_id
    if own is not None and row:
        names.setdefault(own, str(row["partner"]))  # archived since, and still the one it came from
    ids = [None, *names]
    chosen = st.selectbox(
        "Partner",
        ids,
        index=ids.index(own) if own in ids else 0,
        format_func=lambda i: names.get(i, "No partner, or not known") if i is not None else "No partner, or not known",
        key=f"{at}partner_id",
    )
    with st.form(f"{at}form", border=False):
        st.text_area("What was said, in the giver's own words", value=row.get("words", ""), key=f"{at}words")
        left, right = st.columns(2)
        _draw_giver(left, at, detail, chosen)
        _draw_circumstances(right, at, row)
        st.text_input(
            "Language, if not English", value=row.get("language", ""), key=f"{at}language", placeholder="Spanish"
        )
        st.text_area("The same in English", value=row.get("translation", ""), height=90, key=f"{at}translation")
        st.text_input("Notes", value=detail.notes if detail else "", key=f"{at}notes")
        st.session_state[f"{at}engagement_id"] = detail.engagement_id if detail else None
        guard.draw(at)
        st.form_submit_button("Save", type="primary", on_click=save[0], args=save[1])


def _draw_giver(place: Any, at: str, detail: FeedbackDetail | None, partner_id: int | None) -> None:
    people = load(contact_choices)
    people = people[people["partner_id"] == partner_id] if partner_id is not None else people.iloc[:0]
    labels = {
        int(contact): " · ".join(filter(None, (name, role)))
        for contact, name, role in people[["contact_id", "name", "role"]].itertuples(index=False)
    }
    ids = [None, *labels]
    own = detail.contact_id if detail else None
    place.selectbox(
        "One of the partner's people",
        ids,
        index=ids.index(own) if own in ids else 0,
        format_func=lambda i: labels.get(i, "Not said") if i is not None else "Not said",
        key=f"{at}contact_id",
    )
    place.text_input(
        "Or a person or role",
        value=detail.person if detail else "",
        key=f"{at}person",
        placeholder="a foster parent",
        help="A role is enough. A person's name only where they agreed to be named.",
    )
    place.checkbox("Anonymous", value=bool(detail and detail.row["anonymous"]), key=f"{at}anonymous")


def _draw_circumstances(place: Any, at: str, row: Mapping[str, Any]) -> None:
    kinds, ways = list(FeedbackKind), list(FeedbackWay)
    kind = next((k for k in kinds if k.label == row.get("kind")), FeedbackKind.OTHER if row else FeedbackKind.CONCERN)
    way = next((w for w in ways if w.label == row.get("way")), FeedbackWay.OTHER if row else FeedbackWay.MEETING)
    place.selectbox("Kind", kinds, index=kinds.index(kind), format_func=lambda k: k.label, key=f"{at}kind")
    place.selectbox("How it came", ways, index=ways.index(way), format_func=lambda w: w.label, key=f"{at}way")
    received = row.get("received_on", county_today())
    place.date_input(
        "Day received",
        value=None if pd.isna(received) else received,
        min_value=date(1990, 1, 1),
        max_value=county_today(),
        format="MM/DD/YYYY",
        key=f"{at}received_on",
    )


def read_fields(at: str) -> dict[str, Any]:
    """Return what the fields hold, by the names of a FeedbackDraft."""
    names = (
        "words", "partner_id", "contact_id", "person", "anonymous", "way", "kind", "language", "translation",
        "received_on", "engagement_id", "notes",
    )  # fmt: skip
    return {name: st.session_state.get(f"{at}{name}") for name in names}


def _texts(typed: Mapping[str, Any]) -> dict[str, str]:
    labels = {"words": "What was said", "translation": "The same in English", "person": "Person or role", "notes": "Notes"}
    return {label: str(typed[name] or "") for name, label in labels.items()}
