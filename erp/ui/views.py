"""Views of a list: its filters live in the address, and whoever wants them again keeps them under a name."""

import streamlit as st

from erp import db
from erp.queries.views import View, saved_views
from erp.services.views import LONGEST_NAME, remove_view, save_view
from erp.ui.actions import once, submit
from erp.ui.session import require_actor
from erp.ui.words import plain

#: How the directory is shown, whatever it is narrowed to.
AS_LIST = "partner_as_list"
#: What stands in the address and is no filter: an open record, a page of the list, what is searched everywhere.
NO_FILTERS = frozenset(
    {
        "q",
        "partner_page",
        "promise",
        "feedback",
        "engagement",
        "from_feedback",
        "from_engagement",
        "from_finding",
        AS_LIST,
    }
)


def draw_title(title: str, page: str) -> None:
    """Draw a list's title, and beside it the views its reader keeps of it."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.title(title, anchor=False, width="content")
        # What is in it is made when it is opened: every page with a list has one.
        with st.popover("Views", icon=":material/bookmark:", key=f"views_{page}", on_change="rerun") as part:
            if part.open:
                _draw_views(page)


def _draw_views(page: str) -> None:
    with db.reading() as session:
        views = saved_views(session, require_actor(), page)
    if not views:
        st.caption("No view is kept yet. Set filters, then keep them here under a name.")
    for view in views:
        _draw_view(view)
    filters = {name: text for name, text in st.query_params.to_dict().items() if name not in NO_FILTERS}
    if filters:
        name, add = f"views_{page}_name", ":material/bookmark_add:"
        st.text_input("Keep the filters set now as", key=name, max_chars=LONGEST_NAME, placeholder="Overdue in May")
        st.button("Keep", key=f"views_{page}_keep", on_click=_keep, args=(page, filters), icon=add)


def _draw_view(view: View) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.button(
            plain(view.name),
            key=f"view_{view.view_id}",
            icon=":material/bookmark:",
            type="tertiary",
            on_click=_open,
            args=(view.address,),
        )
        label = f"Remove {plain(view.name)}"
        st.button("Remove", help=label, key=f"view_{view.view_id}_remove", on_click=_remove, args=(view.view_id,))


def _open(address: dict[str, str]) -> None:
    """Set the filters as the view has them, take all others away, and begin at the list's first page.

    A filter that Streamlit itself binds to the address is set by its widget's value, the others by the address.
    """
    for name in {*st.query_params, *address} - {AS_LIST}:
        text, value = address.get(name, ""), st.session_state.get(name)
        if isinstance(value, bool):
            st.session_state[name] = text == "true"
        elif isinstance(value, str):
            st.session_state[name] = text
        elif isinstance(value, int):
            st.session_state[name] = 1
        elif text:
            st.query_params[name] = text
        else:
            del st.query_params[name]


@once
def _keep(page: str, filters: dict[str, str]) -> None:
    name = st.session_state.get(f"views_{page}_name") or ""
    if submit(save_view, page, name, filters, said=f"The view “{name.strip()}” is kept.") is not None:
        st.session_state[f"views_{page}_name"] = ""


@once
def _remove(view_id: int) -> None:
    submit(remove_view, view_id, said="The view is removed; the list itself is as it was.")
