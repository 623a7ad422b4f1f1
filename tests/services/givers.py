"""Feedback given on a public page, for the tests of both sides of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import time_machine
from sqlmodel import Session, col, select

from erp.models.changes import Change
from erp.models.feedback import FeedbackItem
from erp.queries.county import today
from erp.services.engagements import EngagementDraft, PartnerAt, log_engagement
from erp.services.feedback import StepDraft, take_step
from erp.services.giving import GivenDraft, give_feedback
from erp.services.keys import new_secret
from erp.services.partners import PartnerDraft, add_partner
from erp.services.public_links import LinkDraft, make_link, open_link
from erp.services.sign_in import token_hash
from erp.vocabulary import FeedbackState, LinkPurpose, PartnerKind, Signed
from tests.conftest import Cast

S = FeedbackState
SAID = "The meeting begins before school ends"


def partner(
    session: Session, cast: Cast, name: str = "Fern House", kind: PartnerKind = PartnerKind.COMMUNITY_ORGANIZATION
) -> int:
    return add_partner(session, cast.tribal_liaison, PartnerDraft(name=name, kind=kind)).id or 0


def tribe(session: Session, cast: Cast) -> int:
    return partner(session, cast, "Sedge Creek Band", PartnerKind.TRIBAL_GOVERNMENT)


def meeting(session: Session, cast: Cast, partner_id: int) -> int:
    there = [PartnerAt(partner_id=partner_id)]
    draft = EngagementDraft.of(purpose="Planning", held_on=date(2026, 3, 5), partners=there)
    return log_engagement(session, cast.tribal_liaison, draft).id or 0


def link_for(session: Session, cast: Cast, **subject: Any) -> Any:
    """Make a link, and open it as whoever has it does."""
    expires_on = today(session) + timedelta(days=30)
    draft = LinkDraft.of(**({"shown_as": "Families council", "expires_on": expires_on} | subject))
    _, secret = make_link(session, cast.tribal_liaison, draft)
    return open_link(session, secret, LinkPurpose.FEEDBACK)


def given(session: Session, link: Any = None, **more: Any) -> tuple[FeedbackItem, str]:
    """Give feedback; return the item and what its receipt is known by."""
    secret = new_secret()
    return give_feedback(session, link, GivenDraft.of(**({"words": SAID} | more)), secret), token_hash(secret)


def named(**more: Any) -> dict[str, Any]:
    return {"signed": Signed.NAMED, "name": "Renata Olmo", "reach": "renata@mail.example"} | more


def tell(session: Session, cast: Cast, item: FeedbackItem, how: str = "By phone") -> None:
    """Decide and tell the giver, today."""
    for step in (S.DECIDED, S.TOLD):
        draft = StepDraft(on_day=today(session), how=how, said="We begin at four from now on")
        take_step(session, cast.tribal_liaison, item.id or 0, item.version, step, draft)


@contextmanager
def days_later(days: int) -> Iterator[None]:
    """Let it be some days later."""
    with time_machine.travel(datetime.now(UTC) + timedelta(days=days), tick=False):
        yield


def last_change(session: Session) -> Change:
    return session.exec(select(Change).order_by(col(Change.id).desc())).first()  # pyright: ignore[reportReturnType] -- there is one
