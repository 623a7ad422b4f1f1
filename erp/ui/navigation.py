"""The pages, who may open them, and links between them."""

from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from erp.access import Actor
from erp.settings import ROOT
from erp.ui.actions import forget_told
from erp.vocabulary import RecordKind, Verb

K, V = RecordKind, Verb


@dataclass(frozen=True)
class PageEntry:
    """A page: its file in pages/, its title, the permission it needs; hidden ones are reached by links."""

    name: str
    title: str
    icon: str
    needs: tuple[Verb, RecordKind] | None = None
    hidden: bool = False


PAGES: tuple[PageEntry, ...] = (
    PageEntry("today", "Today", ":material/today:"),
    PageEntry("partners", "Partners", ":material/diversity_3:", (V.SEE, K.PARTNER)),
    PageEntry("partner", "Partner", ":material/diversity_3:", (V.SEE, K.PARTNER), hidden=True),
    PageEntry("log", "Log engagement", ":material/edit_calendar:", (V.ADD, K.ENGAGEMENT)),
    PageEntry("engagements", "Engagements", ":material/forum:", (V.SEE, K.ENGAGEMENT)),
    PageEntry("engagement", "Engagement", ":material/forum:", (V.SEE, K.ENGAGEMENT), hidden=True),
    PageEntry("promises", "Promises", ":material/handshake:", (V.SEE, K.COMMITMENT)),
    PageEntry("feedback", "Feedback", ":material/rate_review:", (V.SEE, K.FEEDBACK_ITEM)),
    PageEntry("barriers", "Barriers", ":material/construction:", (V.SEE, K.BARRIER)),
    PageEntry("reviews", "Local system reviews", ":material/manage_search:", (V.SEE, K.SYSTEM_REVIEW), hidden=True),
    PageEntry("capp", "CAPP systemic issues", ":material/account_tree:", (V.SEE, K.BARRIER), hidden=True),
    PageEntry("decisions", "Decisions", ":material/gavel:", (V.SEE, K.DECISION), hidden=True),
    PageEntry("themes", "Themes", ":material/sell:", (V.SEE, K.FEEDBACK_ITEM), hidden=True),
    PageEntry("public_links", "Public links", ":material/qr_code_2:", (V.SEE, K.PUBLIC_LINK), hidden=True),
    PageEntry("rate", "Enter a rating", ":material/reviews:", (V.ADD, K.RATING), hidden=True),
    PageEntry("behaviors", "Behaviors", ":material/grid_on:", (V.SEE, K.ENGAGEMENT)),
    PageEntry("health", "Health", ":material/monitoring:", (V.SEE, K.PARTNER)),
    PageEntry("forums", "Forums", ":material/groups:", (V.SEE, K.FORUM)),
    PageEntry("confirm", "Still right?", ":material/done_all:", (V.CHANGE, K.CONTACT), hidden=True),
    PageEntry("imports", "Import", ":material/upload_file:", (V.IMPORT, K.IMPORT_FILE)),
    PageEntry("look_alikes", "Look-alikes", ":material/join:", (V.CHANGE, K.PARTNER), hidden=True),
    PageEntry("settings", "Settings", ":material/settings:", (V.SEE, K.SETTING)),
    PageEntry("account", "My account", ":material/person:"),
)


def pages_for(actor: Actor) -> list[StreamlitPage]:
    """Return the pages the actor may open, in menu order, and keep them in the session for links."""
    open_to = [entry for entry in PAGES if entry.needs is None or actor.may(*entry.needs)]
    kept: dict[str, StreamlitPage] = st.session_state.get("_pages", {})
    st.session_state["_pages"] = pages = {entry.name: kept.get(entry.name) or _page(entry) for entry in open_to}
    closed = [entry for entry in PAGES if entry not in open_to]
    return [*pages.values(), *(st.Page(_refuse, title=e.title, url_path=e.name, visibility="hidden") for e in closed)]


def _refuse() -> None:
    """Say that a page is not for this person: a link of a colleague may lead here."""
    st.error("Your role does not include this page. Ask an administrator if it should.", icon=":material/lock:")


def _page(entry: PageEntry) -> StreamlitPage:
    return st.Page(
        ROOT / "pages" / f"{entry.name}.py",
        title=entry.title,
        icon=entry.icon,
        url_path="" if entry.name == "today" else entry.name,
        default=entry.name == "today",
        visibility="hidden" if entry.hidden else "visible",
    )


def may_open(name: str) -> bool:
    """Say whether the signed-in person may open a page."""
    return name in st.session_state["_pages"]


def is_here(name: str) -> bool:
    """Say whether a page is the one being drawn."""
    return st.session_state.get("_page") == name


def link_to(name: str, label: str, *, icon: str | None = None, key: str | None = None, **query: Any) -> None:
    """Draw a link to a page inside the app (no full page load); plain text where the person may not open it.

    To another record of the page one is on it is a button that looks like a link: a link of Streamlit's leaves the
    address as it was, and the next click would lose the record. `key`: its key then.
    """
    if not may_open(name):
        st.markdown(label)
    elif is_here(name):
        if st.button(label, key=key or f"to_{name}_{_text(query)}_{label}", icon=icon, type="tertiary"):
            forget_told("outcome")  # it was about the record one leaves
            go(name, **query)
    else:
        st.page_link(st.session_state["_pages"][name], label=label, icon=icon, query_params=_text(query))


def go(name: str, **query: Any) -> None:
    """Leave for another page at once."""
    st.switch_page(st.session_state["_pages"][name], query_params=_text(query))


def _text(query: dict[str, Any]) -> dict[str, str]:
    return {key: str(value) for key, value in query.items() if value is not None}
