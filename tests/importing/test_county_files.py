"""Two made-up counties' files, with the messes real ones have: they import by guess, and nothing filled is lost."""

from pathlib import Path

import pytest

from erp.importing.fields import FIELDS
from erp.importing.mapping import guess_mapping, need_required
from erp.importing.read import open_table
from erp.importing.readings import RowReading
from erp.importing.rows import read_rows
from tests.importing.county_files import FILES, HERE

COUNTED = {
    "alder_childrens_council/partners.csv": (6, 8, 0),
    "alder_childrens_council/contacts.csv": (2, 1, 0),
    "alder_childrens_council/engagements.csv": (4, 2, 2),
    "alder_childrens_council/commitments.txt": (2, 1, 1),
    "heron_bay_services/partners.csv": (5, 2, 1),
    "heron_bay_services/feedback.csv": (4, 3, 1),
    "heron_bay_services/ratings.csv": (2, 0, 2),
}


def read(path: Path) -> tuple[dict[str, str | None], list[RowReading]]:
    kind = path.stem
    assert kind in FIELDS
    table = open_table(path.read_bytes(), path.name)
    mapping = guess_mapping(kind, table.headings)
    need_required(kind, mapping)
    return mapping, list(read_rows(kind, table, mapping, HERE))


@pytest.mark.parametrize("name", COUNTED)
def test_every_row_is_imported_warned_or_rejected(name: str) -> None:
    _, rows = read(FILES / name)
    warned, rejected = sum(row.warned for row in rows), sum(row.rejected for row in rows)
    assert (len(rows) - warned - rejected, warned, rejected) == COUNTED[name]


@pytest.mark.parametrize("name", COUNTED)
def test_no_filled_cell_is_lost(name: str) -> None:
    mapping, rows = read(FILES / name)
    for row in rows:
        for heading, cell in row.cells.items():
            field = mapping[heading]
            if cell and not row.rejected:
                kept = row.extras.get(heading) if field is None else row.values[field] not in (None, "", ())
                assert kept or row.as_written[str(field)] == cell


def test_every_file_is_counted() -> None:
    found = {str(path.relative_to(FILES)) for path in FILES.rglob("*.*") if not path.name.startswith(".")}
    assert found == set(COUNTED)


def test_names_that_look_alike_stay_two_and_a_stray_comma_stays() -> None:
    _, rows = read(FILES / "alder_childrens_council/partners.csv")
    names = [row.values["name"] for row in rows]
    assert {"Heron Bay Tribe", "Big Heron Tribe", "Dept. of Social Services", "Department of Social Services"} <= set(
        names
    )
    assert "Community Fund of Alder County," in names


def test_one_writer_for_two_organizations_is_one_item_from_both() -> None:
    _, rows = read(FILES / "heron_bay_services/feedback.csv")
    assert len(rows[0].values["partner"]) == 2
