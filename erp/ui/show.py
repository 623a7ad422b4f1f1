"""How figures are drawn: a chart never stands without its takeaway, its text alternative, its table and an export."""

from typing import Any

import pandas as pd
import streamlit as st

from erp.documents.tables import csv_bytes


def show_chart(chart: Any, rows: pd.DataFrame, *, takeaway: str, text: str, name: str, on_select: bool = False) -> Any:
    """Draw a chart under its one-sentence takeaway, with a text alternative, its table and a download.

    `rows` are the numbers drawn, with headings a person reads; `name` is the key and the file's name.
    Returns the selection event where `on_select`, else None.
    """
    st.markdown(f"**{takeaway}**")
    event = st.altair_chart(
        chart, alt=text, key=f"chart_{name}", on_select="rerun" if on_select else "ignore", width="stretch"
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
        label, csv_bytes(rows), file_name=f"{name}.csv", mime="text/csv", key=f"download_{name}", icon=":material/download:"
    )


def empty_state(sentence: str, what_next: str = "") -> None:
    """Say that there is nothing here yet, and what to do next."""
    with st.container(border=True):
        st.markdown(f"**{sentence}**")
        if what_next:
            st.markdown(what_next)
