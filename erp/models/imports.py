"""Imports: the file, its counts and findings, and what became of every row."""

from datetime import datetime

from sqlalchemy import JSON
from sqlmodel import Field

from erp.models.base import Table


class ImportFile(Table, table=True):
    """A file that was imported: by whom, when, how its headings were read, and its counts."""

    __tablename__ = "import_file"  # pyright: ignore[reportAssignmentType] -- SQLModel's own way to name a table

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    file_name: str
    sha256: str
    mapping: dict[str, str] = Field(default_factory=dict, sa_type=JSON, nullable=False)
    counts: dict[str, int] = Field(default_factory=dict, sa_type=JSON, nullable=False)
    recorded_at: datetime
    recorded_by: int | None = None


class ImportedRow(Table, table=True):
    """One row of an import: its number as the spreadsheet counts it, its cells as typed, and what became of it.

    `fingerprint` is a hash of kind and cells: the same row a second time adds nothing.
    """

    __tablename__ = "imported_row"  # pyright: ignore[reportAssignmentType] -- SQLModel's own way to name a table

    id: int | None = Field(default=None, primary_key=True)
    import_id: int = Field(foreign_key="import_file.id", index=True)
    row: int
    fingerprint: str = Field(index=True)
    outcome: str
    record_id: int | None = None
    cells: dict[str, str] = Field(default_factory=dict, sa_type=JSON, nullable=False)
    findings: list[dict[str, object]] = Field(default_factory=list, sa_type=JSON, nullable=False)
