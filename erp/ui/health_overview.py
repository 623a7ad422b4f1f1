"""What the Health page draws of all partnerships: bands by quarter, and the grid of partners by months."""

from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlmodel import Session

from erp.access import Actor
from erp.charts.health import bands_chart, bands_frames, bands_takeaway, fall_and_rise, standing_grid
from erp.charts.specs import spec_of
from erp.queries.choices import partner_choices
from erp.queries.health import bands_by_quarter
from erp.ui.formula_choice import changes_of_formula
from erp.ui.loads import standing
from erp.ui.show import Drawn
from erp.vocabulary import Band

#: Partners in the grid at a time; more would not be read.
ROWS = 20
ORDERS = {
    "largest fall": "change",
    "standing, lowest first": "last",
    "name": "partner",
}


@dataclass(frozen=True)
class Grid:
    """A page of the grid: its takeaway, itself in HTML, its numbers as rows, how many pages there are.

    `partners`: partner_id, partner, first, last, change, in the order shown.
    """

    takeaway: str
    html: str
    rows: pd.DataFrame
    pages: int
    partners: pd.DataFrame


def bands(session: Session, actor: Actor, kinds: tuple[str, ...], months: int, version: str) -> Drawn | None:
    """Return partnerships by band and quarter; None where there are no figures.

    `kinds`: none means all. `version`: of the formula; empty: the one in force.
    """
    figures = _figures(session, actor, kinds, months, version)
    if figures.empty:
        return None
    rows = bands_by_quarter(figures)
    return Drawn(
        spec_of(bands_frames(rows, _quarters(changes_of_formula(session, actor))), bands_chart),
        rows.assign(band=rows["band"].map(lambda b: Band(b).label)).rename(columns=str.capitalize),
        takeaway=bands_takeaway(rows),
        text="Stacked bars: the number of partnerships in each band of standing at the end of each quarter, with not "
        "enough evidence as a band of its own; above a quarter stands the version of the formula that began in it.",
    )


def grid(
    session: Session, actor: Actor, kinds: tuple[str, ...], months: int, version: str, order: str, page: int
) -> Grid:
    """Return a page of the grid (from 1) in one of ORDERS; there have to be figures."""
    figures = _figures(session, actor, kinds, months, version)
    scored = figures[["partner_id", "partner"]].drop_duplicates()
    moves = fall_and_rise(figures).merge(scored, on="partner_id", how="right")
    moves = moves.sort_values(ORDERS[order], na_position="last", ignore_index=True)
    shown = moves.iloc[(page - 1) * ROWS : page * ROWS]
    cells = shown[["partner_id", "partner"]].merge(figures.drop(columns=["partner", "kind"]), on="partner_id")
    table = cells.assign(
        month=cells["as_of"].dt.strftime("%Y-%m"),
        band=cells["band"].map(lambda b: Band(b).label),
        standing=cells["standing"].round(1),
    )[["partner", "month", "standing", "standing_n", "band"]]
    table = table.rename(columns=lambda name: {"standing_n": "Dimensions (n of 5)"}.get(name, name.capitalize()))
    html = standing_grid(cells, _months(changes_of_formula(session, actor)))
    return Grid(_takeaway(moves, order), html, table, -(-len(moves) // ROWS), shown.reset_index(drop=True))


def _quarters(changes: dict[date, str]) -> dict[str, str]:
    return {f"{day.year} Q{(day.month + 2) // 3}": version for day, version in changes.items()}


def _months(changes: dict[date, str]) -> dict[str, str]:
    return {f"{day:%Y-%m}": version for day, version in changes.items()}


def _figures(session: Session, actor: Actor, kinds: tuple[str, ...], months: int, version: str) -> pd.DataFrame:
    partners = partner_choices(session, actor).rename(columns={"name": "partner"})
    if kinds:
        partners = partners[partners["kind"].isin(kinds)]
    return standing(months, version).merge(partners, on="partner_id")


def _takeaway(moves: pd.DataFrame, order: str) -> str:
    falls = moves[moves["change"] <= -5]
    most = f"; {falls.iloc[0]['partner']} fell most." if len(falls) and order == "largest fall" else "."
    return f"{len(falls):,} of {len(moves):,} partnerships fell by five points or more over these months{most}"
