"""Saving imported feedback with the steps of its loop that a row tells of."""

from collections.abc import Collection
from datetime import date
from typing import Any

from erp.errors import Invalid
from erp.importing.readings import RowReading
from erp.models.feedback import FeedbackItem, FeedbackStep
from erp.services.checks import keep_sealed
from erp.services.facts import feedback_facts, sync_feedback
from erp.services.feedback import feedback_steps, told_steps
from erp.services.import_batch import Batch, new, set_changed
from erp.services.records import snapshot
from erp.vocabulary import FeedbackKind, FeedbackState, FeedbackWay, RecordKind, Signed

_TEXTS = ("person", "words", "language", "translation", "decision", "notes")
_COLUMNS = {"partner": ("partner_id", "contact_id"), "person": ("person", "contact_id")}
#: The fields that the steps of a feedback item are laid out from.
_STEP_FIELDS = {
    "received_on", "acknowledged_on", "decided_on", "decision", "told_on", "told_how", "confirmed_on", "confirmed_how",
    "reopened_on",
}  # fmt: skip
S = FeedbackState
#: What only the giver, or the loop itself, decides of an item given on a public page.
_THE_GIVERS = _STEP_FIELDS | {"words", "anonymous", "person"}
#: Step → the field that says how it was done; an export writes the newest one's.
_HOW = {S.TOLD: "told_how", S.CONFIRMED: "confirmed_how"}


def add_feedback(batch: Batch, reading: RowReading) -> int:
    """Add the feedback of a row with the steps its days tell of, and return its id.

    Steps it is silent about stay not recorded.
    """
    number = batch.number(FeedbackItem)
    columns = _columns(batch, reading)
    steps = _steps(batch, number, reading.values)
    item = new(
        FeedbackItem,
        id=number,
        key=reading.values.get("key") or batch.key(FeedbackItem, "F", number),
        state=_state(steps),
        as_written=reading.as_written,
        extras=reading.extras,
        **columns,
        **batch.stamp(),
    )
    batch.add(item, *steps)
    batch.add_facts(number, feedback_facts(item, steps))
    batch.audit_new(RecordKind.FEEDBACK_ITEM, item, steps=told_steps(steps))
    return number


def update_feedback(batch: Batch, item: FeedbackItem, merged: RowReading, changed: Collection[str]) -> None:
    """Let the changed fields of a row change a feedback item; its steps are laid out anew where a day changed.

    Raises: NotAllowed (it would open what a Tribe shared), Invalid (it would change what a giver did on a public page).
    """
    if item.signed is not Signed.NOTED and _THE_GIVERS & set(changed):
        raise Invalid(
            "This was given on the public page: its words, its giver and the steps of its loop are not changed by a "
            "file. Leave those cells as they were exported."
        )
    session, number = batch.session, item.id or 0
    columns = _columns(batch, merged)
    if "partner" in changed:
        keep_sealed(session, batch.actor, item.partner_id, columns["partner_id"])
    batch.flush()
    here = feedback_steps(session, number)
    before = snapshot(item, steps=told_steps(here))
    set_changed(item, columns, merged, changed, _COLUMNS)
    if _STEP_FIELDS & set(changed):
        _lay_anew(batch, here, _steps(batch, number, merged.values), changed)
    batch.flush()
    steps = feedback_steps(session, number)
    item.state = _state(steps)
    sync_feedback(session, item, batch.at)
    batch.audit_change(RecordKind.FEEDBACK_ITEM, number, before, snapshot(item, steps=told_steps(steps)))


def _lay_anew(batch: Batch, here: list[FeedbackStep], wanted: list[FeedbackStep], changed: Collection[str]) -> None:
    """Bring the steps of an item to those of a row. A step that stays keeps who took it, how, and what was said.

    The same step on the same day is the same one; else the next one of its kind has got another day.
    """
    left, of_wanted = list(here), dict[int, FeedbackStep]()
    for same_day in (True, False):
        for place, step in enumerate(wanted):
            alike = (s for s in left if s.step is step.step and (not same_day or s.on_day == step.on_day))
            if place not in of_wanted and (found := next(alike, None)) is not None:
                left.remove(found)
                of_wanted[place] = found
    for step in left:
        batch.session.delete(step)  # the history keeps it
    newest = {step.step: place for place, step in enumerate(wanted)}
    for place, step in enumerate(wanted):
        kept = of_wanted.get(place)
        if kept is None:
            batch.add(step)
            continue
        kept.on_day, kept.position, kept.counts = step.on_day, step.position, step.counts
        if _HOW.get(step.step) in changed and newest[step.step] == place:
            kept.how = step.how
        if step.step is S.DECIDED and "decision" in changed:
            kept.said = step.said


def _columns(batch: Batch, reading: RowReading) -> dict[str, Any]:
    values = reading.values
    partner_id = batch.link_one(reading)
    return {
        "partner_id": partner_id,
        "contact_id": batch.names.contact(partner_id, values.get("person") or ""),
        "anonymous": bool(values.get("anonymous")),
        "way": values.get("way") or FeedbackWay.OTHER,
        "kind": values.get("kind") or FeedbackKind.OTHER,
        "received_on": values.get("received_on"),
        **{name: values.get(name) or "" for name in _TEXTS},
    }


def _steps(batch: Batch, number: int, values: dict[str, Any]) -> list[FeedbackStep]:
    """Lay out the steps in the order in which they happened; told and reopened take turns on the same day."""
    laid: list[tuple[FeedbackState, date | None, str]] = [(S.RECEIVED, values.get("received_on"), "")]
    if values.get("acknowledged_on"):
        laid.append((S.ACKNOWLEDGED, values["acknowledged_on"], ""))
    if values.get("decided_on") or values.get("decision"):
        laid.append((S.DECIDED, values.get("decided_on"), ""))
    told, reopened = sorted(values.get("told_on") or ()), sorted(values.get("reopened_on") or ())
    last: FeedbackState | None = None
    while told or reopened:
        tell = bool(told) and (not reopened or told[0] < reopened[0] or (told[0] == reopened[0] and last is not S.TOLD))
        last = S.TOLD if tell else S.REOPENED
        laid.append((last, (told if tell else reopened).pop(0), (values.get("told_how") or "") if tell else ""))
    if values.get("confirmed_on"):
        confirmed = (S.CONFIRMED, values["confirmed_on"], values.get("confirmed_how") or "")
        later = [n for n, (_, day, _) in enumerate(laid) if day is not None and day > values["confirmed_on"]]
        laid.insert(later[0] if later else len(laid), confirmed)
    counts = bool(values.get("told_counts"))
    return [
        new(
            FeedbackStep,
            item_id=number,
            step=step,
            position=place,
            on_day=day,
            how=how,
            said=values.get("decision") or "" if step in (S.DECIDED, S.TOLD) else "",
            counts=counts or step is not S.TOLD,
            **batch.stamp(),
        )
        for place, (step, day, how) in enumerate(laid, 1)
    ]


def _state(steps: list[FeedbackStep]) -> FeedbackState:
    return [step.step for step in steps if step.counts][-1]
