"""Settings: the county, accounts, cadence defaults, targets, the health formula, frameworks, what roles may do."""

import streamlit as st

from erp.ui.accounts_panel import draw_accounts
from erp.ui.actions import show_outcome
from erp.ui.confirming import draw_rhythm
from erp.ui.framework_parts import draw_frameworks
from erp.ui.sections import draw_section
from erp.ui.session import require_actor
from erp.ui.settings_parts import (
    draw_cadences,
    draw_county,
    draw_formula,
    draw_office_days,
    draw_permissions,
    draw_targets,
    draw_templates,
)
from erp.vocabulary import RecordKind, Verb

actor = require_actor()
st.title("Settings", anchor=False)
show_outcome()
may_change = actor.may(Verb.CHANGE, RecordKind.SETTING)
if not may_change:
    st.markdown("You can read the county's settings here; an administrator or leadership can change them.")

parts = {
    "County": lambda: draw_county(may_change=may_change),
    "Cadence": lambda: draw_cadences(may_change=may_change),
    "Targets": lambda: (
        draw_targets(may_change=may_change),
        draw_office_days(may_change=may_change),
        draw_templates(may_change=may_change),
        draw_rhythm(may_change=may_change),
    ),
    "Health formula": lambda: draw_formula(may_change=may_change),
    "Frameworks": lambda: draw_frameworks(may_change=may_change),
    "Roles": draw_permissions,
}
if actor.may(Verb.SEE, RecordKind.ACCOUNT):
    parts = {"Accounts": draw_accounts} | parts
draw_section(parts, "part")
