"""Choosing a partner, as a filter or in a form: a pick list; in a large county of those met last, and whoever else is
typed is looked for.
"""

from typing import Any

import streamlit as st

from erp.queries.choices import partners_offered
from erp.queries.names import names_of_partners
from erp.queries.search import called_so
from erp.ui.address import number_in_address, pick_in_address
from erp.ui.loads import load, load_unalterable
from erp.ui.search import findable
from erp.ui.words import plain
from erp.vocabulary import RecordKind


def pick_partner(page: str) -> int | None:
    """Draw the filter and return the partner chosen; its id stands in the address."""
    choices = load_unalterable(partners_offered)
    options = choices.listed
    given = number_in_address("partner")
    if choices.are_some and given and str(given) not in options:  # by a link, or looked for
        options = {**options, **{str(number): name for number, name in load(names_of_partners, (given,)).items()}}
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


def partner_field(
    place: Any,
    label: str,
    *,
    key: str,
    chosen: int | None = None,
    chosen_name: str = "",
    nobody: str = "",
) -> int | None:
    """Draw the field for one partner of a form, above the form itself, and return who is chosen.

    `chosen`: who it is at first, also one archived since (`chosen_name`). `nobody`: what the choice of none is called,
    where there is one.
    """
    choices = load_unalterable(partners_offered)
    options = {int(number): name for number, name in choices.listed.items()}
    held = st.session_state.get(key)
    for number, name in ((chosen, chosen_name), (held if isinstance(held, int) else None, "")):
        if number is not None and number not in options:
            options[number] = name or load(names_of_partners, (number,)).get(number, "")
    numbers: list[int | None] = [None, *options] if nobody else list(options)
    first = numbers.index(chosen) if chosen in numbers else None
    if st.session_state.pop(f"{key}_meant", False):  # set in the callback: a field cannot begin with two values
        first = 0 if nobody else None
    picked = place.selectbox(
        label,
        numbers,
        index=first,
        format_func=lambda number: nobody if number is None else options.get(number) or str(number),
        placeholder="Choose a partner",
        key=key,
        accept_new_options=choices.are_some,
        on_change=_take_typed if choices.are_some else None,
        args=(key,),
    )
    if said := st.session_state.get(_unclear(key)):
        place.caption(said)
    return picked if isinstance(picked, int) else None


def _take_typed(key: str) -> None:
    """Put the partner that typed words mean in their place, in the callback; say so where that is not clear."""
    typed = st.session_state[key]
    st.session_state.pop(_unclear(key), None)
    if not isinstance(typed, str):
        return
    sure, known = _called(typed)
    st.session_state[key], st.session_state[f"{key}_meant"] = sure, True
    if sure is None and known:
        names = "; ".join(map(plain, known.values()))
        st.session_state[_unclear(key)] = f"“{plain(typed)}” may be {names}. Type the name of the one you mean."
    elif sure is None:
        st.session_state[_unclear(key)] = f"No partner is called “{plain(typed)}”."


def _called(typed: str) -> tuple[int | None, dict[int, str]]:
    """Return the partner called so, None where that is not clear, and all who may be meant."""
    found = [of_kind for of_kind in load(called_so, findable(typed)) if of_kind.kind is RecordKind.PARTNER]
    hits = {hit.record_id: hit.title for of_kind in found for hit in of_kind.rows}
    return next(iter(hits)) if len(hits) == 1 and not found[0].meant else None, hits


def _look_for(page: str, typed: str) -> str:
    """Return the id of the partner called so, "" where it is not clear; then it is asked below the field."""
    sure, known = _called(typed)
    st.session_state.pop(_unclear(page), None)
    if sure is not None:
        return str(sure)
    st.session_state[_unclear(page)] = (typed, {str(number): name for number, name in known.items()})
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
