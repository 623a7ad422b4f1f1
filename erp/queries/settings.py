"""The county's settings as pages show them."""

import pandas as pd
from sqlmodel import Session, col, select

from erp.access import Actor
from erp.health.formula import FORMULA_H1
from erp.models.partners import DefaultCadence
from erp.queries.targets import FeedbackTargets, feedback_targets
from erp.vocabulary import PartnerKind, RecordKind, Verb


def cadence_defaults(session: Session, actor: Actor) -> pd.DataFrame:
    """Return default cadences, one row per kind and change, in the order in which they count.

    Columns: Kind of partner, Days, From ("always" or a day in words). A kind never changed has the published default.
    """
    actor.require(Verb.SEE, RecordKind.SETTING)
    rows = session.exec(
        select(DefaultCadence).order_by(col(DefaultCadence.from_on).nulls_first(), col(DefaultCadence.id))
    ).all()
    said = [
        (kind.label, FORMULA_H1.default_cadence_days, "always")
        for kind in PartnerKind
        if all(row.kind != kind or row.from_on is not None for row in rows)
    ]
    said += [(row.kind.label, row.days, f"{row.from_on:%b %-d, %Y}" if row.from_on else "always") for row in rows]
    return pd.DataFrame(sorted(said, key=lambda row: row[0]), columns=["Kind of partner", "Days", "From"])


def targets_in_force(session: Session, actor: Actor) -> FeedbackTargets:
    """Return the county's feedback targets in days."""
    actor.require(Verb.SEE, RecordKind.FEEDBACK_ITEM)
    return feedback_targets(session)
