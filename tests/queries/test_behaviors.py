"""Behaviors: what counts in a cell of the grid, the evidence behind it, and what others may not even count."""

from datetime import date

import pandas as pd
import pytest
from sqlmodel import Session

from erp.queries.behaviors import (
    ANY_KIND,
    COVERAGE_COLUMNS,
    EVIDENCE_COLUMNS,
    behavior_coverage,
    behavior_evidence,
    evidence_n,
    quarter_days,
    quarter_of,
    quarters_until,
    undated_evidence,
)
from erp.services.engagements import BehaviorShown, EngagementDraft, PartnerAt, log_engagement, void_engagement
from erp.vocabulary import PartnerKind
from tests.conftest import Cast
from tests.services.test_log_engagement import meeting, partner

YEAR = (date(2026, 1, 1), date(2026, 12, 31))
SYSTEM, TRIBE = PartnerKind.SYSTEM_PARTNER, PartnerKind.TRIBAL_GOVERNMENT


def log(session: Session, cast: Cast, *partners: int, shown: tuple[str, ...] = ("LB7",), **more: object) -> int:
    behaviors = tuple(BehaviorShown(entry_id=entry_id, evidence=f"Showed {entry_id}") for entry_id in shown)
    return log_engagement(session, cast.coordinator, meeting(*partners, behaviors=behaviors, **more)).id or 0


def cells(coverage: pd.DataFrame) -> dict[tuple[str, str, str], int]:
    assert list(coverage.columns) == COVERAGE_COLUMNS
    return {(entry, kind, quarter): n for entry, kind, quarter, n in coverage.itertuples(index=False, name=None)}


@pytest.mark.parametrize(
    ("day", "quarter"),
    [(date(2026, 1, 1), "2026-Q1"), (date(2026, 3, 31), "2026-Q1"), (date(2026, 12, 31), "2026-Q4")],
)
def test_a_day_lies_in_its_calendar_quarter(day: date, quarter: str) -> None:
    first, last = quarter_days(quarter)
    assert quarter_of(day) == quarter
    assert first <= day <= last
    assert (quarter_of(first), quarter_of(last)) == (quarter, quarter)


def test_the_last_quarters_end_with_the_running_one() -> None:
    assert quarters_until(date(2026, 2, 1), 3) == ["2025-Q3", "2025-Q4", "2026-Q1"]


def test_an_engagement_counts_once_in_each_kind_and_once_in_all(session: Session, cast: Cast) -> None:
    a, b, court = (
        partner(session, cast, "Fern House"),
        partner(session, cast, "Lark House"),
        partner(session, cast, "Court", SYSTEM),
    )
    log(session, cast, a, b, court)
    log(session, cast, a, held_on=date(2026, 2, 1))
    log(session, cast, a, held_on=date(2026, 5, 5))
    assert cells(behavior_coverage(session, cast.viewer, *YEAR)) == {
        ("LB7", ANY_KIND, "2026-Q1"): 2,
        ("LB7", "community_organization", "2026-Q1"): 2,
        ("LB7", "system_partner", "2026-Q1"): 1,
        ("LB7", ANY_KIND, "2026-Q2"): 1,
        ("LB7", "community_organization", "2026-Q2"): 1,
    }


def test_lettered_behaviors_count_to_their_heading_once(session: Session, cast: Cast) -> None:
    log(session, cast, partner(session, cast, "Fern House"), shown=("LB1", "LB1a", "LB1c"))
    coverage = cells(behavior_coverage(session, cast.viewer, *YEAR))
    assert coverage[("LB1", ANY_KIND, "2026-Q1")] == 1
    assert {entry for entry, _, _ in coverage} == {"LB1"}


def test_rows_come_in_the_frameworks_order(session: Session, cast: Cast) -> None:
    log(session, cast, partner(session, cast, "Fern House"), shown=("LB10", "LB9", "LB2"))
    assert behavior_coverage(session, cast.viewer, *YEAR)["entry_id"].drop_duplicates().tolist() == [
        "LB2",
        "LB9",
        "LB10",
    ]


def test_only_what_was_held_on_a_known_day_counts(session: Session, cast: Cast) -> None:
    a = partner(session, cast, "Fern House")
    log(session, cast, a, status="planned")
    log(session, cast, a, status="cancelled")
    log(session, cast, a, held_on=None, when_words="spring")
    log(session, cast, a, held_on=date(2025, 12, 31))
    void_engagement(session, cast.coordinator, log(session, cast, a), 1, "Entered twice")
    assert behavior_coverage(session, cast.viewer, *YEAR).empty
    assert evidence_n(session, cast.viewer, ANY_KIND, *YEAR) == 0
    assert undated_evidence(session, cast.viewer) == 1


def test_a_partner_that_did_not_take_part_counts_only_by_email(session: Session, cast: Cast) -> None:
    a = partner(session, cast, "Fern House")

    def one_way(kind: str) -> None:
        shown = (BehaviorShown(entry_id="LB7"),)
        there = (PartnerAt(partner_id=a, two_way=False),)
        draft = EngagementDraft(kind=kind, held_on=YEAR[0], purpose="News", partners=there, behaviors=shown)
        log_engagement(session, cast.coordinator, draft)

    one_way("meeting")
    assert {kind for _, kind, _ in cells(behavior_coverage(session, cast.viewer, *YEAR))} == {ANY_KIND}
    one_way("email")
    assert cells(behavior_coverage(session, cast.viewer, *YEAR))[("LB7", "community_organization", "2026-Q1")] == 1
    assert evidence_n(session, cast.viewer, "community_organization", *YEAR) == 1


def test_a_cell_opens_its_engagements_with_the_evidence(session: Session, cast: Cast) -> None:
    a, court = partner(session, cast, "Fern House"), partner(session, cast, "Court", SYSTEM)
    old = log(session, cast, a, shown=("LB1",), held_on=date(2026, 1, 5))
    new = log(session, cast, a, court, shown=("LB1c", "LB7"))
    found = behavior_evidence(session, cast.viewer, "LB1", ANY_KIND, *YEAR)
    assert list(found.columns) == EVIDENCE_COLUMNS
    assert found[["engagement_id", "shown_id", "evidence", "partners"]].to_numpy().tolist() == [
        [new, "LB1c", "Showed LB1c", "Fern House; Court"],
        [old, "LB1", "Showed LB1", "Fern House"],
    ]
    with_court = behavior_evidence(session, cast.viewer, "LB1", "system_partner", *YEAR)
    assert with_court["engagement_id"].tolist() == [new]
    assert behavior_evidence(session, cast.viewer, "LB1", ANY_KIND, *quarter_days("2026-Q2")).empty


def test_every_cell_and_its_evidence_agree(session: Session, cast: Cast) -> None:
    a, court = partner(session, cast, "Fern House"), partner(session, cast, "Court", SYSTEM)
    log(session, cast, a, shown=("LB1", "LB1d"))
    log(session, cast, a, court, shown=("LB1c",), held_on=date(2026, 6, 30))
    for (entry, kind, quarter), n in cells(behavior_coverage(session, cast.coordinator, *YEAR)).items():
        found = behavior_evidence(session, cast.coordinator, entry, kind, *quarter_days(quarter))
        assert found["engagement_id"].nunique() == n


def test_what_a_tribe_shared_is_not_even_counted_for_others(session: Session, cast: Cast) -> None:
    tribe, a = partner(session, cast, "Example Rancheria", TRIBE), partner(session, cast, "Fern House")
    log(session, cast, tribe, a)
    log(session, cast, tribe, held_on=None, when_words="spring")
    for actor in (cast.coordinator, cast.tribal_liaison, cast.leadership):
        assert cells(behavior_coverage(session, actor, *YEAR))[("LB7", "tribal_government", "2026-Q1")] == 1
        assert len(behavior_evidence(session, actor, "LB7", "tribal_government", *YEAR)) == 1
        assert (evidence_n(session, actor, ANY_KIND, *YEAR), undated_evidence(session, actor)) == (1, 1)
    for actor in (cast.community_liaison, cast.administrator, cast.viewer):
        assert behavior_coverage(session, actor, *YEAR).empty
        for kind in (ANY_KIND, "tribal_government", "community_organization"):
            assert behavior_evidence(session, actor, "LB7", kind, *YEAR).empty
            assert evidence_n(session, actor, kind, *YEAR) == 0
        assert undated_evidence(session, actor) == 0
