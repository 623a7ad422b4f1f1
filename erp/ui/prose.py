"""Headings, sentences and labels drawn together as one piece of HTML.

Each Markdown text is read and put together in the browser by itself: a dozen of them take it as long as a chart does.
"""

from collections.abc import Iterable
from html import escape
from typing import Literal

import streamlit as st

from erp.ui.words import without_turns


def show_prose(*pieces: str, width: Literal["stretch", "content"] = "stretch") -> None:
    """Show pieces of HTML, made by the functions below, under one another; empty ones are left out."""
    st.html(f'<div class="prose">{"".join(pieces)}</div>', width=width)


def typed(words: str) -> str:
    """Return words as they were typed, harmless in HTML."""
    return escape(without_turns(words))


def strong(words: str) -> str:
    """Return words that carry the sentence."""
    return f"<b>{typed(words)}</b>"


def heading(words: str) -> str:
    """Return the heading of a part of the page."""
    return f"<h2>{typed(words)}</h2>"


def paragraph(html: str, *, quiet: bool = False) -> str:
    """Return a paragraph of HTML; `quiet`: what is good to know. Nothing where there are no words."""
    return (f'<p class="quiet">{html}</p>' if quiet else f"<p>{html}</p>") if html else ""


def folded_away(label: str, html: str) -> str:
    """Return a part that opens by a press on its label."""
    return f"<details><summary>{typed(label)}</summary>{html}</details>"


def bullets(items: Iterable[str]) -> str:
    """Return a list of sentences."""
    return f"<ul>{''.join(f'<li>{typed(item)}</li>' for item in items)}</ul>"


def labels(named: Iterable[tuple[str, str]]) -> str:
    """Return labels beside each other: words and gray, green, blue or orange."""
    return (
        f'<div class="labels">{"".join(f"<span class={color}>{typed(words)}</span>" for words, color in named)}</div>'
    )
