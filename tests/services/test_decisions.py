"""Decisions: the voices behind one, who may see it, telling everyone, the later check."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from erp.access import Actor
from erp.errors import Conflict, Invalid, NotAllowed, NotFound
from erp.models.decisions import Decision, DecisionTelling
from erp.queries.county import today
from erp.queries.decisions import decision_detail, decision_list, decisions_from, voices_offered
from erp.queries.following import followed
from erp.queries.history import record_history
from erp.services.decisions import (
    DecisionDraft,
    change_decision,
    check_decision,
    record_decision,
    restore_decision,
    tell_givers,
    tell_partner,
    void_decision,
)
from erp.services.engagements import EngagementDraft, PartnerAt, PointDraft, change_engagement, log_engagement
from erp.services.feedback import void_feedback
from erp.services.feedback_work import pause
from erp.services.following import confirm_mended
from erp.services.guards import verify_changes
from erp.vocabulary import FeedbackState, Readers, RecordKind, Worked
from tests.conftest import Cast
from tests.services.givers import days_later, given, last_change, link_for, partner, tell, tribe

S = FeedbackState
POINT = "The hour of the council"


def meeting(session: Session, cast: Cast, partner_id: int, *points: str) -> int:
    draft = EngagementDraft.of(
        purpose="Council",
        held_on=date(2026, 3, 5),
        partners=[PartnerAt(partner_id=partner_id)],
        points=[PointDraft(what=what) for what in points or (POINT,)],
    )
    return log_engagement(session, cast.tribal_liaison, draft).id or 0


def draft(session: Session, *items: Any, points: tuple[tuple[int, str], ...] = (), **more: Any) -> DecisionDraft:
    usual = {"what": "The council begins at four", "decided_by": "the director", "decided_on": today(session)}
    return DecisionDraft.of(**(usual | {"items": tuple(item.id for item in items), "points": points} | more))


def decide(session: Session, cast: Cast, *items: Any, **more: Any) -> Decision:
    return record_decision(session, cast.tribal_liaison, draft(session, *items, **more))


def test_a_decision_leads_back_to_every_voice_and_forward_to_everyone_who_must_be_told(
    session: Session, cast: Cast
) -> None:
    fern, lark = partner(session, cast), partner(session, cast, "Lark Clinic")
    one, _ = given(session, link_for(session, cast, partner_id=fern), words="Too early")
    other, _ = given(session, words="We come late")
    at = meeting(session, cast, lark)
    decision = decide(session, cast, one, other, points=((at, POINT),), why="School ends at three", policy="Rule 4")
    detail = decision_detail(session, cast.viewer, decision.id or 0)
    assert list(detail.voices["words"]) == ["Too early", "We come late", POINT]
    assert list(detail.tellings["who"]) == ["Fern House · anonymous", "anonymous", "Lark Clinic"]
    assert (detail.told, detail.policy, detail.recorded_by) == (0, "Rule 4", "Tara Liaison")
    assert decisions_from(session, cast.viewer, one.id or 0) == [(decision.id, "The council begins at four")]
    [row] = decision_list(session, cast.viewer).to_dict("records")
    assert (row["voices"], row["worked"]) == (3, None)
    change = last_change(session)
    assert (change.verb, change.record_kind) == ("record", "decision")
    assert change.after["items"] == [one.id, other.id]  # pyright: ignore[reportOptionalSubscript]


def test_telling_everyone_tells_each_loop_and_each_giver_confirms_alone(session: Session, cast: Cast) -> None:
    (one, receipt), (other, _) = given(session), given(session)
    tell(session, cast, other)
    before = other.version
    decision = decide(session, cast, one, other, policy="Rule 4", practice="Child care")
    items = (one.id or 0, other.id or 0)
    before_telling = followed(session, receipt)
    assert before_telling is not None
    assert before_telling.changes == ()
    told = tell_givers(session, cast.coordinator, decision.id or 0, items, today(session), "On their page", "At four!")
    assert told == 1
    assert (one.state, one.decision, other.version) == (S.TOLD, "The council begins at four", before)
    assert tell_givers(session, cast.coordinator, decision.id or 0, items, today(session), "On their page", "x") == 0
    read = followed(session, receipt)
    assert read is not None
    assert [step.said for step in read.steps][1:] == ["The council begins at four", "At four!"]
    assert read.changes == ("Rule 4", "Child care")
    assert decision_detail(session, cast.viewer, decision.id or 0).told == 2
    confirm_mended(session, receipt)
    assert decision_detail(session, cast.viewer, decision.id or 0).told == 2
    assert verify_changes(session) == []
    without = draft(session, other, policy="Rule 4")
    change_decision(session, cast.tribal_liaison, decision.id or 0, decision.version, without)
    read = followed(session, receipt)
    assert read is not None
    assert read.changes == (), "it is no voice of it any more"


def test_who_was_not_a_voice_is_not_told_and_what_rests_stops_all(session: Session, cast: Cast) -> None:
    (one, _), (other, _), (stranger, _) = given(session), given(session), given(session)
    decision = decide(session, cast, one, other)
    told = (decision.id or 0, (one.id or 0, stranger.id or 0), today(session), "By phone", "At four")
    with pytest.raises(NotFound, match="not behind the decision"):
        tell_givers(session, cast.coordinator, *told)
    for missing, sentence in ((("", "At four"), "how they were told"), (("By phone", " "), "what the givers are told")):
        with pytest.raises(Invalid, match=sentence):
            tell_givers(session, cast.coordinator, decision.id or 0, (other.id or 0,), today(session), *missing)
    pause(session, cast.coordinator, other.id or 0, other.version, "The board meets in May")
    with pytest.raises(Invalid, match="rests"):
        tell_givers(session, cast.coordinator, decision.id or 0, (other.id or 0,), today(session), "By phone", "x")
    assert not decision_detail(session, cast.viewer, decision.id or 0).tellings["can_tell"].iloc[1]


def test_a_partner_who_raised_a_point_is_told_once(session: Session, cast: Cast) -> None:
    lark, fern = partner(session, cast, "Lark Clinic"), partner(session, cast)
    decision = decide(session, cast, points=((meeting(session, cast, lark), POINT),))
    first, second = (
        tell_partner(session, cast.coordinator, decision.id or 0, lark, today(session), how)
        for how in ("Call", "Again")
    )
    assert first.id == second.id
    detail = decision_detail(session, cast.viewer, decision.id or 0)
    assert (detail.told, detail.tellings["how"].tolist()) == (1, ["Call"])
    with pytest.raises(NotFound, match="no voice"):
        tell_partner(session, cast.coordinator, decision.id or 0, fern, today(session), "Call")
    with pytest.raises(NotAllowed):
        tell_partner(session, cast.viewer, decision.id or 0, lark, today(session), "Call")
    assert len(session.exec(select(DecisionTelling)).all()) == 1


def sees(session: Session, actor: Actor, decision: Decision) -> bool:
    listed = decision.id in set(decision_list(session, actor)["decision_id"])
    try:
        decision_detail(session, actor, decision.id or 0)
    except NotFound:
        assert not listed
        with pytest.raises(NotFound):
            record_history(session, actor, RecordKind.DECISION, decision.id or 0)
        return False
    return listed


def test_whoever_may_not_read_a_voice_sees_no_decision_that_says_it(session: Session, cast: Cast) -> None:
    (open_, _), (quiet, _) = given(session), given(session, readers=Readers.COMMUNITY_LIAISON)
    for_all = decide(session, cast, open_)
    assert all(sees(session, actor, for_all) for actor in cast)
    with pytest.raises(NotFound):
        decide(session, cast, open_, quiet)
    of_one = record_decision(session, cast.community_liaison, draft(session, open_, quiet))
    assert [actor.name for actor in cast if sees(session, actor, of_one)] == ["Colin Liaison"]
    assert decisions_from(session, cast.leadership, open_.id or 0) == [(for_all.id, for_all.what)]
    shared, _ = given(session, link_for(session, cast, partner_id=tribe(session, cast)))
    of_a_tribe = decide(session, cast, shared)
    assert [actor.name for actor in cast if sees(session, actor, of_a_tribe)] == ["Lena Leader", "Tara Liaison"]
    items, _ = voices_offered(session, cast.coordinator)
    assert set(items) == {open_.id}


def test_points_stay_behind_a_decision_when_their_meeting_is_changed(session: Session, cast: Cast) -> None:
    lark = partner(session, cast, "Lark Clinic")
    at = meeting(session, cast, lark)
    decision = decide(session, cast, points=((at, POINT),))
    changed = EngagementDraft.of(
        purpose="Council",
        held_on=date(2026, 3, 5),
        partners=[PartnerAt(partner_id=lark)],
        points=[PointDraft(what="x")],
    )
    change_engagement(session, cast.tribal_liaison, at, 1, changed)
    assert list(decision_detail(session, cast.viewer, decision.id or 0).voices["words"]) == [POINT]


def test_it_is_asked_later_whether_it_worked(session: Session, cast: Cast) -> None:
    item, _ = given(session)
    decision = decide(session, cast, item, check_on=today(session) + timedelta(days=90))
    with days_later(95):
        day = today(session)
        with pytest.raises(Invalid, match="what shows"):
            check_decision(session, cast.coordinator, decision.id or 0, 1, day, Worked.YES, " ")
        check_decision(session, cast.coordinator, decision.id or 0, 1, day, Worked.PARTLY, "Half of them come")
        with pytest.raises(Conflict):
            check_decision(session, cast.coordinator, decision.id or 0, 1, day, Worked.NO, "x")
    detail = decision_detail(session, cast.viewer, decision.id or 0)
    assert (detail.worked, detail.check_words) == (Worked.PARTLY, "Half of them come")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"what": " "}, "what was decided"),
        ({"decided_by": ""}, "who decided"),
        ({"items": ()}, "at least one voice"),
        ({"decided_on": date(2999, 1, 1)}, "still to come"),
        ({"check_on": date(2020, 1, 1)}, "may not come before"),
    ],
)
def test_bad_input_is_refused_with_a_sentence(
    session: Session, cast: Cast, wrong: dict[str, Any], sentence: str
) -> None:
    item, _ = given(session)
    with pytest.raises(Invalid, match=sentence):
        decide(session, cast, item, **wrong)
    assert not session.exec(select(Decision)).all()


def test_it_is_saved_once_corrected_voided_and_restored(session: Session, cast: Cast) -> None:
    (item, _), (other, _) = given(session), given(session)
    wanted = draft(session, item)
    first, second = (record_decision(session, cast.coordinator, wanted, token="t") for _ in range(2))
    assert first.id == second.id
    number = first.id or 0
    change_decision(session, cast.coordinator, number, 1, draft(session, item, other, why="They asked"))
    assert last_change(session).before["items"] == [item.id]  # pyright: ignore[reportOptionalSubscript]
    with pytest.raises(Conflict):
        change_decision(session, cast.coordinator, number, 1, wanted)
    void_decision(session, cast.coordinator, number, 2, "entered twice")
    assert decisions_from(session, cast.viewer, item.id or 0) == []
    with pytest.raises(Invalid, match="voided"):
        change_decision(session, cast.coordinator, number, 3, wanted)
    restore_decision(session, cast.coordinator, number, 3)
    assert len(decisions_from(session, cast.viewer, other.id or 0)) == 1
    void_feedback(session, cast.coordinator, other.id or 0, other.version, "entered twice")
    assert list(decision_detail(session, cast.viewer, number).tellings["item_id"]) == [item.id]


def test_who_may_decide(session: Session, cast: Cast) -> None:
    item, _ = given(session)
    for actor in (cast.viewer, cast.administrator):
        with pytest.raises(NotAllowed):
            record_decision(session, actor, draft(session, item))
