"""The one way a page writes: submit() opens the transaction, calls one service, commits, and keeps what to say."""

import threading
import time
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache, wraps
from typing import Any, ParamSpec, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import RerunException

from erp import db
from erp.errors import ERPError
from erp.services.records import keep_marked_words
from erp.ui.loads import look_again
from erp.ui.session import ask_who_is_there, sign_in_hash
from erp.ui.words import plain

OutcomeT = TypeVar("OutcomeT")
P = ParamSpec("P")

#: Seconds after a save in which the very same click is its second click: a busy machine draws the page late.
SECOND_CLICK = 10.0
#: Under which the session counts what was refused: then the server has all that was typed into the form.
REFUSALS = "_refusals"
#: What begins the keys of names and secrets that are shown once; another page, or another record, forgets them.
SHOWN_ONCE = "_shown_once_"
#: Seconds in which a page drawn anew tells once more what it told.
STILL_TOLD = 5.0


@dataclass
class _Click:
    """A click that saves: the callback and what it was called with; once it saved, when (monotonic), and what came.

    `ended`: the callback ran to its end; one that was broken off after the save is ended by the next click.
    """

    call: tuple[Any, ...]
    saved_at: float | None = None
    said: str = ""
    outcome: Any = None
    ended: bool = False


#: The click whose callback runs now.
_click: ContextVar[_Click | None] = ContextVar("_click", default=None)
#: Sign-in → its last click that saved. Not in the session's state: that is where a second click breaks a run off.
_last: dict[str, _Click] = {}


def once(callback: Callable[P, OutcomeT]) -> Callable[P, OutcomeT | None]:
    """Make a callback that saves run once for a double click: the second click says again what the first one saved.

    What tells clicks apart is what the callback is called with; a form passes the version or the token it was drawn
    with. A second click also breaks the first one's callback off, at its next look into the session's state, or stops
    its thread and begins another. Where that happens after the save, the callback is run again to its end, and `submit`
    in it saves nothing more. The clicks of one sign-in wait for each other.
    """

    # The callback by its place in the code: a page's own functions are made anew at each run.
    site = (callback.__code__.co_filename, callback.__code__.co_firstlineno)

    @wraps(callback)
    def clicked(*args: P.args, **values: P.kwargs) -> OutcomeT | None:
        if _click.get() is not None:  # called by a callback that is itself made once
            return callback(*args, **values)
        who, call = sign_in_hash(), (site, args, values)
        with _one_at_a_time(who):
            this = _last.get(who)
            if this is None or this.call != call or not _is_fresh(this):
                this = _Click(call)
            elif this.ended:
                tell("outcome", ("saved", this.said))
                return None
            running = _click.set(this)
            try:
                return _to_its_end(this, lambda: callback(*args, **values))
            finally:
                _click.reset(running)

    return clicked


def _to_its_end(click: _Click, callback: Callable[[], OutcomeT]) -> OutcomeT:
    broken_off: RerunException | None = None
    while True:
        try:
            outcome = callback()
            break
        except RerunException as next_click:
            if click.saved_at is None:  # nothing is saved yet: the next click does it all
                raise
            broken_off = next_click
    click.ended = True
    if broken_off is not None:
        raise broken_off
    return outcome


@lru_cache(maxsize=1000)
def _one_at_a_time(who: str) -> threading.RLock:  # noqa: ARG001 -- one lock for each
    return threading.RLock()


def _is_fresh(click: _Click) -> bool:
    return click.saved_at is not None and time.monotonic() - click.saved_at < SECOND_CLICK


@once
def submit(
    service: Callable[..., OutcomeT], *args: Any, said: str = "Saved.", kept_because: str = "", **values: Any
) -> OutcomeT | None:
    """Call `service(session, actor, *args, **values)` in one transaction and keep `said`, or the refusal, to show.

    `kept_because`: why words that look identifying are kept; the history tells it with everything that was changed.

    Meant for a button's callback, which Streamlit runs before the script: the page that follows reads fresh data. A
    callback of its own around it is made `once`.
    Returns the service's outcome, or None where it refused (then the inputs of the form are still there).
    """
    click = _click.get()
    if click is None:
        raise RuntimeError("submit() runs in a callback made once")
    if click.saved_at is None:
        actor = ask_who_is_there()
        try:
            with db.writing() as session:
                keep_marked_words(session, kept_because)
                click.outcome = service(session, actor, *args, **values)
        except ERPError as refusal:
            refuse(str(refusal))
            return None
        click.saved_at, click.said = time.monotonic(), said
        _remember(sign_in_hash(), click)
    look_again()
    tell("outcome", ("saved", said))
    outcome: OutcomeT = click.outcome
    return outcome


def _remember(who: str, click: _Click) -> None:
    for other in [other for other, last in list(_last.items()) if not _is_fresh(last)]:
        _last.pop(other, None)
    _last[who] = click


def refuse(sentence: str) -> None:
    """Keep a refusal to show at the top of the page."""
    st.session_state[REFUSALS] = st.session_state.get(REFUSALS, 0) + 1
    tell("outcome", ("refused", sentence))


def show_outcome() -> None:
    """Show what the last action came to. Pages call it below their title."""
    kind, sentence = told("outcome") or (None, "")
    with st.container():  # its place stays when it is empty: what follows does not move, and open parts stay open
        if kind == "saved":
            st.success(plain(sentence), icon=":material/check_circle:")
        elif kind == "refused":
            st.error(plain(sentence), icon=":material/error:")


def tell(name: str, what: Any) -> None:
    """Keep what an action came to for the page that is drawn next."""
    st.session_state[_told(name)] = (what, None)
    draw_whole_page()


def told(name: str) -> Any:
    """Return what was kept to tell, once and as long as a second click may still draw the page anew; else None."""
    what, first_told = st.session_state.get(_told(name), (None, 0.0))
    if first_told is not None and time.monotonic() - first_told >= STILL_TOLD:
        forget_told(name)
        return None
    if first_told is None:
        st.session_state[_told(name)] = (what, time.monotonic())
    return what


def about_to_tell(name: str) -> Any:
    """Return what is kept to tell, without telling it."""
    return st.session_state.get(_told(name), (None,))[0]


def forget_told(name: str) -> None:
    """Forget what was kept to tell."""
    st.session_state.pop(_told(name), None)


def draw_whole_page() -> None:
    """Ask, in a callback, for the whole page to be drawn.

    A tap out of a text in a part of the page that runs by itself is sent together with that text, and then only the
    part runs. A part calls `catch_up` first.
    """
    st.session_state["_page_is_due"] = True


def catch_up() -> None:
    """Run the whole page instead of this part of it, where a callback asked for that."""
    if st.session_state.pop("_page_is_due", False):
        st.rerun()


def on_page(page: str) -> None:
    """Say which page is drawn; on another than before nothing is told again that was told already."""
    st.session_state.pop("_page_is_due", None)
    if st.session_state.get("_page") == page:
        return
    st.session_state["_page"] = page
    forget_shown()
    kept = [(key, what) for key, what in st.session_state.items() if str(key).startswith(_told(""))]
    for key in [key for key, (_, first_told) in kept if first_told is not None]:
        del st.session_state[key]


def forget_shown(but_for: int | None = None) -> None:
    """Forget names and secrets that were shown once, but for those of one record."""
    ends = f"_{but_for}"
    shown = [key for key in st.session_state if str(key).startswith(SHOWN_ONCE) and not str(key).endswith(ends)]
    for key in shown:
        del st.session_state[key]


def _told(name: str) -> str:
    return f"_told_{name}"


def form_button(label: str, callback: Callable[..., Any], *args: Any, **look: Any) -> None:
    """Draw the button of a form that saves by `callback(*args)`, which is made `once`.

    `args` tell one drawing of the form from the next: a version, or the token. They stand in the button's key, so that
    a second click which arrives when the form was drawn anew finds no button any more.
    """
    key = f"{callback.__module__}.{callback.__qualname__}{args}"
    st.form_submit_button(label, key=key, on_click=callback, args=args, **look)


def form_token(form: str) -> str:
    """Return the token of a form being filled in; the same until the form was saved, so two clicks save once."""
    tokens = st.session_state.setdefault("_form_tokens", {})
    return tokens.setdefault(form, uuid.uuid4().hex)


def take_token(form: str, token: str) -> None:
    """Let a form go on under the token it was begun with in another tab, or on another device."""
    st.session_state.setdefault("_form_tokens", {})[form] = token


def field_keys(form: str) -> str:
    """Return what the keys of a form's fields begin with; also the token that makes two clicks save once.

    New after every save: a browser goes on showing what was typed under a key, also after its value was forgotten.
    Callbacks get it as it was when the form was drawn.
    """
    return f"{form}_{form_token(form)}"


def forget_form(form: str, *prefixes: str) -> None:
    """Forget a form that was saved: its token, and the inputs under `field_keys` or whose keys begin with a prefix."""
    starts = (field_keys(form), *prefixes)
    st.session_state["_form_tokens"].pop(form, None)
    for key in [key for key in st.session_state if isinstance(key, str) and key.startswith(starts)]:
        del st.session_state[key]
