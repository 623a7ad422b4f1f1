"""Writing the made-up county's local system reviews and barriers, with the history of each."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlmodel import col, select

from erp.frameworks import as_shipped
from erp.models.barriers import (
    Barrier,
    BarrierAction,
    BarrierEvidence,
    BarrierOption,
    BarrierOwner,
    BarrierStep,
    BarrierVerdict,
)
from erp.models.feedback import FeedbackItem
from erp.models.reviews import (
    ReviewDebrief,
    ReviewFinding,
    ReviewGroup,
    ReviewMember,
    ReviewRecommendation,
    SystemReview,
)
from erp.services.demo_records import Clock
from erp.services.demo_reviewed import NamedBarrier, Reviewed
from erp.services.demo_writing import Book
from erp.services.placing import LISTS
from erp.services.records import snapshot
from erp.states import BARRIER_TRANSITIONS
from erp.vocabulary import BarrierState, RecordKind

S = BarrierState
#: Who looks after reviews.
DIRECTOR = "director"


def write_reviews(book: Book, clock: Clock) -> dict[str, int]:
    """Write the local system reviews; return id in data/demo → number of each finding."""
    reviews: dict[str, int] = {}
    findings: dict[str, int] = {}
    for told in book.county.review:
        reviews[told.id] = _write_review(book, clock, told, reviews, findings)
    book.session.flush()
    return findings


def write_barriers(book: Book, clock: Clock, findings: dict[str, int]) -> None:
    """Write the barriers, after the feedback and the findings that show them."""
    for told in book.county.barrier:
        _write_barrier(book, clock, told, findings)
    book.session.flush()


def _write_review(book: Book, clock: Clock, told: Reviewed, reviews: dict[str, int], findings: dict[str, int]) -> int:
    number = book.number(SystemReview)
    planned = clock.moment(clock.day(max(told.began + 20, 5)), 10)
    counts = told.model_dump(include={"interviews", "observations", "texts", "case_files"})
    review = SystemReview(
        id=number,
        again_of=reviews.get(told.again_of),
        question=told.question,
        trigger=told.trigger,
        trigger_source=told.trigger_source,
        trigger_on=_day(clock, told.trigger_ago),
        started_on=clock.day(told.began),
        ended_on=_day(clock, told.ended),
        **counts,
        **book.stamp(planned, DIRECTOR),
    )
    book.session.add(review)
    verb = "take again" if told.again_of else "plan"
    book.note(planned, DIRECTOR, verb, RecordKind.SYSTEM_REVIEW, number, after=snapshot(review))
    book.session.flush()

    def part(table: Any, called: str, ago: int | None, **values: Any) -> int:
        day = max(ago if ago is not None else told.began, 5)
        return _part(book, clock, table, called, RecordKind.SYSTEM_REVIEW, day, DIRECTOR, review_id=number, **values)

    for side, role, people in told.team:
        part(ReviewMember, "team member", told.began, side=side, role=role, people=people)
    for ago, subject, at_step, insight, agency_there in told.debriefs:
        note = {"subject": subject, "at_step": at_step, "insight": insight, "agency_there": agency_there}
        part(ReviewDebrief, "debrief note", ago, on_day=clock.day(ago), **note)
    for found in told.finding:
        findings[found.id] = part(
            ReviewFinding,
            "finding",
            told.ended,
            words=found.words,
            correction=found.correction,
            corrected_on=_day(clock, found.corrected_ago),
            earlier_id=findings.get(found.earlier),
            compared=found.compared,
            **_placed(found.model_dump(include=set(LISTS))),
        )
    for advice in told.recommendation:
        said = advice.model_dump(include={"what", "owner", "became"})
        days = {"due_on": clock.day(advice.due), "done_on": _day(clock, advice.done)}
        ago = advice.done or told.ended
        part(ReviewRecommendation, "recommendation", ago, finding_id=findings[advice.finding], **days, **said)
    for name, partner, ago, how in told.groups:
        values = {"partner_id": book.county.number_of(partner) if partner else None, "name": name, "how": how}
        part(ReviewGroup, "group", ago or told.ended, told_on=_day(clock, ago or None), **values)
    return number


def _write_barrier(book: Book, clock: Clock, told: NamedBarrier, findings: dict[str, int]) -> None:
    number, named = book.number(Barrier), told.steps[0][0]
    at = clock.moment(clock.day(named), 10)
    barrier = Barrier(
        id=number,
        **told.model_dump(include={"words", "said_by", "affected"}),
        **_placed(told.model_dump(include={"issue", "practice"})),
        named_on=clock.day(named),
        state=S.NAMED,
        **book.stamp(at, told.by),
    )
    book.session.add(barrier)
    book.note(at, told.by, "name", RecordKind.BARRIER, number, after=snapshot(barrier))
    book.session.flush()

    def part(table: Any, called: str, ago: int, **values: Any) -> int:
        return _part(book, clock, table, called, RecordKind.BARRIER, ago, told.by, barrier_id=number, **values)

    for shown in told.shown_by:
        # What showed it later than it was named came in when it was given or found.
        _write_evidence(book, part, shown, findings, named)
    owners = {
        who: part(
            BarrierOwner,
            "owner",
            named,
            account_id=book.county.account_number(who) if who in _accounts(book) else None,
            partner_id=None if who in _accounts(book) else book.county.number_of(who),
            role=role,
        )
        for who, role in told.owners
    }
    for what, partner, by, taken, answer in told.options:
        partner_id = book.county.number_of(partner) if partner else None
        options = {"what": what, "proposed_by": by, "taken": taken, "answer": answer}
        part(BarrierOption, "option", named, partner_id=partner_id, **options)
    for what, who, due, done in told.actions:
        days = {"due_on": clock.day(due), "done_on": _day(clock, done or None)}
        part(BarrierAction, "action", done or min(named, told.steps[-1][0]), what=what, owner_id=owners[who], **days)
    _write_steps(book, clock, told, barrier)


def _write_evidence(book: Book, part: Any, shown: str, findings: dict[str, int], named: int) -> None:
    if shown in findings:
        part(BarrierEvidence, "evidence", named, finding_id=findings[shown])
        return
    said = col(FeedbackItem.words).contains(shown, autoescape=True)
    item_id = book.session.exec(select(FeedbackItem.id).where(said)).one()
    part(BarrierEvidence, "evidence", min(named, 30), item_id=item_id)


def _write_steps(book: Book, clock: Clock, told: NamedBarrier, barrier: Barrier) -> None:
    for place, (ago, step, said) in enumerate(told.steps):
        day = clock.day(ago)
        # After what else came in that day: a state follows from the last verdict.
        at = clock.moment(day, 11 if step is S.ASKED else 16, place)
        stamp = book.stamp(at, told.by)
        number = book.number(BarrierStep)
        book.session.add(BarrierStep(id=number, barrier_id=barrier.id or 0, step=step, on_day=day, said=said, **stamp))
        book.session.flush()
        if place == 0:
            continue
        if step is S.ASKED:
            until = told.steps[place + 1][0] if place + 1 < len(told.steps) else 0
            _write_verdicts(book, clock, told, number, barrier.id or 0, range(until, ago + 1))
        before = snapshot(barrier)
        verb = BARRIER_TRANSITIONS[barrier.state][step]
        barrier.state, barrier.version = step, barrier.version + 1
        after = snapshot(barrier) | {"on_day": day.isoformat(), "said": said}
        book.note(at, told.by, verb, RecordKind.BARRIER, barrier.id or 0, before=before, after=after)
    book.session.flush()


def _write_verdicts(book: Book, clock: Clock, told: NamedBarrier, step_id: int, barrier_id: int, days: range) -> None:
    """Write a line for each partner that was asked, with what it said in these days."""
    asked = [who for who, _ in told.owners if who not in _accounts(book)]
    said_by = {partner: (ago, verdict, said) for ago, partner, verdict, said in told.verdicts if ago in days}
    for partner in asked:
        ago, verdict, said = said_by.get(partner, (None, None, ""))
        number, line = book.number(BarrierVerdict), {"barrier_id": barrier_id, "step_id": step_id}
        at = clock.moment(clock.day(days.stop - 1), 12)
        answer = BarrierVerdict(
            id=number,
            **line,
            partner_id=book.county.number_of(partner),
            verdict=verdict,
            said=said,
            on_day=_day(clock, ago),
            version=1 if ago is None else 2,
            **book.stamp(at, told.by),
        )
        book.session.add(answer)
        if ago is not None:
            after = {"verdict": verdict, "said": said, "on_day": clock.day(ago).isoformat()}
            before = dict.fromkeys(after)
            noted = clock.moment(clock.day(ago), 14, number % 40)
            book.note(noted, told.by, "change verdict", RecordKind.BARRIER, barrier_id, before=before, after=after)


def _part(book: Book, clock: Clock, table: Any, called: str, kind: RecordKind, ago: int, by: str, **values: Any) -> int:
    number = book.number(table)
    at = clock.moment(clock.day(ago), 14, number % 40)
    row = table(id=number, **values, **book.stamp(at, by))
    book.session.add(row)
    whole = values["review_id" if kind is RecordKind.SYSTEM_REVIEW else "barrier_id"]
    book.note(at, by, f"add {called}", kind, whole, after=snapshot(row))
    book.session.flush()
    return number


def _placed(values: dict[str, str]) -> dict[str, str]:
    known = as_shipped()
    versions = {
        f"{name}_version": known.framework(LISTS[name]).version if entry else "" for name, entry in values.items()
    }
    return values | versions


def _accounts(book: Book) -> Sequence[str]:
    return [account.id for account in book.county.account]


def _day(clock: Clock, ago: int | None) -> date | None:
    return None if ago is None else clock.day(ago)
