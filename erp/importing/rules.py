"""What the cells of one row must agree on, and what follows from them together."""

from collections.abc import Callable, Mapping
from datetime import date

from erp.importing.cells import is_spreadsheet_error
from erp.importing.dates import in_words
from erp.importing.fields import ITEMS, REQUIRED, named
from erp.importing.readings import Problem, RowReading
from erp.importing.words import is_nameless
from erp.vocabulary import EngagementKind, EngagementStatus

NOT_TOLD = "The item comes in, and counts as not told."

_AFTER_RECEIVED = ("acknowledged_on", "decided_on", "told_on", "confirmed_on", "reopened_on")


class Row:
    """A row that was read cell by cell, with the headings its fields came under."""

    def __init__(self, reading: RowReading, heading_of: Mapping[str, str], today: date) -> None:
        self.reading = reading
        self.values = reading.values
        self.today = today
        self._heading_of = heading_of

    def cell(self, field: str) -> str:
        """Return the text under the field's heading, empty where it has none."""
        return self.reading.cells.get(self._heading_of.get(field, ""), "")

    def reject(self, field: str, reason: str, advice: str) -> None:
        """Say that the row cannot come in, pointing at the field's column."""
        self._say(field, Problem("rule", "rejected", reason, advice))

    def warn(self, field: str, reason: str, advice: str) -> None:
        """Say what a person should look at, pointing at the field's column."""
        self._say(field, Problem("rule", "warning", reason, advice))

    def keep_words(self, field: str) -> None:
        """Keep the text of a field whose value has nothing to belong to."""
        if cell := self.cell(field):
            self.reading.as_written.setdefault(field, cell)

    def _say(self, field: str, problem: Problem) -> None:
        self.reading.say(self._heading_of.get(field, field), self.cell(field), problem)


def apply_rules(kind: str, row: Row) -> None:
    """Check the row as a whole and fill in what follows from it."""
    _need_filled(kind, row)
    if rule := _RULES.get(kind):
        rule(row)


def _need_filled(kind: str, row: Row) -> None:
    for group in REQUIRED[kind]:
        # “anonymous: no” names nobody
        if group == ITEMS:
            continue  # the file needs the columns; a row may leave each of them blank
        filled = [row.cell(field) for field in group if field != "anonymous" or row.values.get(field)]
        if not any(filled):
            reason = f"Every row needs {named(group)}, and here it is empty."
            row.reject(group[0], reason, "Fill it in, or leave the row out.")
        elif all(is_spreadsheet_error(cell) for cell in filled if cell):
            reason = f"Every row needs {named(group)}, and here the spreadsheet shows an error."
            row.reject(group[0], reason, "Type what should stand there.")


def _partner(row: Row) -> None:
    if row.values.get("cadence_from") and not row.values.get("cadence_days"):
        row.keep_words("cadence_from")  # the day alone is no agreement
    if "cadence_from" in row.reading.as_written:
        row.keep_words("cadence_days")  # nor are days from a day that nobody knows


def _engagement(row: Row) -> None:
    """Let two_way and status follow from kind and day where blank. Source: import rules, 2 and headings."""
    values = row.values
    if values.get("two_way") is None:
        values["two_way"] = values.get("kind") is not EngagementKind.EMAIL
    elif not values.get("partners"):
        row.keep_words("two_way")  # it belongs to the partners listed, and none is
    ahead = values.get("held_on") is not None and values["held_on"] > row.today
    status = values.get("status")
    if status is None:
        values["status"] = EngagementStatus.PLANNED if ahead else EngagementStatus.HELD
    elif ahead and status is EngagementStatus.HELD:
        values["status"] = EngagementStatus.PLANNED
        row.warn("status", "The day is still ahead, so this is a planned engagement.", "Correct the status or the day.")


def _commitment(row: Row) -> None:
    made = row.values.get("made_on")
    for field, what in (("done_on", "done"), ("withdrawn_on", "withdrawn")):
        day = row.values.get(field)
        if day is not None and made is not None and day < made:
            row.warn(field, f"It was {what} before it was made ({in_words(made)}).", "Correct one of the two days.")
    if row.values.get("done_on") and row.values.get("withdrawn_on"):
        row.warn("withdrawn_on", "It is both done and withdrawn.", "Keep the day of the one that is true.")


def _feedback(row: Row) -> None:
    _name_the_nameless(row)
    _keep_order(row)
    values = row.values
    told, answered = bool(values.get("told_on")), bool(values.get("decision"))
    values["told_counts"] = told and answered
    for day, how in (("told_on", "told_how"), ("confirmed_on", "confirmed_how")):
        if not values.get(day):
            row.keep_words(how)
    if answered and not told and values.get("decided_on") is None:
        row.warn("decision", f"There is an answer without a day. {NOT_TOLD}", "Add the day the giver was told.")
    for field in ("told_on", "decided_on"):
        if values.get(field) and not answered:
            row.warn(field, f"There is a day without an answer. {NOT_TOLD}", "Add what the giver was told.")


def _name_the_nameless(row: Row) -> None:
    """Read “anonymous” in the place of a name as what it says, so that no partner of that name is looked for."""
    for field, nobody in (("partner", ()), ("person", "")):
        if is_nameless(row.cell(field)):
            row.reading.as_written[field] = row.cell(field)
            row.values |= {field: nobody, "anonymous": True}
    if row.values.get("anonymous") and row.values.get("person"):
        row.warn(
            "person",
            "The giver is marked anonymous, and a person is named.",
            "If they asked not to be named, take the name out and import the row again.",
        )


def _keep_order(row: Row) -> None:
    received = row.values.get("received_on")
    if received is None:
        return
    for field in _AFTER_RECEIVED:
        found = row.values.get(field) or ()
        days = found if isinstance(found, tuple) else (found,)
        if any(day < received for day in days):
            what = field.removesuffix("_on")
            row.reject(
                field, f"It was {what} before it was received ({in_words(received)}).", "Correct one of the days."
            )


def _rating(row: Row) -> None:
    if not any(row.cell(item) for item in ITEMS):
        row.warn(
            "rated_on", "No item is answered. The rating is kept and enters no figure.", "Fill in what was answered."
        )
    if "rated_on" in row.reading.as_written and row.values.get("rated_on") is None:
        row.reject("rated_on", "A rating is known by its day, and this is not a day.", "Write the day of the rating.")


_RULES: dict[str, Callable[[Row], None]] = {
    "partners": _partner,
    "engagements": _engagement,
    "commitments": _commitment,
    "feedback": _feedback,
    "ratings": _rating,
}
