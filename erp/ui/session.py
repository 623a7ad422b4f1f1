"""Who is signed in at this browser. Every page and every callback begins with require_actor()."""

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from erp.access import Actor
from erp.services.sign_in import resolve


def sign_in_hash() -> str:
    """Return the hash of this browser's sign-in, as the gate passed it on; empty where there is none."""
    # Not by st.user, which reads the app's configuration at every look: several to a page, 0.2 ms each.
    run = get_script_run_ctx()
    return str((run.user_info.get("sid") if run else None) or "")


def require_actor() -> Actor:
    """Return who is signed in, as asked at the beginning of this run; where the session ended, say so and stop."""
    known: tuple[str, Actor] | None = st.session_state.get("_actor")
    if known is not None and known[0] == sign_in_hash():
        return known[1]
    return ask_who_is_there()


def ask_who_is_there() -> Actor:
    """Ask the database who is signed in; where the session ended, say so and stop.

    Every run of a page and every change begin with it, so that signing out, disabling an account and changing roles
    act on the next click in every tab.
    """
    st.session_state.pop("_actor", None)
    hashed = sign_in_hash()
    actor = resolve(hashed) if hashed else None
    if actor is None:
        st.error("Your session has ended. What you saved is safe.", icon=":material/lock:")
        st.html('<a href="/signin" style="color: inherit">Sign in again</a>')
        st.stop()
    st.session_state["_actor"] = (hashed, actor)
    return actor
