"""“You said, we did”: approved by liaisons only, never a Tribe's without its agreement, taken down again."""

from typing import Any

import pytest
from sqlmodel import Session, select

from erp.errors import Conflict, Invalid, NotAllowed, NotFound
from erp.models.feedback import FeedbackItem
from erp.models.partners import Partner
from erp.models.public import PublishedAnswer
from erp.queries.publishing import approved, told_to_everybody
from erp.services.feedback import StepDraft, take_step, void_feedback
from erp.services.following import confirm_mended
from erp.services.publishing import AnswerDraft, publish, take_down
from erp.vocabulary import FeedbackState, PartnerKind, Readers
from tests.conftest import Cast
from tests.services.givers import SAID, given, last_change, link_for, partner, tell, tribe

TOLD = {"said": "Meetings begin too early", "decided": "We begin at four from now on"}


def draft(**more: Any) -> AnswerDraft:
    return AnswerDraft.of(**(TOLD | more))


def decided(session: Session, cast: Cast, link: Any = None, **more: Any) -> tuple[FeedbackItem, str]:
    item, receipt = given(session, link, **more)
    tell(session, cast, item) if more.get("readers", Readers.TEAM) is Readers.TEAM else step(session, cast, item)
    return item, receipt


def step(session: Session, cast: Cast, item: FeedbackItem) -> None:
    done = StepDraft(on_day=item.received_on, said="We begin at four")  # pyright: ignore[reportArgumentType]
    take_step(session, cast.community_liaison, item.id or 0, item.version, FeedbackState.DECIDED, done)


def test_everybody_reads_what_a_liaison_approved(session: Session, cast: Cast) -> None:
    item, receipt = decided(session, cast)
    assert told_to_everybody(session) == []
    publish(session, cast.community_liaison, item.id or 0, draft(changed="A new hour"))
    [told] = told_to_everybody(session)
    assert (told.said, told.decided, told.changed, told.confirmed) == (*TOLD.values(), "A new hour", False)
    confirm_mended(session, receipt)
    assert told_to_everybody(session)[0].confirmed
    assert (last_change(session).record_kind) == "feedback_item"


def test_only_liaisons_approve(session: Session, cast: Cast) -> None:
    item, _ = decided(session, cast)
    for actor in (cast.coordinator, cast.leadership, cast.administrator, cast.viewer):
        with pytest.raises(NotAllowed):
            publish(session, actor, item.id or 0, draft())
    assert publish(session, cast.tribal_liaison, item.id or 0, draft()).recorded_by == 3


def test_the_givers_words_only_where_they_allowed_it(session: Session, cast: Cast) -> None:
    item, _ = decided(session, cast)
    for field in ("said", "said_es"):
        with pytest.raises(Invalid, match="did not allow their words"):
            publish(session, cast.community_liaison, item.id or 0, draft(**{field: f" {SAID.upper()}\n"}))
    for said in (f"A parent said: {SAID}!", SAID.replace(" ", "  ")):
        with pytest.raises(Invalid, match="did not allow their words"):
            publish(session, cast.community_liaison, item.id or 0, draft(changed=said))
    allowed, _ = decided(session, cast, may_quote=True)
    assert publish(session, cast.community_liaison, allowed.id or 0, draft(said=SAID)).said == SAID


def test_what_is_open_to_some_only_is_published_only_where_its_giver_allowed_it(session: Session, cast: Cast) -> None:
    item, _ = decided(session, cast, readers=Readers.COMMUNITY_LIAISON)
    with pytest.raises(Invalid, match="stays with them"):
        publish(session, cast.community_liaison, item.id or 0, draft())
    with pytest.raises(NotFound):
        publish(session, cast.tribal_liaison, item.id or 0, draft())
    allowed, _ = decided(session, cast, readers=Readers.COMMUNITY_LIAISON, may_quote=True)
    publish(session, cast.community_liaison, allowed.id or 0, draft())
    assert len(told_to_everybody(session)) == 1


def test_never_a_tribes_without_its_agreement(session: Session, cast: Cast) -> None:
    item, _ = decided(session, cast, link_for(session, cast, partner_id=tribe(session, cast)))
    with pytest.raises(Invalid, match="who of the Tribe agreed"):
        publish(session, cast.tribal_liaison, item.id or 0, draft())
    with pytest.raises(NotFound):
        publish(session, cast.community_liaison, item.id or 0, draft(agreed_by="Council, March 3"))
    publish(session, cast.tribal_liaison, item.id or 0, draft(agreed_by="Council, March 3"))
    assert len(told_to_everybody(session)) == 1


def test_what_becomes_a_tribes_later_leaves_the_page_at_once(session: Session, cast: Cast) -> None:
    fern = partner(session, cast)
    item, _ = decided(session, cast, link_for(session, cast, partner_id=fern))
    publish(session, cast.community_liaison, item.id or 0, draft())
    assert len(told_to_everybody(session)) == 1
    session.get(Partner, fern).kind = PartnerKind.TRIBAL_GOVERNMENT  # pyright: ignore[reportOptionalMemberAccess]
    session.flush()
    assert told_to_everybody(session) == []


def test_what_one_tribe_agreed_to_is_not_another_tribes_agreement(session: Session, cast: Cast) -> None:
    item, _ = decided(session, cast, link_for(session, cast, partner_id=tribe(session, cast)))
    publish(session, cast.tribal_liaison, item.id or 0, draft(agreed_by="Council, March 3"))
    other = partner(session, cast, "Reed Lake Tribe", PartnerKind.TRIBAL_GOVERNMENT)
    item.partner_id = other
    session.flush()
    assert told_to_everybody(session) == []
    here = approved(session, cast.tribal_liaison, item.id or 0)
    assert here is not None
    assert not here.shown


def test_nothing_is_published_before_it_is_decided(session: Session, cast: Cast) -> None:
    item, _ = given(session)
    with pytest.raises(Invalid, match="Nothing is decided yet"):
        publish(session, cast.community_liaison, item.id or 0, draft())
    decided_item, _ = decided(session, cast)
    for missing in ("said", "decided"):
        with pytest.raises(Invalid, match="the page shows both"):
            publish(session, cast.community_liaison, decided_item.id or 0, draft(**{missing: " "}))
    assert not session.exec(select(PublishedAnswer)).all()


def test_it_is_changed_taken_down_and_put_up_again(session: Session, cast: Cast) -> None:
    item, _ = decided(session, cast)
    item_id = item.id or 0
    publish(session, cast.community_liaison, item_id, draft())
    with pytest.raises(Conflict):
        publish(session, cast.community_liaison, item_id, draft(), 0)
    publish(session, cast.community_liaison, item_id, draft(changed="A new hour"), 1)
    take_down(session, cast.community_liaison, item_id, 2)
    assert (last_change(session).verb, told_to_everybody(session)) == ("take down", [])
    here = approved(session, cast.coordinator, item_id)
    assert here is not None
    assert (here.shown, here.version) == (False, 3)
    publish(session, cast.community_liaison, item_id, draft(), 3)
    assert len(told_to_everybody(session)) == 1


def test_a_voided_item_leaves_the_page(session: Session, cast: Cast) -> None:
    item, _ = decided(session, cast)
    publish(session, cast.community_liaison, item.id or 0, draft())
    void_feedback(session, cast.coordinator, item.id or 0, item.version, "entered twice")
    assert told_to_everybody(session) == []


def test_the_page_is_read_in_pages_the_newest_first(session: Session, cast: Cast) -> None:
    for n in range(3):
        item, _ = decided(session, cast)
        publish(session, cast.community_liaison, item.id or 0, draft(said=f"Number {n}"))
    assert [told.said for told in told_to_everybody(session, 1, 2)] == ["Number 2", "Number 1", "Number 0"]
    assert [told.said for told in told_to_everybody(session, 2, 2)] == ["Number 0"]
