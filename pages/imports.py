"""Import a county's own spreadsheet: read, say which column is which, check, save, see what became of every row."""

import streamlit as st

from erp.errors import ERPError
from erp.importing.outcome import ImportResult
from erp.services.imports import Opened
from erp.settings import settings
from erp.ui.actions import show_outcome
from erp.ui.address import pick_in_address
from erp.ui.import_history import draw_history
from erp.ui.import_names import draw_unknown, settled
from erp.ui.import_parts import (
    KIND_LABELS,
    ask_mapping,
    ask_why_kept,
    draw_preview,
    draw_refusal,
    draw_result,
    draw_templates,
    opened_once,
    run_import,
)
from erp.ui.import_waiting import draw_look_alikes, draw_unlinked
from erp.ui.session import require_actor
from erp.ui.show import empty_state

#: What the session keeps: the result of the last check and of the last save, each with what it was made of.
CHECKED, SAVED = "import_checked", "import_saved"

actor = require_actor()
st.title("Import", anchor=False)
show_outcome()
st.markdown(
    "Bring in the spreadsheets you already keep: rosters, sign-in sheets, meeting logs, promises, feedback. Every row "
    "ends imported, imported with a warning, or rejected with the reason; nothing is changed in silence."
)


def draw_steps(opened: Opened, data: bytes) -> None:
    """Draw the way of a file that could be opened: map, preview, check, save, result."""
    told = ask_mapping(opened)
    draw_preview(opened, told)
    update = st.checkbox(
        "Rows with a known key may change the record",
        key="update",
        help="Without this, a row whose key is here already with other values is rejected, and nothing is changed.",
    )
    step = (opened.sha256, opened.kind, tuple(told.items()), update)
    checked, saved = (_kept(name, step) for name in (CHECKED, SAVED))
    if checked is not None and not checked.refused:
        draw_unknown(opened.sha256, checked.unknown_names)
    why_needed, why_kept = ask_why_kept(checked)
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
            disabled=checked is None or checked.refused,
            help="Check first: then you know what will be saved.",
        )
    if wants_save and why_needed and not why_kept:
        st.error("Nothing is saved yet: say above why the marked words may stay.", icon=":material/error:")
    elif wants_check or wants_save:
        how = {"save": wants_save, "update": update, "kept_because": why_kept, "settle": settled(opened.sha256)}
        result = run_import(actor, opened, data, told, **how)
        st.session_state.pop(CHECKED if wants_save else SAVED, None)
        st.session_state[SAVED if wants_save else CHECKED] = (step, result)
        st.rerun()
    if result := saved or checked:
        draw_result(result, opened, saved=result is saved)


def _kept(name: str, step: object) -> ImportResult | None:
    """Return the result kept under this name, if it was made of the same file, map and choice."""
    made_of, result = st.session_state.get(name, (None, None))
    return result if made_of == step else None


left, right = st.columns([1, 2])
with left:
    kind = pick_in_address("What is in the file", "kind", KIND_LABELS, anything=None, page="imports")
with right:
    upload = st.file_uploader("Spreadsheet (CSV or Excel .xlsx)", key="file", help="Told by its content, not its name.")
    st.caption(f"Up to {settings().upload_megabytes} MB. Larger ones come in by “erp import” at a terminal.")
draw_templates()
if upload is None:
    empty_state("Choose a file to begin.", "Nothing is saved before you have seen what would happen to every row.")
else:
    try:
        draw_steps(opened_once(kind, upload), upload.getvalue())
    except ERPError as refusal:
        draw_refusal(refusal)

draw_unlinked()
draw_look_alikes()
draw_history()
