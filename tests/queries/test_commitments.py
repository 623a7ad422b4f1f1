"""Promises: grouped by what is due, counted, filtered, and who may not even see them."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlmodel import Session

from erp.access import Actor
from erp.errors import NotFound
from erp.models.commitments import Commitment
from erp.queries.commitments import (
    OPEN_GROUPS,
    SOON_DAYS,
    OwedBy,
    PromiseFilters,
    PromiseGroup,
    promise_counts,
    promise_detail,
    promise_list,
    promises_due,
)
from erp.queries.ratings import rating_counts
from erp.services.commitments import (
    CommitmentDraft,
    keep_commitment,
    make_commitment,
    void_commitment,
    withdraw_commitment,
)
from erp.services.engagements import EngagementDraft, PartnerAt, log_engagement
from erp.services.partners import PartnerDraft, add_partner
from erp.services.ratings import RatingDraft, enter_rating, void_rating
from erp.services.records import now
from erp.vocabulary import CommitmentState, PartnerKind, Side
from tests.conftest import Cast, make_findable

G = PromiseGroup
THIS_DAY = date(2026, 5, 1)


@pytest.fixture(autouse=True)
def _on_a_day() -> Any:
    with time_machine.travel("2026-05-01T20:00:00Z", tick=False):
        yield


def partner(session: Session, actor: Actor, name: str = "Fern House", **more: Any) -> int:
    values = {"kind": PartnerKind.COMMUNITY_ORGANIZATION} | more
    return add_partner(session, actor, PartnerDraft(name=name, **values)).id or 0


def promise(session: Session, actor: Actor, partner_id: int, what: str, **more: Any) -> int:
    return make_commitment(session, actor, CommitmentDraft.of(what=what, partner_id=partner_id, **more)).id or 0


@pytest.fixture
def fern(session: Session, cast: Cast) -> int:
    """A partner with one promise in every group."""
    who = cast.coordinator
    fern = partner(session, who)
    kept, late = (promise(session, who, fern, what, due_on=date(2026, 4, 1)) for what in ("kept in time", "kept late"))
    keep_commitment(session, who, kept, 1, date(2026, 3, 30))
    keep_commitment(session, who, late, 1, date(2026, 4, 9))
    dropped = promise(session, who, fern, "withdrawn", due_on=date(2026, 2, 1))
    withdraw_commitment(session, who, dropped, 1, date(2026, 3, 1), "Agreed by phone")
    promise(session, who, fern, "no day", due_words="every fiscal year")
    promise(session, who, fern, "later", due_on=THIS_DAY + timedelta(days=SOON_DAYS + 1))
    promise(session, who, fern, "soon", due_on=THIS_DAY + timedelta(days=SOON_DAYS), owed_by=Side.PARTNER)
    promise(session, who, fern, "today", due_on=THIS_DAY)
    promise(session, who, fern, "yesterday", due_on=date(2026, 4, 30), owed_by=None, owed_by_words="Clerk")
    promise(session, who, fern, "long ago", due_on=date(2026, 1, 1))
    void_commitment(session, who, promise(session, who, fern, "void"), 1, "Entered twice")
    return fern


@pytest.mark.usefixtures("fern")
def test_overdue_comes_first_then_what_is_due_and_finished_ones_last(session: Session, cast: Cast) -> None:
    listed = promise_list(session, cast.viewer, PromiseFilters())
    assert listed[["what", "group"]].values.tolist() == [
        ["long ago", G.OVERDUE],
        ["yesterday", G.OVERDUE],
        ["today", G.SOON],
        ["soon", G.SOON],
        ["later", G.LATER],
        ["no day", G.NO_DAY],
        ["kept late", G.KEPT],
        ["kept in time", G.KEPT],
        ["withdrawn", G.WITHDRAWN],
    ]
    assert listed["days_over"].tolist()[:4] == [120, 1, 0, -30]
    assert listed["state"].tolist()[-3:] == [CommitmentState.KEPT_LATE, CommitmentState.KEPT, CommitmentState.WITHDRAWN]


@pytest.mark.usefixtures("fern")
def test_counts_are_those_of_the_groups(session: Session, cast: Cast) -> None:
    counts = promise_counts(session, cast.viewer, PromiseFilters(groups=(G.KEPT,)))
    assert dict(counts.itertuples(index=False)) == {
        G.OVERDUE: 2,
        G.SOON: 2,
        G.LATER: 1,
        G.NO_DAY: 1,
        G.KEPT: 2,
        G.WITHDRAWN: 1,
    }


@pytest.mark.usefixtures("fern")
def test_what_is_due_is_overdue_or_soon(session: Session, cast: Cast) -> None:
    assert promises_due(session, cast.viewer)["what"].tolist() == ["long ago", "yesterday", "today", "soon"]


@pytest.mark.usefixtures("fern")
@pytest.mark.parametrize(
    ("chosen", "what"),
    [
        (PromiseFilters(groups=(G.KEPT,)), {"kept in time", "kept late"}),
        (PromiseFilters(groups=OPEN_GROUPS, words="DAY"), {"no day"}),
        (PromiseFilters(words="by phone"), {"withdrawn"}),
        (PromiseFilters(words="_"), set()),
        (PromiseFilters(owed_by=OwedBy.PARTNER), {"soon"}),
        (PromiseFilters(owed_by=OwedBy.OTHER), {"yesterday"}),
        (PromiseFilters(voided=True), {"void"}),
        (PromiseFilters(partner_id=999), set()),
        (PromiseFilters(holder_id=2), set()),
    ],
)
def test_filters_choose_rows(session: Session, cast: Cast, chosen: PromiseFilters, what: set[str]) -> None:
    make_findable(session)
    assert set(promise_list(session, cast.viewer, chosen)["what"]) == what


def test_mine_are_partnerships_i_hold_and_what_i_wrote_down(session: Session, cast: Cast) -> None:
    held = partner(session, cast.leadership, "Held House", holder_id=cast.coordinator.user_id)
    other = partner(session, cast.leadership, "Other House")
    promise(session, cast.leadership, held, "held", due_on=THIS_DAY)
    promise(session, cast.leadership, other, "other", due_on=THIS_DAY)
    promise(session, cast.coordinator, other, "written", due_on=THIS_DAY)
    assert set(promises_due(session, cast.coordinator, cast.coordinator.user_id)["what"]) == {"held", "written"}


def test_words_of_a_spreadsheet_and_of_another_body_are_shown_as_written(
    session: Session, cast: Cast, fern: int
) -> None:
    listed = promise_list(session, cast.viewer, PromiseFilters()).set_index("what")
    assert listed.loc["no day", "due_words"] == "every fiscal year"
    assert listed.loc["yesterday", ["owed_by", "owed_by_words"]].tolist() == [OwedBy.OTHER, "Clerk"]
    assert (listed["partner_id"] == fern).all()


def test_pages_do_not_overlap(session: Session, cast: Cast, fern: int) -> None:
    pages = [promise_list(session, cast.viewer, PromiseFilters(), page, rows=4)["what"] for page in (1, 2, 3)]
    assert [len(page) for page in pages] == [4, 4, 1]
    assert len({what for page in pages for what in page}) == 9


def test_an_empty_list_has_its_columns(session: Session, cast: Cast) -> None:
    empty = promise_list(session, cast.viewer, PromiseFilters())
    assert empty.empty
    assert {"commitment_id", "what", "group", "days_over"} <= set(empty.columns)
    assert promise_counts(session, cast.viewer, PromiseFilters())["n"].sum() == 0


def test_a_tribes_promise_is_in_no_list_count_or_detail_of_those_who_may_not_see_it(
    session: Session, cast: Cast
) -> None:
    tribe = partner(session, cast.leadership, "Example Rancheria", kind=PartnerKind.TRIBAL_GOVERNMENT)
    clinic = partner(session, cast.leadership, "Lark Clinic")
    meeting = log_engagement(
        session,
        cast.tribal_liaison,
        EngagementDraft.of(held_on=date(2026, 3, 5), purpose="Joint", partners=(PartnerAt(partner_id=tribe),)),
    )
    hidden = [
        promise(session, cast.tribal_liaison, tribe, "Visit", due_on=THIS_DAY),
        promise(session, cast.tribal_liaison, clinic, "Said at the Tribe's table", engagement_id=meeting.id),
    ]
    for actor in (cast.tribal_liaison, cast.leadership):
        assert set(promise_list(session, actor, PromiseFilters())["commitment_id"]) == set(hidden)
        assert promise_detail(session, actor, hidden[1])["engagement"] == "Joint on Mar 5, 2026"
    for actor in (cast.coordinator, cast.community_liaison, cast.administrator, cast.viewer):
        for chosen in (PromiseFilters(), PromiseFilters(partner_id=tribe), PromiseFilters(words="visit")):
            assert promise_list(session, actor, chosen).empty
            assert promise_counts(session, actor, chosen)["n"].sum() == 0
        assert promises_due(session, actor).empty
        for promise_id in (*hidden, 999):
            with pytest.raises(NotFound, match="This promise is not here"):
                promise_detail(session, actor, promise_id)


DAYS = st.none() | st.dates(THIS_DAY - timedelta(days=40), THIS_DAY + timedelta(days=40))
GROUPS = {
    CommitmentState.OVERDUE: {G.OVERDUE},
    CommitmentState.OPEN: {G.SOON, G.LATER, G.NO_DAY},
    CommitmentState.KEPT: {G.KEPT},
    CommitmentState.KEPT_LATE: {G.KEPT},
    CommitmentState.WITHDRAWN: {G.WITHDRAWN},
}


def in_order(row: Any) -> tuple[Any, ...]:
    """Say where a row of the list stands: by group, what has ended the newest first, then by due day."""
    ended = row.withdrawn_on or row.done_on
    return (
        list(G).index(row.group),
        (ended and -ended.toordinal()) or -(9**9),
        row.due_on or date.max,
        row.commitment_id,
    )


@given(days=st.lists(st.tuples(DAYS, DAYS, DAYS), min_size=5, max_size=30))
@hypothesis_settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_databases_groups_agree_with_the_states_whatever_the_days(
    session: Session, cast: Cast, days: list[tuple[date | None, date | None, date | None]]
) -> None:
    session.add_all(
        Commitment(key=f"{id(days)}-{n}", what="x", due_on=due, done_on=done, withdrawn_on=dropped, recorded_at=now())
        for n, (due, done, dropped) in enumerate(days)
    )
    session.flush()
    everything, viewer = PromiseFilters(), cast.viewer
    listed = promise_list(session, viewer, everything, rows=None)
    paged = [promise_list(session, viewer, everything, page, rows=4) for page in range(1, len(days) // 4 + 3)]
    counted = promise_counts(session, viewer, everything)
    some = promise_list(session, viewer, PromiseFilters(groups=(G.KEPT, G.SOON)), rows=None)
    session.execute(delete(Commitment))
    assert len(listed) == len(days)
    assert [number for page in paged for number in page["commitment_id"]] == listed["commitment_id"].tolist()
    groups = listed["group"].tolist()
    assert dict(counted.itertuples(index=False, name=None)) == {group: groups.count(group) for group in G}
    assert groups == sorted(groups, key=list(G).index)
    assert some["commitment_id"].tolist() == [
        r.commitment_id for r in listed.itertuples() if r.group in (G.KEPT, G.SOON)
    ]
    assert listed["commitment_id"].tolist() == [row.commitment_id for row in sorted(listed.itertuples(), key=in_order)]
    for row in listed.itertuples():
        assert row.group in GROUPS[row.state]
        soon = row.group is G.SOON
        assert not soon or THIS_DAY <= row.due_on <= THIS_DAY + timedelta(days=SOON_DAYS)


# --- ratings are only counted ------------------------------------------------------------------------------


def rate(session: Session, actor: Actor, partner_id: int, who: str, day: date, side: Side = Side.PARTNER) -> int:
    draft = RatingDraft.of(partner_id=partner_id, respondent=who, side=side, rated_on=day, answers=(4,) * 10)
    return enter_rating(session, actor, draft).id or 0


def test_ratings_are_counted_by_side_in_the_window_and_nobody_is_named(session: Session, cast: Cast) -> None:
    fern = partner(session, cast.coordinator)
    rate(session, cast.coordinator, fern, "director", date(2026, 4, 1))
    rate(session, cast.coordinator, fern, "director", date(2026, 4, 20))
    rate(session, cast.coordinator, fern, "deputy", date(2025, 5, 2))  # the first day of the window
    rate(session, cast.coordinator, fern, "before", date(2025, 5, 1))
    rate(session, cast.coordinator, fern, "lead", date(2026, 4, 2), Side.COUNTY)
    void_rating(session, cast.coordinator, rate(session, cast.coordinator, fern, "x", THIS_DAY), 1, "Wrong")
    counts = rating_counts(session, cast.viewer, fern)
    assert (counts.ratings, counts.partner_people, counts.county_people) == (4, 2, 1)
    assert counts.newest_on == date(2026, 4, 20)
    assert not {"director", "deputy", "lead"} & {str(value) for value in vars(counts).values()}


def test_a_tribes_ratings_are_not_even_counted_for_others(session: Session, cast: Cast) -> None:
    tribe = partner(session, cast.leadership, "Example Rancheria", kind=PartnerKind.TRIBAL_GOVERNMENT)
    rate(session, cast.tribal_liaison, tribe, "Chair", THIS_DAY)
    assert rating_counts(session, cast.leadership, tribe).ratings == 1
    for actor in (cast.coordinator, cast.community_liaison, cast.administrator, cast.viewer):
        assert rating_counts(session, actor, tribe) == rating_counts(session, actor, 999)
