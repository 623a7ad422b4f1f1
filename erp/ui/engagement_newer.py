"""An engagement that two people fill in: what the other saved, beside what the form holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import streamlit as st

from erp.queries.engagement_detail import EngagementDetail
from erp.queries.names import contact_names, forum_names, partner_names
from erp.ui.actions import draw_whole_page
from erp.ui.engagement_form import MARKS, TEXTS, Form
from erp.ui.engagement_parts import behavior_label, topic_label
from erp.ui.loads import load
from erp.ui.newer import Edited, watch
from erp.ui.words import day_text
from erp.vocabulary import EngagementKind, EngagementStatus, Interpreter, RecordKind, Who

#: What is noted of each discussion point, in the order of a line of the field "points".
_OF_POINT = ("what", "follow_up", "due", "done_on")
#: Field → the closed set its word is of.
_WORDS: Mapping[str, Any] = {
    "status": EngagementStatus,
    "kind": EngagementKind,
    "interpreter": Interpreter,
    **dict.fromkeys(MARKS, Who),
}
#: Field → the question that names its numbers.
_NAMED: Mapping[str, Any] = {
    "partners": partner_names,
    "absent": partner_names,
    "answered": partner_names,
    "people": contact_names,
    "forum_id": forum_names,
}
#: Field → label. Points and behaviors are each one field here, with all that is noted of them.
LABELS = {
    "status": "Planned, held or cancelled",
    "kind": "Kind",
    "held_on": "Day",
    "day_unknown": "The day is not known",
    "partners": "Partners",
    "absent": "Partners that did not take part",
    "answered": "Partners that wrote back",
    "people": "The partners' people",
    "forum_id": "Forum",
    "remote": "Remote",
    "interpreter": "Interpreter",
    **TEXTS,
    **MARKS,
    "points": "Discussion points",
    "behaviors": "Leadership behaviors shown",
    "topics": "ERP Toolkit topics",
}


@dataclass(frozen=True)
class EditedEngagement(Edited):
    """The form of an engagement; points and behaviors stand in many keys of it."""

    def mine(self, field: str) -> Any:
        """Return what the form holds."""
        if field in ("points", "behaviors"):
            return _gathered(lambda name: st.session_state.get(f"{self.prefix}{name}"))[field]
        return super().mine(field)

    def put(self, field: str, value: Any) -> None:
        """Let the form hold a value."""
        if field == "points":
            drawn = st.session_state.get(f"{self.prefix}points_n") or 1
            super().put("points_n", max(1, len(value)))
            blank = [("", "", None, None)] * max(1, drawn - len(value))  # what stood there must not come back
            for n, line in enumerate([*value, *blank]):
                for name, one in zip(_OF_POINT, line, strict=True):
                    super().put(f"point_{n}_{name}", one)
        elif field == "behaviors":
            said: dict[str, list[str]] = {}
            for entry_id, evidence in value:  # of a behavior that both tagged both evidences stay
                said.setdefault(entry_id, []).append(evidence)
            super().put("behaviors", list(said))
            for entry_id, evidences in said.items():
                super().put(f"evidence_{entry_id}", "; ".join(filter(None, evidences)))
        else:
            super().put(field, value)

    def go_on(self) -> None:
        """Let the form, and its draft, be over what is saved now."""
        super().go_on()
        super().put("version", self.version)
        draw_whole_page()


def watch_engagement(form: Form, detail: EngagementDetail) -> None:
    """Draw what somebody saved since the form was opened, and let the person choose field by field."""
    saved = {**form.start, **_gathered(form.start.get)}
    edited = EditedEngagement(
        form.name, form.key(""), RecordKind.ENGAGEMENT, detail.engagement_id, detail.version, saved, LABELS, _said
    )
    watch(edited, opened=form.value("version"))


def _gathered(value: Any) -> dict[str, list[tuple[Any, ...]]]:
    """Return points and behaviors as lists of lines. `value`: name of a field → what it holds."""
    lines = (tuple(value(f"point_{n}_{name}") for name in _OF_POINT) for n in range(value("points_n") or 0))
    points = [tuple(one or ("" if place < 2 else None) for place, one in enumerate(line)) for line in lines]
    behaviors = [(entry_id, value(f"evidence_{entry_id}") or "") for entry_id in value("behaviors") or []]
    return {"points": [line for line in points if any(line)], "behaviors": behaviors}


def _said(field: str, value: Any) -> str:
    if value in (None, "", []):
        return ""
    if field in _NAMED:
        frame = load(_NAMED[field])
        names = dict(zip(frame["id"], frame["name"], strict=True))
        return "; ".join(str(names.get(one, "")) for one in (value if isinstance(value, list) else [value]))
    if field == "points":
        return "\n".join(" – ".join(_in_words(one) for one in line if one) for line in value)
    if field == "behaviors":
        return "\n".join(": ".join(filter(None, (behavior_label(entry), evidence))) for entry, evidence in value)
    if field == "topics":
        return "; ".join(map(topic_label, value))
    return _WORDS[field](value).label if field in _WORDS else _in_words(value)


def _in_words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return day_text(value) if isinstance(value, date) else str(value)
