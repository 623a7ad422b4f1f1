"""Setting the made-up county up: accounts, settings, partners and their people, forums, ties, the first roster."""

import hashlib
import json
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from erp.access import Actor
from erp.models.accounts import Account, County, RoleGrant, Setting, Visit
from erp.models.contacts import Confirmation, Contact, Forum, ForumMember
from erp.models.facts import Fact
from erp.models.imports import ImportedRow, ImportFile
from erp.models.partners import Cadence, DefaultCadence, LookAlike, Partner, PartnerName, Relationship
from erp.services.demo_county import DemoAccount, DemoForum, DemoPartner, DemoSeat
from erp.services.demo_partnership import HANDED_OVER
from erp.services.demo_records import Clock
from erp.services.demo_writing import Book, facts_over_time
from erp.services.facts import cadence_facts
from erp.services.records import snapshot, squeeze
from erp.vocabulary import Door, LookAlikeAnswer, NameKind, PartnerKind, RecordKind

#: Days since people and names were confirmed: at most so many for most partners, more for the others.
CONFIRMED_LATELY, CONFIRMED_LATE = 160, 190
#: Days since everybody was here the last time.
LAST_HERE = 6
#: Days since the county was set up, and since its first roster was imported.
SET_UP = 1125
ROSTER = 1118
#: Partners who were there from the start came with the roster; the others were added by hand.
FROM_THE_START = 1085
#: Days since the Tribe that is scored agreed to figures, by resolution.
AGREED_TO_FIGURES = 930


def set_the_county_up(book: Book, clock: Clock) -> None:
    """Write everything that stands still: the county, its people, its partners, their seats and ties."""
    start = clock.moment(clock.day(SET_UP), 9)
    _county(book, start)
    for place, account in enumerate(book.county.account):
        _account(book, clock, account, start + timedelta(minutes=5 + place))
    _settings(book, start + timedelta(hours=1))
    book.flush()
    roster_at = clock.moment(clock.day(ROSTER), 10)
    rng = Random("people")  # noqa: S311 -- phone numbers of nobody, the same each time
    for place, partner in enumerate(book.county.partner):
        by_hand = clock.moment(clock.day(ROSTER - 1 if _from_the_start(partner) else partner.since + 6), 11, place)
        _partner(book, clock, partner, roster_at if _in_roster(partner) else by_hand, rng)
    _import_roster(book, roster_at)
    book.flush()
    for number, forum in enumerate(book.county.forum, 1):
        _forum(book, clock, forum, number)
    for number in range(1, len(book.county.tie) + 1):
        _tie(book, clock, number)
    _look_alikes(book, roster_at)
    book.flush()


def _from_the_start(partner: DemoPartner) -> bool:
    return partner.since >= FROM_THE_START


def _in_roster(partner: DemoPartner) -> bool:
    """Say whether a partner came with the roster; Tribal governments were added by hand, with care."""
    return _from_the_start(partner) and not partner.is_tribal_government


def _county(book: Book, at: datetime) -> None:
    county = book.county
    about = {"name": county.name, "time_zone": county.time_zone}
    book.session.add(County(name=county.name, time_zone=county.time_zone, recorded_at=at))
    book.note(at, "administrator", "set up the county", RecordKind.SETTING, 1, after=about)


def _account(book: Book, clock: Clock, told: DemoAccount, at: datetime) -> None:
    number = book.county.account_number(told.id)
    came = clock.moment(clock.day(HANDED_OVER + 10), 9) if told.id == "second_coordinator" else at
    email = f"{told.name.split()[0].lower()}@larkmoor.example"
    by = "operator" if told.id == "administrator" else "administrator"
    account = Account(id=number, email=email, name=told.name, **book.stamp(came, by))
    book.session.add(account)
    book.belongs(Visit, ({"account_id": number, "here_at": clock.moment(clock.day(LAST_HERE), 16)},))
    book.belongs(RoleGrant, ({"account_id": number, "role": role} for role in told.roles))
    roles = sorted(role.label for role in told.roles)
    invited = snapshot(account, roles=roles)
    verb = "add" if by == "operator" else "invite"
    book.note(came, by, verb, RecordKind.ACCOUNT, number, after=invited)
    if told.left is not None:
        account.disabled_at = clock.moment(clock.day(told.left), 16, 30)
        account.version = 2
        after = snapshot(account, roles=roles)
        book.note(
            account.disabled_at, "administrator", "disable", RecordKind.ACCOUNT, number, before=invited, after=after
        )


def _settings(book: Book, at: datetime) -> None:
    targets: dict[str, object] = dict(book.county.feedback_targets)
    book.session.add(Setting(id=1, name="feedback_targets", value=targets, **book.stamp(at, "director")))
    book.note(at, "director", "change feedback targets", RecordKind.SETTING, 1, before={}, after=targets)
    for number, (kind, days) in enumerate(book.county.default_cadences.items(), 1):
        default = DefaultCadence(id=number, kind=kind, days=days, **book.stamp(at, "director"))
        book.session.add(default)
        book.note(at, "director", "set default cadence", RecordKind.SETTING, number, after=snapshot(default))


# --- Partners -----------------------------------------------------------------------------------------------


def _partner(book: Book, clock: Clock, told: DemoPartner, at: datetime, rng: Random) -> None:
    by = "tribal_liaison" if _of_the_tribal_liaison(told) else _first_holder(told)
    partner = _partner_row(book, told, at, "former_coordinator" if _in_roster(told) else by)
    book.session.add(partner)
    names = [(NameKind.OTHER, name) for name in told.other_names] + [(NameKind.FORMER, n) for n in told.former_names]
    book.belongs(
        PartnerName,
        ({"partner_id": partner.id, "name": name, "name_key": squeeze(name), "kind": kind} for kind, name in names),
    )
    actor = _importer(book) if _in_roster(told) else book.actor(by)
    called = snapshot(partner, names=[f"{name} ({kind.label.lower()})" for kind, name in names])
    verb = "import" if _in_roster(told) else "add"
    book.note(at, actor, verb, RecordKind.PARTNER, book.county.number_of(told.id), after=called)
    _hand_over(book, clock, told, partner)
    if told.scored and not partner.scored:
        moment = clock.moment(clock.day(AGREED_TO_FIGURES), 14, 5)
        _change_partner(book, partner, "tribal_liaison", moment, scored=True)
    _people(book, told, at, by, rng)
    _confirmed(book, clock, told, at)
    _cadences(book, clock, told, at, by)


def _partner_row(book: Book, told: DemoPartner, at: datetime, by: str) -> Partner:
    number = book.county.number_of(told.id)
    return Partner(
        id=number,
        key=f"P-{number:05d}",
        name=told.name,
        name_key=squeeze(told.name),
        kind=told.kind,
        recognition=told.recognition,
        area=told.area,
        languages="; ".join(told.languages),
        status=told.status,
        status_reason=told.status_reason,
        holder_id=book.county.account_number(_first_holder(told)),
        scored=told.kind != PartnerKind.TRIBAL_GOVERNMENT,
        notes=told.notes,
        **book.stamp(at, by),
    )


def _importer(book: Book) -> Actor:
    return replace(book.actor("former_coordinator"), door=Door.IMPORT)


def _of_the_tribal_liaison(told: DemoPartner) -> bool:
    return told.kind in (PartnerKind.TRIBAL_GOVERNMENT, PartnerKind.TRIBAL_ORGANIZATION)


def _first_holder(told: DemoPartner) -> str:
    early = told.since > HANDED_OVER
    return "former_coordinator" if told.holder == "second_coordinator" and early else told.holder


def _hand_over(book: Book, clock: Clock, told: DemoPartner, partner: Partner) -> None:
    """Give the partners of the coordinator who left to her successor; one of them was forgotten."""
    if _first_holder(told) != "former_coordinator":
        return
    successor = None if told.holder == "former_coordinator" else book.county.account_number(told.holder)
    moment = clock.moment(clock.day(HANDED_OVER), 13, partner.id or 0)
    _change_partner(book, partner, "director", moment, holder_id=successor)


def _change_partner(book: Book, partner: Partner, by: str, at: datetime, **values: Any) -> None:
    before = snapshot(partner)
    for name, value in (values | {"version": partner.version + 1}).items():
        setattr(partner, name, value)
    book.note(at, by, "change", RecordKind.PARTNER, partner.id or 0, before=before, after=snapshot(partner))


def _people(book: Book, told: DemoPartner, at: datetime, by: str, rng: Random) -> None:
    for place, (number, person) in enumerate(zip(book.county.people_of(told.id), told.people, strict=True)):
        entered = at + timedelta(hours=1, minutes=2 * place)
        mailbox = person.name.split()[-1].lower().encode("ascii", "ignore").decode() if person.name else ""
        contact = Contact(
            id=number,
            key=f"N-{number:05d}",
            partner_id=book.county.number_of(told.id),
            email=f"{mailbox}@{told.id.replace('_', '-')}.example" if mailbox else "",
            phone=f"555-01{rng.randint(0, 99):02d}" if rng.random() < 0.6 else "",  # numbers kept free for stories
            **book.stamp(entered, by),
            **person.model_dump(),
        )
        book.belongs(Contact, [contact.model_dump()])
        book.note(entered, by, "add", RecordKind.CONTACT, number, after=snapshot(contact))


def _confirmed(book: Book, clock: Clock, told: DemoPartner, at: datetime) -> None:
    """Let somebody look at a partner's names and people again: lately, but for every eighth partner."""
    number = book.county.number_of(told.id)
    ago = CONFIRMED_LATE + number if number % 8 == 3 else number * 29 % CONFIRMED_LATELY
    moment = clock.moment(clock.day(ago), 15, number % 60)
    if moment <= at:
        return
    by = "tribal_liaison" if _of_the_tribal_liaison(told) else "coordinator"
    for contact_id in (None, *book.county.people_of(told.id)):
        confirmation = Confirmation(
            partner_id=number, contact_id=contact_id, confirmed_on=clock.day(ago), **book.stamp(moment, by)
        )
        book.belongs(Confirmation, [confirmation.model_dump(exclude={"id"})])
        kind = RecordKind.PARTNER if contact_id is None else RecordKind.CONTACT
        after = {"confirmed_on": clock.day(ago).isoformat()}
        book.note(moment, by, "confirm", kind, contact_id or number, after=after)


def _cadences(book: Book, clock: Clock, told: DemoPartner, at: datetime, by: str) -> None:
    for since, days in told.cadences:
        agreed = at + timedelta(hours=2) if since < 0 else clock.moment(clock.day(since), 15, 30)
        cadence = Cadence(
            id=book.number(Cadence),
            partner_id=book.county.number_of(told.id),
            days=days,
            from_on=None if since < 0 else clock.day(since),
            agreed_with=told.people[0].role,
            **book.stamp(agreed, by),
        )
        book.belongs(Cadence, [cadence.model_dump()])
        book.belongs(Fact, facts_over_time(cadence.id or 0, [(agreed, cadence_facts(cadence))]))
        about = snapshot(cadence)
        book.note(agreed, by, "agree cadence", RecordKind.PARTNER, cadence.partner_id, after=about)


def _import_roster(book: Book, at: datetime) -> None:
    """Keep the spreadsheet with which the county began, row by row, as an import does."""
    listed = [partner for partner in book.county.partner if _in_roster(partner)]
    cells = [{"Organization": p.name, "Type": p.kind.label, "Region": p.area} for p in listed]
    counts = {"rows": len(cells), "added": len(cells), "imported": len(cells), "warned": 0, "rejected": 0}
    file = ImportFile(
        id=1,
        kind="partners",
        file_name="partner roster.xlsx",
        sha256=_print_of(cells),
        mapping={"Organization": "name", "Type": "kind", "Region": "area"},
        counts=counts,
        ended_at=at,
        **book.stamp(at, "former_coordinator"),
    )
    book.session.add(file)
    book.belongs(
        ImportedRow,
        (
            {
                "import_id": 1,
                "row": place,
                "fingerprint": _print_of(["partners", sorted(row.items()), []]),
                "outcome": "imported",
                "record_id": book.county.number_of(partner.id),
                "did": "added",
                "cells": row,
                "findings": [],
            }
            for place, (partner, row) in enumerate(zip(listed, cells, strict=True), 2)
        ),
    )
    told = {"file": file.file_name, "kind": file.kind}
    book.note(at - timedelta(seconds=20), _importer(book), "import", RecordKind.IMPORT_FILE, 1, after=told)


def _print_of(cells: object) -> str:
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()


def _look_alikes(book: Book, at: datetime) -> None:
    """Ask about names that look alike: one question was answered, one still waits."""
    pairs = [("regional_center", "three_creeks_ffa", True), ("afterschool", "interfaith", False)]
    for partner, other, answered in pairs:
        first, second = (book.county.partner[book.county.number_of(name) - 1].name for name in (partner, other))
        question = LookAlike(
            partner_id=book.county.number_of(partner),
            other_id=book.county.number_of(other),
            reason=f"“{first}” looks like “{second}”",
            answer=LookAlikeAnswer.DIFFERENT if answered else LookAlikeAnswer.OPEN,
            version=2 if answered else 1,
            **book.stamp(at, "former_coordinator"),
        )
        book.session.add(question)


# --- Forums and ties ----------------------------------------------------------------------------------------


def _forum(book: Book, clock: Clock, told: DemoForum, number: int) -> None:
    at = clock.moment(clock.day(ROSTER - 3), 14, number)
    forum = Forum(
        id=number,
        name=told.name,
        name_key=squeeze(told.name),
        purpose=told.purpose,
        language=told.language,
        **book.stamp(at, "coordinator"),
    )
    book.session.add(forum)
    book.note(at, "coordinator", "add", RecordKind.FORUM, number, after=snapshot(forum))
    for seat in told.members:
        _seat(book, clock, seat, number, at)


def _seat(book: Book, clock: Clock, seat: DemoSeat, forum_id: int, at: datetime) -> None:
    partner_id = book.county.number_of(seat.partner)
    from_on = clock.day(seat.since) if seat.since else None
    seated = clock.moment(from_on, 15, forum_id) if from_on else at + timedelta(minutes=partner_id)
    member = ForumMember(
        id=book.number(ForumMember),
        forum_id=forum_id,
        partner_id=partner_id,
        contact_id=book.county.people_of(seat.partner)[0],
        role=seat.role,
        from_on=from_on,
        **book.stamp(seated, "coordinator"),
    )
    begun = snapshot(member)
    book.note(seated, "coordinator", "add seat", RecordKind.FORUM, forum_id, after=begun)
    if seat.until is not None:
        member.until_on, member.version = clock.day(seat.until), 2
        moment = clock.moment(member.until_on, 16, 45)
        before, after = begun | {"seat": None}, snapshot(member, seat=member.id)
        book.note(moment, "coordinator", "change seat", RecordKind.FORUM, forum_id, before=before, after=after)
    book.belongs(ForumMember, [member.model_dump()])


def _tie(book: Book, clock: Clock, number: int) -> None:
    told = book.county.tie[number - 1]
    from_on = clock.day(told.since)
    at = clock.moment(from_on, 16, 10)
    tie = Relationship(
        id=number,
        from_partner_id=book.county.number_of(told.from_partner),
        to_partner_id=book.county.number_of(told.to_partner),
        what=told.what,
        from_on=from_on,
        until_on=clock.day(told.until) if told.until else None,
        **book.stamp(at, "coordinator"),
    )
    book.session.add(tie)
    book.note(at, "coordinator", "add", RecordKind.RELATIONSHIP, number, after=snapshot(tie))
