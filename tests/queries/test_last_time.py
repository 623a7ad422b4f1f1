"""What the last engagement had: the newest held one of these partners or this forum, as far as one may see."""

from datetime import date

from sqlmodel import Session

from erp.queries.last_time import last_time
from erp.services.contacts import ContactDraft, add_contact, archive_contact
from erp.services.engagements import log_engagement, void_engagement
from erp.services.forums import ForumDraft, add_forum
from erp.vocabulary import EngagementStatus, Interpreter, PartnerKind
from tests.conftest import Cast
from tests.services.test_log_engagement import meeting, partner


def test_the_newest_held_with_all_of_the_partners_is_meant(session: Session, cast: Cast) -> None:
    fern, lark = partner(session, cast, "Fern House"), partner(session, cast, "Lark Clinic")
    lena, ruth = (
        add_contact(session, cast.coordinator, ContactDraft(partner_id=fern, name=name)) for name in ("Lena", "Ruth")
    )
    both = {"place": "Library", "held_at": "10 am", "language": "Spanish", "interpreter": Interpreter.PROVIDED}
    there = (lena.id or 0, ruth.id or 0)
    log_engagement(
        session,
        cast.coordinator,
        meeting(fern, lark, held_on=date(2026, 2, 3), county_people="Cora", people=there, **both),
    )
    log_engagement(session, cast.coordinator, meeting(fern, held_on=date(2026, 3, 3), place="Street"))
    planned = EngagementStatus.PLANNED
    log_engagement(
        session, cast.coordinator, meeting(fern, lark, held_on=date(2036, 3, 3), status=planned, place="Hall")
    )
    archive_contact(session, cast.coordinator, ruth.id or 0, 1, "Left")
    last = last_time(session, cast.viewer, (fern, lark), None)
    assert last is not None
    assert (last.held_on, last.place, last.held_at, last.language) == (date(2026, 2, 3), "Library", "10 am", "Spanish")
    assert (last.interpreter, last.county_people, last.people) == (Interpreter.PROVIDED, "Cora", (lena.id,))
    alone = last_time(session, cast.viewer, (fern,), None)
    assert alone is not None
    assert alone.place == "Street"


def test_a_forum_comes_before_the_partners(session: Session, cast: Cast) -> None:
    fern, lark = partner(session, cast, "Fern House"), partner(session, cast, "Lark Clinic")
    council = add_forum(session, cast.coordinator, ForumDraft(name="Youth council")).id or 0
    log_engagement(session, cast.coordinator, meeting(lark, forum_id=council, held_on=date(2026, 1, 8), place="Hall"))
    log_engagement(session, cast.coordinator, meeting(fern, held_on=date(2026, 3, 3), place="Street"))
    last = last_time(session, cast.coordinator, (fern,), council)
    assert last is not None
    assert last.place == "Hall"


def test_nothing_is_told_of_what_is_closed_or_void(session: Session, cast: Cast) -> None:
    tribe = partner(session, cast, "Example Nation", PartnerKind.TRIBAL_GOVERNMENT)
    fern = partner(session, cast, "Fern House")
    log_engagement(session, cast.tribal_liaison, meeting(tribe, fern, place="Council house"))
    wrong = log_engagement(session, cast.coordinator, meeting(fern, held_on=date(2026, 3, 9), place="Wrong"))
    void_engagement(session, cast.leadership, wrong.id or 0, 1, "Entered twice")
    assert last_time(session, cast.community_liaison, (fern,), None) is None
    assert last_time(session, cast.tribal_liaison, (fern,), None) is None  # the new one would be open to all
    seen = last_time(session, cast.tribal_liaison, (fern, tribe), None)
    assert seen is not None
    assert seen.place == "Council house"


def test_with_nobody_named_there_is_no_last_time(session: Session, cast: Cast) -> None:
    log_engagement(session, cast.coordinator, meeting(partner(session, cast, "Fern House")))
    assert last_time(session, cast.coordinator, (), None) is None
