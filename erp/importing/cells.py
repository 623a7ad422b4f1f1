"""What counts as an empty cell, what a cell's outer spaces are, and what a spreadsheet shows for an error."""

import re
import unicodedata

#: Every kind of space, and signs without ink: zero-width, direction and byte order marks, blanks.
OUTER = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180e"
    "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u200c\u200d\u200e\u200f"
    "\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u202f\u205f\u2060\u2061\u2062\u2063\u2064"
    "\u2066\u2067\u2068\u2069\u2800\u3000\u3164\ufeff\uffa0"
)

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
    """Return the values of a cell that holds several, each once: split at ";", without one at line breaks."""
    parts = cell.split(";") if ";" in cell else re.split(r"[\r\n]+", cell)
    found: dict[str, str] = {}
    for part in map(trimmed, parts):
        if part:
            found.setdefault(" ".join(part.split()), part)  # Acme and ACME may be two
    return tuple(found.values())


def plain(words: str) -> str:
    """Return words for comparing: no case, one space for any run that is neither letters nor digits."""
    folded = unicodedata.normalize("NFKC", words).casefold()
    return " ".join(re.findall(r"[^\W_]+", folded))
