"""The imports so far on the Import page: what was found in each, and undoing one whole."""

from datetime import datetime
from typing import Any

import pandas as pd
import streamlit as st

from erp.documents.tables import csv_bytes
from erp.errors import ERPError
from erp.importing.readings import Finding
from erp.queries.exports import RECORD_KINDS
from erp.queries.imports import FINDING_COLUMNS, import_findings, import_history
from erp.services.import_hindrances import what_hinders
from erp.services.import_undo import undo_import
from erp.ui.actions import refuse, tell
from erp.ui.import_parts import KIND_LABELS, SHOWN, as_told
from erp.ui.loads import load, look_again
from erp.ui.partner_words import counted, each
from erp.ui.session import require_actor
from erp.ui.show import show_rows
from erp.ui.words import plain
from erp.vocabulary import Verb

#: Findings in a download.
_ALL = 1_000_000


def draw_history() -> None:
    """Show the imports so far, and one of them whole where it is chosen."""
    history = load(import_history)
    if history.empty:
        return
    st.header("Imports so far", anchor=False)
    table = pd.DataFrame(
        {
            "No.": history["import_id"],
            "When": [_moment(at) for at in history["at"]],
            "File": history["file"],
            "What": [KIND_LABELS[kind] for kind in history["kind"]],
            **{name.capitalize(): history[name] for name in ("rows", "added", "warned", "rejected")},
            "By": history["by"],
            "Undone": [_moment(at) if at else "" for at in history["undone_at"]],
        }
    )
    st.dataframe(table.rename(columns={"Added": "New"}), hide_index=True, alt="Imports so far, newest first")
    if history["rows"].isna().any():
        st.caption("An import without counts did not reach its end. The same file again takes up what is missing.")
    rows = {int(row.import_id): row for row in each(history)}
    chosen = st.selectbox(
        "Look at one of them",
        list(rows),
        index=None,
        format_func=lambda number: f"{number}. {rows[number].file}, {_moment(rows[number].at)}",
        placeholder="Choose an import",
        key="import_chosen",
    )
    if chosen is not None:
        with st.container(border=True):
            _draw_findings(chosen, rows[chosen])
            _draw_undo(chosen, rows[chosen])


def _draw_findings(import_id: int, row: Any) -> None:
    total, found = load(import_findings, import_id, SHOWN)
    if not total:
        st.markdown("Nothing was found that you may see: every row read cleanly, or its record is not open to you.")
        return
    st.markdown(f"Found in it: {total:,}.")
    findings = [Finding(one.row, one.column, one.found, one.reason, one.advice, one.severity) for one in each(found)]
    with st.container(height=420 if len(findings) > 6 else "content"):
        show_rows(pd.DataFrame([as_told(finding) for finding in findings]))
    if total > len(findings):
        st.caption(f"The first {len(findings)} of {total:,} findings; all are in the download.")
    st.download_button(
        "Download the findings",
        csv_bytes(load(import_findings, import_id, _ALL)[1].reindex(columns=list(FINDING_COLUMNS))),
        f"findings {row.file}.csv",
        "text/csv",
        key=f"download_findings_{import_id}",
        icon=":material/download:",
    )


def _draw_undo(import_id: int, row: Any) -> None:
    if row.undone_at:
        st.markdown(f"Undone on {_moment(row.undone_at)}. What it had added is put away, with its history.")
        return
    if not require_actor().may(Verb.ARCHIVE, RECORD_KINDS[row.kind]):
        return
    hindrances = load(what_hinders, import_id)
    if hindrances:
        st.markdown("It cannot be undone as a whole any more:")
        st.markdown("\n".join(f"- {plain(sentence)}" for sentence in hindrances))
        return
    st.markdown(
        "Undoing puts away what it added and gives back what it changed. Nothing is deleted, and the same file can be "
        "imported again."
    )
    if st.button("Undo this import", icon=":material/undo:", key=f"undo_import_{import_id}"):
        _undo(import_id)


def _undo(import_id: int) -> None:
    bar = st.progress(0.0, "Undoing … please keep this page open.")

    def show_progress(done: int, records: int) -> None:
        """Move the bar."""
        bar.progress(done / records, f"Undoing … {done:,} of {records:,} records. Please keep this page open.")

    try:
        done = undo_import(require_actor(), import_id, show_progress)
    except ERPError as refusal:
        refuse(str(refusal))
    else:
        tell("outcome", ("saved", f"The import is undone: {counted(done, 'record', 'records')}."))
    look_again()
    st.rerun()


def _moment(at: datetime) -> str:
    return f"{at:%b %-d, %Y, %-I:%M %p}"
