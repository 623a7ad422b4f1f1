"""The index of words: made from every record, brought up to each change, never more than the records say."""

from datetime import date

import pytest
from sqlalchemy import text
from sqlmodel import Session

from erp import db
from erp.models.search import IndexState
from erp.queries.search import search
from erp.services import search as index
from erp.services.engagements import EngagementDraft, PartnerAt, log_engagement, void_engagement
from erp.services.imports import import_file
from erp.services.linking import link_name
from erp.services.partners import PartnerDraft, add_partner, change_partner
from erp.vocabulary import PartnerKind, RecordKind
from tests.conftest import Cast, make_findable

DAY = date(2026, 3, 5)


def titles(session: Session, cast: Cast, words: str, kind: RecordKind = RecordKind.PARTNER) -> list[str]:
    make_findable(session)
    return [hit.title for hits in search(session, cast.leadership, words) for hit in hits.rows if hits.kind is kind]


def partner(session: Session, cast: Cast, name: str, **more: object) -> int:
    draft = PartnerDraft.of(name=name, kind=PartnerKind.COMMUNITY_ORGANIZATION, **more)
    return add_partner(session, cast.coordinator, draft).id or 0


def met(session: Session, cast: Cast, partner_id: int, **more: object) -> int:
    values = {"held_on": DAY, "purpose": "Spring planning", "partners": (PartnerAt(partner_id=partner_id),)} | more
    return log_engagement(session, cast.coordinator, EngagementDraft.of(**values)).id or 0


def test_records_from_before_the_index_are_put_into_it_a_stretch_at_a_time(session: Session, cast: Cast) -> None:
    for n in range(7):
        met(session, cast, partner(session, cast, f"Heron {n}"))
    assert index.something_missing(session)
    stretches = 0
    while index.bring_up_to_date(session, most=3):
        stretches += 1
    assert stretches > 5
    assert not index.something_missing(session)
    assert len(search(session, cast.leadership, "heron")[0].rows) == 5
    assert search(session, cast.leadership, "heron")[0].total == 7
    assert search(session, cast.leadership, "spring")[0].total == 7


def test_what_is_changed_while_the_index_is_made_is_read_afterwards(session: Session, cast: Cast) -> None:
    number = partner(session, cast, "Heron House")
    partner(session, cast, "Lark House")
    index.bring_up_to_date(session, most=1)  # Heron House is in it, Lark House is not
    draft = PartnerDraft(name="Wren House", kind=PartnerKind.COMMUNITY_ORGANIZATION)
    change_partner(session, cast.coordinator, number, 1, draft)
    assert titles(session, cast, "house") == ["Lark House", "Wren House"] or titles(session, cast, "house") == [
        "Wren House",
        "Lark House",
    ]
    assert titles(session, cast, "heron") == []


def test_a_changed_record_is_found_by_its_new_words_and_no_more_by_the_old_ones(session: Session, cast: Cast) -> None:
    number = partner(session, cast, "Heron House", other_names=("The Nest",))
    assert titles(session, cast, "nest") == ["Heron House"]
    draft = PartnerDraft(name="Heron House", kind=PartnerKind.COMMUNITY_ORGANIZATION, former_names=("Old Mill",))
    change_partner(session, cast.coordinator, number, 1, draft)
    assert titles(session, cast, "nest") == []
    assert titles(session, cast, "mill") == ["Heron House"]
    rows = session.execute(text("SELECT count(*) FROM words_of_partner")).scalar_one()
    assert rows == 1


def test_an_engagement_moved_to_another_day_stands_once_in_the_index(session: Session, cast: Cast) -> None:
    from erp.services.engagements import change_engagement

    here = partner(session, cast, "Heron House")
    number = met(session, cast, here)
    assert titles(session, cast, "spring", RecordKind.ENGAGEMENT) == ["Spring planning"]
    moved = EngagementDraft(held_on=date(2026, 4, 9), purpose="Spring planning", partners=(PartnerAt(partner_id=here),))
    change_engagement(session, cast.coordinator, number, 1, moved)
    assert titles(session, cast, "spring", RecordKind.ENGAGEMENT) == ["Spring planning"]
    assert session.execute(text("SELECT count(*) FROM words_of_engagement")).scalar_one() == 1


def test_a_voided_engagement_is_not_found(session: Session, cast: Cast) -> None:
    number = met(session, cast, partner(session, cast, "Heron House"))
    assert titles(session, cast, "spring", RecordKind.ENGAGEMENT)
    void_engagement(session, cast.leadership, number, 1, "entered twice")
    assert titles(session, cast, "spring", RecordKind.ENGAGEMENT) == []


def test_a_name_that_is_linked_later_finds_the_engagement_by_the_partners_other_names(
    cast: Cast, database: object
) -> None:
    rows = b"date,partners,purpose\n2026-03-05,Hern Hs,Van for deliveries\n"
    import_file(cast.administrator, "engagements", rows, "log.csv")
    with db.writing() as session:
        number = partner(session, cast, "Heron House", former_names=("Mill Street Nest",))
        assert titles(session, cast, "hern", RecordKind.ENGAGEMENT) == ["Van for deliveries"]
        assert titles(session, cast, "mill van", RecordKind.ENGAGEMENT) == []
        link_name(session, cast.coordinator, "Hern Hs", number)
        assert titles(session, cast, "mill van", RecordKind.ENGAGEMENT) == ["Van for deliveries"]


def test_an_import_can_be_found_as_soon_as_it_is_in(cast: Cast, database: object) -> None:
    import_file(cast.administrator, "partners", b"name,kind\nHeron House,Community organization\n", "roster.csv")
    with db.reading() as session:
        assert not index.something_missing(session)
        assert [hits.rows[0].title for hits in search(session, cast.viewer, "heron")] == ["Heron House"]


def test_bringing_the_index_up_to_date_changes_no_figure_and_writes_no_history(cast: Cast, database: object) -> None:
    with db.writing() as session:
        partner(session, cast, "Heron House")
    with db.reading() as session:
        before = db.data_revision(session), session.execute(text("SELECT count(*) FROM change")).scalar_one()
    with db.writing(counts=False) as session:
        make_findable(session)
    with db.reading() as session:
        assert (db.data_revision(session), session.execute(text("SELECT count(*) FROM change")).scalar_one()) == before


def test_an_interrupted_making_goes_on_where_it_was(cast: Cast, database: object) -> None:
    with db.writing() as session:
        for n in range(4):
            partner(session, cast, f"Heron {n}")

    def stretch_that_fails() -> None:
        with db.writing(counts=False) as session:
            index.bring_up_to_date(session, most=2)
            raise RuntimeError("the power went")

    with pytest.raises(RuntimeError, match="power"):
        stretch_that_fails()
    with db.writing(counts=False) as session:
        index.bring_up_to_date(session, most=2)
    with db.writing(counts=False) as session:
        assert session.get_one(IndexState, 1).built == {"partner": 2}
        make_findable(session)
        assert search(session, cast.viewer, "heron")[0].total == 4
