"""Keep barriers and local system reviews, with everything that belongs to them"""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

STATES = ("named", "taken_up", "asked", "gone", "back", "set_aside")
VERDICTS = ("gone", "easier", "still_there")
SIDES = ("county", "partner", "outside")
COMPARED = ("gone", "better", "same", "worse")


def upgrade() -> None:
    _table(
        "system_review",
        _text("question"), _text("trigger"), _day("trigger_on"), _text("trigger_source"), _day("started_on"),
        _day("ended_on"), *(sa.Column(name, sa.Integer()) for name in METHODS), _number("again_of", "system_review"),
        indexed=("started_on", "again_of"),
    )  # fmt: skip
    _table(
        "review_member",
        _number("review_id", "system_review", must=True), _word("side", "teamside", SIDES), _text("role"),
        sa.Column("people", sa.Integer(), nullable=False),
        indexed=("review_id",),
    )  # fmt: skip
    _table(
        "review_debrief",
        _number("review_id", "system_review", must=True), _day("on_day", must=True), _text("subject"),
        _text("at_step"), _text("insight"), sa.Column("agency_there", sa.Boolean(), nullable=False),
        indexed=("review_id",),
    )  # fmt: skip
    _table(
        "review_finding",
        _number("review_id", "system_review", must=True), _text("words"), *map(_text, PLACED), _text("correction"),
        _day("corrected_on"), _number("earlier_id", "review_finding"), _word("compared", "compared", COMPARED, may=True),
        indexed=("review_id", "issue", "earlier_id"),
    )  # fmt: skip
    _table(
        "review_recommendation",
        _number("review_id", "system_review", must=True), _number("finding_id", "review_finding"), _text("what"),
        _text("owner"), _day("due_on", must=True), _day("done_on"), _text("became"),
        indexed=("review_id", "due_on"),
    )  # fmt: skip
    _table(
        "review_group",
        _number("review_id", "system_review", must=True), _text("name"), _number("partner_id", "partner"),
        _day("told_on"), _text("how"),
        indexed=("review_id", "partner_id"),
    )  # fmt: skip
    _table(
        "barrier",
        _text("words"), _text("said_by"), _day("named_on", must=True), _text("affected"), *map(_text, PLACED[2:]),
        _word("state", "barrierstate", STATES),
        indexed=("named_on", "issue", "state"),
    )  # fmt: skip
    op.create_table(
        "barrier_step",
        sa.Column("id", sa.Integer(), nullable=False, primary_key=True),
        _number("barrier_id", "barrier", must=True),
        _word("step", "barrierstate", STATES),
        _day("on_day", must=True),
        _text("said"),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.Column("recorded_by", sa.Integer()),
    )
    op.create_index("ix_barrier_step_barrier_id", "barrier_step", ["barrier_id"])
    _table(
        "barrier_evidence",
        _number("barrier_id", "barrier", must=True), _number("item_id", "feedback_item"),
        _number("engagement_id", "engagement"), _text("point"), _number("finding_id", "review_finding"),
        indexed=("barrier_id", "item_id", "engagement_id", "finding_id"),
    )  # fmt: skip
    _table(
        "barrier_owner",
        _number("barrier_id", "barrier", must=True), _number("account_id", "account"),
        _number("partner_id", "partner"), _text("role"), _day("until_on"),
        indexed=("barrier_id", "account_id", "partner_id"),
    )  # fmt: skip
    _table(
        "barrier_option",
        _number("barrier_id", "barrier", must=True), _text("what"), _number("partner_id", "partner"),
        _text("proposed_by"), sa.Column("taken", sa.Boolean()), _text("answer"),
        indexed=("barrier_id", "partner_id"),
    )  # fmt: skip
    _table(
        "barrier_action",
        _number("barrier_id", "barrier", must=True), _text("what"), _number("owner_id", "barrier_owner", must=True),
        _day("due_on", must=True), _day("done_on"), _text("dropped"),
        indexed=("barrier_id", "owner_id", "due_on"),
    )  # fmt: skip
    _table(
        "barrier_verdict",
        _number("barrier_id", "barrier", must=True), _number("step_id", "barrier_step", must=True),
        _number("partner_id", "partner", must=True), _word("verdict", "verdict", VERDICTS, may=True), _text("said"),
        _day("on_day"),
        indexed=("barrier_id", "step_id", "partner_id"),
    )  # fmt: skip
    op.execute("ALTER TABLE decision_source ADD COLUMN barrier_id INTEGER REFERENCES barrier (id)")
    op.add_column("decision_source", sa.Column("voided_at", UTCDateTime(), nullable=True))
    op.create_index("ix_decision_source_barrier_id", "decision_source", ["barrier_id"])


METHODS = ("interviews", "observations", "texts", "case_files")
PLACED = ("category", "category_version", "issue", "issue_version", "practice", "practice_version")


def _table(name: str, *columns: Any, indexed: Iterable[str]) -> None:
    """Make a table of records that can be voided."""
    op.create_table(
        name,
        sa.Column("voided_at", UTCDateTime(), nullable=True),
        _text("void_reason"),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False, primary_key=True),
        *columns,
    )
    for column in (*indexed, "recorded_by"):
        op.create_index(f"ix_{name}_{column}", name, [column])


def _text(name: str) -> Any:
    return sa.Column(name, sa.String(), nullable=False)


def _day(name: str, *, must: bool = False) -> Any:
    return sa.Column(name, sa.Date(), nullable=not must)


def _number(name: str, of: str, *, must: bool = False) -> Any:
    return sa.Column(name, sa.Integer(), sa.ForeignKey(f"{of}.id"), nullable=not must)


def _word(name: str, kind: str, values: tuple[str, ...], *, may: bool = False) -> Any:
    checked = sa.Enum(*values, name=f"ck_{kind}", native_enum=False, create_constraint=True, length=40)
    return sa.Column(name, checked, nullable=may)
