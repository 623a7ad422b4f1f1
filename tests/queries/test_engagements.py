"""The list of engagements and one engagement: what they hold, each filter, the order, who may not even see it."""

from datetime import date

import pytest
from sqlmodel import Session

from erp.errors import NotFound
from erp.models.contacts import Contact, Forum
from erp.models.engagements import EngagementPartner
from erp.queries import engagements as asked
from erp.queries.engagement_detail import engagement_detail
from erp.queries.engagements import EngagementFilter, engagement_count, engagement_list, partner_names
from erp.services.commitments import CommitmentDraft, void_commitment
from erp.services.engagements import BehaviorShown, PointDraft, log_engagement, void_engagement
from erp.services.feedback import FeedbackDraft
from erp.services.partners import PartnerDraft, add_partner
from erp.services.records import now
from erp.vocabulary import EngagementKind, EngagementStatus, PartnerKind, Side
from tests.conftest import Cast, make_findable
from tests.services.test_log_engagement import meeting, partner

TRIBE = PartnerKind.TRIBAL_GOVERNMENT
ANY = EngagementFilter()


def log(session: Session, cast: Cast, *partners: int, **more: object) -> int:
    return log_engagement(session, cast.coordinator, meeting(*partners, **more)).id or 0


def forum(session: Session, name: str = "Children's Council") -> int:
    row = Forum(name=name, name_key=name, recorded_at=now())
    session.add(row)
    session.flush()
    return row.id or 0


def ids(session: Session, cast: Cast, wanted: EngagementFilter) -> list[int]:
    found = engagement_list(session, cast.coordinator, wanted)["engagement_id"].tolist()
    assert engagement_count(session, cast.coordinator, wanted) == len(found)
    return found


def test_newest_come_first_and_what_has_no_exact_day_last(session: Session, cast: Cast) -> None:
    a = partner(session, cast, "Fern House")
    old = log(session, cast, a, held_on=date(2025, 1, 1))
    words = log(session, cast, a, held_on=None, when_words="late last month")
    new, same_day = log(session, cast, a), log(session, cast, a)
    rows = engagement_list(session, cast.coordinator, ANY)
    assert rows["engagement_id"].tolist() == [same_day, new, old, words]
    assert rows["held_on"].tolist() == [date(2026, 3, 5), date(2026, 3, 5), date(2025, 1, 1), None]
    assert rows["when_words"].tolist() == ["", "", "", "late last month"]


def test_a_row_names_every_partner_and_marks_what_is_not_linked(session: Session, cast: Cast) -> None:
    a, b = partner(session, cast, "Fern House"), partner(session, cast, "Lark Clinic")
    number = log(session, cast, a, b, forum_id=forum(session))
    session.add(EngagementPartner(engagement_id=number, name_written="Fern Hse"))
    session.flush()
    row = engagement_list(session, cast.coordinator, ANY).iloc[0]
    assert row["partners"] == "Fern House; Lark Clinic; Fern Hse (not linked yet)"
    assert (row["forum"], row["purpose"], row["kind"], row["status"]) == (
        "Children's Council",
        "Spring planning",
        EngagementKind.MEETING,
        EngagementStatus.HELD,
    )


def test_without_engagements_the_frame_has_its_columns(session: Session, cast: Cast) -> None:
    rows = engagement_list(session, cast.viewer, ANY)
    assert rows.empty
    assert list(rows.columns) == asked.LIST_COLUMNS


def test_each_filter_narrows_the_list(session: Session, cast: Cast) -> None:
    a, b = partner(session, cast, "Fern House"), partner(session, cast, "Lark Clinic")
    table = forum(session)
    shown = (BehaviorShown(entry_id="LB1c"),)
    first = log(session, cast, a, held_on=date(2025, 1, 1), behaviors=shown, forum_id=table)
    second = log(session, cast, b, kind="call", status="planned")
    third = log(session, cast, a, held_on=None, when_words="spring")
    assert ids(session, cast, EngagementFilter(partner_id=a)) == [first, third]
    assert ids(session, cast, EngagementFilter(kind=EngagementKind.CALL)) == [second]
    assert ids(session, cast, EngagementFilter(status=EngagementStatus.PLANNED)) == [second]
    assert ids(session, cast, EngagementFilter(first=date(2025, 1, 2))) == [second]
    assert ids(session, cast, EngagementFilter(last=date(2025, 1, 1))) == [first]
    assert ids(session, cast, EngagementFilter(forum_id=table)) == [first]
    assert ids(session, cast, EngagementFilter(behavior="LB1")) == [first]
    assert ids(session, cast, EngagementFilter(behavior="LB10")) == []
    assert ids(session, cast, EngagementFilter(undated=True)) == [third]


@pytest.mark.parametrize(
    "words", ["gym", "GYM saturday", "lark", "old mill", "lrk", "council", "quoted", "100%", "opined", "point"]
)
def test_words_are_looked_for_in_texts_names_forum_and_points(session: Session, cast: Cast, words: str) -> None:
    mill = PartnerDraft(name="Lark Clinic", kind=PartnerKind.SYSTEM_PARTNER, former_names=("Old Mill Clinic",))
    a, other = add_partner(session, cast.coordinator, mill).id or 0, partner(session, cast, "Fern House")
    number = log(
        session,
        cast,
        a,
        forum_id=forum(session),
        facts="The gym holds 100% of us",
        quotes="As quoted",
        opinions="As opined",
        decisions="On a Saturday",
        points=(PointDraft(what="A point"),),
    )
    session.add(EngagementPartner(engagement_id=number, name_written="Lrk Clnc"))
    log(session, cast, other)
    make_findable(session)
    assert ids(session, cast, EngagementFilter(words=words)) == [number]


def test_every_word_must_be_there_and_signs_are_only_signs(session: Session, cast: Cast) -> None:
    a = partner(session, cast, "Fern House")
    log(session, cast, a, facts="The gym")
    make_findable(session)
    assert ids(session, cast, EngagementFilter(words="gym the")) != []
    assert ids(session, cast, EngagementFilter(words="gym sunday")) == []
    assert ids(session, cast, EngagementFilter(words="%")) == []
    assert ids(session, cast, EngagementFilter(words="g_m")) == []


def test_voided_engagements_are_apart_and_reachable(session: Session, cast: Cast) -> None:
    a = partner(session, cast, "Fern House")
    kept, voided = log(session, cast, a), log(session, cast, a)
    void_engagement(session, cast.coordinator, voided, 1, "Entered twice")
    assert ids(session, cast, ANY) == [kept]
    assert ids(session, cast, EngagementFilter(voided=True)) == [voided]


def test_the_list_pages_and_an_export_holds_everything(
    session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asked, "PAGE_ROWS", 2)
    a = partner(session, cast, "Fern House")
    numbers = [log(session, cast, a) for _ in range(5)][::-1]
    pages = [engagement_list(session, cast.coordinator, ANY, page) for page in (1, 2, 3)]
    assert [rows["engagement_id"].tolist() for rows in pages] == [numbers[:2], numbers[2:4], numbers[4:]]
    everything = engagement_list(session, cast.coordinator, ANY, None)
    assert everything["engagement_id"].tolist() == numbers
    assert set(everything["partners"]) == {"Fern House"}


def test_a_tribes_engagement_is_in_no_list_count_or_page_of_others(session: Session, cast: Cast) -> None:
    a, tribe = partner(session, cast, "Fern House"), partner(session, cast, "Example Rancheria", TRIBE)
    closed = log(session, cast, a, tribe)
    for actor in (cast.coordinator, cast.tribal_liaison, cast.leadership):
        assert engagement_list(session, actor, ANY)["engagement_id"].tolist() == [closed]
        assert engagement_detail(session, actor, closed).engagement_id == closed
    for actor in (cast.community_liaison, cast.administrator, cast.viewer):
        assert engagement_list(session, actor, ANY).empty
        assert engagement_list(session, actor, EngagementFilter(words="Rancheria")).empty
        assert engagement_count(session, actor, ANY) == 0
        with pytest.raises(NotFound):
            engagement_detail(session, actor, closed)


def test_what_is_not_there_and_what_may_not_be_seen_sound_the_same(session: Session, cast: Cast) -> None:
    closed = log(session, cast, partner(session, cast, "Example Rancheria", TRIBE))
    sentences = set()
    for number in (closed, 9999):
        with pytest.raises(NotFound) as refusal:
            engagement_detail(session, cast.viewer, number)
        sentences.add(str(refusal.value))
    assert len(sentences) == 1


def test_one_engagement_holds_its_parts_in_order(session: Session, cast: Cast) -> None:
    a, b = partner(session, cast, "Fern House"), partner(session, cast, "Lark Clinic")
    shown = (BehaviorShown(entry_id="LB10", evidence="They chose"), BehaviorShown(entry_id="LB1c"))
    points = (PointDraft(what="Room", follow_up="Ask"), PointDraft(what="Food"))
    draft = meeting(b, a, behaviors=shown, points=points, topics=("T7", "T1"), forum_id=forum(session))
    draft = draft.model_copy(
        update={"partners": (draft.partners[0], draft.partners[1].model_copy(update={"two_way": False}))}
    )
    number = log_engagement(
        session,
        cast.coordinator,
        draft,
        promises=(
            CommitmentDraft(what="Notes", partner_id=a, due_on=date(2026, 4, 1)),
            CommitmentDraft(what="List", owed_by=Side.PARTNER, partner_id=b, due_words="before summer"),
        ),
        feedback=(FeedbackDraft(words="Start later", partner_id=a, person="a parent leader"),),
    ).id
    detail = engagement_detail(session, cast.viewer, number)
    assert [(p.name, p.two_way) for p in detail.partners] == [("Lark Clinic", True), ("Fern House", False)]
    assert [(p.what, p.follow_up) for p in detail.points] == [("Room", "Ask"), ("Food", "")]
    assert [b.entry_id for b in detail.behaviors] == ["LB1c", "LB10"]  # in the framework's order
    assert detail.topics == ("T7", "T1")
    assert [(p.what, p.owed_by, p.due_words) for p in detail.promises] == [
        ("Notes", "the county", ""),
        ("List", "Lark Clinic", "before summer"),
    ]
    assert [(f.words, f.who) for f in detail.feedback] == [("Start later", "Fern House · a person")]
    named = engagement_detail(session, cast.coordinator, number)
    assert [f.who for f in named.feedback] == ["Fern House · a parent leader"]
    assert (detail.forum, detail.recorded_by, detail.version) == ("Children's Council", "Cora Coordinator", 1)


def test_voided_promises_are_not_read_with_the_engagement(session: Session, cast: Cast) -> None:
    a = partner(session, cast, "Fern House")
    promise = (CommitmentDraft(what="Notes", partner_id=a),)
    number = log_engagement(session, cast.coordinator, meeting(a), promises=promise).id
    void_commitment(session, cast.coordinator, 1, 1, "Nobody promised that")
    assert engagement_detail(session, cast.coordinator, number).promises == ()


def test_people_without_consent_are_shown_by_role_to_those_who_do_not_work_with_them(
    session: Session, cast: Cast
) -> None:
    a = partner(session, cast, "Fern House")
    for number, (name, role, consent) in enumerate(
        (("Ana Agreed", "Director", True), ("Nell Notasked", "Parent partner", None), ("Nils Norole", "", False)), 1
    ):
        person = Contact(
            id=number, key=name, partner_id=a, name=name, role=role, may_be_named=consent, recorded_at=now()
        )
        session.add(person)
    session.flush()
    number = log(session, cast, a, people=(1, 2, 3))
    seen = [p.shown for p in engagement_detail(session, cast.viewer, number).people]
    assert seen[:2] == ["Ana Agreed (Director)", "Parent partner"]
    assert "Nils" not in seen[2]
    names = [p.shown for p in engagement_detail(session, cast.community_liaison, number).people]
    assert names == ["Ana Agreed (Director)", "Nell Notasked (Parent partner)", "Nils Norole"]


def test_names_of_many_engagements_are_found_by_question_or_by_ids(session: Session, cast: Cast) -> None:
    number = log(session, cast, partner(session, cast, "Fern House"))
    assert partner_names(session, [number]) == {number: "Fern House"}
    assert partner_names(session, []) == {}
