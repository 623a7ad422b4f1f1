"""The form of an engagement: blank, filled from a record, or from its draft. Logging, planning and editing use it.

erp.ui.engagement_fields draws it; erp.ui.engagement_saving saves it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from erp.queries.choices import contact_choices, form_choices
from erp.queries.engagement_detail import EngagementDetail
from erp.ui import drafts
from erp.ui.actions import draw_whole_page, forget_form
from erp.ui.loads import county_today, load, load_unalterable
from erp.vocabulary import (
    EngagementKind,
    EngagementStatus,
    FeedbackKind,
    Interpreter,
    PartnerKind,
    Reach,
    Side,
    Who,
)

#: Fields whose value as the form opens depends on the day or the record: kept with whatever else was typed.
ALWAYS_KEPT = ("version", "status", "held_on", "day_unknown")
#: What the next one of a row of engagements has in common with the one before.
LIKE = (
    "kind", "partners", "people", "county_people", "forum_id", "place", "remote", "language", "interpreter", "purpose",
)  # fmt: skip
#: An input that outlives a look at another page.
STAYS: Any = {"persist_state": "session"}
#: What a line's pick lists say before anybody chose.
_LINE_DEFAULTS = {"by": Side.COUNTY.value, "kind": FeedbackKind.CONCERN.value}
SOMEBODY_ELSE, ANONYMOUS = "somebody else", "anonymous"
#: Who asked, set the agenda, decided: field → question.
MARKS = {
    "asked_by": "Who asked for it?",
    "agenda_by": "Who set the agenda?",
    "decided_by": "Who decided?",
}
#: Free texts of the form: field → label. The guard reads them before anything is saved.
TEXTS = {
    "purpose": "What it was about",
    "when_words": "When, in words",
    "held_at": "Time (optional)",
    "place": "Place",
    "language": "Language spoken",
    "county_people": "County people",
    "facts": "Facts",
    "quotes": "Quotes",
    "opinions": "Opinions",
    "decisions": "Decisions",
    "notes": "Notes",
}


@dataclass(frozen=True)
class Form:
    """One form being filled in: its name, what its pick lists offer, the fields it starts with, the record it edits.

    `partners`: id → name; `listed`: id → as the pick list shows it, with all names the partner goes or went by.
    `offered`, `partner_of`: what the field for who took part lists, as `erp.queries.choices.FormChoices`.
    """

    name: str
    partners: Mapping[int, str]
    listed: Mapping[int, str]
    tribes: frozenset[int]
    people: pd.DataFrame
    forums: Mapping[int, str]
    offered: Mapping[int | str, str]
    partner_of: Mapping[str, int]
    start: dict[str, Any]
    detail: EngagementDetail | None

    def key(self, field: str) -> str:
        """Return the key of a field in the session's state."""
        return key_of(self.name, field)

    def value(self, field: str) -> Any:
        """Return what a field holds now."""
        return st.session_state.get(self.key(field), self.start.get(field))

    @property
    def chosen(self) -> list[int]:
        """The partners chosen so far."""
        return [p for p in self.value("partners") or [] if p in self.partners]

    @property
    def only_partner(self) -> int | None:
        """The one partner chosen, or None where there are several or none."""
        return self.chosen[0] if len(self.chosen) == 1 else None

    @property
    def may_repeat(self) -> bool:
        """Whether it may be asked how often this comes round: something planned anew, for a day."""
        return self.planned and self.detail is None and not self.value("day_unknown")

    @property
    def planned(self) -> bool:
        """Whether the engagement is still to come."""
        return self.value("status") == EngagementStatus.PLANNED


def key_of(form: str, field: str) -> str:
    """Return the key of a form's field in the session's state."""
    return f"{form}__{field}"


def open_form(name: str, start: dict[str, Any], detail: EngagementDetail | None = None) -> Form:
    """Return the form of this name, filled with `start` where the person has not typed anything yet.

    A record's own partners, people and forum stay choosable when they were archived since.
    """
    offered = load_unalterable(form_choices)
    names, tribes, tables = offered.partners, offered.tribes, offered.forums
    if detail is not None:
        names = {**names} | {p.partner_id: p.name for p in detail.partners if p.partner_id is not None}
        of_detail = (p for p in detail.partners if p.kind == PartnerKind.TRIBAL_GOVERNMENT)
        tribes |= {p.partner_id for p in of_detail if p.partner_id is not None}
        tables = {**tables} | ({detail.forum_id: detail.forum} if detail.forum_id is not None else {})
    listed = {**names, **offered.listed} if detail is not None else offered.listed
    form = Form(name, names, listed, tribes, pd.DataFrame(), tables, offered.offered, offered.partner_of, start, detail)
    here = set(st.session_state)  # asked once: every look into the session's state takes its lock
    for field, value in _still_here(form, start | _restored(form)).items():
        if form.key(field) not in here:
            st.session_state[form.key(field)] = value
    return replace(form, people=_people(form.chosen, detail))


def _restored(form: Form) -> dict[str, Any]:
    """Return the fields of the form's draft, where it is opened here for the first time."""
    kept = drafts.begin(form.name)
    return {name: _day(value) if _is_day(name) else value for name, value in kept.items()}


def _still_here(form: Form, fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields without partners and a forum that were archived since."""
    partners = [partner for partner in fields["partners"] if partner in form.partners]
    forum_id = fields["forum_id"] if fields["forum_id"] in form.forums else None
    return fields | {"partners": partners, "forum_id": forum_id}


def keep_draft(form: Form) -> drafts.Known:
    """Keep what was typed and is not saved yet; nothing, as long as the form is as it was opened."""
    typed = {
        str(key).removeprefix(form.key("")): value
        for key, value in st.session_state.to_dict().items()  # read at once: each single look takes its lock
        if str(key).startswith(form.key("")) and not str(key).startswith(form.key("add_"))
    }
    fields = {name: value for name, value in typed.items() if not _is_as_opened(form, name, value)}
    if fields:
        fields |= {name: typed[name] for name in ALWAYS_KEPT if name in typed}
    return drafts.keep(form.name, {n: v.isoformat() if isinstance(v, date) else v for n, v in sorted(fields.items())})


def _is_as_opened(form: Form, name: str, value: Any) -> bool:
    of_line = name.startswith(("promise_", "feedback_")) and _LINE_DEFAULTS.get(name.rpartition("_")[2])
    usual = form.start.get(name, of_line or None)
    return value == usual or (value in (None, "", []) and usual in (None, "", []))


def _is_day(name: str) -> bool:
    return name in ("held_on", "until") or name.endswith(("_due", "_done_on"))


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _people(partner_ids: list[int], detail: EngagementDetail | None) -> pd.DataFrame:
    """Return the people of the chosen partners, and those of the record that are not on file any more."""
    people = load(contact_choices, tuple(sorted(partner_ids)))
    here = [p for p in detail.people if p.contact_id not in set(people["contact_id"])] if detail else []
    gone = [{"contact_id": p.contact_id, "partner_id": p.partner_id, "name": p.shown, "role": ""} for p in here]
    return pd.concat([people, pd.DataFrame(gone)]) if gone else people


def blank(partner_ids: tuple[int, ...] = ()) -> dict[str, Any]:
    """Return the fields of an engagement nobody has typed anything of yet; the day is today."""
    fields: dict[str, Any] = dict.fromkeys(TEXTS, "")
    return fields | {
        "status": EngagementStatus.HELD.value,
        "kind": EngagementKind.MEETING.value,
        "held_on": county_today(),
        "day_unknown": False,
        "partners": list(partner_ids),
        "absent": [],
        "answered": [],
        "people": [],
        "forum_id": None,
        "remote": False,
        "interpreter": Interpreter.NOT_SAID.value,
        "repeats": None,
        "until": None,
        "reach": Reach.ONE.value,
        "behaviors": [],
        "topics": [],
        **dict.fromkeys(MARKS, Who.UNKNOWN.value),
        "points_n": 1,
        "promises_n": 1,
        "feedback_n": 1,
    }


def like(detail: EngagementDetail) -> dict[str, Any]:
    """Return the fields of a new engagement that begins as another was: who, where, about what; the day is today."""
    same = filled(detail)
    return blank() | {field: same[field] for field in LIKE}


def filled(detail: EngagementDetail) -> dict[str, Any]:
    """Return the fields of a record."""
    linked = [p for p in detail.partners if p.partner_id is not None]
    plain_fields = (*TEXTS, "held_on", "remote", "forum_id")
    fields = blank() | {field: getattr(detail, field) for field in plain_fields}
    fields |= {field: getattr(detail, field).value for field in ("status", "kind", "interpreter", *MARKS)}
    fields |= {
        "day_unknown": detail.held_on is None,
        "partners": [p.partner_id for p in linked],
        "absent": [p.partner_id for p in linked if not p.two_way],
        "answered": [p.partner_id for p in linked if p.two_way],
        "people": [p.contact_id for p in detail.people],
        "behaviors": [b.entry_id for b in detail.behaviors],
        "topics": list(detail.topics),
        "points_n": max(1, len(detail.points)),
    }
    fields |= {f"evidence_{b.entry_id}": b.evidence for b in detail.behaviors}
    for n, point in enumerate(detail.points):
        fields |= {f"point_{n}_what": point.what, f"point_{n}_follow_up": point.follow_up}
        fields |= {f"point_{n}_due": point.due, f"point_{n}_done_on": point.done_on}
    return fields


def forget(form: Form) -> None:
    """Forget what was typed."""
    forget_form(form.name, form.key(""), f"_guard_{form.name}")
    drafts.forget(form.name)


def throw_away(form: Form) -> None:
    """Forget what was typed, also its draft."""
    draw_whole_page()
    drafts.end(form.name)
    forget(form)
