"""How figures are drawn: a chart never stands without its takeaway, its text alternative, its table and an export."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pandas as pd
import streamlit as st

from erp.documents.tables import csv_bytes
from erp.ui.loads import chart_spec


def show_chart(
    draw: Callable[..., Any],
    drawn: tuple[Any, ...],
    rows: pd.DataFrame,
    *,
    takeaway: str,
    text: str,
    name: str,
    on_select: bool = False,
) -> Any:
    """Draw the chart `draw(*drawn)` under its one-sentence takeaway, with a text alternative, its table and a download.

    `drawn` are the frames and plain values that make the chart; the same ones draw it from its kept form. `rows` are
    the numbers drawn, with headings a person reads; `name` is the key and the file's name.
    Returns the selection event where `on_select`, else None.
    """
    st.markdown(f"**{takeaway}**")
    event = st.vega_lite_chart(
        None,
        deepcopy(chart_spec(draw, *drawn)),
        alt=text,
        key=f"chart_{name}",
        on_select="rerun" if on_select else "ignore",
        width="stretch",
    )
    show_table_below(rows, name)
    return event if on_select else None


def show_table_below(rows: pd.DataFrame, name: str) -> None:
    """Offer the numbers of a chart as a real table and as a file, folded away until wanted."""
    with st.expander("The same numbers as a table"):
        st.table(rows, hide_index=True) if len(rows) <= 60 else st.dataframe(rows, hide_index=True)
        download_table(rows, name)


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


def empty_state(sentence: str, what_next: str = "") -> None:
    """Say that there is nothing here yet, and what to do next."""
    with st.container(border=True):
        st.markdown(f"**{sentence}**")
        if what_next:
            st.markdown(what_next)
