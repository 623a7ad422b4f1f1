"""Partners: works, who may, bad input, audit, twice, two people at once; agreed cadences; the figures of Tribes."""

from datetime import date

import pytest
from sqlmodel import Session, col, select

from erp import db
from erp.access import Actor, operator
from erp.errors import Conflict, Invalid, NotAllowed, NotFound
from erp.models.changes import Change
from erp.models.facts import Fact
from erp.models.partners import Cadence, Partner, PartnerName
from erp.services.partners import (
    PartnerDraft,
    add_partner,
    agree_cadence,
    archive_partner,
    change_partner,
    known_partner,
    restore_partner,
    void_cadence,
)
from erp.vocabulary import NameKind, PartnerKind, PartnerStatus
from tests.conftest import Cast


def draft(name: str = "Fern House", **more: object) -> PartnerDraft:
    return PartnerDraft.of(**({"name": name, "kind": PartnerKind.COMMUNITY_ORGANIZATION} | more))


def added(session: Session, actor: Actor, name: str = "Fern House", **more: object) -> int:
    return add_partner(session, actor, draft(name, **more)).id or 0


def changes(session: Session) -> list[Change]:
    return list(session.exec(select(Change).order_by(col(Change.id))))


def test_a_partner_is_kept_with_its_names_and_the_history_tells_them(session: Session, cast: Cast) -> None:
    partner = add_partner(
        session,
        cast.coordinator,
        draft(other_names=("FH",), former_names=("Fern Street House",), languages=("English", "Spanish"), area="North"),
    )
    names = session.exec(select(PartnerName).order_by(PartnerName.name)).all()
    assert [(n.name, n.kind) for n in names] == [("FH", NameKind.OTHER), ("Fern Street House", NameKind.FORMER)]
    assert (partner.key, partner.languages, partner.scored) == ("P-00001", "English; Spanish", True)
    change = changes(session)[-1]
    assert (change.verb, change.actor_name) == ("add", "Cora Coordinator")
    assert (change.after or {})["names"] == ["FH (other name)", "Fern Street House (former name)"]


def test_adding_twice_by_accident_makes_one_partner(session: Session, cast: Cast) -> None:
    first = add_partner(session, cast.coordinator, draft(), token="form-1")
    assert add_partner(session, cast.coordinator, draft(), token="form-1").id == first.id
    assert len(session.exec(select(Partner)).all()) == 1


@pytest.mark.parametrize("role", ["administrator", "viewer"])
def test_administrators_and_viewers_change_no_partner(session: Session, cast: Cast, role: str) -> None:
    partner_id, actor = added(session, cast.coordinator), getattr(cast, role)
    for attempt in (
        lambda: add_partner(session, actor, draft("Lark Clinic")),
        lambda: change_partner(session, actor, partner_id, 1, draft("Lark Clinic")),
        lambda: agree_cadence(session, actor, partner_id, 30, None),
        lambda: archive_partner(session, actor, partner_id, 1, "moved"),
        lambda: restore_partner(session, actor, partner_id, 1),
    ):
        with pytest.raises(NotAllowed):
            attempt()


def test_names_alike_but_for_spacing_are_one_partner(session: Session, cast: Cast) -> None:
    added(session, cast.coordinator, "Fern House")
    with pytest.raises(Conflict, match="Fern House is here already"):
        added(session, cast.coordinator, "Fern  House ")
    with pytest.raises(Conflict, match="belongs to another partner"):
        added(session, cast.coordinator, "Lark Clinic", key="P-00001")


def test_bad_input_is_refused_with_a_sentence(session: Session, cast: Cast) -> None:
    with pytest.raises(Invalid, match="Name"):
        draft("  ")
    with pytest.raises(NotFound, match="relationship holder"):
        added(session, cast.coordinator, holder_id=999)
    partner_id = added(session, cast.coordinator)
    for status in (PartnerStatus.ENDED, PartnerStatus.PAUSED):
        with pytest.raises(Invalid, match=f"why the partnership is {status}"):
            change_partner(session, cast.coordinator, partner_id, 1, draft(status=status))
        with pytest.raises(Invalid, match=f"why the partnership is {status}"):
            added(session, cast.coordinator, "Lark Clinic", status=status)
    with pytest.raises(NotFound, match="not here"):
        change_partner(session, cast.coordinator, 999, 1, draft("Lark Clinic"))


def test_a_change_keeps_in_the_history_what_differs_and_nothing_else(session: Session, cast: Cast) -> None:
    partner_id = added(session, cast.coordinator, former_names=("Old Fern",))
    change_partner(session, cast.leadership, partner_id, 1, draft(area="North", former_names=("Older Fern",)))
    change = changes(session)[-1]
    assert change.before == {"area": "", "names": ["Old Fern (former name)"], "version": 1}
    assert change.after == {"area": "North", "names": ["Older Fern (former name)"], "version": 2}


def test_a_stale_edit_never_overwrites_a_newer_one(database: object, cast: Cast) -> None:
    with db.writing() as session:
        partner_id = added(session, cast.coordinator)
    with db.writing() as session:
        change_partner(session, cast.leadership, partner_id, 1, draft(area="North", other_names=("FH",)))
    with pytest.raises(Conflict, match="Somebody changed"), db.writing() as session:
        change_partner(session, cast.coordinator, partner_id, 1, draft(area="South"))
    with db.reading() as session:
        partner = session.get(Partner, partner_id)
        assert partner is not None
        assert (partner.area, partner.version) == ("North", 2)
        assert [n.name for n in session.exec(select(PartnerName))] == ["FH"]
        assert [c.verb for c in changes(session)] == ["add", "change"]


def test_archived_is_out_of_sight_never_gone(session: Session, cast: Cast) -> None:
    partner_id = added(session, cast.coordinator)
    with pytest.raises(Invalid, match="Say why"):
        archive_partner(session, cast.coordinator, partner_id, 1, "  ")
    archive_partner(session, cast.coordinator, partner_id, 1, "closed its doors")
    with pytest.raises(NotFound, match="archived"):
        known_partner(session, partner_id)
    with pytest.raises(Conflict, match="restore it instead"):
        added(session, cast.coordinator, "Fern House")
    with pytest.raises(Conflict):
        restore_partner(session, cast.coordinator, partner_id, 1)
    assert restore_partner(session, cast.coordinator, partner_id, 2).archive_reason == ""
    assert known_partner(session, partner_id).version == 3
    assert [c.verb for c in changes(session)] == ["add", "archive", "restore"]


def test_a_tribal_government_is_unscored_until_it_agrees(session: Session, cast: Cast) -> None:
    tribe = PartnerKind.TRIBAL_GOVERNMENT
    assert not add_partner(session, cast.coordinator, draft("Example Rancheria", kind=tribe)).scored
    with pytest.raises(NotAllowed, match="until it agrees"):
        added(session, cast.coordinator, "Sample Band", kind=tribe, scored=True)
    partner_id = added(session, cast.coordinator, "Sample Band", kind=tribe)
    with pytest.raises(NotAllowed, match="until it agrees"):
        change_partner(session, cast.coordinator, partner_id, 1, draft("Sample Band", kind=tribe, scored=True))
    agreed = change_partner(session, cast.tribal_liaison, partner_id, 1, draft("Sample Band", kind=tribe, scored=True))
    assert agreed.scored
    kept = change_partner(
        session, cast.coordinator, partner_id, 2, draft("Sample Band", kind=tribe, scored=True, area="East")
    )
    assert kept.scored
    assert add_partner(session, operator(), draft("Third Band", kind=tribe, scored=True)).scored


def test_becoming_a_tribal_government_ends_the_figures_and_only_some_may_undo_the_kind(
    session: Session, cast: Cast
) -> None:
    partner_id = added(session, cast.coordinator)
    tribe = change_partner(session, cast.coordinator, partner_id, 1, draft(kind=PartnerKind.TRIBAL_GOVERNMENT))
    assert not tribe.scored
    with pytest.raises(NotAllowed, match="would open what the Tribe shared"):
        change_partner(session, cast.coordinator, partner_id, 2, draft())
    assert change_partner(session, cast.leadership, partner_id, 2, draft()).kind == PartnerKind.COMMUNITY_ORGANIZATION


def cadence_facts(session: Session) -> list[tuple[float | None, date | None]]:
    facts = session.exec(select(Fact).where(Fact.kind == "cadence", col(Fact.known_to).is_(None)).order_by(Fact.on_day))
    return [(fact.value, fact.on_day) for fact in facts]


def test_the_cadence_agreed_last_for_a_day_holds(session: Session, cast: Cast) -> None:
    partner_id = added(session, cast.coordinator)
    agree_cadence(session, cast.coordinator, partner_id, 30, date(2026, 1, 1), "the director")
    agree_cadence(session, cast.coordinator, partner_id, 60, date(2026, 1, 1))
    agree_cadence(session, cast.coordinator, partner_id, 90, date(2026, 7, 1))
    assert cadence_facts(session) == [(60.0, date(2026, 1, 1)), (90.0, date(2026, 7, 1))]
    replaced = session.exec(select(Cadence).where(col(Cadence.voided_at).is_not(None))).one()
    assert (replaced.days, replaced.void_reason) == (30, "replaced by a newer agreement from the same day")
    verbs = [c.verb for c in changes(session)]
    assert verbs == ["add", "agree cadence", "void cadence", "agree cadence", "agree cadence"]


def test_a_wrongly_entered_cadence_is_voided_with_a_reason(session: Session, cast: Cast) -> None:
    partner_id = added(session, cast.coordinator)
    cadence = agree_cadence(session, cast.coordinator, partner_id, 9, None)
    for actor in (cast.viewer, cast.administrator):
        with pytest.raises(NotAllowed):
            void_cadence(session, actor, cadence.id or 0, 1, "typed 9 for 90")
    with pytest.raises(Invalid, match="Say why"):
        void_cadence(session, cast.coordinator, cadence.id or 0, 1, "")
    void_cadence(session, cast.coordinator, cadence.id or 0, 1, "typed 9 for 90")
    assert cadence_facts(session) == []
    with pytest.raises(Conflict):
        void_cadence(session, cast.coordinator, cadence.id or 0, 2, "again")


@pytest.mark.parametrize("days", [0, -7, 3661])
def test_a_cadence_is_one_day_to_ten_years(session: Session, cast: Cast, days: int) -> None:
    partner_id = added(session, cast.coordinator)
    with pytest.raises(Invalid, match="1 to 3,660"):
        agree_cadence(session, cast.coordinator, partner_id, days, None)


def test_the_same_agreement_twice_is_one(session: Session, cast: Cast) -> None:
    partner_id = added(session, cast.coordinator)
    first, again = (
        agree_cadence(session, cast.coordinator, partner_id, 30, date(2026, 3, 5), "their director") for _ in range(2)
    )
    assert first is again
    other = agree_cadence(session, cast.coordinator, partner_id, 45, date(2026, 3, 5), "their director")
    assert other is not first
    assert first.voided_at is not None


def test_a_sign_that_nobody_sees_is_left_out_of_what_was_typed(session: Session, cast: Cast) -> None:
    draft = PartnerDraft(name="La\0rk", kind=PartnerKind.SYSTEM_PARTNER, notes="a\0b", area="\0")
    partner = add_partner(session, cast.coordinator, draft)
    assert (partner.name, partner.notes, partner.area) == ("Lark", "ab", "")
    with pytest.raises(Conflict, match="Lark is here already"):
        add_partner(session, cast.coordinator, PartnerDraft(name="L\0ark", kind=PartnerKind.SYSTEM_PARTNER))
    assert session.exec(select(Partner).where(Partner.name == "x\0y")).first() is None
