"""Log engagement: one page for a meeting that was held or is planned, with its promises and feedback; one save."""

import streamlit as st

from erp.errors import NotFound
from erp.queries.engagement_detail import EngagementDetail, engagement_detail
from erp.services.engagements import change_engagement, log_engagement
from erp.ui import drafts, navigation
from erp.ui.actions import forget_told, show_outcome, tell, told
from erp.ui.address import number_in_address
from erp.ui.engagement_fields import draw
from erp.ui.engagement_form import Form, blank, filled, like, open_form, throw_away
from erp.ui.engagement_newer import watch_engagement
from erp.ui.engagement_saving import save
from erp.ui.loads import county_today, load
from erp.ui.session import require_actor
from erp.ui.show import empty_state
from erp.vocabulary import EngagementStatus

HELD, PLANNED = EngagementStatus.HELD, EngagementStatus.PLANNED


def planned_one(engagement_id: int) -> EngagementDetail:
    """Return the engagement that is to be logged as held; where it is not here, say so and stop."""
    try:
        return load(engagement_detail, engagement_id)
    except NotFound as refusal:
        st.title("Log engagement", anchor=False)
        empty_state(str(refusal), "Log a new engagement from the menu, or look for it under Engagements.")
        st.stop()


def like_this(engagement_id: int) -> EngagementDetail | None:
    """Return the engagement that a new one begins like; None where it is not here, then the form is blank."""
    try:
        return load(engagement_detail, engagement_id)
    except NotFound:
        st.info("The engagement to begin from is not here. The form below is blank.", icon=":material/info:")
        return None


def draw_held(detail: EngagementDetail) -> None:
    """Draw the form of a planned engagement, set to held; a day still to come becomes today.

    Where somebody else logged or cancelled it meanwhile, what was typed here stays: it can go into what they logged.
    """
    begun = f"held_{detail.engagement_id}"
    open_still = detail.status is PLANNED and detail.voided_at is None
    if not open_still:
        empty_state("This engagement is not planned any more.", "It was logged as held, or cancelled, in the meantime.")
        navigation.link_to("engagement", "Open it", engagement=detail.engagement_id)
        if f"{begun}__version" not in st.session_state and not drafts.exists(begun):
            return
    start = filled(detail) | {"version": detail.version}
    if open_still:
        day = min(detail.held_on, county_today()) if detail.held_on else county_today()
        start |= {"status": HELD.value, "held_on": day, "day_unknown": False}
    form = open_form(begun, start, detail)
    st.markdown("Check what was planned, add what came of it, and save." if open_still else "What you typed is below.")
    watch_engagement(form, detail)
    draw(form, statuses=(HELD,), save_label="Save as held", on_save=lambda: hold(form, detail))
    drafts.draw_end(form.name, "Clear this form", throw_away, form)


def log(form: Form) -> None:
    """Save a new engagement."""
    saved = save(form, log_engagement)
    if saved is not None:
        tell("logged", saved.id)


def hold(form: Form, detail: EngagementDetail) -> None:
    """Save a planned engagement as held, at the version that was opened."""
    saved = save(form, change_engagement, detail.engagement_id, form.value("version"))
    if saved is not None:
        tell("logged", saved.id)


actor = require_actor()
logged = told("logged")
engagement_id, partner_id = number_in_address("engagement"), number_in_address("partner")
like_id = number_in_address("like")
planned = planned_one(engagement_id) if engagement_id and logged is None else None

st.title("Log a planned engagement as held" if planned else "Log engagement", anchor=False)
if logged is not None:
    show_outcome()
    navigation.link_to("engagement", "Read it, or add to it", icon=":material/forum:", engagement=logged)
    st.button("Log another", icon=":material/add:", type="tertiary", on_click=forget_told, args=("logged",))
    navigation.link_to("engagements", "All engagements", icon=":material/list:")
elif planned is not None:
    draw_held(planned)
else:
    before = like_this(like_id) if like_id else None
    if before is not None:
        form = open_form(f"like_{like_id}", like(before))
    else:
        form = open_form(f"log_{partner_id or 'new'}", blank((partner_id,) if partner_id else ()))
    label = "Save as planned" if form.planned else "Save"
    draw(form, statuses=(HELD, PLANNED), save_label=label, on_save=lambda: log(form))
    drafts.draw_end(form.name, "Clear this form", throw_away, form)
