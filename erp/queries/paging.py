"""Pages of long lists without sorting all of it: parts that follow each other, asked for as far as they are shown."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, select
from sqlmodel import Session


def is_one_of(column: Any, ids: Sequence[int]) -> ColumnElement[bool]:
    """Return the condition that a number is one of these, however many: they are written into the statement.

    A state's list holds more ids than a statement may have parameters.
    """
    return column.in_(bindparam(None, ids, expanding=True, literal_execute=True))


def ids_in_turn(session: Session, parts: Iterable[Select[Any]], page: int, rows: int | None) -> list[int]:
    """Return the ids on a page of several questions laid end to end (`rows` None: all of them).

    Each part selects ids in its own order. A part is counted only where the page begins behind it, and one behind the
    page is not asked at all.
    """
    if rows is None:
        return [number for part in parts for number in session.scalars(part)]
    skipped, found = max(page - 1, 0) * rows, list[int]()
    for part in parts:
        here = session.scalars(part.limit(rows - len(found)).offset(skipped)).all()
        found += here
        if len(found) == rows:
            break
        if here or not skipped:
            skipped = 0
        else:
            skipped -= session.scalar(select(func.count()).select_from(part.order_by(None).subquery())) or 0
    return found
