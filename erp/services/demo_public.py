"""What came by the made-up county's public pages: its loop, its giver, what was written, what is published of it."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from random import Random

from erp.models.decisions import Decision, DecisionSource
from erp.models.public import FeedbackMessage, GiverIdentity, PublishedAnswer, Receipt
from erp.models.themes import FeedbackTheme, Theme
from erp.services.demo_county import DemoCounty, Given, GivenAnswer, GivenDecision
from erp.services.demo_records import Clock, FeedbackLife, StepTaken
from erp.services.demo_writing import Book
from erp.services.feedback import FeedbackDraft, StepDraft
from erp.services.following import ON_THE_PAGE
from erp.services.giving import RECEIPT_DAYS
from erp.services.records import person_key, snapshot
from erp.vocabulary import FeedbackState, FeedbackWay, RecordKind, Signed

S = FeedbackState
#: Who works with what came by the public pages.
LIAISON, DIRECTOR, GIVER = "community_liaison", "director", "giver"
#: How the giver was told.
TOLD_HOW = "On their page"


def public_lives(county: DemoCounty, clock: Clock) -> list[FeedbackLife]:
    """Return what was given on the public pages, with the steps of its loop."""
    return [_life(county, clock, given) for given in county.given]


def write_givers(book: Book, clock: Clock, lives: Sequence[FeedbackLife], seed: int) -> None:
    """Write who gave what was given, receipts, messages and what is published; after the items themselves."""
    rng = Random(f"{seed}/givers")  # noqa: S311 -- made-up data, the same for a seed
    for life, given in _given(book.county, lives):
        first = life.steps[0]
        if given.giver in (Signed.NAMED, Signed.REACHABLE):
            book.session.add(GiverIdentity(item_id=life.number, name=given.name, reach=given.reach))
        # Of no secret that anybody knows: a receipt of the demonstration opens nothing.
        receipt = Receipt(
            item_id=life.number,
            secret_hash=rng.randbytes(32).hex(),
            code_hash=rng.randbytes(32).hex(),
            expires_on=clock.day(given.received) + timedelta(days=RECEIPT_DAYS),
            recorded_at=first.at,
        )
        book.session.add(receipt)
        for n, (ago, who, words) in enumerate(given.messages):
            _write_message(book, clock, life.number, ago, LIAISON if who == "county" else GIVER, words, n)
        if given.decided_as is not None:
            _decide(book, clock, life.number, given.decided_as)
        if given.published is not None:
            _publish(book, clock, life.number, given.published)
    book.session.flush()


def write_themes(book: Book, clock: Clock, lives: Sequence[FeedbackLife]) -> None:
    """Write the county's themes, and which of them feedback is about, by its words."""
    at = clock.moment(clock.day(900), 9)
    for number, (name, words) in enumerate(book.county.theme.items(), 1):
        theme = Theme(id=number, name=name, name_key=person_key(name), **book.stamp(at, DIRECTOR))
        book.session.add(theme)
        book.note(at, DIRECTOR, "add theme", RecordKind.SETTING, number, after=snapshot(theme))
        about = (life for life in lives if any(word in _said(life) for word in words))
        book.belongs(FeedbackTheme, ({"item_id": life.number, "theme_id": number} for life in about))
    book.flush()


def _said(life: FeedbackLife) -> str:
    return (life.draft.translation or life.draft.words).casefold()


def _given(county: DemoCounty, lives: Sequence[FeedbackLife]) -> Iterator[tuple[FeedbackLife, Given]]:
    by_words = {given.words: given for given in county.given}
    for life in lives:
        if life.chosen:
            yield life, by_words[life.draft.words]


def _life(county: DemoCounty, clock: Clock, given: Given) -> FeedbackLife:
    plan = (
        (S.RECEIVED, given.received, GIVER, "", ""),
        (S.ACKNOWLEDGED, given.acknowledged, LIAISON, TOLD_HOW, ""),
        (S.DECIDED, given.decided, LIAISON, "", given.decision),
        (S.TOLD, given.told, LIAISON, TOLD_HOW, given.decision),
        (S.REOPENED, given.not_mended, GIVER, ON_THE_PAGE, given.not_mended_said),
        (S.TOLD, given.again, LIAISON, TOLD_HOW, given.again_said),
        (S.CONFIRMED, given.confirmed, GIVER, ON_THE_PAGE, ""),
        (S.UNCONFIRMED, given.unconfirmed, DIRECTOR, "", given.unconfirmed_said),
    )
    steps = [
        StepTaken(step, StepDraft(on_day=day, how=how, said=said), clock.moment(day, 9 + n, 17), by)
        for n, (step, ago, by, how, said) in enumerate(plan)
        if ago is not None
        for day in (clock.day(ago),)
    ]
    draft = FeedbackDraft(
        words=given.words,
        anonymous=given.giver is Signed.ANONYMOUS,
        way=FeedbackWay.FORM,
        kind=given.kind,
        language=given.language,
        translation=given.translation,
        may_quote=given.may_quote,
        received_on=clock.day(given.received),
    )
    forums = {forum.id: number for number, forum in enumerate(county.forum, 1)}
    chosen = {"signed": given.giver, "readers": given.readers, "forum_id": forums.get(given.forum)}
    return FeedbackLife(draft, steps, chosen=chosen)


def _write_message(book: Book, clock: Clock, item_id: int, ago: int, by: str, words: str, place: int) -> None:
    day = clock.day(ago)
    at = clock.moment(day, 14, place)
    message = FeedbackMessage(item_id=item_id, by_giver=by == GIVER, words=words, on_day=day, **book.stamp(at, by))
    book.session.add(message)
    verb = "write back" if by == GIVER else "answer"
    book.note(at, by, verb, RecordKind.FEEDBACK_ITEM, item_id, after={"message": words})


def _decide(book: Book, clock: Clock, item_id: int, told: GivenDecision) -> None:
    number = book.number(Decision)
    at = clock.moment(clock.day(told.ago), 15)
    texts = told.model_dump(include={"what", "why", "decided_by", "policy", "practice", "training"})
    decision = Decision(
        id=number,
        decided_on=clock.day(told.ago),
        check_on=clock.day(told.check_ago) if told.check_ago is not None else None,
        **texts,
        **book.stamp(at, LIAISON),
    )
    sources = {"items": [item_id], "points": []}
    made = snapshot(decision, **sources)
    book.note(at, LIAISON, "record", RecordKind.DECISION, number, after=made)
    if told.worked is not None and told.check_ago is not None:
        decision.checked_on, decision.worked = clock.day(told.check_ago), told.worked
        decision.check_words, decision.version = told.check_words, 2
        checked = clock.moment(clock.day(told.check_ago), 16)
        after = snapshot(decision, **sources)
        book.note(checked, LIAISON, "check", RecordKind.DECISION, number, before=made, after=after)
    book.session.add(decision)
    book.session.add(DecisionSource(decision_id=number, item_id=item_id))


def _publish(book: Book, clock: Clock, item_id: int, told: GivenAnswer) -> None:
    day = clock.day(told.ago)
    at, number = clock.moment(day, 16), book.number(PublishedAnswer)
    answer = PublishedAnswer(
        id=number,
        item_id=item_id,
        published_on=day,
        **told.model_dump(exclude={"ago"}),
        **book.stamp(at, LIAISON),
    )
    book.session.add(answer)
    book.note(at, LIAISON, "publish", RecordKind.PUBLISHED, number, after=snapshot(answer))
