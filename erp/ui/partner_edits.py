"""Forms over a record that somebody else may change meanwhile: nobody's newer text is overwritten unseen."""

from collections.abc import Mapping

import streamlit as st

from erp.ui.actions import field_keys, forget_form


def forget(form: str) -> None:
    """Forget what was typed into a form, so that it shows what is saved, or blank fields."""
    forget_form(form)
    st.session_state.get("_opened_versions", {}).pop(form, None)


def opened_version(form: str, version: int) -> int:
    """Return the version the record had when this form was opened; `version` is the one saved now.

    While a field of the form is alive (it was drawn in the run before), the form counts as open.
    """
    at = field_keys(form)
    alive = any(isinstance(key, str) and key.startswith(at) for key in st.session_state)
    opened = st.session_state.setdefault("_opened_versions", {})
    if not alive:
        opened[form] = version
    return opened.setdefault(form, version)


def draw_newer(form: str, version: int, fields: Mapping[str, tuple[str, str]]) -> None:
    """Where the record was saved after the form was opened, show both texts and let the person choose.

    `fields`: label → (what the form holds, what is saved now). Draws nothing while the form is current.
    """
    if opened_version(form, version) == version:
        return
    st.warning("Somebody saved this record after you opened the form. Compare, then choose which one goes on.")
    differing = [(label, yours, saved) for label, (yours, saved) in fields.items() if yours != saved]
    for label, yours, saved in differing:
        st.markdown(f"**{label}**")
        st.text(f"In your form: {yours or '(blank)'}\nSaved now: {saved or '(blank)'}")
    if not differing:
        st.markdown("Your form says the same as what is saved.")
    with st.container(horizontal=True):
        st.button("Take what is saved", key=f"take_{form}", on_click=forget, args=(form,))
        st.button("Go on with mine", key=f"keep_{form}", on_click=_go_on, args=(form, version))


def _go_on(form: str, version: int) -> None:
    st.session_state["_opened_versions"][form] = version
