"""Confirm: people and names of partners that are due to be confirmed, many at once."""

import streamlit as st

from erp.ui.actions import show_outcome
from erp.ui.confirming import draw_many
from erp.ui.session import require_actor
from erp.ui.show import empty_state

actor = require_actor()
st.title("Still right?", anchor=False)
show_outcome()
st.markdown(
    "People leave, names change. What nobody confirmed for a while stands here; what is wrong is changed on the "
    "partner's own page."
)
mine = st.toggle("Only partnerships I hold", key="mine", bind="query-params")
if not draw_many(actor.user_id if mine else None):
    empty_state("Nothing is due to be confirmed.", "How often it comes round is set under Settings, Targets.")
