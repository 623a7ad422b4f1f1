"""Saving imported partners and contacts."""

from collections.abc import Collection
from typing import Any

from sqlmodel import col, select

from erp.errors import Conflict, NotAllowed
from erp.importing.readings import RowReading
from erp.models.contacts import Contact
from erp.models.partners import Cadence, LookAlike, Partner, PartnerName
from erp.services.bodies import body_of
from erp.services.contacts import CHANNELS
from erp.services.facts import cadence_facts, sync_cadence
from erp.services.import_batch import Batch, new, set_changed
from erp.services.look_alikes import MOST_ASKED
from erp.services.records import snapshot, squeeze
from erp.vocabulary import NameKind, PartnerKind, PartnerStatus, Recognition, RecordKind, Verb

_NAME_LISTS = ((NameKind.OTHER, "other_names"), (NameKind.FORMER, "former_names"))
_PARTNER_COLUMNS = {"name": ("name", "name_key"), "kind": ("kind", "recognition"), "holder": ("holder_id",)}
_CONTACT_TEXTS = ("name", "role", "language", "email", "phone", "notes")
_CONTACT_COLUMNS = {"partner": ("partner_id",)}
#: Personal channels of a contact, held apart.
_UNTIL_AGREED = "A Tribal government is tracked without figures until it agrees to them."


def add_partner(batch: Batch, reading: RowReading) -> int:
    """Add the partner of a row and return its id; a name that looks like another partner's becomes a question."""
    number = batch.number(Partner)
    key = reading.values.get("key") or batch.key(Partner, "P", number)
    columns = _partner_columns(batch, reading)
    if _may_not_score(batch, reading):
        columns["scored"] = False
        batch.warn(
            reading,
            "scored",
            "yes",
            _UNTIL_AGREED,
            "It came in unscored; a Tribal liaison or leadership may change it.",
        )
    partner = new(
        Partner, id=number, key=key, as_written=reading.as_written, extras=reading.extras, **columns, **batch.stamp()
    )
    batch.add(partner)
    _ask_look_alikes(batch, reading, partner)
    batch.names.add_partner(number, key, partner.name, partner.name_key)
    told: dict[str, Any] = {"names": _add_names(batch, number, reading.values, set())}
    told["cadence_days"] = _agree_cadence(batch, number, reading)
    batch.audit_new(RecordKind.PARTNER, partner, **{what: value for what, value in told.items() if value})
    return number


def update_partner(batch: Batch, partner: Partner, merged: RowReading, changed: Collection[str]) -> None:
    """Let the changed fields of a row change a partner; names are added and never taken away.

    Raises: Conflict (another partner has the name), NotAllowed (what a Tribe shared would open, or figures begin).
    """
    number = partner.id or 0
    columns = _partner_columns(batch, merged)
    _check_partner(batch, partner, merged, columns, changed)
    becomes_a_tribe = partner.kind != PartnerKind.TRIBAL_GOVERNMENT == columns["kind"]
    before = snapshot(partner)
    set_changed(partner, columns, merged, changed, _PARTNER_COLUMNS)
    if becomes_a_tribe and "scored" not in changed:
        partner.scored = False  # until the Tribe agrees otherwise
    if "name" in changed:
        batch.names.rename_partner(number, partner.name, partner.name_key)
    listed = select(PartnerName.kind, PartnerName.name).where(PartnerName.partner_id == number)
    here = {(kind, name) for kind, name in batch.session.execute(listed)}
    told: dict[str, Any] = {"names": _add_names(batch, number, merged.values, here)}
    if {"cadence_days", "cadence_from"} & set(changed):
        _void_cadences(batch, number, merged.values)
        told["cadence_days"] = _agree_cadence(batch, number, merged)
    after = snapshot(partner, **{what: value for what, value in told.items() if value})
    batch.audit_change(RecordKind.PARTNER, number, before, after)


def keep_beside(batch: Batch, partner: Partner, reading: RowReading) -> None:
    """Keep what a second roster says of a partner beside what is there: columns without a place, and notes."""
    before = snapshot(partner)
    merged = dict(partner.extras)
    for heading, cell in reading.extras.items():
        there = merged.get(heading, "")
        merged[heading] = cell if not there else there if f"; {cell};" in f"; {there};" else f"{there}; {cell}"
    note = reading.values.get("notes") or ""
    notes = partner.notes if note in partner.notes else f"{partner.notes}\n{note}".strip()
    if merged != partner.extras or notes != partner.notes:
        partner.extras, partner.notes, partner.version = merged, notes, partner.version + 1
        batch.audit_change(RecordKind.PARTNER, partner.id or 0, before, snapshot(partner))


def take_key(batch: Batch, partner: Partner, key: str) -> None:
    """Let the county's key take the place of one that was made because the county gave none."""
    if key == partner.key:
        return
    before = snapshot(partner)
    partner.key, partner.version = key, partner.version + 1
    batch.names.rename_key(partner.id or 0, key)
    batch.audit_change(RecordKind.PARTNER, partner.id or 0, before, snapshot(partner))


def add_contact(batch: Batch, reading: RowReading) -> int:
    """Add the contact of a row and return its id."""
    number = batch.number(Contact)
    columns = _contact_columns(batch, reading)
    contact = new(
        Contact,
        id=number,
        key=reading.values.get("key") or batch.key(Contact, "N", number),
        as_written=reading.as_written,
        extras=reading.extras,
        **columns,
        **batch.stamp(),
    )
    batch.add(contact)
    batch.audit_new(RecordKind.CONTACT, contact)
    return number


def update_contact(batch: Batch, contact: Contact, merged: RowReading, changed: Collection[str]) -> None:
    """Let the changed fields of a row change a contact. Raises: NotAllowed (phone and e-mail)."""
    if set(CHANNELS) & set(changed) and not batch.actor.may(Verb.CHANGE, RecordKind.CONTACT_CHANNEL):
        raise NotAllowed("Your role may not change phone numbers or e-mail addresses. Leave them blank and try again.")
    before = snapshot(contact)
    set_changed(contact, _contact_columns(batch, merged), merged, changed, _CONTACT_COLUMNS)
    batch.audit_change(RecordKind.CONTACT, contact.id or 0, before, snapshot(contact))


def _partner_columns(batch: Batch, reading: RowReading) -> dict[str, Any]:
    values = reading.values
    return {
        "name": values["name"],
        "name_key": squeeze(values["name"]),
        "kind": values.get("kind") or PartnerKind.OTHER,
        "recognition": values.get("recognition") or Recognition.NOT_SAID,
        "area": values.get("area") or "",
        "languages": values.get("languages") or "",
        "status": values.get("status") or PartnerStatus.ACTIVE,
        "holder_id": _holder(batch, reading),
        "scored": _scored(values),
        "notes": values.get("notes") or "",
    }


def _contact_columns(batch: Batch, reading: RowReading) -> dict[str, Any]:
    values = reading.values
    written = values.get("partner") or ""
    partner_id = batch.link(reading, "partner", written)
    if written and partner_id is None:
        reading.as_written["partner"] = written
    return {
        "partner_id": partner_id,
        "do_not_contact": bool(values.get("do_not_contact")),
        "may_be_named": values.get("may_be_named"),
        **{name: values.get(name) or "" for name in _CONTACT_TEXTS},
    }


def _scored(values: dict[str, Any]) -> bool:
    """Follow the row; where it is blank, a Tribal government is unscored until it agrees otherwise."""
    said = values.get("scored")
    return values.get("kind") != PartnerKind.TRIBAL_GOVERNMENT if said is None else said


def _may_not_score(batch: Batch, reading: RowReading) -> bool:
    """Say whether the row asks for a Tribe's figures on behalf of somebody who may not record that it agreed."""
    values = reading.values
    asked = values.get("kind") == PartnerKind.TRIBAL_GOVERNMENT and values.get("scored") is True
    return asked and not batch.actor.sees_tribal_records


def _check_partner(
    batch: Batch, partner: Partner, merged: RowReading, columns: dict[str, Any], changed: Collection[str]
) -> None:
    was_tribe = partner.kind == PartnerKind.TRIBAL_GOVERNMENT
    if was_tribe and columns["kind"] != partner.kind and not batch.actor.sees_tribal_records:
        raise NotAllowed(
            "Only a Tribal liaison or leadership may record a Tribal government as another kind of partner: "
            "it would open what the Tribe shared. Ask one of them."
        )
    if not (was_tribe and partner.scored) and _may_not_score(batch, merged):
        raise NotAllowed(f"{_UNTIL_AGREED} A Tribal liaison or leadership records that agreement; ask one of them.")
    other = batch.names.same_name(columns["name"])
    if "name" in changed and other not in (None, partner.id):
        raise Conflict(
            f"Another partner is called “{columns['name']}”. Choose another name, or leave the name as it is."
        )


def _holder(batch: Batch, reading: RowReading) -> int | None:
    words = reading.values.get("holder")
    if not words:
        return None
    holder = batch.names.account(words)
    if holder is None:
        reading.as_written["holder"] = words
        batch.warn(
            reading,
            "holder",
            words,
            "No account has this name.",
            "The name is kept; choose the holder on the partner's page.",
        )
    return holder


def _add_names(batch: Batch, partner_id: int, values: dict[str, Any], here: set[tuple[NameKind, str]]) -> list[str]:
    """Add the other and former names that are not here yet, and return them."""
    added: list[str] = []
    for kind, field in _NAME_LISTS:
        for name in values.get(field) or ():
            if (kind, name) not in here:
                batch.add(new(PartnerName, partner_id=partner_id, name=name, name_key=squeeze(name), kind=kind))
                added.append(name)
    batch.names.add_other_names(partner_id, added)
    return added


def _agree_cadence(batch: Batch, partner_id: int, reading: RowReading) -> int | None:
    """Add the agreed cadence of a row, where it has one, and return its days."""
    values = reading.values
    days = values.get("cadence_days")
    if not days or "cadence_from" in reading.as_written:  # "from next year" is no day, so nothing is agreed yet
        return None
    number = batch.number(Cadence)
    cadence = new(
        Cadence, id=number, partner_id=partner_id, days=days, from_on=values.get("cadence_from"), **batch.stamp()
    )
    batch.add(cadence)
    batch.add_facts(number, cadence_facts(cadence))
    return days


def _void_cadences(batch: Batch, partner_id: int, values: dict[str, Any]) -> None:
    """Void what was agreed from the same day: what is said last holds."""
    same_day = select(Cadence).where(
        Cadence.partner_id == partner_id,
        Cadence.from_on == values.get("cadence_from"),
        col(Cadence.voided_at).is_(None),
    )
    for cadence in batch.session.exec(same_day).all():
        cadence.voided_at, cadence.version = batch.at, cadence.version + 1
        cadence.void_reason = "replaced by a newer agreement from the same day"
        batch.session.flush()
        sync_cadence(batch.session, cadence, batch.at)


def _ask_look_alikes(batch: Batch, reading: RowReading, partner: Partner) -> None:
    """Ask whether the new partner is the same as others: by name, address or where its people write from."""
    also = [name for _, field in _NAME_LISTS for name in reading.values.get(field) or ()]
    body = body_of(partner.id or 0, partner.name, also, reading.extras)
    for found in batch.names.look_alikes(body, MOST_ASKED):
        question = new(LookAlike, partner_id=found.number, other_id=found.other, reason=found.reason, **batch.stamp())
        batch.add(question)
        batch.warn(
            reading,
            "name",
            partner.name,
            f"{found.reason}. Both are kept.",
            "Say on the page Look-alikes whether they are the same.",
        )
    batch.names.add_body(body)
