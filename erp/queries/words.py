"""How a list is narrowed to words."""

from typing import Any

from sqlalchemy import ColumnElement, or_


def says(word: str, *texts: Any) -> ColumnElement[bool]:
    """Return the condition that any of these columns holds a word, in small or capital letters.

    SQLite knows the case of ASCII letters only, so that a word with others is looked for in each usual case.
    """
    spellings = {word} if word.isascii() else {word, word.lower(), word.upper(), word.capitalize()}
    return or_(*(text.icontains(spelling, autoescape=True) for text in texts for spelling in sorted(spellings)))
