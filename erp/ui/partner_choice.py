"""The filter by partner: a pick list; in a large county of those met last, and whoever else is typed is looked for."""

import streamlit as st

from erp.queries.choices import partners_offered
from erp.queries.names import names_of_partners
from erp.queries.search import called_so
from erp.ui.address import pick_in_address
from erp.ui.loads import load, load_unalterable
from erp.ui.search import findable
from erp.ui.words import plain
from erp.vocabulary import RecordKind


def pick_partner(page: str) -> int | None:
    """Draw the filter and return the partner chosen; its id stands in the address."""
    choices = load_unalterable(partners_offered)
    options = choices.listed
    given = st.query_params.get("partner", "")
    if choices.are_some and given.isdigit() and given not in options:  # by a link, or looked for
        options = {**options, **{str(number): name for number, name in load(names_of_partners, (int(given),)).items()}}
    chosen = pick_in_address(
        "Partner",
        "partner",
        options,
        anything="All partners",
        page=page,
        look_up=_look_for if choices.are_some else None,
    )
    unclear: tuple[str, dict[str, str]] | None = st.session_state.get(_unclear(page))
    if unclear is not None:
        _ask(page, *unclear)
    return int(chosen) if chosen else None


def _look_for(page: str, typed: str) -> str:
    """Return the id of the partner called so, "" where it is not clear; then it is asked below the field."""
    found = [of_kind for of_kind in load(called_so, findable(typed)) if of_kind.kind is RecordKind.PARTNER]
    hits = [hit for of_kind in found for hit in of_kind.rows]
    st.session_state.pop(_unclear(page), None)
    if len(hits) == 1 and not found[0].meant:
        return str(hits[0].record_id)
    st.session_state[_unclear(page)] = (typed, {str(hit.record_id): hit.title for hit in hits})
    return ""


def _ask(page: str, typed: str, known: dict[str, str]) -> None:
    if not known:
        st.caption(f"No partner is called “{plain(typed)}”.")
        return
    key = f"{page}_partner_which"
    st.pills(
        f"Which is “{plain(typed)}”?",
        list(known),
        format_func=lambda number: plain(known[number]),
        key=key,
        on_change=_take,
        args=(page, key),
    )


def _take(page: str, key: str) -> None:
    """Take the one that was meant into the address, in the callback."""
    if (number := st.session_state[key]) is not None:
        st.query_params["partner"] = number
        st.session_state.pop(_unclear(page), None)


def _unclear(page: str) -> str:
    return f"{page}_partner_unclear"
