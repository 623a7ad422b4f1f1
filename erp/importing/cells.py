"""What counts as an empty cell, what a cell's outer spaces are, and what a spreadsheet shows for an error."""

import re
import sys
import unicodedata

#: Characters without ink that people cannot see in a cell: zero-width signs, byte order marks, direction marks, blanks.
_INVISIBLE = "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u2800\u3164\uffa0"
#: The separators that Python's csv and str.split know but that also stand around pasted text are spaces to us too.
OUTER = _INVISIBLE + "".join(
    sign for sign in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(sign) in ("Zs", "Zl", "Zp", "Cf")
) + "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85"

_ERRORS = frozenset(
    ("#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA")
)

_LONGEST_SHOWN = 200


def trimmed(cell: str) -> str:
    """Return the cell without outer spaces and invisible signs; inner text stays as typed."""
    return cell.strip(OUTER)


def is_spreadsheet_error(cell: str) -> bool:
    """Say whether the cell is what a spreadsheet shows instead of a value it could not work out."""
    return cell.upper() in _ERRORS


def shown(cell: str) -> str:
    """Return the cell as a finding prints it: NUL bytes made visible, cut where very long."""
    seen = cell.replace("\0", "␀")
    return seen if len(seen) <= _LONGEST_SHOWN else seen[: _LONGEST_SHOWN - 1] + "…"


def several(cell: str) -> tuple[str, ...]:
    """Return the values of a cell that holds several, each once: split at ";", or at line breaks where there is none."""
    parts = cell.split(";") if ";" in cell else re.split(r"[\r\n]+", cell)
    found: dict[str, str] = {}
    for part in map(trimmed, parts):
        if part:
            found.setdefault(" ".join(part.split()).casefold(), part)
    return tuple(found.values())


def plain(words: str) -> str:
    """Return words for comparing: no case, accents of spelling forms folded, runs of anything but letters and digits as one space."""
    folded = unicodedata.normalize("NFKC", words).casefold()
    return " ".join(re.findall(r"[^\W_]+", folded))
