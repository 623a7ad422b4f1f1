"""Parts: what belongs to a barrier or a local system review, and is told in its history. Nothing of it is deleted."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from erp.access import Actor
from erp.errors import Invalid
from erp.services.checks import known_partner, refuse_stale, refuse_void_twice, refuse_voided
from erp.services.drafts import Draft
from erp.services.records import (
    need_reason,
    now,
    record_change,
    remember_save,
    revise,
    saved_before,
    snapshot,
)
from erp.vocabulary import RecordKind, Verb

#: Loads the whole for the actor: (session, actor, id) → record. Raises NotFound.
Whole = Callable[[Session, Actor, int], Any]
#: Checks a draft: (session, actor, whole, draft, the part as it was or None). Raises Invalid, NotFound.
Check = Callable[[Session, Actor, Any, Any, Any], None]


@dataclass(frozen=True)
class PartOf:
    """A kind of part: its table and the column naming the whole, and how a draft of it is checked.

    `called`: in the history ("add option"). `of`: the column that tells one from the other there. `values`: the columns
    that follow from a draft and what the part was. `after`: what follows once a part was added or changed.
    `before_void`: refuses to void one. Raises Invalid.
    """

    table: Any
    belongs: str
    kind: RecordKind
    called: str
    of: str
    whole: Whole
    check: Check
    values: Callable[[Session, Any, Any], dict[str, Any]] = lambda _, draft, __: draft.model_dump()
    after: Callable[[Session, Actor, Any, Any], None] = lambda *_: None
    before_void: Callable[[Session, Any, Any], None] = lambda *_: None


def add_part(session: Session, actor: Actor, of: PartOf, whole_id: int, draft: Draft, token: str = "") -> Any:
    """Add a part; the same form twice answers with the first. Raises: NotAllowed, NotFound, Invalid."""
    whole = _open(session, actor, of, whole_id)
    already = saved_before(session, token, draft)
    if already is not None:
        return session.get(of.table, already)
    of.check(session, actor, whole, draft, None)
    values = of.values(session, draft, None) | {of.belongs: whole_id}
    part = of.table(recorded_at=now(), recorded_by=actor.user_id, **values)
    session.add(part)
    session.flush()
    record_change(session, actor, f"add {of.called}", of.kind, whole_id, after=_told(of, part))
    remember_save(session, token, of.kind, part.id, draft)
    of.after(session, actor, whole, part)
    session.flush()
    return part


def change_part(session: Session, actor: Actor, of: PartOf, part_id: int, version: int, draft: Draft) -> Any:
    """Change a part opened at `version`. Raises: NotAllowed, NotFound, Conflict, Invalid."""
    part, whole = _part(session, actor, of, part_id, version)
    refuse_voided(part, of.called)
    of.check(session, actor, whole, draft, part)
    changed = _revise(session, actor, of, part, f"change {of.called}", of.values(session, draft, part))
    of.after(session, actor, whole, changed)
    session.flush()
    return changed


def void_part(session: Session, actor: Actor, of: PartOf, part_id: int, version: int, reason: str) -> Any:
    """Void a part with a reason: from now on as if never entered; it and the reason stay in the history."""
    part, whole = _part(session, actor, of, part_id, version)
    refuse_void_twice(part, of.called, restoring=False)
    because = need_reason(reason)
    of.before_void(session, whole, part)
    values = {"voided_at": now(), "void_reason": because}
    return _revise(session, actor, of, part, f"void {of.called}", values)


def parts_of(session: Session, of: PartOf, whole_id: int) -> list[Any]:
    """Return the parts of a whole that the caller has loaded as visible, voided ones left out, in their order."""
    question = select(of.table).where(getattr(of.table, of.belongs) == whole_id, col(of.table.voided_at).is_(None))
    return list(session.exec(question.order_by(of.table.id)))


def keep_partner(session: Session, partner_id: int | None, was: Any) -> None:
    """Refuse a partner that is not here, and another one in the place of the one a part came with.

    A Tribal government closes the whole; changed for another partner, everybody could read what it shared.
    Raises: Invalid, NotFound.
    """
    if was is not None and was.partner_id is not None and was.partner_id != partner_id:
        raise Invalid("This came from another partner. Void it if that was a mistake, and enter it anew.")
    if partner_id is not None and (was is None or was.partner_id is None):
        known_partner(session, partner_id)


def _open(session: Session, actor: Actor, of: PartOf, whole_id: int) -> Any:
    actor.require(Verb.CHANGE, of.kind)
    whole = of.whole(session, actor, whole_id)
    refuse_voided(whole, of.kind.label.lower())
    return whole


def _part(session: Session, actor: Actor, of: PartOf, part_id: int, version: int) -> tuple[Any, Any]:
    actor.require(Verb.CHANGE, of.kind)
    part = session.get(of.table, part_id)
    whole = _open(session, actor, of, getattr(part, of.belongs, 0))  # of none, the same refusal as of a hidden one
    refuse_stale(part, version, of.called)
    return part, whole


def _revise(session: Session, actor: Actor, of: PartOf, part: Any, verb: str, values: dict[str, Any]) -> Any:
    before = snapshot(part)
    revise(part, part.version, values)
    session.flush()
    after = snapshot(part)
    if {name for name in before if before[name] != after[name]} - {"version"}:
        # which of several it was: what is the same before and after is left out of a change
        after |= {f"of_{of.called.replace(' ', '_')}": getattr(part, of.of)}
    record_change(session, actor, verb, of.kind, getattr(part, of.belongs), before=before, after=after)
    session.flush()
    return part


def _told(of: PartOf, part: Any) -> dict[str, Any]:
    untold = {of.belongs, "voided_at", "void_reason"}
    return {name: value for name, value in snapshot(part).items() if name not in untold and value not in ("", None)}
