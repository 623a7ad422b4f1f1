"""Partner: one partnership's profile – health, what was held, promised and said, people, details, history."""

from functools import partial

import streamlit as st

from erp.queries.partners import PartnerProfile, partner_profile
from erp.ui import navigation, partner_form, partner_history, partner_people, partner_records, partner_ties
from erp.ui.actions import show_outcome
from erp.ui.address import number_in_address
from erp.ui.confirming import draw_on_partner
from erp.ui.engagement_parts import plain
from erp.ui.loads import load
from erp.ui.news import draw_since_on_partner
from erp.ui.partner_head import draw_actions, draw_head, draw_kept_words
from erp.ui.sections import draw_section
from erp.ui.session import require_actor
from erp.ui.show import empty_state
from erp.vocabulary import RecordKind, Verb

NOT_HERE = "This partner is not here. It may have been archived, or the address is wrong."

actor = require_actor()


def draw_health(profile: PartnerProfile) -> None:
    """Draw the figures where they are kept and shown, else the facts."""
    if profile.archived_at is not None:
        st.markdown("An archived partner has no figures. Restore it to see how the partnership is doing.")
    elif profile.scored and profile.figures_shown:
        from erp.ui import partner_health  # noqa: PLC0415 -- charts are loaded by those who open them

        partner_health.draw(profile.partner_id)
    else:
        partner_records.draw_facts(profile)


def draw_people_and_ties(profile: PartnerProfile) -> None:
    """Draw who works there, at which tables the partner sits, and what joins it to others."""
    st.header("People", anchor=False)
    partner_people.draw_people(profile, actor)
    draw_on_partner(profile)
    st.header("Seats at forums", anchor=False)
    partner_ties.draw_seats(profile)
    st.header("Ties to other partners", anchor=False)
    partner_ties.draw_ties(profile, actor)


def draw_details(profile: PartnerProfile) -> None:
    """Draw the forms for those who may change the partner, and what a spreadsheet brought along for everyone."""
    draw_kept_words(profile)
    if not actor.may(Verb.CHANGE, RecordKind.PARTNER):
        if profile.notes:
            st.text(profile.notes)
        st.markdown("Your role reads this record. Coordinators, liaisons and leadership change it.")
        return
    if profile.archived_at is None:
        st.header("What is known", anchor=False)
        partner_form.draw_change(profile)
        st.header("Agreed cadence", anchor=False)
        partner_form.draw_cadence(profile)
    st.header("Archive" if profile.archived_at is None else "Restore", anchor=False)
    partner_form.draw_archive(profile)


SECTIONS = {
    "Health": draw_health,
    "Engagements": partner_records.draw_engagements,
    "Promises": partner_records.draw_promises,
    "Feedback": partner_records.draw_feedback,
    "Barriers": partner_records.draw_barriers,
    "People and ties": draw_people_and_ties,
    "Details": draw_details,
    "History": partner_history.draw_partner_history,
}

partner_id = number_in_address("partner")
if not partner_id:
    st.title("Partner", anchor=False)
    empty_state(NOT_HERE, "Look for it under Partners.")
    st.stop()
profile = load(partner_profile, partner_id)
st.title(plain(profile.name), anchor=False)
show_outcome()
draw_head(profile)
draw_since_on_partner(profile.partner_id)
draw_actions(profile, actor)
draw_section({name: partial(draw, profile) for name, draw in SECTIONS.items()}, "section")
navigation.link_to("partners", "All partners", icon=":material/arrow_back:")
