"""What the Health page draws of all partnerships: bands by quarter, and the grid of partners by months."""

from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlmodel import Session

from erp.access import Actor
from erp.charts.health import bands_chart, bands_frames, bands_takeaway, standing_grid
from erp.charts.specs import spec_of
from erp.health.standings import Standings
from erp.queries.names import names_of_partners, partners_by_name
from erp.ui.formula_choice import changes_of_formula
from erp.ui.loads import standing
from erp.ui.show import Drawn
from erp.vocabulary import Band

#: Partners in the grid at a time; more would not be read.
ROWS = 20
#: In the grid's orders but by name: the column of `Standings.moves` that it follows, the lowest first.
BY_NAME = "name"
ORDERS = {"largest fall": "change", "standing, lowest first": "last", BY_NAME: ""}
#: Points of change from which on it is a fall.
LEAST_FALL = -5


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
    if not len(figures):
        return None
    rows = figures.bands_by_quarter()
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
    moves = figures.moves()
    if order == BY_NAME:
        place = {number: n for n, number in enumerate(partners_by_name(session, actor, kinds))}
        moves = moves.sort_values("partner_id", key=lambda ids: ids.map(place), ignore_index=True)
    else:
        moves = moves.sort_values(ORDERS[order], na_position="last", ignore_index=True, kind="stable")
    shown = moves.iloc[(page - 1) * ROWS : page * ROWS]
    first = moves["partner_id"].head(1).tolist()  # named in the takeaway, whichever page is shown
    names = names_of_partners(session, actor, [*first, *shown["partner_id"].tolist()])
    shown = shown.assign(partner=shown["partner_id"].map(names))
    cells = shown[["partner_id", "partner"]].merge(figures.of(shown["partner_id"].tolist()).frame(), on="partner_id")
    table = cells.assign(
        month=cells["as_of"].dt.strftime("%Y-%m"),
        band=cells["band"].map(lambda b: Band(b).label),
        standing=cells["standing"].round(1),
    )[["partner", "month", "standing", "standing_n", "band"]]
    table = table.rename(columns=lambda name: {"standing_n": "Dimensions (n of 5)"}.get(name, name.capitalize()))
    html = standing_grid(cells, _months(changes_of_formula(session, actor)))
    return Grid(_takeaway(moves, order, names), html, table, -(-len(moves) // ROWS), shown.reset_index(drop=True))


def _quarters(changes: dict[date, str]) -> dict[str, str]:
    return {f"{day.year} Q{(day.month + 2) // 3}": version for day, version in changes.items()}


def _months(changes: dict[date, str]) -> dict[str, str]:
    return {f"{day:%Y-%m}": version for day, version in changes.items()}


def _figures(session: Session, actor: Actor, kinds: tuple[str, ...], months: int, version: str) -> Standings:
    return standing(months, version, partners_by_name(session, actor, kinds) if kinds else None)


def _takeaway(moves: pd.DataFrame, order: str, names: dict[int, str]) -> str:
    falls = int((moves["change"] <= LEAST_FALL).sum())
    most = f"; {names[moves['partner_id'].iloc[0]]} fell most." if falls and order == "largest fall" else "."
    return f"{falls:,} of {len(moves):,} partnerships fell by five points or more over these months{most}"
