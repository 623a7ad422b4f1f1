"""Adding, changing, archiving and restoring partners, their names and agreed cadences."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import Field
from sqlmodel import Session, col, select

from erp.access import Actor
from erp.errors import Conflict, Invalid, NotAllowed
from erp.models.accounts import Account
from erp.models.partners import Cadence, Partner, PartnerName
from erp.services.checks import known_partner
from erp.services.drafts import Draft
from erp.services.facts import sync_cadence
from erp.services.linking import close_names_of_tribes
from erp.services.look_alikes import keep_answers
from erp.services.records import (
    BACK,
    get_or_refuse,
    need_reason,
    new_key,
    now,
    put_away,
    record_change,
    remember_save,
    revise,
    saved_before,
    snapshot,
    squeeze,
)
from erp.vocabulary import LookAlikeAnswer, NameKind, PartnerKind, PartnerStatus, Recognition, RecordKind, Verb

#: The longest cadence that may be agreed: ten years, in days.
MOST_CADENCE_DAYS = 3660


class PartnerDraft(Draft):
    """A partner as entered. `languages`, `other_names` and `former_names` are lists of words.

    `scored` None: the default of the kind (a Tribal government is unscored until it agrees otherwise).
    """

    name: str = Field(min_length=1, max_length=300)
    kind: PartnerKind
    recognition: Recognition = Recognition.NOT_SAID
    other_names: tuple[Annotated[str, Field(max_length=300)], ...] = ()
    former_names: tuple[Annotated[str, Field(max_length=300)], ...] = ()
    area: str = ""
    languages: tuple[str, ...] = ()
    status: PartnerStatus = PartnerStatus.ACTIVE
    status_reason: str = ""
    holder_id: int | None = None
    scored: bool | None = None
    confirm_days: int | None = Field(default=None, ge=1, le=3660)
    notes: str = ""
    key: str = ""


def add_partner(
    session: Session,
    actor: Actor,
    draft: PartnerDraft,
    *,
    token: str = "",
    look_alikes: Mapping[int, LookAlikeAnswer] = MappingProxyType({}),
) -> Partner:
    """Add a partner; the same form saved twice answers with the first record.

    `look_alikes`: what was said of those it looks like, by their ids; it is remembered, or asked again later.
    Raises: NotAllowed; NotFound (no such holder); Conflict where the name or key is here already.
    """
    actor.require(Verb.ADD, RecordKind.PARTNER)
    already = saved_before(session, token, draft)
    if already is not None:
        return get_or_refuse(session, Partner, already, "partner")
    _refuse_doubled_name(session, draft.name, None)
    _check_reason(draft)
    _check_holder(session, draft)
    _check_figures(actor, draft, was_scored=False)
    partner = Partner(
        key=draft.key or "new",
        name_key=squeeze(draft.name),
        scored=_scored(draft),
        recorded_at=now(),
        recorded_by=actor.user_id,
        **_columns(draft),
    )
    if draft.key and session.exec(select(Partner.id).where(Partner.key == draft.key)).first():
        raise Conflict(f"The key {draft.key} belongs to another partner. Choose another key or leave it blank.")
    session.add(partner)
    session.flush()
    partner.key = draft.key or new_key(session, Partner, "P", _id(partner))
    _set_names(session, partner, draft)
    session.flush()
    record_change(session, actor, "add", RecordKind.PARTNER, partner.id, after=_told(session, partner))
    remember_save(session, token, RecordKind.PARTNER, _id(partner), draft)
    keep_answers(session, actor, partner, look_alikes)
    _close_if_tribe(session, actor, partner)
    session.flush()
    return partner


def change_partner(session: Session, actor: Actor, partner_id: int, version: int, draft: PartnerDraft) -> Partner:
    """Change a partner opened at `version`. Raises: NotAllowed, NotFound, Conflict, Invalid."""
    actor.require(Verb.CHANGE, RecordKind.PARTNER)
    partner = get_or_refuse(session, Partner, partner_id, "partner")
    _refuse_doubled_name(session, draft.name, partner.id)
    _check_holder(session, draft)
    was_scored = partner.scored and partner.kind == PartnerKind.TRIBAL_GOVERNMENT
    _check_figures(actor, draft, was_scored=was_scored)
    if partner.kind == PartnerKind.TRIBAL_GOVERNMENT != draft.kind and not actor.sees_tribal_records:
        raise NotAllowed(
            "Only a Tribal liaison or leadership may record a Tribal government as another kind of partner: "
            "it would open what the Tribe shared. Ask one of them."
        )
    _check_reason(draft)
    before = _told(session, partner)
    values = _columns(draft) | {"name_key": squeeze(draft.name)}
    if draft.scored is not None:
        values["scored"] = draft.scored
    elif draft.kind == PartnerKind.TRIBAL_GOVERNMENT != partner.kind:
        values["scored"] = False  # until the Tribe agrees otherwise
    revise(partner, version, values)
    _set_names(session, partner, draft)
    session.flush()
    after = _told(session, partner)
    record_change(session, actor, "change", RecordKind.PARTNER, partner.id, before=before, after=after)
    _close_if_tribe(session, actor, partner)
    return partner


def agree_cadence(
    session: Session, actor: Actor, partner_id: int, days: int, from_on: date | None, agreed_with: str = ""
) -> Cadence:
    """Record the cadence agreed with a partner: `days` between contacts, from a day on (None: always).

    An earlier agreement from the same day is voided, what was said last holds; the same one stays.
    Raises: NotAllowed, NotFound, Invalid.
    """
    actor.require(Verb.CHANGE, RecordKind.PARTNER)
    if not 1 <= days <= MOST_CADENCE_DAYS:
        raise Invalid(f"A cadence is a number of days from 1 to {MOST_CADENCE_DAYS:,}.")
    partner = known_partner(session, partner_id)
    at = now()
    for older in session.exec(
        select(Cadence).where(
            Cadence.partner_id == partner_id, Cadence.from_on == from_on, col(Cadence.voided_at).is_(None)
        )
    ).all():
        if (older.days, older.agreed_with) == (days, agreed_with.strip()):
            return older  # it says the same
        _void_cadence(session, actor, older, "replaced by a newer agreement from the same day")
    cadence = Cadence(
        partner_id=_id(partner),
        days=days,
        from_on=from_on,
        agreed_with=agreed_with.strip(),
        recorded_at=at,
        recorded_by=actor.user_id,
    )
    session.add(cadence)
    session.flush()
    sync_cadence(session, cadence, cadence.recorded_at)
    record_change(session, actor, "agree cadence", RecordKind.PARTNER, partner.id, after=snapshot(cadence))
    return cadence


def void_cadence(session: Session, actor: Actor, cadence_id: int, version: int, reason: str) -> Cadence:
    """Void an agreed cadence that was entered wrongly; the one before it, or the county's default, holds again.

    Raises: NotAllowed, NotFound, Conflict, Invalid (no reason).
    """
    actor.require(Verb.CHANGE, RecordKind.PARTNER)
    cadence = get_or_refuse(session, Cadence, cadence_id, "agreed cadence")
    if cadence.version != version or cadence.voided_at is not None:
        raise Conflict("Somebody changed this agreement while you had it open. Look at the list again.")
    _void_cadence(session, actor, cadence, need_reason(reason))
    return cadence


def archive_partner(session: Session, actor: Actor, partner_id: int, version: int, reason: str) -> Partner:
    """Put a partner out of sight with a reason; nothing is deleted. Raises: NotAllowed, NotFound, Conflict, Invalid."""
    actor.require(Verb.ARCHIVE, RecordKind.PARTNER)
    partner = get_or_refuse(session, Partner, partner_id, "partner")
    before = snapshot(partner)
    revise(partner, version, put_away(reason))
    session.flush()
    record_change(session, actor, "archive", RecordKind.PARTNER, partner.id, before=before, after=snapshot(partner))
    return partner


def restore_partner(session: Session, actor: Actor, partner_id: int, version: int) -> Partner:
    """Bring an archived partner back. Raises: NotAllowed, NotFound, Conflict."""
    actor.require(Verb.ARCHIVE, RecordKind.PARTNER)
    partner = get_or_refuse(session, Partner, partner_id, "partner")
    before = snapshot(partner)
    revise(partner, version, BACK)
    session.flush()
    record_change(session, actor, "restore", RecordKind.PARTNER, partner.id, before=before, after=snapshot(partner))
    _close_if_tribe(session, actor, partner)
    return partner


def _void_cadence(session: Session, actor: Actor, cadence: Cadence, reason: str) -> None:
    at = now()
    revise(cadence, cadence.version, {"voided_at": at, "void_reason": reason})
    session.flush()
    sync_cadence(session, cadence, at)
    # The whole agreement is told, not only what changed: the history must say which one was voided.
    record_change(session, actor, "void cadence", RecordKind.PARTNER, cadence.partner_id, after=snapshot(cadence))


def _close_if_tribe(session: Session, actor: Actor, partner: Partner) -> None:
    if partner.kind == PartnerKind.TRIBAL_GOVERNMENT:
        close_names_of_tribes(session, actor)


def _check_reason(draft: PartnerDraft) -> None:
    if draft.status in (PartnerStatus.PAUSED, PartnerStatus.ENDED) and not draft.status_reason:
        what = draft.status.label.lower()
        raise Invalid(f"Say in a few words why the partnership is {what}; it stays with the record.")


def _check_holder(session: Session, draft: PartnerDraft) -> None:
    if draft.holder_id is not None:
        get_or_refuse(session, Account, draft.holder_id, "relationship holder")


def _check_figures(actor: Actor, draft: PartnerDraft, *, was_scored: bool) -> None:
    """Let only those who may see a Tribe's records say that it agreed to figures. Source: product notes, promise 5."""
    wants = draft.kind == PartnerKind.TRIBAL_GOVERNMENT and draft.scored is True
    if wants and not was_scored and not actor.sees_tribal_records:
        raise NotAllowed(
            "A Tribal government is tracked without figures until it agrees to them. "
            "A Tribal liaison or leadership records that agreement; ask one of them."
        )


def _columns(draft: PartnerDraft) -> dict[str, Any]:
    unlike = {"other_names", "former_names", "languages", "scored", "key"}
    return draft.model_dump(exclude=unlike) | {"languages": "; ".join(draft.languages)}


def _scored(draft: PartnerDraft) -> bool:
    return draft.kind != PartnerKind.TRIBAL_GOVERNMENT if draft.scored is None else draft.scored


def _refuse_doubled_name(session: Session, name: str, own_id: int | None) -> None:
    twin = session.exec(select(Partner).where(Partner.name_key == squeeze(name))).first()
    if twin is not None and twin.id != own_id:
        where = "It is archived; restore it instead." if twin.archived_at else "Open it instead of adding it again."
        raise Conflict(f"{twin.name} is here already. {where}")


def _set_names(session: Session, partner: Partner, draft: PartnerDraft) -> None:
    wanted = {(NameKind.OTHER, n) for n in draft.other_names} | {(NameKind.FORMER, n) for n in draft.former_names}
    for old in session.exec(select(PartnerName).where(PartnerName.partner_id == partner.id)):
        if (old.kind, old.name) in wanted:
            wanted.discard((old.kind, old.name))
        else:
            session.delete(old)  # the history of changes keeps it
    for kind, name in sorted(wanted):
        session.add(PartnerName(partner_id=_id(partner), name=name, name_key=squeeze(name), kind=kind))


def _told(session: Session, partner: Partner) -> dict[str, object]:
    rows = session.exec(select(PartnerName).where(PartnerName.partner_id == partner.id).order_by(col(PartnerName.name)))
    return snapshot(partner, names=[f"{row.name} ({row.kind.label.lower()})" for row in rows])


def _id(partner: Partner) -> int:
    assert partner.id is not None  # it was flushed
    return partner.id
