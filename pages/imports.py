"""Import a county's own spreadsheet: read, say which column is which, check, save, see what became of every row."""

import streamlit as st

from erp.errors import ERPError
from erp.importing.fields import KINDS
from erp.importing.outcome import rejected_file
from erp.importing.readings import Refused
from erp.services.imports import import_file, open_file
from erp.ui.actions import show_outcome
from erp.ui.import_parts import KIND_LABELS, ask_mapping, draw_history, draw_result, draw_templates, draw_waiting
from erp.ui.session import require_actor
from erp.ui.show import empty_state

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

if upload is None:
    empty_state("Choose a file to begin.", "Nothing is saved before you have seen what would happen to every row.")
else:
    data = upload.getvalue()
    try:
        opened = open_file(kind, data, upload.name)
    except Refused as refused:
        st.error(f"The file was refused; nothing was saved. {refused}", icon=":material/error:")
        st.stop()
    told = ask_mapping(opened)
    update = st.checkbox("Rows with a known key may change the record", key="update")
    step = (opened.sha256, kind, tuple(told.items()), update)
    with st.container(horizontal=True):
        wants_check = st.button("Check", icon=":material/fact_check:", type="primary")
        checked = st.session_state.get("import_checked")
        ready = checked is not None and checked[0] == step and not checked[1].refused
        wants_save = st.button("Save", icon=":material/save:", disabled=not ready)
    if wants_check or wants_save:
        bar = st.progress(0.0, "Reading …")
        total = opened.table.expected_rows or 0

        def show_progress(done: int) -> None:
            """Move the bar; where the length of the file is not known it tells the rows only."""
            bar.progress(min(1.0, done / total) if total else 0.5, f"{done:,} rows")

        try:
            result = import_file(
                actor, kind, data, upload.name, told=told, save=wants_save, update=update, progress=show_progress
            )
        except ERPError as refusal:
            st.error(str(refusal), icon=":material/error:")
            st.stop()
        bar.empty()
        st.session_state["import_checked" if wants_check else "import_saved"] = (step, result, opened.table.headings)
        st.session_state.pop("import_saved" if wants_check else "import_checked", None)
        st.rerun()
    for name in ("import_checked", "import_saved"):
        kept = st.session_state.get(name)
        if kept is None or kept[0] != step:
            continue
        saved = name == "import_saved"
        draw_result(kept[1], saved=saved, name=upload.name)
        if kept[1].rejected_readings:
            st.download_button(
                "Download the rejected rows to mend",
                rejected_file(kept[1].rejected_readings, kept[2]),
                f"to mend {upload.name}.csv",
                "text/csv",
                icon=":material/download:",
            )

draw_waiting()
draw_history()
