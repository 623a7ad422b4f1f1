"""Ratings: entering one from paper or speech, voiding, restoring."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from erp import db
from erp.errors import Conflict, Invalid, NotAllowed, NotFound
from erp.models.changes import Change
from erp.models.facts import Fact
from erp.models.ratings import Rating
from erp.queries.county import today
from erp.queries.partner_health import PartnerHealth
from erp.queries.ratings import rating_counts
from erp.services.partners import PartnerDraft, add_partner
from erp.services.ratings import RatingDraft, enter_rating, restore_rating, visible_rating, void_rating
from erp.vocabulary import RATING_ITEMS, PartnerKind, Side
from tests.conftest import Cast

DAY = date(2026, 3, 5)


def partner(
    session: Session, cast: Cast, name: str = "Fern House", kind: PartnerKind = PartnerKind.COMMUNITY_ORGANIZATION
) -> int:
    return add_partner(session, cast.coordinator, PartnerDraft(name=name, kind=kind)).id or 0


def draft(partner_id: int, **more: Any) -> RatingDraft:
    values = {"respondent": "the director", "side": Side.PARTNER, "rated_on": DAY, "answers": (4,) * 10} | more
    return RatingDraft.of(partner_id=partner_id, **values)


def id_of(rating: Rating) -> int:
    assert rating.id is not None
    return rating.id


def test_there_are_ten_items_two_for_each_of_five_themes() -> None:
    themes = [theme for theme, _ in RATING_ITEMS]
    assert len(RATING_ITEMS) == 10
    assert {themes.count(theme) for theme in themes} == {2}


def test_a_rating_keeps_each_answer_and_blanks_stay_blank(session: Session, cast: Cast) -> None:
    answers = (5, None, 4, 3, None, 1, 2, None, None, 5)
    entered = enter_rating(session, cast.coordinator, draft(partner(session, cast), answers=answers))
    assert tuple(getattr(entered, f"item_{n}") for n in range(1, 11)) == answers
    assert entered.key == f"R-{entered.id:05d}"
    change = session.exec(select(Change).order_by(col(Change.id).desc())).first()
    assert change is not None
    assert (change.verb, change.record_kind, change.record_id) == ("enter", "rating", entered.id)


def test_one_person_is_one_rater_however_the_name_is_written(session: Session, cast: Cast) -> None:
    fern = partner(session, cast)
    this_day = today(session)
    for days, name in enumerate(("Maria Gomez", "maria  gomez", "MARIA GOMEZ")):
        enter_rating(session, cast.coordinator, draft(fern, respondent=name, rated_on=this_day - timedelta(days=days)))
    counts = rating_counts(session, cast.coordinator, fern)
    assert (counts.ratings, counts.partner_people) == (3, 1)
    figures = PartnerHealth(session, cast.coordinator, fern).figures([this_day])
    assert figures["trust_n"].tolist() == [1]


def test_one_person_rates_a_side_once_a_day(session: Session, cast: Cast) -> None:
    fern = partner(session, cast)
    enter_rating(session, cast.coordinator, draft(fern))
    for same in ("the director", "  The  Director "):
        with pytest.raises(Conflict, match="here already"):
            enter_rating(session, cast.coordinator, draft(fern, respondent=same))
    for other in (
        draft(fern, respondent="the deputy"),
        draft(fern, side=Side.COUNTY),
        draft(fern, rated_on=date(2026, 3, 6)),
        draft(partner(session, cast, "Lark Clinic")),
    ):
        assert enter_rating(session, cast.coordinator, other).id
    assert len(session.exec(select(Rating)).all()) == 5


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"respondent": "  "}, "Say who answered"),
        ({"rated_on": date(2999, 1, 1)}, "still to come"),
        ({"answers": (4,) * 9}, "ten items"),
        ({"answers": (4,) * 9 + (6,)}, "ten items"),
        ({"answers": (4,) * 9 + (0,)}, "ten items"),
        ({"answers": (None,) * 10}, "at least one"),
    ],
)
def test_bad_input_is_refused_with_a_sentence(
    session: Session, cast: Cast, wrong: dict[str, Any], sentence: str
) -> None:
    fern = partner(session, cast)
    with pytest.raises(Invalid, match=sentence):
        enter_rating(session, cast.coordinator, draft(fern, **wrong))
    assert not session.exec(select(Rating)).all()
    assert not session.exec(select(Fact)).all()


def test_a_partner_that_is_not_here_is_refused(session: Session, cast: Cast) -> None:
    with pytest.raises(NotFound):
        enter_rating(session, cast.coordinator, draft(999))


def test_a_voided_rating_makes_room_for_the_right_one_and_then_cannot_come_back(session: Session, cast: Cast) -> None:
    fern = partner(session, cast)
    wrong = enter_rating(session, cast.coordinator, draft(fern))
    with pytest.raises(Invalid, match="Say why"):
        void_rating(session, cast.coordinator, id_of(wrong), 1, " ")
    void_rating(session, cast.coordinator, id_of(wrong), 1, "Wrong sheet")
    restore_rating(session, cast.coordinator, id_of(wrong), 2)
    void_rating(session, cast.coordinator, id_of(wrong), 3, "Wrong sheet")
    enter_rating(session, cast.coordinator, draft(fern))
    with pytest.raises(Conflict, match="here already"):
        restore_rating(session, cast.coordinator, id_of(wrong), 4)
    verbs = session.exec(select(Change.verb).where(Change.record_kind == "rating").order_by(col(Change.id))).all()
    assert verbs == ["enter", "void", "restore", "void", "enter"]


def test_a_viewer_and_an_administrator_may_not_enter_or_void(session: Session, cast: Cast) -> None:
    fern = partner(session, cast)
    entered = enter_rating(session, cast.coordinator, draft(fern))
    for actor in (cast.viewer, cast.administrator):
        with pytest.raises(NotAllowed):
            enter_rating(session, actor, draft(fern, respondent="the deputy"))
        with pytest.raises(NotAllowed):
            void_rating(session, actor, id_of(entered), 1, "Wrong")
        with pytest.raises(NotAllowed):
            restore_rating(session, actor, id_of(entered), 1)


def test_a_tribes_rating_is_not_found_by_others(session: Session, cast: Cast) -> None:
    tribe = partner(session, cast, "Example Rancheria", PartnerKind.TRIBAL_GOVERNMENT)
    entered = enter_rating(session, cast.coordinator, draft(tribe))
    for actor in (cast.coordinator, cast.tribal_liaison, cast.leadership):
        assert visible_rating(session, actor, id_of(entered)).id == entered.id
    for actor in (cast.community_liaison, cast.administrator, cast.viewer):
        with pytest.raises(NotFound):
            visible_rating(session, actor, id_of(entered))
    with pytest.raises(NotFound):
        void_rating(session, cast.community_liaison, id_of(entered), 1, "Wrong")


def test_a_stale_void_is_refused(session: Session, cast: Cast) -> None:
    entered = enter_rating(session, cast.coordinator, draft(partner(session, cast)))
    void_rating(session, cast.leadership, id_of(entered), 1, "Wrong sheet")
    with pytest.raises(Conflict, match="while you had it open"):
        void_rating(session, cast.coordinator, id_of(entered), 1, "Wrong sheet")
    with pytest.raises(Invalid, match="voided already"):
        void_rating(session, cast.coordinator, id_of(entered), 2, "Wrong sheet")


def test_saving_twice_at_once_makes_one_rating(database: object, cast: Cast) -> None:
    with db.writing() as session:
        fern = partner(session, cast)

    def save(_: int) -> int:
        with db.writing() as own:
            return id_of(enter_rating(own, cast.coordinator, draft(fern), token="form-1"))

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(save, range(8)))) == 1
    with db.reading() as session:
        assert len(session.exec(select(Rating)).all()) == 1


def test_a_save_that_fails_later_leaves_no_rating_behind(database: object, cast: Cast) -> None:
    with db.writing() as session:
        fern = partner(session, cast)
    with pytest.raises(Conflict), db.writing() as session:  # noqa: PT012 -- the two saves are one transaction
        enter_rating(session, cast.coordinator, draft(fern))
        enter_rating(session, cast.coordinator, draft(fern))
    with db.reading() as session:
        assert not session.exec(select(Rating)).all()
        assert not session.exec(select(Fact)).all()
