"""The one way a page writes: submit() opens the transaction, calls one service, commits, and keeps what to say."""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import streamlit as st

from erp import db
from erp.errors import ERPError
from erp.services.records import keep_marked_words
from erp.ui.loads import look_again
from erp.ui.session import ask_who_is_there, sign_in_hash

OutcomeT = TypeVar("OutcomeT")

#: Seconds after a save in which the very same call is its second click.
SECOND_CLICK = 2.0


@dataclass(frozen=True)
class Saved:
    """What a sign-in saved last: the call, when (monotonic seconds), what was said, what came of it."""

    call: tuple[Any, ...]
    at: float
    said: str
    outcome: Any


#: Sign-in → what it saved last. Not in the session's state: a second click breaks off the run of the first one at the
#: next look into that state, which is after the save.
_last: dict[str, Saved] = {}


def submit(
    service: Callable[..., OutcomeT], *args: Any, said: str = "Saved.", kept_because: str = "", **values: Any
) -> OutcomeT | None:
    """Call `service(session, actor, *args, **values)` in one transaction and keep `said`, or the refusal, to show.

    `kept_because`: why words that look identifying are kept; the history tells it with everything that was changed.

    Meant for a button's callback, which Streamlit runs before the script: the page that follows reads fresh data.
    The very call that was just saved, made once more at once, is a second click: it saves nothing and says the same.
    Returns the service's outcome, or None where it refused (then the inputs of the form are still there).
    """
    call = (service, args)
    who = sign_in_hash()
    last = _last.get(who)
    if (
        args
        and "token" not in values
        and last is not None
        and last.call == call
        and time.monotonic() - last.at < SECOND_CLICK
    ):
        st.session_state["_outcome"] = ("saved", last.said)
        return last.outcome
    actor = ask_who_is_there()
    try:
        with db.writing() as session:
            keep_marked_words(session, kept_because)
            outcome = service(session, actor, *args, **values)
    except ERPError as refusal:
        refuse(str(refusal))
        return None
    _remember(who, Saved(call, time.monotonic(), said, outcome))  # before the session's state is touched
    look_again()
    st.session_state["_outcome"] = ("saved", said)
    return outcome


def _remember(who: str, saved: Saved) -> None:
    for other in [other for other, last in list(_last.items()) if saved.at - last.at > SECOND_CLICK]:
        _last.pop(other, None)
    _last[who] = saved


def refuse(sentence: str) -> None:
    """Keep a refusal to show at the top of the page."""
    st.session_state["_outcome"] = ("refused", sentence)


def show_outcome() -> None:
    """Show what the last action came to, once. Pages call it below their title."""
    kind, sentence = st.session_state.pop("_outcome", (None, ""))
    with st.container():  # its place stays when it is empty: what follows does not move, and open parts stay open
        if kind == "saved":
            st.success(sentence, icon=":material/check_circle:")
        elif kind == "refused":
            st.error(sentence, icon=":material/error:")


def form_token(form: str) -> str:
    """Return the token of a form being filled in; the same until the form was saved, so two clicks save once."""
    tokens = st.session_state.setdefault("_form_tokens", {})
    return tokens.setdefault(form, uuid.uuid4().hex)


def forget_form(form: str, *prefixes: str) -> None:
    """Forget a form that was saved: its token, and the inputs whose keys begin with one of `prefixes`."""
    st.session_state.setdefault("_form_tokens", {}).pop(form, None)
    for key in [k for k in st.session_state if isinstance(k, str) and prefixes and k.startswith(prefixes)]:
        del st.session_state[key]
