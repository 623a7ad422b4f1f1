"""Pieces of the Import page: the column map, the result of a check or a save, what waits after imports."""

import pandas as pd
import streamlit as st

from erp.importing.fields import FIELDS, KINDS, template_csv
from erp.importing.outcome import ImportResult, findings_file
from erp.queries.choices import partner_choices
from erp.queries.linking import import_history, open_look_alikes, unlinked_names
from erp.services.imports import Opened
from erp.services.linking import answer_look_alike, link_name
from erp.ui.actions import submit
from erp.ui.loads import load
from erp.vocabulary import LookAlikeAnswer

KIND_LABELS = {
    "partners": "Partners",
    "contacts": "People (contacts)",
    "engagements": "Engagements with attendees",
    "commitments": "Promises (commitments)",
    "feedback": "Feedback",
    "ratings": "Ratings",
}
NO_PLACE = "no place – keep with the row"
#: Findings shown on the page; the rest are in the download.
SHOWN = 200


def draw_templates() -> None:
    """Offer an empty file with our headings for each kind."""
    with st.expander("Start from an empty file with our headings"), st.container(horizontal=True):
        for kind in KINDS:
            st.download_button(KIND_LABELS[kind], template_csv(kind), f"{kind}.csv", "text/csv", key=f"template_{kind}")


def ask_mapping(opened: Opened) -> dict[str, str | None]:
    """Show how each heading was understood and let the person correct it. Returns heading → field or None."""
    fields = {field.name: field.help for field in FIELDS[opened.kind]}
    kept = [heading for heading, field in opened.mapping.items() if field is None]
    st.markdown(
        f"{len(opened.mapping) - len(kept)} of {len(opened.mapping)} columns have a place"
        + (f"; kept with their rows: {', '.join(kept)}." if kept else ".")
    )
    told: dict[str, str | None] = {}
    with st.expander("Which column is which", expanded=not any(opened.mapping.values())):
        for heading, field in opened.mapping.items():
            chosen = st.selectbox(
                heading,
                [NO_PLACE, *fields],
                index=0 if field is None else 1 + list(fields).index(field),
                format_func=lambda name: name if name == NO_PLACE else f"{name} – {fields[name]}",
                key=f"map_{opened.sha256[:12]}_{opened.kind}_{heading}",
            )
            told[heading] = None if chosen == NO_PLACE else chosen
    return told


def draw_result(result: ImportResult, *, saved: bool, name: str) -> None:
    """Show what became of a file: counts that add up, and a finding per row."""
    if result.refused:
        finding = result.findings[0]
        st.error(f"The file was refused; nothing was saved. {finding.reason} {finding.advice}", icon=":material/error:")
        return
    done = "Saved" if saved else "This is what would happen"
    st.markdown(
        f"**{done}: {result.rows:,} rows** – {result.imported:,} imported, {result.warned:,} imported with a warning, "
        f"{result.rejected:,} rejected. {result.added:,} are new; the others were here already or were rejected."
    )
    if not result.findings:
        st.markdown("There is nothing to look at: every row reads cleanly.")
        return
    words = {"rejected": "Rejected", "warning": "Warning", "note": "Note"}
    order = {"rejected": 0, "warning": 1, "note": 2}
    findings = sorted(result.findings, key=lambda f: (order[f.severity], f.row))
    table = pd.DataFrame(
        [
            {
                "Row": f.row,
                "What": words[f.severity],
                "Column": f.column,
                "Found": f.found,
                "Why": f.reason,
                "What to do": f.advice,
            }
            for f in findings[:SHOWN]
        ]
    )
    st.dataframe(table, hide_index=True, alt="Findings, one per row and column", height=min(420, 38 * (len(table) + 1)))
    if len(findings) > SHOWN:
        st.caption(f"The first {SHOWN} of {len(findings):,} findings; all are in the download.")
    st.download_button(
        "Download the findings",
        findings_file(findings),
        f"findings {name}.csv",
        "text/csv",
        key="download_findings",
        icon=":material/download:",
    )


def draw_waiting() -> None:
    """Show what waits for a person after imports: unlinked names and look-alikes."""
    names, questions = load(unlinked_names), load(open_look_alikes)
    if not names.empty:
        st.header("Names that belong to no partner yet", anchor=False)
        st.markdown("Link a name once, and every record that carries it belongs to the partner from then on.")
        partners = load(partner_choices)
        labels = dict(zip(partners["partner_id"], partners["name"], strict=True))
        left, right = st.columns(2, vertical_alignment="bottom")
        counts = dict(zip(names["name"], names["records"], strict=True))
        name = left.selectbox(
            "Name from a spreadsheet", list(counts), format_func=lambda n: f"{n} ({counts[n]})", key="link_name"
        )
        partner = right.selectbox(
            "Partner it belongs to", list(labels), format_func=labels.__getitem__, index=None, key="link_partner"
        )
        st.button(
            "Link",
            disabled=partner is None,
            on_click=submit,
            args=(link_name, name, partner),
            kwargs={"said": f"Linked “{name}”."},
            icon=":material/link:",
        )
    if not questions.empty:
        st.header("Are these the same?", anchor=False)
        for question in questions.head(20).itertuples():
            with st.container(border=True):
                st.markdown(f"**{question.name}** and **{question.other}** – {question.reason}.")
                with st.container(horizontal=True):
                    for answer in (LookAlikeAnswer.SAME, LookAlikeAnswer.DIFFERENT):
                        st.button(
                            answer.label,
                            key=f"alike_{question.id}_{answer}",
                            on_click=submit,
                            args=(answer_look_alike, question.id, question.version, answer),
                            kwargs={"said": "Your answer is kept."},
                        )
        if len(questions) > 20:
            st.caption(f"The first 20 of {len(questions)} questions.")


def draw_history() -> None:
    """Show the imports so far."""
    history = load(import_history)
    if history.empty:
        return
    st.header("Imports so far", anchor=False)
    table = history.assign(at=history["at"].map(lambda at: f"{at:%Y-%m-%d %H:%M} UTC")).drop(columns="import_id")
    st.dataframe(table.rename(columns=str.capitalize), hide_index=True, alt="Imports so far, newest first")
