"""Pieces of the Import page: the column map, the first rows as read, the result of a check or a save."""

from collections.abc import Mapping
from datetime import date
from itertools import islice
from typing import Any

import pandas as pd
import streamlit as st

from erp.access import Actor
from erp.errors import ERPError
from erp.importing.fields import FIELDS, KINDS, template_csv
from erp.importing.mapping import check_mapping, need_required
from erp.importing.outcome import ImportResult, findings_file, rejected_file
from erp.importing.readings import Finding, Here, RowReading
from erp.importing.rows import read_rows
from erp.services.import_stretch import looks_identifying
from erp.services.imports import Opened, import_file, open_file
from erp.ui import navigation
from erp.ui.loads import county_today, frameworks
from erp.ui.show import show_rows
from erp.ui.words import day_text, plain
from erp.vocabulary import PartnerKind

KIND_LABELS = {
    "partners": "Partners",
    "contacts": "People (contacts)",
    "engagements": "Engagements with attendees",
    "commitments": "Promises (commitments)",
    "feedback": "Feedback",
    "ratings": "Ratings",
}
#: Where the records of a kind are looked at once they are in.
_PAGES = {
    "partners": ("partners", "Look at the partners"),
    "contacts": ("partners", "Look at the partners"),
    "engagements": ("engagements", "Look at the engagements"),
    "commitments": ("promises", "Look at the promises"),
    "feedback": ("feedback", "Look at the feedback"),
    "ratings": ("health", "Look at partnership health"),
}
NO_PLACE = "no place – keep with the row"
#: Findings shown on the page (the rest are in the download), and rows of the preview.
SHOWN, PREVIEWED = 100, 5
SEVERITIES = {"rejected": "Rejected", "warning": "Warning", "note": "Note"}


def draw_templates() -> None:
    """Offer an empty file with our headings for each kind."""
    with st.expander("Start from an empty file with our headings"), st.container(horizontal=True):
        for kind in KINDS:
            st.download_button(KIND_LABELS[kind], template_csv(kind), f"{kind}.csv", "text/csv", key=f"template_{kind}")


def opened_once(kind: str, upload: Any) -> Opened:
    """Open an uploaded file, once for all the runs of the page that look at it. Raises: Refused."""
    name = (upload.file_id, kind)
    kept = st.session_state.get("import_opened")
    if kept is None or kept[0] != name:
        kept = (name, open_file(kind, upload.getvalue(), upload.name))
        st.session_state["import_opened"] = kept
    return kept[1]


def draw_refusal(refusal: Exception | str) -> None:
    """Say that a file was refused whole, why, and what to do."""
    st.error(f"The file was refused; nothing was saved. {plain(str(refusal))}", icon=":material/error:")


def run_import(
    actor: Actor,
    opened: Opened,
    data: bytes,
    told: dict[str, str | None],
    *,
    save: bool,
    update: bool,
    kept_because: str,
    settle: Mapping[str, int | PartnerKind],
) -> ImportResult:
    """Check or save a file under a bar that moves. Raises: NotAllowed, Invalid."""
    doing = "Saving" if save else "Checking"
    bar = st.progress(0.0, f"{doing} … please keep this page open.")

    def show_progress(done: int, rows: int) -> None:
        """Move the bar."""
        bar.progress(done / rows if rows else 1.0, f"{doing} … {done:,} of {rows:,} rows. Please keep this page open.")

    return import_file(
        actor,
        opened.kind,
        data,
        opened.file_name,
        told=told,
        save=save,
        update=update,
        kept_because=kept_because,
        settle=settle,
        progress=show_progress,
    )


def ask_why_kept(checked: ImportResult | None) -> tuple[bool, str]:
    """Ask why words that look identifying may come in, where the check marked some. Returns needed, and the reason."""
    if checked is None or not looks_identifying(checked.findings):
        return False, ""
    st.warning(
        "Some rows hold words that look as if they could identify a child or a family, and this tool holds no case "
        "information. Mend the file and check it again – or, if they do not identify anybody, say why.",
        icon=":material/privacy_tip:",
    )
    return True, st.text_input("Why these words may stay", key="import_kept_because").strip()


def ask_mapping(opened: Opened) -> dict[str, str | None]:
    """Show how each heading was understood and let the person correct it. Returns heading → field or None."""
    fields = {field.name: field.help for field in FIELDS[opened.kind]}
    told: dict[str, str | None] = {}
    st.header("Which column is which", anchor=False)
    needs_help = not any(opened.mapping.values())
    with st.expander(f"{len(opened.mapping)} columns: see and correct how each was read", expanded=needs_help):
        for heading, field in opened.mapping.items():
            as_last_time = " (as in an earlier file)" if heading in opened.as_last_time else ""
            chosen = st.selectbox(
                f"{plain(heading)}{as_last_time}",
                [NO_PLACE, *fields],
                index=0 if field is None else 1 + list(fields).index(field),
                format_func=lambda name: name if name == NO_PLACE else f"{name} – {fields[name]}",
                key=f"map_{opened.sha256[:12]}_{opened.kind}_{heading}",
            )
            told[heading] = None if chosen == NO_PLACE else chosen
    read = [f"{plain(heading)} → **{_spoken(field)}**" for heading, field in told.items() if field]
    kept = [plain(heading) for heading, field in told.items() if field is None]
    st.markdown("Read as: " + (", ".join(read) if read else "nothing yet") + ".")
    if kept:
        st.markdown(f"Without a place, and kept with their rows: {', '.join(kept)}.")
    return told


def draw_preview(opened: Opened, told: dict[str, str | None]) -> None:
    """Show the first rows as they will be read, or why they cannot be read so."""
    try:
        check_mapping(opened.kind, told)
        need_required(opened.kind, told)
        rows = list(islice(read_rows(opened.kind, opened.table, told, Here(county_today(), frameworks())), PREVIEWED))
    except ERPError as problem:
        st.warning(plain(str(problem)), icon=":material/warning:")
        return
    if rows:
        fields = [field for field in told.values() if field]
        st.markdown("The first rows as they will be read; the check below reads every row.")
        st.dataframe(
            pd.DataFrame([_as_read(row, fields) for row in rows]),
            hide_index=True,
            alt="The first rows as they are read",
        )


def _as_read(row: RowReading, fields: list[str]) -> dict[str, str]:
    outcome = "Rejected" if row.rejected else "Warning" if row.warned else "Fine"
    return {"Row": str(row.number), "Outcome": outcome} | {_spoken(field): _shown(row, field) for field in fields}


def _spoken(field: str) -> str:
    return field.replace("_", " ")


def _shown(row: RowReading, field: str) -> str:
    """Return how a cell was read: a day as people write it, several values in a line, words as they stand."""
    value = row.values.get(field)
    if value in (None, "", ()):
        return row.as_written.get(field, "")
    if isinstance(value, bool):
        return "yes" if value else "no"
    parts = [
        day_text(one) if isinstance(one, date) else str(one)
        for one in (value if isinstance(value, tuple) else (value,))
    ]
    time = row.values.get("held_at") or "" if field == "held_on" else ""
    return f"{'; '.join(parts)} {time}".strip()


def draw_result(result: ImportResult, opened: Opened, *, saved: bool) -> None:
    """Show what became of a file, or would: counts that add up, a finding per row, and what can be taken away."""
    st.header("What became of it" if saved else "What would happen", anchor=False)
    if result.refused:
        draw_refusal(f"{result.findings[0].reason} {result.findings[0].advice}")
        return
    with st.container(horizontal=True):
        st.metric("Rows", f"{result.rows:,}")
        st.metric("Imported", f"{result.imported:,}")
        st.metric("With a warning", f"{result.warned:,}")
        st.metric("Rejected", f"{result.rejected:,}")
        st.metric("New", f"{result.added:,}", help="The others were here already, or were rejected.")
    if saved:
        kept = result.imported + result.warned
        st.success(f"Saved: {kept:,} rows are in, {result.added:,} of them new.", icon=":material/check_circle:")
        navigation.link_to(*_PAGES[opened.kind], icon=":material/arrow_forward:")
    if result.findings:
        _draw_findings(result.findings)
    else:
        st.markdown("There is nothing to look at: every row reads cleanly.")
    with st.container(horizontal=True):
        _offer_downloads(result, opened)


def _draw_findings(findings: list[Finding]) -> None:
    counts = {severity: sum(f.severity == severity for f in findings) for severity in SEVERITIES}
    options = [severity for severity, count in counts.items() if count]
    chosen = st.pills(
        "Show",
        options,
        selection_mode="multi",
        format_func=lambda severity: f"{SEVERITIES[severity]} ({counts[severity]:,})",
        key=f"import_findings_{'_'.join(options)}",
    )
    order = list(SEVERITIES)
    asked_for = (f for f in findings if not chosen or f.severity in chosen)
    shown = sorted(asked_for, key=lambda f: (order.index(f.severity), f.row, f.column))
    with st.container(height=480 if len(shown) > 6 else "content"):
        show_rows(pd.DataFrame([as_told(finding) for finding in shown[:SHOWN]]))
    if len(shown) > SHOWN:
        st.caption(f"The first {SHOWN} of {len(shown):,} findings; all are in the download.")


def as_told(finding: Finding) -> dict[str, str]:
    """Return a finding in three columns, which a phone has room for."""
    found = f"“{finding.found}”" if finding.found not in ("", finding.column) else ""
    return {
        "Row": f"{finding.row} · {SEVERITIES[finding.severity].lower()}",
        "Cell": " ".join(filter(None, (finding.column, found))),
        "Why, and what to do": f"{finding.reason} {finding.advice}",
    }


def _offer_downloads(result: ImportResult, opened: Opened) -> None:
    if result.rejected_readings:
        st.download_button(
            "Download the rejected rows to mend",
            lambda: rejected_file(result.rejected_readings, opened.table.headings),
            f"to mend {opened.file_name}.csv",
            "text/csv",
            key="download_rejected",
            icon=":material/download:",
            type="primary",
        )
    if result.findings:
        st.download_button(
            "Download the findings",
            lambda: findings_file(result.findings),
            f"findings {opened.file_name}.csv",
            "text/csv",
            key="download_findings",
            icon=":material/download:",
        )
