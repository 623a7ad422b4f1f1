"""Forums and seats: works, who may, bad input, audit, twice, two people at once."""

from datetime import date

import pytest
from sqlmodel import Session, col, select

from erp import db
from erp.access import Actor
from erp.errors import Conflict, Invalid, NotAllowed, NotFound
from erp.models.changes import Change
from erp.models.contacts import Forum, ForumMember
from erp.services.contacts import ContactDraft, add_contact
from erp.services.forums import (
    ForumDraft,
    SeatDraft,
    add_forum,
    add_seat,
    archive_forum,
    archive_seat,
    change_forum,
    change_seat,
    restore_forum,
    restore_seat,
)
from erp.services.partners import PartnerDraft, add_partner, archive_partner
from erp.vocabulary import PartnerKind, RecordKind
from tests.conftest import Cast


def partner(session: Session, actor: Actor, name: str = "Fern House") -> int:
    return add_partner(session, actor, PartnerDraft(name=name, kind=PartnerKind.COMMUNITY_ORGANIZATION)).id or 0


def forum(session: Session, actor: Actor, name: str = "Alder Family Council") -> int:
    return add_forum(session, actor, ForumDraft(name=name)).id or 0


def history(session: Session) -> list[Change]:
    found = select(Change).where(Change.record_kind == RecordKind.FORUM.value).order_by(col(Change.id))
    return list(session.exec(found))


def test_a_forum_has_seats_with_start_and_end(session: Session, cast: Cast) -> None:
    council, fern = forum(session, cast.coordinator), partner(session, cast.coordinator)
    rosa = add_contact(session, cast.coordinator, ContactDraft(partner_id=fern, name="Rosa Ito")).id
    seat = add_seat(
        session,
        cast.coordinator,
        council,
        SeatDraft(partner_id=fern, contact_id=rosa, role="Co-chair", from_on=date(2025, 1, 1)),
    )
    ended = SeatDraft(
        partner_id=fern, contact_id=rosa, role="Co-chair", from_on=date(2025, 1, 1), until_on=date(2026, 6, 30)
    )
    change_seat(session, cast.coordinator, seat.id or 0, 1, ended)
    assert [c.verb for c in history(session)] == ["add", "add seat", "change seat"]
    assert history(session)[-1].after == {"seat": seat.id, "until_on": "2026-06-30", "version": 2}


def test_saving_twice_by_accident_makes_one_forum_and_one_seat(session: Session, cast: Cast) -> None:
    fern = partner(session, cast.coordinator)
    for _ in range(2):
        council = add_forum(session, cast.coordinator, ForumDraft(name="Alder Family Council"), token="a").id or 0
        add_seat(session, cast.coordinator, council, SeatDraft(partner_id=fern), token="b")
    assert len(session.exec(select(Forum)).all()) == len(session.exec(select(ForumMember)).all()) == 1


@pytest.mark.parametrize("role", ["administrator", "viewer"])
def test_administrators_and_viewers_change_no_forum(session: Session, cast: Cast, role: str) -> None:
    council, fern, actor = forum(session, cast.coordinator), partner(session, cast.coordinator), getattr(cast, role)
    seat = add_seat(session, cast.coordinator, council, SeatDraft(partner_id=fern)).id or 0
    for attempt in (
        lambda: forum(session, actor, "Another table"),
        lambda: change_forum(session, actor, council, 1, ForumDraft(name="Renamed")),
        lambda: archive_forum(session, actor, council, 1, "ended"),
        lambda: restore_forum(session, actor, council, 1),
        lambda: add_seat(session, actor, council, SeatDraft(partner_id=fern)),
        lambda: change_seat(session, actor, seat, 1, SeatDraft(partner_id=fern)),
        lambda: archive_seat(session, actor, seat, 1, "wrong"),
        lambda: restore_seat(session, actor, seat, 1),
    ):
        with pytest.raises(NotAllowed):
            attempt()


def test_a_forums_name_is_here_once(session: Session, cast: Cast) -> None:
    council = forum(session, cast.coordinator)
    other = forum(session, cast.coordinator, "Steering Committee")
    with pytest.raises(Conflict, match="here already"):
        forum(session, cast.coordinator, "Alder  Family Council")
    with pytest.raises(Conflict, match="here already"):
        change_forum(session, cast.coordinator, other, 1, ForumDraft(name="AlderFamily Council"))
    archive_forum(session, cast.coordinator, council, 1, "ended")
    with pytest.raises(Conflict, match="restore it instead"):
        forum(session, cast.coordinator)


def test_a_seat_that_cannot_be_is_refused_with_a_sentence(session: Session, cast: Cast) -> None:
    council = forum(session, cast.coordinator)
    fern, lark = partner(session, cast.coordinator), partner(session, cast.coordinator, "Lark Clinic")
    rosa = add_contact(session, cast.coordinator, ContactDraft(partner_id=fern, name="Rosa Ito")).id
    with pytest.raises(Invalid, match="ends before it begins"):
        add_seat(
            session,
            cast.coordinator,
            council,
            SeatDraft(partner_id=fern, from_on=date(2026, 1, 2), until_on=date(2026, 1, 1)),
        )
    with pytest.raises(Invalid, match="another partner"):
        add_seat(session, cast.coordinator, council, SeatDraft(partner_id=lark, contact_id=rosa))
    with pytest.raises(NotFound):
        add_seat(session, cast.coordinator, 999, SeatDraft(partner_id=fern))
    archive_partner(session, cast.coordinator, lark, 1, "closed")
    with pytest.raises(NotFound, match="archived"):
        add_seat(session, cast.coordinator, council, SeatDraft(partner_id=lark))
    archive_forum(session, cast.coordinator, council, 1, "ended")
    with pytest.raises(NotFound, match="archived"):
        add_seat(session, cast.coordinator, council, SeatDraft(partner_id=fern))


@pytest.mark.parametrize(
    ("second", "clashes"),
    [
        ({}, True),
        ({"from_on": date(2026, 7, 1)}, False),
        ({"from_on": date(2026, 6, 30)}, True),
        ({"until_on": date(2025, 12, 31)}, False),
        ({"from_on": date(2026, 3, 1), "until_on": date(2026, 4, 1)}, True),
    ],
)
def test_one_seat_is_not_held_twice_at_one_time(
    session: Session, cast: Cast, second: dict[str, date], clashes: bool
) -> None:
    council, fern = forum(session, cast.coordinator), partner(session, cast.coordinator)
    first = SeatDraft(partner_id=fern, from_on=date(2026, 1, 1), until_on=date(2026, 6, 30))
    add_seat(session, cast.coordinator, council, first)
    if clashes:
        with pytest.raises(Conflict, match="held at that time"):
            add_seat(session, cast.coordinator, council, SeatDraft.of(partner_id=fern, **second))
    else:
        add_seat(session, cast.coordinator, council, SeatDraft.of(partner_id=fern, **second))


def test_forums_and_seats_are_archived_with_a_reason_and_come_back(session: Session, cast: Cast) -> None:
    council, fern = forum(session, cast.coordinator), partner(session, cast.coordinator)
    seat = add_seat(session, cast.coordinator, council, SeatDraft(partner_id=fern)).id or 0
    for refused in (
        lambda: archive_forum(session, cast.coordinator, council, 1, " "),
        lambda: archive_seat(session, cast.coordinator, seat, 1, ""),
    ):
        with pytest.raises(Invalid, match="Say why"):
            refused()
    archive_seat(session, cast.coordinator, seat, 1, "wrong partner")
    replacement = add_seat(session, cast.coordinator, council, SeatDraft(partner_id=fern)).id or 0
    with pytest.raises(Conflict, match="held at that time"):
        restore_seat(session, cast.coordinator, seat, 2)
    archive_seat(session, cast.coordinator, replacement, 1, "the first was right")
    assert restore_seat(session, cast.coordinator, seat, 2).archived_at is None
    archive_forum(session, cast.coordinator, council, 1, "ended")
    assert restore_forum(session, cast.coordinator, council, 2).archive_reason == ""


def test_a_stale_edit_never_overwrites_a_newer_one(database: object, cast: Cast) -> None:
    with db.writing() as session:
        council = forum(session, cast.coordinator)
    with db.writing() as session:
        change_forum(session, cast.leadership, council, 1, ForumDraft(name="Alder Council", purpose="Prevention"))
    with pytest.raises(Conflict), db.writing() as session:
        change_forum(session, cast.coordinator, council, 1, ForumDraft(name="Alder Table"))
    with db.reading() as session:
        kept = session.get(Forum, council)
        assert kept is not None
        assert (kept.name, kept.purpose) == ("Alder Council", "Prevention")
