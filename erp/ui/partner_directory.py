"""The pieces of the directory: its filters, its table and list, its download."""

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
import pyarrow as pa
import streamlit as st
from sqlmodel import Session

from erp.access import Actor
from erp.health.formula import BANDS
from erp.queries.choices import holder_choices
from erp.queries.partners import PAGE_ROWS, DirectoryFilter, partner_directory
from erp.ui import navigation
from erp.ui.address import more_filters, pick_in_address, switch_in_address
from erp.ui.loads import load, load_unalterable, standing
from erp.ui.partner_words import NOT_SHOWN, contact_in_brief, counted, each, kind_in_words
from erp.ui.prose import strong
from erp.ui.search import findable
from erp.ui.show import offer_list
from erp.ui.words import plain
from erp.vocabulary import Band, PartnerKind, PartnerStatus, RecordKind

#: The running month and the twelve before it, so that the first and the last are a year apart.
TREND_MONTHS = 13

#: Rows of the table in sight at once: as many as a laptop's window holds; the others by scrolling in it.
TABLE_ROWS = 15

CONTACT = {"past": "Past their cadence", "none": "No contact yet"}
ORDER = {"name": "Name", "past": "Longest past the cadence", "latest": "Latest contact"}
#: What stands in the address for the filters that are folded away.
MORE = ("holder", "status", "contact", "order", "partner_archived")
UNSCORED = "Tracked without figures"

#: The directory as it opens.
EVERYONE = DirectoryFilter()


def choose() -> DirectoryFilter:
    """Draw the filters, which live in the address, and return what they say."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        words = st.text_input(
            "Find a partner",
            key="partner_words",
            placeholder="Name, former name or area",
            icon=":material/search:",
            live=True,
            bind="query-params",
            width="stretch",
        )
        with st.container(width=230):
            kinds = {kind.value: kind.label for kind in PartnerKind}
            kind = pick_in_address("Kind", "kind", kinds, anything="Any kind", page="partners")
    narrowed = DirectoryFilter(words=findable(str(words or "")), kind=PartnerKind(kind) if kind else None)
    return more_filters(narrowed, _choose_more, names=MORE, key="partner_more")


def _choose_more(narrowed: DirectoryFilter) -> DirectoryFilter:
    left, right = st.columns(2)
    with left:
        holders = {str(number): name for number, name in load(holder_choices).itertuples(index=False, name=None)}
        holder = pick_in_address("Relationship holder", "holder", holders, anything="Anyone", page="partners")
        contact = pick_in_address("Contact", "contact", CONTACT, anything="Any", page="partners")
    with right:
        statuses = {status.value: status.label for status in PartnerStatus}
        status = pick_in_address("Status", "status", statuses, anything="Any status", page="partners")
        order = pick_in_address("Order", "order", ORDER, anything=None, page="partners")
    archived = switch_in_address("Archived partners", "partner_archived", page="partners")
    return replace(
        narrowed,
        holder_id=int(holder) if holder else None,
        status=PartnerStatus(status) if status else None,
        contact=contact,  # pyright: ignore[reportArgumentType] -- one of the keys of CONTACT
        archived=archived,
        order=order,  # pyright: ignore[reportArgumentType] -- one of the keys of ORDER
    )


@dataclass(frozen=True)
class Page:
    """A page of the directory as a person reads it, as it is sent: the table, each row's partner, how many in all.

    `table`: columns as `readable`, "Found as" only where there is something in it. `past`: how many of all are past
    their cadence. Nobody can alter any of it.
    """

    table: pa.Table
    partner_ids: tuple[int, ...]
    total: int
    past: int


def page_of(session: Session, actor: Actor, narrowed: DirectoryFilter, number: int) -> Page:
    """Return a page of the directory (from 1)."""
    found = partner_directory(session, actor, narrowed, number)
    past = 0 if narrowed.archived else found.past
    table = readable(found.rows)
    if not table["Found as"].any():
        table = table.drop(columns="Found as")
    sent = pa.Table.from_pandas(table, preserve_index=False)
    return Page(sent, tuple(found.rows["partner_id"].tolist()), found.total, past)


def page_in_address(narrowed: DirectoryFilter) -> Page:
    """Return the page that the address names; draws the page numbers."""
    first = load_unalterable(page_of, narrowed, 1)
    pages = -(-first.total // PAGE_ROWS)
    number = st.pagination(pages, key="partner_page", bind="query-params") if pages > 1 else 1
    return first if number == 1 else load_unalterable(page_of, narrowed, number)


def takeaway(narrowed: DirectoryFilter, page: Page) -> str:
    """Say in a sentence of HTML how many there are and how many of them are past their cadence."""
    found = counted(page.total, "partner", "partners")
    if narrowed.contact:
        return f"{found}: {CONTACT[narrowed.contact].lower()}."
    return f"{found}; {strong(f'{page.past:,} past their cadence')}." if page.past else f"{found}."


def readable(rows: pd.DataFrame) -> pd.DataFrame:
    """Return directory rows as a person reads them. Columns: headings of the table; `12 months` holds a list.

    `12 months`: the standings of the newest unbroken run of months, since a cell cannot draw a gap.
    """
    figures = standing(TREND_MONTHS, partner_ids=rows["partner_id"].tolist())
    ids = figures.partner_ids.tolist()
    courses = dict(zip(ids, figures.standing.tolist(), strict=True))
    newest = {number: (BANDS[figures.band[n, -1]], int(figures.n[n, -1])) for n, number in enumerate(ids)}
    lines = list(each(rows))
    drawn = [_standing(row, courses.get(row.partner_id), newest.get(row.partner_id)) for row in lines]
    return pd.DataFrame(
        {
            "Partner": rows["name"],
            "Found as": rows["found_as"],
            "Standing": [words for words, _ in drawn],
            "12 months": [run for _, run in drawn],
            "Last contact": [
                contact_in_brief(row.last_contact, row.days_over_cadence, row.cadence_days, row.figures_shown)
                for row in lines
            ],
            "Holder": rows["holder"],
            "Kind": [kind_in_words(row.kind, row.recognition) for row in lines],
            "Promises": [_promises(row) for row in lines],
            "Feedback": rows["feedback_waiting"].astype("Int64"),
            "Status": [PartnerStatus(status).label for status in rows["status"]],
            "Area": rows["area"],
        }
    )


def draw_table(page: Page) -> int | None:
    """Draw the directory as a table and return the partner whose row was chosen."""
    event: Any = st.dataframe(
        page.table,
        key="partner_table",
        hide_index=True,
        placeholder="",
        height=38 + 35 * min(page.table.num_rows, TABLE_ROWS),
        on_select="rerun",
        selection_mode=["single-row", "single-cell"],
        alt="Partners with standing, its course over twelve months, last contact against the agreed cadence, open "
        "promises and feedback waiting. The list view has the same facts as links.",
        column_config={
            "Partner": st.column_config.TextColumn(pinned=True, width=210),
            "Standing": st.column_config.TextColumn(
                width=160, help="Band and standing, 0 to 100; n: how many of the five dimensions have enough evidence"
            ),
            "12 months": st.column_config.LineChartColumn(
                width=90, y_min=0, y_max=100, help="Standing at month's end, 0 to 100, since evidence was last enough"
            ),
            "Last contact": st.column_config.TextColumn(
                width=160, help="Days since the last contact, against the cadence agreed or the county's default"
            ),
            "Promises": st.column_config.TextColumn(
                width=110, help="Open promises: not yet kept or withdrawn, whoever owes them"
            ),
            "Feedback": st.column_config.NumberColumn(width=85, help="Feedback whose giver has still to be told"),
            "Holder": st.column_config.TextColumn(width=110),
            "Kind": st.column_config.TextColumn(width=140),
            "Status": st.column_config.TextColumn(width=80),
        },
    )
    chosen = event["selection"]["rows"] or [row for row, _ in event["selection"].get("cells", [])]
    return page.partner_ids[chosen[0]] if chosen else None


def draw_list(page: Page) -> None:
    """Draw the directory as a list of links with their facts: for phones, keyboards and screen readers."""
    for partner_id, row in zip(page.partner_ids, page.table.to_pylist(), strict=True):
        with st.container(border=True, gap=None):
            navigation.link_to("partner", f"**{plain(row['Partner'])}**", partner=partner_id)
            facts = [row["Kind"], row["Standing"]]
            if row["Last contact"] == NOT_SHOWN:
                facts.append("figures not shown to your role")
            else:
                facts += [f"last contact: {row['Last contact']}", f"open promises: {row['Promises']}"]
                facts.append(f"feedback waiting: {row['Feedback']}")
            facts += [f"holder: {row['Holder']}"] if row["Holder"] else []
            facts += [f"found as {row['Found as']}"] if row.get("Found as") else []
            st.caption(plain(" · ".join(facts)))


def draw_download(narrowed: DirectoryFilter) -> None:
    """Offer everything the filter finds as a CSV file."""
    offer_list(
        "partners",
        RecordKind.PARTNER,
        lambda session, who: as_file(partner_directory(session, who, narrowed, None).rows),
    )


def as_file(rows: pd.DataFrame) -> pd.DataFrame:
    """Return directory rows for a file: one fact a column, days and numbers as they are, blank where not shown."""
    lines = list(each(rows))
    return pd.DataFrame(
        {
            "Partner": rows["name"],
            "Found as": rows["found_as"],
            "Kind": [kind_in_words(row.kind, row.recognition) for row in lines],
            "Status": [PartnerStatus(status).label for status in rows["status"]],
            "Area": rows["area"],
            "Holder": rows["holder"],
            "Tracked with figures": ["yes" if scored else "no" for scored in rows["scored"]],
            "Last contact": rows["last_contact"],
            "Cadence in days": rows["cadence_days"],
            "Cadence agreed": ["no" if default else "yes" for default in rows["cadence_is_default"]],
            "Days past the cadence": rows["days_over_cadence"].clip(lower=0),
            "Open promises": rows["open_promises"],
            "Overdue promises": rows["overdue_promises"],
            "Feedback waiting": rows["feedback_waiting"],
        }
    )


def _promises(row: Any) -> str:
    if pd.isna(row.open_promises):
        return ""
    overdue = f", {int(row.overdue_promises)} overdue" if row.overdue_promises else ""
    return f"{int(row.open_promises)}{overdue}"


def _standing(row: Any, course: list[float] | None, newest: tuple[str, int] | None) -> tuple[str, list[float] | None]:
    """Say a partner's standing of today, and give the newest unbroken run of its standings."""
    if not row.scored:
        return UNSCORED, None
    if not row.figures_shown:
        return NOT_SHOWN, None
    if course is None or newest is None:  # an archived partner has no figures
        return "", None
    band, n = newest
    if band == Band.NOT_ENOUGH:
        return Band.NOT_ENOUGH.label, None
    gaps = [n for n, points in enumerate(course) if pd.isna(points)]
    run = course[gaps[-1] + 1 :] if gaps else course
    return f"{Band(band).label} {course[-1]:.0f} (n = {n} of 5)", [round(points, 1) for points in run]
