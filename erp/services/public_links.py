"""Public links: making one for a partner, a forum or an engagement, ending it, and opening what it is for."""

from datetime import date, timedelta

from sqlmodel import Session, select

from erp.access import Actor
from erp.errors import Invalid, NotFound
from erp.models.contacts import Forum
from erp.models.engagements import Engagement
from erp.models.partners import Partner
from erp.models.public import PublicLink
from erp.queries.county import today
from erp.queries.visible import links_visible_to
from erp.services.checks import require_meeting
from erp.services.drafts import Draft
from erp.services.keys import new_secret
from erp.services.records import get_or_refuse, now, record_change, snapshot
from erp.services.sign_in import token_hash
from erp.vocabulary import LinkPurpose, RecordKind, Verb

#: Days for which a link works unless another day is chosen; and at most. Ours: a printed agenda lasts a season.
USUAL_DAYS = 90
MOST_DAYS = 730
#: What the history leaves out of a link: it is of no use to anybody, and not to be guessed from.
_UNTOLD = "secret_hash"


class LinkDraft(Draft):
    """A link as somebody asks for it: for one partner, forum or engagement, and in which words the page says so."""

    purpose: LinkPurpose = LinkPurpose.FEEDBACK
    shown_as: str
    expires_on: date
    partner_id: int | None = None
    forum_id: int | None = None
    engagement_id: int | None = None


def make_link(session: Session, actor: Actor, draft: LinkDraft) -> tuple[PublicLink, str]:
    """Make a link; return it with its secret, which is known at this moment only.

    Raises: NotAllowed, NotFound (no such partner, forum or meeting), Invalid.
    """
    actor.require(Verb.ADD, RecordKind.PUBLIC_LINK)
    _check(session, actor, draft)
    secret = new_secret()
    link = PublicLink(
        secret_hash=token_hash(secret), recorded_at=now(), recorded_by=actor.user_id, **draft.model_dump()
    )
    session.add(link)
    session.flush()
    record_change(session, actor, "make", RecordKind.PUBLIC_LINK, link.id, after=_told(link))
    session.flush()
    return link, secret


def end_link(session: Session, actor: Actor, link_id: int) -> PublicLink:
    """End a link: from now on it opens nothing. Ending it twice changes nothing. Raises: NotAllowed, NotFound."""
    actor.require(Verb.ARCHIVE, RecordKind.PUBLIC_LINK)
    link = session.exec(select(PublicLink).where(PublicLink.id == link_id, links_visible_to(actor))).first()
    if link is None:
        raise NotFound("This link is not here. It may be of a meeting that you cannot see.")
    if link.ended_at is None:
        before = _told(link)
        link.ended_at = now()
        link.version += 1
        record_change(session, actor, "end", RecordKind.PUBLIC_LINK, link.id, before=before, after=_told(link))
        session.flush()
    return link


def open_link(session: Session, secret: str, purpose: LinkPurpose) -> PublicLink | None:
    """Return the link of a secret that works today; None where there is none, or what it is for was put away."""
    link = session.exec(
        select(PublicLink).where(PublicLink.secret_hash == token_hash(secret), PublicLink.purpose == purpose)
    ).first()
    if link is None or link.ended_at is not None or link.expires_on < today(session):
        return None
    partner, forum = session.get(Partner, link.partner_id or 0), session.get(Forum, link.forum_id or 0)
    meeting = session.get(Engagement, link.engagement_id or 0)
    put_away = (
        (partner is not None and partner.archived_at is not None)
        or (forum is not None and forum.archived_at is not None)
        or (meeting is not None and meeting.voided_at is not None)
    )
    return None if put_away else link


def _check(session: Session, actor: Actor, draft: LinkDraft) -> None:
    subjects = [draft.partner_id, draft.forum_id, draft.engagement_id]
    if sum(subject is not None for subject in subjects) != 1:
        raise Invalid("Say what the link is for: one partner, one forum or one meeting.")
    if not draft.shown_as:
        raise Invalid("Say in a few words what the page is about, for example the name of the meeting and its day.")
    this_day = today(session)
    if not this_day <= draft.expires_on <= this_day + timedelta(days=MOST_DAYS):
        raise Invalid("Choose a last day between today and two years from now.")
    if draft.purpose is LinkPurpose.RATING and draft.partner_id is None:
        raise Invalid("A link to rate a partnership is for one partner.")
    if draft.partner_id is not None and get_or_refuse(session, Partner, draft.partner_id, "partner").archived_at:
        raise Invalid("This partner is archived. Restore it first.")
    if draft.forum_id is not None and get_or_refuse(session, Forum, draft.forum_id, "forum").archived_at:
        raise Invalid("This forum is archived. Restore it first.")
    require_meeting(session, actor, draft.engagement_id)
    meeting = session.get(Engagement, draft.engagement_id) if draft.engagement_id is not None else None
    if meeting is not None and meeting.voided_at is not None:
        raise Invalid("This meeting was voided. Restore it first.")


def _told(link: PublicLink) -> dict[str, object]:
    return {name: value for name, value in snapshot(link).items() if name != _UNTOLD}
