"""The Streamlit script: who is signed in, which pages they may open, then the page."""

from html import escape

import streamlit as st

from erp.access import Actor
from erp.errors import ERPError
from erp.settings import ROOT, settings
from erp.ui.actions import on_page
from erp.ui.loads import county_now, one_state
from erp.ui.navigation import pages_for
from erp.ui.search import asked_on_this_page, draw_results
from erp.ui.session import ask_who_is_there

#: Signing out is a plain form to an address of erp.web: it ends the sign-in in every tab and leads to its page.
FOOT = """
<div class="foot"><strong>{county}</strong><br>{name}<br>{roles}
<form method="post" action="/signout"><button>Sign out</button></form></div>
"""


def draw_shell(actor: Actor) -> None:
    """Draw what stands around every page: the mark, where one is, who one is, and the way out."""
    st.html(ROOT / "static" / "pages.css")
    st.logo(ROOT / "static" / "mark.svg", size="large")
    roles = ", ".join(sorted(role.label for role in actor.roles))
    st.sidebar.html(FOOT.format(county=escape(county_now().county), name=escape(actor.name), roles=escape(roles)))
    if settings().demo:
        st.markdown(":orange-badge[Made-up county] Every name and every record here is invented.")


st.set_page_config(page_title="Partnerships", page_icon=ROOT / "static" / "mark.svg", layout="wide")
actor = ask_who_is_there()
page = st.navigation(pages_for(actor), expanded=True)
on_page(page.url_path)
with one_state():
    draw_shell(actor)
    words = asked_on_this_page()
    try:
        draw_results(words) if words else page.run()
    except ERPError as refusal:  # a page asked for something that is not here, or not for this person
        st.error(str(refusal), icon=":material/warning:")
