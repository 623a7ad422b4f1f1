"""Within how many days feedback should be acknowledged, decided and told, and what an item waits for."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Date, and_, case, func, not_, null, or_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import Session, col

from erp.health.formula import Formula
from erp.models.feedback import FeedbackItem
from erp.queries.county import setting
from erp.queries.workdays import USUALLY_OPEN, Workdays
from erp.vocabulary import FeedbackState

S = FeedbackState

#: States in which the county has the next step; "told" waits for the giver. Source: product notes, promise 1.
COUNTY_NEXT = (S.RECEIVED, S.ACKNOWLEDGED, S.DECIDED, S.REOPENED)


@dataclass(frozen=True)
class FeedbackTargets:
    """Targets, counted from the day an item was received or last reopened. Defaults: ours, for the county.

    `acknowledge` is in office days, `decide` and `tell` in days of the calendar.
    """

    acknowledge: int = 5
    decide: int = 30
    tell: int = 45
    workdays: Workdays = field(default_factory=Workdays)

    def target_on(self, state: FeedbackState, since: date | None) -> date | None:
        """Return the day by which the next step of an item is due; None where nothing is the county's to do."""
        if since is None or state not in COUNTY_NEXT:
            return None
        if state is S.RECEIVED:
            return self.workdays.after(since, self.acknowledge)
        return since + timedelta(days=self.days_for(state))

    def days_for(self, state: FeedbackState) -> int:
        """Return the days of the calendar until the next step of an item in `state`, as near as days can say it."""
        return {S.RECEIVED: -(-self.acknowledge * 7 // 5), S.ACKNOWLEDGED: self.decide}.get(state, self.tell)


def feedback_targets(session: Session) -> FeedbackTargets:
    """Return the county's targets; the days to tell are those of its health formula, so that both agree."""
    kept = setting(session, "feedback_targets")
    usual = FeedbackTargets()
    # Counties of before this version set days of the calendar: a week is five office days.
    earlier = max(1, round(kept["acknowledge"] * 5 / 7)) if "acknowledge" in kept else usual.acknowledge
    days = setting(session, "office_days")
    workdays = Workdays(
        closed=frozenset(date.fromisoformat(day) for day in days.get("closed", ())),
        open_on=frozenset(days.get("open_on", USUALLY_OPEN)),
    )
    return FeedbackTargets(
        acknowledge=int(kept.get("acknowledge_office_days", earlier)),
        decide=int(kept.get("decide", usual.decide)),
        tell=Formula.from_settings(setting(session, "health_formula")).target_days,
        workdays=workdays,
    )


def about_target_on(targets: FeedbackTargets, since: ColumnElement[date | None]) -> ColumnElement[date | None]:
    """Return about when the next step of a FeedbackItem is due, to sort by; null where nothing is the county's to do.

    Office days are sorted as days of the calendar: holidays are not known to the database, and move it by a few days.
    """
    return case(
        (_paused(), null()),
        *((_in(state), DaysAfter(since, targets.days_for(state))) for state in COUNTY_NEXT),
        else_=null(),
    )


def past_target(targets: FeedbackTargets, since: ColumnElement[date | None], this_day: date) -> ColumnElement[bool]:
    """Return the condition on FeedbackItem rows whose next step should have been done before `this_day`."""
    received = since <= targets.workdays.latest_due_before(this_day, targets.acknowledge)
    others = (s for s in COUNTY_NEXT if s is not S.RECEIVED)
    late = (and_(_in(state), since < this_day - timedelta(days=targets.days_for(state))) for state in others)
    return and_(not_(_paused()), or_(and_(_in(S.RECEIVED), received), *late))


def _paused() -> ColumnElement[bool]:
    return col(FeedbackItem.paused_on).is_not(None)


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
