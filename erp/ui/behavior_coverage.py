"""The pieces of the Behaviors page: its grid of coverage, and the engagements with the evidence behind a cell."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd
import streamlit as st
from sqlmodel import Session

from erp.access import Actor
from erp.charts.behaviors import coverage_frames, coverage_grid, coverage_rows, coverage_table, coverage_takeaway
from erp.charts.specs import spec_of
from erp.frameworks import BEHAVIORS, Entry
from erp.queries.behaviors import ANY_KIND, behavior_coverage, evidence_n, undated_evidence
from erp.queries.frameworks import frameworks_of
from erp.ui import navigation
from erp.ui.engagement_parts import behavior_label
from erp.ui.show import Drawn
from erp.ui.words import day_text, plain
from erp.vocabulary import EngagementKind

EVIDENCE_ROWS = 20  # on one page


@dataclass(frozen=True)
class Columns:
    """The columns of the grid: "quarter" or "kind", cell id → heading, and where they are, as a sentence ends."""

    by: str
    headings: Mapping[str, str]
    where: str
    #: As a sentence has it: "quarters", "kinds of partner".
    named: str


def coverage(session: Session, actor: Actor, columns: Columns, kind: str, first: date, last: date, dark: bool) -> Drawn:
    """Return the grid of leadership behaviors by `columns` for held engagements between two days."""
    counts = behavior_coverage(session, actor, first, last)
    counts = counts[counts["kind"] == kind] if columns.by == "quarter" else counts[counts["kind"] != ANY_KIND]
    rows = coverage_rows(counts, dict(columns.headings), columns.by, _rows_of_grid(session, counts))
    empty = int((rows["engagements"] == 0).sum())
    shape = tuple(dict.fromkeys(rows["column"])), tuple(dict.fromkeys(rows["row"]))
    return Drawn(
        spec_of(coverage_frames(rows, dark), coverage_grid, *shape, columns.by == "kind", dark),
        coverage_table(rows),
        takeaway=coverage_takeaway(rows, columns.where),
        text=f"Grid of {rows['behavior'].nunique()} leadership behaviors by {columns.named}: the number of held "
        f"engagements that show each is printed in its cell; {empty} of {len(rows)} cells are empty. The same numbers "
        "follow as a table.",
    )


def _rows_of_grid(session: Session, counts: pd.DataFrame) -> list[Entry]:
    """Return the behaviors in force, and behind them those retired that have evidence here."""
    known = frameworks_of(session)
    in_force = {entry.id: entry for entry in known.pick_list()}
    earlier = dict.fromkeys(entry_id for entry_id in counts["entry_id"] if entry_id not in in_force)
    return [*in_force.values(), *(known.entry(BEHAVIORS, entry_id) for entry_id in earlier)]


def notes(session: Session, actor: Actor, kind: str, first: date, last: date) -> str:
    """Return what has to be known to read the grid: its n, what is left out, how quarters run."""
    n, undated = evidence_n(session, actor, kind, first, last), undated_evidence(session, actor)
    said = [f"n = {n:,} held {'engagement' if n == 1 else 'engagements'} with a behavior tagged"]
    said += [f"{undated:,} more with no exact date, in no quarter"] if undated else []
    said += ["quarters are calendar quarters", "* not verified against the source document"]
    said += [] if actor.sees_tribal_records else ["what Tribal governments shared counts only where you wrote it down"]
    return "; ".join(said) + "."


def draw_evidence(found: pd.DataFrame) -> None:
    """Draw the engagements behind a cell, each a link, with the evidence noted there."""
    page = st.pagination(-(-len(found) // EVIDENCE_ROWS), key="evidence_page") if len(found) > EVIDENCE_ROWS else 1
    for row in found.iloc[(page - 1) * EVIDENCE_ROWS : page * EVIDENCE_ROWS].to_dict("records"):
        with st.container(border=True, gap="xsmall"):
            what = f"{day_text(row['held_on'])}: {EngagementKind(row['engagement_kind']).label.lower()}"
            navigation.link_to("engagement", what, engagement=row["engagement_id"])
            st.markdown(plain(row["evidence"]) or "*No evidence noted: open the engagement to say what showed it.*")
            st.caption(
                plain(f"{row['partners']} – {row['purpose']} – {behavior_label(row['shown_id'], row['shown_version'])}")
            )
