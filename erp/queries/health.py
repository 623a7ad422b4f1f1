"""Partnership health from the ledger of facts: figures by day and month, the ledger itself, the formula in force."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, func, literal_column
from sqlalchemy import select as sa_select
from sqlmodel import Session, col

from erp.access import Actor
from erp.db import embedded
from erp.errors import NotFound
from erp.health.engine import health_by_day, standings_by_day
from erp.health.formula import Formula
from erp.health.ledger import as_known
from erp.health.months import month_ends
from erp.health.standings import Standings
from erp.models.changes import Change
from erp.models.facts import Fact
from erp.models.partners import DefaultCadence, Partner
from erp.queries.county import day_of, end_of_day, setting, setting_history, today
from erp.queries.visible import figures_visible_to
from erp.vocabulary import RecordKind, Side, Verb

#: The columns of the ledger, in the order in which they are read.
FACT_COLUMNS = (
    "fact_id",
    "partner_id",
    "kind",
    "source_id",
    "on_day",
    "done_on",
    "withdrawn_on",
    "side",
    "respondent",
    "value",
    "marks_n",
    "marks_shared",
    "position",
    "known_from",
    "known_to",
)
#: January 1, 1970 as SQLite's Julian day, and the number that stands for a blank day.
_EPOCH, _NO_DAY = 2440587.5, -9_999_999
_DAYS = ("on_day", "done_on", "withdrawn_on")
_MOMENTS = ("known_from", "known_to")
#: From this many partners on the whole ledger is read; a database takes only so many values in one question.
_MANY = 500
#: Columns of few words, which are asked for as numbers: as texts those of a state's ledger took half a GiB.
_WORDS = {
    "kind": ("contact", "promise", "received", "told", "reopened", "confirmed", "rating", "cadence"),
    "side": ("", *(side.value for side in Side)),
}


@dataclass(frozen=True)
class FormulaVersion:
    """A version of the formula and the day from which it was in force (None: from the start)."""

    formula: Formula
    since: date | None


def formula_in_force(session: Session) -> Formula:
    """Return the newest version of the county's health formula; h1 where the county changed nothing."""
    return Formula.from_settings(setting(session, "health_formula"))


def health_formula(session: Session, actor: Actor) -> Formula:
    """Return the formula in force, for whoever may see partners."""
    actor.require(Verb.SEE, RecordKind.PARTNER)
    return formula_in_force(session)


def formula_versions(session: Session, actor: Actor) -> list[FormulaVersion]:
    """Return every version of the formula, oldest first; the first is h1 as published."""
    actor.require(Verb.SEE, RecordKind.PARTNER)
    return _versions(session)


def _versions(session: Session) -> list[FormulaVersion]:
    changed = [
        FormulaVersion(Formula.from_settings(row.value), day_of(session, row.recorded_at))
        for row in setting_history(session, "health_formula")
    ]
    return [FormulaVersion(Formula(), None), *changed]


def formula_of(session: Session, version: str) -> Formula:
    """Return the formula of a version, of an empty one the formula in force. Raises: NotFound."""
    if not version:
        return formula_in_force(session)
    for known in _versions(session):
        if known.formula.version == version:
            return known.formula
    raise NotFound(f"There is no version {version} of the health formula. Choose another one.")


def figures_by_day(
    session: Session,
    actor: Actor,
    days: Sequence[date],
    *,
    partner_id: int | None = None,
    known_on: date | None = None,
    formula: Formula | None = None,
) -> pd.DataFrame:
    """Return health on each day of every scored partner whose figures the actor may see (or of one partner).

    Columns and grain: as `erp.health.engine.health_by_day`, and `partner` (name) and `key`, the county's reference.
    Figures rest on all facts, also on those the actor may not open. `known_on`: as known at the end of that day; None:
    as known today.
    """
    actor.require(Verb.SEE, RecordKind.PARTNER)
    partners = tracked_partners(session, figures_visible_to(actor), partner_id)
    facts = ledger(session, _only(partner_id), held_true=known_on is None)
    defaults = default_cadences(session)
    if known_on is not None:
        moment = end_of_day(session, known_on).replace(tzinfo=None)
        facts, defaults = as_known(facts, moment), as_known(defaults, moment)
    figures = health_by_day(facts, partners, defaults, days, formula or formula_in_force(session))
    return figures.merge(partners[["partner_id", "partner", "key"]], on="partner_id", how="left")


def standing_by_month(session: Session, actor: Actor, months: int, version: str = "") -> Standings:
    """Return standing at the last `months` month-ends of every scored partner the actor may see figures of.

    The running month stands at today. `version`: of the formula; empty: the one in force.
    """
    actor.require(Verb.SEE, RecordKind.PARTNER)
    partners = tracked_partners(session, figures_visible_to(actor))
    return standings(session, last_months(today(session), months), partners, version)


def standings(session: Session, days: Sequence[date], partners: pd.DataFrame, version: str = "") -> Standings:
    """Return standing on each day of the partners given (columns as `tracked_partners`), of every fact.

    For figures that are kept for everybody and shown to each only as far as `figures_open_to` says.
    """
    ids = partners["partner_id"].tolist()
    facts = ledger(session, ids if len(ids) < _MANY else None)
    return standings_by_day(facts, partners, default_cadences(session), days, formula_of(session, version))


@dataclass(frozen=True)
class Ledgers:
    """How far a reading of the ledger reached: its newest fact, its newest closing, how many there are,
    the newest change of any record, and what all figures hang on.

    `rules`: formula and default cadences in force. Where it differs, every figure is another.
    """

    newest_fact: int
    newest_close: datetime
    closings: int
    newest_change: int
    rules: tuple[object, ...]


def ledger_reach(session: Session) -> Ledgers:
    """Return how far the ledger reaches now."""
    newest = session.scalar(sa_select(func.max(Fact.id)))
    is_closed = col(Fact.known_to).is_not(None)
    closed, closings = session.execute(sa_select(func.max(Fact.known_to), func.count()).where(is_closed)).one()
    change = session.scalar(sa_select(func.max(Change.id)))
    formula = formula_in_force(session)
    rules = (formula.version, session.scalar(sa_select(func.max(DefaultCadence.id))))
    return Ledgers(newest or 0, closed or datetime.min.replace(tzinfo=UTC), closings, change or 0, rules)


def partners_with_news(session: Session, since: Ledgers, until: Ledgers) -> set[int] | None:
    """Return the partners that were added or changed, or whose facts were, between two readings of the ledger.

    None where that cannot be told: the clock was set back, and a closing is older than the newest one known before.
    """
    added = session.scalars(sa_select(col(Fact.partner_id)).where(col(Fact.id) > since.newest_fact))
    closed = session.scalars(sa_select(col(Fact.partner_id)).where(col(Fact.known_to) > since.newest_close)).all()
    if since.closings + len(closed) != until.closings:
        return None
    # Every change is audited: kind, whether it has figures, archiving, none of which is a fact.
    of_partners = col(Change.record_kind) == RecordKind.PARTNER.value
    changed = session.scalars(sa_select(col(Change.record_id)).where(col(Change.id) > since.newest_change, of_partners))
    return {*added, *closed, *changed}  # facts asked apart: each has its index, an OR of both walks every fact


def figures_open_to(session: Session, actor: Actor) -> NDArray[np.int64]:
    """Return the ids of the partners whose figures the actor may see, rising. Nobody alters the array."""
    actor.require(Verb.SEE, RecordKind.PARTNER)
    here = (col(Partner.archived_at).is_(None), figures_visible_to(actor))
    return np.array(session.scalars(sa_select(col(Partner.id)).where(*here).order_by(col(Partner.id))).all(), np.int64)


def last_months(this_day: date, months: int) -> list[date]:
    """Return the last days of the `months` newest months; the running month at `this_day`."""
    number = this_day.year * 12 + this_day.month - 1
    first = number - months + 1
    return month_ends((first // 12, first % 12 + 1), (this_day.year, this_day.month), this_day)


def ledger(session: Session, partner_ids: Collection[int] | None = None, *, held_true: bool = True) -> pd.DataFrame:
    """Return the ledger: one row per fact, of some partners or all; `held_true`: only what is held true now.

    Columns: FACT_COLUMNS; days as datetime64, moments as naive UTC datetime64, NaT where blank, and where only what is
    held true now is asked for (nothing then depends on them).
    """
    asked = [name for name in FACT_COLUMNS if not (held_true and name in _MOMENTS)]
    as_one_text = _as_one_text_of_file if embedded(session) else _as_one_text_of_server
    question = sa_select(*(literal_column(as_one_text(name)) for name in asked)).select_from(Fact)
    if held_true:
        question = question.where(col(Fact.known_to).is_(None))
    if partner_ids is not None:
        question = question.where(col(Fact.partner_id).in_(partner_ids))
    texts = list(session.execute(question).one())
    columns = {name: _cells(name, texts.pop(0)) for name in asked}  # one by one, so that each text is let go of
    never = np.full(len(columns["fact_id"]), "NaT", dtype="datetime64[us]")
    return pd.DataFrame({name: columns.get(name, never) for name in FACT_COLUMNS})


def _as_one_text_of_file(name: str) -> str:
    """Ask for a whole column as one text: 150,000 facts in a third of the time, since no cell becomes an object."""
    if name in _WORDS:
        return f"group_concat({_numbered(name)})"
    if name == "respondent":
        return f"json_group_array({name})"
    if name in _DAYS:  # as day numbers: a text of each day would take memory for every fact
        return f"group_concat(coalesce(CAST(julianday({name}) - {_EPOCH} AS INTEGER), {_NO_DAY}))"
    blank = {"value": "'nan'"} | dict.fromkeys(_MOMENTS, "'NaT'")
    column = "id" if name == "fact_id" else name
    return f"group_concat({f'coalesce({column}, {blank[name]})' if name in blank else column})"


def _as_one_text_of_server(name: str) -> str:
    """As `_as_one_text_of_file`, in PostgreSQL's words."""
    if name == "respondent":
        return f"CAST(json_agg({name}) AS text)"
    if name in _WORDS:
        cell = _numbered(name)
    elif name in _DAYS:
        cell = f"coalesce({name} - DATE '1970-01-01', {_NO_DAY})"
    elif name in _MOMENTS:
        cell = f"coalesce(CAST({name} AT TIME ZONE 'UTC' AS text), 'NaT')"
    elif name == "value":
        cell = f"coalesce({name}, 'nan')"
    else:
        cell = "id" if name == "fact_id" else name
    return f"string_agg(CAST({cell} AS text), ',')"


def _numbered(name: str) -> str:
    return f"CASE {name} " + " ".join(f"WHEN '{word}' THEN {n}" for n, word in enumerate(_WORDS[name])) + " END"


def _cells(name: str, text: str | None) -> Any:
    """Read a column back from its text; None is a column without rows."""
    if name in _WORDS:
        codes = np.fromstring(text, dtype=np.int8, sep=",") if text else np.array([], dtype=np.int8)
        return pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(list(_WORDS[name])))
    if name == "respondent":
        return pd.Categorical(json.loads(text or "[]"))
    if name in _DAYS:
        days = np.fromstring(text, dtype=np.int64, sep=",") if text else np.array([], dtype=np.int64)
        days[days == _NO_DAY] = np.iinfo(np.int64).min  # numpy's NaT
        return days.view("datetime64[D]").astype("datetime64[s]")
    if name in _MOMENTS:
        return np.array(text.split(",") if text else [], dtype="datetime64[us]")
    kind = np.float64 if name == "value" else np.int64
    return np.fromstring(text, dtype=kind, sep=",") if text else np.array([], dtype=kind)


def tracked_partners(
    session: Session, visible: ColumnElement[bool], partner_id: int | Collection[int] | None = None
) -> pd.DataFrame:
    """Return partners not archived, or one or some of them, by partner_id.

    Columns: partner_id, partner (name), key, kind, tracked (bool).
    """
    columns = (Partner.id, Partner.name, Partner.key, Partner.kind, Partner.scored)
    question = sa_select(*map(col, columns)).where(col(Partner.archived_at).is_(None), visible)
    if partner_id is not None:
        question = question.where(col(Partner.id).in_([partner_id] if isinstance(partner_id, int) else partner_id))
    rows = session.execute(question.order_by(col(Partner.id))).all()
    ids, names, keys, kinds, tracked = ([row[place] for row in rows] for place in range(len(columns)))
    return pd.DataFrame(
        {
            "partner_id": np.array(ids, dtype=np.int64),
            "partner": pd.Series(names, dtype=str),
            "key": pd.Series(keys, dtype=str),
            "kind": pd.Series([str(kind) for kind in kinds], dtype=str),
            "tracked": np.array(tracked, dtype=bool),
        }
    )


def default_cadences(session: Session) -> pd.DataFrame:
    """Return the county's default cadences. Columns: kind, from_day (NaT always), days, known_from (naive UTC)."""
    columns = (DefaultCadence.kind, DefaultCadence.from_on, DefaultCadence.days, DefaultCadence.recorded_at)
    rows = session.execute(sa_select(*map(col, columns)).order_by(col(DefaultCadence.id))).all()
    kinds, starts, days, known = ([row[place] for row in rows] for place in range(len(columns)))
    return pd.DataFrame(
        {
            "kind": np.array([str(kind) for kind in kinds], dtype=object),
            "from_day": np.array(starts, dtype="datetime64[s]"),
            "days": np.array(days, dtype=float),
            "known_from": np.array([_naive(moment) for moment in known], dtype="datetime64[us]"),
        }
    )


def _only(partner_id: int | None) -> list[int] | None:
    return None if partner_id is None else [partner_id]


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)
