"""Headings, sentences and labels drawn together as one piece of HTML.

Each Markdown text is read and put together in the browser by itself: a dozen of them take it as long as a chart does.
"""

from collections.abc import Iterable
from html import escape

import streamlit as st

from erp.ui.words import without_turns

_STYLE = """<style>
.prose > * { margin: 0 0 0.7rem; }
.prose > *:last-child { margin-bottom: 0; }
.prose h2 { padding: 0.6rem 0 0; }
.prose .quiet { font-size: 0.875rem; color: light-dark(#565F6B, #A3AFBB); }
.prose summary { cursor: pointer; padding: 0.4rem 0; }
.prose .labels { display: flex; flex-wrap: wrap; gap: 0.4rem; }
.prose .labels span { padding: 0.1rem 0.5rem; border-radius: 0.4rem; font-size: 0.875rem; }
.prose .gray { background: light-dark(#EEF1F4, #25303C); color: light-dark(#47505B, #C3CCD5); }
.prose .green { background: light-dark(#E1F3E8, #12362A); color: light-dark(#146239, #8CD9B0); }
.prose .blue { background: light-dark(#E2EEF9, #142F4A); color: light-dark(#1B5585, #9CCBF3); }
.prose .orange { background: light-dark(#FBEBD9, #43301A); color: light-dark(#7F4708, #F2BF85); }
</style>"""


def show_prose(*pieces: str) -> None:
    """Show pieces of HTML, made by the functions below, under one another; empty ones are left out."""
    st.html(f'{_STYLE}<div class="prose">{"".join(pieces)}</div>')


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
