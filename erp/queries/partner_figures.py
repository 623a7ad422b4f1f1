"""The figures of a partner that are counted where they are asked for: last contact, cadence, what is open."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Integer, Label, Select, and_, case, cast, func, literal, or_, select, type_coerce
from sqlmodel import Session, col

from erp.access import Actor
from erp.db import embedded
from erp.health.formula import FORMULA_H1
from erp.models.commitments import Commitment
from erp.models.facts import Fact
from erp.models.feedback import FeedbackItem
from erp.models.partners import DefaultCadence, Partner
from erp.queries.county import today
from erp.queries.targets import COUNTY_NEXT
from erp.queries.visible import commitments_visible_to, feedback_visible_to, figures_visible_to


class PartnerFigures:
    """The figures of a Partner row as expressions for this actor, day and county."""

    def __init__(self, session: Session, actor: Actor) -> None:
        self.day = today(session)
        self.shown = figures_visible_to(actor)
        of_it = (col(Fact.partner_id) == col(Partner.id), col(Fact.known_to).is_(None))
        earlier_contact = select(func.max(col(Fact.on_day))).where(
            *of_it, col(Fact.kind) == "contact", col(Fact.on_day) <= self.day
        )
        # Of two agreed from one day the shorter holds, as in health: the closer promise.
        agreed_before = (
            select(cast(col(Fact.value), Integer))
            .where(*of_it, col(Fact.kind) == "cadence", self._begun(col(Fact.on_day)))
            .order_by(col(Fact.on_day).desc().nulls_last(), col(Fact.value))
            .limit(1)
        )
        # The ledger is asked only where what is kept beside the partner begins in days to come.
        newest_contact = self._unless_to_come(Partner.last_contact_on, Partner.last_contact_on, earlier_contact)
        agreed = self._unless_to_come(Partner.agreed_from, Partner.agreed_days, agreed_before)
        open_promise = and_(
            col(Commitment.partner_id) == col(Partner.id),
            col(Commitment.voided_at).is_(None),
            col(Commitment.done_on).is_(None),
            col(Commitment.withdrawn_on).is_(None),
            commitments_visible_to(actor),  # a count beside a list counts what the list shows
        )
        waiting = and_(
            col(FeedbackItem.partner_id) == col(Partner.id),
            col(FeedbackItem.voided_at).is_(None),
            col(FeedbackItem.state).in_(COUNTY_NEXT),
            col(FeedbackItem.duplicate_of).is_(None),
            feedback_visible_to(actor),
        )
        self.last_contact = self._if_shown(newest_contact)
        self.cadence_is_default = agreed.is_(None)
        self.cadence_days = func.coalesce(agreed, _default_days(session, self.day))
        self.days_over = self._days_since(session, self.last_contact) - self.cadence_days
        self.open_promises = self._if_shown(_count(Commitment.id, open_promise))
        self.overdue_promises = self._if_shown(
            _count(Commitment.id, and_(open_promise, col(Commitment.due_on) < self.day))
        )
        self.feedback_waiting = self._if_shown(_count(FeedbackItem.id, waiting))

    def _begun(self, day: Any) -> ColumnElement[bool]:
        return or_(day.is_(None), day <= self.day)

    def _unless_to_come(self, begins: Any, kept: Any, before: Select[Any]) -> ColumnElement[Any]:
        return case((self._begun(col(begins)), col(kept)), else_=before.scalar_subquery())

    def _if_shown(self, figure: ColumnElement[Any]) -> ColumnElement[Any]:
        return case((self.shown, figure))

    def _days_since(self, session: Session, day: ColumnElement[Any]) -> ColumnElement[Any]:
        if embedded(session):  # which keeps days as text
            return cast(func.julianday(self.day.isoformat()) - func.julianday(day), Integer)
        return type_coerce(literal(self.day) - day, Integer)

    def columns(self) -> list[Label[Any]]:
        """Name the figures as DIRECTORY_COLUMNS does."""
        named = {
            "figures_shown": self.shown,
            "last_contact": self.last_contact,
            "cadence_days": self.cadence_days,
            "cadence_is_default": self.cadence_is_default,
            "days_over_cadence": self.days_over,
            "open_promises": self.open_promises,
            "overdue_promises": self.overdue_promises,
            "feedback_waiting": self.feedback_waiting,
        }
        return [figure.label(name) for name, figure in named.items()]


def _count(column: Any, condition: ColumnElement[bool]) -> ColumnElement[int]:
    return select(func.count(col(column))).where(condition).scalar_subquery()


def _default_days(session: Session, day: date) -> ColumnElement[Any]:
    """Return the county's default cadence for the kind of a Partner row, in force on a day."""
    question = select(col(DefaultCadence.kind), col(DefaultCadence.days)).where(
        or_(col(DefaultCadence.from_on).is_(None), col(DefaultCadence.from_on) <= day)
    )
    ordered = question.order_by(col(DefaultCadence.from_on).nulls_first(), col(DefaultCadence.recorded_at))
    in_force = dict(session.execute(ordered).all())
    fallback = literal(FORMULA_H1.default_cadence_days)
    return case(in_force, value=col(Partner.kind), else_=fallback) if in_force else fallback
