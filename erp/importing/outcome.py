"""What became of a file: counts that add up, findings, and the rejected rows as a file to mend."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from erp.importing.fields import WHY_NOT
from erp.importing.formulas import harmless
from erp.importing.readings import Finding, Refused, RowReading

_FINDING_COLUMNS = ("row", "column", "found", "reason", "advice")


@dataclass
class ImportResult:
    """Counts of an import: rows = imported (without a warning) + warned + rejected; `added` says how many are new.

    `rejected_readings` are the rejected rows, for the file to mend. `unknown_names`: names that no partner has → in how
    many cells they stand.
    """

    rows: int = 0
    added: int = 0
    imported: int = 0
    warned: int = 0
    rejected: int = 0
    refused: bool = False
    findings: list[Finding] = field(default_factory=list)
    rejected_readings: list[RowReading] = field(default_factory=list)
    unknown_names: Counter[str] = field(default_factory=Counter[str])

    @classmethod
    def of_refusal(cls, refused: Refused) -> "ImportResult":
        """Return the result of a file refused whole: no rows, and the reason as its one finding."""
        return cls(refused=True, findings=[refused.finding])

    def count(self, reading: RowReading, *, added: bool) -> None:
        """Count a row by its findings, which are kept."""
        self.rows += 1
        if reading.rejected:  # what it warns of is said once the row comes in
            reading.findings = [found for found in reading.findings if found.severity == "rejected"]
        self.findings.extend(reading.findings)
        if reading.rejected:
            self.rejected += 1
            reading.forget_meaning()
            self.rejected_readings.append(reading)
            return
        self.added += added
        if reading.warned:
            self.warned += 1
        else:
            self.imported += 1

    @property
    def exit_status(self) -> int:
        """0 all rows in, 1 some rejected, 2 file refused."""
        if self.refused:
            return 2
        return 1 if self.rejected else 0

    def to_json(self) -> str:
        """Return the result as JSON for other programs, with the agreed names only."""
        return "".join(self.json_pieces())

    def json_pieces(self) -> Iterator[str]:
        """Yield the same JSON a finding at a time, which a long list needs."""
        counts = {name: getattr(self, name) for name in ("rows", "added", "imported", "warned", "rejected", "refused")}
        yield json.dumps(counts).removesuffix("}") + ', "findings": ['
        for place, finding in enumerate(self.findings):
            one = {name: getattr(finding, name) for name in _FINDING_COLUMNS}
            yield (",\n" if place else "\n") + json.dumps(one, ensure_ascii=False)
        yield "]}"


def findings_file(findings: Iterable[Finding]) -> bytes:
    """Return findings as CSV that spreadsheets open (UTF-8 with a mark), harmless."""
    return _csv(_FINDING_COLUMNS, ([str(getattr(found, name)) for name in _FINDING_COLUMNS] for found in findings))


def rejected_file(readings: Iterable[RowReading], headings: list[str]) -> bytes:
    """Return rejected rows as CSV to mend and import again: their headings, cells as typed, and why each was rejected.

    Cells beyond the last heading stand right of the reasons. Cells that a spreadsheet would run are made harmless, and
    read back as typed.
    """
    kept = [heading for heading in headings if heading.casefold() != WHY_NOT]
    rows = (
        [*(reading.cells.get(heading, "") for heading in kept), _why(reading), *reading.beyond] for reading in readings
    )
    return _csv((*kept, WHY_NOT), rows)


def _why(reading: RowReading) -> str:
    told = (finding for finding in reading.findings if finding.severity == "rejected")
    return " ".join(f"{finding.column}: {finding.reason} {finding.advice}".removeprefix(": ") for finding in told)


def _csv(headings: Iterable[str], rows: Iterable[list[str]]) -> bytes:
    written = io.StringIO()
    sheet = csv.writer(written)
    sheet.writerow([harmless(heading) for heading in headings])
    sheet.writerows([harmless(cell) for cell in row] for row in rows)
    return written.getvalue().encode("utf-8-sig", "surrogatepass")
