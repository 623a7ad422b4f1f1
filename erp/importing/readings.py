"""What reading says: a finding about a cell, a file refused whole, and a row as it was read."""

import sys
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from erp.errors import ERPError
from erp.frameworks import Frameworks
from erp.importing.cells import shown

#: "note" says how something was read and leaves the row imported; "warning" and "rejected" are outcomes of the row.
Severity = Literal["rejected", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Here:
    """What cells are read by: the county's day, and the frameworks it works under."""

    today: date
    frameworks: Frameworks


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to say about a cell, before it is known where the cell is. `code` tells the kinds of problem apart."""

    code: str
    severity: Severity
    reason: str
    advice: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found in one cell: the row as the spreadsheet counts it, the heading, the text, why, what to do."""

    row: int
    column: str
    found: str
    reason: str
    advice: str
    severity: Severity


class Refused(ERPError):
    """The file cannot be imported at all: nothing of it was saved."""

    def __init__(self, reason: str, advice: str, *, row: int = 1, column: str = "", found: str = "") -> None:
        super().__init__(f"{reason} {advice}")
        self.reason = reason
        self.advice = advice
        self.finding = Finding(row, column, shown(found), reason, advice, "rejected")


@dataclass(slots=True)
class RowReading:
    """One row as it was read.

    number: as the spreadsheet counts rows. cells: heading → text as typed, every heading. beyond: filled cells right of
    the last heading, by how many columns they stand beyond it (0 is the first). values: field → typed value, for the
    fields that have a column, and what follows from them (two_way, status, held_at, recognition, told_counts).
    as_written: field → the county's words where the typed value cannot hold them. extras: heading → text of filled
    columns without a place.
    """

    number: int
    cells: dict[str, str]
    beyond: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    as_written: dict[str, str] = field(default_factory=dict)
    extras: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @property
    def rejected(self) -> bool:
        """Whether the row cannot be imported as it is."""
        return any(finding.severity == "rejected" for finding in self.findings)

    @property
    def warned(self) -> bool:
        """Whether the row is imported with something for a person to look at."""
        return not self.rejected and any(finding.severity == "warning" for finding in self.findings)

    def forget_meaning(self) -> None:
        """Keep only the cells and what is said about them: all that a row needs that did not come in."""
        self.values, self.as_written, self.extras = {}, {}, {}

    def say(self, column: str, found: str, problem: Problem) -> None:
        """Add a finding about a cell of this row."""
        reason = sys.intern(problem.reason)  # a long file has one reason many times
        self.findings.append(Finding(self.number, column, shown(found), reason, problem.advice, problem.severity))
