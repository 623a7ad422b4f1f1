"""Barriers: named in partners' words, owned together, and gone only when partners say so."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from erp.access import Actor
from erp.errors import Conflict, Invalid, NotAllowed, NotFound
from erp.models.barriers import Barrier, BarrierEvidence, BarrierVerdict
from erp.queries.barrier_detail import barrier_detail
from erp.queries.barriers import (
    GROUPS,
    BarrierFilter,
    barrier_list,
    barriers_of_engagement,
    barriers_of_item,
    barriers_of_partner,
    barriers_of_review,
    barriers_offered,
    group_counts,
)
from erp.queries.county import today
from erp.queries.decisions import decision_detail, decisions_on_barrier
from erp.queries.history import record_history
from erp.services.accounts import disable_account
from erp.services.barrier_work import (
    ACTION,
    EVIDENCE,
    OPTION,
    OWNER,
    VERDICT,
    ActionDraft,
    OptionDraft,
    OwnerDraft,
    VerdictDraft,
)
from erp.services.barriers import (
    BarrierDraft,
    EvidenceDraft,
    change_barrier,
    name_barrier,
    restore_barrier,
    take_barrier_step,
    void_barrier,
)
from erp.services.decisions import DecisionDraft, change_decision, record_decision, tell_partner
from erp.services.feedback import void_feedback
from erp.services.feedback_work import mark_duplicate
from erp.services.guards import verify_changes
from erp.services.partners import archive_partner
from erp.services.parts import add_part, change_part, void_part
from erp.services.reviews import FINDING, void_review
from erp.states import BARRIER_TRANSITIONS
from erp.vocabulary import BarrierState, Readers, RecordKind, Verdict
from tests.conftest import Cast
from tests.services.givers import days_later, given, last_change, link_for, partner, tribe
from tests.services.test_decisions import POINT, meeting
from tests.services.test_reviews import find, planned

S = BarrierState
WORDS = "Visits are set in school hours"
DAY = date(2026, 3, 2)


def named(session: Session, actor: Actor, *evidence: EvidenceDraft, **more: Any) -> Barrier:
    draft = BarrierDraft.of(**({"words": WORDS, "named_on": DAY} | more))
    return name_barrier(session, actor, draft, evidence)


def own(session: Session, actor: Actor, barrier: Barrier, **who: int) -> int:
    return add_part(session, actor, OWNER, barrier.id or 0, OwnerDraft.of(**who)).id


def step(session: Session, actor: Actor, barrier: Barrier, to: BarrierState, said: str = "Agreed") -> Barrier:
    return take_barrier_step(session, actor, barrier.id or 0, barrier.version, to, today(session), said)


def line(session: Session, barrier: Barrier, partner_id: int) -> BarrierVerdict:
    """The line of a partner that is being asked now."""
    lines = select(BarrierVerdict).where(
        BarrierVerdict.barrier_id == barrier.id, BarrierVerdict.partner_id == partner_id
    )
    return list(session.exec(lines.order_by(col(BarrierVerdict.id))))[-1]


def say(session: Session, actor: Actor, barrier: Barrier, partner_id: int, verdict: Verdict) -> BarrierVerdict:
    here = line(session, barrier, partner_id)
    draft = VerdictDraft(verdict=verdict, said="We saw", on_day=today(session))
    return change_part(session, actor, VERDICT, here.id or 0, here.version, draft)


def asked(session: Session, cast: Cast, *partners: int) -> Barrier:
    """Name a barrier, let these partners own it with the county, and ask them whether it is gone."""
    barrier = named(session, cast.coordinator)
    own(session, cast.coordinator, barrier, account_id=1)
    for partner_id in partners:
        own(session, cast.coordinator, barrier, partner_id=partner_id)
    step(session, cast.coordinator, barrier, S.TAKEN_UP)
    return step(session, cast.coordinator, barrier, S.ASKED, "Visits are at any hour now")


def names_seen(session: Session, cast: Cast, barrier: Barrier) -> list[str]:
    def sees(actor: Actor) -> bool:
        found = set()
        for group in GROUPS:
            found |= set(barrier_list(session, actor, BarrierFilter(group))["barrier_id"])
        counted = sum(group_counts(session, actor, BarrierFilter()).values()) > 0
        offered = barrier.id in barriers_offered(session, actor)
        try:
            barrier_detail(session, actor, barrier.id or 0)
            record_history(session, actor, RecordKind.BARRIER, barrier.id or 0)
            opened = True
        except NotFound:
            opened = False
        assert (barrier.id in found, counted, offered) == (opened,) * 3
        return opened

    return [actor.name for actor in cast if sees(actor)]


def test_a_barrier_leads_to_all_that_shows_it(session: Session, cast: Cast) -> None:
    item, _ = given(session, words="We come late")
    at = meeting(session, cast, partner(session, cast))
    found = find(session, cast.coordinator, planned(session, cast.coordinator), "Visits follow office hours")
    barrier = named(
        session,
        cast.coordinator,
        EvidenceDraft(item_id=item.id),
        EvidenceDraft(engagement_id=at, point=POINT),
        EvidenceDraft(finding_id=found.id),
        said_by="caregivers",
        issue="CAPP-I3",
        practice="CAPP-CS",
    )
    detail = barrier_detail(session, cast.viewer, barrier.id or 0)
    assert list(detail.evidence["words"]) == ["We come late", POINT, "Visits follow office hours"]
    assert (detail.state, detail.recorded_by) == (S.NAMED, "Cora Coordinator")
    assert detail.issue_version
    assert detail.practice_version
    here = [(barrier.id, WORDS, S.NAMED)]
    assert barriers_of_item(session, cast.viewer, item.id or 0) == here
    assert barriers_of_engagement(session, cast.viewer, at) == here
    assert barriers_of_review(session, cast.viewer, found.review_id) == here
    [row] = barrier_list(session, cast.viewer, BarrierFilter(issue="CAPP-I3")).to_dict("records")
    assert (row["evidence"], row["owners"], row["since"]) == (3, "", DAY)
    assert barrier_list(session, cast.viewer, BarrierFilter(issue="none")).empty


def test_evidence_stands_once_and_is_taken_out_with_a_reason(session: Session, cast: Cast) -> None:
    item, _ = given(session)
    barrier = named(session, cast.coordinator)
    shown = EvidenceDraft(item_id=item.id)
    part = add_part(session, cast.coordinator, EVIDENCE, barrier.id or 0, shown)
    with pytest.raises(Invalid, match="already"):
        add_part(session, cast.coordinator, EVIDENCE, barrier.id or 0, shown)
    for wrong in (EvidenceDraft(), EvidenceDraft(item_id=1, finding_id=1), EvidenceDraft(engagement_id=1)):
        with pytest.raises((Invalid, NotFound)):
            add_part(session, cast.coordinator, EVIDENCE, barrier.id or 0, wrong)
    void_part(session, cast.coordinator, EVIDENCE, part.id, 1, "about something else")
    assert barrier_detail(session, cast.viewer, barrier.id or 0).evidence.empty
    assert barriers_of_item(session, cast.viewer, item.id or 0) == []
    assert session.exec(select(BarrierEvidence.void_reason)).one() == "about something else"
    assert last_change(session).verb == "void evidence"


def test_it_is_taken_up_only_together(session: Session, cast: Cast) -> None:
    barrier, fern = named(session, cast.coordinator), partner(session, cast)
    with pytest.raises(Invalid, match="somebody of the county and a partner"):
        step(session, cast.coordinator, barrier, S.TAKEN_UP)
    own(session, cast.coordinator, barrier, account_id=1)
    with pytest.raises(Invalid, match="somebody of the county and a partner"):
        step(session, cast.coordinator, barrier, S.TAKEN_UP)
    owner = own(session, cast.coordinator, barrier, partner_id=fern)
    step(session, cast.coordinator, barrier, S.TAKEN_UP)
    assert barrier_detail(session, cast.viewer, barrier.id or 0).state is S.TAKEN_UP
    ended = OwnerDraft(partner_id=fern, until_on=today(session))
    with pytest.raises(Invalid, match="somebody of the county and a partner"):
        change_part(session, cast.coordinator, OWNER, owner, 1, ended)
    with pytest.raises(Invalid, match="somebody of the county and a partner"):
        void_part(session, cast.coordinator, OWNER, owner, 1, "wrong partner")
    own(session, cast.coordinator, barrier, partner_id=partner(session, cast, "Lark Clinic"))
    change_part(session, cast.coordinator, OWNER, owner, 1, ended)
    assert list(barrier_detail(session, cast.viewer, barrier.id or 0).owners_now["name"]) == [
        "Cora Coordinator",
        "Lark Clinic",
    ]


def test_it_is_gone_only_when_every_partner_who_owns_it_says_so(session: Session, cast: Cast) -> None:
    fern, lark = partner(session, cast), partner(session, cast, "Lark Clinic")
    barrier = asked(session, cast, fern, lark)
    lines = barrier_detail(session, cast.viewer, barrier.id or 0).verdicts
    assert lines[["who", "is_asked"]].values.tolist() == [["Fern House", True], ["Lark Clinic", True]]
    with pytest.raises(Invalid, match="Only partners say"):
        step(session, cast.leadership, barrier, S.GONE)
    say(session, cast.coordinator, barrier, fern, Verdict.GONE)
    assert barrier.state is S.ASKED
    say(session, cast.coordinator, barrier, lark, Verdict.GONE)
    assert barrier.state is S.GONE
    assert group_counts(session, cast.viewer, BarrierFilter()) == dict.fromkeys(GROUPS, 0) | {"gone": 1}
    assert last_change(session).verb == "every partner who owns it says that it is gone"
    assert verify_changes(session) == []
    with pytest.raises(Invalid, match="stays as it was said"):
        say(session, cast.coordinator, barrier, fern, Verdict.STILL_THERE)


@pytest.mark.parametrize("verdict", [Verdict.EASIER, Verdict.STILL_THERE])
def test_the_first_partner_who_says_that_it_is_not_gone_sends_it_back(
    session: Session, cast: Cast, verdict: Verdict
) -> None:
    fern, lark = partner(session, cast), partner(session, cast, "Lark Clinic")
    barrier = asked(session, cast, fern, lark)
    say(session, cast.coordinator, barrier, fern, Verdict.GONE)
    said = say(session, cast.coordinator, barrier, lark, verdict)
    assert barrier.state is S.TAKEN_UP
    assert last_change(session).verb == "a partner says that it is not gone"
    last = barrier_detail(session, cast.viewer, barrier.id or 0).steps["said"].iloc[-1]
    assert last == f"Lark Clinic: {verdict.label}. We saw"
    with pytest.raises(Invalid, match="stays asked"):
        void_part(session, cast.coordinator, VERDICT, said.id or 0, said.version, "typed wrong")
    step(session, cast.coordinator, barrier, S.ASKED)
    stale = VerdictDraft(verdict=Verdict.GONE, said="x", on_day=today(session))
    with pytest.raises(Invalid, match="stays as it was said"):
        change_part(session, cast.coordinator, VERDICT, said.id or 0, said.version, stale)
    say(session, cast.coordinator, barrier, lark, Verdict.GONE)
    assert barrier.state is S.ASKED, "what the other partner said before counts no more"


@pytest.mark.parametrize("how", ["ended", "voided", "silent"])
def test_a_partner_that_was_asked_cannot_be_left_out(session: Session, cast: Cast, how: str) -> None:
    fern, lark = partner(session, cast), partner(session, cast, "Lark Clinic")
    barrier = asked(session, cast, fern, lark)
    owners = barrier_detail(session, cast.viewer, barrier.id or 0).owners.set_index("name")["part_id"]
    leaves = int(owners["Lark Clinic"])
    ended = OwnerDraft(partner_id=lark, until_on=today(session))
    for attempt in (
        lambda: change_part(session, cast.coordinator, OWNER, leaves, 1, ended),
        lambda: void_part(session, cast.coordinator, OWNER, leaves, 1, "the wrong partner"),
        lambda: own(session, cast.coordinator, barrier, partner_id=partner(session, cast, "Oak Hall")),
    ):
        with pytest.raises(Invalid, match="stays as it is"):
            attempt()
    if how == "silent":
        step(session, cast.coordinator, barrier, S.TAKEN_UP, "No answer for months")
        assert last_change(session).verb == "go on working"
    else:
        say(session, cast.coordinator, barrier, lark, Verdict.STILL_THERE)
    if how == "voided":
        void_part(session, cast.coordinator, OWNER, leaves, 1, "the wrong partner")
    else:
        change_part(session, cast.coordinator, OWNER, leaves, 1, ended)
    step(session, cast.coordinator, barrier, S.ASKED)
    say(session, cast.coordinator, barrier, fern, Verdict.GONE)
    assert barrier.state is S.ASKED, "whoever was asked is asked again"
    say(session, cast.coordinator, barrier, lark, Verdict.GONE)
    assert barrier.state is S.GONE


def test_a_partner_that_was_put_away_is_asked_no_more(session: Session, cast: Cast) -> None:
    fern, lark = partner(session, cast), partner(session, cast, "Lark Clinic")
    barrier = asked(session, cast, fern, lark)
    archive_partner(session, cast.coordinator, lark, 1, "It closed its doors")
    step(session, cast.coordinator, barrier, S.TAKEN_UP)
    step(session, cast.coordinator, barrier, S.ASKED)
    say(session, cast.coordinator, barrier, fern, Verdict.GONE)
    assert barrier.state is S.GONE


def test_an_account_that_was_closed_owns_nothing(session: Session, cast: Cast) -> None:
    barrier = named(session, cast.coordinator)
    own(session, cast.coordinator, barrier, account_id=2)
    own(session, cast.coordinator, barrier, partner_id=partner(session, cast))
    disable_account(session, cast.administrator, 2, 1)
    with pytest.raises(Invalid, match="somebody of the county"):
        step(session, cast.coordinator, barrier, S.TAKEN_UP)


def test_an_answer_entered_by_mistake_is_blanked_while_they_are_asked(session: Session, cast: Cast) -> None:
    fern, lark = partner(session, cast), partner(session, cast, "Lark Clinic")
    barrier = asked(session, cast, fern, lark)
    said = say(session, cast.coordinator, barrier, fern, Verdict.GONE)
    for wrong, sentence in (
        (VerdictDraft(verdict=None, said="x"), "blank their words, too"),
        (VerdictDraft(verdict=Verdict.GONE, on_day=today(session)), "in their words"),
        (VerdictDraft(verdict=Verdict.GONE, said="x"), "Enter the day"),
        (VerdictDraft(verdict=Verdict.GONE, said="x", on_day=DAY), "They were asked on"),
    ):
        with pytest.raises(Invalid, match=sentence):
            change_part(session, cast.coordinator, VERDICT, said.id or 0, said.version, wrong)
    change_part(session, cast.coordinator, VERDICT, said.id or 0, said.version, VerdictDraft(verdict=None))
    say(session, cast.coordinator, barrier, lark, Verdict.GONE)
    assert barrier.state is S.ASKED
    with pytest.raises(Invalid, match="Ask the partners first"):
        add_part(session, cast.coordinator, VERDICT, barrier.id or 0, VerdictDraft(verdict=Verdict.GONE))


def test_the_words_that_partners_answered_about_stay(session: Session, cast: Cast) -> None:
    barrier = asked(session, cast, partner(session, cast))
    draft = BarrierDraft(words="Something else", named_on=DAY)
    with pytest.raises(Invalid, match="so they stay"):
        change_barrier(session, cast.coordinator, barrier.id or 0, barrier.version, draft)
    placed = draft.model_copy(update={"words": WORDS, "issue": "CAPP-I3"})
    assert change_barrier(session, cast.coordinator, barrier.id or 0, barrier.version, placed).issue == "CAPP-I3"


def test_an_owner_who_left_is_corrected_and_may_come_back_once(session: Session, cast: Cast) -> None:
    fern, lark = partner(session, cast), partner(session, cast, "Lark Clinic")
    barrier = named(session, cast.coordinator)
    for who in ({"account_id": 1}, {"partner_id": fern}):
        own(session, cast.coordinator, barrier, **who)
    left = own(session, cast.coordinator, barrier, partner_id=lark)
    ended = OwnerDraft(partner_id=lark, until_on=today(session))
    change_part(session, cast.coordinator, OWNER, left, 1, ended)
    step(session, cast.coordinator, barrier, S.TAKEN_UP)
    step(session, cast.coordinator, barrier, S.ASKED)
    change_part(session, cast.coordinator, OWNER, left, 2, ended.model_copy(update={"role": "two nurses"}))
    step(session, cast.coordinator, barrier, S.TAKEN_UP)
    own(session, cast.coordinator, barrier, partner_id=lark)
    with pytest.raises(Invalid, match="own it already"):
        change_part(session, cast.coordinator, OWNER, left, 3, ended.model_copy(update={"until_on": None}))
    early = ended.model_copy(update={"until_on": DAY - timedelta(days=1)})
    with pytest.raises(Invalid, match="until then or longer"):
        change_part(session, cast.coordinator, OWNER, left, 3, early)


def test_what_came_back_is_reopened_and_what_is_set_aside_keeps_its_reason(session: Session, cast: Cast) -> None:
    barrier = asked(session, cast, fern := partner(session, cast))
    say(session, cast.coordinator, barrier, fern, Verdict.GONE)
    with days_later(40):
        step(session, cast.coordinator, barrier, S.BACK, "In fall it began again")
        step(session, cast.coordinator, barrier, S.SET_ASIDE, "The court decides it")
        assert group_counts(session, cast.viewer, BarrierFilter())["set_aside"] == 1
        step(session, cast.coordinator, barrier, S.TAKEN_UP)
    assert list(barrier_detail(session, cast.viewer, barrier.id or 0).steps["step"])[-3:] == [
        S.BACK,
        S.SET_ASIDE,
        S.TAKEN_UP,
    ]


def test_only_the_table_says_what_may_follow_and_each_step_says_why(session: Session, cast: Cast) -> None:
    barrier = asked(session, cast, partner(session, cast))
    for state in set(S) - set(BARRIER_TRANSITIONS[S.ASKED]):
        with pytest.raises(Invalid, match="What can follow"):
            step(session, cast.coordinator, barrier, state)
    with pytest.raises(Invalid, match="Say what county and partners"):
        step(session, cast.coordinator, barrier, S.TAKEN_UP, " ")
    early = (barrier.id or 0, barrier.version, S.TAKEN_UP, DAY, "x")
    with pytest.raises(Invalid, match="step before it"):
        take_barrier_step(session, cast.coordinator, *early)
    later = (barrier.id or 0, barrier.version, S.TAKEN_UP, today(session) + timedelta(days=1), "x")
    with pytest.raises(Invalid, match="still to come"):
        take_barrier_step(session, cast.coordinator, *later)


def test_ways_to_solve_it_keep_who_proposed_them_and_what_became_of_them(session: Session, cast: Cast) -> None:
    barrier, fern = named(session, cast.coordinator), partner(session, cast)
    number = barrier.id or 0
    with pytest.raises(Invalid, match="who proposed"):
        add_part(session, cast.coordinator, OPTION, number, OptionDraft(what="Evening visits"))
    option = add_part(session, cast.coordinator, OPTION, number, OptionDraft(what="Evening visits", partner_id=fern))
    with pytest.raises(Invalid, match="Say why"):
        change_part(
            session,
            cast.coordinator,
            OPTION,
            option.id,
            1,
            OptionDraft(what="Evening visits", partner_id=fern, taken=True),
        )
    answered = OptionDraft(what="Evening visits", partner_id=fern, taken=True, answer="From May on")
    change_part(session, cast.coordinator, OPTION, option.id, 1, answered)
    with pytest.raises(Conflict):
        change_part(session, cast.coordinator, OPTION, option.id, 1, answered)
    [row] = barrier_detail(session, cast.viewer, number).options.to_dict("records")
    assert (row["who"], row["taken"], row["answer"]) == ("Fern House", True, "From May on")
    assert barriers_of_partner(session, cast.viewer, fern) == [(number, WORDS, S.NAMED)]
    with pytest.raises(Invalid, match="another partner"):
        change_part(session, cast.coordinator, OPTION, option.id, 2, OptionDraft(what="x", proposed_by="a worker"))
    change = last_change(session)
    assert (change.verb, change.after["of_option"]) == ("change option", "Evening visits")  # pyright: ignore[reportOptionalSubscript]


def test_actions_belong_to_an_owner_and_are_done_or_dropped(session: Session, cast: Cast) -> None:
    barrier = named(session, cast.coordinator)
    owner = own(session, cast.coordinator, barrier, account_id=1)
    other = own(session, cast.coordinator, named(session, cast.coordinator, words="Other"), account_id=1)
    number, due = barrier.id or 0, today(session) - timedelta(days=3)
    with pytest.raises(NotFound, match="owns the barrier"):
        add_part(session, cast.coordinator, ACTION, number, ActionDraft(what="Ask", owner_id=other, due_on=due))
    action = add_part(session, cast.coordinator, ACTION, number, ActionDraft(what="Ask", owner_id=owner, due_on=due))
    row = barrier_list(session, cast.viewer, BarrierFilter()).iloc[0]
    assert (row["open_actions"], row["overdue"]) == (1, 1)
    both = ActionDraft(what="Ask", owner_id=owner, due_on=due, done_on=due, dropped="moved")
    with pytest.raises(Invalid, match="leave one of the two blank"):
        change_part(session, cast.coordinator, ACTION, action.id, 1, both)
    change_part(session, cast.coordinator, ACTION, action.id, 1, both.model_copy(update={"dropped": ""}))
    row = barrier_list(session, cast.viewer, BarrierFilter()).iloc[0]
    assert (row["open_actions"], row["overdue"]) == (0, 0)


def test_whoever_has_an_open_action_does_not_leave(session: Session, cast: Cast) -> None:
    barrier = named(session, cast.coordinator)
    number = barrier.id or 0
    one, two = (own(session, cast.coordinator, barrier, account_id=account) for account in (1, 2))
    draft = ActionDraft(what="Ask", owner_id=one, due_on=today(session))
    action = add_part(session, cast.coordinator, ACTION, number, draft)
    ended = OwnerDraft(account_id=1, until_on=today(session))
    with pytest.raises(Invalid, match="Give it to somebody else"):
        change_part(session, cast.coordinator, OWNER, one, 1, ended)
    with pytest.raises(Invalid, match="Give it to somebody else"):
        void_part(session, cast.coordinator, OWNER, one, 1, "the wrong person")
    change_part(session, cast.coordinator, ACTION, action.id, 1, draft.model_copy(update={"owner_id": two}))
    change_part(session, cast.coordinator, OWNER, one, 1, ended)
    with pytest.raises(NotFound, match="owns the barrier"):
        add_part(session, cast.coordinator, ACTION, number, draft)


@pytest.mark.parametrize("what", ["item", "finding", "review"])
def test_what_was_voided_shows_nothing_any_more(session: Session, cast: Cast, what: str) -> None:
    item, _ = given(session)
    review = planned(session, cast.coordinator)
    found = find(session, cast.coordinator, review, "Letters")
    shown = EvidenceDraft(item_id=item.id) if what == "item" else EvidenceDraft(finding_id=found.id)
    barrier = named(session, cast.coordinator, shown)
    if what == "item":
        void_feedback(session, cast.coordinator, item.id or 0, item.version, "entered twice")
    elif what == "finding":
        void_part(session, cast.coordinator, FINDING, found.id or 0, 1, "entered twice")
    else:
        void_review(session, cast.coordinator, review.id or 0, 1, "entered twice")
    assert barrier_detail(session, cast.viewer, barrier.id or 0).evidence.empty
    assert barrier_list(session, cast.viewer, BarrierFilter())["evidence"].tolist() == [0]
    assert barriers_of_item(session, cast.viewer, item.id or 0) == []
    assert barriers_of_review(session, cast.viewer, review.id or 0) == []
    with pytest.raises((Invalid, NotFound)):
        named(session, cast.coordinator, shown)


def test_a_part_of_a_hidden_barrier_and_one_that_is_not_there_read_alike(session: Session, cast: Cast) -> None:
    barrier = named(session, cast.tribal_liaison)
    owner = own(session, cast.tribal_liaison, barrier, partner_id=tribe(session, cast))
    for number in (owner, 99):
        with pytest.raises(NotFound, match="This barrier is not here"):
            change_part(session, cast.coordinator, OWNER, number, 1, OwnerDraft(account_id=1))


def test_who_may_not_read_what_shows_it_finds_no_barrier(session: Session, cast: Cast) -> None:
    everybody = [actor.name for actor in cast]
    assert sorted(names_seen(session, cast, named(session, cast.coordinator))) == sorted(everybody)


def test_feedback_for_one_reader_closes_its_barrier(session: Session, cast: Cast) -> None:
    quiet, _ = given(session, readers=Readers.COMMUNITY_LIAISON)
    barrier = named(session, cast.community_liaison, EvidenceDraft(item_id=quiet.id))
    assert names_seen(session, cast, barrier) == ["Colin Liaison"]
    with pytest.raises(NotFound):
        named(session, cast.coordinator, EvidenceDraft(item_id=quiet.id))


def test_what_a_tribe_shared_closes_its_barrier(session: Session, cast: Cast) -> None:
    shared, _ = given(session, link_for(session, cast, partner_id=tribe(session, cast)))
    barrier = named(session, cast.tribal_liaison, EvidenceDraft(item_id=shared.id))
    assert names_seen(session, cast, barrier) == ["Lena Leader", "Tara Liaison"]


@pytest.mark.parametrize("part", ["owner", "option", "finding"])
def test_a_tribe_that_takes_part_closes_it_also_once_that_is_voided(session: Session, cast: Cast, part: str) -> None:
    band = tribe(session, cast)
    barrier = named(session, cast.tribal_liaison)
    found = find(session, cast.tribal_liaison, planned(session, cast.tribal_liaison, band), "Too few letters")
    of, draft = {
        "owner": (OWNER, OwnerDraft(partner_id=band)),
        "option": (OPTION, OptionDraft(what="Ask the council first", partner_id=band)),
        "finding": (EVIDENCE, EvidenceDraft(finding_id=found.id)),
    }[part]
    added = add_part(session, cast.tribal_liaison, of, barrier.id or 0, draft)
    assert names_seen(session, cast, barrier) == ["Lena Leader", "Tara Liaison"]
    void_part(session, cast.tribal_liaison, of, added.id, added.version, "entered by mistake")
    assert names_seen(session, cast, barrier) == ["Lena Leader", "Tara Liaison"]


def test_a_decision_about_a_barrier_tells_the_partners_who_own_it(session: Session, cast: Cast) -> None:
    fern = partner(session, cast)
    barrier = asked(session, cast, fern)
    draft = DecisionDraft.of(
        what="Visits at any hour", decided_by="the director", decided_on=today(session), barriers=(barrier.id,)
    )
    decision = record_decision(session, cast.coordinator, draft)
    number = decision.id or 0
    detail = decision_detail(session, cast.viewer, number)
    assert (list(detail.voices["words"]), list(detail.tellings["who"])) == ([WORDS], ["Fern House"])
    assert decisions_on_barrier(session, cast.viewer, barrier.id or 0) == [(number, "Visits at any hour")]
    tell_partner(session, cast.coordinator, number, fern, today(session), "By phone")
    assert decision_detail(session, cast.viewer, number).told == 1
    step(session, cast.coordinator, barrier, S.TAKEN_UP)
    own(session, cast.coordinator, barrier, partner_id=partner(session, cast, "Lark Clinic"))
    owners = barrier_detail(session, cast.viewer, barrier.id or 0).owners.set_index("name")["part_id"]
    void_part(session, cast.coordinator, OWNER, int(owners["Fern House"]), 1, "the wrong partner")
    tellings = decision_detail(session, cast.viewer, number).tellings
    assert list(tellings["who"]) == ["Fern House", "Lark Clinic"], "who was told stays told"
    own(session, cast.tribal_liaison, barrier, partner_id=tribe(session, cast))
    assert decisions_on_barrier(session, cast.leadership, barrier.id or 0) == [(number, "Visits at any hour")]
    with pytest.raises(NotFound):
        decision_detail(session, cast.viewer, number)
    item, _ = given(session)
    other = draft.model_copy(update={"barriers": (), "items": (item.id,)})
    change_decision(session, cast.leadership, number, decision.version, other)
    with pytest.raises(NotFound):
        decision_detail(session, cast.viewer, number)
    assert list(decision_detail(session, cast.leadership, number).voices["item_id"]) == [item.id]


def test_a_voided_barrier_is_no_new_voice_and_says_so_where_it_was_one(session: Session, cast: Cast) -> None:
    barrier = asked(session, cast, partner(session, cast))
    draft = DecisionDraft.of(
        what="At any hour", decided_by="the director", decided_on=today(session), barriers=(barrier.id,)
    )
    decision = record_decision(session, cast.coordinator, draft)
    void_barrier(session, cast.coordinator, barrier.id or 0, barrier.version, "entered twice")
    with pytest.raises(Invalid, match="voided"):
        record_decision(session, cast.coordinator, draft)
    change_decision(session, cast.coordinator, decision.id or 0, 1, draft.model_copy(update={"why": "They asked"}))
    detail = decision_detail(session, cast.viewer, decision.id or 0)
    assert list(detail.voices["who"]) == ["voided"]
    assert detail.tellings.empty


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"words": " "}, "what gets in the way"),
        ({"named_on": date(2999, 1, 1)}, "still to come"),
        ({"issue": "CAPP-I9"}, "not in CAPP systemic issues"),
        ({"practice": "EE1"}, "not in CAPP front-line practices"),
    ],
)
def test_bad_input_is_refused_with_a_sentence(
    session: Session, cast: Cast, wrong: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(Invalid, match=sentence):
        named(session, cast.coordinator, **wrong)
    assert not session.exec(select(Barrier)).all()


def test_it_is_saved_once_corrected_voided_and_restored(session: Session, cast: Cast) -> None:
    draft = BarrierDraft(words=WORDS, named_on=DAY, issue="CAPP-I3")
    first, second = (name_barrier(session, cast.coordinator, draft, token="t") for _ in range(2))
    assert first.id == second.id
    number = first.id or 0
    changed = change_barrier(session, cast.coordinator, number, 1, draft.model_copy(update={"affected": "caregivers"}))
    assert (changed.affected, changed.issue_version != "") == ("caregivers", True)
    with pytest.raises(Conflict):
        change_barrier(session, cast.coordinator, number, 1, draft)
    void_barrier(session, cast.coordinator, number, 2, "entered twice")
    assert group_counts(session, cast.viewer, BarrierFilter()) == dict.fromkeys(GROUPS, 0) | {"voided": 1}
    assert barriers_offered(session, cast.viewer) == {}
    with pytest.raises(Invalid, match="voided"):
        own(session, cast.coordinator, first, account_id=1)
    restore_barrier(session, cast.coordinator, number, 3)
    assert barriers_offered(session, cast.viewer) == {number: WORDS}
    earlier = draft.model_copy(update={"named_on": today(session)})
    own(session, cast.coordinator, first, account_id=1)
    own(session, cast.coordinator, first, partner_id=partner(session, cast))
    step(session, cast.coordinator, first, S.TAKEN_UP)
    change_barrier(session, cast.coordinator, number, first.version, earlier)
    assert list(barrier_detail(session, cast.viewer, number).steps["on_day"]) == [today(session)] * 2


def test_who_may_work_on_barriers(session: Session, cast: Cast) -> None:
    barrier = named(session, cast.coordinator)
    for actor in (cast.viewer, cast.administrator):
        with pytest.raises(NotAllowed):
            named(session, actor)
        with pytest.raises(NotAllowed):
            own(session, actor, barrier, account_id=1)
        with pytest.raises(NotAllowed):
            step(session, actor, barrier, S.SET_ASIDE)


def test_the_same_part_twice_is_one(session: Session, cast: Cast) -> None:
    barrier = named(session, cast.coordinator)
    draft = OptionDraft(what="Evening visits", proposed_by="caregivers")
    one, two = (add_part(session, cast.coordinator, OPTION, barrier.id or 0, draft, "t") for _ in range(2))
    assert one.id == two.id
    with pytest.raises(NotFound):
        change_part(session, cast.coordinator, OPTION, 999, 1, draft)


def test_feedback_entered_twice_shows_what_it_showed(session: Session, cast: Cast) -> None:
    (one, _), (two, _) = given(session), given(session)
    barrier = named(session, cast.coordinator, EvidenceDraft(item_id=two.id))
    mark_duplicate(session, cast.coordinator, two.id or 0, two.version, one.key)
    assert len(barrier_detail(session, cast.viewer, barrier.id or 0).evidence) == 1
