"""What came out of the made-up county's meetings: promises, feedback and its loop."""

from collections.abc import Iterable
from datetime import date, datetime

from erp.services.commitments import CommitmentDraft
from erp.services.demo_county import Promised, PublicWords, Said
from erp.services.demo_meetings import DAYS_A_YEAR
from erp.services.demo_partnership import GOES_BADLY, Partnership, in_service
from erp.services.demo_records import (
    CommitmentLife,
    EngagementLife,
    FeedbackLife,
    Share,
    StepTaken,
)
from erp.services.feedback import FeedbackDraft, StepDraft
from erp.vocabulary import PUBLISHED, EngagementKind, FeedbackKind, FeedbackState, FeedbackWay, Side

S = FeedbackState

#: Days after which what is still open no longer counts in any window (a year, and the days to tell): then it is
#: tidied up, as a county does, and the history of the figures stays as it was.
OUT_OF_WINDOW = 370
OUT_OF_LOOP = 415
#: Days in which the giver is told in time. Source: health definition h1, loop closure.
TELL_WITHIN = 45
WAYS = {
    FeedbackWay.MEETING: 34,
    FeedbackWay.CONVERSATION: 18,
    FeedbackWay.CALL: 14,
    FeedbackWay.EMAIL: 16,
    FeedbackWay.SURVEY: 8,
    FeedbackWay.FORM: 5,
    FeedbackWay.LETTER: 4,
    FeedbackWay.OTHER: 1,
}


def promises(partnership: Partnership, stories: Iterable[Promised]) -> list[CommitmentLife]:
    """Return a partnership's promises: the stories' own, the county's, and the partner's."""
    partner, rng = partnership.partner, partnership.rng
    told = {promise.due: promise for promise in stories}
    share = Share(rng)
    lives: list[CommitmentLife] = []
    for due in _days(partnership, partner.promises, set(told), newest=rng.randint(6, 60)):
        if due in told:
            lives.append(_promise_of_story(partnership, told[due]))
            share.happened(partnership.level(due, "follow_through") / 100, _points(told[due]))
        else:
            lives.append(_promise(partnership, due, share.deal(partnership.level(due, "follow_through") / 100)))
    if partner.promises >= 3:
        lives += [_open_promise(partnership, rng.randint(4, 55)) for _ in range(rng.choice([0, 1, 1, 2]))]
        lives += [
            _partner_promise(partnership, due) for due in _days(partnership, 1.2, set(), newest=rng.randint(9, 90))
        ]
    return lives


def feedback(partnership: Partnership, stories: Iterable[Said]) -> list[FeedbackLife]:
    """Return what a partner's people said, and how far each item came."""
    told = {said.received: said for said in stories}
    share = Share(partnership.rng)
    lives: list[FeedbackLife] = []
    for ago in _days(partnership, partnership.partner.feedback, set(told), newest=partnership.rng.randint(3, 50)):
        wanted = partnership.level(ago, "loop_closure") / 100
        if ago in told:
            lives.append(_feedback_of_story(partnership, told[ago]))
            share.happened(wanted, _closed(told[ago]))
        elif partnership.pace(ago) > 0:
            lives.append(_feedback(partnership, ago, share.deal(wanted)))
    return lives


def public_feedback(partnership: Partnership, listed: Iterable[PublicWords]) -> list[FeedbackLife]:
    """Return feedback of nobody's partner; `partnership` lends its clock and luck. Answers are published."""
    clock, rng = partnership.clock, partnership.rng
    lives: list[FeedbackLife] = []
    for words in listed:
        ago = rng.randint(60, 900)
        who = {"anonymous": True} if rng.random() < 0.6 else {"person": "a resident"}
        draft = FeedbackDraft.of(words=words.words, kind=words.kind, way=words.way, received_on=clock.day(ago), **who)
        plan = [(S.RECEIVED, ago, "", ""), (S.ACKNOWLEDGED, ago - 5, "", "")]
        if words.decision:
            plan += [(S.DECIDED, ago - 20, "", words.decision), (S.TOLD, ago - 30, PUBLISHED, words.decision)]
        lives.append(FeedbackLife(draft, _steps(partnership, plan, by="community_liaison")))
    return lives


def _days(partnership: Partnership, a_year: float, of_stories: set[int], *, newest: int) -> list[int]:
    """Spread so many a year evenly back from the newest, the stories' own among them; oldest first (days ago)."""
    if a_year <= 0:
        return sorted(of_stories, reverse=True)
    spacing = DAYS_A_YEAR / a_year
    days = set(of_stories)
    ago = min(float(newest), spacing * 0.7)
    while ago < partnership.partner.since - 25:
        day = max(2, int(ago + partnership.rng.uniform(-0.15, 0.15) * spacing))
        if all(abs(day - of_story) > spacing * 0.6 for of_story in of_stories):
            days.add(day)
        ago += spacing
    return sorted(days, reverse=True)


# --- Promises ---------------------------------------------------------------------------------------------


def _promise(partnership: Partnership, due: int, points: float) -> CommitmentLife:
    """Return a promise of the county that was kept (1), kept late (½) or neither (0)."""
    life = _made(partnership, due, "promises", Side.COUNTY)
    rng = partnership.rng
    made = partnership.clock.ago(life.draft.made_on or partnership.clock.today)
    if points == 1:
        return _kept(partnership, life, min(due + rng.randint(0, 12), made))
    if points > 0 and due > 8:
        return _kept(partnership, life, max(1, due - rng.randint(6, 60)))
    if due > OUT_OF_WINDOW + 30:
        ended = due - rng.randint(OUT_OF_WINDOW, OUT_OF_WINDOW + 25)
        return _withdrawn(partnership, life, ended) if rng.random() < 0.5 else _kept(partnership, life, ended)
    return life


def _partner_promise(partnership: Partnership, due: int) -> CommitmentLife:
    life = _made(partnership, due, "partner_promises", Side.PARTNER)
    late = partnership.rng.random() < 0.2 and due > 25
    return _kept(partnership, life, due - partnership.rng.randint(3, 20) if late else due)


def _open_promise(partnership: Partnership, ahead: int) -> CommitmentLife:
    """Return a promise that is not due yet."""
    return _made(partnership, -ahead, "promises", Side.COUNTY)


def _promise_of_story(partnership: Partnership, told: Promised) -> CommitmentLife:
    clock = partnership.clock
    meeting = _met_on(partnership, told.made)
    draft = CommitmentDraft(
        what=told.what,
        owed_by=Side.COUNTY,
        partner_id=partnership.number,
        made_on=clock.day(told.made),
        due_on=clock.day(told.due),
    )
    life = _from_meeting(partnership, draft, meeting, told.made)
    if told.done is None and told.due > OUT_OF_WINDOW + 30:
        return _withdrawn(partnership, life, told.due - OUT_OF_WINDOW)
    return life if told.done is None else _kept(partnership, life, told.done)


def _made(partnership: Partnership, due: int, what: str, side: Side) -> CommitmentLife:
    """Return an open promise, made at one of the meetings in the three months before it is due, or on the phone."""
    rng, clock = partnership.rng, partnership.clock
    near = partnership.attended(due + 95, due + 12) if due >= 0 else partnership.attended(45, 1)
    before = [life for life in near if not life.of_story]
    meeting = rng.choice(before) if before and rng.random() < 0.85 else None
    strand = partnership.strand()
    usual = max(due + 30, 2) if due >= 0 else rng.randint(1, 20)
    made_on = (meeting.draft.held_on if meeting else None) or clock.day(usual)
    draft = CommitmentDraft(
        what=partnership.sentence(strand, what, made_on),
        owed_by=side,
        partner_id=partnership.number,
        made_on=made_on,
        due_on=max(clock.day(due), made_on),
    )
    return _from_meeting(partnership, draft, meeting, clock.ago(made_on))


def _from_meeting(
    partnership: Partnership, draft: CommitmentDraft, meeting: EngagementLife | None, made: int
) -> CommitmentLife:
    if meeting is not None:
        return CommitmentLife(draft, meeting.at, meeting.by, meeting)
    day = draft.made_on or partnership.clock.today
    return CommitmentLife(draft, partnership.clock.entered(day, partnership.rng), partnership.author(made))


def _kept(partnership: Partnership, life: CommitmentLife, ago: int) -> CommitmentLife:
    return _ended(partnership, life, "keep", ago)


def _withdrawn(partnership: Partnership, life: CommitmentLife, ago: int) -> CommitmentLife:
    life.reason = partnership.rng.choice(partnership.county.words.withdrawn)
    return _ended(partnership, life, "withdraw", ago)


def _ended(partnership: Partnership, life: CommitmentLife, ending: str, ago: int) -> CommitmentLife:
    clock = partnership.clock
    made_on = life.draft.made_on or clock.day(ago)
    life.ending = ending
    life.ended_on = max(clock.day(max(1, ago)), made_on)
    life.ended_at = clock.entered(life.ended_on, partnership.rng, after=life.at)
    life.ended_by = partnership.author(ago)
    return life


def _points(told: Promised) -> float:
    if told.done is None:
        return 0.0
    return 1.0 if told.done >= told.due else 0.5


def _met_on(partnership: Partnership, ago: int) -> EngagementLife | None:
    day = partnership.clock.day(ago)
    return next((m for m in partnership.meetings if m.draft.held_on == day), None)


# --- Feedback -----------------------------------------------------------------------------------------------


def _feedback(partnership: Partnership, ago: int, points: float) -> FeedbackLife:
    """Return an item whose loop closed (1), closed late or again (½), or did not (0), as far as its days allow."""
    rng = partnership.rng
    way = rng.choices(list(WAYS), list(WAYS.values()))[0]
    meeting = _meeting_before(partnership, ago) if way in (FeedbackWay.MEETING, FeedbackWay.CALL) else None
    if meeting is not None and meeting.draft.held_on is not None:
        ago = partnership.clock.ago(meeting.draft.held_on)
    elif way is FeedbackWay.MEETING:
        way = rng.choice([FeedbackWay.CONVERSATION, FeedbackWay.EMAIL, FeedbackWay.FORM])
    kind, words, language, translation, decision = _what_was_said(partnership, ago)
    who = _who(partnership, way)
    draft = FeedbackDraft.of(
        words=words,
        kind=kind,
        way=way,
        partner_id=partnership.number,
        language=language,
        translation=translation,
        received_on=partnership.clock.day(ago),
        **who,
    )
    may_reopen = kind is not FeedbackKind.PRAISE and "anonymous" not in who
    plan = _loop(partnership, ago, points, decision, may_reopen=may_reopen, published="anonymous" in who)
    by = meeting.by if meeting else partnership.author(ago)
    return FeedbackLife(draft, _steps(partnership, plan, by=by, first_at=meeting.at if meeting else None), meeting)


#: What happens on which day (days ago), how, and what was said.
Plan = list[tuple[FeedbackState, int, str, str]]


def _loop(
    partnership: Partnership, ago: int, points: float, decision: str, *, may_reopen: bool, published: bool
) -> Plan:
    rng, words = partnership.rng, partnership.county.words
    plan: Plan = [(S.RECEIVED, ago, "", "")]
    if points == 0:
        return plan + _stalled(partnership, ago, decision, may_reopen=may_reopen)
    late = points < 1
    again = late and may_reopen and ago > 150 and rng.random() < 0.3
    tell_after = rng.randint(TELL_WITHIN + 3, 110) if late and not again else rng.randint(9, TELL_WITHIN - 5)
    if late and ago <= TELL_WITHIN + 60:
        tell_after = min(tell_after, max(ago - 2, TELL_WITHIN + 1))
    told = ago - tell_after
    plan.append((S.ACKNOWLEDGED, ago - min(rng.randint(0, 6), tell_after), rng.choice(words.acknowledged), ""))
    plan.append((S.DECIDED, max(told, ago - rng.randint(7, 28)), "", decision))
    said = rng.choice(words.told_said).replace("{decision}", decision)
    plan.append((S.TOLD, told, PUBLISHED if published else rng.choice(words.told_how), said))
    if again:
        reopened = told - rng.randint(12, 40)
        plan.append((S.REOPENED, reopened, "", rng.choice(words.reopened)))
        plan.append((S.TOLD, reopened - rng.randint(15, 50), rng.choice(words.told_how), rng.choice(words.told_again)))
    elif not late and not published and rng.random() < 0.38:
        plan.append((S.CONFIRMED, told - rng.randint(4, 30), rng.choice(words.confirmed), ""))
    return plan


def _stalled(partnership: Partnership, ago: int, decision: str, *, may_reopen: bool) -> Plan:
    """Plan a loop that stops: after receiving, thanking or deciding, or reopened and not told again."""
    rng, words = partnership.rng, partnership.county.words
    plan: Plan = []
    stops_at = rng.choices([S.RECEIVED, S.ACKNOWLEDGED, S.DECIDED, S.REOPENED], [3, 4, 3, 2 * may_reopen])[0]
    if stops_at is not S.RECEIVED:
        plan.append((S.ACKNOWLEDGED, ago - rng.randint(2, 18), rng.choice(words.acknowledged), ""))
    if stops_at in (S.DECIDED, S.REOPENED):
        plan.append((S.DECIDED, ago - rng.randint(20, 38), "", decision))
    if stops_at is S.REOPENED:
        plan.append((S.TOLD, ago - 44, rng.choice(words.told_how), decision))
        plan.append((S.REOPENED, ago - 60, "", rng.choice(words.reopened)))
    elif ago > OUT_OF_LOOP + 25:
        ended = ago - rng.randint(OUT_OF_LOOP, OUT_OF_LOOP + 20)
        if stops_at is not S.DECIDED:
            plan.append((S.DECIDED, ended + 1, "", decision))
        plan.append((S.TOLD, ended, rng.choice(words.told_how), f"This took far too long. {decision}"))
    return plan


def _feedback_of_story(partnership: Partnership, told: Said) -> FeedbackLife:
    words = partnership.county.words
    plan: Plan = [(S.RECEIVED, told.received, "", "")]
    if told.acknowledged is not None:
        plan.append((S.ACKNOWLEDGED, told.acknowledged, words.acknowledged[2], ""))
    if told.decided is not None:
        plan.append((S.DECIDED, told.decided, "", told.decision))
    if told.told is not None:
        plan.append((S.TOLD, told.told, words.told_how[0], told.decision))
    if told.confirmed is not None:
        plan.append((S.CONFIRMED, told.confirmed, words.confirmed[0], ""))
    if told.reopened is not None:
        plan.append((S.REOPENED, told.reopened, "", told.reopened_said))
    draft = FeedbackDraft(
        words=told.words,
        kind=told.kind,
        way=told.way,
        partner_id=partnership.number,
        contact_id=partnership.people[0],
        language=told.language,
        translation=told.translation,
        received_on=partnership.clock.day(told.received),
    )
    return FeedbackLife(draft, _steps(partnership, plan, by=partnership.author(told.received)))


def _closed(told: Said) -> float:
    if told.told is None or told.reopened is not None:
        return 0.0
    return 1.0 if told.confirmed is not None or told.received - told.told <= TELL_WITHIN else 0.5


def _what_was_said(partnership: Partnership, ago: int) -> tuple[FeedbackKind, str, str, str, str]:
    """Return kind, words, language, translation, and what was decided; no praise where things go badly."""
    strand = partnership.strand()
    spanish = [s for s in partnership.partner.strands if partnership.words_of(s).spanish]
    badly = partnership.level(ago) < GOES_BADLY
    if spanish and partnership.partner.speaks_spanish and not badly and partnership.rng.random() < 0.35:
        kind, original, translation, decision = partnership.card(spanish[0], "spanish")
        return kind, original, "Spanish", translation, decision
    kind, words, decision = partnership.card(strand, "feedback")
    while badly and kind is FeedbackKind.PRAISE:
        kind, words, decision = partnership.card(strand, "feedback")
    return kind, words, "", "", decision


def _who(partnership: Partnership, way: FeedbackWay) -> dict[str, object]:
    chance = partnership.rng.random()
    if way in (FeedbackWay.SURVEY, FeedbackWay.FORM) and chance < 0.6 and not partnership.partner.is_tribal_government:
        return {"anonymous": True}
    if chance < 0.25:
        return {"person": partnership.rng.choice(partnership.county.words.respondents)}
    return {"contact_id": partnership.rng.choice(partnership.people)}


def _meeting_before(partnership: Partnership, ago: int) -> EngagementLife | None:
    near = [m for m in partnership.attended(ago + 21, ago) if m.draft.kind is not EngagementKind.INPUT]
    return partnership.rng.choice(near) if near else None


def _steps(partnership: Partnership, plan: Plan, *, by: str, first_at: datetime | None = None) -> list[StepTaken]:
    """Enter the steps of a plan up to yesterday, each after the one before it."""
    clock, rng = partnership.clock, partnership.rng
    steps: list[StepTaken] = []
    at, day = None, date.min
    for step, ago, how, said in plan:
        if ago < 1:
            break
        day = max(day, clock.day(ago))
        at = first_at if not steps and first_at else clock.entered(day, rng, after=at)
        person = in_service(by, ago)
        steps.append(StepTaken(step, StepDraft(on_day=day, how=how, said=said), at, person))
    return steps
