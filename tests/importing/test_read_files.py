"""Files are told by their content; what cannot be a table is refused whole, with the reason."""

import io
import zipfile

import pytest
from openpyxl import load_workbook
from xlsxwriter import Workbook

from erp.importing.mapping import guess_mapping, need_required
from erp.importing.read import open_table
from erp.importing.readings import Refused
from tests.importing.county_files import table_of, workbook_of

SPANISH = "name,notes\r\nCentro Peñasco,“Sí” – así está\r\n"


def cells_of(data: bytes, file_name: str = "county.csv") -> list[list[str]]:
    return [row.cells for row in open_table(data, file_name).rows()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_any_usual_encoding_is_read(encoding: str) -> None:
    assert cells_of(SPANISH.encode(encoding)) == [["Centro Peñasco", "“Sí” – así está"]]


@pytest.mark.parametrize("encoding", ["mac_roman", "cp437"])
def test_older_encodings_of_spreadsheet_programs_are_read(encoding: str) -> None:
    assert cells_of("name;notes\nJosé Peña;Sí, más café\n".encode(encoding)) == [["José Peña", "Sí, más café"]]


@pytest.mark.parametrize(
    "text", ["Sørensen Hall", "Costs 25¢", "Paid £5", "Šimon", "12°", "Café Luz", "Åse", "Peñasco"]
)
def test_a_single_sign_of_windows_is_read_as_windows(text: str) -> None:
    assert cells_of(f"name\n{text}\n".encode("cp1252")) == [[text]]


def test_a_byte_that_windows_does_not_define_spoils_no_other() -> None:
    assert cells_of(b"name\nBad\x81byte\nCaf\xe9\n") == [["Bad\x81byte"], ["Café"]]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_any_usual_separator_is_read(separator: str) -> None:
    text = f'Date{separator}Meeting{separator}Attendees\n6/1/2015{separator}Council{separator}"A; B, C"\n'
    assert cells_of(text.encode()) == [["6/1/2015", "Council", "A; B, C"]]


def test_the_line_that_names_the_separator_is_no_row() -> None:
    table = table_of("sep=;\r\nname;notes\r\nCedar House;x\r\n")
    assert table.headings == ["name", "notes"]
    assert [row.number for row in table.rows()] == [2]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_rows_are_numbered_as_the_spreadsheet_counts_them(end: str) -> None:
    text = f'name,notes{end}Cedar House,"two{end}lines"{end}{end},{end}Heron Circle,x{end}'
    rows = list(table_of(text).rows())
    assert [(row.number, row.cells[0]) for row in rows] == [(2, "Cedar House"), (5, "Heron Circle")]
    assert rows[0].cells[1] == f"two{end}lines"


def test_a_workbook_named_csv_is_read_as_a_workbook() -> None:
    data = workbook_of(["name", "notes"], ["Cedar House", "a, b; c"])
    assert cells_of(data, "roster.csv") == [["Cedar House", "a, b; c"]]


def test_a_text_file_named_xlsx_is_read_as_text() -> None:
    assert cells_of(b"name\nCedar House\n", "roster.xlsx") == [["Cedar House"]]


def test_cells_of_a_workbook_read_as_they_were_typed() -> None:
    from datetime import datetime, time

    row = [2015.0, 0.1, datetime(2024, 7, 23), datetime(2024, 7, 23, 9, 30), True, time(9, 30), 45_000, "  x "]
    assert cells_of(workbook_of(list("abcdefgh"), row)) == [
        ["2015", "0.1", "2024-07-23", "2024-07-23 09:30", "TRUE", "09:30", "45000", "x"]
    ]


def test_blank_rows_of_a_workbook_count_but_are_not_read() -> None:
    rows = list(open_table(workbook_of(["name"], [], ["Cedar House"]), "a.xlsx").rows())
    assert [row.number for row in rows] == [3]


def test_a_workbook_with_a_wrong_size_loses_no_rows() -> None:
    sound = workbook_of(["name", "notes"], ["Cedar House", "x"], ["Heron Circle", "y"])
    mended = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sound)) as old, zipfile.ZipFile(mended, "w") as new:
        for part in old.infolist():
            new.writestr(part, old.read(part).replace(b'<dimension ref="A1:B3"', b'<dimension ref="A1"'))
    assert cells_of(mended.getvalue()) == [["Cedar House", "x"], ["Heron Circle", "y"]]


def test_a_formula_without_a_value_is_kept_as_typed_and_never_run() -> None:
    table = open_table(workbook_of(["name"], ["=cmd|' /C calc'!A0"]), "a.xlsx")
    assert [row.cells for row in table.rows()] == [["=cmd|' /C calc'!A0"]]
    assert "formulas" in table.notes[0].reason


def test_other_sheets_with_rows_are_named() -> None:
    table = open_table(workbook_of(["name"], ["Cedar House"], Retired=[["x"]], Blank=[]), "a.xlsx")
    assert [note.found for note in table.notes] == ["Retired"]


def test_an_empty_date_of_a_workbook_does_not_pass_for_midnight() -> None:
    book = load_workbook(io.BytesIO(workbook_of(["Date", "Meeting"], [0, "Council"])))
    book.active["A2"].number_format = "m/d/yyyy"  # pyright: ignore[reportOptionalSubscript]
    written = io.BytesIO()
    book.save(written)
    assert cells_of(written.getvalue()) == [["1900-01-00", "Council"]]


def test_a_lone_title_above_the_headings_is_stepped_over_and_said() -> None:
    table = table_of("Members of the council,,\n\nOrganization,Kind,Notes\nCedar House,CBO,\n")
    assert (table.headings, table.heading_row) == (["Organization", "Kind", "Notes"], 3)
    assert "row 3" in table.notes[0].reason


def test_a_column_without_a_heading_between_others_is_named_for_its_letter() -> None:
    assert table_of("name,,notes,\nCedar House,kept,x,\n").headings == ["name", "Column B", "notes"]


def test_invisible_signs_are_empty_and_outer_spaces_go_but_inner_text_stays() -> None:
    text = "name,kind,notes\n\u200b Cedar  House\u00a0,\ufeff,\u200b\u00a0\n\u200b,\u2060,\n"
    assert cells_of(text.encode()) == [["Cedar  House", "", ""]]


def test_quotation_marks_inside_text_stay_as_typed() -> None:
    text = 'name,notes\n"Bo" Lin,5" pipe\n"say ""yes""", "a, b" \n"Bo, the" elder,x\n'
    assert cells_of(text.encode()) == [['"Bo" Lin', '5" pipe'], ['say "yes"', "a, b"], ['"Bo, the" elder', "x"]]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n", "empty"),
        (b"\r\n,,,\r\n", "empty"),
        (workbook_of(), "no rows"),
        (b"<!DOCTYPE html><html><body><table><tr><td>name</td></tr></table></body></html>", "web page"),
        ("\ufeff\n<html><table>".encode("utf-16"), "web page"),
        (b"<title>Error</title>\nname,kind\nA,B\n", "web page"),
        (b"<!-- a -->\n<center><table><tr><td>name\n", "web page"),
        (b"6/1/2015,12\n6/2/2015,13\n", "no headings"),
        (b'"June 4, 2015",name\n"June 5, 2015",Acme\n', "no headings"),
        (b"45000,name\n45001,Acme\n", "no headings"),
        (b"6/4/2015 9:00 AM,name\n6/5/2015 9:00 AM,Acme\n", "no headings"),
        (b"Heron Circle,Tribe,Alder\nCedar House,nonprofit,Birch\nAlder Band,Tribe,\n", "no headings"),
        (b"Heron Circle,Tribe,Alder\n", "no headings"),
        ("name,kind,na\u200bme\nA,B,C\n".encode(), "Two columns"),
        (b"name,Kind, NAME \nA,B,C\n", "Two columns"),
        (b"name,no\0tes\nA,B\n", "A heading holds a NUL byte"),
        (b'name,notes\nCedar House,"never closed\nHeron Circle,x\n', "row 2 and never closed"),
        (b'name,notes\nCedar House,"never closed\nHeron,x\n"Alder, Inc",y\n', "row 2 and never closed"),
        (b'name,notes\n"Cedar, House,x,"y"\nHeron,z\n', "row 2 and never closed"),
        (b'"name,notes\n', "row 1 and never closed"),
        (b"%PDF-1.7 name", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, ".xls"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"PK\x03\x04 broken", "broken"),
        (workbook_of(["name"])[:-200], "broken"),
        (bytes(range(256)) * 20, "neither a text file"),
    ],
)
def test_what_cannot_be_a_table_is_refused_whole_with_the_reason(data: bytes, said: str) -> None:
    with pytest.raises(Refused, match=said) as refusal:
        open_table(data, "county.csv")
    assert refusal.value.advice.endswith(".")


@pytest.mark.parametrize("in_memory", [True, False])
@pytest.mark.parametrize(
    "text", ["see _x000D_ here", "a\rb", "_x000D_\r_x005F_", "x005F_", "_x005F_" * 200_000 + "_x000D_"]
)
def test_a_text_that_looks_like_a_sign_of_the_workbook_stays_as_typed(text: str, *, in_memory: bool) -> None:
    packed = io.BytesIO()
    with Workbook(packed, {"constant_memory": not in_memory}) as book:
        sheet = book.add_worksheet()
        for row in range(2):
            for place, part in enumerate([text[start : start + 30_000] for start in range(0, len(text), 30_000)]):
                sheet.write_string(row, place, part if row else f"heading {place}")
    assert "".join(cells_of(packed.getvalue())[0]) == text


def test_a_packed_file_that_is_no_workbook_is_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as parts:
        parts.writestr("word/document.xml", "<w/>")
    with pytest.raises(Refused, match="packed file"):
        open_table(packed.getvalue(), "roster.xlsx")


def test_a_file_without_headings_is_refused_before_a_row_is_read() -> None:
    headings = table_of("Cedar House,no such kind,Alder\nHeron Circle,x,y\n").headings
    with pytest.raises(Refused, match="not headings for partners"):
        need_required("partners", guess_mapping("partners", headings))


@pytest.mark.parametrize(
    "text", ["Tribe,City\nHeron Band,Alder\nTribe of the Bend,Birch\n", "Tribe\nTribe\nnation\n", "Agency,Tribe\nx,y\n"]
)
def test_headings_that_are_also_values_are_headings_where_other_things_stand_below_them(text: str) -> None:
    assert table_of(text).heading_row == 1


def test_a_file_with_headings_and_no_rows_is_not_refused() -> None:
    table = table_of("name,kind\n")
    assert (list(table.rows()), table.expected_rows) == ([], 0)


def test_text_says_how_many_rows_are_to_come() -> None:
    assert table_of("name\nA\n\nB\n").expected_rows == 2
