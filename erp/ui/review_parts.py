"""Local system reviews on the page: the list, the form for one, its head, and beside the review it takes again."""

from typing import Any

import pandas as pd
import streamlit as st
from sqlmodel import Session

from erp.access import Actor
from erp.queries.barriers import barriers_of_review
from erp.queries.reviews import ReviewDetail, beside, review_list
from erp.services.reviews import METHODS, ReviewDraft, change_review, plan_review, visible_review
from erp.ui import guard, navigation
from erp.ui.actions import field_keys, forget_form, form_button, once, submit
from erp.ui.address import number_in_address
from erp.ui.loads import county_today, load
from erp.ui.newer import Edited, forget, watch
from erp.ui.partner_words import counted, records
from erp.ui.show import download_table, folded, no_records, show_rows
from erp.ui.words import FIRST_DAY, LAST_DAY, day_text, plain, plain_lines
from erp.vocabulary import RecordKind, ReviewState

NEW = "review_new"
BADGES: dict[ReviewState, tuple[str, Any]] = {
    ReviewState.PLANNED: (":material/event:", "gray"),
    ReviewState.UNDER_WAY: (":material/manage_search:", "blue"),
    ReviewState.TO_TELL: (":material/hourglass_top:", "orange"),
    ReviewState.TOLD: (":material/check_circle:", "green"),
}
TEXTS = {
    "question": "What the review asks: how does it come about that …",
    "trigger": "The figure that set it off",
    "trigger_source": "Where the figure stands",
}
#: Count → its label.
COUNTS = {
    "interviews": "Interviews",
    "observations": "Observations",
    "texts": "Texts read (policies, forms, letters)",
    "case_files": "Case files read",
}


DAYS = {
    "trigger_on": "Day of the figure",
    "started_on": "First day",
    "ended_on": "Last day, once it has ended",
}
LABELS = TEXTS | DAYS | COUNTS


def draw_list() -> None:
    """Draw the reviews, each with its state and what it came to."""
    reviews = load(review_list)
    if reviews.empty:
        what_next = "Plan the first one together with partners: a question about how the work is organized."
        no_records("No review is recorded yet.", what_next, RecordKind.SYSTEM_REVIEW)
    for row in records(reviews):
        state = ReviewState(row["state"])
        icon, color = BADGES[state]
        with st.container(border=True, gap="small"):
            navigation.link_to("reviews", f"**{plain(row['question'])}**", review=int(row["review_id"]))
            with st.container(horizontal=True, gap="small"):
                if row["voided"]:
                    st.badge("Voided", icon=":material/block:", color="gray")
                st.badge(state.label, icon=icon, color=color)
            st.caption(plain(" · ".join(filter(None, _about(row)))))


def _about(row: dict[str, Any]) -> list[str]:
    return [
        f"from {day_text(row['started_on'])}" if not pd.isna(row["started_on"]) else "no day yet",
        f"to {day_text(row['ended_on'])}" if not pd.isna(row["ended_on"]) else "",
        counted(row["findings"], "finding", "findings"),
        f"{row['done']} of {counted(row['recommendations'], 'recommendation', 'recommendations')} done"
        if row["recommendations"]
        else "no recommendation yet",
        f"{row['told']} of {counted(row['groups'], 'group', 'groups')} told" if row["groups"] else "",
        "takes an earlier one again" if not pd.isna(row["again_of"]) else "",
    ]


def draw_folded_adding() -> None:
    """Draw the form for a new review, open where the address says which one it takes again."""
    again_of = number_in_address("again_of")
    if again_of:
        with st.container(border=True):
            st.markdown("**Take the review again**")
            _draw_adding(again_of)
    else:
        folded("Plan a review", lambda: _draw_adding(0), key="review_add", icon=":material/add:")


def _draw_adding(again_of: int) -> None:
    token = field_keys(NEW)
    question = ""
    if again_of:
        listed = load(review_list).set_index("review_id")["question"]
        question = str(listed.get(again_of, ""))
    with st.form(f"{token}_form", border=False):
        _draw_fields(f"{token}_", None, question)
        guard.draw(f"{token}_")
        form_button("Save the review", _add, token, again_of, type="primary")


def draw_changing(detail: ReviewDetail) -> None:
    """Draw the form that changes a review's question, figure, days and counts, folded away."""
    at = f"review_mend_{detail.review_id}_"
    saved = {name: getattr(detail, name) for name in LABELS}

    def draw() -> None:
        kept = (RecordKind.SYSTEM_REVIEW, detail.review_id, detail.version)
        opened = watch(Edited(at, at, *kept, saved, LABELS, _said))
        with st.form(f"{at}form", border=False):
            _draw_fields(at, detail, "")
            guard.draw(at)
            form_button("Save", _mend, detail.review_id, opened, at)

    label = "Change the question, the days and the counts"
    folded(label, draw, key=f"review_mend_{detail.review_id}", icon=":material/edit:")


def draw_head(detail: ReviewDetail) -> None:
    """Draw a review's state, what set it off, and what was done by count."""
    icon, color = BADGES[detail.state]
    if detail.voided:
        st.warning(f"This review was voided: {plain(detail.void_reason)}")
    with st.container(horizontal=True, gap="small"):
        st.badge(detail.state.label, icon=icon, color=color)
    st.markdown(plain(_days(detail)))
    if detail.trigger:
        st.markdown(f"**What set it off** ({day_text(detail.trigger_on)}): {plain_lines(detail.trigger)}")
    if detail.trigger_source:
        st.caption(plain(f"Source of the figure: {detail.trigger_source}"))
    done = [(COUNTS[name], getattr(detail, name)) for name in METHODS]
    said = [f"{label}: {count:,}" if count is not None else f"{label}: not recorded" for label, count in done]
    st.markdown(f"**How it looked:** {plain('; '.join(said))}.")
    st.caption(plain(f"By count only: no case, no family and no name is kept here. Recorded by {detail.recorded_by}."))
    if detail.again_of is not None:
        navigation.link_to("reviews", "The review before this one", icon=":material/history:", review=detail.again_of)
    for number, began_on in detail.later.items():
        when = f" ({day_text(began_on)})" if began_on else ""
        navigation.link_to("reviews", f"It was taken again{when}", icon=":material/update:", review=number)


def _days(detail: ReviewDetail) -> str:
    if detail.started_on is None:
        return "No day is set yet."
    began = f"{'Begins' if detail.state is ReviewState.PLANNED else 'Began'} {day_text(detail.started_on)}"
    return f"{began}, ended {day_text(detail.ended_on)}." if detail.ended_on else f"{began}."


def draw_ending(detail: ReviewDetail) -> None:
    """Draw the button that ends a review that is under way."""
    if detail.state is ReviewState.UNDER_WAY:
        args = (detail.review_id, detail.version)
        st.button("It ended today", key="review_end", icon=":material/event_available:", on_click=_end, args=args)


@once
def _end(review_id: int, version: int) -> None:
    def end(session: Session, actor: Actor) -> Any:
        review = visible_review(session, actor, review_id)
        draft = ReviewDraft.of(**review.model_dump(include=set(ReviewDraft.model_fields))).model_copy(
            update={"ended_on": county_today()}
        )
        return change_review(session, actor, review_id, version, draft)

    submit(end, said="Ended. Next: tell each group that contributed what was found.")


def draw_beside(detail: ReviewDetail) -> None:
    """Draw the two reviews finding by finding, where this one takes an earlier one again."""
    if detail.again_of is None:
        return
    st.header("Beside the review before", anchor=False)
    rows = beside(detail)
    if rows.empty:
        st.markdown("Neither review has a finding yet.")
        return
    n = rows["compared"].value_counts()
    st.markdown(f"**{'; '.join(f'{label}: {count}' for label, count in n.items())}.**")
    table = rows.rename(columns={"earlier": "Found before", "later": "Found now", "compared": "What became of it"})
    show_rows(table)
    download_table(table, f"reviews_{detail.again_of}_and_{detail.review_id}")


def draw_barriers(detail: ReviewDetail) -> None:
    """Draw links to the barriers that findings of the review show."""
    for number, words, state in load(barriers_of_review, detail.review_id):
        label = f"Shows a barrier: {plain(words)} ({state.label})"
        navigation.link_to("barriers", label, icon=":material/construction:", barrier=number)


def _draw_fields(at: str, detail: ReviewDetail | None, question: str) -> None:
    def held(name: str) -> Any:
        return getattr(detail, name) if detail else None

    st.text_area(
        TEXTS["question"], value=held("question") or question, height=90, key=f"{at}question", max_chars=1000,
        help="A review asks how a result comes about, never who brought it about.",
    )  # fmt: skip
    st.text_area(
        TEXTS["trigger"], value=held("trigger") or "", height=70, key=f"{at}trigger", max_chars=1000,
        placeholder="Of ten families in the valley, four wait more than a month for a first visit",
    )  # fmt: skip
    left, right = st.columns(2)
    left.date_input(
        DAYS["trigger_on"], value=held("trigger_on"), min_value=FIRST_DAY, max_value=county_today(),
        key=f"{at}trigger_on", format="MM/DD/YYYY",
    )  # fmt: skip
    right.text_input(
        TEXTS["trigger_source"], value=held("trigger_source") or "", key=f"{at}trigger_source", max_chars=300
    )
    for place, name in zip(st.columns(2), ("started_on", "ended_on"), strict=True):
        place.date_input(
            DAYS[name],
            value=held(name),
            min_value=FIRST_DAY,
            max_value=LAST_DAY,
            key=f"{at}{name}",
            format="MM/DD/YYYY",
        )
    if detail is None:  # counts come with the work
        return
    places = [*st.columns(2), *st.columns(2)]
    for place, (name, label) in zip(places, COUNTS.items(), strict=True):
        place.number_input(label, value=held(name), min_value=0, step=1, key=f"{at}{name}", placeholder="Not recorded")


def _read(at: str) -> dict[str, Any]:
    state = st.session_state
    texts = {name: str(state.get(f"{at}{name}") or "") for name in TEXTS}
    return texts | {name: state.get(f"{at}{name}") for name in (*DAYS, *COUNTS)}


@once
def _add(token: str, again_of: int) -> None:
    typed = _read(f"{token}_")

    def add(session: Session, actor: Actor) -> Any:
        return plan_review(session, actor, ReviewDraft.of(**typed, again_of=again_of or None), token=token)

    texts = {label: typed[name] for name, label in TEXTS.items()}
    added = guard.guarded(f"{token}_", texts, add, said="Saved. Next: the team by role, then debriefs and findings.")
    if added is not None:
        forget_form(NEW, "review_add")
        st.query_params.pop("again_of", None)
        st.query_params["review"] = str(added.id)


@once
def _mend(review_id: int, version: int, at: str) -> None:
    typed = _read(at)

    def change(session: Session, actor: Actor) -> Any:
        return change_review(session, actor, review_id, version, ReviewDraft.of(**typed))

    if guard.guarded(at, {label: typed[name] for name, label in TEXTS.items()}, change, said="Saved.") is not None:
        forget(at, at)


def _said(name: str, value: Any) -> str:
    if name in DAYS:
        return day_text(value) if value is not None else ""
    return "" if value is None else str(value)
