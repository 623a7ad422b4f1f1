"""Themes of feedback: the county's list, those of an item, and how often each came up, small counts hidden."""

from collections import Counter
from datetime import date

import pandas as pd
from sqlalchemy import select
from sqlmodel import Session, col

from erp.access import Actor
from erp.models.feedback import FeedbackItem
from erp.models.partners import Partner
from erp.models.themes import FeedbackTheme, Theme
from erp.queries.behaviors import quarters_until
from erp.queries.county import today
from erp.queries.visible import feedback_visible_to
from erp.vocabulary import PartnerKind, RecordKind, Verb

#: Counts below this are not told: who is behind one or two could be guessed. Ours, for the county to confirm.
SMALLEST = 5
#: What stands for such a count.
FEW = f"1–{SMALLEST - 1}"
#: Quarters that are counted.
QUARTERS = 8
#: The column of feedback that came without a partner.
NO_PARTNER = "No partner"


def theme_list(session: Session, actor: Actor, archived: bool = False) -> pd.DataFrame:
    """Return the themes in use, or the archived ones. Columns: theme_id, version int; name. By name."""
    actor.require(Verb.SEE, RecordKind.FEEDBACK_ITEM)
    put_away = col(Theme.archived_at)
    question = (
        select(col(Theme.id), col(Theme.version), col(Theme.name))
        .where(put_away.is_not(None) if archived else put_away.is_(None))
        .order_by(col(Theme.name_key))
    )
    rows = [tuple(row) for row in session.execute(question)]
    frame = pd.DataFrame(rows, columns=["theme_id", "version", "name"], dtype=object)
    return frame.astype({"theme_id": int, "version": int})


def themes_of(session: Session, actor: Actor, item_id: int) -> dict[int, str]:
    """Return the themes of an item that the actor may see, id → name; none where there is no such item for them."""
    question = (
        select(col(Theme.id), col(Theme.name))
        .join(FeedbackTheme, col(FeedbackTheme.theme_id) == col(Theme.id))
        .join(FeedbackItem, col(FeedbackItem.id) == col(FeedbackTheme.item_id))
        .where(col(FeedbackItem.id) == item_id, feedback_visible_to(actor))
        .order_by(col(Theme.name_key))
    )
    return dict(session.execute(question).all())


def themes_by_quarter(session: Session, actor: Actor) -> pd.DataFrame:
    """Return how often each theme came up in the last eight quarters, of what the actor may see.

    Columns: Theme, one per quarter ("2026-Q1") and Total, all text: a count, "–" for none, "1–4" for a small one. The
    total leaves small counts out ("20 and more"; "few" where there are only such), so that none follows from it.
    One row per theme in use, by name.
    """
    quarters = quarters_until(today(session), QUARTERS)
    found = Counter((theme, _quarter(on)) for theme, on, _ in _told(session, actor) if on is not None)
    return _table(session, actor, found, {quarter: quarter for quarter in quarters})


def themes_by_kind(session: Session, actor: Actor) -> pd.DataFrame:
    """Return how often each theme came up with each kind of partner. As `themes_by_quarter`, by kind."""
    found = Counter((theme, kind.value if kind else "") for theme, _, kind in _told(session, actor))
    return _table(session, actor, found, {kind.value: kind.label for kind in PartnerKind} | {"": NO_PARTNER})


def _told(session: Session, actor: Actor) -> list[tuple[int, date | None, PartnerKind | None]]:
    actor.require(Verb.SEE, RecordKind.FEEDBACK_ITEM)
    question = (
        select(col(FeedbackTheme.theme_id), col(FeedbackItem.received_on), col(Partner.kind))
        .join(FeedbackItem, col(FeedbackItem.id) == col(FeedbackTheme.item_id))
        .outerjoin(Partner, col(Partner.id) == col(FeedbackItem.partner_id))
        .where(
            feedback_visible_to(actor),
            col(FeedbackItem.voided_at).is_(None),
            col(FeedbackItem.duplicate_of).is_(None),
        )
    )
    return [(theme, on, kind) for theme, on, kind in session.execute(question)]


def _table(session: Session, actor: Actor, found: Counter[tuple[int, str]], columns: dict[str, str]) -> pd.DataFrame:
    rows = []
    for theme_id, _, name in theme_list(session, actor).itertuples(index=False):
        counts = [found[theme_id, key] for key in columns]
        rows.append([name, *map(_shown, counts), _total(counts)])
    return pd.DataFrame(rows, columns=["Theme", *columns.values(), "Total"], dtype=object)


def _total(counts: list[int]) -> str:
    """Say a sum out of which no small count follows."""
    told, small = sum(n for n in counts if n >= SMALLEST), [n for n in counts if 0 < n < SMALLEST]
    if not small:
        return f"{told:,}"
    if told:
        return f"{told:,} and more"
    return FEW if len(small) == 1 else "few"


def _shown(count: int) -> str:
    if count == 0:
        return "–"
    return FEW if count < SMALLEST else f"{count:,}"


def _quarter(day: date) -> str:
    return f"{day.year}-Q{(day.month + 2) // 3}"
