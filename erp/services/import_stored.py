"""The records that rows of a file speak of, what these say otherwise, and both laid together for an update."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlmodel import col, select

from erp.access import Actor, operator
from erp.importing.cells import several
from erp.importing.formulas import harmless
from erp.importing.read import Table
from erp.importing.readings import Here, RowReading
from erp.importing.rows import read_rows
from erp.models.ratings import Rating
from erp.queries.exports import folded, written_out
from erp.queries.visible import (
    commitments_visible_to,
    engagements_visible_to,
    feedback_visible_to,
    ratings_visible_to,
)
from erp.services.import_batch import Batch, was_made
from erp.services.records import person_key, squeeze
from erp.vocabulary import Door, RecordKind, Verb


@dataclass(frozen=True, slots=True)
class Difference:
    """What a row says otherwise than its record: the field, or a heading without a place (`is_field` False)."""

    name: str
    found: str
    there: str
    is_field: bool = True


#: Kinds with records that not everybody may see.
_VISIBLE: dict[str, Callable[[Actor], Any]] = {
    "engagements": engagements_visible_to,
    "commitments": commitments_visible_to,
    "feedback": feedback_visible_to,
    "ratings": ratings_visible_to,
}
_NAMED = ("partner", "partners")
_LISTED = ("other_names", "former_names")
_RATED = (*(f"item_{n}" for n in range(1, 11)), "notes")


class Stored:
    """The records that the rows of one stretch speak of.

    A record is written out as an export does and read back as a file is, so both sides are understood alike.
    """

    def __init__(self, batch: Batch, kind: str, table: Any, readings: list[RowReading], read_by: Here) -> None:
        self.batch = batch
        self.kind = kind
        self.table = table
        self.read_by = read_by
        self._read: dict[int, RowReading] = {}
        self._words: dict[int, dict[str, str]] = {}
        self._known: dict[object, int] = {}
        self._sealed: set[object] = set()
        identities = {identity for reading in readings if (identity := self._identity(reading))}
        if kind == "ratings":
            self._find_ratings(readings)
        else:
            self._find_keys([str(key) for key in identities])
            self._read_back(sorted({number for reading in readings if (number := self._number(reading))}))

    def known(self, reading: RowReading) -> int | None:
        """Return the id of the record a row speaks of: by key, a partner also by name, a rating by who, side and day.

        A row is rejected where its key belongs to a record that the actor may not see, or names another partner.
        """
        if self._identity(reading) in self._sealed:
            self._refuse_sealed(reading)
            return None
        number = self._number(reading)
        if number is not None and self.kind == "partners":
            self._refuse_other_key(reading, number)
        return number

    def remember(self, reading: RowReading, number: int) -> None:
        """Let the rows that follow know the record that was added for this row."""
        if identity := self._identity(reading):
            self._known[identity] = number

    def by_name_only(self, reading: RowReading) -> bool:
        """Say whether a row speaks of a partner by its name alone."""
        return self.kind == "partners" and not reading.values.get("key")

    def differing(self, number: int, reading: RowReading) -> list[Difference]:
        """Return what a row's filled cells say otherwise than the record; a blank cell says nothing."""
        there = self._there(number, reading)
        if there is None:
            return []
        by_name = self.by_name_only(reading)
        fields = [
            Difference(field, cell, there.cells.get(field, ""))
            for field, heading in self.batch.heading_of.items()
            if (cell := reading.cells.get(heading, "")) and field not in self._identifying(by_name=by_name)
            if not self._same(field, reading, there, self._words[number])
        ]
        theirs = {folded(heading): cell for heading, cell in there.extras.items()}
        extras = [
            Difference(heading, cell, theirs.get(folded(heading), ""), is_field=False)
            for heading, cell in reading.extras.items()
            if not by_name and not self._stands(cell, theirs.get(folded(heading)))
        ]
        return [*fields, *extras]

    def merged(self, number: int, reading: RowReading, changed: Collection[str]) -> RowReading:
        """Return the record as it reads with the changed fields of a row laid over it, rules and all.

        What is to be said about a changed field is said on the row; it may be rejected after all.
        """
        there = self._there(number, reading)
        assert there is not None  # it differs from the row, so it was read
        heading_of = self.batch.heading_of
        cells = there.cells | {
            field: reading.cells[heading] for field, heading in heading_of.items() if field in changed
        }
        merged = self._as_read(reading.number, cells)
        said = [f for f in merged.findings if f.severity == "rejected" or f.column in changed]
        reading.findings = [f for f in reading.findings if f.severity == "note"]
        for finding in said:
            if finding.severity != "note":
                reading.findings.append(replace(finding, column=heading_of.get(finding.column, finding.column)))
        merged.findings = []
        theirs = {folded(heading): heading for heading in there.extras}
        ours = {theirs.get(folded(heading), heading): cell for heading, cell in reading.extras.items()}
        merged.extras = there.extras | ours
        return merged

    def _identity(self, reading: RowReading) -> object:
        values = reading.values
        if self.kind != "ratings":
            return values.get("key") or None
        if reading.rejected or not values.get("respondent"):
            return None
        words = values["partner"]
        return _rating_identity(
            self.batch.names.partner(words) or words, values["respondent"], values["side"], values["rated_on"]
        )

    def _number(self, reading: RowReading) -> int | None:
        number = self._known.get(self._identity(reading))
        if number is None and self.kind == "partners" and reading.values.get("name"):
            number = self.batch.names.same_name(reading.values["name"])
        return number

    def _identifying(self, *, by_name: bool) -> tuple[str, ...]:
        if self.kind == "ratings":
            return ("partner", "respondent", "side", "rated_on")
        return ("key", "name", "notes") if by_name else ("key",)

    def _refuse_sealed(self, reading: RowReading) -> None:
        if self.kind == "ratings":
            self.batch.reject(
                reading,
                "respondent",
                reading.values["respondent"],
                "This person's rating of that day is here already.",
                "Leave the row out; ask a Tribal liaison or leadership if it should be changed.",
            )
        else:
            self.batch.reject(
                reading, "key", reading.values["key"], "This key is taken.", "Use another key for this row."
            )

    def _refuse_other_key(self, reading: RowReading, number: int) -> None:
        key, there = reading.values.get("key"), self.batch.names.partner_key[number]
        if key and key != there and not was_made(there, "P", number):  # one that was made gives way
            name = self.batch.names.partner_name[number]
            self.batch.reject(
                reading,
                "key",
                key,
                f"“{name}” is here already under the key {there}.",
                "Use that key, or leave the key blank.",
            )

    def _find_keys(self, keys: list[str]) -> None:
        table, session = self.table, self.batch.session
        here = select(table.key, table.id).where(table.key.in_(keys))
        self._known = dict(session.execute(here).all())
        if visible := _VISIBLE.get(self.kind):
            seen = {key for key, _ in session.execute(here.where(visible(self.batch.actor)))}
            self._sealed = set(self._known) - seen

    def _find_ratings(self, readings: list[RowReading]) -> None:
        session, names = self.batch.session, self.batch.names
        whole = [reading.values for reading in readings if not reading.rejected]
        partners = {names.partner(values["partner"]) for values in whole}
        here = select(Rating).where(
            col(Rating.rated_on).in_({values["rated_on"] for values in whole}), col(Rating.voided_at).is_(None)
        )
        linked = here.where(col(Rating.partner_id).in_(partners - {None}))
        seen = {rating.id for rating in session.scalars(linked.where(ratings_visible_to(self.batch.actor)))}
        for rating in [*session.scalars(linked), *session.scalars(here.where(col(Rating.partner_id).is_(None)))]:
            partner = rating.partner_id or rating.as_written.get("partner")
            identity = _rating_identity(partner, rating.respondent, rating.side, rating.rated_on)
            self._known[identity] = rating.id or 0
            if rating.partner_id is not None and rating.id not in seen:
                self._sealed.add(identity)

    def _there(self, number: int, reading: RowReading) -> RowReading | None:
        """Return the record as it reads, or reject the row where the record is out of sight."""
        if number not in self._read:
            self.batch.flush()
            self._read_back([number])
        there = self._read.get(number)
        if there is None:
            found = reading.values.get("key") or reading.values.get("name") or ""
            advice = "Restore it on its page first."
            self.batch.reject(reading, "key", found, "This record was archived or voided.", advice)
        return there

    def forget(self, number: int) -> None:
        """Read a record anew when it is next asked for: it was changed."""
        self._read.pop(number, None)

    def _same(self, field: str, reading: RowReading, there: RowReading, kept: dict[str, str]) -> bool:
        words = reading.as_written.get(field)
        if words and words == kept.get(field):
            return True
        if field == "notes" and self.kind == "partners":  # a second roster's notes stand below the first one's
            return reading.values["notes"] in there.values["notes"]
        ours, theirs = self._said(field, reading), self._said(field, there)
        return ours <= theirs if field in _LISTED else ours == theirs

    def _stands(self, cell: str, there: str | None) -> bool:
        """Say whether a column without a place has this cell; a partner keeps those of several rosters side by side."""
        return cell == there or (self.kind == "partners" and f"; {cell};" in f"; {there};")

    def _said(self, field: str, reading: RowReading) -> Any:
        """Return what a cell says, by its meaning: two ways to write one day or one partner are the same."""
        value = reading.values.get(field)
        words = reading.as_written.get(field)
        if field in _NAMED:
            names = several(words) if words else (value,) if isinstance(value, str) else value or ()
            whole = self.batch.names.partner("; ".join(names)) if field == "partner" else None
            return {whole} if whole else {self.batch.names.partner(name) or name for name in names}
        if field in _LISTED:
            return {squeeze(name) for name in value or ()}
        if field == "name" and self.kind == "partners":
            return squeeze(value or "")
        if field == "holder":
            return self.batch.names.account(str(value or words)) or words or value
        if field == "kind" and self.kind == "partners":
            return value, reading.values.get("recognition")
        if field in ("behaviors", "topics"):
            return set(value or ()), words
        if field == "held_on" and value is not None:
            return value, reading.values.get("held_at")
        if isinstance(value, tuple):
            return sorted(value) or words
        return words if value in (None, "") else value

    def _read_back(self, numbers: list[int]) -> None:
        if not numbers:
            return
        for written in written_out(self.batch.session, operator(Door.IMPORT), self.kind, numbers):
            reading = self._as_read(1, written.cells)
            reading.extras = written.extras
            self._words[written.number] = written.as_written
            self._read[written.number] = reading

    def _as_read(self, row: int, cells: dict[str, str]) -> RowReading:
        """Read the cells of a record, under our headings, as the row of a file is read."""
        line = (row, [harmless(cell) for cell in cells.values()])
        table = Table(list(cells), 0, [], 1, lambda: iter([line]))
        return next(read_rows(self.kind, table, {heading: heading for heading in cells}, self.read_by))


def may_tell(actor: Actor, kind: str, field: str) -> bool:
    """Say whether a finding may print what a record has in a field: no person's answers, nobody's hidden name."""
    if kind == "ratings":
        return False
    held_apart = kind == "contacts" or (kind == "feedback" and field == "person")
    return not held_apart or actor.may(Verb.SEE, RecordKind.CONTACT_CHANNEL)


def _rating_identity(partner: object, respondent: str, side: str, day: date) -> object:
    """Return what a rating is known by; names alike but for spacing and case are one person."""
    return partner, person_key(respondent), str(side), day
