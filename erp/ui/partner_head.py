"""The head of a partner's page: what kind of partner, who holds the relationship, contact in words, what to do next."""

import pandas as pd
import streamlit as st

from erp.access import Actor
from erp.queries.partners import PartnerProfile
from erp.ui import navigation
from erp.ui.engagement_parts import plain
from erp.ui.partner_words import contact_in_full, kind_in_words, open_in_full
from erp.ui.prose import labels, paragraph, show_prose, typed
from erp.ui.show import show_rows
from erp.ui.words import sentence
from erp.vocabulary import PartnerStatus, RecordKind, Verb

STATUS_COLORS = {PartnerStatus.ACTIVE: "green", PartnerStatus.PROSPECTIVE: "blue", PartnerStatus.PAUSED: "orange"}


def draw_head(profile: PartnerProfile) -> None:
    """Draw kind, status, names, area, languages, holder, and contact against the agreed cadence in words."""
    marks = [
        (kind_in_words(profile.kind, profile.recognition), "gray"),
        (profile.status.label, STATUS_COLORS.get(profile.status, "gray")),
    ]
    marks += [("Archived", "gray")] if profile.archived_at is not None else []
    marks += [] if profile.scored else [("Tracked without figures", "gray")]
    names = [f"also called {', '.join(profile.other_names)}"] if profile.other_names else []
    names += [f"formerly {', '.join(profile.former_names)}"] if profile.former_names else []
    facts = [f"Held by {profile.holder}" if profile.holder else "Nobody holds this relationship yet"]
    facts += [f"serves {profile.area}"] if profile.area else []
    facts += [f"speaks {', '.join(profile.languages)}"] if profile.languages else []
    facts += [f"status: {profile.status_reason}"] if profile.status_reason else []
    show_prose(
        labels(marks),
        paragraph(typed(sentence(" · ".join(names)))),
        paragraph(contact_in_full(profile)),
        paragraph(open_in_full(profile)),
        paragraph(typed(" · ".join(facts)), quiet=True),
    )
    if profile.archived_at is not None:
        st.warning(f"This partner is archived: {plain(profile.archive_reason)}", icon=":material/archive:")


def draw_actions(profile: PartnerProfile, actor: Actor) -> None:
    """Offer what this person may do next with the partner."""
    if profile.archived_at is not None:
        return
    offered = (
        ("log", "Log engagement", ":material/edit_calendar:", RecordKind.ENGAGEMENT),
        ("promises", "Add a promise", ":material/handshake:", RecordKind.COMMITMENT),
        ("feedback", "Add feedback", ":material/rate_review:", RecordKind.FEEDBACK_ITEM),
        ("rate", "Enter a rating", ":material/reviews:", RecordKind.RATING),
        ("public_links", "Feedback link", ":material/qr_code_2:", RecordKind.PUBLIC_LINK),
    )
    with st.container(horizontal=True, gap="small"):
        for page, label, icon, kind in offered:
            if actor.may(Verb.ADD, kind) and navigation.may_open(page):
                style = "primary" if page == "log" else "secondary"
                if st.button(label, key=f"go_{page}", icon=icon, type=style):
                    navigation.go(page, partner=profile.partner_id)


def draw_kept_words(profile: PartnerProfile) -> None:
    """Draw what the county's spreadsheet had that no field of ours holds."""
    kept = {f"{name} (as written)": words for name, words in profile.as_written.items()} | profile.extras
    if kept:
        with st.expander("Kept from the county's spreadsheet"):
            show_rows(pd.DataFrame(list(kept.items()), columns=["Heading", "Text"]))
