"""Local system reviews: the list, one with all that belongs to it, and beside the review it takes again."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from erp.access import Actor
from erp.errors import NotFound
from erp.models.accounts import Account
from erp.models.partners import Partner
from erp.models.reviews import (
    ReviewDebrief,
    ReviewFinding,
    ReviewGroup,
    ReviewMember,
    ReviewRecommendation,
    SystemReview,
)
from erp.queries.county import today
from erp.queries.visible import reviews_visible_to
from erp.states import review_state
from erp.vocabulary import Compared, RecordKind, ReviewState, Verb

#: What a finding is that the review before did not have.
NEW = "New"
REVIEW_COLUMNS = ["review_id", "question", "state", "started_on", "ended_on", "findings", "recommendations", "done"]
REVIEW_COLUMNS += ["groups", "told", "again_of", "voided"]
FINDING_COLUMNS = ["words", "category", "category_version", "issue", "issue_version", "practice", "practice_version"]
FINDING_COLUMNS += ["correction", "corrected_on", "earlier_id", "compared"]


def review_list(session: Session, actor: Actor) -> pd.DataFrame:
    """Return the reviews, one row each, the newest first.

    Columns: review_id int; question; state ReviewState (today); started_on, ended_on (date or None); findings,
    recommendations, done (of those), groups, told (of those) int; again_of (id or None); voided bool.
    """
    actor.require(Verb.SEE, RecordKind.SYSTEM_REVIEW)
    this_day = today(session)
    counts = {
        "findings": _count(ReviewFinding),
        "recommendations": _count(ReviewRecommendation),
        "done": _count(ReviewRecommendation, col(ReviewRecommendation.done_on).is_not(None)),
        "groups": _count(ReviewGroup),
        "told": _count(ReviewGroup, col(ReviewGroup.told_on).is_not(None)),
    }
    question = (
        select(SystemReview, *counts.values())
        .where(reviews_visible_to(actor))
        .order_by(col(SystemReview.started_on).desc().nulls_first(), col(SystemReview.id).desc())
    )
    rows = []
    for review, *numbers in session.execute(question):
        _, _, _, groups, told = numbers
        state = review_state(review.started_on, review.ended_on, groups > 0 and told == groups, this_day)
        days = (review.started_on, review.ended_on)
        rows.append((review.id, review.question, state, *days, *numbers, review.again_of, review.voided_at is not None))
    types = dict.fromkeys(("review_id", *counts), int) | {"again_of": "Int64", "voided": bool}
    return pd.DataFrame(rows, columns=REVIEW_COLUMNS, dtype=object).astype(types)  # pyright: ignore[reportArgumentType]


@dataclass(frozen=True)
class ReviewDetail:
    """One review as it reads; every part with part_id and version int, none of them voided, in the order they came.

    `members`: side, role, people. `debriefs`: on_day, subject, at_step, insight, agency_there. `findings`:
    FINDING_COLUMNS. `recommendations`: finding_id, what, owner, due_on, done_on, became. `groups`: partner_id, who,
    name, told_on, how. `earlier`: findings of the review that this one takes again, as `findings`. `later`: reviews
    that take this one again, id → day they began (None: planned).
    """

    review_id: int
    version: int
    question: str
    trigger: str
    trigger_on: date | None
    trigger_source: str
    started_on: date | None
    ended_on: date | None
    interviews: int | None
    observations: int | None
    texts: int | None
    case_files: int | None
    again_of: int | None
    state: ReviewState
    recorded_by: str
    voided: bool
    void_reason: str
    members: pd.DataFrame
    debriefs: pd.DataFrame
    findings: pd.DataFrame
    recommendations: pd.DataFrame
    groups: pd.DataFrame
    earlier: pd.DataFrame
    later: dict[int, date | None]


def review_detail(session: Session, actor: Actor, review_id: int) -> ReviewDetail:
    """Return one review. Raises: NotFound, the same whether it is not there or not for this person."""
    actor.require(Verb.SEE, RecordKind.SYSTEM_REVIEW)
    found = session.execute(
        select(SystemReview, col(Account.name))
        .outerjoin(Account, col(Account.id) == col(SystemReview.recorded_by))
        .where(col(SystemReview.id) == review_id, reviews_visible_to(actor))
    ).first()
    if found is None:
        raise NotFound("This review is not here. It may have been moved, or the address is wrong.")
    review, recorded_by = found
    groups = _groups(session, review_id)
    told = not groups.empty and bool(groups["told_on"].notna().all())
    before = _visible(session, actor, review.again_of)
    again = select(col(SystemReview.id), col(SystemReview.started_on)).where(
        col(SystemReview.again_of) == review_id, col(SystemReview.voided_at).is_(None), reviews_visible_to(actor)
    )
    fields = ("version", "question", "trigger", "trigger_on", "trigger_source", "started_on", "ended_on", "interviews")
    fields += ("observations", "texts", "case_files", "void_reason")
    return ReviewDetail(
        review_id=review_id,
        recorded_by=recorded_by or "",
        voided=review.voided_at is not None,
        again_of=before,
        state=review_state(review.started_on, review.ended_on, told, today(session)),
        members=_parts(session, ReviewMember, review_id, ["side", "role", "people"]),
        debriefs=_parts(
            session, ReviewDebrief, review_id, ["on_day", "subject", "at_step", "insight", "agency_there"]
        ).sort_values("on_day", kind="stable", ignore_index=True),
        findings=_findings(session, review_id),
        recommendations=_parts(
            session, ReviewRecommendation, review_id, ["finding_id", "what", "owner", "due_on", "done_on", "became"]
        ),
        groups=groups,
        earlier=_findings(session, before or 0),
        later=dict(session.execute(again.order_by(col(SystemReview.id))).all()),  # pyright: ignore[reportArgumentType]
        **{name: getattr(review, name) for name in fields},
    )


def beside(detail: ReviewDetail) -> pd.DataFrame:
    """Return two reviews finding by finding: those of the review before, and what became of each; then the others.

    Columns: earlier, later (words, "" where there is none), compared (a label, "Not looked at again" or "New").
    """
    rows: list[tuple[str, str, str]] = []
    findings = detail.findings.to_dict("records")
    for before in detail.earlier.to_dict("records"):
        same = [finding for finding in findings if finding["earlier_id"] == before["part_id"]]
        rows += [(before["words"], finding["words"], Compared(finding["compared"]).label) for finding in same]
        if not same:
            rows.append((before["words"], "", "Not looked at again"))
    known = set(detail.earlier["part_id"])
    rows += [("", finding["words"], NEW) for finding in findings if finding["earlier_id"] not in known]
    return pd.DataFrame(rows, columns=["earlier", "later", "compared"], dtype=str)


def findings_offered(session: Session, actor: Actor) -> dict[int, str]:
    """Return the findings that may show a barrier, the newest first: id → words."""
    question = (
        select(col(ReviewFinding.id), col(ReviewFinding.words))
        .join(SystemReview, col(SystemReview.id) == col(ReviewFinding.review_id))
        .where(reviews_visible_to(actor), col(ReviewFinding.voided_at).is_(None), col(SystemReview.voided_at).is_(None))
        .order_by(col(ReviewFinding.id).desc())
        .limit(200)
    )
    return dict(session.execute(question).all())


def _visible(session: Session, actor: Actor, review_id: int | None) -> int | None:
    here = select(col(SystemReview.id)).where(
        col(SystemReview.id) == review_id, col(SystemReview.voided_at).is_(None), reviews_visible_to(actor)
    )
    return session.scalar(here)


def _findings(session: Session, review_id: int) -> pd.DataFrame:
    earlier, before = aliased(ReviewFinding), aliased(SystemReview)
    question = (
        select(ReviewFinding, col(earlier.voided_at).is_(None) & col(before.voided_at).is_(None))
        .outerjoin(earlier, col(earlier.id) == col(ReviewFinding.earlier_id))
        .outerjoin(before, col(before.id) == col(earlier.review_id))
        .where(col(ReviewFinding.review_id) == review_id, col(ReviewFinding.voided_at).is_(None))
        .order_by(col(ReviewFinding.id))
    )
    rows = []
    for part, continues in session.execute(question):
        values = {column: getattr(part, column) for column in FINDING_COLUMNS}
        if not continues:  # what it continued was voided since: it stands by itself
            values |= {"earlier_id": None, "compared": None}
        rows.append((part.id, part.version, *values.values()))
    return pd.DataFrame(rows, columns=["part_id", "version", *FINDING_COLUMNS], dtype=object)


def _count(part: Any, *conditions: Any) -> Any:
    question = select(func.count(part.id)).where(part.review_id == col(SystemReview.id), part.voided_at.is_(None))
    return question.where(*conditions).correlate(SystemReview).scalar_subquery()


def _parts(session: Session, table: Any, review_id: int, columns: list[str]) -> pd.DataFrame:
    question = select(table).where(table.review_id == review_id, table.voided_at.is_(None)).order_by(table.id)
    rows = [
        (part.id, part.version, *(getattr(part, column) for column in columns)) for part in session.scalars(question)
    ]
    return pd.DataFrame(rows, columns=["part_id", "version", *columns], dtype=object)


def _groups(session: Session, review_id: int) -> pd.DataFrame:
    question = (
        select(ReviewGroup, col(Partner.name))
        .outerjoin(Partner, col(Partner.id) == col(ReviewGroup.partner_id))
        .where(col(ReviewGroup.review_id) == review_id, col(ReviewGroup.voided_at).is_(None))
        .order_by(col(ReviewGroup.id))
    )
    rows = [
        (group.id, group.version, group.partner_id, name or "", group.name, group.told_on, group.how)
        for group, name in session.execute(question)
    ]
    columns = ["part_id", "version", "partner_id", "who", "name", "told_on", "how"]
    return pd.DataFrame(rows, columns=columns, dtype=object)
