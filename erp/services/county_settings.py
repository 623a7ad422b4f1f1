"""Changing the county's settings: the health formula, feedback targets, default cadences. Each change is a version."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime

from sqlmodel import Session

from erp.access import Actor
from erp.errors import Conflict, Invalid
from erp.health.formula import Formula
from erp.models.accounts import County, Setting
from erp.models.partners import DefaultCadence
from erp.queries.county import setting_history
from erp.queries.health import formula_in_force
from erp.queries.settings import AnswerTemplate, answer_templates
from erp.queries.targets import FeedbackTargets, feedback_targets
from erp.queries.workdays import Workdays
from erp.services.accounts import check_zone
from erp.services.records import change_record, get_or_refuse, now, record_change, snapshot
from erp.vocabulary import PartnerKind, RecordKind, Verb

#: Further days on which the offices are closed, at most.
MOST_CLOSED_DAYS = 100
#: Templates of answers, at most: a list that is longer is not read.
MOST_TEMPLATES = 30


def change_health_formula(
    session: Session,
    actor: Actor,
    opened: str,
    weights: dict[str, float],
    minimums: dict[str, int],
    bands: dict[str, float],
    target_days: int,
) -> Formula:
    """Make a new version of the health formula (h1.1, h1.2, …) from the version opened; earlier versions stay.

    Raises: NotAllowed, Invalid; Conflict where somebody made another version since.
    """
    actor.require(Verb.CHANGE, RecordKind.SETTING)
    _refuse_newer(opened, formula_in_force(session).version)
    version = f"h1.{len(setting_history(session, 'health_formula')) + 1}"
    values: dict[str, object] = {
        "version": version,
        "weights": weights,
        "minimums": minimums,
        "bands": bands,
        "target_days": target_days,
    }
    formula = Formula.from_settings(values)
    if target_days < feedback_targets(session).decide:
        raise Invalid("Telling may not be due before deciding. Change the days to decide (feedback targets) first.")
    in_force = formula_in_force(session)
    if _content(formula) == _content(in_force):
        raise Invalid("Nothing differs from the formula in force, so no new version was made.")
    _keep(session, actor, "health_formula", values)
    return formula


def change_feedback_targets(
    session: Session, actor: Actor, opened: FeedbackTargets, acknowledge: int, decide: int
) -> None:
    """Set within how many office days feedback is acknowledged, and within how many days of the calendar decided.

    Telling is part of the health formula.

    `opened`: the targets when the form was opened. Raises: NotAllowed, Invalid; Conflict where they changed since.
    """
    actor.require(Verb.CHANGE, RecordKind.SETTING)
    _refuse_newer(opened, feedback_targets(session))
    if not 1 <= acknowledge <= decide <= 365:
        raise Invalid("Targets are days from 1 to 365, and deciding may not come before acknowledging.")
    if feedback_targets(session).tell < decide:
        raise Invalid("Deciding may not be due after telling. Change the days to tell (health formula) first.")
    _keep(session, actor, "feedback_targets", {"acknowledge_office_days": acknowledge, "decide": decide})


def change_office_days(
    session: Session, actor: Actor, opened: Workdays, closed: Sequence[str], open_on: Sequence[str]
) -> None:
    """Set on which further days the offices are closed (MM/DD/YYYY), and on which holidays they are open.

    `opened`: the office days when the form was opened. Raises: NotAllowed, Invalid; Conflict where they changed since.
    """
    actor.require(Verb.CHANGE, RecordKind.SETTING)
    _refuse_newer(opened, feedback_targets(session).workdays)
    days = {_day(words) for words in closed}
    if len(days) > MOST_CLOSED_DAYS:
        raise Invalid(f"At most {MOST_CLOSED_DAYS} further days can be closed. Take out those long past.")
    values: dict[str, object] = {"closed": sorted(day.isoformat() for day in days), "open_on": sorted(set(open_on))}
    _keep(session, actor, "office_days", values)


def change_answer_templates(
    session: Session, actor: Actor, opened: Sequence[AnswerTemplate], templates: Sequence[AnswerTemplate]
) -> None:
    """Set how answers to givers may begin; none: nothing is offered.

    `opened`: the templates when the form was opened. Raises: NotAllowed, Invalid; Conflict where they changed since.
    """
    actor.require(Verb.CHANGE, RecordKind.SETTING)
    _refuse_newer(tuple(opened), answer_templates(session, actor))
    if any(not each.name.strip() or not each.english.strip() for each in templates):
        raise Invalid("Each answer needs a name and its English words. Fill them in, or take the row out.")
    if len({each.name.strip().casefold() for each in templates}) < len(templates):
        raise Invalid("Two answers have the same name. Give each a name of its own.")
    if len(templates) > MOST_TEMPLATES:
        raise Invalid(f"At most {MOST_TEMPLATES} answers can be kept. Take some out.")
    kept = [{name: words.strip() for name, words in asdict(each).items()} for each in templates]
    _keep(session, actor, "answer_templates", {"templates": kept})


def _day(words: str) -> date:
    try:
        return datetime.strptime(words, "%m/%d/%Y").replace(tzinfo=UTC).date()
    except ValueError as problem:
        raise Invalid(f"“{words}” is not a day. Write days as 12/24/2026, with commas between them.") from problem


def set_default_cadence(
    session: Session, actor: Actor, kind: PartnerKind, days: int, from_on: date | None
) -> DefaultCadence:
    """Set the county's default cadence in days for a kind of partner, from a day on (None: always)."""
    actor.require(Verb.CHANGE, RecordKind.SETTING)
    if not 1 <= days <= 3660:
        raise Invalid("A cadence is a number of days from 1 to 3,660.")
    default = DefaultCadence(kind=kind, days=days, from_on=from_on, recorded_at=now(), recorded_by=actor.user_id)
    session.add(default)
    session.flush()
    record_change(session, actor, "set default cadence", RecordKind.SETTING, default.id, after=snapshot(default))
    return default


def change_county(session: Session, actor: Actor, version: int, name: str, time_zone: str) -> County:
    """Change the county's name or time zone."""
    actor.require(Verb.CHANGE, RecordKind.SETTING)
    if not name.strip():
        raise Invalid("The county needs a name.")
    check_zone(time_zone)
    county = get_or_refuse(session, County, 1, "county")
    values = {"name": name.strip(), "time_zone": time_zone}
    return change_record(session, actor, county, version, "change county", RecordKind.SETTING, values)


def _keep(session: Session, actor: Actor, name: str, values: dict[str, object]) -> None:
    before = setting_history(session, name)
    kept = Setting(name=name, value=values, recorded_at=now(), recorded_by=actor.user_id)
    session.add(kept)
    session.flush()
    record_change(
        session,
        actor,
        f"change {name.replace('_', ' ')}",
        RecordKind.SETTING,
        kept.id,
        before=dict(before[-1].value) if before else {},
        after=dict(values),
    )


def _refuse_newer(opened: object, in_force: object) -> None:
    if opened != in_force:
        raise Conflict(
            "Somebody changed this setting while you had it open. What holds now stands above; save once more if your "
            "numbers still fit."
        )


def _content(formula: Formula) -> tuple[object, ...]:
    return (dict(formula.weights), dict(formula.minimums), formula.bands, formula.target_days)
