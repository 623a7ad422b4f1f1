"""The Health part of a partner's page: the profile by dimension, why it changed, what is behind it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from sqlmodel import Session

from erp.access import Actor
from erp.charts.health import (
    dimension_rows,
    dimension_tiles,
    of_dimensions,
    profile_chart,
    profile_columns,
    profile_takeaway,
)
from erp.charts.specs import spec_of
from erp.errors import NotFound
from erp.health.explain import Change, Line, contributions, missing_for_standing
from erp.health.formula import DIMENSIONS, LABELS
from erp.queries.county import today
from erp.queries.health import last_months
from erp.queries.partner_health import PartnerHealth
from erp.ui import navigation
from erp.ui.formula_choice import changes_of_formula, pick_version
from erp.ui.loads import load
from erp.ui.prose import bullets, folded_away, heading, paragraph, show_prose, strong, typed
from erp.ui.show import Drawn, empty_state, folded, rows_html, show_chart
from erp.ui.words import plain
from erp.vocabulary import Band

#: Codes of `erp.health.explain` → words for the person.
NOTES = {
    "latest_contact": "the latest contact",
    "earlier_contact": "an earlier contact",
    "cadence": "the agreed cadence",
    "marks": "who asked, set the agenda, decided",
    "rating": "a rating (nobody is named)",
    "done_by_due": "kept by its due day",
    "done_late": "kept late",
    "not_done": "due and not kept yet",
    "confirmed": "the giver confirmed",
    "told_in_time": "told within the target days",
    "told_late": "told later than the target days",
    "told_again": "told again, not confirmed",
    "reopened": "reopened, not told again yet",
    "not_told": "the giver was not told yet",
    "not_yet": "did not count yet",
    "aged_out": "older than the window",
    "withdrawn": "withdrawn by agreement",
    "newer_rating": "replaced by a newer rating",
    "newer_cadence": "replaced by a newer cadence",
}
#: Facts shown behind a change at first: those of the dimension that moved most.
FACTS_SHOWN = 5
#: Facts listed behind a dimension, the latest ones.
FACTS_LISTED = 12
FACT_COLUMNS = ("Dimension", "Change", "Day", "What", "Before", "After")
#: Months over which a change is explained at first.
MONTHS_EXPLAINED = 6
PAGES = {"engagement": "engagement", "commitment": "promises", "feedback": "feedback"}
QUERY = {"engagement": "engagement", "commitment": "promise", "feedback": "feedback"}


@dataclass(frozen=True)
class Why:
    """Why standing changed between two days, in HTML, and the facts behind it: cells under `FACT_COLUMNS`."""

    said: str
    facts: list[tuple[str, ...]]


@dataclass(frozen=True)
class Profile:
    """A partner's figures, ready to be drawn.

    `newest`: the newest row of `erp.health.engine.health_by_day`. `missing`: what a standing still needs. `parts`:
    dimension → points of standing. `days`: the days figured. `course`: the chart, None where no dimension has a score.
    `why`: why the newest figures differ from those of day `since`.
    """

    newest: dict[str, Any]
    missing: list[str]
    parts: dict[str, float]
    days: list[date]
    course: Drawn | None
    since: date
    why: Why


def profile(session: Session, actor: Actor, partner_id: int, months: int, version: str) -> Profile:
    """Return the figures of a partner over the last months. Raises: NotFound where the actor may see none.

    `version`: of the formula; empty: the one in force.
    """
    own = PartnerHealth(session, actor, partner_id, version)
    days = last_months(today(session), months)
    figures = own.figures(days)
    newest = {str(name): value for name, value in figures.iloc[-1].items()}
    since = days[max(0, len(days) - MONTHS_EXPLAINED - 1)]
    return Profile(
        newest,
        missing_for_standing(newest, own.formula),
        contributions(newest, own.formula),
        days,
        _course(own, figures, list(changes_of_formula(session, actor))),
        since,
        _why(own, own.change(figures, since, days[-1])),
    )


def why(session: Session, actor: Actor, partner_id: int, version: str, start: date, end: date) -> Why:
    """Return why a partner's standing changed between two days."""
    own = PartnerHealth(session, actor, partner_id, version)
    return _why(own, own.change(own.figures([start, end]), start, end))


def behind(session: Session, actor: Actor, partner_id: int, version: str, day: date) -> list[tuple[Line, str]]:
    """Return the facts behind a partner's figures on a day, each with the words of its record."""
    own = PartnerHealth(session, actor, partner_id, version)
    return [(line, own.words_of(line)) for line in own.behind(day)]


def _why(own: PartnerHealth, change: Change) -> Why:
    said = paragraph(typed(change.reason or ""))
    if not said and change.standing_change is not None and change.contribution_change is not None:
        by_size = sorted(change.contribution_change.items(), key=lambda item: item[1])
        before, after = (strong(f"{day['standing']:.0f}") for day in (change.before, change.after))
        said = paragraph(f"Standing went from {before} to {after} ({change.standing_change:+.1f}):")
        said += bullets(f"{LABELS[name]}: {points:+.1f} points" for name, points in by_size if abs(points) >= 0.05)
    by_dimension = change.contribution_change or {}
    words = {"entered": "Entered", "left": "No longer counts", "changed": "Counts differently"}
    most_first = sorted(change.facts, key=lambda fact: -abs(by_dimension.get(fact.dimension, 0.0)))
    facts = [
        (
            LABELS[fact.dimension],
            words[fact.change],
            "" if fact.on_day is None else _long_day(fact.on_day).replace(" ", "\u00a0"),
            own.words_of(fact),
            NOTES.get(fact.note_before, ""),
            NOTES.get(fact.note_after, ""),
        )
        for fact in most_first
    ]
    return Why(said, facts)


def draw(partner_id: int) -> None:
    """Draw the partner's health: standing, dimensions with n and age, course over time, reasons, facts."""
    months = st.segmented_control(
        "Months shown", [13, 25, 37], default=25, key="health_months", required=True, bind="query-params"
    )
    version = pick_version("partner")
    try:
        figures = load(profile, partner_id, int(months or 25), version)
    except NotFound:
        empty_state(
            "There are no figures for this partner that you may see.",
            "It is tracked without figures, or its figures are private. Contact, promises and feedback are in the "
            "other sections.",
        )
        return
    _draw_now(figures)
    if figures.course is not None:
        show_chart(figures.course, f"partner_health_{partner_id}")
    _draw_why(partner_id, version, figures)
    newest = figures.days[-1]
    folded(
        "What is behind the figures of today",
        lambda: _draw_behind(partner_id, version, newest),
        key=f"behind_{partner_id}",
    )


def _draw_now(figures: Profile) -> None:
    newest, band = figures.newest, Band(figures.newest["band"])
    if band is Band.NOT_ENOUGH:
        said = heading("Not enough evidence for a standing") + bullets(figures.missing)
    else:
        said = heading(f"{band.label} – standing {newest['standing']:.0f} of 100")
        said += paragraph(f"Rests on {of_dimensions(newest['standing_n'])}, those with enough evidence.")
    points = ", ".join(f"{LABELS[name]} {part:.0f}" for name, part in figures.parts.items() if part)
    show_prose(
        said,
        dimension_tiles(newest),
        paragraph(f"Points of standing: {points}." if points else "", quiet=True),
        paragraph(_beside(newest)),
    )


def _beside(newest: dict[str, Any]) -> str:
    beside = []
    if newest["partner_promises_n"]:
        beside.append(
            f"The partner's own promises: {newest['partner_promises_score']:.0f} (n = {newest['partner_promises_n']})."
        )
    if newest["county_rating_n"]:
        beside.append(_gap_sentence(newest))
    return typed(" ".join([*beside, "Both stand beside the figures and enter none of them."])) if beside else ""


def _gap_sentence(newest: dict[str, Any]) -> str:
    own = newest["county_rating_score"]
    text = f"The county rates this partnership {own:.0f} (n = {newest['county_rating_n']})"
    if newest["trust_n"]:
        gap = own - newest["trust_score"]
        side = "higher than" if gap > 0 else "lower than"
        text += f", {abs(gap):.0f} points {side} the partner does" if round(gap) else ", as the partner does"
    return text + "."


def _course(own: PartnerHealth, figures: pd.DataFrame, formula_changes: list[date]) -> Drawn | None:
    rows = dimension_rows(figures)
    if np.isnan(rows["score"]).all():
        return None
    months = figures["as_of"]
    facts = own.events(months.iloc[0].date(), months.iloc[-1].date())
    events = {
        "on_day": np.array([line.on_day for line in facts], dtype="datetime64[s]"),
        "mark": [NOTES[line.note] for line in facts],
        "what": [own.words_of(line) for line in facts],
    }
    table = pd.DataFrame(
        {
            "Dimension": rows["label"],
            "As of": rows["as_of"].astype("datetime64[D]").astype(str),
            "Score": rows["score"].round(1),
            "n": rows["n"],
            "Evidence": rows["evidence"],
        }
    )
    return Drawn(
        spec_of(profile_columns(rows, events, formula_changes), profile_chart),
        table,
        takeaway=profile_takeaway(rows),
        text="Five lines, one per dimension of partnership health from 0 to 100, month by month; gaps where there is "
        "no evidence; marks below show engagements, promises and feedback.",
    )


def _draw_why(partner_id: int, version: str, figures: Profile) -> None:
    between = paragraph(f"From {_long_day(figures.since)} to {_long_day(figures.days[-1])}.")
    _draw_reasons(figures.why, heading("Why it changed") + between)
    folded(
        "Between other days",
        lambda: _draw_other_days(partner_id, version, figures),
        key=f"why_between_{partner_id}",
    )


def _draw_other_days(partner_id: int, version: str, figures: Profile) -> None:
    left, right = st.columns(2)
    days = figures.days
    start = left.selectbox("From", days, index=0, format_func=_long_day, key=f"why_from_{partner_id}")
    end = right.selectbox("To", days, index=len(days) - 1, format_func=_long_day, key=f"why_to_{partner_id}")
    _draw_reasons(load(why, partner_id, version, start, end))


def _draw_reasons(change: Why, above: str = "") -> None:
    if not change.facts:
        nothing = paragraph("No fact that you may see entered, left or changed between these days.")
        show_prose(above, change.said, nothing)
        return
    first, rest = change.facts[:FACTS_SHOWN], change.facts[FACTS_SHOWN:]
    more = folded_away(f"{len(rest)} more facts" if len(rest) > 1 else "One more fact", rows_html(FACT_COLUMNS, rest))
    show_prose(above, change.said, rows_html(FACT_COLUMNS, first), more if rest else "")


def _draw_behind(partner_id: int, version: str, day: date) -> None:
    facts = load(behind, partner_id, version, day)
    if not facts:
        st.markdown("No fact that you may see is behind these figures.")
    for dimension in DIMENSIONS:
        of_dimension = [(line, what) for line, what in facts if line.dimension == dimension]
        if not of_dimension:
            continue
        latest = f", the latest {FACTS_LISTED} of them" if len(of_dimension) > FACTS_LISTED else ""
        st.markdown(f"**{LABELS[dimension]}** – {len(of_dimension)} facts you may see{latest}")
        of_dimension.sort(key=lambda fact: fact[0].on_day or pd.Timestamp.min, reverse=True)
        for line, what in of_dimension[:FACTS_LISTED]:
            _draw_fact(line, what)


def _draw_fact(line: Line, what: str) -> None:
    day = "no day" if line.on_day is None else _long_day(line.on_day)
    words = f"{day}: {NOTES.get(line.note, '')}"
    if line.subject in PAGES:
        query: dict[str, Any] = {QUERY[line.subject]: line.source_id}
        navigation.link_to(PAGES[line.subject], f"{words} – {plain(what[:90])}", **query)
    else:
        st.markdown(words)


def _long_day(day: date) -> str:
    return f"{day:%b %-d, %Y}"
