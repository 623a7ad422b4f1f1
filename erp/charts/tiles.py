"""Figures beside each other as tiles: as many in a row as there is room for, two on a phone."""

from collections.abc import Iterable
from html import escape

_STYLE = """<style>
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.2rem, 1fr)); gap: 0.7rem;
  margin: 0; padding: 0 !important; } /* the page indents such lists */
.tiles > div { border: 1px solid light-dark(#DDE2E8, #2A3643); border-radius: 0.6rem; padding: 0.6rem 0.9rem; }
.tiles dt { font-size: 0.9rem; }
.tiles dd { margin: 0; font-size: 0.85rem; color: light-dark(#565F6B, #A3AFBB); }
.tiles dd:first-of-type { font-size: 1.9rem; font-weight: 650; line-height: 1.3; color: inherit; }
</style>"""


def tiles(figures: Iterable[tuple[str, ...]]) -> str:
    """Write tiles in HTML. `figures`: what each is, the figure, and what stands in small letters below it."""
    drawn = "".join(
        f"<div><dt>{escape(label)}</dt>{''.join(f'<dd>{escape(line)}</dd>' for line in lines)}</div>"
        for label, *lines in figures
    )
    return f'{_STYLE}<dl class="tiles">{drawn}</dl>'
