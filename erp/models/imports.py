"""Imports: the file, its counts and findings, and what became of every row."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field

from erp.models.base import Table


class ImportFile(Table, table=True):
    """A file that was imported: by whom, when, how its headings were read, and its counts.

    `findings`: of its headings; those of its rows stand with them. `ended_at` None: it did not reach its end.
    `settled`: what was said of names nobody knew, before it was saved: "named" [[partner, name]], "added" [partner].
    """

    __tablename__ = "import_file"  # pyright: ignore[reportAssignmentType] -- SQLModel's own way to name a table

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    file_name: str
    sha256: str
    mapping: dict[str, str] = Field(default_factory=dict, sa_type=JSON, nullable=False)
    counts: dict[str, int] = Field(default_factory=dict, sa_type=JSON, nullable=False)
    recorded_at: datetime
    recorded_by: int | None = None
    findings: list[dict[str, object]] = Field(default_factory=list, sa_type=JSON, nullable=False)
    ended_at: datetime | None = None
    settled: dict[str, list[Any]] = Field(default_factory=dict, sa_type=JSON, nullable=False)
    undone_at: datetime | None = None


class ImportedRow(Table, table=True):
    """One row of an import: its number as the spreadsheet counts it, its cells as typed, and what became of it.

    `fingerprint` is a hash of kind and cells: the same row a second time adds nothing. `did`: what it did to its
    record, "added" or "changed"; blank where the record was here and stayed as it was.
    """

    __tablename__ = "imported_row"  # pyright: ignore[reportAssignmentType] -- SQLModel's own way to name a table

    id: int | None = Field(default=None, primary_key=True)
    import_id: int = Field(foreign_key="import_file.id", index=True)
    row: int
    fingerprint: str = Field(index=True)
    outcome: str
    record_id: int | None = None
    did: str = ""
    cells: dict[str, str] = Field(default_factory=dict, sa_type=JSON, nullable=False)
    findings: list[dict[str, object]] = Field(default_factory=list, sa_type=JSON, nullable=False)
