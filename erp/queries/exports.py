"""Records under the canonical headings, the same for import and export, and only what the actor may see.

After the canonical headings come `notes` and the county's own columns without a place.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Select, and_
from sqlmodel import Session, col, select

from erp.access import Actor
from erp.errors import Invalid
from erp.importing.cells import several
from erp.importing.dates import read_day
from erp.importing.fields import FIELDS, Field
from erp.importing.readings import Here
from erp.importing.values import read_cell
from erp.models.accounts import Account
from erp.models.commitments import Commitment
from erp.models.contacts import Contact, Forum
from erp.models.engagements import BehaviorTag, Engagement, EngagementPartner, TopicTag
from erp.models.feedback import FeedbackItem, FeedbackStep
from erp.models.partners import Cadence, Partner, PartnerName
from erp.models.ratings import Rating
from erp.queries.county import today
from erp.queries.frameworks import frameworks_of
from erp.queries.visible import (
    commitments_visible_to,
    engagements_visible_to,
    feedback_visible_to,
    ratings_visible_to,
)
from erp.vocabulary import (
    FeedbackState,
    NameKind,
    Readers,
    Recognition,
    RecordKind,
    Verb,
)

Row = dict[str, Any]
Only = Collection[int] | None

#: What a county's own heading gets where it is one of ours, too.
_KEPT = " (kept)"


@dataclass(frozen=True, slots=True)
class Written:
    """A record as an export writes it: its id, a cell for every canonical heading, and the county's own columns.

    as_written: field → the county's own words, kept beside the value.
    """

    number: int
    cells: dict[str, str]
    extras: dict[str, str]
    as_written: dict[str, str]


def export_rows(session: Session, actor: Actor, kind: str) -> pd.DataFrame:
    """Return every record of a kind the actor may see, one row each, in order of entry.

    Columns: the canonical headings of `kind` (erp.importing.fields), all text, several values separated by "; ", then
    one column per county heading without a place. Voided and archived records are left out.
    Raises: Invalid (no such kind), NotAllowed.
    """
    if kind not in _EXPORTS:
        raise Invalid(f"There is no kind of record “{kind}”. Choose one of: {', '.join(_EXPORTS)}.")
    written = list(written_out(session, actor, kind))
    headings = [field.name for field in FIELDS[kind]]
    rows = pd.DataFrame([list(one.cells.values()) for one in written], columns=headings, dtype=object)
    own: dict[str, str] = {}
    for heading in (heading for one in written for heading in one.extras):
        own.setdefault(folded(heading), heading + _KEPT if _plainly(heading) in headings else heading)
    columns = {shown: [""] * len(written) for shown in own.values()}
    for place, one in enumerate(written):
        for heading, cell in one.extras.items():
            columns[own[folded(heading)]][place] = cell
    return pd.concat([rows, pd.DataFrame(columns, index=rows.index, dtype=object)], axis=1) if columns else rows


def written_out(session: Session, actor: Actor, kind: str, only: Collection[int] | None = None) -> Iterator[Written]:
    """Yield the records of a kind that the actor may see as an export writes them, in order of entry.

    `only`: these ids. Raises: NotAllowed.
    """
    record_kind, rows_of = _EXPORTS[kind]
    actor.require(Verb.EXPORT, record_kind)
    here = Here(today(session), frameworks_of(session))
    for record, row in rows_of(session, actor, only):
        # A county's own columns, and a person's notes, may hold a phone number, or the name itself.
        withheld = kind in ("contacts", "feedback") and not actor.may(Verb.SEE, RecordKind.CONTACT_CHANNEL)
        full = {**row, "key": record.key, "notes": "" if withheld and kind == "contacts" else record.notes}
        written = {} if withheld else record.as_written
        cells = {
            field.name: _cell(field, full.get(field.name), written.get(field.name), here) for field in FIELDS[kind]
        }
        yield Written(record.id, cells, {} if withheld else record.extras, written)


def folded(heading: str) -> str:
    """Return a county's heading for comparing: without case and spacing, and as it was before an export."""
    return _plainly(heading).removesuffix(_KEPT)


def _plainly(heading: str) -> str:
    return " ".join(heading.split()).casefold()


def _partners(session: Session, _actor: Actor, only: Only) -> Iterable[tuple[Any, Row]]:
    names: dict[tuple[int, NameKind], list[str]] = defaultdict(list)
    for name in session.scalars(_of(select(PartnerName), PartnerName.partner_id, only).order_by(PartnerName.name)):
        names[name.partner_id, name.kind].append(name.name)
    agreed = _of(select(Cadence), Cadence.partner_id, only).where(col(Cadence.voided_at).is_(None))
    newest = sorted(session.scalars(agreed), key=lambda one: (one.from_on or date.min, one.id))
    cadences = {one.partner_id: one for one in newest}
    holders = dict(session.execute(select(col(Account.id), Account.name)).all())
    question = (
        _of(select(Partner), Partner.id, only).where(col(Partner.archived_at).is_(None)).order_by(col(Partner.id))
    )
    for partner in session.scalars(question):
        cadence = cadences.get(partner.id or 0)
        yield (
            partner,
            {
                "name": partner.name,
                "kind": _kind_words(partner),
                "other_names": names[partner.id or 0, NameKind.OTHER],
                "former_names": names[partner.id or 0, NameKind.FORMER],
                "area": partner.area,
                "languages": partner.languages,
                "cadence_days": cadence.days if cadence else None,
                "cadence_from": cadence.from_on if cadence else None,
                "status": partner.status,
                "holder": holders.get(partner.holder_id) if partner.holder_id else None,
                "scored": partner.scored,
            },
        )


def _kind_words(partner: Partner) -> str:
    words = partner.kind.label.lower().replace("tribal", "Tribal")
    if partner.recognition != Recognition.NOT_SAID:
        words += f" ({partner.recognition.label})"
    return words


def _contacts(session: Session, actor: Actor, only: Only) -> Iterable[tuple[Any, Row]]:
    channels = actor.may(Verb.SEE, RecordKind.CONTACT_CHANNEL)
    names = _names(session, Partner)
    question = (
        _of(select(Contact), Contact.id, only).where(col(Contact.archived_at).is_(None)).order_by(col(Contact.id))
    )
    for contact in session.scalars(question):
        plain = {name: getattr(contact, name) for name in ("role", "language", "do_not_contact", "may_be_named")}
        personal = {"email": contact.email, "phone": contact.phone} if channels else {}
        if channels or contact.may_be_named is True:
            personal["name"] = contact.name
        yield contact, {**plain, **personal, "partner": names.get(contact.partner_id or 0)}


def _engagements(session: Session, actor: Actor, only: Only) -> Iterable[tuple[Any, Row]]:
    names, forums = _listable(session), _names(session, Forum)
    at: dict[int, list[EngagementPartner]] = defaultdict(list)
    links_of = _of(select(EngagementPartner), EngagementPartner.engagement_id, only).order_by(col(EngagementPartner.id))
    for link in session.scalars(links_of):
        at[link.engagement_id].append(link)
    behaviors, topics = _tags(session, BehaviorTag, only), _tags(session, TopicTag, only)
    for engagement in _seen(session, Engagement, engagements_visible_to(actor), only):
        links, written = at[engagement.id], engagement.as_written
        texts = ("county_people", "purpose", "facts", "quotes", "opinions", "decisions")
        plain = (*texts, "asked_by", "agenda_by", "decided_by")
        yield (
            engagement,
            {name: getattr(engagement, name) for name in plain}
            | {
                "held_on": _day_and_time(engagement),
                "status": engagement.status,
                "kind": engagement.kind,
                "forum": forums.get(engagement.forum_id or 0),
                "partners": [names.get(link.partner_id or 0) or link.name_written for link in links],
                # A word that said neither yes nor no stays what the county wrote.
                "two_way": any(link.two_way for link in links) if links and "two_way" not in written else None,
                "behaviors": _with_words(behaviors[engagement.id], engagement, "behaviors"),
                "topics": _with_words(topics[engagement.id], engagement, "topics"),
            },
        )


def _day_and_time(engagement: Engagement) -> str | None:
    """Write the day with its time, where that reads as a day again: “after lunch” would make mere words of both."""
    day, time = engagement.held_on, engagement.held_at
    if day is None or not time:
        return None if day is None else day.isoformat()
    both = f"{day.isoformat()} {time}"
    return both if read_day(both, day).day == day else day.isoformat()


def _commitments(session: Session, actor: Actor, only: Only) -> Iterable[tuple[Any, Row]]:
    names = _listable(session)
    keys = dict(session.execute(_made_at(actor, only)).all())
    for promise in _seen(session, Commitment, commitments_visible_to(actor), only):
        plain = ("what", "owed_by", "made_on", "due_on", "done_on", "withdrawn_on", "reason")
        yield (
            promise,
            {name: getattr(promise, name) for name in plain}
            | {
                "partner": names.get(promise.partner_id or 0),
                "engagement": keys.get(promise.engagement_id or 0),
            },
        )


def _feedback(session: Session, actor: Actor, only: Only) -> Iterable[tuple[Any, Row]]:
    names = _listable(session)
    steps: dict[int, list[FeedbackStep]] = defaultdict(list)
    steps_of = _of(select(FeedbackStep), FeedbackStep.item_id, only)
    for step in session.scalars(steps_of.order_by(col(FeedbackStep.item_id), col(FeedbackStep.position))):
        steps[step.item_id].append(step)
    people = {contact.id: contact for contact in session.scalars(select(Contact))}
    names_shown = actor.may(Verb.SEE, RecordKind.CONTACT_CHANNEL)
    # A file cannot keep who may read an item: what its giver opened to some readers only stays here.
    for_all = and_(feedback_visible_to(actor), col(FeedbackItem.readers) == Readers.TEAM)
    for item in _seen(session, FeedbackItem, for_all, only):
        of_item = steps[item.id]
        plain = ("anonymous", "words", "language", "translation", "received_on", "decision")
        told, confirmed = _last(of_item, FeedbackState.TOLD), _last(of_item, FeedbackState.CONFIRMED)
        yield (
            item,
            {name: getattr(item, name) for name in plain}
            | {
                "partner": names.get(item.partner_id or 0),
                "person": _person(item, people.get(item.contact_id or 0), names=names_shown),
                "way": item.way,
                "kind": item.kind,
                "acknowledged_on": _day(_last(of_item, FeedbackState.ACKNOWLEDGED)),
                "decided_on": _day(_last(of_item, FeedbackState.DECIDED)),
                "told_on": [_day(s) for s in of_item if s.step == FeedbackState.TOLD and s.on_day],
                "told_how": told.how if told else None,
                "confirmed_on": _day(confirmed),
                "confirmed_how": confirmed.how if confirmed else None,
                "reopened_on": [_day(s) for s in of_item if s.step == FeedbackState.REOPENED and s.on_day],
            },
        )


def _person(item: FeedbackItem, contact: Contact | None, *, names: bool) -> str:
    """Return the person or role that gave an item, where this may be told to who exports it."""
    if contact is not None:
        named = names or contact.may_be_named is True
        return contact.name if named and contact.name else contact.role
    return item.person if names else ""


def _ratings(session: Session, actor: Actor, only: Only) -> Iterable[tuple[Any, Row]]:
    names = _names(session, Partner)
    for rating in _seen(session, Rating, ratings_visible_to(actor), only):
        items = {f"item_{n}": getattr(rating, f"item_{n}") for n in range(1, 11)}
        yield (
            rating,
            items
            | {
                "partner": names.get(rating.partner_id or 0),
                "respondent": rating.respondent,
                "side": rating.side,
                "rated_on": rating.rated_on,
            },
        )


_EXPORTS: dict[str, tuple[RecordKind, Callable[[Session, Actor, Only], Iterable[tuple[Any, Row]]]]] = {
    "partners": (RecordKind.PARTNER, _partners),
    "contacts": (RecordKind.CONTACT, _contacts),
    "engagements": (RecordKind.ENGAGEMENT, _engagements),
    "commitments": (RecordKind.COMMITMENT, _commitments),
    "feedback": (RecordKind.FEEDBACK_ITEM, _feedback),
    "ratings": (RecordKind.RATING, _ratings),
}


#: Kind of file → kind of record.
RECORD_KINDS: dict[str, RecordKind] = {kind: record_kind for kind, (record_kind, _) in _EXPORTS.items()}


def _seen(session: Session, noun: Any, visible: ColumnElement[bool], only: Only) -> Iterable[Any]:
    question: Select[Any] = select(noun).where(noun.voided_at.is_(None), visible).order_by(noun.id)
    return session.scalars(_of(question, noun.id, only))


def _of(question: Any, record_id: Any, only: Only) -> Any:
    return question if only is None else question.where(col(record_id).in_(only))


def _made_at(actor: Actor, only: Only) -> Any:
    question = select(col(Engagement.id), Engagement.key).where(engagements_visible_to(actor))
    if only is None:
        return question
    return question.join(Commitment, col(Commitment.engagement_id) == col(Engagement.id)).where(
        col(Commitment.id).in_(only)
    )


def _names(session: Session, noun: type[Partner] | type[Forum]) -> dict[int, str]:
    return dict(session.execute(select(noun.id, noun.name)).all())  # pyright: ignore[reportArgumentType, reportReturnType, reportCallIssue] -- ids of stored rows are not None


def _listable(session: Session) -> dict[int, str]:
    """Name each partner as a cell with several names can: by its key where the name itself would be parted."""
    partners = session.execute(select(col(Partner.id), Partner.name, Partner.key))
    return {number: name if several(name) == (name,) else key for number, name, key in partners}


def _tags(session: Session, noun: type[BehaviorTag] | type[TopicTag], only: Only) -> dict[int, list[str]]:
    tags: dict[int, list[str]] = defaultdict(list)
    for tag in session.scalars(_of(select(noun), noun.engagement_id, only).order_by(col(noun.id))):
        tags[tag.engagement_id].append(tag.entry_id)
    return tags


def _with_words(entries: list[str], engagement: Engagement, field: str) -> list[str]:
    unknown = engagement.as_written.get(field)
    return [*entries, unknown] if unknown else entries


def _last(steps: list[FeedbackStep], step: FeedbackState) -> FeedbackStep | None:
    return next((s for s in reversed(steps) if s.step == step), None)


def _day(step: FeedbackStep | None) -> str | None:
    return step.on_day.isoformat() if step and step.on_day else None


def _cell(field: Field, value: Any, words: str | None, here: Here) -> str:
    """Write a value as a cell; the words the county wrote there, where it is blank or other, or they mean the same."""
    text = _text(value)
    if not words or text in ("", "other"):
        return words or text
    meant, written = read_cell(field, text, here), read_cell(field, words, here)
    return words if (meant.value, meant.more) == (written.value, written.more) else text


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(str(part) for part in value if part)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
