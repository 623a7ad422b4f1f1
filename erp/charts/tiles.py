"""Figures beside each other as tiles: as many in a row as there is room for, two on a phone."""

from collections.abc import Iterable
from html import escape


def tiles(figures: Iterable[tuple[str, ...]]) -> str:
    """Write tiles in HTML. `figures`: what each is, the figure, and what stands in small letters below it."""
    drawn = "".join(
        f"<div><dt>{escape(label)}</dt>{''.join(f'<dd>{escape(line)}</dd>' for line in lines)}</div>"
        for label, *lines in figures
    )
    return f'<dl class="tiles">{drawn}</dl>'
