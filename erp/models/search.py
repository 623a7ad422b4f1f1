"""What the index of words knows: how far it has read the history, and every word that stands in it."""

from sqlmodel import JSON, Field

from erp.models.base import Table


class IndexState(Table, table=True):
    """How far the index of words is (id 1): made from every record once, then from each change.

    `built`: kind of record → the highest id that the first making has reached. `complete`: it reached them all.
    `changes_read`: the last change that is in the index.
    """

    __tablename__ = "index_state"  # pyright: ignore[reportAssignmentType] -- SQLModel's own way to name a table

    id: int = Field(default=1, primary_key=True)
    complete: bool = False
    built: dict[str, int] = Field(default_factory=dict, sa_type=JSON, nullable=False)
    changes_read: int = 0


class IndexedWord(Table, table=True):
    """A word that stands, or stood, in the index, and the same word read from its end.

    Slips leave the beginning or the end of a word as it is, so that two ranges find what a mistyped word may mean.
    """

    __tablename__ = "indexed_word"  # pyright: ignore[reportAssignmentType] -- SQLModel's own way to name a table

    word: str = Field(primary_key=True)
    turned: str = Field(index=True)
