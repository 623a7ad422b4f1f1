"""The CAPP page: under each systemic issue the barriers and findings there are, and what has moved in a year."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from erp.access import Actor
from erp.frameworks import ISSUES
from erp.models.barriers import Barrier, BarrierStep
from erp.models.reviews import ReviewFinding, SystemReview
from erp.queries.barriers import OPEN_STATES
from erp.queries.county import today
from erp.queries.frameworks import frameworks_of
from erp.queries.visible import barriers_visible_to, reviews_visible_to
from erp.vocabulary import BarrierState, Compared, RecordKind, Verb

S = BarrierState
#: Days that "a year" looks back.
A_YEAR = 365
#: What stands for no issue: barriers and findings that were not placed yet.
NOT_PLACED = "none"
MOVED = ["open_then", "named", "gone", "back", "set_aside", "open_now"]


def capp_movement(session: Session, actor: Actor) -> pd.DataFrame:
    """Return what moved under each systemic issue in a year, one row per issue in the list's order, then not placed.

    Columns: issue (id, "none"); open_then, open_now (barriers open a year ago and today); named, gone, back, set_aside
    (barriers of which that was a step in between, each counted once); findings (as `findings_by_issue`), new_findings
    (of reviews that began in the year, not found before). All int. An issue that is retired has a row as long as
    something stands under it.
    """
    actor.require(Verb.SEE, RecordKind.BARRIER)
    actor.require(Verb.SEE, RecordKind.SYSTEM_REVIEW)
    this_day = today(session)
    then = this_day - timedelta(days=A_YEAR)
    found: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys((*MOVED, "findings", "new_findings"), 0))
    for issue, steps in _steps(session, actor):
        _count(found[issue or NOT_PLACED], steps, then)
    for finding, began, stands, compared in _findings(session, actor):
        row = found[finding.issue or NOT_PLACED]
        row["findings"] += stands
        row["new_findings"] += began is not None and then < began <= this_day and compared is None
    listed = frameworks_of(session).framework(ISSUES).entries
    ids = [held.id for held in listed if not held.retired or held.id in found]
    ids += sorted(found.keys() - set(ids) - {NOT_PLACED})
    rows = [(issue, *found[issue].values()) for issue in (*ids, NOT_PLACED)]
    return pd.DataFrame(rows, columns=["issue", *MOVED, "findings", "new_findings"])


def findings_by_issue(session: Session, actor: Actor) -> pd.DataFrame:
    """Return the findings that stand: not looked at in a later review, where they are others, and not gone there.

    Columns: finding_id, review_id int; issue ("" where not placed), issue_version, practice, practice_version, words;
    compared (Compared or None); began (date or None). The newest review first.
    """
    actor.require(Verb.SEE, RecordKind.SYSTEM_REVIEW)
    rows = [
        (f.id, f.review_id, f.issue, f.issue_version, f.practice, f.practice_version, f.words, compared, began)
        for f, began, stands, compared in _findings(session, actor)
        if stands
    ]
    columns = ["finding_id", "review_id", "issue", "issue_version", "practice", "practice_version", "words"]
    return pd.DataFrame(rows, columns=[*columns, "compared", "began"], dtype=object)


def _steps(session: Session, actor: Actor) -> list[tuple[str, list[tuple[date, BarrierState]]]]:
    question = (
        select(col(Barrier.id), col(Barrier.issue), col(BarrierStep.on_day), col(BarrierStep.step))
        .join(BarrierStep, col(BarrierStep.barrier_id) == col(Barrier.id))
        .where(barriers_visible_to(actor), col(Barrier.voided_at).is_(None))
        .order_by(col(Barrier.id), col(BarrierStep.id))
    )
    by_barrier: dict[int, tuple[str, list[tuple[date, BarrierState]]]] = {}
    for number, issue, on_day, step in session.execute(question):
        by_barrier.setdefault(number, (issue, []))[1].append((on_day, step))
    return list(by_barrier.values())


def _count(row: dict[str, int], steps: list[tuple[date, BarrierState]], then: date) -> None:
    before = [step for on_day, step in steps if on_day <= then]
    between = {step for on_day, step in steps if on_day > then}
    row["open_then"] += bool(before) and before[-1] in OPEN_STATES
    row["open_now"] += steps[-1][1] in OPEN_STATES
    for name in (S.NAMED, S.GONE, S.BACK, S.SET_ASIDE):
        row[name.value] += name in between


def _findings(session: Session, actor: Actor) -> list[tuple[ReviewFinding, date | None, bool, Compared | None]]:
    """Return each finding with the day its review began, whether it stands, and how it is beside the one before.

    The newest review first. What it continued may have been voided since; then it is beside none.
    """
    earlier, before = aliased(ReviewFinding), aliased(SystemReview)
    later = set(session.scalars(_looked_at_later(actor)))
    question = (
        select(
            ReviewFinding,
            col(SystemReview.started_on),
            col(earlier.voided_at).is_(None) & col(before.voided_at).is_(None),
        )
        .join(SystemReview, col(SystemReview.id) == col(ReviewFinding.review_id))
        .outerjoin(earlier, col(earlier.id) == col(ReviewFinding.earlier_id))
        .outerjoin(before, col(before.id) == col(earlier.review_id))
        .where(*_here(actor))
        .order_by(col(SystemReview.started_on).desc().nulls_last(), col(ReviewFinding.id))
    )
    found = []
    for finding, began, continues in session.execute(question):
        compared = finding.compared if continues else None
        stands = finding.id not in later and compared is not Compared.GONE
        found.append((finding, began, stands, compared))
    return found


def _here(actor: Actor) -> tuple[Any, ...]:
    voided = (col(ReviewFinding.voided_at), col(SystemReview.voided_at))
    return (*(at.is_(None) for at in voided), reviews_visible_to(actor))


def _looked_at_later(actor: Actor) -> Any:
    """Return the findings that a later review, which the actor may see, looked at again."""
    return (
        select(col(ReviewFinding.earlier_id))
        .join(SystemReview, col(SystemReview.id) == col(ReviewFinding.review_id))
        .where(*_here(actor), col(ReviewFinding.earlier_id).is_not(None))
    )
