"""People and names of partners are confirmed on a day by somebody, and are due again after a while."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
import time_machine

from erp import db
from erp.access import Actor
from erp.errors import Conflict, Invalid, NotAllowed, NotFound
from erp.models.changes import Change
from erp.models.contacts import Confirmation
from erp.queries.confirming import USUAL_DAYS, confirmations, confirming_days, due_to_confirm
from erp.services import guards
from erp.services.confirming import confirm, set_confirming_days
from erp.services.contacts import ContactDraft, add_contact, archive_contact
from erp.services.partners import PartnerDraft, add_partner, archive_partner, change_partner
from erp.vocabulary import PartnerKind, PartnerStatus
from tests.conftest import Cast
from tests.services.county_imports import stored

START = datetime(2026, 3, 5, 17, 0, tzinfo=UTC)
DAY = date(2026, 3, 5)
FERN = PartnerDraft(name="Fern House", kind=PartnerKind.OTHER)


@pytest.fixture
def clock(database: Path) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def fern(clock: time_machine.Traveller, cast: Cast) -> int:
    """Fern House with Ana, who did not agree to be named, and Ben, who asked not to be contacted."""
    with db.writing() as session:
        number = add_partner(session, cast.coordinator, FERN).id or 0
        add_contact(session, cast.coordinator, ContactDraft(partner_id=number, name="Ana Realname", role="Director"))
        ben = ContactDraft(partner_id=number, name="Ben", do_not_contact=True)
        add_contact(session, cast.coordinator, ben)
    return number


def due(actor: Actor, holder_id: int | None = None) -> list[tuple[str, str, int]]:
    with db.reading() as session:
        found = due_to_confirm(session, actor, holder_id, 50)
    assert found.total == len(found.rows)
    return [(row.partner, row.what, int(row.days_over)) for row in found.rows.itertuples()]  # pyright: ignore[reportArgumentType, reportReturnType, reportAttributeAccessIssue]


def told(actor: Actor, partner_id: int) -> pd.DataFrame:
    with db.reading() as session:
        return confirmations(session, actor, partner_id)


def say(actor: Actor, partners: tuple[int, ...] = (), people: tuple[int, ...] = ()) -> int:
    with db.writing() as session:
        return confirm(session, actor, partners, people)


def test_what_nobody_confirmed_is_due_a_while_after_it_came_in(
    clock: time_machine.Traveller, cast: Cast, fern: int
) -> None:
    assert due(cast.coordinator) == []
    clock.shift(timedelta(days=USUAL_DAYS + 2))
    assert due(cast.coordinator) == [("Fern House", "", 2), ("Fern House", "Ana Realname", 2)]
    assert due(cast.viewer)[1] == ("Fern House", "Director", 2)


def test_many_are_confirmed_at_once_by_whom_and_when(clock: time_machine.Traveller, cast: Cast, fern: int) -> None:
    clock.shift(timedelta(days=USUAL_DAYS))
    assert say(cast.community_liaison, (fern,), (1,)) == 2
    assert due(cast.coordinator) == []
    rows = told(cast.coordinator, fern)
    assert rows["confirmed_by"].tolist() == ["Colin Liaison"] * 2
    assert set(rows["due_on"]) == {DAY + timedelta(days=2 * USUAL_DAYS)}
    assert [change.verb for change in stored(Change)][-2:] == ["confirm", "confirm"]
    with db.reading() as session:
        assert guards.verify_changes(session) == []


def test_confirming_twice_on_a_day_is_kept_once_and_the_newest_counts(
    clock: time_machine.Traveller, cast: Cast, fern: int
) -> None:
    assert (say(cast.coordinator, (fern,)), say(cast.leadership, (fern,))) == (1, 0)
    clock.shift(timedelta(days=3))
    assert say(cast.leadership, (fern,)) == 1
    assert told(cast.viewer, fern)["confirmed_by"].tolist() == ["Lena Leader", ""]
    assert len(stored(Confirmation)) == 2


def test_the_rhythm_is_the_countys_or_the_partners_own(clock: time_machine.Traveller, cast: Cast, fern: int) -> None:
    with db.writing() as session:
        set_confirming_days(session, cast.leadership, USUAL_DAYS, 60)
        assert confirming_days(session, cast.viewer) == 60
    clock.shift(timedelta(days=61))
    assert len(due(cast.coordinator)) == 2
    with db.writing() as session:
        change_partner(session, cast.coordinator, fern, 1, FERN.model_copy(update={"confirm_days": 90}))
    assert due(cast.coordinator) == []
    with pytest.raises(Conflict), db.writing() as session:
        set_confirming_days(session, cast.leadership, USUAL_DAYS, 30)
    for actor, days, refusal in ((cast.coordinator, 30, NotAllowed), (cast.leadership, 0, Invalid)):
        with pytest.raises(refusal), db.writing() as session:
            set_confirming_days(session, actor, 60, days)


def test_what_is_over_or_put_away_is_not_due(clock: time_machine.Traveller, cast: Cast, fern: int) -> None:
    clock.shift(timedelta(days=USUAL_DAYS))
    with db.writing() as session:
        archive_contact(session, cast.coordinator, 1, 1, "Left")
    assert due(cast.coordinator) == [("Fern House", "", 0)]
    ended = FERN.model_copy(update={"status": PartnerStatus.ENDED, "status_reason": "Closed"})
    with db.writing() as session:
        change_partner(session, cast.coordinator, fern, 1, ended)
    assert due(cast.coordinator) == []
    with pytest.raises(NotFound, match="1 of these people"):
        say(cast.coordinator, (), (1,))
    with db.writing() as session:
        archive_partner(session, cast.coordinator, fern, 2, "Gone")
    with pytest.raises(NotFound):
        say(cast.coordinator, (fern,))


def test_only_what_one_holds(clock: time_machine.Traveller, cast: Cast, fern: int) -> None:
    clock.shift(timedelta(days=USUAL_DAYS))
    assert due(cast.coordinator, cast.coordinator.user_id) == []
    with db.writing() as session:
        mine = FERN.model_copy(update={"holder_id": cast.coordinator.user_id})
        change_partner(session, cast.coordinator, fern, 1, mine)
    assert len(due(cast.coordinator, cast.coordinator.user_id)) == 2


def test_who_only_reads_confirms_nothing(cast: Cast, fern: int) -> None:
    for actor in (cast.viewer, cast.administrator):
        with pytest.raises(NotAllowed):
            say(actor, (fern,))
    with pytest.raises(Invalid, match="Choose first"):
        say(cast.coordinator)
    assert stored(Confirmation) == []
