"""The county's settings as pages show them."""

from dataclasses import dataclass

import pandas as pd
from sqlmodel import Session, col, select

from erp.access import Actor
from erp.health.formula import FORMULA_H1
from erp.models.partners import DefaultCadence
from erp.queries.county import setting
from erp.queries.targets import FeedbackTargets, feedback_targets
from erp.vocabulary import PartnerKind, RecordKind, Verb


@dataclass(frozen=True)
class AnswerTemplate:
    """How an answer to a giver may begin, in English and in Spanish ("": not written)."""

    name: str
    english: str
    spanish: str

    def in_language(self, language: str) -> str:
        """Return the words in the language of a giver, by its name; English where there are no others."""
        spanish = language.strip().casefold()[:4] in ("span", "espa")
        return self.spanish if spanish and self.spanish else self.english


#: Offered until the county writes its own. Ours, for the county to change.
USUAL_ANSWERS = (
    AnswerTemplate(
        "We have read it",
        "Thank you for telling us. We have read it and will come back to you with what we decide.",
        "Gracias por decírnoslo. Lo leímos y le responderemos con lo que decidamos.",
    ),
    AnswerTemplate(
        "We change it",
        "Because of what you told us we change the following: ",
        "Por lo que usted nos dijo, cambiamos lo siguiente: ",
    ),
    AnswerTemplate(
        "We cannot change it, and why",
        "We looked at this and cannot change it now. The reason: ",
        "Lo revisamos y por ahora no podemos cambiarlo. El motivo: ",
    ),
)


def answer_templates(session: Session, actor: Actor) -> tuple[AnswerTemplate, ...]:
    """Return the county's templates of answers, or the usual ones where it wrote none."""
    actor.require(Verb.SEE, RecordKind.FEEDBACK_ITEM)
    kept = setting(session, "answer_templates").get("templates")
    return USUAL_ANSWERS if kept is None else tuple(AnswerTemplate(**each) for each in kept)


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
