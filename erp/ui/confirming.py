"""People and names that are to be confirmed: on Today, on a partner's page, and many at once."""

import zlib
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from erp.queries.confirming import Due, confirmations, confirming_days, due_to_confirm
from erp.queries.partners import PartnerProfile
from erp.services.confirming import MOST_DAYS, confirm, set_confirming_days
from erp.ui.actions import form_button, once, submit
from erp.ui.loads import load
from erp.ui.navigation import link_to
from erp.ui.partner_words import counted, each
from erp.ui.session import require_actor
from erp.ui.today_parts import draw_line
from erp.ui.words import day_text, plain
from erp.vocabulary import RecordKind, Verb

#: Lines on Today; rows of the list at once.
LINES, MOST = 3, 300
NAMES = "names and area"


def may_confirm() -> bool:
    """Say whether the signed-in person confirms people and names."""
    actor = require_actor()
    return actor.may(Verb.CHANGE, RecordKind.PARTNER) and actor.may(Verb.CHANGE, RecordKind.CONTACT)


def draw_due_today(holder_id: int | None) -> None:
    """Draw on Today which people and names are due to be confirmed, where any are."""
    if not may_confirm():
        return
    due: Due = load(due_to_confirm, holder_id, LINES)
    if not due.total:
        return
    st.header("Still right?", anchor=False)
    for row in each(due.rows):
        draw_line("partner", _when(row), f"{row.partner}: {_what(row)}", _last(row), partner=row.partner_id,
                  section="People and ties")  # fmt: skip
    held = "true" if holder_id is not None else None
    link_to("confirm", f"Confirm many at once ({due.total:,})", icon=":material/done_all:", mine=held)


def draw_many(holder_id: int | None) -> int:
    """Draw the list of what is due, to be confirmed row by row or together; returns how many are due."""
    due: Due = load(due_to_confirm, holder_id, MOST)
    if not due.total:
        return 0
    shown = pd.DataFrame(
        {
            "Partner, and what of it": [f"{row.partner}: {_what(row)}" for row in each(due.rows)],
            "Last confirmed": [_last(row) for row in each(due.rows)],
            "Due": [_when(row) for row in each(due.rows)],
        }
    )
    st.markdown(f"**{counted(due.total, 'entry is', 'entries are')} due.** Choose those you know to be still right.")
    event: Any = st.dataframe(
        shown, hide_index=True, on_select="rerun", selection_mode="multi-row", key=_key_of(due.rows),
        alt="People and names to be confirmed, the longest overdue first",
    )  # fmt: skip
    chosen = due.rows.iloc[[row for row in event.selection.rows if row < len(due.rows)]]
    st.button(
        f"Confirm the {len(chosen)} chosen" if len(chosen) > 1 else "Confirm the chosen",
        type="primary",
        icon=":material/done_all:",
        disabled=chosen.empty,
        on_click=_confirm,
        args=(_names_of(chosen), _people_of(chosen)),
    )
    if due.total > len(due.rows):
        st.caption(f"The first {len(due.rows)} of {due.total:,}.")
    return due.total


def draw_on_partner(profile: PartnerProfile) -> None:
    """Draw when a partner's people and names were last confirmed, and the button that confirms all of them."""
    rows = load(confirmations, profile.partner_id)
    lines = (f"{_what(row)}: {_last(row)}; {_lower(_when(row))}" for row in each(rows))
    st.caption("  \n".join(map(plain, lines)))
    if may_confirm() and profile.archived_at is None:
        st.button(
            "All of this is still right",
            icon=":material/done_all:",
            key="confirm_all",
            on_click=_confirm,
            args=(_names_of(rows), _people_of(rows)),
            help="Records that you found the names, the area and everybody above still right today.",
        )


def draw_rhythm(*, may_change: bool) -> None:
    """Show how often people and names are to be confirmed, and to who may the form that changes it."""
    days = load(confirming_days)
    st.markdown(
        f"People and names of a partner are to be confirmed every **{days}** days, unless the partner's details say "
        "otherwise. What is due stands on Today."
    )
    if not may_change:
        return
    with st.form("confirming"):
        st.number_input("Days until they are confirmed again", 1, MOST_DAYS, days, key="confirming_days")
        form_button("Save", _save_rhythm, days)


@once
def _save_rhythm(opened: int) -> None:
    submit(set_confirming_days, opened, int(st.session_state["confirming_days"]), said="The rhythm is saved.")


@once
def _confirm(partner_ids: tuple[int, ...], contact_ids: tuple[int, ...]) -> None:
    number = len(partner_ids) + len(contact_ids)
    submit(confirm, partner_ids, contact_ids, said=f"Confirmed today: {counted(number, 'entry', 'entries')}.")


def _key_of(rows: pd.DataFrame) -> str:
    """Return a key that changes with the rows: the browser keeps by their places which were chosen."""
    which = (f"{row.partner_id}.{row.contact_id}" for row in each(rows))
    return f"to_confirm_{zlib.crc32(' '.join(which).encode())}"


def _names_of(rows: pd.DataFrame) -> tuple[int, ...]:
    return tuple(int(row.partner_id) for row in each(rows) if row.contact_id is None)


def _people_of(rows: pd.DataFrame) -> tuple[int, ...]:
    return tuple(int(row.contact_id) for row in each(rows) if row.contact_id is not None)


def _what(row: Any) -> str:
    return str(row.what) if row.contact_id is not None else NAMES.capitalize()


def _last(row: Any) -> str:
    if row.confirmed_on is None:
        return f"never confirmed, recorded {_day(row.recorded_on)}"
    return f"confirmed {_day(row.confirmed_on)} by {row.confirmed_by}"


def _when(row: Any) -> str:
    if row.days_over > 0:
        return f"Due for {counted(int(row.days_over), 'day', 'days')}"
    return "Due today" if row.days_over == 0 else f"Due on {_day(row.due_on)}"


def _lower(words: str) -> str:
    return f"{words[:1].lower()}{words[1:]}"


def _day(day: date) -> str:
    return day_text(day)
