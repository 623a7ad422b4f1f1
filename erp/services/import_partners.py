"""Saving imported partners and contacts."""

from collections.abc import Iterable
from typing import Any

from sqlmodel import select

from erp.importing.readings import RowReading
from erp.models.contacts import Contact
from erp.models.facts import Fact
from erp.models.partners import Cadence, LookAlike, Partner, PartnerName
from erp.services.facts import cadence_facts
from erp.services.import_batch import Batch
from erp.services.records import snapshot, squeeze
from erp.vocabulary import NameKind, PartnerKind, PartnerStatus, Recognition, RecordKind

_NAME_LISTS = ((NameKind.OTHER, "other_names"), (NameKind.FORMER, "former_names"))


def add_partner(batch: Batch, reading: RowReading) -> Partner:
    """Add the partner of a row; a name that looks like another partner's becomes a question."""
    values = reading.values
    number = batch.number(Partner)
    partner = Partner(
        id=number,
        key=values.get("key") or batch.key(Partner, "P", number),
        name=values["name"],
        name_key=squeeze(values["name"]),
        kind=values.get("kind") or PartnerKind.OTHER,
        recognition=values.get("recognition") or Recognition.NOT_SAID,
        area=values.get("area") or "",
        languages="; ".join(values.get("languages") or ()),
        status=values.get("status") or PartnerStatus.ACTIVE,
        holder_id=_holder(batch, reading),
        scored=_scored(values),
        notes=values.get("notes") or "",
        as_written=reading.as_written,
        extras=reading.extras,
        **batch.stamp(),
    )
    batch.session.add(partner)
    _ask_look_alike(batch, reading, partner)
    batch.names.add_partner(number, partner.key, partner.name, partner.name_key)
    _add_names(batch, number, values)
    _agree_cadence(batch, number, values)
    batch.audit("import", RecordKind.PARTNER, number, after=snapshot(partner))
    return partner


def update_partner(batch: Batch, partner: Partner, reading: RowReading) -> None:
    """Let the filled cells of a row change a partner."""
    values = reading.values
    before = snapshot(partner)
    plain = {f: v for f in ("name", "kind", "recognition", "area", "status", "scored", "notes") if (v := values.get(f))}
    if values.get("scored") is False:
        plain["scored"] = False
    if "name" in plain:
        plain["name_key"] = squeeze(plain["name"])
    if values.get("languages"):
        plain["languages"] = "; ".join(values["languages"])
    if (holder := _holder(batch, reading)) is not None:
        plain["holder_id"] = holder
    _set(partner, plain, reading)
    _add_names(batch, partner.id or 0, values)
    _agree_cadence(batch, partner.id or 0, values)
    batch.audit("import", RecordKind.PARTNER, partner.id or 0, before=before, after=snapshot(partner))


def keep_beside(batch: Batch, partner: Partner, reading: RowReading) -> None:
    """Keep what a second roster says of a partner beside what is there: columns without a place, and notes."""
    before = snapshot(partner)
    merged = dict(partner.extras)
    for heading, cell in reading.extras.items():
        there = merged.get(heading, "")
        merged[heading] = cell if not there else there if cell in there.split("; ") else f"{there}; {cell}"
    note = reading.values.get("notes") or ""
    notes = partner.notes if note in partner.notes else f"{partner.notes}\n{note}".strip()
    if merged != partner.extras or notes != partner.notes:
        partner.extras, partner.notes, partner.version = merged, notes, partner.version + 1
        batch.audit("import", RecordKind.PARTNER, partner.id or 0, before=before, after=snapshot(partner))


def add_contact(batch: Batch, reading: RowReading) -> Contact:
    """Add the contact of a row."""
    values = reading.values
    number = batch.number(Contact)
    written = values.get("partner") or ""
    partner_id = batch.link(reading, "partner", written)
    contact = Contact(
        id=number,
        key=values.get("key") or batch.key(Contact, "K", number),
        partner_id=partner_id,
        do_not_contact=bool(values.get("do_not_contact")),
        may_be_named=values.get("may_be_named"),
        as_written=reading.as_written | ({"partner": written} if written and partner_id is None else {}),
        extras=reading.extras,
        **_texts(values, ("name", "role", "language", "email", "phone", "notes")),
        **batch.stamp(),
    )
    batch.session.add(contact)
    batch.audit("import", RecordKind.CONTACT, number, after=snapshot(contact))
    return contact


def update_contact(batch: Batch, contact: Contact, reading: RowReading) -> None:
    """Let the filled cells of a row change a contact."""
    before = snapshot(contact)
    names = ("name", "role", "language", "email", "phone", "notes")
    plain = {f: v for f in names if (v := reading.values.get(f))}
    plain |= {f: v for f in ("do_not_contact", "may_be_named") if (v := reading.values.get(f)) is not None}
    if reading.values.get("partner"):
        plain["partner_id"] = batch.link(reading, "partner", reading.values["partner"])
    _set(contact, plain, reading)
    batch.audit("import", RecordKind.CONTACT, contact.id or 0, before=before, after=snapshot(contact))


def _set(record: Any, plain: dict[str, Any], reading: RowReading) -> None:
    for name, value in plain.items():
        setattr(record, name, value)
    record.as_written = {f: w for f, w in record.as_written.items() if f not in plain} | reading.as_written
    record.extras = record.extras | reading.extras
    record.version += 1


def _texts(values: dict[str, Any], names: Iterable[str]) -> dict[str, str]:
    return {name: values.get(name) or "" for name in names}


def _scored(values: dict[str, Any]) -> bool:
    """Follow the row; where it is blank, a Tribal government is unscored until it agrees otherwise."""
    said = values.get("scored")
    return values.get("kind") != PartnerKind.TRIBAL_GOVERNMENT if said is None else said


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


def _add_names(batch: Batch, partner_id: int, values: dict[str, Any]) -> None:
    if not any(values.get(field) for _, field in _NAME_LISTS):
        return
    here = set(
        batch.session.execute(
            select(PartnerName.kind, PartnerName.name).where(PartnerName.partner_id == partner_id)
        ).tuples()
    )
    for kind, field in _NAME_LISTS:
        for name in values.get(field) or ():
            if (kind, name) not in here:
                batch.belongs([PartnerName(partner_id=partner_id, name=name, name_key=squeeze(name), kind=kind)])


def _agree_cadence(batch: Batch, partner_id: int, values: dict[str, Any]) -> None:
    days = values.get("cadence_days")
    if not days:
        return
    cadence = Cadence(
        id=batch.number(Cadence), partner_id=partner_id, days=days, from_on=values.get("cadence_from"), **batch.stamp()
    )
    batch.belongs([cadence, *(Fact(source_id=cadence.id, known_from=batch.at, **f) for f in cadence_facts(cadence))])


def _ask_look_alike(batch: Batch, reading: RowReading, partner: Partner) -> None:
    found = batch.names.alike(partner.name)
    if found is None:
        return
    question = LookAlike(
        partner_id=partner.id or 0,
        other_id=found[0],
        reason=f"“{partner.name}” looks like “{found[1]}”",
        **batch.stamp(),
    )
    batch.belongs([question])
    batch.warn(
        reading,
        "name",
        partner.name,
        f"The name looks like “{found[1]}”. Both are kept.",
        "Say on the Import page whether they are the same.",
    )
