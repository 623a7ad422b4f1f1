"""Kept standings follow every save, partner by partner, and show each reader only what is open to them."""

from datetime import timedelta

import pandas as pd
import pytest
from sqlalchemy import true
from sqlmodel import Session

from erp import db
from erp.health.standings import Standings
from erp.queries.county import now, today
from erp.queries.health import last_months, standings, tracked_partners
from erp.services.engagements import EngagementDraft, PartnerAt, log_engagement, void_engagement
from erp.services.partners import PartnerDraft, add_partner, archive_partner
from erp.services.ratings import RatingDraft, enter_rating
from erp.ui import loads
from erp.vocabulary import PartnerKind, Side
from tests.conftest import Cast


def from_scratch() -> Standings:
    with db.reading() as session:
        days = last_months(today(session), loads.KEPT_MONTHS)
        return standings(session, days, tracked_partners(session, true()))


def kept() -> Standings:
    with db.reading() as session:
        here = now(session)
    return loads._standings_of(here)


def agree() -> None:
    pd.testing.assert_frame_equal(kept().frame(), from_scratch().frame())


def meet(session: Session, cast: Cast, *partners: int) -> int:
    links = tuple(PartnerAt(partner_id=p) for p in partners)
    draft = EngagementDraft(held_on=today(session) - timedelta(days=3), purpose="Session", partners=links)
    return log_engagement(session, cast.leadership, draft).id or 0


def partners(cast: Cast, n: int) -> list[int]:
    with db.writing() as session:
        drafts = [PartnerDraft(name=f"P {number}", kind=PartnerKind.OTHER) for number in range(n)]
        return [add_partner(session, cast.leadership, draft).id or 0 for draft in drafts]


def rate(session: Session, cast: Cast, partner: int) -> None:
    draft = RatingDraft(
        partner_id=partner, respondent="A", side=Side.PARTNER, rated_on=today(session), answers=(4,) * 10
    )
    enter_rating(session, cast.leadership, draft)


def test_kept_standings_are_those_from_scratch_after_every_kind_of_save(database: object, cast: Cast) -> None:
    ids = partners(cast, 4)
    agree()
    with db.writing() as session:
        meeting = meet(session, cast, *ids[:2])
    agree()
    with db.writing() as session:
        rate(session, cast, ids[2])
    agree()
    with db.writing() as session:
        void_engagement(session, cast.leadership, meeting, 1, "entered twice")
    agree()
    with db.writing() as session:
        add_partner(session, cast.leadership, PartnerDraft(name="New", kind=PartnerKind.SYSTEM_PARTNER))
        archive_partner(session, cast.leadership, ids[3], 1, "ended")
    agree()


def test_many_partners_with_news_are_figured_all_anew(
    database: object, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loads, "MUCH_NEWS", 2)
    ids = partners(cast, 5)
    agree()
    with db.writing() as session:
        meet(session, cast, *ids[:4])
    agree()


def test_only_partners_with_news_are_figured_anew(
    database: object, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = partners(cast, 5)
    kept()
    asked: list[list[int]] = []
    plain = loads.standings

    def counting(session: Session, days: object, partners: pd.DataFrame) -> Standings:
        asked.append(partners["partner_id"].tolist())
        return plain(session, days, partners)

    monkeypatch.setattr(loads, "standings", counting)
    with db.writing() as session:
        meet(session, cast, ids[1], ids[3])
    kept()
    kept()
    assert asked == [[ids[1], ids[3]]]


def test_until_all_are_kept_a_list_has_the_standings_of_its_own_partners_as_far_as_the_reader_may(
    database: object, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = partners(cast, 4)
    with db.writing() as session:
        draft = PartnerDraft(name="T", kind=PartnerKind.TRIBAL_GOVERNMENT, scored=True)
        tribe = add_partner(session, cast.tribal_liaison, draft).id
        assert tribe
        for partner in (*ids, tribe):
            rate(session, cast, partner)
    asked = {ids[2], ids[0], tribe}
    for reader, open_to in ((cast.leadership, asked), (cast.viewer, {ids[0], ids[2]})):
        monkeypatch.setattr(loads, "require_actor", lambda reader=reader: reader)
        monkeypatch.setattr(loads, "_book", {})
        at_once = loads.standing(13, partner_ids=asked)
        assert not loads._book
        assert set(at_once.partner_ids.tolist()) == open_to
        loads.keep_standings()
        assert loads._book
        pd.testing.assert_frame_equal(at_once.frame(), loads.standing(13, partner_ids=asked).frame())
