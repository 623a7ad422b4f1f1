"""What the form of an engagement holds, read into drafts and saved in one go."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from sqlmodel import Session

from erp.access import Actor
from erp.errors import ERPError, Invalid
from erp.services.commitments import CommitmentDraft
from erp.services.engagements import BehaviorShown, EngagementDraft, PartnerAt, PointDraft
from erp.services.feedback import FeedbackDraft
from erp.services.form_drafts import end_draft
from erp.services.series import RowDraft, plan_row, turns
from erp.ui import guard
from erp.ui.actions import form_token, refuse
from erp.ui.engagement_form import ANONYMOUS, MARKS, SOMEBODY_ELSE, TEXTS, Form, forget, open_form
from erp.ui.engagement_last import take_back_last
from erp.ui.engagement_parts import behavior_label
from erp.ui.engagement_row import reach_of
from erp.ui.engagement_who import unclear_names
from erp.ui.loads import county_today, one_state
from erp.ui.words import day_text, listed
from erp.vocabulary import EngagementKind, EngagementStatus, FeedbackKind, FeedbackWay, Reach, Repeats, Side

#: Kind of engagement → by which way feedback given at it came; every other kind is a meeting.
WAY_OF = {
    EngagementKind.CALL: FeedbackWay.CALL,
    EngagementKind.EMAIL: FeedbackWay.EMAIL,
    EngagementKind.VISIT: FeedbackWay.CONVERSATION,
    EngagementKind.INPUT: FeedbackWay.OTHER,
    EngagementKind.OTHER: FeedbackWay.OTHER,
}


@dataclass(frozen=True)
class Entered:
    """What the form holds, as drafts, with its free texts by label."""

    draft: EngagementDraft
    promises: tuple[CommitmentDraft, ...]
    feedback: tuple[FeedbackDraft, ...]
    texts: dict[str, str]
    row: RowDraft | None


def save(form: Form, service: Callable[..., Any], *args: Any) -> Any:
    """Save the form with a service in one go; None where it was refused, then everything typed is still there."""
    try:
        with one_state():
            form = open_form(form.name, form.start, form.detail)  # partners may have been chosen since it was drawn
            take_back_last(form)
            entered = read(form)
            said = _said(form, entered)
    except ERPError as refusal:
        refuse(str(refusal))
        return None
    if entered.row is not None:
        service = partial(plan_row, row=entered.row)
    saved = guard.guarded(
        form.name,
        entered.texts,
        _ending_draft(service, form.name),
        *args,
        entered.draft,
        already={text for text in form.start.values() if isinstance(text, str)},
        promises=entered.promises,
        feedback=entered.feedback,
        token=form_token(form.name),
        said=said,
    )
    if saved is not None:
        forget(form)
    return saved


def _ending_draft(service: Callable[..., Any], form: str) -> Callable[..., Any]:
    def saving(session: Session, actor: Actor, *args: Any, **values: Any) -> Any:
        saved = service(session, actor, *args, **values)
        end_draft(session, actor, form)
        return saved

    return saving


def read(form: Form) -> Entered:
    """Return what the form holds as drafts. Raises: Invalid with a sentence naming what is missing."""
    if unclear := unclear_names(form):
        raise Invalid(f"Say who is meant by “{unclear[0]}”, or leave it out.")
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
    promises, feedback = _read_promises(form, happened_on, texts), _read_feedback(form, happened_on, texts)
    return Entered(draft, promises, feedback, texts, read_row(form))


def read_row(form: Form) -> RowDraft | None:
    """Return how a planned engagement comes round again, None where it does not. Raises: Invalid."""
    if not form.may_repeat or not form.value("repeats"):
        return None
    if form.value("until") is None:
        raise Invalid("Say until which day it repeats. A row can be planned further later.")
    return RowDraft(repeats=Repeats(form.value("repeats")), until=form.value("until"))


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
    if entered.row is not None:
        days = turns(draft, entered.row)
        saved = f"{len(days)} planned: {what}, {day_text(days[0])} to {day_text(days[-1])}."
    others = " What was changed is carried over to the others." if reach_of(form) is not Reach.ONE else ""
    return f"Saved. {saved}" + (f" With {listed(more)}." if more else "") + others
