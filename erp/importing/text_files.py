"""Text files: their encoding, their separator, and their records with no quotation mark left open."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from erp.importing.cells import OUTER, plain, shown, trimmed
from erp.importing.fields import heading_words
from erp.importing.readings import Finding, Refused

#: The rows of a file as the spreadsheet counts them (blank ones too), each with its cells.
Records = Iterator[tuple[int, list[str]]]

_SEPARATORS = (",", ";", "\t", "|")
_SAMPLE = 65_536
_WEB_PAGE = re.compile(r"\s*<(?:!--|!doctype\b|\?xml\b|[a-z][a-z0-9]*(?:\s[^<>]*)?/?>)", re.I)
_SEP_LINE = re.compile(r"\s*sep=(.)\r?\n", re.I)
#: What single-byte files of Californian counties hold beside ASCII, Spanish and Tribal spellings and the signs of
#: print, with what speaks for an encoding in which they stand there; then what is rarer.
_LIKELY = dict.fromkeys("áéíóúñüÁÉÍÓÚÑÜçàèâêîôûëïöä’‘“”–—…•½¼¾®™©§¿¡´«»ʻ\u00a0", 3) | dict.fromkeys(
    "øØåÅæÆœŒšŠžŽÿŸðÐþÞßãõÃÕìòùÀÈÌÒÙÂÊÎÔÛÇÄËÏÖ£¢€¥×÷°·±²³¹ºª¶µ¦†‡‰‹›", 2
)
#: Another encoding than Windows' own has to be so many times as likely: in a few letters nobody can be sure.
_BY_FAR = 1.5
#: Windows, the older Macintosh, and "CSV (MS-DOS)" of Excel; the first wins where nothing speaks for another.
_HIGH = re.compile(rb"(?s).?[\x80-\xff]")
_SINGLE_BYTE = ("cp1252", "mac_roman", "cp437")

# A cell may hold a long set of minutes; Python's csv module stops at 131,072 characters unless told otherwise.
csv.field_size_limit(16_000_000)


@dataclass(frozen=True, slots=True)
class Opened:
    """A file opened for reading. `records` starts from the top each time it is called."""

    records: Callable[[], Records]
    first_filled_row: int
    filled_rows: int | None
    notes: list[Finding] = field(default_factory=list)


def open_text(data: bytes) -> Opened:
    """Open a text file and read it through once. Raises: Refused."""
    encoding, skipped = _encoding(data)
    with _text(data, encoding, skipped) as stream:
        sample = _sampled(stream)
    if _WEB_PAGE.match(sample.lstrip(OUTER)):
        raise Refused(
            "This is a web page, not a table, whatever its name says.",
            "Download the file itself, or open the page in your spreadsheet program and save it as .xlsx or CSV.",
            found=trimmed(sample)[:60],
        )
    told = _SEP_LINE.match(sample)  # Excel's own line for the separator; no row of the sheet
    separator = told[1] if told else _separator(sample)

    def records() -> Records:
        with _text(data, encoding, skipped) as stream:
            if told:
                stream.readline()
            yield from _records(stream, separator)

    first, filled = 0, 0
    try:
        for number, cells in records():
            if any(map(trimmed, cells)):
                first, filled = first or number, filled + 1
    except UnicodeDecodeError as problem:
        raise _not_text() from problem
    return Opened(records, first, filled)


def _not_text() -> Refused:
    return Refused(
        "This is neither a text file nor an Excel workbook.",
        "Open it in your spreadsheet program and save it as an Excel workbook (.xlsx) or as CSV.",
    )


def _text(data: bytes, encoding: str, skipped: int) -> io.TextIOWrapper:
    raw = io.BytesIO(data)
    raw.seek(skipped)
    errors = "erp_keep_undefined" if encoding == "cp1252" else "strict"
    return io.TextIOWrapper(raw, encoding, errors, newline="")


def _sampled(stream: io.TextIOWrapper) -> str:
    try:
        return stream.read(_SAMPLE)
    except UnicodeDecodeError as problem:
        raise _not_text() from problem


def _encoding(data: bytes) -> tuple[str, int]:
    """Return the encoding and the length of the mark before the text. Raises: Refused where it is no text."""
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if data.startswith(mark) and (name != "utf-8" or _is_utf_8(data)):
            return name, len(mark)
    sample = data[: _SAMPLE // 2 * 2]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    # every ASCII letter of UTF-16 has a zero byte on the same side; a stray NUL byte does not
    if odd > 0.4 * len(sample[1::2]) and even <= 0.05 * len(sample[::2]):
        return "utf-16-le", 0
    if even > 0.4 * len(sample[::2]) and odd <= 0.05 * len(sample[1::2]):
        return "utf-16-be", 0
    controls = len(sample) - len(sample.translate(None, delete=bytes(set(range(1, 32)) - set(b"\t\n\v\f\r\x1a\x1b"))))
    if controls > 0.05 * len(sample) or even + odd > 0.4 * len(sample):
        raise _not_text()
    return ("utf-8", 0) if _is_utf_8(data) else (_likeliest_single_byte(data), 0)


def _is_utf_8(data: bytes) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(data), _SAMPLE):
            decoder.decode(data[start : start + _SAMPLE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _likeliest_single_byte(data: bytes) -> str:
    """Return the encoding in which most bytes beyond ASCII are signs that counties write where they stand."""
    pairs = Counter(_HIGH.findall(data))

    def likelihood(encoding: str) -> int:
        return sum(count * _fits(pair.decode(encoding, "replace")) for pair, count in pairs.items())

    windows, *others = _SINGLE_BYTE
    best = max(others, key=likelihood)
    return best if likelihood(best) > _BY_FAR * likelihood(windows) else windows


def _fits(pair: str) -> int:
    """Say how likely a sign is behind the one before it; a capital or ¿ behind a small letter is not."""
    before, sign = pair[:-1], pair[-1]
    return 0 if before.islower() and (sign.isupper() or sign in "¿¡") else _LIKELY.get(sign, 0)


def _keep_undefined(problem: UnicodeError) -> tuple[str, int]:
    """Keep the five bytes that Windows' encoding does not define, as browsers do: no text is lost for one of them."""
    assert isinstance(problem, UnicodeDecodeError)
    return problem.object[problem.start : problem.end].decode("latin-1"), problem.end


codecs.register_error("erp_keep_undefined", _keep_undefined)


def _separator(sample: str) -> str:
    """Return the separator under which the first rows show most headings we know, then most columns."""
    known = heading_words()

    def evidence(separator: str) -> tuple[int, int]:
        rows = csv.reader(io.StringIO(sample, newline=""), delimiter=separator, skipinitialspace=True)
        first_ones = list(islice(filter(None, rows), 10))
        most = max((sum(plain(cell) in known for cell in row) for row in first_ones), default=0)
        return most, len(first_ones[0]) if first_ones else 0

    return max(_SEPARATORS, key=evidence)


class _Lines:
    """The lines of a file, remembering what the record under way has taken."""

    def __init__(self, stream: io.TextIOWrapper) -> None:
        self._stream = stream
        self.first = ""
        self.taken = 0
        self.ended = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._stream.readline()
        if not line:
            self.ended = True
            raise StopIteration
        if not self.taken:
            self.first = line
        self.taken += 1
        return line


def _records(stream: io.TextIOWrapper, separator: str) -> Records:
    """Yield every record, blank ones too. Raises: Refused where a quotation mark is never closed.

    In strict mode csv stops at text behind a closing quotation mark. In one line that is a slip (`"Bo" Lin, …`) and
    kept as typed; over several lines it is where a quotation mark left open met the next one.
    """
    lines = _Lines(stream)
    reader = csv.reader(lines, delimiter=separator, skipinitialspace=True, strict=True)
    number = 0
    while True:
        lines.taken = 0
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as problem:
            slip = None if lines.taken != 1 or lines.ended else _cells_of_slip(lines.first, separator)
            if slip is None:
                raise Refused(
                    f"A quotation mark is opened in row {number} and never closed.",
                    "Close it in that row, or take it out, and import the file again.",
                    row=number,
                    found=shown(trimmed(lines.first)),
                ) from problem
            cells = slip
        yield number, cells


def _cells_of_slip(line: str, separator: str) -> list[str] | None:
    """Return a line's cells with their quotation marks as typed, or None where one is left open.

    A mark opens a stretch only where a cell begins. One that would close a stretch right behind a separator, with text
    after it, was meant to open the next cell: so the first is open still.
    """
    line = line.rstrip("\r\n")
    cells, start, quoted = [], 0, False
    for mark in re.finditer(f'""|["{re.escape(separator)}]', line):
        before, after = line[start : mark.start()], line[mark.end() :].lstrip(" ")
        if mark[0] == separator and not quoted:
            cells.append(_unquoted(before))
            start = mark.end()
        elif mark[0] == '"' and quoted:
            if before.rstrip(" ").endswith(separator) and after and not after.startswith(separator):
                return None
            quoted = False
        elif mark[0] == '"':
            quoted = not before.strip(" ")
    return None if quoted else [*cells, _unquoted(line[start:])]


def _unquoted(cell: str) -> str:
    inner = re.fullmatch(r'\s*"((?:[^"]|"")*)"\s*', cell)
    return inner[1].replace('""', '"') if inner else cell
