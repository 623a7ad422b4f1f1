"""Cells that a spreadsheet would run as formulas: made harmless on the way out, taken back on the way in."""

import re

#: What makes a spreadsheet run a cell, also behind spaces. The wide signs are what East Asian keyboards type.
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NEGATIVE_NUMBER = re.compile(r"-[0-9]+(\.[0-9]+)?")


def harmless(cell: str) -> str:
    """Return the cell with an apostrophe before it where a spreadsheet would run it; negative numbers stay.

    Cells that already are apostrophes before such text get one more, so that `as_typed` gives every cell back exactly.
    """
    return "'" + cell if _would_run(cell.lstrip("'")) else cell


def as_typed(cell: str) -> str:
    """Return the cell without the apostrophe that `harmless`, or a careful person, put before a formula."""
    return cell[1:] if cell.startswith("'") and _would_run(cell.lstrip("'")) else cell


def _would_run(cell: str) -> bool:
    if _NEGATIVE_NUMBER.fullmatch(cell):
        return False
    return cell.startswith(_STARTS_A_FORMULA) or cell.lstrip().startswith(_STARTS_A_FORMULA)
