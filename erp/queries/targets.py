"""Within how many days feedback should be acknowledged, decided and told, and what an item waits for."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Date, and_, case, func, null, or_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import Session, col

from erp.health.formula import Formula
from erp.models.feedback import FeedbackItem
from erp.queries.county import setting
from erp.vocabulary import FeedbackState

S = FeedbackState

#: States in which the county has the next step; "told" waits for the giver. Source: product notes, promise 1.
COUNTY_NEXT = (S.RECEIVED, S.ACKNOWLEDGED, S.DECIDED, S.REOPENED)


@dataclass(frozen=True)
class FeedbackTargets:
    """Target days, counted from the day an item was received or last reopened. Defaults: ours, for the county."""

    acknowledge: int = 7
    decide: int = 30
    tell: int = 45

    def days_for(self, state: FeedbackState) -> int | None:
        """Return the days until the next step of an item in `state`; None where nothing is the county's to do."""
        return {
            S.RECEIVED: self.acknowledge,
            S.ACKNOWLEDGED: self.decide,
            S.DECIDED: self.tell,
            S.REOPENED: self.tell,
        }.get(state)


def feedback_targets(session: Session) -> FeedbackTargets:
    """Return the county's targets; the days to tell are those of its health formula, so that both agree."""
    days = setting(session, "feedback_targets")
    usual = FeedbackTargets()
    return FeedbackTargets(
        acknowledge=int(days.get("acknowledge", usual.acknowledge)),
        decide=int(days.get("decide", usual.decide)),
        tell=Formula.from_settings(setting(session, "health_formula")).target_days,
    )


def target_on(targets: FeedbackTargets, since: ColumnElement[date | None]) -> ColumnElement[date | None]:
    """Return the day by which the next step of a FeedbackItem is due, as an expression; null where there is none."""
    days = {state: targets.days_for(state) for state in COUNTY_NEXT}
    return case(
        *((_in(state), DaysAfter(since, n)) for state, n in days.items() if n is not None),
        else_=null(),
    )


def past_target(targets: FeedbackTargets, since: ColumnElement[date | None], this_day: date) -> ColumnElement[bool]:
    """Return the condition on FeedbackItem rows whose next step should have been done before `this_day`."""
    days = {state: targets.days_for(state) for state in COUNTY_NEXT}
    return or_(*(and_(_in(state), since < this_day - timedelta(days=n)) for state, n in days.items() if n is not None))


def _in(state: FeedbackState) -> ColumnElement[bool]:
    return col(FeedbackItem.state) == state


class DaysAfter(FunctionElement[date]):
    """A day and a number of days after it, in the words of each database."""

    name = "days_after"
    type = Date()
    inherit_cache = True


@compiles(DaysAfter)
def _plain(element: DaysAfter, compiler: SQLCompiler, **how: object) -> str:
    day, number = element.clauses
    return f"({compiler.process(day, **how)} + {compiler.process(number, **how)})"


@compiles(DaysAfter, "sqlite")
def _sqlite(element: DaysAfter, compiler: SQLCompiler, **how: object) -> str:
    day, number = element.clauses
    return compiler.process(func.date(day, func.printf("%d days", number)), **how)
