"""Today: what needs me – promises due, feedback waiting, partners past their cadence, meetings coming up."""

import pandas as pd
import streamlit as st

from erp.queries.commitments import promises_due
from erp.queries.feedback import feedback_waiting
from erp.queries.partners import DirectoryFilter, partner_directory
from erp.queries.today import coming_up
from erp.ui import navigation
from erp.ui.actions import show_outcome
from erp.ui.loads import county_today, load
from erp.ui.session import require_actor
from erp.ui.show import empty_state
from erp.ui.today_parts import days_from, due_words
from erp.vocabulary import RecordKind, Verb

#: Lines of each list; the rest are a click away.
LINES = 8

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
holder = actor.user_id if mine else None

promises = load(promises_due, holder)
feedback = load(feedback_waiting, holder)
past = load(partner_directory, DirectoryFilter(contact="past", order="past", holder_id=holder))
ahead = load(coming_up)

overdue = int((promises["days_over"] > 0).sum())
late = int((feedback["days_past"].fillna(0) > 0).sum())
with st.container(horizontal=True):
    st.metric("Promises overdue", overdue, border=True, width=200)
    st.metric("Promises due in 30 days", len(promises) - overdue, border=True, width=200)
    st.metric("Feedback past its target", late, border=True, width=200)
    st.metric("Partners past their cadence", past.total, border=True, width=200)

if promises.empty and feedback.empty and not past.total and ahead.empty:
    empty_state(
        "Nothing needs you today.",
        "New here? Import the county's roster and meeting log, add a partner, or log an engagement.",
    )
    st.stop()


def more(page: str, shown: int, total: int, label: str) -> None:
    """Link to the whole list where only part of it is shown."""
    if total > shown:
        navigation.link_to(page, f"{label} ({total})", icon=":material/arrow_forward:")


left, right = st.columns(2, gap="large")
with left:
    st.header("Promises to keep", anchor=False)
    if promises.empty:
        st.markdown("No promise is overdue or due soon.")
    for promise in promises.head(LINES).itertuples():
        words = due_words(promise.due_on, promise.days_over)
        navigation.link_to("promises", f"**{words}** – {promise.what}", promise=promise.commitment_id)
        st.caption(f"{promise.partner or 'no partner linked'} · owed by {promise.owed_by.label.lower()}")
    more("promises", LINES, len(promises), "All promises due")
with right:
    st.header("Feedback waiting for us", anchor=False)
    if feedback.empty:
        st.markdown("Every piece of feedback was answered; none waits for us.")
    for item in feedback.head(LINES).itertuples():
        words = due_words(item.target_on, item.days_past, what="next step")
        navigation.link_to("feedback", f"**{words}** – {item.words[:120]}", feedback=item.item_id)
        st.caption(f"{item.giver or item.partner or 'anonymous'} · {item.state.label.lower()}")
    more("feedback", LINES, len(feedback), "All feedback waiting")

left, right = st.columns(2, gap="large")
with left:
    st.header("Partners past their cadence", anchor=False)
    if not past.total:
        st.markdown("Every partner was in touch within the agreed days.")
    for partner in past.rows.head(LINES).itertuples():
        agreed = "by the county's default" if partner.cadence_is_default else "as agreed"
        navigation.link_to("partner", f"**{partner.name}**", partner=partner.partner_id)
        over = "" if pd.isna(partner.days_over_cadence) else f" · {int(partner.days_over_cadence)} days past"
        last = (
            "no contact yet"
            if pd.isna(partner.last_contact)
            else f"last contact {days_from(partner.last_contact, this_day)}"
        )
        st.caption(f"{last} · every {partner.cadence_days} days {agreed}{over}")
    more("partners", LINES, past.total, "All partners past their cadence")
with right:
    st.header("Coming up", anchor=False)
    if ahead.empty:
        st.markdown("No engagement is planned yet.")
    for meeting in ahead.head(LINES).itertuples():
        when = f"{meeting.held_on:%b %-d}" + (", held? record it" if meeting.held_on < this_day else "")
        navigation.link_to("engagement", f"**{when}** – {meeting.title}", engagement=meeting.engagement_id)
        st.caption(meeting.partners or "no partner yet")
    more("engagements", LINES, len(ahead), "All engagements")
