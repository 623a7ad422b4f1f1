"""Which column is which field: guessed from the words counties use, corrected by a person."""

import re
from collections.abc import Iterable, Mapping

from erp.errors import Invalid
from erp.importing.cells import plain, shown
from erp.importing.fields import FIELDS, REQUIRED, WHY_NOT, field_names, named, words_for
from erp.importing.readings import Refused

#: heading → field, or None for a column without a place (kept with its row).
ColumnMap = dict[str, str | None]

_NO_PLACE = ("", "-")
_IN_BRACKETS = re.compile(r"\([^)]*\)|\[[^]]*\]")


def guess_mapping(kind: str, headings: Iterable[str]) -> ColumnMap:
    """Return a field, or None, for each heading; no field twice. The column of `WHY_NOT` is left out: it is no data.

    A canonical heading wins over any other word for the same field, and a likelier word over a less likely one.
    """
    columns = [heading for heading in headings if plain(heading) != WHY_NOT]
    ours = {plain(name) for name in field_names(kind)}
    all_ours = all(plain(heading) in ours for heading in columns)
    guesses = sorted(
        (rank, place, field)
        for place, heading in enumerate(columns)
        for field, rank in _likely_fields(kind, heading, all_ours=all_ours)
    )
    mapping: ColumnMap = dict.fromkeys(columns)
    taken: set[str] = set()
    for _, place, field in guesses:
        if mapping[columns[place]] is None and field not in taken:
            mapping[columns[place]] = field
            taken.add(field)
    return mapping


def _likely_fields(kind: str, heading: str, *, all_ours: bool) -> Iterable[tuple[str, int]]:
    """Yield the fields that the heading may stand for, and at which place among the field's words it stands."""
    bare = _IN_BRACKETS.sub(" ", heading)
    spellings = {plain(heading), plain(bare)}
    spellings |= {spelling.removesuffix("s") for spelling in spellings}
    for field in FIELDS[kind]:
        if field.name == "topics" and plain(heading) == "topics" and not all_ours:
            # a county's "Topics" are its own words, unless another column already says what the meeting was for
            yield field.name, _LAST
            continue
        ranks = (rank for rank, words in enumerate(words_for(kind, field.name)) if words in spellings)
        if (rank := next(ranks, None)) is not None:
            yield field.name, rank


_LAST = 1_000


def parse_map_options(kind: str, headings: Iterable[str], options: Iterable[str]) -> ColumnMap:
    """Read options of the form "Their heading=field"; an empty field or "-" gives the column no place.

    Raises: Invalid naming the heading or field that is not known, or the field given twice.
    """
    known = {plain(heading) or heading: heading for heading in headings}
    told: ColumnMap = {}
    for option in options:
        written, equals, name = option.rpartition("=")
        heading = known.get(plain(written) or written.strip())
        if not equals or heading is None:
            raise Invalid(
                f"“{shown(written or option)}” is no heading of the file. Write it as in the file, then = and a field; "
                f"the headings are: {', '.join(known.values())}."
            )
        field = name.strip().replace(" ", "_").casefold()
        told[heading] = None if field in _NO_PLACE else field
    check_mapping(kind, told)
    return told


def corrected(guess: Mapping[str, str | None], told: Mapping[str, str | None]) -> ColumnMap:
    """Return the guess with what a person told in its place; a field told elsewhere leaves its guessed column."""
    fields_told = {field for field in told.values() if field}
    kept = {heading: None if field in fields_told else field for heading, field in guess.items()}
    return kept | dict(told)


def check_mapping(kind: str, mapping: Mapping[str, str | None]) -> None:
    """Check that every field is one of the kind's and stands once. Raises: Invalid."""
    known = field_names(kind)
    taken: dict[str, str] = {}
    for heading, field in mapping.items():
        if field is None:
            continue
        if field not in known:
            raise Invalid(f"“{field}” is no field of {kind}. The fields are: {', '.join(known)}.")
        if field in taken:
            raise Invalid(
                f"The field {field} was given to two columns, “{taken[field]}” and “{heading}”. Choose one of them."
            )
        taken[field] = heading


def need_required(kind: str, mapping: Mapping[str, str | None]) -> None:
    """Check that the columns are there without which every row would be rejected. Raises: Refused."""
    placed = {field for field in mapping.values() if field}
    headings = ", ".join(mapping)
    if not placed:
        raise Refused(
            f"The first row is not headings for {kind}, or their words are not known: {shown(headings)}.",
            'Put headings in the first row, or say what each column is, as in "Their heading=field".',
            found=headings,
        )
    for group in REQUIRED[kind]:
        if placed.isdisjoint(group):
            raise Refused(
                f"No column of this file is the {named(group)} of {kind}. Its headings are: {shown(headings)}.",
                f'Say which column it is, as in "Their heading={group[0]}", or add one.',
                column=group[0],
            )
