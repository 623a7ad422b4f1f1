"""Parts of the Settings page. Each shows what is in force and, to who may, the form that changes it."""

from dataclasses import asdict
from zoneinfo import available_timezones

import pandas as pd
import streamlit as st

from erp import db
from erp.access import PERMISSIONS
from erp.documents.permissions import permission_table
from erp.errors import Invalid
from erp.health.formula import DIMENSIONS, LABELS
from erp.queries.county import county
from erp.queries.health import formula_versions, health_formula
from erp.queries.settings import AnswerTemplate, answer_templates, cadence_defaults, targets_in_force
from erp.queries.targets import FeedbackTargets
from erp.queries.workdays import Workdays, holidays_of
from erp.services.county_settings import (
    change_answer_templates,
    change_county,
    change_feedback_targets,
    change_health_formula,
    change_office_days,
    set_default_cadence,
)
from erp.services.partners import MOST_CADENCE_DAYS
from erp.ui.actions import forget_form, form_button, form_token, once, refuse, submit
from erp.ui.loads import county_today, load
from erp.ui.show import show_rows
from erp.ui.words import FIRST_DAY, plain
from erp.vocabulary import Band, PartnerKind

#: Field of a template of an answer → its heading.
TEMPLATE_COLUMNS = {"name": "Name", "english": "In English", "spanish": "In Spanish"}
_BANDS = (Band.STRONG, Band.STEADY, Band.STRAINED)


def draw_county(*, may_change: bool) -> None:
    """Show the county's name and time zone."""
    with db.reading() as session:
        home = county(session)
    if home is None:
        return
    if not may_change:
        st.markdown(f"**{plain(home.name)}**, time zone {home.time_zone}")
        return
    with st.form("county"):
        st.text_input("County's name", home.name, key="county_name")
        zones = sorted(available_timezones())
        st.selectbox("Time zone", zones, index=zones.index(home.time_zone), key="county_zone")
        form_button("Save", _save_county, home.version)


@once
def _save_county(version: int) -> None:
    state = st.session_state
    submit(change_county, version, state["county_name"], state["county_zone"], said="The county is saved.")


def draw_cadences(*, may_change: bool) -> None:
    """Show the default days between contacts per kind of partner, and every earlier default."""
    st.markdown(
        "How many days may pass between contacts where nothing was agreed with the partner. An agreed cadence always "
        "comes first; a change counts from its day on and leaves history as it was."
    )
    defaults = load(cadence_defaults)
    show_rows(defaults)
    if not may_change:
        return
    with st.form("cadence", clear_on_submit=True):
        kinds = list(PartnerKind)
        st.selectbox("Kind of partner", kinds, format_func=lambda kind: kind.label, key="cadence_kind")
        st.number_input("Days between contacts", 1, MOST_CADENCE_DAYS, 91, key="cadence_days")
        st.date_input(
            "From this day on (blank: always)", county_today(), key="cadence_from", format="MM/DD/YYYY",
            min_value=FIRST_DAY,
        )  # fmt: skip
        form_button("Save", _save_cadence, form_token("cadence"))


@once
def _save_cadence(_drawn: str) -> None:
    state = st.session_state
    saved = submit(
        set_default_cadence,
        state["cadence_kind"],
        int(state["cadence_days"]),
        state["cadence_from"],
        said="The default cadence is saved.",
    )
    if saved is not None:
        forget_form("cadence")


def draw_targets(*, may_change: bool) -> None:
    """Show within how many days feedback is acknowledged, decided and told."""
    targets = load(targets_in_force)
    st.markdown(
        f"Feedback is acknowledged within **{targets.acknowledge}** office days, decided within **{targets.decide}** "
        f"days and told to the giver within **{targets.tell}**. The days to tell are part of the health formula."
    )
    if not may_change:
        return
    with st.form("targets"):
        st.number_input("Office days to acknowledge", 1, 365, targets.acknowledge, key="target_acknowledge")
        st.number_input("Days to decide", 1, 365, targets.decide, key="target_decide")
        form_button("Save", _save_targets, targets)


@once
def _save_targets(opened: FeedbackTargets) -> None:
    state = st.session_state
    submit(
        change_feedback_targets,
        opened,
        int(state["target_acknowledge"]),
        int(state["target_decide"]),
        said="The targets are saved.",
    )


def draw_office_days(*, may_change: bool) -> None:
    """Show on which holidays the county's offices are closed, and the form to correct that."""
    workdays = load(targets_in_force).workdays
    year = county_today().year
    coming = holidays_of((year, year + 1))
    st.markdown(
        "Office days are Monday to Friday but for California's holidays (as the package “holidays” lists them). Say on "
        "which of them your offices are open all the same, and on which further days they are closed."
    )
    shown = [(day, name) for day, name in coming if name not in workdays.open_on and day >= county_today()]
    shown += [(day, "closed by the county") for day in workdays.closed if day >= county_today()]
    rows = [(f"{day:%a, %b} {day.day}, {day.year}", name) for day, name in sorted(shown)]
    with st.expander(f"Days closed from now on ({len(rows)})"):
        show_rows(pd.DataFrame(rows, columns=["Day", "Why"]))
    if not may_change:
        return
    names = sorted({name for _, name in coming} | workdays.open_on)
    with st.form("office_days"):
        st.multiselect(
            "Holidays on which the offices are open", names, default=sorted(workdays.open_on), key="office_open",
            select_all=False,
        )  # fmt: skip
        closed = ", ".join(f"{day:%m/%d/%Y}" for day in sorted(workdays.closed))
        st.text_input("Further days closed, as 12/24/2026, 12/31/2026", closed, key="office_closed")
        form_button("Save", _save_office_days, workdays)


@once
def _save_office_days(opened: Workdays) -> None:
    state = st.session_state
    words = [word.strip() for word in str(state["office_closed"]).split(",") if word.strip()]
    submit(change_office_days, opened, words, list(state["office_open"]), said="The office days are saved.")


def draw_templates(*, may_change: bool) -> None:
    """Show how answers to givers may begin, and the form to change that."""
    templates = load(answer_templates)
    st.markdown(
        "Answers to begin with, when feedback is acknowledged, decided or told. A giver who wrote in Spanish gets the "
        "Spanish words, where they are written."
    )
    rows = pd.DataFrame([asdict(each) for each in templates], columns=list(TEMPLATE_COLUMNS)).rename(
        columns=TEMPLATE_COLUMNS
    )
    if not may_change:
        show_rows(rows)
        return
    with st.form("answer_templates"):
        st.data_editor(rows, num_rows="dynamic", hide_index=True, key=_templates_key(templates))
        form_button("Save the answers", _save_templates, templates)


def _templates_key(templates: tuple[AnswerTemplate, ...]) -> str:
    return f"templates_{abs(hash(templates))}"


@once
def _save_templates(opened: tuple[AnswerTemplate, ...]) -> None:
    rows = [asdict(each) for each in opened]
    changes = st.session_state[_templates_key(opened)]
    named = {label: name for name, label in TEMPLATE_COLUMNS.items()}
    for number, cells in changes["edited_rows"].items():
        rows[int(number)] |= {named[label]: words or "" for label, words in cells.items()}
    rows = [row for number, row in enumerate(rows) if number not in changes["deleted_rows"]]
    blank = dict.fromkeys(TEMPLATE_COLUMNS, "")
    rows += [
        blank | {named[label]: words or "" for label, words in cells.items() if label in named}
        for cells in changes["added_rows"]
    ]
    wanted = [AnswerTemplate(**row) for row in rows if any(row.values())]
    submit(change_answer_templates, opened, wanted, said="The answers are saved.")


def draw_formula(*, may_change: bool) -> None:
    """Show the health formula in force and its versions, and the form for a new version."""
    formula = load(health_formula)
    st.markdown(
        f"Version **{formula.version}** is in force. Standing is the weighted mean of the dimensions with enough "
        "evidence; docs/health.md says how each is figured. A change makes a new version, and is "
        "marked on the course of each partner."
    )
    rows = [
        {"Dimension": LABELS[d], "Weight": f"{formula.weights[d]:g}", "Facts needed": formula.minimums[d]}
        for d in DIMENSIONS
    ]
    show_rows(pd.DataFrame(rows))
    st.markdown(
        "; ".join(f"{Band(name).label} from {lowest:.0f}" for name, lowest in formula.bands) + "; below: At risk."
    )
    versions = load(formula_versions)
    earlier = [
        f"{v.formula.version} ({f'since {v.since:%b %-d, %Y}' if v.since else 'as published'})" for v in versions
    ]
    st.caption("Versions: " + ", ".join(earlier))
    if not may_change:
        return
    with st.form("formula"):
        left, right = st.columns(2)
        for dimension in DIMENSIONS:
            left.number_input(
                f"Weight of {LABELS[dimension]}",
                0.0,
                100.0,
                float(formula.weights[dimension]),
                key=f"weight_{dimension}",
            )
            right.number_input(
                f"Facts needed for {LABELS[dimension]}", 1, 50, formula.minimums[dimension], key=f"minimum_{dimension}"
            )
        lowest = dict(formula.bands)
        for band, column in zip(_BANDS, st.columns(3), strict=True):
            column.number_input(f"{band.label} from", 1.0, 100.0, float(lowest[band]), key=f"band_{band}")
        st.number_input("Days to tell the giver", 1, 365, formula.target_days, key="formula_target")
        form_button("Make this a new version", _save_formula, formula.version)


@once
def _save_formula(opened: str) -> None:
    state = st.session_state
    weights = {d: float(state[f"weight_{d}"]) for d in DIMENSIONS}
    if abs(sum(weights.values()) - 100) > 1e-9:
        refuse(str(Invalid(f"The weights add up to {sum(weights.values()):g}; they must add up to 100.")))
        return
    submit(
        change_health_formula,
        opened,
        weights,
        {d: int(state[f"minimum_{d}"]) for d in DIMENSIONS},
        {str(band): float(state[f"band_{band}"]) for band in _BANDS},
        int(state["formula_target"]),
        said="A new version of the formula is in force.",
    )


def draw_permissions() -> None:
    """Show what each role may do."""
    st.markdown("What each role may do. A person may hold several roles; then all of them count.")
    for role in PERMISSIONS:
        with st.expander(role.label):
            show_rows(permission_table(role))
