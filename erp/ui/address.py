"""Filters that live in the page's address, so that links, bookmarks and Back find the same list again.

They keep ids and values there, never the names of partners, and are each page's own – which a widget that Streamlit
itself binds to the address is not.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import TypeVar
from urllib.parse import urlsplit

import streamlit as st

from erp.settings import settings
from erp.ui.words import FIRST_DAY, LAST_DAY

FilterT = TypeVar("FilterT")

#: The highest number of a record; a higher one is none that every database can look for.
_HIGHEST = 2**31 - 1


def base_address() -> str:
    """Return scheme, name and port under which the person at the screen reached the app; links handed out begin so."""
    here = urlsplit(st.context.url or f"http://{settings().address}:{settings().port}")
    return f"{here.scheme}://{here.netloc}"


def number_in_address(name: str) -> int:
    """Return the number that stands in the address under this name; 0, which no record has, where there is none."""
    given = st.query_params.get(name, "")
    number = int(given) if given.isascii() and given.isdigit() and len(given) < len(str(_HIGHEST)) + 1 else 0
    return number if number <= _HIGHEST else 0


def more_filters(
    narrowed: FilterT, narrow: Callable[[FilterT], FilterT], *, names: Collection[str], key: str
) -> FilterT:
    """Fold rarer filters away; return `narrowed`, by `narrow` where they are in sight or one of them is in force.

    `narrow`: draws them and narrows further. `names`: what stands in the address for them. A list that is opened draws
    none of them: five pick lists took the browser and the server as long as half of its rows.
    """
    # No popover: it goes away with a day that was typed into it and not left yet.
    with st.expander("More filters", icon=":material/tune:", key=key, on_change="rerun") as part:
        # Once opened they stay drawn: what is typed as it closes may arrive with the closing.
        if part.open or st.session_state.get(f"{key}_wanted") or any(name in st.query_params for name in names):
            st.session_state[f"{key}_wanted"] = True
            narrowed = narrow(narrowed)
    if chosen := sum(name in st.query_params for name in names):
        st.badge(f"{chosen} of them set", color="blue")
    return narrowed


def pick_in_address(
    label: str,
    name: str,
    options: Mapping[str, str],
    *,
    anything: str | None,
    page: str,
    look_up: Callable[[str, str], str] | None = None,
) -> str:
    """Draw a pick list whose choice stands in the address as `?name=key`; return the key.

    `options`: key → label. `anything`: the label of no choice (""), or None where the first option is the default.
    `look_up`: gives for the page and words typed that are no option the key they mean, "" where none.
    """
    default = "" if anything is not None else next(iter(options))
    state = _follow(page, name, default, {key: key for key in options})
    keys = [_Option(key) for key in ([""] if anything is not None else []) + list(options)]
    chosen = st.selectbox(
        label,
        keys,
        format_func=lambda key: options.get(key) or (key if look_up else "") or anything or "",
        key=state,
        accept_new_options=look_up is not None,
        on_change=_look_up if look_up else None,
        args=(page, name, state, look_up),
    )
    return _tell(page, name, str(chosen) if chosen in options else default, default)


class _Option(str):
    """A key that was offered: what was typed and is no option comes as plain text, though it may read as a key."""


def _look_up(page: str, name: str, state: str, look_up: Callable[[str, str], str]) -> None:
    """Put the key that typed words mean in their place, in the callback."""
    typed = st.session_state[state]
    if typed and not isinstance(typed, _Option):
        st.session_state[state] = st.session_state[f"{page}_{name}_seen"] = ""
        st.query_params.pop(name, None)
        if key := look_up(page, typed):
            st.query_params[name] = key


def several_in_address(
    label: str, name: str, options: Mapping[str, str], *, placeholder: str, page: str
) -> tuple[str, ...]:
    """Draw a list of which several may be chosen, in the address as `?name=key,key`; return their keys.

    `options`: key → label. `placeholder`: what no choice means.
    """
    given = st.query_params.get(name, "")
    known = [key for key in options if key in given.split(",")]
    state = _follow(page, name, [], {given: known})
    chosen = st.multiselect(
        label, list(options), format_func=lambda key: options[key], key=state, placeholder=placeholder
    )
    _tell(page, name, ",".join(chosen), "")
    return tuple(chosen)


def step_in_address(label: str, name: str, options: Sequence[str], *, page: str) -> str:
    """Draw buttons of which one is pressed, in the address as `?name=option`; the first one is the default."""
    state = _follow(page, name, options[0], {option: option for option in options})
    chosen = st.segmented_control(label, options, key=state, required=True)
    return _tell(page, name, chosen or options[0], options[0])


def words_in_address(label: str, name: str, *, placeholder: str, page: str, in_bar: bool = False) -> str:
    """Draw a field for words that stand in the address; return them without outer spaces. `in_bar`: without label."""
    state = _follow(page, name, "", None)
    words = st.text_input(
        label,
        key=state,
        placeholder=placeholder,
        type="search" if in_bar else "default",
        icon=":material/search:" if in_bar else None,
        label_visibility="collapsed" if in_bar else "visible",
    )
    words = words or ""
    return _tell(page, name, words.strip(), "")


def day_in_address(label: str, name: str, *, page: str) -> date | None:
    """Draw a field for a day that stands in the address as 2026-03-05; return it, or None."""
    given = st.query_params.get(name, "")
    state = _follow(page, name, None, {given: _day(given)})
    day = st.date_input(label, value=None, min_value=FIRST_DAY, max_value=LAST_DAY, format="MM/DD/YYYY", key=state)
    _tell(page, name, day.isoformat() if day else "", "")
    return day


def switch_in_address(label: str, name: str, *, page: str) -> bool:
    """Draw a switch that stands in the address as `?name=yes` while it is on; `?name=true` is read, too."""
    state = _follow(page, name, False, {"yes": True, "true": True})
    return _tell(page, name, "yes" if st.toggle(label, key=state) else "", "") == "yes"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:  # no day, or one somebody mistyped into the address
        return None


def _follow(page: str, name: str, default: object, known: Mapping[str, object] | None) -> str:
    """Take over what the address says where it changed without us (a link, Back); return the widget's key.

    `known`: text of the address → value; None: any text is its own value. What is not known is the default.
    """
    state, seen = f"{page}_{name}", f"{page}_{name}_seen"
    given = st.query_params.get(name, "")
    if st.session_state.get(seen) != given or state not in st.session_state:
        value = given if known is None else known.get(given, default)
        st.session_state[state] = value
    return state


def _tell(page: str, name: str, text: str, default: str) -> str:
    """Write what was chosen into the address, nothing where it is the default."""
    if text == default:
        st.query_params.pop(name, None)
    elif st.query_params.get(name) != text:
        st.query_params[name] = text
    st.session_state[f"{page}_{name}_seen"] = "" if text == default else text
    return text
