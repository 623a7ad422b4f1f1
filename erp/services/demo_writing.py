"""Writing the made-up county's records as if each had been entered in its time: rows, ledger of facts, history."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, SQLModel

from erp.access import Actor, operator
from erp.frameworks import BEHAVIORS, TOPICS, as_shipped
from erp.models.commitments import Commitment
from erp.models.engagements import (
    BehaviorTag,
    DiscussionPoint,
    Engagement,
    EngagementPartner,
    EngagementPerson,
    TopicTag,
)
from erp.models.facts import Fact
from erp.models.feedback import FeedbackItem, FeedbackStep
from erp.models.ratings import Rating
from erp.services.demo_county import DemoCounty
from erp.services.demo_records import CommitmentLife, EngagementLife, FeedbackLife, Lives, RatingLife
from erp.services.facts import Draft, commitment_facts, engagement_facts, feedback_facts, rating_facts
from erp.services.giving import GIVER
from erp.services.records import record_change, snapshot
from erp.states import FEEDBACK_TRANSITIONS
from erp.vocabulary import EngagementStatus, FeedbackState, RecordKind

#: What a record's facts were, from one moment to the next.
Stages = list[tuple[datetime, list[Draft]]]

_BLANK_FACT = Fact(partner_id=0, kind="", source_id=0, known_from=datetime.min.replace(tzinfo=UTC)).model_dump(
    exclude={"id"}
)


class Book:
    """Collects the history of changes while records are written, and writes it in the order of time."""

    def __init__(self, session: Session, county: DemoCounty) -> None:
        self.session = session
        self.county = county
        self._actors = {
            account.id: Actor(county.account_number(account.id), account.name, frozenset(account.roles))
            for account in county.account
        }
        self._changes: list[tuple[datetime, int, Callable[[], None]]] = []
        self._numbers: dict[type[SQLModel], int] = defaultdict(int)
        self._rows: dict[type[SQLModel], list[dict[str, Any]]] = defaultdict(list)

    def actor(self, account: str) -> Actor:
        """Return somebody of the agency, the operator of the machine ("operator"), or a giver ("giver")."""
        others = {"operator": operator(), "giver": GIVER}
        return others[account] if account in others else self._actors[account]

    def stamp(self, at: datetime, by: str) -> dict[str, Any]:
        """Return when and by whom a record came in."""
        return {"recorded_at": at, "recorded_by": self.actor(by).user_id}

    def note(
        self,
        at: datetime,
        by: str | Actor,
        verb: str,
        kind: RecordKind,
        record_id: int,
        *,
        before: dict[str, Any] | None = None,
        after: dict[str, Any],
    ) -> None:
        """Note a change for the history."""
        actor = self.actor(by) if isinstance(by, str) else by

        def write() -> None:
            record_change(self.session, actor, verb, kind, record_id, before=before, after=after, at=at)

        self._changes.append((at, len(self._changes), write))

    def number(self, table: type[SQLModel]) -> int:
        """Return the next id of a table: the database is empty, and nobody else writes."""
        self._numbers[table] += 1
        return self._numbers[table]

    def belongs(self, table: type[SQLModel], rows: Iterable[dict[str, Any]]) -> None:
        """Keep plain rows that name other records, to be written after these. Each row has the same columns."""
        self._rows[table].extend(rows)

    def flush(self) -> None:
        """Write the records added to the session, then the rows that belong to them."""
        self.session.flush()
        for table, rows in self._rows.items():
            # The plain table takes all rows at once; the mapped class would part them by which cells are blank.
            self.session.execute(insert(table.metadata.tables[str(table.__tablename__)]), rows)
        self._rows.clear()

    def write_history(self) -> None:
        """Write the history of changes, oldest first, each chained to the one before it."""
        for _, _, write in sorted(self._changes, key=lambda change: change[:2]):
            write()
        self.session.flush()


def write_lives(book: Book, lives: Lives) -> None:
    """Write engagements, promises, feedback and ratings, numbered in the order in which they came in."""
    engagements = sorted(lives.engagements, key=lambda life: life.first_at)
    number_of = {id(life): number for number, life in enumerate(engagements, 1)}
    for number, engagement in enumerate(engagements, 1):
        _write_engagement(book, engagement, number)
    book.flush()
    for number, promise in enumerate(sorted(lives.commitments, key=lambda life: life.at), 1):
        _write_commitment(book, promise, number, number_of.get(id(promise.meeting)))
    for number, item in enumerate(sorted(lives.feedback, key=lambda life: life.steps[0].at), 1):
        _write_feedback(book, item, number, number_of.get(id(item.meeting)))
    for number, rating in enumerate(sorted(lives.ratings, key=lambda life: life.at), 1):
        _write_rating(book, rating, number)
    book.flush()


def facts_over_time(source_id: int, stages: Stages) -> list[dict[str, Any]]:
    """Return the rows of the ledger that `sync_…` would have left behind, had it run at each moment in turn."""
    held: list[tuple[Draft, dict[str, Any]]] = []
    rows: list[dict[str, Any]] = []
    for at, wanted in stages:
        new = list(wanted)
        for draft, row in list(held):
            if draft in new:
                new.remove(draft)
            else:
                row["known_to"] = at
                held.remove((draft, row))
        added = [(draft, _BLANK_FACT | draft | {"source_id": source_id, "known_from": at}) for draft in new]
        held += added
        rows += [row for _, row in added]
    return rows


# --- Engagements --------------------------------------------------------------------------------------------


def _write_engagement(book: Book, life: EngagementLife, number: int) -> None:
    draft = life.draft
    parts = _parts(life, number)
    final = _engagement_columns(life)
    engagement = Engagement(
        id=number, key=f"E-{number:05d}", **book.stamp(life.first_at, life.by), **final, **life.turn
    )
    stages: Stages = []
    if life.planned_at is not None:
        blank = {"facts": "", "quotes": "", "opinions": "", "decisions": ""}
        _set(engagement, blank | {"status": EngagementStatus.PLANNED})
        planned = snapshot(engagement, partners=_plain(parts[EngagementPartner]))
        book.note(life.planned_at, life.by, "log", RecordKind.ENGAGEMENT, number, after=planned)
        _set(engagement, {name: final[name] for name in (*blank, "status")} | {"version": 2})
        verb = "cancel" if life.cancelled_at else "change"
        after = snapshot(engagement, **_told(parts))
        book.note(life.at, life.by, verb, RecordKind.ENGAGEMENT, number, before=planned, after=after)
    else:
        after = snapshot(engagement, **_told(parts))
        book.note(life.at, life.by, "log", RecordKind.ENGAGEMENT, number, after=after)
    partners = [EngagementPartner(**row) for row in parts[EngagementPartner]]
    stages.append((life.at, engagement_facts(engagement, partners)))
    if life.voided_at is not None:
        stages.append(_void(book, engagement, RecordKind.ENGAGEMENT, life.voided_at, life.void_reason))
    assert engagement.status == draft.status  # what was planned has become what it is
    book.session.add(engagement)
    for table, rows in parts.items():
        book.belongs(table, rows)
    book.belongs(Fact, facts_over_time(number, stages))


def _engagement_columns(life: EngagementLife) -> dict[str, Any]:
    draft = life.draft
    parts = {"partners", "people", "points", "behaviors", "topics", "when_words", "key"}
    written = {"held_on": draft.when_words} if draft.when_words else {}
    return draft.model_dump(exclude=parts) | {"as_written": written}


def _parts(life: EngagementLife, number: int) -> dict[type[SQLModel], list[dict[str, Any]]]:
    """Return the rows that belong to an engagement: partners, people, points, behaviors, topics."""
    draft = life.draft
    known = as_shipped()
    behaviors, topics = known.framework(BEHAVIORS).version, known.framework(TOPICS).version
    partners = [{"name_written": ""} | partner.model_dump() for partner in draft.partners]
    partners += [{"name_written": name, "partner_id": None, "two_way": True} for name in life.unlinked]
    rows: dict[type[SQLModel], list[dict[str, Any]]] = {
        EngagementPartner: partners,
        EngagementPerson: [{"contact_id": person} for person in draft.people],
        DiscussionPoint: [{"position": n} | point.model_dump() for n, point in enumerate(draft.points, 1)],
        BehaviorTag: [{"framework_version": behaviors} | shown.model_dump() for shown in draft.behaviors],
        TopicTag: [{"framework_version": topics, "entry_id": topic} for topic in draft.topics],
    }
    return {table: [{"engagement_id": number} | row for row in some] for table, some in rows.items()}


def _told(parts: dict[type[SQLModel], list[dict[str, Any]]]) -> dict[str, Any]:
    """Return the parts as the history of changes tells them."""
    names = ("partners", "people", "points", "behaviors", "topics")
    return {name: _plain(rows) for name, rows in zip(names, parts.values(), strict=True)}


def _plain(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    beside = {"engagement_id", "framework_version", "position"}
    return [{column: value for column, value in row.items() if column not in beside} for row in rows]


# --- Promises, feedback, ratings ----------------------------------------------------------------------------


def _write_commitment(book: Book, life: CommitmentLife, number: int, engagement_id: int | None) -> None:
    draft = life.draft
    written = {"owed_by": draft.owed_by_words, "due_on": draft.due_words}
    commitment = Commitment(
        id=number,
        key=f"C-{number:05d}",
        engagement_id=engagement_id,
        as_written={name: words for name, words in written.items() if words},
        **book.stamp(life.at, life.by),
        **draft.model_dump(exclude={"owed_by_words", "due_words", "key", "engagement_id"}),
    )
    stages: Stages = [(life.at, commitment_facts(commitment))]
    made = snapshot(commitment)
    book.note(life.at, life.by, "make", RecordKind.COMMITMENT, number, after=made)
    if life.ended_at is not None:
        ended = "done_on" if life.ending == "keep" else "withdrawn_on"
        _set(commitment, {ended: life.ended_on, "reason": life.reason, "version": 2})
        after = snapshot(commitment)
        book.note(life.ended_at, life.ended_by, life.ending, RecordKind.COMMITMENT, number, before=made, after=after)
        stages.append((life.ended_at, commitment_facts(commitment)))
    if life.voided_at is not None:
        stages.append(_void(book, commitment, RecordKind.COMMITMENT, life.voided_at, life.void_reason))
    book.session.add(commitment)
    book.belongs(Fact, facts_over_time(number, stages))


def _write_feedback(book: Book, life: FeedbackLife, number: int, engagement_id: int | None) -> None:
    first = life.steps[0]
    item = FeedbackItem(
        id=number,
        key=f"F-{number:05d}",
        engagement_id=engagement_id,
        **book.stamp(first.at, first.by),
        **life.draft.model_dump(exclude={"key", "engagement_id"}),
        **life.chosen,
    )
    life.number = number
    stages: Stages = []
    steps: list[FeedbackStep] = []
    for position, taken in enumerate(life.steps, 1):
        step = FeedbackStep(
            item_id=number,
            step=taken.step,
            position=position,
            **book.stamp(taken.at, taken.by),
            **taken.draft.model_dump(),
        )
        steps.append(step)
        before = snapshot(item)
        _set(item, {"state": taken.step, "version": position})
        if taken.step is FeedbackState.DECIDED:
            item.decision = taken.draft.said
        after = snapshot(item) if position == 1 else snapshot(item, step=taken.draft.model_dump())
        verb = "receive" if position == 1 else FEEDBACK_TRANSITIONS[life.steps[position - 2].step][taken.step]
        changed = None if position == 1 else before
        book.note(taken.at, taken.by, verb, RecordKind.FEEDBACK_ITEM, number, before=changed, after=after)
        stages.append((taken.at, feedback_facts(item, steps)))
    if life.voided_at is not None:
        stages.append(_void(book, item, RecordKind.FEEDBACK_ITEM, life.voided_at, life.void_reason))
    book.session.add(item)
    book.belongs(FeedbackStep, (step.model_dump(exclude={"id"}) for step in steps))
    book.belongs(Fact, facts_over_time(number, stages))


def _write_rating(book: Book, life: RatingLife, number: int) -> None:
    draft = life.draft
    answers: dict[str, Any] = {f"item_{n}": answer for n, answer in enumerate(draft.answers, 1)}
    rating = Rating(
        id=number,
        key=f"R-{number:05d}",
        **book.stamp(life.at, life.by),
        **draft.model_dump(exclude={"answers"}),
        **answers,
    )
    stages: Stages = [(life.at, rating_facts(rating))]
    book.note(life.at, life.by, "enter", RecordKind.RATING, number, after=snapshot(rating))
    if life.voided_at is not None:
        stages.append(_void(book, rating, RecordKind.RATING, life.voided_at, life.void_reason))
    book.session.add(rating)
    book.belongs(Fact, facts_over_time(number, stages))


def _void(book: Book, record: Any, kind: RecordKind, at: datetime, reason: str) -> tuple[datetime, list[Draft]]:
    """Void a record and return that it has no facts from then on."""
    before = snapshot(record)
    _set(record, {"voided_at": at, "void_reason": reason, "version": record.version + 1})
    book.note(at, "coordinator", "void", kind, record.id, before=before, after=snapshot(record))
    return at, []


def _set(record: Any, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(record, name, value)
