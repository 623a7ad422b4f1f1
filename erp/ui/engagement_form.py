"""The form of an engagement: filled from a record, read into drafts, saved. Logging, planning and editing use it.

erp.ui.engagement_fields draws it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from erp.errors import ERPError, Invalid
from erp.queries.choices import contact_choices, forum_choices, partner_choices
from erp.queries.engagement_detail import EngagementDetail
from erp.services.commitments import CommitmentDraft
from erp.services.engagements import BehaviorShown, EngagementDraft, PartnerAt, PointDraft
from erp.services.feedback import FeedbackDraft
from erp.ui import guard
from erp.ui.actions import forget_form, form_token, refuse
from erp.ui.engagement_parts import behavior_label
from erp.ui.loads import county_today, load
from erp.ui.words import day_text, listed
from erp.vocabulary import (
    EngagementKind,
    EngagementStatus,
    FeedbackKind,
    FeedbackWay,
    Interpreter,
    PartnerKind,
    Side,
    Who,
)

SOMEBODY_ELSE, ANONYMOUS = "somebody else", "anonymous"
#: Who asked, set the agenda, decided: field → question.
MARKS = {
    "asked_by": "Who asked for it?",
    "agenda_by": "Who set the agenda?",
    "decided_by": "Who decided?",
}
#: Kind of engagement → by which way feedback given at it came; every other kind is a meeting.
WAY_OF = {
    EngagementKind.CALL: FeedbackWay.CALL,
    EngagementKind.EMAIL: FeedbackWay.EMAIL,
    EngagementKind.VISIT: FeedbackWay.CONVERSATION,
    EngagementKind.INPUT: FeedbackWay.OTHER,
    EngagementKind.OTHER: FeedbackWay.OTHER,
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
    """One form being filled in: its name, what its pick lists offer, the fields it starts with."""

    name: str
    partners: dict[int, str]
    tribes: frozenset[int]
    people: pd.DataFrame
    forums: dict[int, str]
    start: dict[str, Any]

    def key(self, field: str) -> str:
        """Return the key of a field in the session's state."""
        return f"{self.name}__{field}"

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
    def planned(self) -> bool:
        """Whether the engagement is still to come."""
        return self.value("status") == EngagementStatus.PLANNED


@dataclass(frozen=True)
class Entered:
    """What the form holds, as drafts, with its free texts by label."""

    draft: EngagementDraft
    promises: tuple[CommitmentDraft, ...]
    feedback: tuple[FeedbackDraft, ...]
    texts: dict[str, str]


def open_form(name: str, start: dict[str, Any], detail: EngagementDetail | None = None) -> Form:
    """Return the form of this name, filled with `start` where the person has not typed anything yet.

    A record's own partners, people and forum stay choosable when they were archived since.
    """
    partners, forums = load(partner_choices), load(forum_choices)
    names = dict(zip(partners["partner_id"].tolist(), partners["name"].tolist(), strict=True))
    tribes = set(partners.loc[partners["kind"] == PartnerKind.TRIBAL_GOVERNMENT, "partner_id"])
    tables = dict(zip(forums["forum_id"].tolist(), forums["name"].tolist(), strict=True))
    if detail is not None:
        names |= {p.partner_id: p.name for p in detail.partners if p.partner_id is not None}
        tribes |= {p.partner_id for p in detail.partners if p.kind == PartnerKind.TRIBAL_GOVERNMENT}
        tables |= {detail.forum_id: detail.forum} if detail.forum_id is not None else {}
    form = Form(name, names, frozenset(tribes), pd.DataFrame(), tables, start)
    for field, value in start.items():
        st.session_state.setdefault(form.key(field), value)
    return replace(form, people=_people(form.chosen, detail))


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
        "behaviors": [],
        "topics": [],
        **dict.fromkeys(MARKS, Who.UNKNOWN.value),
        "points_n": 1,
        "promises_n": 1,
        "feedback_n": 1,
    }


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


def save(form: Form, service: Callable[..., Any], *args: Any) -> Any:
    """Save the form with a service in one go; None where it was refused, then everything typed is still there."""
    try:
        entered = read(form)
    except ERPError as refusal:
        refuse(str(refusal))
        return None
    saved = guard.guarded(
        form.name,
        entered.texts,
        service,
        *args,
        entered.draft,
        already={text for text in form.start.values() if isinstance(text, str)},
        promises=entered.promises,
        feedback=entered.feedback,
        token=form_token(form.name),
        said=_said(form, entered),
    )
    if saved is not None:
        forget(form)
    return saved


def forget(form: Form) -> None:
    """Forget what was typed."""
    forget_form(form.name, form.key(""), f"_guard_{form.name}")


def read(form: Form) -> Entered:
    """Return what the form holds as drafts. Raises: Invalid with a sentence naming what is missing."""
    texts = {label: form.value(field) or "" for field, label in TEXTS.items()}
    unknown = bool(form.value("day_unknown"))
    draft = EngagementDraft.of(
        **{field: texts[label] for field, label in TEXTS.items() if field != "when_words"},
        **{field: form.value(field) or "unknown" for field in MARKS},
        status=form.value("status") or EngagementStatus.HELD,
        kind=form.value("kind") or EngagementKind.MEETING,
        held_on=None if unknown else form.value("held_on"),
        when_words=texts[TEXTS["when_words"]] if unknown else "",
        partners=tuple(PartnerAt(partner_id=p, two_way=_took_part(form, p)) for p in form.chosen),
        people=_people_of_chosen(form),
        forum_id=form.value("forum_id"),
        remote=form.value("remote"),
        interpreter=form.value("interpreter"),
        points=_read_points(form, texts),
        behaviors=_read_behaviors(form, texts),
        topics=tuple(form.value("topics")),
    )
    happened_on = county_today() if form.planned else draft.held_on
    return Entered(draft, _read_promises(form, happened_on, texts), _read_feedback(form, happened_on, texts), texts)


def _took_part(form: Form, partner_id: int) -> bool:
    if form.value("kind") == EngagementKind.EMAIL:
        return partner_id in (form.value("answered") or [])
    return partner_id not in (form.value("absent") or [])


def _people_of_chosen(form: Form) -> tuple[int, ...]:
    there = set(form.people.loc[form.people["partner_id"].isin(form.chosen), "contact_id"])
    return tuple(person for person in form.value("people") or [] if person in there)


def _read_behaviors(form: Form, texts: dict[str, str]) -> tuple[BehaviorShown, ...]:
    shown = []
    for entry_id in form.value("behaviors"):
        evidence = form.value(f"evidence_{entry_id}") or ""
        texts[f"What showed {behavior_label(entry_id)}"] = evidence
        shown.append(BehaviorShown(entry_id=entry_id, evidence=evidence))
    return tuple(shown)


def _read_points(form: Form, texts: dict[str, str]) -> tuple[PointDraft, ...]:
    points = []
    for n in range(form.value("points_n")):
        line = _line(form, texts, "Point", n, "point", "what", ("follow_up", "due"))
        if line is not None:
            texts[f"Follow-up {n + 1}"] = line["follow_up"] or ""
            done_on = form.value(f"point_{n}_done_on") if line["follow_up"] else None
            points.append(
                PointDraft(
                    what=line["what"],
                    follow_up=line["follow_up"] or "",
                    follow_up_due=line["due"],
                    follow_up_done_on=done_on,
                )
            )
    return tuple(points)


def _read_promises(form: Form, made_on: date | None, texts: dict[str, str]) -> tuple[CommitmentDraft, ...]:
    promises = []
    for n in range(form.value("promises_n")):
        line = _line(form, texts, "Promise", n, "promise", "what", ("due", "partner", "owed_by"), needed_by=("due",))
        if line is not None:
            partner_id = line["partner"] or form.only_partner
            if partner_id not in form.chosen:
                raise Invalid(f"Promise {n + 1}: choose the partner it is about.")
            promises.append(
                CommitmentDraft(
                    what=line["what"],
                    owed_by=line["owed_by"] or Side.COUNTY,
                    partner_id=partner_id,
                    made_on=made_on,
                    due_on=line["due"],
                )
            )
    return tuple(promises)


def _read_feedback(form: Form, received_on: date | None, texts: dict[str, str]) -> tuple[FeedbackDraft, ...]:
    items = []
    for n in range(form.value("feedback_n")):
        line = _line(form, texts, "Feedback", n, "feedback", "words", ("from", "person", "kind"), needed_by=("person",))
        if line is not None:
            texts[f"Feedback {n + 1}, person or role"] = person = line["person"] or ""
            giver = line["from"] or form.only_partner
            if giver is None or (giver == SOMEBODY_ELSE and not person):
                raise Invalid(f"Feedback {n + 1}: say who gave it – a partner, a person or role, or anonymous.")
            items.append(
                FeedbackDraft(
                    words=line["words"],
                    partner_id=giver if giver in form.chosen else None,
                    person=person,
                    anonymous=giver == ANONYMOUS,
                    kind=line["kind"] or FeedbackKind.CONCERN,
                    way=WAY_OF.get(form.value("kind"), FeedbackWay.MEETING),
                    received_on=received_on,
                )
            )
    return tuple(items)


def _line(
    form: Form,
    texts: dict[str, str],
    title: str,
    n: int,
    noun: str,
    words: str,
    others: tuple[str, ...],
    needed_by: tuple[str, ...] = ("follow_up", "due"),
) -> dict[str, Any] | None:
    """Return a line's fields, or None where it is blank. Raises: Invalid where only its side fields are filled."""
    line = {field: form.value(f"{noun}_{n}_{field}") for field in (words, *others)}
    line[words] = (line[words] or "").strip()
    if line[words]:
        texts[f"{title} {n + 1}"] = line[words]
        return line
    if any(line[field] for field in needed_by):
        raise Invalid(f"{title} {n + 1} has details but no words. Fill in its first field, or clear the others.")
    return None


def _said(form: Form, entered: Entered) -> str:
    draft = entered.draft
    names = listed([form.partners[p.partner_id] for p in draft.partners])
    more = [
        f"{len(items)} {one if len(items) == 1 else many}"
        for items, one, many in (
            (entered.promises, "promise", "promises"),
            (entered.feedback, "piece of feedback", "pieces of feedback"),
        )
        if items
    ]
    what = f"{draft.kind.label} with {names}" if names else draft.kind.label
    saved = f"{draft.status.label}: {what}, {day_text(draft.held_on, draft.when_words)}."
    return f"Saved. {saved}" + (f" With {listed(more)}." if more else "")
