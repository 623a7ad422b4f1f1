"""The two full text searches: SQLite's FTS5 and PostgreSQL's, asked for the same with other signs.

Both keep a row a record with four columns of words, which come folded (`erp.spelling`): `names`, `words`, `people`
(names that not everybody may read) and `links` (marks of what the record belongs with).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Protocol

from sqlalchemy import ColumnElement, TableClause, bindparam, cast, column, func, literal_column, table
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlmodel import Session

from erp.db import embedded
from erp.vocabulary import RecordKind

COLUMNS = ("names", "words", "people", "links")
#: Column → PostgreSQL's weight of its words.
_WEIGHTS = MappingProxyType({"names": "A", "words": "B", "people": "C", "links": "D"})


class Grammar(Protocol):
    """How words are asked for, and written down, in one of the two."""

    def word(self, word: str, columns: Collection[str], *, begins: bool = False) -> str:
        """Ask for a word in some columns, or for words that begin so."""
        ...

    def phrase(self, words: Sequence[str], columns: Collection[str]) -> str:
        """Ask for words that follow each other."""
        ...

    def all_of(self, asked: Iterable[str]) -> str:
        """Ask for records that fit every expression."""
        ...

    def any_of(self, asked: Iterable[str]) -> str:
        """Ask for records that fit one of the expressions."""
        ...

    def matches(self, index: TableClause, expression: str) -> ColumnElement[bool]:
        """Return the condition that a row of the index fits an expression."""
        ...

    def best_first(self, index: TableClause, expression: str) -> list[ColumnElement[Any]]:
        """Return what rows are ordered by so that those which say it best come first."""
        ...

    def row(self, place: int, said: Mapping[str, Sequence[str]]) -> dict[str, Any]:
        """Return a row of the index: its number, and the words of each column."""
        ...


def grammar_of(session: Session) -> Grammar:
    """Return the grammar of the session's database."""
    return OnFile() if embedded(session) else OnServer()


def table_of(kind: RecordKind) -> TableClause:
    """Return the index of a kind of record; `said` is PostgreSQL's alone, `words`, `links` and `rank` SQLite's."""
    columns = [column(name) for name in ("rowid", *COLUMNS, "rank")]
    return table(f"words_of_{kind.value}", *columns, column("said", TSVECTOR()))


class OnFile:
    """SQLite's FTS5."""

    def word(self, word: str, columns: Collection[str], *, begins: bool = False) -> str:
        """Quote the word: `"word"*` for a beginning."""
        return f'{{{" ".join(columns)}}} : "{word}"{"*" if begins else ""}'

    def phrase(self, words: Sequence[str], columns: Collection[str]) -> str:
        """Quote the words together."""
        return self.word(" ".join(words), columns)

    def all_of(self, asked: Iterable[str]) -> str:
        """Join with AND."""
        return " AND ".join(f"({one})" for one in asked)

    def any_of(self, asked: Iterable[str]) -> str:
        """Join with OR."""
        return " OR ".join(f"({one})" for one in asked)

    def matches(self, index: TableClause, expression: str) -> ColumnElement[bool]:
        """Ask by MATCH."""
        return literal_column(index.name).op("MATCH")(bindparam(None, expression))

    def best_first(self, index: TableClause, expression: str) -> list[ColumnElement[Any]]:  # noqa: ARG002 -- MATCH knows it
        """Order by FTS5's own rank."""
        return [index.c.rank]

    def row(self, place: int, said: Mapping[str, Sequence[str]]) -> dict[str, Any]:
        """Write the words of each column down as a text."""
        return {"rowid": place} | {name: " ".join(said[name]) for name in COLUMNS}


class OnServer:
    """PostgreSQL's tsvector and tsquery; the column of a word is its weight."""

    #: A word is kept up to so many letters, and a record up to so many bytes: PostgreSQL refuses more than 2 KB and
    #: 1 MB. Words behind that are not found.
    _LETTERS, _BYTES = 255, 900_000

    def word(self, word: str, columns: Collection[str], *, begins: bool = False) -> str:
        """Quote the word, with the weights of the columns: `'word':*AB` for a beginning."""
        weights = "".join(_WEIGHTS[name] for name in columns)
        return f"'{word[: self._LETTERS]}':{'*' if begins else ''}{weights}"

    def phrase(self, words: Sequence[str], columns: Collection[str]) -> str:
        """Join with "follows"."""
        return " <-> ".join(self.word(word, columns) for word in words)

    def all_of(self, asked: Iterable[str]) -> str:
        """Join with &."""
        return " & ".join(f"({one})" for one in asked)

    def any_of(self, asked: Iterable[str]) -> str:
        """Join with |."""
        return " | ".join(f"({one})" for one in asked)

    def matches(self, index: TableClause, expression: str) -> ColumnElement[bool]:
        """Ask by @@."""
        return index.c.said.op("@@")(cast(bindparam(None, expression), TSQUERY))

    def best_first(self, index: TableClause, expression: str) -> list[ColumnElement[Any]]:
        """Order by how often and how near, less where much else is said."""
        rank = func.ts_rank(index.c.said, cast(bindparam(None, expression), TSQUERY), 1)
        return [rank.desc(), index.c.rowid]

    def row(self, place: int, said: Mapping[str, Sequence[str]]) -> dict[str, Any]:
        """Write the words down with their places; a gap parts columns, so that no phrase reaches across.

        The marks come first: of a record too long to be kept whole its own mark must not be missing, by which the row
        is found when the record changes.
        """
        words, length, at = [], 0, 0
        for name in ("links", "names", "people", "words"):
            at += 1
            for word in said[name]:
                at += 1
                told = f"'{word[: self._LETTERS]}':{at}{_WEIGHTS[name]}"
                length += len(told.encode())
                if length < self._BYTES:
                    words.append(told)
        texts = {name: " ".join(said[name]) for name in ("names", "people")}
        return {"rowid": place, "said": " ".join(words)} | texts
