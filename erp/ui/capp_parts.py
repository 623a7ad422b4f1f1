"""The CAPP page's parts: what moved in a year, and under each systemic issue its barriers and findings."""

from typing import Any

import pandas as pd
import streamlit as st
from sqlmodel import Session

from erp.access import Actor
from erp.charts.capp import BREAK, movement_chart, movement_frames, movement_takeaway
from erp.charts.specs import spec_of
from erp.frameworks import ISSUES, PRACTICES, Frameworks, display_label
from erp.queries.barriers import BarrierFilter, barrier_list
from erp.queries.capp import NOT_PLACED, capp_movement, findings_by_issue
from erp.queries.frameworks import frameworks_of
from erp.ui import navigation
from erp.ui.barrier_parts import draw_rows
from erp.ui.loads import frameworks, load
from erp.ui.partner_words import counted, records
from erp.ui.show import Drawn, folded
from erp.ui.words import plain
from erp.vocabulary import Compared

HEADS = {
    "label": "Systemic issue",
    "open_then": "Open a year ago",
    "named": "Named in the year",
    "gone": "Gone, partners said",
    "back": "Came back",
    "set_aside": "Set aside",
    "open_now": "Open today",
    "findings": "Findings that stand",
    "new_findings": "New findings in the year",
}


def movement(session: Session, actor: Actor, dark: bool) -> Drawn:
    """Return how many barriers were open under each issue a year ago and are today, with all that moved as a table."""
    known = frameworks_of(session)
    rows = capp_movement(session, actor)
    rows = rows.assign(label=[issue_label(known, issue) for issue in rows["issue"]])
    frames = movement_frames(rows)
    labels = tuple(dict.fromkeys(frames["movement"]["row"]))
    return Drawn(
        spec_of(frames, movement_chart, labels, dark),
        rows[list(HEADS)].rename(columns=HEADS),
        takeaway=movement_takeaway(rows),
        text="Two bars for each CAPP systemic issue: barriers open a year ago, and barriers open today. "
        + " ".join(
            f"{label.replace(BREAK, ' ')}: {then} a year ago, {now} today."
            for label, then, now in rows[["label", "open_then", "open_now"]].itertuples(index=False, name=None)
        ),
    )


def issue_label(known: Frameworks, issue: str) -> str:
    """Return a systemic issue as people read it, "Not placed yet" for none."""
    return "Not placed yet" if issue == NOT_PLACED else display_label(known.entry(ISSUES, issue))


def draw_issues() -> None:
    """Draw each systemic issue with the practice that answers it, and the barriers and findings under it."""
    known, rows = frameworks(), load(capp_movement)
    barriers, findings = load(barrier_list, BarrierFilter()), load(findings_by_issue)
    for row in records(rows):
        issue = str(row["issue"])
        placed = "" if issue == NOT_PLACED else issue
        here = barriers[barriers["issue"] == placed]
        found = findings[findings["issue"] == placed]
        if not placed and here.empty and found.empty:
            continue
        st.header(plain(issue_label(known, issue)), anchor=False)
        if placed:
            _draw_what_it_is(known, issue)
        st.markdown(plain(_moved(row)))
        if not here.empty:
            label = counted(len(here), "open barrier", "open barriers")
            folded(
                label, lambda here=here: draw_rows(here), key=f"capp_barriers_{issue}", icon=":material/construction:"
            )
        if not found.empty:
            label = counted(len(found), "finding of reviews", "findings of reviews")
            folded(label, lambda found=found: _draw_findings(found), key=f"capp_findings_{issue}")
        if placed:
            navigation.link_to("barriers", "All barriers under it", icon=":material/arrow_forward:", issue=issue)


def _draw_what_it_is(known: Frameworks, issue: str) -> None:
    entry = known.entry(ISSUES, issue)
    if entry.description:
        st.markdown(plain(entry.description))
    practice = next((held for held in known.framework(PRACTICES).entries if held.label == entry.group), None)
    if practice is not None:
        said = f": {practice.description}" if practice.description else ""
        st.markdown(f"**Front-line practice that answers it:** {plain(f'{display_label(practice)}{said}')}")
    verified = "" if entry.verified else " Not verified."
    st.caption(plain(f"Source: {entry.source}.{verified}"))


def _moved(row: dict[str, Any]) -> str:
    """Say what moved under an issue in a year."""
    said = [
        (row["named"], "named"),
        (row["gone"], "gone, as partners said"),
        (row["back"], "came back"),
        (row["set_aside"], "set aside"),
    ]
    moved = ", ".join(f"{n} {what}" for n, what in said if n) or "nothing moved"
    return f"Barriers: {row['open_now']} open, {row['open_then']} a year ago; in the year: {moved}."


def _draw_findings(found: pd.DataFrame) -> None:
    for part in records(found):
        with st.container(border=True, gap="small"):
            navigation.link_to("reviews", plain(part["words"]), review=int(part["review_id"]))
            compared = part["compared"]
            if not pd.isna(compared):
                st.caption(f"Beside the review before: {Compared(compared).label.lower()}")
