"""Ties between partners: works, who may, bad input, audit, twice, two people at once."""

from datetime import date

import pytest
from sqlmodel import Session, col, select

from erp import db
from erp.access import Actor
from erp.errors import Conflict, Invalid, NotAllowed, NotFound
from erp.models.changes import Change
from erp.models.partners import Relationship
from erp.services.partners import PartnerDraft, add_partner, archive_partner
from erp.services.relationships import (
    RelationshipDraft,
    add_relationship,
    archive_relationship,
    change_relationship,
    restore_relationship,
)
from erp.vocabulary import PartnerKind, RecordKind
from tests.conftest import Cast


def two_partners(session: Session, actor: Actor) -> tuple[int, int]:
    kind = PartnerKind.COMMUNITY_ORGANIZATION
    names = ("Fern House", "Lark Clinic")
    first, second = (add_partner(session, actor, PartnerDraft(name=name, kind=kind)).id or 0 for name in names)
    return first, second


def tie(one: int, other: int, **more: object) -> RelationshipDraft:
    return RelationshipDraft.of(**({"from_partner_id": one, "to_partner_id": other, "what": "is funded by"} | more))


def test_a_tie_has_a_start_and_an_end_and_a_history(session: Session, cast: Cast) -> None:
    fern, lark = two_partners(session, cast.coordinator)
    kept = add_relationship(session, cast.coordinator, tie(fern, lark, from_on=date(2024, 7, 1)))
    ended = tie(fern, lark, from_on=date(2024, 7, 1), until_on=date(2026, 6, 30))
    change_relationship(session, cast.coordinator, kept.id or 0, 1, ended)
    found = select(Change).where(Change.record_kind == RecordKind.RELATIONSHIP.value).order_by(col(Change.id))
    told = session.exec(found).all()
    assert [c.verb for c in told] == ["add", "change"]
    assert told[-1].after == {"until_on": "2026-06-30", "version": 2}


def test_adding_twice_by_accident_makes_one_tie(session: Session, cast: Cast) -> None:
    fern, lark = two_partners(session, cast.coordinator)
    for _ in range(2):
        add_relationship(session, cast.coordinator, tie(fern, lark), token="form-1")
    assert len(session.exec(select(Relationship)).all()) == 1


@pytest.mark.parametrize("role", ["administrator", "viewer"])
def test_administrators_and_viewers_change_no_tie(session: Session, cast: Cast, role: str) -> None:
    (fern, lark), actor = two_partners(session, cast.coordinator), getattr(cast, role)
    kept = add_relationship(session, cast.coordinator, tie(fern, lark)).id or 0
    for attempt in (
        lambda: add_relationship(session, actor, tie(lark, fern)),
        lambda: change_relationship(session, actor, kept, 1, tie(fern, lark, what="works beside")),
        lambda: archive_relationship(session, actor, kept, 1, "wrong"),
        lambda: restore_relationship(session, actor, kept, 1),
    ):
        with pytest.raises(NotAllowed):
            attempt()


def test_a_tie_that_cannot_be_is_refused_with_a_sentence(session: Session, cast: Cast) -> None:
    fern, lark = two_partners(session, cast.coordinator)
    with pytest.raises(Invalid, match="joins two partners"):
        add_relationship(session, cast.coordinator, tie(fern, fern))
    with pytest.raises(Invalid, match="ends before it begins"):
        add_relationship(
            session, cast.coordinator, tie(fern, lark, from_on=date(2026, 1, 2), until_on=date(2026, 1, 1))
        )
    with pytest.raises(Invalid, match="What"):
        tie(fern, lark, what=" ")
    archive_partner(session, cast.coordinator, lark, 1, "closed")
    for other in (lark, 999):
        with pytest.raises(NotFound):
            add_relationship(session, cast.coordinator, tie(fern, other))


def test_a_tie_to_an_archived_partner_can_still_be_ended(session: Session, cast: Cast) -> None:
    fern, lark = two_partners(session, cast.coordinator)
    kept = add_relationship(session, cast.coordinator, tie(fern, lark)).id or 0
    archive_partner(session, cast.coordinator, lark, 1, "closed")
    ended = change_relationship(session, cast.coordinator, kept, 1, tie(fern, lark, until_on=date(2026, 6, 30)))
    assert ended.until_on == date(2026, 6, 30)


def test_the_same_tie_is_here_once_at_a_time(session: Session, cast: Cast) -> None:
    fern, lark = two_partners(session, cast.coordinator)
    kept = add_relationship(session, cast.coordinator, tie(fern, lark, until_on=date(2025, 6, 30)))
    with pytest.raises(Conflict, match="for that time already"):
        add_relationship(session, cast.coordinator, tie(fern, lark, from_on=date(2025, 6, 30)))
    add_relationship(session, cast.coordinator, tie(fern, lark, from_on=date(2025, 7, 1)))
    archive_relationship(session, cast.coordinator, kept.id or 0, 1, "entered for the wrong partner")
    again = add_relationship(session, cast.coordinator, tie(fern, lark, until_on=date(2024, 1, 1)))
    with pytest.raises(Conflict, match="for that time already"):
        restore_relationship(session, cast.coordinator, kept.id or 0, 2)
    archive_relationship(session, cast.coordinator, again.id or 0, 1, "the first was right")
    assert restore_relationship(session, cast.coordinator, kept.id or 0, 2).archived_at is None


def test_a_stale_edit_never_overwrites_a_newer_one(database: object, cast: Cast) -> None:
    with db.writing() as session:
        fern, lark = two_partners(session, cast.coordinator)
        kept = add_relationship(session, cast.coordinator, tie(fern, lark)).id or 0
    with db.writing() as session:
        change_relationship(session, cast.leadership, kept, 1, tie(fern, lark, what="is housed by"))
    with pytest.raises(Conflict), db.writing() as session:
        change_relationship(session, cast.coordinator, kept, 1, tie(fern, lark, what="works beside"))
    with db.reading() as session:
        stored = session.get(Relationship, kept)
        assert stored is not None
        assert stored.what == "is housed by"
