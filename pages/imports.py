"""Import a county's own spreadsheet: read, say which column is which, check, save, see what became of every row."""

import streamlit as st

from erp.errors import ERPError
from erp.importing.fields import KINDS
from erp.importing.readings import Refused
from erp.services.imports import import_file
from erp.ui.actions import show_outcome
from erp.ui.import_parts import (
    KIND_LABELS,
    ask_mapping,
    draw_history,
    draw_preview,
    draw_refusal,
    draw_result,
    draw_templates,
    opened_once,
)
from erp.ui.import_waiting import draw_look_alikes, draw_unlinked
from erp.ui.session import require_actor
from erp.ui.show import empty_state

#: What the session keeps: the result of the last check and the last save, each with what it was made of.
CHECKED, SAVED = "import_checked", "import_saved"

actor = require_actor()
st.title("Import", anchor=False)
show_outcome()
st.markdown(
    "Bring in the spreadsheets you already keep: rosters, sign-in sheets, meeting logs, promises, feedback. Every row "
    "ends imported, imported with a warning, or rejected with the reason; nothing is changed in silence."
)

left, right = st.columns([1, 2])
kind = left.selectbox("What is in the file", KINDS, format_func=KIND_LABELS.get, key="kind", bind="query-params")
upload = right.file_uploader("Spreadsheet (CSV or Excel .xlsx)", key="file", help="Told by its content, not its name.")
draw_templates()


def run_import(told: dict[str, str | None], *, save: bool, update: bool) -> None:
    """Check or save the file under a bar that moves, and keep what became of it for the runs that follow."""
    assert upload is not None  # there is a button only below a file
    doing = "Saving" if save else "Checking"
    bar = st.progress(0.0, f"{doing} … please keep this page open.")

    def show_progress(done: int, rows: int) -> None:
        bar.progress(done / rows if rows else 1.0, f"{doing} … {done:,} of {rows:,} rows. Please keep this page open.")

    try:
        data = upload.getvalue()
        result = import_file(
            actor, kind, data, upload.name, told=told, save=save, update=update, progress=show_progress
        )
    except ERPError as refusal:
        st.error(str(refusal), icon=":material/error:")
        st.stop()
    st.session_state.pop(SAVED if not save else CHECKED, None)
    st.session_state[SAVED if save else CHECKED] = (step, result)
    st.rerun()


if upload is None:
    empty_state("Choose a file to begin.", "Nothing is saved before you have seen what would happen to every row.")
else:
    try:
        opened = opened_once(kind, upload)
    except Refused as refused:
        draw_refusal(refused.reason, refused.advice)
        st.stop()
    told = ask_mapping(opened)
    draw_preview(opened, told)
    update = st.checkbox(
        "Rows with a known key may change the record",
        key="update",
        help="Without this, a row whose key is here already with other values is rejected, and nothing is changed.",
    )
    step = (opened.sha256, kind, tuple(told.items()), update)
    checked, saved = (
        kept if (kept := st.session_state.get(name)) and kept[0] == step else None for name in (CHECKED, SAVED)
    )
    with st.container(horizontal=True):
        wants_check = st.button(
            "Check every row",
            icon=":material/fact_check:",
            type="secondary" if checked or saved else "primary",
            help="Says what would happen and saves nothing.",
        )
        wants_save = st.button(
            "Save",
            icon=":material/save:",
            type="primary" if checked else "secondary",
            disabled=checked is None or checked[1].refused,
            help="Check first: then you know what will be saved.",
        )
    if wants_check or wants_save:
        run_import(told, save=wants_save, update=update)
    if kept := saved or checked:
        draw_result(kept[1], opened, saved=kept is saved)

draw_unlinked()
draw_look_alikes()
draw_history()
