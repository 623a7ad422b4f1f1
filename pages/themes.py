"""Themes: what feedback is about, how often each came up over time and by kind of partner, small counts hidden."""

import streamlit as st

from erp.ui import navigation
from erp.ui.actions import show_outcome
from erp.ui.session import require_actor
from erp.ui.theme_parts import draw_counts, draw_list
from erp.vocabulary import RecordKind, Verb

actor = require_actor()
st.title("Themes", anchor=False)
show_outcome()
st.markdown(
    "What people and partners speak about, from the county's own list. What you may not read is not counted here."
)
draw_counts()
if actor.may(Verb.CHANGE, RecordKind.SETTING):
    draw_list()
navigation.link_to("feedback", "All feedback", icon=":material/arrow_back:")
