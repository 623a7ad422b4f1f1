"""What belongs to a local system review, on its page: team, debriefs, findings, recommendations, who was told."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from erp.queries.reviews import ReviewDetail
from erp.services.reviews import (
    DEBRIEF,
    FINDING,
    GROUP,
    MEMBER,
    RECOMMENDATION,
    DebriefDraft,
    FindingDraft,
    GroupDraft,
    MemberDraft,
    RecommendationDraft,
)
from erp.ui import navigation
from erp.ui.loads import county_today
from erp.ui.part_forms import Field, PartForm, define, draw_add, draw_part
from erp.ui.partner_words import counted, records
from erp.ui.placing import placed_label, placing_choices
from erp.ui.today_parts import due_words
from erp.ui.words import day_text, plain, plain_lines, sentence
from erp.vocabulary import Compared, TeamSide

MEMBERS = define(
    "review_member",
    PartForm(
        MEMBER,
        MemberDraft,
        (
            Field("side", "From where", "choice", must=True),
            Field("role", "In which role", must=True, help="“Cultural broker”, “quality manager”: never a name."),
            Field("people", "How many people", "number", must=True, default=1),
        ),
        add="Add to the team",
    ),
)
#: The prompt is the same every day, so that notes of many days can be laid side by side.
DEBRIEFS = define(
    "review_debrief",
    PartForm(
        DEBRIEF,
        DebriefDraft,
        (
            Field("on_day", "Day of the debrief", "day", must=True),
            Field("subject", "Who or what is it about? (a role, a form, a rule)", must=True),
            Field("at_step", "At which step of the work?"),
            Field("insight", "What does it show about how the work is organized?", "text", must=True),
            Field("agency_there", "Agency staff took part in the debrief", "yes"),
        ),
        add="Add a debrief note",
    ),
)
FINDINGS = define(
    "review_finding",
    PartForm(
        FINDING,
        FindingDraft,
        (
            Field("words", "What was found", "text", must=True),
            Field("category", "Category", "choice", blank="Not placed yet"),
            Field("issue", "CAPP systemic issue", "choice", blank="Not placed yet"),
            Field("practice", "Front-line practice", "choice", blank="Not placed yet"),
            Field("earlier_id", "The same finding of the review before", "choice", blank="None: it is new"),
            Field("compared", "How it stands beside that one", "choice", blank="–"),
            Field("correction", "The agency's correction (stands beside the finding, never in its place)", "text"),
            Field("corrected_on", "Day of the correction", "day"),
        ),
        add="Add a finding",
        later=("correction", "corrected_on"),
    ),
)
RECOMMENDATIONS = define(
    "review_recommendation",
    PartForm(
        RECOMMENDATION,
        RecommendationDraft,
        (
            Field("what", "What is recommended", "text", must=True),
            Field("finding_id", "From which finding", "choice", blank="From several"),
            Field("owner", "Who takes care of it (a role, a team, a partner)", must=True),
            Field("due_on", "By when", "day", must=True),
            Field("done_on", "Done on (may stay blank)", "day"),
            Field("became", "What was done about it", "text"),
        ),
        add="Add a recommendation",
        later=("done_on", "became"),
    ),
)
GROUPS = define(
    "review_group",
    PartForm(
        GROUP,
        GroupDraft,
        (
            Field("partner_id", "Of which partner", "partner", blank="No partner, or of several"),
            Field("name", "Which group", must=True, help="“Parents who were interviewed”: never a person's name."),
            Field("told_on", "Told on (may stay blank)", "day"),
            Field("how", "How they were told (may stay blank)"),
        ),
        add="Add a group that contributed",
    ),
)


def draw_team(detail: ReviewDetail, *, may_change: bool) -> None:
    """Draw the team by role: where its people come from, and how many."""
    members = detail.members
    by_side = members.groupby("side")["people"].sum() if not members.empty else pd.Series(dtype=int)
    shares = [f"{TeamSide(side).label}: {n}" for side, n in by_side.items()]
    st.header(f"Team ({', '.join(shares) or 'nobody yet'})", anchor=False)
    sides = {side.value: side.label for side in TeamSide}
    for part in records(members):
        draw = partial(_draw_member, part)
        draw_part(MEMBERS, detail.review_id, part, draw, may_change=may_change, choices={"side": sides})
    if may_change:
        draw_add(MEMBERS, detail.review_id, {"side": sides})


def _draw_member(part: Mapping[str, Any]) -> None:
    many = counted(int(part["people"]), "person", "people")
    st.markdown(plain(f"{sentence(part['role'])} · {TeamSide(part['side']).label} · {many}"))


def draw_debriefs(detail: ReviewDetail, *, may_change: bool) -> None:
    """Draw the debrief notes, by day."""
    st.header(f"Daily debriefs ({len(detail.debriefs)})", anchor=False)
    for part in records(detail.debriefs):
        draw_part(DEBRIEFS, detail.review_id, part, partial(_draw_debrief, part), may_change=may_change)
    if may_change:
        draw_add(DEBRIEFS, detail.review_id, preset={"on_day": county_today()})


def _draw_debrief(part: Mapping[str, Any]) -> None:
    about = ", at: ".join(filter(None, (sentence(part["subject"]), part["at_step"])))
    st.markdown(f"**{plain(about)}** – {plain_lines(part['insight'])}")
    there = "agency staff took part" if part["agency_there"] else "without agency staff"
    st.caption(f"{day_text(part['on_day'])} · {there}")


def draw_findings(detail: ReviewDetail, *, may_change: bool, may_name: bool) -> None:
    """Draw the findings, the agency's corrections beside them. `may_name`: a barrier may be named from one."""
    st.header(f"Findings ({len(detail.findings)})", anchor=False)
    choices = _finding_choices(detail)
    for part in records(detail.findings):
        draw = partial(_draw_finding, part, may_name=may_name)
        draw_part(FINDINGS, detail.review_id, part, draw, may_change=may_change, choices=choices)
    if may_change:
        draw_add(FINDINGS, detail.review_id, choices)


def _draw_finding(part: Mapping[str, Any], *, may_name: bool) -> None:
    left, right = st.columns(2) if part["correction"] else (st.container(), None)
    left.markdown(f"**Found:** {plain_lines(part['words'])}")
    if right is not None:
        corrected = f"**The agency's correction**, {day_text(part['corrected_on'])}: "
        right.markdown(f"{corrected}{plain_lines(part['correction'])}")
    compared = part["compared"]
    about = [placed_label(name, part[name], part[f"{name}_version"]) for name in ("category", "issue", "practice")]
    about += [f"beside the review before: {Compared(compared).label.lower()}"] if not pd.isna(compared) else []
    st.caption(plain(" · ".join(filter(None, about)) or "Not placed yet"))
    if may_name:
        number = int(part["part_id"])
        navigation.link_to("barriers", "Name a barrier from this", icon=":material/add:", from_finding=number)


def _finding_choices(detail: ReviewDetail) -> dict[str, Mapping[Any, str]]:
    choices: dict[str, Mapping[Any, str]] = {name: placing_choices(name) for name in ("category", "issue", "practice")}
    earlier = zip(detail.earlier["part_id"], detail.earlier["words"], strict=True)
    compared = {compared.value: compared.label for compared in Compared} if not detail.earlier.empty else {}
    return choices | {"earlier_id": {int(number): words for number, words in earlier}, "compared": compared}


def draw_recommendations(detail: ReviewDetail, *, may_change: bool) -> None:
    """Draw what is recommended, who takes care of it, and what was done."""
    parts = detail.recommendations
    done = int(parts["done_on"].notna().sum())
    st.header(f"Recommendations ({f'{done} of {len(parts)} done' if len(parts) else 'none yet'})", anchor=False)
    findings = {
        int(number): words for number, words in zip(detail.findings["part_id"], detail.findings["words"], strict=True)
    }
    for part in records(parts):
        draw, choices = partial(_draw_recommendation, part), {"finding_id": findings}
        draw_part(RECOMMENDATIONS, detail.review_id, part, draw, may_change=may_change, choices=choices)
    if may_change:
        draw_add(RECOMMENDATIONS, detail.review_id, {"finding_id": findings})


def _draw_recommendation(part: Mapping[str, Any]) -> None:
    st.markdown(plain_lines(part["what"]))
    st.caption(plain(f"{sentence(part['owner'])} · {_stands(part)}"))


def _stands(part: Mapping[str, Any]) -> str:
    due = f"due {day_text(part['due_on'])}"
    if not pd.isna(part["done_on"]):
        return f"{due}, done {day_text(part['done_on'])}: {part['became']}"
    return f"{due} · {due_words(part['due_on'], (county_today() - part['due_on']).days)}"


def draw_groups(detail: ReviewDetail, *, may_change: bool) -> None:
    """Draw who contributed, and when each group was told what was found."""
    groups = detail.groups
    told = int(groups["told_on"].notna().sum())
    many = f"{told} of {len(groups)} told" if len(groups) else "nobody yet"
    st.header(f"Who contributed, and was told ({many})", anchor=False)
    for part in records(groups):
        draw_part(GROUPS, detail.review_id, part, partial(_draw_group, part), may_change=may_change)
    if may_change:
        draw_add(GROUPS, detail.review_id)


def _draw_group(part: Mapping[str, Any]) -> None:
    who = f"{part['name']} ({part['who']})" if part["who"] else part["name"]
    how = f" ({part['how']})" if part["how"] else ""
    state = "**not told yet**" if pd.isna(part["told_on"]) else plain(f"told {day_text(part['told_on'])}{how}")
    st.markdown(f"{plain(who)}: {state}")
