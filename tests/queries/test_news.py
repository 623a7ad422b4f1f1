"""What changed since the last visit: what others did, as far as the reader may see it, and when a visit begins."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from erp import db
from erp.access import Actor
from erp.queries.news import News, last_visit, news_since
from erp.services.commitments import CommitmentDraft, keep_commitment, make_commitment
from erp.services.contacts import ContactDraft, add_contact
from erp.services.engagements import EngagementDraft, PartnerAt, change_engagement, log_engagement
from erp.services.feedback import FeedbackDraft, receive_feedback
from erp.services.partners import PartnerDraft, add_partner
from erp.services.ratings import RatingDraft, enter_rating
from erp.services.sign_in import open_sign_in, resolve, token_hash
from erp.vocabulary import PartnerKind, RecordKind, Side
from tests.conftest import Cast
from tests.services.county_imports import bring

START = datetime(2026, 3, 5, 17, 0, tzinfo=UTC)
DAY = date(2026, 3, 4)


@pytest.fixture
def clock(database: Path) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def come(actor: Actor) -> str:
    with db.writing(counts=False) as session:
        return token_hash(open_sign_in(session, actor.user_id or 0, "Firefox"))


def before(actor: Actor) -> datetime | None:
    with db.reading() as session:
        return last_visit(session, actor)


def news(
    actor: Actor, since: datetime = START - timedelta(days=1), of: int | None = None, **more: int | None
) -> list[tuple[str, str, str]]:
    with db.reading() as session:
        found = news_since(session, actor, since, actor.user_id, **more)  # pyright: ignore[reportArgumentType]
    return [(one.who.split()[0], " ".join(one.verbs), one.title) for one in found if not of or of in one.partners]


def test_the_first_visit_has_none_before_it(clock: time_machine.Traveller, cast: Cast) -> None:
    hashed = come(cast.viewer)
    clock.shift(timedelta(minutes=30))
    resolve(hashed)
    assert before(cast.viewer) is None


def test_whoever_comes_back_soon_is_on_the_same_visit(clock: time_machine.Traveller, cast: Cast) -> None:
    come(cast.viewer)
    clock.shift(timedelta(days=2))
    hashed = come(cast.viewer)
    assert before(cast.viewer) == START
    clock.shift(timedelta(hours=3))
    resolve(hashed)
    assert before(cast.viewer) == START
    clock.shift(timedelta(hours=5))
    come(cast.viewer)
    assert before(cast.viewer) == START + timedelta(days=2, hours=3)


@pytest.fixture
def fern(clock: time_machine.Traveller, cast: Cast) -> int:
    """Give Fern House a meeting that was corrected, a promise that was kept, and a person."""
    with db.writing() as session:
        fern = add_partner(session, cast.coordinator, PartnerDraft(name="Fern House", kind=PartnerKind.OTHER)).id or 0
        clock.shift(60)
        at = (PartnerAt(partner_id=fern),)
        draft = EngagementDraft(held_on=DAY, purpose="Seats", partners=at)
        number = log_engagement(session, cast.coordinator, draft).id or 0
        change_engagement(session, cast.coordinator, number, 1, draft.model_copy(update={"facts": "Forty came"}))
        promise = CommitmentDraft(what="Send the list", partner_id=fern, owed_by=Side.COUNTY, made_on=DAY)
        owed = make_commitment(session, cast.leadership, promise).id or 0
        keep_commitment(session, cast.leadership, owed, 1, DAY)
        add_contact(
            session, cast.coordinator, ContactDraft(partner_id=fern, name="Ana Realname", role="Parent partner")
        )
    return fern


def test_what_one_did_with_one_record_is_one_piece_the_newest_first(cast: Cast, fern: int) -> None:
    assert news(cast.tribal_liaison) == [
        ("Cora", "add", "Ana Realname"),
        ("Lena", "make keep", "Send the list"),
        ("Cora", "log change", "Seats"),
        ("Cora", "add", "Fern House"),
    ]
    assert news(cast.viewer)[0] == ("Cora", "add", "Parent partner"), "nobody is named who did not agree"
    assert [who for who, *_ in news(cast.coordinator)] == ["Lena"], "one's own changes are no news"
    assert len(news(cast.viewer, START + timedelta(seconds=30))) == 3


def test_news_of_a_partner_and_of_those_one_holds(cast: Cast, fern: int) -> None:
    with db.writing() as session:
        other = PartnerDraft(name="Lark Clinic", kind=PartnerKind.OTHER, holder_id=cast.viewer.user_id)
        lark = add_partner(session, cast.coordinator, other).id or 0
    assert news(cast.viewer, of=lark) == news(cast.viewer, holder_id=cast.viewer.user_id)
    assert news(cast.viewer, of=lark) == [("Cora", "add", "Lark Clinic")]
    assert len(news(cast.viewer, of=fern)) == 4


def test_what_a_tribe_shared_and_ratings_are_no_news_for_others(clock: object, cast: Cast) -> None:
    with db.writing() as session:
        kind = PartnerKind.TRIBAL_GOVERNMENT
        tribe = add_partner(session, cast.leadership, PartnerDraft(name="Heron Bay Tribe", kind=kind)).id or 0
        at = (PartnerAt(partner_id=tribe),)
        log_engagement(session, cast.leadership, EngagementDraft(held_on=DAY, purpose="Land", partners=at))
        make_commitment(session, cast.leadership, CommitmentDraft(what="Return it", partner_id=tribe, made_on=DAY))
        said = FeedbackDraft(words="Listen", partner_id=tribe, person="an elder", received_on=DAY)
        receive_feedback(session, cast.leadership, said)
        rated = RatingDraft(partner_id=tribe, respondent="r1", side=Side.PARTNER, rated_on=DAY, answers=(4,) * 10)
        enter_rating(session, cast.leadership, rated)
    assert news(cast.coordinator) == [("Lena", "add", "Heron Bay Tribe")]
    assert [title for *_, title in news(cast.tribal_liaison)] == ["Listen", "Return it", "Land", "Heron Bay Tribe"]


def test_an_import_is_one_piece_of_news_for_who_may_see_imports(clock: object, cast: Cast) -> None:
    bring("partners", "name\nCedar House\nHeron Circle\n", by=cast.coordinator, name="roster.csv")
    assert news(cast.leadership) == [("Cora", "import", "roster.csv")]
    assert news(cast.viewer) == []


def test_times_are_the_countys(cast: Cast, fern: int) -> None:
    with db.reading() as session:
        newest: News = news_since(session, cast.viewer, START, None)[0]
    assert newest.kind is RecordKind.CONTACT
    assert (newest.at.hour, newest.partners) == (9, (fern,))
