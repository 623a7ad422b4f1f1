"""Local system reviews: the question, the team by role, debriefs, findings, recommendations, who was told when."""

from datetime import date

from sqlmodel import Field

from erp.models import base
from erp.models.base import Recorded, Table, Voidable
from erp.vocabulary import Compared, TeamSide


class SystemReview(Table, Recorded, Voidable, table=True):
    """A look, with partners, at how the system brings a result about. It asks how, not who, and holds no case.

    `trigger`: the figure that set it off, `trigger_on` its day, `trigger_source` where it stands. Methods by count
    only; None: not recorded. `again_of`: the review that this one takes again.
    """

    __tablename__ = "system_review"  # pyright: ignore[reportAssignmentType] -- SQLModel's own way to name a table

    id: int | None = Field(default=None, primary_key=True)
    question: str
    trigger: str = ""
    trigger_on: date | None = None
    trigger_source: str = ""
    started_on: date | None = Field(default=None, index=True)
    ended_on: date | None = None
    interviews: int | None = None
    observations: int | None = None
    texts: int | None = None
    case_files: int | None = None
    again_of: int | None = Field(default=None, foreign_key="system_review.id", index=True)


class ReviewMember(Table, Recorded, Voidable, table=True):
    """People of the review's team by role, never by name, and how many."""

    __tablename__ = "review_member"  # pyright: ignore[reportAssignmentType] -- SQLModel's own way to name a table

    id: int | None = Field(default=None, primary_key=True)
    review_id: int = Field(foreign_key="system_review.id", index=True)
    side: TeamSide = base.words(TeamSide)
    role: str
    people: int = 1


class ReviewDebrief(Table, Recorded, Voidable, table=True):
    """A note of a day's debrief, by the fixed prompt. `agency_there`: agency staff took part in it."""

    __tablename__ = "review_debrief"  # pyright: ignore[reportAssignmentType] -- SQLModel's own way to name a table

    id: int | None = Field(default=None, primary_key=True)
    review_id: int = Field(foreign_key="system_review.id", index=True)
    on_day: date
    subject: str
    at_step: str = ""
    insight: str
    agency_there: bool = False


class ReviewFinding(Table, Recorded, Voidable, table=True):
    """What the review found, with the agency's correction kept beside it, never in its place.

    `category`, `issue`, `practice`: entries, each with its version. `earlier_id`: the same finding in the review
    before; `compared`: how it stands beside it.
    """

    __tablename__ = "review_finding"  # pyright: ignore[reportAssignmentType] -- SQLModel's own way to name a table

    id: int | None = Field(default=None, primary_key=True)
    review_id: int = Field(foreign_key="system_review.id", index=True)
    words: str
    category: str = ""
    category_version: str = ""
    issue: str = Field(default="", index=True)
    issue_version: str = ""
    practice: str = ""
    practice_version: str = ""
    correction: str = ""
    corrected_on: date | None = None
    earlier_id: int | None = Field(default=None, foreign_key="review_finding.id", index=True)
    compared: Compared | None = base.words(Compared, default=None, nullable=True)


class ReviewRecommendation(Table, Recorded, Voidable, table=True):
    """What the review recommends, who takes care of it and by when; `became`: what was done about it."""

    __tablename__ = "review_recommendation"  # pyright: ignore[reportAssignmentType] -- SQLModel's own way to name a table

    id: int | None = Field(default=None, primary_key=True)
    review_id: int = Field(foreign_key="system_review.id", index=True)
    finding_id: int | None = Field(default=None, foreign_key="review_finding.id")
    what: str
    owner: str
    due_on: date = Field(index=True)
    done_on: date | None = None
    became: str = ""


class ReviewGroup(Table, Recorded, Voidable, table=True):
    """A group that contributed to a review, and the day on which it was told what was found."""

    __tablename__ = "review_group"  # pyright: ignore[reportAssignmentType] -- SQLModel's own way to name a table

    id: int | None = Field(default=None, primary_key=True)
    review_id: int = Field(foreign_key="system_review.id", index=True)
    name: str
    partner_id: int | None = Field(default=None, foreign_key="partner.id", index=True)
    told_on: date | None = None
    how: str = ""
