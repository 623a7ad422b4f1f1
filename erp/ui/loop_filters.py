"""What the pages of promises and feedback share: what is open, groups with counts, whose, pages of a list."""

from collections.abc import Callable, Mapping

import pandas as pd
import streamlit as st
from sqlmodel import Session

from erp.access import Actor
from erp.ui.actions import about_to_tell
from erp.ui.address import number_in_address
from erp.ui.show import offer_list
from erp.ui.words import plain
from erp.vocabulary import RecordKind


def asked_for(name: str) -> int | None:
    """Return the id that the address asks for (`?feedback=12`); 0, which no record has, where it is no number."""
    return number_in_address(name) if name in st.query_params else None


def open_record(name: str, record_id: int) -> None:
    """Open a record in the list, in a button's callback."""
    st.query_params[name] = str(record_id)


def close_record(name: str) -> None:
    """Close the open record, in a button's callback."""
    st.query_params.pop(name, None)


def toast_outcome() -> None:
    """Show the outcome of a save also as a toast, in a callback: the card it is told in may be out of sight."""
    kind, sentence = about_to_tell("outcome") or (None, "")
    if kind is not None:
        st.toast(plain(sentence), icon=":material/check:" if kind == "saved" else ":material/warning:", duration="long")


def pills_in_address(label: str, name: str, options: Mapping[str, str], *, page: str) -> str:
    """Draw pills of which one is always chosen, the first one by default; the address keeps `?name=key`.

    Unlike pills bound to the address it keeps keys there, not labels: those carry counts, which change.
    """
    state, default = f"{page}_{name}", next(iter(options))
    given = st.query_params.get(name, default)
    chosen = given if given in options else default
    st.session_state[state] = chosen  # said anew on each run: pills forget a choice whose label changed
    st.pills(
        label,
        list(options),
        format_func=options.__getitem__,
        key=state,
        required=True,
        on_change=_put_in_address,
        args=(name, state, default),
    )
    return chosen


def _put_in_address(name: str, state: str, default: str) -> None:
    chosen = st.session_state[state] or default
    if chosen == default:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = chosen


def page_of(filters: object, rows: int, page_rows: int) -> tuple[int, int]:
    """Return the page to show and how many there are; every choice of filters has pages of its own."""
    pages = max(1, -(-rows // page_rows))
    return min(int(st.session_state.get(_page_key(filters), 1)), pages), pages


def _page_key(filters: object) -> str:
    return f"page_{type(filters).__name__}_{hash(filters)}"


def draw_foot(
    kind: RecordKind, filters: object, pages: int, name: str, rows: Callable[[Session, Actor], pd.DataFrame]
) -> None:
    """Draw the pages of a list and its download; `rows` is asked only when somebody wants the file."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        if pages > 1:
            st.pagination(pages, key=_page_key(filters), width="stretch")  # "content" hides all but one page here
        offer_list(name, kind, rows)
