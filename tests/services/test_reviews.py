"""Local system reviews: planned, debriefed, found, corrected, told, taken again and compared."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from erp.access import Actor
from erp.errors import Conflict, Invalid, NotAllowed, NotFound
from erp.models.reviews import ReviewFinding, SystemReview
from erp.queries.capp import capp_movement, findings_by_issue
from erp.queries.county import today
from erp.queries.history import record_history
from erp.queries.reviews import beside, findings_offered, review_detail, review_list
from erp.services.parts import add_part, change_part, void_part
from erp.services.reviews import (
    DEBRIEF,
    FINDING,
    GROUP,
    MEMBER,
    RECOMMENDATION,
    DebriefDraft,
    FindingDraft,
    GroupDraft,
    MemberDraft,
    RecommendationDraft,
    ReviewDraft,
    change_review,
    plan_review,
    restore_review,
    void_review,
)
from erp.vocabulary import Compared, RecordKind, ReviewState, TeamSide
from tests.conftest import Cast
from tests.services.givers import last_change, partner, tribe

QUESTION = "How does it come about that visits are missed?"
BEGAN = date(2026, 2, 2)


def planned(session: Session, actor: Actor, from_partner: int | None = None, **more: Any) -> SystemReview:
    review = plan_review(session, actor, ReviewDraft.of(**({"question": QUESTION, "started_on": BEGAN} | more)))
    if from_partner is not None:
        add_part(session, actor, GROUP, review.id or 0, GroupDraft(name="Council", partner_id=from_partner))
    return review


def find(session: Session, actor: Actor, review: SystemReview, words: str, **more: Any) -> ReviewFinding:
    return add_part(session, actor, FINDING, review.id or 0, FindingDraft.of(words=words, **more))


def told(session: Session, actor: Actor, review: SystemReview, name: str, **more: Any) -> Any:
    return add_part(session, actor, GROUP, review.id or 0, GroupDraft.of(name=name, **more))


def test_a_review_holds_what_was_done_by_count_and_by_role(session: Session, cast: Cast) -> None:
    review = planned(
        session, cast.coordinator, trigger="One visit in four is missed", trigger_on=BEGAN, trigger_source="our count",
        interviews=24, observations=6, texts=12, case_files=0,
    )  # fmt: skip
    number = review.id or 0
    add = (session, cast.coordinator)
    add_part(*add, MEMBER, number, MemberDraft(side=TeamSide.PARTNER, role="cultural broker", people=2))
    add_part(*add, MEMBER, number, MemberDraft(side=TeamSide.COUNTY, role="quality manager"))
    note = DebriefDraft(on_day=BEGAN, subject="visit letters", at_step="intake", insight="One form", agency_there=True)
    add_part(*add, DEBRIEF, number, note)
    found = find(*add, review, "Letters go out after the visit", category="RC4", issue="CAPP-I3", practice="CAPP-CS")
    advice = RecommendationDraft(what="A text", owner="visit unit", due_on=today(session), finding_id=found.id)
    add_part(*add, RECOMMENDATION, number, advice)
    detail = review_detail(session, cast.viewer, number)
    assert (detail.interviews, detail.case_files, detail.trigger_on) == (24, 0, BEGAN)
    assert list(detail.members["people"]) == [2, 1]
    assert (detail.debriefs["at_step"].iloc[0], detail.debriefs["agency_there"].iloc[0]) == ("intake", True)
    finding = detail.findings.iloc[0]
    assert (finding["category"], finding["issue"], bool(finding["category_version"])) == ("RC4", "CAPP-I3", True)
    assert detail.recommendations["finding_id"].iloc[0] == found.id
    [row] = review_list(session, cast.viewer).to_dict("records")
    assert (row["findings"], row["recommendations"], row["done"], row["groups"]) == (1, 1, 0, 0)


def test_its_state_follows_from_its_days_and_from_who_was_told(session: Session, cast: Cast) -> None:
    def state() -> ReviewState:
        return review_detail(session, cast.viewer, review.id or 0).state

    day = today(session)
    review = planned(session, cast.coordinator, started_on=day + timedelta(days=9))
    assert state() is ReviewState.PLANNED
    change_review(session, cast.coordinator, review.id or 0, 1, ReviewDraft(question=QUESTION, started_on=BEGAN))
    assert state() is ReviewState.UNDER_WAY
    ended = ReviewDraft(question=QUESTION, started_on=BEGAN, ended_on=day)
    change_review(session, cast.coordinator, review.id or 0, 2, ended)
    assert state() is ReviewState.TO_TELL, "nobody was told"
    group = told(session, cast.coordinator, review, "Parents who were interviewed")
    told(session, cast.coordinator, review, "Visit unit", told_on=day, how="At the unit's meeting")
    assert state() is ReviewState.TO_TELL
    draft = GroupDraft(name="Parents who were interviewed", told_on=day)
    with pytest.raises(Invalid, match="when the group was told, and how"):
        change_part(session, cast.coordinator, GROUP, group.id, 1, draft)
    draft = GroupDraft(name="Parents who were interviewed", told_on=day, how="By letter, in two languages")
    change_part(session, cast.coordinator, GROUP, group.id, 1, draft)
    assert state() is ReviewState.TOLD
    [row] = review_list(session, cast.viewer).to_dict("records")
    assert (row["state"], row["told"]) == (ReviewState.TOLD, 2)


def test_the_agencys_correction_stands_beside_and_never_in_place(session: Session, cast: Cast) -> None:
    review = planned(session, cast.coordinator)
    found = find(session, cast.coordinator, review, "Nobody calls back")
    with pytest.raises(Invalid, match="Enter both"):
        change_part(
            session,
            cast.coordinator,
            FINDING,
            found.id or 0,
            1,
            FindingDraft(words="Nobody calls back", correction="x"),
        )
    corrected = FindingDraft(
        words="Nobody calls back", correction="Calls are returned within three days", corrected_on=today(session)
    )
    change_part(session, cast.coordinator, FINDING, found.id or 0, 1, corrected)
    for wrong, sentence in (
        ({"words": "Somebody calls back"}, "stay as they are"),
        ({"correction": "", "corrected_on": None}, "stays"),
    ):
        with pytest.raises(Invalid, match=sentence):
            change_part(session, cast.coordinator, FINDING, found.id or 0, 2, corrected.model_copy(update=wrong))
    row = review_detail(session, cast.viewer, review.id or 0).findings.iloc[0]
    assert (row["words"], row["correction"]) == ("Nobody calls back", "Calls are returned within three days")


def test_two_reviews_are_compared_finding_by_finding(session: Session, cast: Cast) -> None:
    first = planned(session, cast.coordinator)
    letters, calls, rides = (find(session, cast.coordinator, first, words) for words in ("Letters", "Calls", "Rides"))
    again = plan_review(session, cast.coordinator, ReviewDraft(question=QUESTION, again_of=first.id))
    find(session, cast.coordinator, again, "Letters come in time", earlier_id=letters.id, compared=Compared.GONE)
    find(session, cast.coordinator, again, "Calls wait longer", earlier_id=calls.id, compared=Compared.WORSE)
    find(session, cast.coordinator, again, "The new room is locked")
    detail = review_detail(session, cast.viewer, again.id or 0)
    assert beside(detail).values.tolist() == [
        ["Letters", "Letters come in time", "Not found any more"],
        ["Calls", "Calls wait longer", "Found, and worse"],
        ["Rides", "", "Not looked at again"],
        ["", "The new room is locked", "New"],
    ]
    assert (detail.again_of, review_detail(session, cast.viewer, first.id or 0).later) == (first.id, {again.id: None})
    assert last_change(session).verb == "add finding"
    assert rides.id in findings_offered(session, cast.viewer)


def test_a_finding_is_compared_only_with_one_of_the_review_before(session: Session, cast: Cast) -> None:
    first, other = planned(session, cast.coordinator), planned(session, cast.coordinator)
    strange = find(session, cast.coordinator, other, "Rides")
    again = plan_review(session, cast.coordinator, ReviewDraft(question=QUESTION, again_of=first.id))
    for review in (first, again):
        with pytest.raises(NotFound, match="not of the review"):
            find(session, cast.coordinator, review, "Rides", earlier_id=strange.id, compared=Compared.SAME)
    with pytest.raises(Invalid, match="how this one stands"):
        find(session, cast.coordinator, again, "Rides", earlier_id=strange.id)
    draft = RecommendationDraft(what="x", owner="y", due_on=BEGAN, finding_id=strange.id)
    with pytest.raises(NotFound, match="finding is not of this review"):
        add_part(session, cast.coordinator, RECOMMENDATION, first.id or 0, draft)


def test_what_a_tribe_contributed_to_is_closed_and_stays_so(session: Session, cast: Cast) -> None:
    review = planned(session, cast.tribal_liaison)
    find(session, cast.tribal_liaison, review, "Too few letters")
    number = review.id or 0

    def seen() -> list[str]:
        names = []
        for actor in cast:
            listed = number in set(review_list(session, actor)["review_id"])
            offered = bool(findings_offered(session, actor))
            try:
                review_detail(session, actor, number)
                record_history(session, actor, RecordKind.SYSTEM_REVIEW, number)
                opened = True
            except NotFound:
                opened = False
            assert (listed, offered) == (opened, opened)
            names += [actor.name] * opened
        return names

    assert len(seen()) == 6
    group = told(session, cast.tribal_liaison, review, "Council", partner_id=tribe(session, cast))
    assert seen() == ["Lena Leader", "Tara Liaison"]
    void_part(session, cast.tribal_liaison, GROUP, group.id, 1, "entered by mistake")
    assert seen() == ["Lena Leader", "Tara Liaison"]


def test_a_group_stays_the_partner_it_came_from(session: Session, cast: Cast) -> None:
    review = planned(session, cast.coordinator)
    fern, lark = partner(session, cast), partner(session, cast, "Lark Clinic")
    group = told(session, cast.coordinator, review, "Staff", partner_id=fern)
    with pytest.raises(Invalid, match="another partner"):
        change_part(session, cast.coordinator, GROUP, group.id, 1, GroupDraft(name="Staff", partner_id=lark))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"question": " "}, "what the review asks"),
        ({"trigger": "One in four"}, "Enter both"),
        ({"trigger": "x", "trigger_on": date(2999, 1, 1)}, "still to come"),
        ({"ended_on": date(2026, 1, 1)}, "began before"),
        ({"ended_on": date(2999, 1, 1)}, "Leave the end blank"),
        ({"interviews": -1}, "Interviews: enter a number"),
        ({"case_files": 10**7}, "Case files: enter a number"),
    ],
)
def test_bad_input_is_refused_with_a_sentence(
    session: Session, cast: Cast, wrong: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(Invalid, match=sentence):
        planned(session, cast.coordinator, **wrong)
    assert not session.exec(select(SystemReview)).all()


@pytest.mark.parametrize(
    ("of", "draft", "sentence"),
    [
        (MEMBER, MemberDraft(side=TeamSide.COUNTY, role=""), "in which role"),
        (MEMBER, MemberDraft(side=TeamSide.COUNTY, role="x", people=0), "how many people"),
        (DEBRIEF, DebriefDraft(on_day=BEGAN, subject="", insight="x"), "who or what"),
        (FINDING, FindingDraft(words=""), "what was found"),
        (FINDING, FindingDraft(words="x", category="RC99"), "Choose again"),
        (RECOMMENDATION, RecommendationDraft(what="x", owner="", due_on=BEGAN), "who takes care"),
        (RECOMMENDATION, RecommendationDraft(what="x", owner="y", due_on=BEGAN, became="z"), "and when"),
        (GROUP, GroupDraft(name=""), "which group"),
    ],
)
def test_a_bad_part_is_refused_with_a_sentence(
    session: Session, cast: Cast, of: Any, draft: Any, sentence: str
) -> None:
    review = planned(session, cast.coordinator)
    with pytest.raises(Invalid, match=sentence):
        add_part(session, cast.coordinator, of, review.id or 0, draft)


def test_it_is_saved_once_changed_voided_and_restored(session: Session, cast: Cast) -> None:
    draft = ReviewDraft(question=QUESTION)
    first, second = (plan_review(session, cast.coordinator, draft, token="t") for _ in range(2))
    assert first.id == second.id
    number = first.id or 0
    change_review(session, cast.coordinator, number, 1, draft.model_copy(update={"interviews": 3}))
    with pytest.raises(Conflict):
        change_review(session, cast.coordinator, number, 1, draft)
    find(session, cast.coordinator, first, "Letters")
    void_review(session, cast.coordinator, number, 2, "entered twice")
    assert findings_offered(session, cast.viewer) == {}
    for attempt in (
        lambda: find(session, cast.coordinator, first, "x"),
        lambda: plan_review(session, cast.coordinator, draft.model_copy(update={"again_of": number})),
    ):
        with pytest.raises(Invalid, match="voided"):
            attempt()
    restore_review(session, cast.coordinator, number, 3)
    assert list(findings_offered(session, cast.viewer).values()) == ["Letters"]


def test_who_may_work_on_reviews(session: Session, cast: Cast) -> None:
    review = planned(session, cast.community_liaison)
    for actor in (cast.viewer, cast.administrator):
        with pytest.raises(NotAllowed):
            planned(session, actor)
        with pytest.raises(NotAllowed):
            find(session, actor, review, "x")


def test_taking_again_another_review_under_the_same_form_is_told(session: Session, cast: Cast) -> None:
    one, other = planned(session, cast.coordinator), planned(session, cast.coordinator)
    plan_review(session, cast.coordinator, ReviewDraft(question=QUESTION, again_of=one.id), token="t")
    with pytest.raises(Conflict):
        plan_review(session, cast.coordinator, ReviewDraft(question=QUESTION, again_of=other.id), token="t")


def test_what_takes_a_closed_review_again_is_closed_too(session: Session, cast: Cast) -> None:
    first = planned(session, cast.coordinator)
    again = plan_review(session, cast.leadership, ReviewDraft(question=QUESTION, again_of=first.id))
    third = plan_review(session, cast.leadership, ReviewDraft(question=QUESTION, again_of=again.id))
    assert len(review_list(session, cast.viewer)) == 3
    told(session, cast.tribal_liaison, first, "Council", partner_id=tribe(session, cast))
    assert review_list(session, cast.viewer).empty
    for review in (again, third):
        with pytest.raises(NotFound):
            review_detail(session, cast.viewer, review.id or 0)
    assert len(review_list(session, cast.tribal_liaison)) == 3
    assert list(review_list(session, cast.coordinator)["review_id"]) == [first.id], "its author"


@pytest.mark.parametrize("voided", ["finding", "review"])
def test_what_continues_a_voided_finding_stands_by_itself(session: Session, cast: Cast, voided: str) -> None:
    first = planned(session, cast.coordinator)
    letters = find(session, cast.coordinator, first, "Letters")
    again = plan_review(session, cast.coordinator, ReviewDraft(question=QUESTION, again_of=first.id))
    now = find(session, cast.coordinator, again, "No letters", earlier_id=letters.id, compared=Compared.GONE)
    if voided == "finding":
        void_part(session, cast.coordinator, FINDING, letters.id or 0, 1, "entered twice")
    else:
        void_review(session, cast.coordinator, first.id or 0, 1, "entered twice")
    detail = review_detail(session, cast.viewer, again.id or 0)
    assert beside(detail).to_numpy().tolist() == [["", "No letters", "New"]]
    assert detail.again_of == (first.id if voided == "finding" else None)
    assert list(findings_by_issue(session, cast.viewer)["finding_id"]) == [now.id]
    row = capp_movement(session, cast.viewer).set_index("issue").loc["none"]
    assert (row["findings"], row["new_findings"]) == (1, 0)
    if voided == "finding":
        with pytest.raises(NotFound, match="not of the review"):
            find(session, cast.coordinator, again, "x", earlier_id=letters.id, compared=Compared.SAME)


def test_a_voided_finding_gets_no_recommendation_and_one_that_had_it_keeps_it(session: Session, cast: Cast) -> None:
    review = planned(session, cast.coordinator)
    letters = find(session, cast.coordinator, review, "Letters")
    draft = RecommendationDraft(what="A text", owner="visit unit", due_on=BEGAN, finding_id=letters.id)
    kept = add_part(session, cast.coordinator, RECOMMENDATION, review.id or 0, draft)
    void_part(session, cast.coordinator, FINDING, letters.id or 0, 1, "entered twice")
    with pytest.raises(NotFound, match="not of this review"):
        add_part(session, cast.coordinator, RECOMMENDATION, review.id or 0, draft)
    change_part(session, cast.coordinator, RECOMMENDATION, kept.id, 1, draft.model_copy(update={"owner": "the unit"}))


def test_a_first_correction_does_not_change_the_words_it_corrects(session: Session, cast: Cast) -> None:
    found = find(session, cast.coordinator, planned(session, cast.coordinator), "Nobody calls back")
    draft = FindingDraft(words="Somebody calls back", correction="Within three days", corrected_on=today(session))
    with pytest.raises(Invalid, match="stay as they are"):
        change_part(session, cast.coordinator, FINDING, found.id or 0, 1, draft)
