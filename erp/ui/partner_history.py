"""The History part of a partner's page: its own, or of one of its people or ties."""

import streamlit as st

from erp.queries.contacts import partner_people
from erp.queries.partner_records import partner_relationships
from erp.queries.partners import PartnerProfile
from erp.ui.history import draw_history
from erp.ui.loads import load
from erp.ui.partner_words import each
from erp.vocabulary import RecordKind


def draw_partner_history(profile: PartnerProfile) -> None:
    """Draw the history of a partner, or of one of its people or ties, whichever is chosen."""
    subjects: dict[tuple[RecordKind, int], str] = {(RecordKind.PARTNER, profile.partner_id): profile.name}
    for row in each(load(partner_people, profile.partner_id)):
        subjects[RecordKind.CONTACT, row.contact_id] = f"Person: {row.shown_as}"
    for row in each(load(partner_relationships, profile.partner_id)):
        subjects[RecordKind.RELATIONSHIP, row.relationship_id] = f"Tie: {row.from_partner} {row.what} {row.to_partner}"
    kind, record_id = st.selectbox(
        "History of", list(subjects), format_func=subjects.__getitem__, key=f"history_of_{profile.partner_id}"
    )
    draw_history(kind, record_id, closed=profile.archived_at is not None)
