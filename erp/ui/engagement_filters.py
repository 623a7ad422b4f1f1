"""The filters of the list of engagements, and its rows as people read them."""

from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import streamlit as st

from erp.queries.choices import forum_choices
from erp.queries.engagements import EngagementFilter
from erp.ui.address import day_in_address, more_filters, pick_in_address, switch_in_address, words_in_address
from erp.ui.engagement_parts import behavior_choices
from erp.ui.loads import load
from erp.ui.partner_choice import pick_partner
from erp.ui.search import findable
from erp.ui.session import require_actor
from erp.ui.words import NO_EXACT_DATE, day_text
from erp.vocabulary import EngagementKind, EngagementStatus

PAGE = "engagements"
VOIDED = "voided"
#: What stands in the address for the filters that are folded away.
MORE = ("partner", "kind", "forum", "behavior", "from", "until", "mine", "undated")


def draw_filters() -> EngagementFilter:
    """Draw the filters, the rarer ones folded away; return what they say."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        words = words_in_address("Words", "words", placeholder="Partner, forum, purpose, facts, decisions …", page=PAGE)
        with st.container(width=230):
            stages = {status.value: status.label for status in EngagementStatus} | {VOIDED: "Voided"}
            status = pick_in_address("Status", "status", stages, anything="Any, not voided", page=PAGE)
    narrowed = EngagementFilter(
        words=findable(words),
        status=EngagementStatus(status) if status and status != VOIDED else None,
        voided=status == VOIDED,
    )
    return more_filters(narrowed, _narrow, names=MORE, key="engagement_more")


def _narrow(narrowed: EngagementFilter) -> EngagementFilter:
    left, right = st.columns(2)
    with left:
        partner = pick_partner(PAGE)
        kinds = {kind.value: kind.label for kind in EngagementKind}
        kind = pick_in_address("Kind", "kind", kinds, anything="All kinds", page=PAGE)
        first = day_in_address("From", "from", page=PAGE)
    with right:
        forum = pick_in_address("Forum", "forum", _named(forum_choices), anything="All forums", page=PAGE)
        behaviors = behavior_choices(st.query_params.get("behavior", ""))
        behavior = pick_in_address("Behavior shown", "behavior", behaviors, anything="Any", page=PAGE)
        last = day_in_address("Until", "until", page=PAGE)
    mine = switch_in_address("Only partnerships I hold and what I wrote down", "mine", page=PAGE)
    undated = switch_in_address(f"Only those with {NO_EXACT_DATE}", "undated", page=PAGE)
    return replace(
        narrowed,
        partner_id=partner,
        kind=EngagementKind(kind) if kind else None,
        first=first,
        last=last,
        forum_id=int(forum) if forum else None,
        behavior=behavior or None,
        undated=undated,
        holder_id=require_actor().user_id if mine else None,
    )


def readable(engagements: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of an engagement list in words. Columns: When, With, About, Kind, Status; text, same order."""
    return pd.DataFrame(
        {
            "When": [day_text(*when) for when in _rows(engagements, "held_on", "when_words")],
            "With": engagements["partners"],
            "About": [": ".join(filter(None, about)) for about in _rows(engagements, "forum", "purpose")],
            "Kind": [EngagementKind(kind).label for kind in engagements["kind"]],
            "Status": [EngagementStatus(status).label for status in engagements["status"]],
        }
    )


def _rows(engagements: pd.DataFrame, *columns: str) -> zip:
    return zip(*(engagements[column] for column in columns), strict=True)


def _named(choices: Callable[..., pd.DataFrame]) -> dict[str, str]:
    """Return key → label of a pick list's question, whose first column is the id."""
    rows = load(choices)
    return dict(zip(rows.iloc[:, 0].astype(str), rows["name"], strict=True))
