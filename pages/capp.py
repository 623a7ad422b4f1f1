"""CAPP: the four systemic issues with their practices, what barriers and findings there are, what moved in a year."""

import streamlit as st

from erp.ui import navigation
from erp.ui.actions import show_outcome
from erp.ui.capp_parts import draw_issues, movement
from erp.ui.loads import load_unalterable
from erp.ui.session import require_actor
from erp.ui.show import show_chart

require_actor()
st.title("CAPP systemic issues", anchor=False)
show_outcome()
st.markdown(
    "What local system reviews in California found to stand in the way of permanency, each with the front-line "
    "practice that answers it – and what gets in the way here. What you may not see is not counted."
)
show_chart(load_unalterable(movement, st.context.theme.type == "dark"), "capp_movement")
draw_issues()
with st.container(horizontal=True):
    navigation.link_to("barriers", "Barriers", icon=":material/arrow_back:")
    navigation.link_to("reviews", "Local system reviews", icon=":material/manage_search:")
