"""How figures are drawn: a chart never stands without its takeaway, its text alternative, its table and an export."""

import base64
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd
import streamlit as st
from sqlmodel import Session

from erp import db
from erp.access import Actor
from erp.documents.tables import csv_bytes
from erp.errors import NotAllowed
from erp.services.sign_in import resolve
from erp.ui.prose import paragraph, show_prose, strong, typed
from erp.ui.session import require_actor, sign_in_hash
from erp.vocabulary import RecordKind, Verb


@dataclass(frozen=True)
class Drawn:
    """A chart with all that stands around it: one kept answer, made where its numbers are asked for.

    `spec`: as `erp.charts.specs.spec_of`. `rows`: the numbers drawn, with headings a person reads. `takeaway`: one
    sentence. `text`: what the chart is, for those who cannot see it.
    """

    spec: dict[str, Any]
    rows: pd.DataFrame
    takeaway: str
    text: str


def show_chart(drawn: Drawn, name: str, *, on_select: bool = False) -> Any:
    """Show a chart under its takeaway, its table and a download folded away below; `name`: its key, the file's name.

    Returns the selection event where `on_select`, else None.
    """
    show_prose(paragraph(strong(drawn.takeaway)))
    event = st.vega_lite_chart(
        None,
        drawn.spec,
        alt=drawn.text,
        key=f"chart_{name}",
        on_select="rerun" if on_select else "ignore",
        width="stretch",
    )
    show_table_below(drawn.rows, name)
    return event if on_select else None


def show_table_below(rows: pd.DataFrame, name: str) -> None:
    """Offer the numbers of a chart as a table and as a file, folded away until wanted."""
    folded("The same numbers as a table", lambda: _show_table(rows, name), key=f"table_{name}")


def show_picture(svg: str, named: str) -> None:
    """Show an SVG picture with its name for screen readers; st.image gives it none, and as it is st.html drops it."""
    packed = base64.b64encode(svg.encode()).decode()
    st.html(f'<img alt="{escape(named)}" src="data:image/svg+xml;base64,{packed}" style="width: 11rem">')


def folded(label: str, draw: Callable[[], object], *, key: str, icon: str | None = None) -> None:
    """Fold a part of a page away and make it only once it is wanted; what was opened keeps what was typed into it."""
    with st.expander(label, key=key, icon=icon, on_change="rerun") as part:
        if part.open or st.session_state.get(f"{key}_wanted"):
            st.session_state[f"{key}_wanted"] = True
            draw()


def _show_table(rows: pd.DataFrame, name: str) -> None:
    show_rows(rows) if len(rows) <= 60 else st.dataframe(rows, hide_index=True)
    download_table(rows, name)


def show_rows(rows: pd.DataFrame, *, heads: bool = True) -> None:
    """Show a short table as text, whatever people typed into its cells; `heads`: with the names of its columns."""
    st.html(rows_html(map(str, rows), rows.itertuples(index=False, name=None), heads=heads))


def rows_html(
    columns: Iterable[str],
    lines: Iterable[Iterable[Any]],
    *,
    heads: bool = True,
    fits: bool = False,
    narrow: bool = False,
) -> str:
    """Write a table in HTML: its cells as typed, scrolling by itself where it is wider than the page.

    `fits`: it is never wider, its words go on in the next line: for two things beside each other. `narrow`: its first
    column is.

    `st.table` reads every cell as Markdown, in the browser: a dozen rows took it as long as a chart.
    """
    named = [typed(name) for name in columns]
    cells = "".join(f'<th scope="col">{name}</th>' for name in named)
    head = f"<thead><tr>{cells}</tr></thead>" if heads else ""
    rows = ["".join(f"<td>{typed(str(cell))}</td>" for cell in line) for line in lines]
    what = f"Table: {', '.join(named)}" if heads else "Table"
    look = " ".join(["rows", *["fits"] * fits, *["narrow"] * narrow])
    return (
        f'<div class="{look}" tabindex="0" role="region" aria-label="{what}"><table>{head}'
        f"<tbody>{''.join(f'<tr>{row}</tr>' for row in rows)}</tbody></table></div>"
    )


def download_table(rows: pd.DataFrame, name: str, label: str = "Download as CSV") -> None:
    """Offer a table as a CSV file, its cells made harmless for spreadsheets."""
    st.download_button(
        label,
        lambda: csv_bytes(rows),  # written when asked for, not at every run of the page
        file_name=f"{name}.csv",
        mime="text/csv",
        key=f"download_{name}",
        icon=":material/download:",
    )


def offer_list(name: str, kind: RecordKind, rows: Callable[[Session, Actor], pd.DataFrame]) -> None:
    """Offer a whole list as CSV to who may take records of this kind out; `rows` is asked only for a file.

    The file is made outside of any page's run, for who is signed in then, with the roles they have then.
    """
    if not require_actor().may(Verb.EXPORT, kind):
        return
    hashed = sign_in_hash()
    st.download_button(
        "Download this list as CSV",
        lambda: list_file(hashed, kind, rows),
        file_name=f"{name}.csv",
        mime="text/csv",
        key=f"download_{name}",
        icon=":material/download:",
        on_click="ignore",
    )


def list_file(hashed: str, kind: RecordKind, rows: Callable[[Session, Actor], pd.DataFrame]) -> bytes:
    """Return a list as CSV for the sign-in with this hash. Raises: NotAllowed."""
    actor = resolve(hashed)
    if actor is None:
        raise NotAllowed("Your session has ended. Sign in again.")
    actor.require(Verb.EXPORT, kind)
    with db.reading() as session:
        return csv_bytes(rows(session, actor))


def empty_state(sentence: str, what_next: str = "") -> None:
    """Say that there is nothing here yet, and what to do next."""
    with st.container(border=True):
        st.markdown(f"**{sentence}**")
        if what_next:
            st.markdown(what_next)


def no_records(sentence: str, what_next: str, kind: RecordKind) -> None:
    """Say that no record of a kind is here; what to do next is told to who may add one, to others who does it."""
    actor = require_actor()
    if not actor.may(Verb.ADD, kind):
        what_next = "Coordinators, liaisons and leadership keep these records."
        if actor.may(Verb.ADD, RecordKind.ACCOUNT):
            what_next += " Invite them under Settings."
    empty_state(sentence, what_next)
