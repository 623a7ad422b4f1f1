"""The Health part of a partner's page: the profile by dimension, why it changed, what is behind it."""

from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from erp.charts.health import dimension_rows, profile_chart
from erp.errors import NotFound
from erp.health.explain import contributions, missing_for_standing
from erp.health.formula import DIMENSIONS, LABELS
from erp.queries.health import behind_figures, formula_versions, health_by_month, health_formula, what_changed
from erp.ui import navigation
from erp.ui.loads import load
from erp.ui.show import empty_state, show_chart
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
PAGES = {"engagement": "engagement", "commitment": "promises", "feedback": "feedback"}
QUERY = {"engagement": "engagement", "commitment": "promise", "feedback": "feedback"}


def draw(partner_id: int) -> None:
    """Draw the partner's health: standing, dimensions with n and age, course over time, reasons, facts."""
    months = st.segmented_control(
        "Months shown", [13, 25, 37], default=25, key="health_months", required=True, bind="query-params"
    )
    figures = load(health_by_month, int(months or 25), partner_id)
    if figures.empty:
        empty_state(
            "There are no figures for this partner that you may see.",
            "It is tracked without figures, or its figures are private. Contact, promises and feedback are on the "
            "other tabs.",
        )
        return
    newest = figures.iloc[-1]
    _draw_now(newest)
    _draw_course(partner_id, figures)
    _draw_why(partner_id, figures)
    _draw_behind(partner_id, newest["as_of"].date())


def _draw_now(newest: pd.Series) -> None:
    formula = load(health_formula)
    band = Band(newest["band"])
    if band is Band.NOT_ENOUGH:
        st.markdown("### Not enough evidence for a standing")
        for sentence in missing_for_standing(_by_name(newest), formula):
            st.markdown(f"- {sentence}")
    else:
        st.markdown(f"### {band.label} – standing {newest['standing']:.0f} of 100")
    parts = contributions(_by_name(newest), formula)
    with st.container(horizontal=True):
        for dimension in DIMENSIONS:
            _draw_dimension(newest, dimension, parts[dimension])
    beside = []
    if newest["partner_promises_n"]:
        beside.append(
            f"The partner's own promises: {newest['partner_promises_score']:.0f} (n = {newest['partner_promises_n']})."
        )
    if newest["county_rating_n"]:
        beside.append(_gap_sentence(newest))
    if beside:
        st.markdown(" ".join(beside) + " Both stand beside the figures and enter none of them.")


def _draw_dimension(newest: pd.Series, dimension: str, part: float) -> None:
    n, evidence = int(newest[f"{dimension}_n"]), str(newest[f"{dimension}_evidence"])
    figure = "no evidence" if evidence == "none" else f"{newest[f'{dimension}_score']:.0f}"
    age = ""
    if not pd.isna(newest[f"{dimension}_newest"]):
        age = f", newest fact {(newest['as_of'] - newest[f'{dimension}_newest']).days} days old"
    with st.container(border=True, width=182):
        st.metric(LABELS[dimension], figure, border=False)
        st.caption(f"n = {n}{' (thin)' if evidence == 'thin' else ''}{age}")
        if part:
            st.caption(f"{part:.0f} points of standing")


def _gap_sentence(newest: pd.Series) -> str:
    own = newest["county_rating_score"]
    text = f"The county rates this partnership {own:.0f} (n = {newest['county_rating_n']})"
    if newest["trust_n"]:
        gap = own - newest["trust_score"]
        side = "higher than" if gap > 0 else "lower than"
        text += f", {abs(gap):.0f} points {side} the partner does" if round(gap) else ", as the partner does"
    return text + "."


def _draw_course(partner_id: int, figures: pd.DataFrame) -> None:
    rows = dimension_rows(figures)
    if rows["score"].isna().all():
        return
    events = load(behind_figures, partner_id, figures["as_of"].max().date())
    events = events[events["subject"].isin(list(PAGES))]
    events = events.assign(mark=events["note"].map(NOTES))[["on_day", "mark", "what"]]
    events = events[events["on_day"] >= figures["as_of"].min()]
    changes = [pd.Timestamp(v.since) for v in load(formula_versions) if v.since is not None]
    table = rows.assign(as_of=rows["as_of"].dt.strftime("%Y-%m-%d"), score=rows["score"].round(1)).rename(
        columns={"label": "Dimension", "as_of": "As of", "score": "Score", "n": "n", "evidence": "Evidence"}
    )[["Dimension", "As of", "Score", "n", "Evidence"]]
    show_chart(
        profile_chart,
        (rows, events, changes),
        table,
        takeaway=_course_sentence(rows),
        text="Five lines, one per dimension of partnership health from 0 to 100, month by month; gaps where there is "
        "no evidence; marks below show engagements, promises and feedback.",
        name=f"partner_health_{partner_id}",
    )


def _course_sentence(rows: pd.DataFrame) -> str:
    known = rows.dropna(subset=["score"]).sort_values("as_of")
    ends = known.groupby("label")["score"].agg(["first", "last"])
    moved = (ends["last"] - ends["first"]).sort_values()
    if abs(moved.iloc[0]) < 5 and abs(moved.iloc[-1]) < 5:
        return "No dimension moved by five points or more over these months."
    label, change = (
        (moved.index[0], moved.iloc[0])
        if abs(moved.iloc[0]) >= abs(moved.iloc[-1])
        else (moved.index[-1], moved.iloc[-1])
    )
    first, last = ends.loc[label, "first"], ends.loc[label, "last"]
    verb = "rose" if change > 0 else "fell"
    return f"{label} moved most: it {verb} from {first:.0f} to {last:.0f} over these months."


def _draw_why(partner_id: int, figures: pd.DataFrame) -> None:
    st.header("Why it changed", anchor=False)
    days = [stamp.date() for stamp in figures["as_of"]]
    left, right = st.columns(2)
    start = left.selectbox(
        "From", days, index=max(0, len(days) - 7), format_func=_long_day, key=f"why_from_{partner_id}"
    )
    end = right.selectbox("To", days, index=len(days) - 1, format_func=_long_day, key=f"why_to_{partner_id}")
    try:
        change = load(what_changed, partner_id, start, end)
    except NotFound as refusal:
        st.info(str(refusal))
        return
    if change.reason:
        st.markdown(change.reason)
    elif change.standing_change is not None and change.contribution_change is not None:
        st.markdown(
            f"Standing went from **{change.before['standing']:.0f}** to **{change.after['standing']:.0f}** "
            f"({change.standing_change:+.1f}):"
        )
        for dimension, points in sorted(change.contribution_change.items(), key=lambda item: item[1]):
            if abs(points) >= 0.05:
                st.markdown(f"- {LABELS[dimension]}: {points:+.1f} points")
    moved = change.facts[change.facts["change"].isin(["entered", "left", "changed"])]
    if moved.empty:
        st.markdown("No fact that you may see entered, left or changed between these days.")
        return
    words = {"entered": "Entered", "left": "No longer counts", "changed": "Counts differently"}
    table = pd.DataFrame(
        {
            "Dimension": moved["dimension"].map(LABELS),
            "Change": moved["change"].map(words),
            "Day": moved["on_day"].dt.strftime("%Y-%m-%d"),
            "What": moved["what"],
            "Before": moved["note_before"].map(NOTES).fillna(""),
            "After": moved["note_after"].map(NOTES).fillna(""),
        }
    )
    st.table(table.head(40), hide_index=True)
    if len(table) > 40:
        st.caption(f"The first 40 of {len(table)} facts are shown.")


def _draw_behind(partner_id: int, day: date) -> None:
    with st.expander("What is behind the figures of today"):
        facts = load(behind_figures, partner_id, day)
        if facts.empty:
            st.markdown("No fact that you may see is behind these figures.")
            return
        for dimension in DIMENSIONS:
            of_dimension = facts[facts["dimension"] == dimension]
            if of_dimension.empty:
                continue
            st.markdown(f"**{LABELS[dimension]}** – {len(of_dimension)} facts you may see")
            for fact in of_dimension.sort_values("on_day", ascending=False).head(12).itertuples():
                _draw_fact(fact)


def _draw_fact(fact: Any) -> None:
    day = "no day" if pd.isna(fact.on_day) else _long_day(fact.on_day)
    words = f"{day}: {NOTES.get(fact.note, '')}"
    if fact.subject in PAGES:
        query: dict[str, Any] = {QUERY[fact.subject]: int(fact.source_id)}
        navigation.link_to(PAGES[fact.subject], f"{words} – {fact.what[:90]}", **query)
    else:
        st.markdown(words)


def _by_name(row: pd.Series) -> dict[str, Any]:
    return {str(name): value for name, value in row.items()}


def _long_day(day: date) -> str:
    return f"{day:%b %-d, %Y}"
