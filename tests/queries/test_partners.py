"""The directory and the profile: figures from the ledger, filters, order, pages, and who may not even see a figure."""

from datetime import date, timedelta

import pandas as pd
import pytest
from sqlmodel import Session

from erp.access import Actor
from erp.errors import NotAllowed, NotFound
from erp.models.partners import DefaultCadence
from erp.queries import partners as queries
from erp.queries.county import today
from erp.queries.health import figures_by_day
from erp.queries.partners import (
    DirectoryFilter,
    partner_cadences,
    partner_directory,
    partner_profile,
)
from erp.services.commitments import CommitmentDraft, make_commitment, void_commitment
from erp.services.engagements import EngagementDraft, PartnerAt, log_engagement, void_engagement
from erp.services.feedback import FeedbackDraft, StepDraft, receive_feedback, take_step
from erp.services.partners import PartnerDraft, add_partner, agree_cadence, archive_partner
from erp.services.records import now
from erp.vocabulary import EngagementStatus, FeedbackState, PartnerKind, PartnerStatus, Role
from tests.conftest import Cast, make_findable

NOBODY = Actor(None, "nobody", frozenset())


def partner(
    session: Session, actor: Actor, name: str, kind: PartnerKind = PartnerKind.COMMUNITY_ORGANIZATION, **more: object
) -> int:
    return add_partner(session, actor, PartnerDraft.of(name=name, kind=kind, **more)).id or 0


def met(session: Session, actor: Actor, partner_id: int, days_ago: int, **more: object) -> int:
    day = today(session) - timedelta(days=days_ago)
    values = {"held_on": day, "purpose": "Spring planning", "partners": (PartnerAt(partner_id=partner_id),)} | more
    return log_engagement(session, actor, EngagementDraft.of(**values)).id or 0


def row(session: Session, actor: Actor, partner_id: int) -> dict[str, object]:
    rows = partner_directory(session, actor).rows
    return rows[rows["partner_id"] == partner_id].iloc[0].to_dict()


def names(session: Session, actor: Actor, **narrowed: object) -> list[str]:
    return partner_directory(session, actor, DirectoryFilter(**narrowed)).rows["name"].to_list()  # pyright: ignore[reportArgumentType]


def test_a_row_tells_last_contact_against_the_cadence_in_force(session: Session, cast: Cast) -> None:
    fern = partner(session, cast.coordinator, "Fern House", area="North", holder_id=cast.coordinator.user_id)
    agree_cadence(session, cast.coordinator, fern, 30, date(2020, 1, 1))
    agree_cadence(session, cast.coordinator, fern, 60, today(session))
    agree_cadence(session, cast.coordinator, fern, 10, today(session) + timedelta(days=1))
    met(session, cast.coordinator, fern, 90)
    met(session, cast.coordinator, fern, 70)
    told = row(session, cast.coordinator, fern)
    assert told["last_contact"] == today(session) - timedelta(days=70)
    assert (told["cadence_days"], told["cadence_is_default"], told["days_over_cadence"]) == (60, False, 10)
    assert (told["holder"], told["area"], told["status"]) == ("Cora Coordinator", "North", "active")
    assert told["kind"] == "community_organization"


def test_planned_voided_one_way_and_undated_engagements_are_no_contact(session: Session, cast: Cast) -> None:
    fern = partner(session, cast.coordinator, "Fern House")
    met(session, cast.coordinator, fern, -5, status=EngagementStatus.PLANNED)
    met(session, cast.coordinator, fern, 3, partners=(PartnerAt(partner_id=fern, two_way=False),))
    met(session, cast.coordinator, fern, 0, held_on=None, when_words="last spring")
    void_engagement(session, cast.coordinator, met(session, cast.coordinator, fern, 1), 1, "wrong partner")
    told = row(session, cast.coordinator, fern)
    assert told["last_contact"] is None
    assert pd.isna(told["days_over_cadence"])


def test_the_countys_default_for_the_kind_holds_where_nothing_is_agreed(session: Session, cast: Cast) -> None:
    kind = PartnerKind.COMMUNITY_ORGANIZATION
    fern = partner(session, cast.coordinator, "Fern House")
    met(session, cast.coordinator, fern, 50)
    assert row(session, cast.coordinator, fern)["cadence_days"] == 91
    tomorrow = today(session) + timedelta(days=1)
    for days, since in ((40, date(2026, 1, 1)), (45, None), (7, tomorrow)):
        session.add(DefaultCadence(kind=kind, days=days, from_on=since, recorded_at=now()))
    session.flush()
    told = row(session, cast.coordinator, fern)
    assert (told["cadence_days"], told["cadence_is_default"], told["days_over_cadence"]) == (40, True, 10)


def test_open_promises_and_feedback_still_to_be_told_are_counted(session: Session, cast: Cast) -> None:
    fern, this_day = partner(session, cast.coordinator, "Fern House"), today(session)
    for due, done in ((-1, None), (5, None), (None, None), (-9, -8)):
        make_commitment(
            session,
            cast.coordinator,
            CommitmentDraft(
                what="Send the notes",
                partner_id=fern,
                due_on=None if due is None else this_day + timedelta(days=due),
                done_on=None if done is None else this_day + timedelta(days=done),
            ),
        )
    wrong = make_commitment(session, cast.coordinator, CommitmentDraft(what="Twice", partner_id=fern))
    void_commitment(session, cast.coordinator, wrong.id or 0, 1, "entered twice")
    for _ in range(3):
        item = receive_feedback(
            session, cast.coordinator, FeedbackDraft(words="Too late", partner_id=fern, received_on=this_day)
        )
    item = take_step(
        session, cast.coordinator, item.id or 0, 1, FeedbackState.DECIDED, StepDraft(on_day=this_day, said="Earlier")
    )
    told = StepDraft(on_day=this_day, how="call", said="Earlier from May on")
    take_step(session, cast.coordinator, item.id or 0, item.version, FeedbackState.TOLD, told)
    counts = row(session, cast.coordinator, fern)
    assert (counts["open_promises"], counts["overdue_promises"], counts["feedback_waiting"]) == (3, 1, 2)


def test_the_directory_agrees_with_health(session: Session, cast: Cast) -> None:
    for name, days_ago, cadence in (("Fern House", 70, 30), ("Lark Clinic", 10, None), ("New Friends", None, None)):
        partner_id = partner(session, cast.coordinator, name)
        if cadence:
            agree_cadence(session, cast.coordinator, partner_id, cadence, None)
        if days_ago is not None:
            met(session, cast.coordinator, partner_id, days_ago)
    listed = partner_directory(session, cast.leadership).rows.sort_values("partner_id")
    figures = figures_by_day(session, cast.leadership, [today(session)]).sort_values("partner_id")
    assert listed["cadence_days"].to_list() == figures["cadence_days"].to_list()
    assert listed["cadence_is_default"].to_list() == figures["cadence_is_default"].to_list()
    assert [None if pd.isna(d) else d.date() for d in figures["contact_newest"]] == listed["last_contact"].to_list()


def test_a_tribes_figures_are_shown_to_liaison_and_leadership_only(session: Session, cast: Cast) -> None:
    tribe = partner(session, cast.tribal_liaison, "Example Rancheria", PartnerKind.TRIBAL_GOVERNMENT)
    met(session, cast.coordinator, tribe, 200)
    make_commitment(session, cast.tribal_liaison, CommitmentDraft(what="Visit", partner_id=tribe))
    for actor in (cast.tribal_liaison, cast.leadership):
        told = row(session, actor, tribe)
        assert (told["days_over_cadence"], told["open_promises"], told["figures_shown"]) == (109, 1, True)
        assert names(session, actor, contact="past") == ["Example Rancheria"]
    for actor in (cast.coordinator, cast.community_liaison, cast.administrator, cast.viewer):
        told = row(session, actor, tribe)
        assert (told["last_contact"], told["figures_shown"]) == (None, False)
        figures = ("days_over_cadence", "open_promises", "overdue_promises", "feedback_waiting")
        assert all(pd.isna(told[name]) for name in figures)
        # Neither filter may tell what the row does not.
        assert names(session, actor, contact="past") == names(session, actor, contact="none") == []
        profile = partner_profile(session, actor, tribe)
        assert (profile.last_contact, profile.open_promises, profile.figures_shown) == (None, None, False)


def test_order_by_figures_does_not_place_a_tribe_whose_figures_are_hidden(session: Session, cast: Cast) -> None:
    tribe = partner(session, cast.tribal_liaison, "Example Rancheria", PartnerKind.TRIBAL_GOVERNMENT)
    met(session, cast.tribal_liaison, tribe, 1)
    for name, days_ago in (("Fern House", 10), ("Zinnia Hall", 300)):
        met(session, cast.coordinator, partner(session, cast.coordinator, name), days_ago)
    assert names(session, cast.leadership, order="latest") == ["Example Rancheria", "Fern House", "Zinnia Hall"]
    assert names(session, cast.viewer, order="latest") == ["Fern House", "Zinnia Hall", "Example Rancheria"]
    assert names(session, cast.viewer, order="past") == ["Zinnia Hall", "Fern House", "Example Rancheria"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("fern", ["Fern House"]),
        ("HOUSE fern", ["Fern House"]),
        ("pena", ["Centro Familiar Peña"]),
        ("PEÑA", ["Centro Familiar Peña"]),
        ("dee ni", ["Sample Dee-ni’ Nation"]),
        ("deeni", ["Sample Dee-ni’ Nation"]),
        ("smith's river", ["Sample Dee-ni’ Nation"]),
        ("north", ["Centro Familiar Peña", "Fern House"]),
        ("north fern", ["Fern House"]),
        ("100%", []),
        ("  ", ["Centro Familiar Peña", "Fern House", "Sample Dee-ni’ Nation"]),
    ],
)
def test_words_find_names_former_names_and_areas_whatever_accents_and_case(
    session: Session, cast: Cast, words: str, found: list[str]
) -> None:
    partner(session, cast.coordinator, "Fern House", area="North County")
    partner(session, cast.coordinator, "Centro Familiar Peña", area="North County")
    former = {"former_names": ("Smith’s River Rancheria",)}
    partner(session, cast.coordinator, "Sample Dee-ni’ Nation", PartnerKind.TRIBAL_GOVERNMENT, **former)
    make_findable(session)
    assert names(session, cast.viewer, words=words) == found


def test_a_partner_found_by_another_name_says_so(session: Session, cast: Cast) -> None:
    partner(session, cast.coordinator, "Fern House", other_names=("FHFC",), former_names=("Oak Street House",))
    make_findable(session)
    found = partner_directory(session, cast.viewer, DirectoryFilter(words="oak")).rows
    assert found["found_as"].to_list() == ["Oak Street House (former name)"]
    assert partner_directory(session, cast.viewer, DirectoryFilter(words="house")).rows["found_as"].to_list() == [""]


def test_filters_narrow_by_kind_holder_status_contact_and_archive(session: Session, cast: Cast) -> None:
    fern = partner(session, cast.coordinator, "Fern House", holder_id=1)
    met(session, cast.coordinator, fern, 92)
    lark = partner(session, cast.coordinator, "Lark Clinic", PartnerKind.SYSTEM_PARTNER)
    met(session, cast.coordinator, lark, 91)
    partner(session, cast.coordinator, "New Friends", status=PartnerStatus.PROSPECTIVE)
    gone = partner(session, cast.coordinator, "Old Mill")
    archive_partner(session, cast.coordinator, gone, 1, "closed")
    assert names(session, cast.viewer) == ["Fern House", "Lark Clinic", "New Friends"]
    assert names(session, cast.viewer, kind=PartnerKind.SYSTEM_PARTNER) == ["Lark Clinic"]
    assert names(session, cast.viewer, holder_id=1) == ["Fern House"]
    assert names(session, cast.viewer, status=PartnerStatus.PROSPECTIVE) == ["New Friends"]
    assert names(session, cast.viewer, contact="past") == ["Fern House"]
    assert names(session, cast.viewer, contact="none") == ["New Friends"]
    assert names(session, cast.viewer, archived=True) == ["Old Mill"]


def test_pages_cut_the_list_and_the_whole_of_it_needs_the_permission_to_export(
    session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE_ROWS", 2)
    for name in ("Cedar", "alder", "Birch"):
        partner(session, cast.coordinator, name)
    first, second, third = (partner_directory(session, cast.viewer, page=page) for page in (1, 2, 3))
    assert (first.rows["name"].to_list(), second.rows["name"].to_list()) == (["alder", "Birch"], ["Cedar"])
    assert third.rows.empty
    assert {first.total, second.total, third.total} == {3}
    assert len(partner_directory(session, cast.viewer, page=None).rows) == 3
    only_sees = Actor(6, "Vic", frozenset({Role.VIEWER}))
    only_sees.__dict__["_permitted"] = {kind: verbs - {"export"} for kind, verbs in only_sees._permitted.items()}
    assert partner_directory(session, only_sees).total == 3
    with pytest.raises(NotAllowed):
        partner_directory(session, only_sees, page=None)


def test_an_empty_directory_has_all_its_columns(session: Session, cast: Cast) -> None:
    empty = partner_directory(session, cast.viewer)
    assert empty.total == 0
    assert {*queries.DIRECTORY_COLUMNS, "found_as"} == set(empty.rows.columns)


def test_nobody_without_the_permission_sees_partners(session: Session, cast: Cast) -> None:
    fern = partner(session, cast.coordinator, "Fern House")
    for question in (
        lambda: partner_directory(session, NOBODY),
        lambda: partner_profile(session, NOBODY, fern),
        lambda: partner_cadences(session, NOBODY, fern),
    ):
        with pytest.raises(NotAllowed):
            question()


def test_a_profile_tells_what_is_known_also_of_an_archived_partner(session: Session, cast: Cast) -> None:
    fern = partner(
        session,
        cast.coordinator,
        "Fern House",
        other_names=("FHFC",),
        former_names=("Oak Street House",),
        languages=("English", "Hmong"),
        holder_id=4,
        notes="Tuesdays",
    )
    met(session, cast.coordinator, fern, 34)
    archive_partner(session, cast.coordinator, fern, 1, "closed")
    profile = partner_profile(session, cast.viewer, fern)
    assert (profile.other_names, profile.former_names) == (("FHFC",), ("Oak Street House",))
    assert (profile.languages, profile.holder, profile.notes) == (("English", "Hmong"), "Colin Liaison", "Tuesdays")
    assert (profile.days_over_cadence, profile.version, profile.archive_reason) == (34 - 91, 2, "closed")
    with pytest.raises(NotFound):
        partner_profile(session, cast.viewer, 999)


def test_cadences_are_listed_newest_first_without_the_voided(session: Session, cast: Cast) -> None:
    fern = partner(session, cast.coordinator, "Fern House")
    for days, since in ((30, None), (45, date(2026, 1, 1)), (60, date(2026, 1, 1))):
        agree_cadence(session, cast.coordinator, fern, days, since, "the board")
    agreed = partner_cadences(session, cast.viewer, fern)
    assert agreed[["days", "from_on"]].to_numpy().tolist() == [[60, date(2026, 1, 1)], [30, None]]
    assert partner_cadences(session, cast.viewer, 999).empty
