"""Today: what needs me – promises due, feedback waiting, partners past their cadence, meetings coming up."""

from dataclasses import replace
from datetime import timedelta

import pandas as pd
import streamlit as st

from erp.charts.tiles import tiles
from erp.queries.commitments import OPEN_GROUPS, PromiseFilters, PromiseGroup, promise_counts, promises_due
from erp.queries.due_work import due_work
from erp.queries.feedback import WAITING, feedback_counts, feedback_waiting
from erp.queries.partners import DirectoryFilter, partner_directory
from erp.queries.today import coming_up, to_record
from erp.ui import drafts, navigation
from erp.ui.actions import show_outcome
from erp.ui.confirming import draw_due_today
from erp.ui.due_work import draw_due_work
from erp.ui.loads import county_today, load
from erp.ui.news import draw_since_last_visit
from erp.ui.session import require_actor
from erp.ui.show import no_records
from erp.ui.today_parts import days_from, draw_line, draw_more, due_words
from erp.ui.words import day_text
from erp.vocabulary import RecordKind, Verb

#: Lines of each list; the rest are a click away.
LINES = 8
TO_RECORD = 3

actor = require_actor()
st.title("Today", anchor=False)
show_outcome()
this_day = county_today()
with st.container(horizontal=True, vertical_alignment="center"):
    st.markdown(f"{this_day:%A, %B %-d, %Y}")
    mine = actor.may(Verb.ADD, RecordKind.ENGAGEMENT) and st.toggle(
        "Only partnerships I hold and what I wrote down", key="mine", bind="query-params"
    )
    if navigation.may_open("log"):
        navigation.link_to("log", "Log an engagement", icon=":material/edit_calendar:")
for draft in drafts.mine():
    page, query = drafts.place_of(draft.form)
    words = str(draft.fields.get("purpose") or "nothing said yet of what it is about")
    when = f"Draft of {day_text(draft.kept_at.date())}, {draft.kept_at:%-I:%M %p}"
    with st.container(border=True):
        draw_line(page, when, words, drafts.what_of(draft.form), **query)
        drafts.draw_end(draft.form, "Not wanted any more", drafts.end, draft.form)
holder = actor.user_id if mine else None
only_mine = "true" if mine else None

promises = load(promises_due, holder)
feedback = load(feedback_waiting, holder)
past = load(partner_directory, DirectoryFilter(contact="past", order="past", holder_id=holder))
work = load(due_work, holder)
ahead, unrecorded = load(coming_up, holder, LINES), load(to_record, holder, TO_RECORD)

promised = load(promise_counts, PromiseFilters(holder_id=holder)).set_index("group")["n"]
overdue, soon = int(promised[PromiseGroup.OVERDUE]), int(promised[PromiseGroup.SOON])
loop = load(feedback_counts, replace(WAITING, holder_id=holder))
loop = loop[loop["state"].isin(WAITING.states)]
figures = {
    "Promises overdue": overdue,
    "Promises due in 30 days": soon,
    "Feedback past its target": int(loop["past"].sum()),
    "Partners past their cadence": past.total,
}
st.html(tiles((label, f"{number:,}") for label, number in figures.items()))

draw_since_last_visit(holder)

waits = not (promises.empty and feedback.empty and work.empty) or past.total or ahead.total or unrecorded.total
if not waits:
    first_steps = "New here? Import the county's roster and meeting log, add a partner, or log an engagement."
    no_records("Nothing needs you today.", first_steps, RecordKind.PARTNER)
    draw_due_today(holder)
    st.stop()


left, right = st.columns(2, gap="large")
with left:
    st.header("Promises to keep", anchor=False)
    if promises.empty:
        st.markdown("No promise is overdue or due soon.")
    for promise in promises.head(LINES).itertuples():
        words = due_words(promise.due_on, promise.days_over)
        about = f"{promise.partner or 'no partner linked'} · owed by {promise.owed_by.label.lower()}"
        draw_line("promises", words, promise.what, about, promise=promise.commitment_id)
    still_open = int(promised[list(OPEN_GROUPS)].sum())
    draw_more("promises", len(promises.head(LINES)), still_open, "All open promises", promise_mine=only_mine)
with right:
    st.header("Feedback waiting for us", anchor=False)
    if feedback.empty:
        st.markdown("No feedback waits for us.")
    for item in feedback.head(LINES).itertuples():
        words = due_words(item.target_on, item.days_past, what="next step")
        about = f"{item.giver} · {item.state.label.lower()}"
        draw_line("feedback", words, item.words, about, feedback=item.item_id)
    draw_more("feedback", LINES, int(loop["n"].sum()), "All feedback waiting", feedback_mine=only_mine)

left, right = st.columns(2, gap="large")
with left:
    st.header("Partners past their cadence", anchor=False)
    if not past.total:
        st.markdown("No partner is past its cadence.")
    for partner in past.rows.head(LINES).itertuples():
        agreed = "by the county's default" if partner.cadence_is_default else "as agreed"
        over = "" if pd.isna(partner.days_over_cadence) else f"{int(partner.days_over_cadence)} days past"
        last = (
            "no contact yet" if pd.isna(partner.last_contact) else f"last {days_from(partner.last_contact, this_day)}"
        )
        about = f"{last} · every {partner.cadence_days} days {agreed}"
        draw_line("partner", over, partner.name, about, partner=partner.partner_id)
    draw_more("partners", LINES, past.total, "All partners past their cadence", contact="past", holder=holder)
with right:
    st.header("Coming up", anchor=False)
    if not ahead.total and not unrecorded.total:
        st.markdown("No engagement is planned yet.")
    for meeting in unrecorded.rows.itertuples():
        when = f"{meeting.held_on:%b %-d} – was it held? Record it"
        draw_line("engagement", when, meeting.title, meeting.partners, engagement=meeting.engagement_id)
    planned = {"status": "planned", "mine": "yes" if only_mine else None}
    yesterday = this_day - timedelta(days=1)
    draw_more("engagements", TO_RECORD, unrecorded.total, "All that wait to be recorded", **planned, until=yesterday)
    for meeting in ahead.rows.itertuples():
        when = f"{meeting.held_on:%b %-d}"
        draw_line("engagement", when, meeting.title, meeting.partners, engagement=meeting.engagement_id)
    draw_more("engagements", LINES, ahead.total, "All engagements to come", **planned, **{"from": this_day})
draw_due_work(work, LINES)
draw_due_today(holder)
