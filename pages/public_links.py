"""Public links: the address for everybody, and links with QR codes for a partner, a forum or a meeting."""

import streamlit as st

from erp.ui import navigation
from erp.ui.actions import show_outcome
from erp.ui.public_link_parts import draw_general, draw_links, draw_making
from erp.ui.session import require_actor
from erp.vocabulary import RecordKind, Verb

actor = require_actor()
st.title("Public links", anchor=False)
show_outcome()
st.markdown(
    "Partners and families give feedback without an account, read what became of it, and say whether it is mended. "
    "A link says what it is about; print its picture on an agenda, or show it at the end of a meeting."
)
if actor.may(Verb.ADD, RecordKind.PUBLIC_LINK):
    draw_making()
draw_general()
st.header("Links", anchor=False)
draw_links()
navigation.link_to("feedback", "All feedback", icon=":material/arrow_back:")
