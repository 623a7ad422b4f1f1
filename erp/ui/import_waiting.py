"""What waits for a person after imports: names that belong to no partner yet, and partners that look alike."""

import pandas as pd
import streamlit as st

from erp.queries.linking import unlinked_names
from erp.queries.look_alikes import look_alike_questions
from erp.queries.names import names_of_partners
from erp.services.linking import known_by_now, link_known_names, link_name, suggested_partner
from erp.ui.actions import submit
from erp.ui.loads import load
from erp.ui.navigation import link_to, may_open
from erp.ui.partner_choice import partner_field
from erp.ui.session import require_actor
from erp.ui.words import plain
from erp.vocabulary import LookAlikeAnswer, RecordKind, Verb

WHO_ANSWERS = "A coordinator, a liaison or leadership knows the partners and answers; invite them under Settings."


def draw_unlinked() -> None:
    """Offer to link the names that no partner has, one by one, or those that have become a partner's meanwhile."""
    names = load(unlinked_names)
    if not _is_theirs("Names that belong to no partner yet", names):
        return
    st.markdown("Link a name once, and every record that carries it belongs to the partner from then on.")
    known = load(known_by_now)
    if known:
        st.button(
            f"Link the {len(known)} that belong to a partner by now"
            if len(known) > 1
            else "Link what belongs to one by now",
            on_click=submit,
            args=(link_known_names,),
            kwargs={"said": "Linked: " + ", ".join(list(known)[:5]) + (" …" if len(known) > 5 else ".")},
            icon=":material/link:",
            key="link_known",
        )
    counts = dict(zip(names["name"], names["records"], strict=True))
    left, right = st.columns(2)
    words = left.selectbox(
        "Name from a spreadsheet",
        list(counts),
        format_func=lambda name: f"{name} ({counts[name]} {'record' if counts[name] == 1 else 'records'})",
        key="link_name",
    )
    partner = partner_field(right, "Partner it belongs to", key=f"link_partner_{words}")
    if words is None:
        return
    suggested = load(suggested_partner, words)
    named = load(names_of_partners, (suggested,)) if suggested is not None else {}
    if suggested in named and words not in known:
        st.caption(f"“{plain(words)}” looks like “{plain(named[suggested])}”; whether it is, only you can say.")
    st.button(
        "Link",
        disabled=partner is None,
        on_click=submit,
        args=(link_name, words, partner),
        kwargs={"said": f"Linked “{words}”."},
        icon=":material/link:",
        key="link",
    )


def _is_theirs(title: str, waiting: pd.DataFrame) -> bool:
    """Head what waits, if anything does; say whether this person may answer it, and on the page who else does."""
    if waiting.empty:
        return False
    st.header(title, anchor=False)
    may = require_actor().may(Verb.CHANGE, RecordKind.PARTNER)
    if not may:
        st.markdown(f"Waiting: {len(waiting):,}. {WHO_ANSWERS}")
    return may


def draw_look_alikes() -> None:
    """Lead to the questions whether partners are the same, where some wait."""
    waiting, _ = load(look_alike_questions, (LookAlikeAnswer.OPEN,), 0)
    if not waiting:
        return
    st.header("Are these the same?", anchor=False)
    pairs = "one pair of partners looks" if waiting == 1 else f"{waiting:,} pairs of partners look"
    if may_open("look_alikes"):
        st.markdown(f"Waiting: {pairs} alike.")
        link_to("look_alikes", "Say whether they are the same", icon=":material/join:")
    else:
        st.markdown(f"Waiting: {pairs} alike. {WHO_ANSWERS}")
