"""An earlier value is put back as a new change, by the rules of the record and for who may see it."""

from datetime import date
from typing import Any

import pytest
from sqlmodel import Session

from erp import db
from erp.access import Actor
from erp.errors import Conflict, Invalid, NotAllowed, NotFound
from erp.models.changes import Change
from erp.models.commitments import Commitment
from erp.models.contacts import Contact, Forum
from erp.models.engagements import Engagement
from erp.models.feedback import FeedbackItem
from erp.models.partners import Partner, PartnerName, Relationship
from erp.services import guards
from erp.services.commitments import CommitmentDraft, change_commitment, make_commitment
from erp.services.contacts import ContactDraft, add_contact, change_contact
from erp.services.engagements import EngagementDraft, PartnerAt, change_engagement, log_engagement
from erp.services.feedback import FeedbackDraft, change_feedback, receive_feedback
from erp.services.forums import ForumDraft, add_forum, change_forum
from erp.services.partners import PartnerDraft, add_partner, archive_partner, change_partner
from erp.services.records import record_change
from erp.services.relationships import RelationshipDraft, add_relationship, change_relationship
from erp.services.restoring import RESTORABLE, restore_value
from erp.vocabulary import PartnerKind, RecordKind, Side
from tests.conftest import Cast
from tests.services.county_imports import stored

pytestmark = pytest.mark.usefixtures("database")

DAY = date(2026, 3, 4)
FERN = PartnerDraft(
    name="Fern House", kind=PartnerKind.OTHER, area="North", languages=("English", "Hmong"), former_names=("Oak House",)
)


def write(service: Any, actor: Actor, *args: Any) -> Any:
    with db.writing() as session:
        return service(session, actor, *args)


def newest() -> int:
    return max(change.id or 0 for change in stored(Change))


def put_back(actor: Actor, field: str, change_id: int | None = None, seen: int | None = None) -> None:
    with db.writing() as session:
        restore_value(session, actor, change_id or newest(), field, seen or newest())


def changed(session: Session, actor: Actor, kind: RecordKind) -> tuple[Any, str, Any]:
    """Add a record of a kind and change one field of it; return its table, the field and what it held before."""
    fern = add_partner(session, actor, FERN).id or 0
    at = (PartnerAt(partner_id=fern),)
    if kind is RecordKind.PARTNER:
        change_partner(session, actor, fern, 1, FERN.model_copy(update={"languages": ("Spanish",), "notes": "New"}))
        return Partner, "languages", "English; Hmong"
    if kind is RecordKind.CONTACT:
        ana = ContactDraft(partner_id=fern, name="Ana", role="Director", phone="555-0100")
        number = add_contact(session, actor, ana).id or 0
        change_contact(session, actor, number, 1, ana.model_copy(update={"phone": "555-0199"}))
        return Contact, "phone", "555-0100"
    if kind is RecordKind.FORUM:
        number = add_forum(session, actor, ForumDraft(name="Council", purpose="Prevention")).id or 0
        change_forum(session, actor, number, 1, ForumDraft(name="Council", purpose="Housing"))
        return Forum, "purpose", "Prevention"
    if kind is RecordKind.RELATIONSHIP:
        lark = add_partner(session, actor, PartnerDraft(name="Lark Clinic", kind=PartnerKind.OTHER)).id or 0
        tie = RelationshipDraft(from_partner_id=fern, to_partner_id=lark, what="advises", from_on=DAY)
        number = add_relationship(session, actor, tie).id or 0
        change_relationship(session, actor, number, 1, tie.model_copy(update={"from_on": None}))
        return Relationship, "from_on", DAY
    if kind is RecordKind.ENGAGEMENT:
        draft = EngagementDraft(held_on=DAY, purpose="Seats", partners=at, facts="Forty came")
        number = log_engagement(session, actor, draft).id or 0
        change_engagement(session, actor, number, 1, draft.model_copy(update={"facts": "Fifty came"}))
        return Engagement, "facts", "Forty came"
    if kind is RecordKind.COMMITMENT:
        draft = CommitmentDraft(what="Call", partner_id=fern, owed_by=Side.COUNTY, due_on=DAY)
        number = make_commitment(session, actor, draft).id or 0
        change_commitment(session, actor, number, 1, draft.model_copy(update={"due_on": date(2026, 5, 1)}))
        return Commitment, "due_on", DAY
    draft = FeedbackDraft(words="Later", partner_id=fern, person="a parent", received_on=DAY)
    number = receive_feedback(session, actor, draft).id or 0
    change_feedback(session, actor, number, 1, draft.model_copy(update={"words": "Sooner"}))
    return FeedbackItem, "words", "Later"


@pytest.mark.parametrize("kind", RESTORABLE)
def test_an_earlier_value_is_put_back_as_a_new_change(cast: Cast, kind: RecordKind) -> None:
    with db.writing() as session:
        table, field, before = changed(session, cast.coordinator, kind)
    count = len(stored(Change))
    put_back(cast.leadership, field)
    record = stored(table)[0]
    assert getattr(record, field) == before
    assert record.version == 3
    last = stored(Change)[-1]
    assert (len(stored(Change)), last.actor_name, last.verb) == (count + 1, "Lena Leader", "change")
    with db.reading() as session:
        assert guards.verify_changes(session) == []


def test_what_else_the_record_holds_stays(cast: Cast) -> None:
    with db.writing() as session:
        changed(session, cast.coordinator, RecordKind.PARTNER)
    put_back(cast.coordinator, "languages")
    kept = stored(Partner)[0]
    assert (kept.notes, kept.area) == ("New", "North")
    assert [name.name for name in stored(PartnerName)] == ["Oak House"]


def test_a_record_changed_since_its_history_was_read_is_left(cast: Cast) -> None:
    with db.writing() as session:
        changed(session, cast.coordinator, RecordKind.PARTNER)
    seen = newest()
    write(change_partner, cast.leadership, 1, 2, FERN)
    with pytest.raises(Conflict, match="since"):
        put_back(cast.coordinator, "languages", seen, seen)


def test_who_may_and_who_may_not_even_see_it(cast: Cast) -> None:
    tribe = PartnerDraft(name="Heron Bay Tribe", kind=PartnerKind.TRIBAL_GOVERNMENT)
    number = write(add_partner, cast.leadership, tribe).id
    draft = EngagementDraft(held_on=DAY, purpose="Land", partners=(PartnerAt(partner_id=number),))
    meeting = write(log_engagement, cast.leadership, draft).id
    write(change_engagement, cast.leadership, meeting, 1, draft.model_copy(update={"purpose": "Water"}))
    with pytest.raises(NotAllowed):
        put_back(cast.viewer, "purpose")
    with pytest.raises(NotFound):
        put_back(cast.coordinator, "purpose")
    put_back(cast.tribal_liaison, "purpose")
    assert stored(Engagement)[0].purpose == "Land"


def test_what_belongs_together_or_was_never_there_is_not_put_back(cast: Cast) -> None:
    write(add_partner, cast.coordinator, FERN)
    write(change_partner, cast.coordinator, 1, 1, FERN.model_copy(update={"former_names": (), "area": "East"}))
    with pytest.raises(Invalid, match="form of the record"):
        put_back(cast.coordinator, "names")
    with pytest.raises(NotFound):
        put_back(cast.coordinator, "notes")
    with pytest.raises(NotFound):
        put_back(cast.coordinator, "area", 999)


def test_the_rules_of_the_record_hold(cast: Cast) -> None:
    write(add_partner, cast.coordinator, FERN)
    write(change_partner, cast.coordinator, 1, 1, FERN.model_copy(update={"name": "Fern Home"}))
    renamed = newest()
    write(add_partner, cast.coordinator, FERN)
    with pytest.raises(Conflict, match="is here already"):
        put_back(cast.coordinator, "name", renamed, renamed)


def test_what_is_archived_is_restored_first(cast: Cast) -> None:
    write(add_partner, cast.coordinator, FERN)
    write(change_partner, cast.coordinator, 1, 1, FERN.model_copy(update={"area": "East"}))
    moved = newest()
    write(archive_partner, cast.coordinator, 1, 2, "Gone")
    with pytest.raises(Invalid, match="archived"):
        put_back(cast.coordinator, "area", moved)


def test_another_name_taken_back_is_no_earlier_name_of_the_partner(cast: Cast) -> None:
    write(add_partner, cast.coordinator, FERN)
    with db.writing() as session:
        told = {"name": "Gorse House"}
        record_change(
            session, cast.coordinator, "take name back", RecordKind.PARTNER, 1, before=told, after={"name": None}
        )
    with pytest.raises(Invalid, match="not put back by itself"):
        put_back(cast.coordinator, "name")
    assert stored(Partner)[0].name == "Fern House"


def test_a_tribe_agrees_to_figures_anew_when_its_kind_is_put_back(cast: Cast) -> None:
    tribe = PartnerDraft(name="Heron Bay Tribe", kind=PartnerKind.TRIBAL_GOVERNMENT)
    write(add_partner, cast.tribal_liaison, tribe)
    other = PartnerDraft(name="Heron Bay Tribe", kind=PartnerKind.OTHER, scored=True)
    write(change_partner, cast.tribal_liaison, 1, 1, other)
    put_back(cast.tribal_liaison, "kind")
    kept = stored(Partner)[0]
    assert (kept.kind, kept.scored) == (PartnerKind.TRIBAL_GOVERNMENT, False)
