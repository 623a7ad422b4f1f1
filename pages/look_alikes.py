"""Look-alikes: partners that may be one, side by side, for a person to say."""

import streamlit as st

from erp.ui.actions import show_outcome
from erp.ui.look_alike_parts import draw_answered, draw_open, draw_seek
from erp.ui.session import require_actor

require_actor()
st.title("Look-alikes", anchor=False)
show_outcome()
st.markdown(
    "Two names may be one partner. Nothing is decided by itself: “Same” lets each be found under both names, and where "
    "one of the two has no records yet, it is put away behind the other. No record is lost or moved, and every answer "
    "can be changed."
)
draw_seek()
draw_open()
draw_answered()
