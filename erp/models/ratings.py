"""Ratings of a partnership by either side: ten items in the county's own words."""

from datetime import date

from sqlmodel import Field

from erp.models.base import Imported, Recorded, Table, Voidable, words
from erp.vocabulary import Side


class Rating(Table, Imported, Recorded, Voidable, table=True):
    """One person's answers (1–5, None unanswered) about one partnership on one day. Nobody is named on any page."""

    id: int | None = Field(default=None, primary_key=True)
    partner_id: int | None = Field(default=None, foreign_key="partner.id", index=True)
    respondent: str
    side: Side = words(Side)
    rated_on: date
    item_1: int | None = None
    item_2: int | None = None
    item_3: int | None = None
    item_4: int | None = None
    item_5: int | None = None
    item_6: int | None = None
    item_7: int | None = None
    item_8: int | None = None
    item_9: int | None = None
    item_10: int | None = None
