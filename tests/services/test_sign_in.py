"""Signing in: the right password, the same answer to every wrong one, waiting, lock-out, and how sign-ins end."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from sqlmodel import col, select

from erp import db
from erp.access import Actor
from erp.models.accounts import Account, FailedSignIn, SignIn
from erp.models.changes import Change
from erp.queries.accounts import own_sign_ins
from erp.services.accounts import disable_account, set_roles
from erp.services.sign_in import (
    end_all_sign_ins,
    end_sign_in,
    hash_password,
    open_sign_in,
    password_is,
    resolve,
    token_hash,
    try_password,
)
from erp.vocabulary import Role
from tests.conftest import Cast

EMAIL, PASSWORD = "cora@alder.example", "seven quiet herons"
START = datetime(2026, 3, 5, 17, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Stop the clock; a test moves it on."""
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture(scope="module")
def known_hash() -> str:
    return hash_password(PASSWORD)


@pytest.fixture
def cora(database: Path, cast: Cast, known_hash: str) -> Actor:
    """Give the coordinator a password."""
    with db.writing() as session:
        account = session.get(Account, cast.coordinator.user_id)
        assert account is not None
        account.password_hash = known_hash
    return cast.coordinator


def opened(actor: Actor, browser: str = "Firefox on Windows") -> str:
    """Open a sign-in and return its hash."""
    assert actor.user_id is not None
    with db.writing(counts=False) as session:
        return token_hash(open_sign_in(session, actor.user_id, browser))


def guess(times: int, *, email: str = EMAIL, network: str = "198.51.100.7") -> timedelta:
    """Guess wrong so many times, waiting each time as long as told to; return the last wait."""
    wait = timedelta(0)
    for _ in range(times):
        wait = try_password(email, "a wrong guess", network).wait
    return wait


def test_the_right_password_opens_the_account_however_the_address_is_capitalized(cora: Actor) -> None:
    assert try_password(" Cora@ALDER.example ", PASSWORD, "198.51.100.7").account_id == cora.user_id


def test_a_password_typed_on_another_keyboard_is_the_same_password() -> None:
    composed, decomposed = "se\u00f1ora garza azul", "sen\u0303ora garza azul"
    assert password_is(hash_password(composed), decomposed)


@pytest.mark.parametrize("email", [EMAIL, "nobody@alder.example", "vic@alder.example"])
def test_wrong_unknown_and_passwordless_are_refused_alike(cora: Actor, email: str) -> None:
    attempt = try_password(email, "a wrong guess", "198.51.100.7")
    assert (attempt.account_id, attempt.wait) == (None, timedelta(0))


def test_a_disabled_account_is_refused_with_the_right_password(cora: Actor, cast: Cast) -> None:
    with db.writing() as session:
        disable_account(session, cast.administrator, cora.user_id or 0, 1)
    assert try_password(EMAIL, PASSWORD, "198.51.100.7").account_id is None


@pytest.mark.parametrize("email", [EMAIL, "nobody@alder.example"])
def test_waiting_grows_from_the_third_failure_and_locks_after_ten(
    cora: Actor, clock: time_machine.Traveller, email: str
) -> None:
    waits = []
    for _ in range(11):
        attempt = try_password(email, "a wrong guess", "198.51.100.7")
        waits.append(int(attempt.wait.total_seconds()))
        if attempt.wait:
            clock.shift(attempt.wait)
            assert try_password(email, "a wrong guess", "198.51.100.7").wait == timedelta(0)
    assert waits == [0, 0, 0, 2, 4, 8, 16, 32, 64, 128, 900]


def test_while_waiting_even_the_right_password_is_not_looked_at(cora: Actor, clock: time_machine.Traveller) -> None:
    guess(3)
    assert try_password(EMAIL, PASSWORD, "198.51.100.7").account_id is None
    clock.shift(3)
    assert try_password(EMAIL, PASSWORD, "198.51.100.7").account_id == cora.user_id


def test_attempts_while_waiting_do_not_lengthen_the_wait(cora: Actor, clock: time_machine.Traveller) -> None:
    assert guess(9) == timedelta(seconds=2)


def test_signing_in_forgets_the_failures_of_the_address(cora: Actor, clock: time_machine.Traveller) -> None:
    guess(2)
    assert try_password(EMAIL, PASSWORD, "198.51.100.7").account_id
    assert guess(2) == timedelta(0)


def test_an_hour_later_nothing_is_held_against_anybody(cora: Actor, clock: time_machine.Traveller) -> None:
    guess(3)
    clock.shift(timedelta(hours=1, seconds=1))
    assert guess(3) == timedelta(0)
    with db.reading() as session:
        assert len(session.exec(select(FailedSignIn)).all()) == 6  # the old ones are gone


def test_guessing_many_addresses_from_one_place_waits_too(database: Path, clock: time_machine.Traveller) -> None:
    with db.writing(counts=False) as session:
        session.add_all(FailedSignIn(who="network 198.51.100.7", at=START) for _ in range(30))
    assert guess(1, email="another@alder.example") == timedelta(seconds=2)
    assert guess(1, email="another@alder.example", network="203.0.113.9") == timedelta(0)


def test_signing_in_as_somebody_does_not_clear_the_count_of_a_place(cora: Actor, clock: time_machine.Traveller) -> None:
    with db.writing(counts=False) as session:
        session.add_all(FailedSignIn(who="network 198.51.100.7", at=START) for _ in range(29))
    assert try_password(EMAIL, PASSWORD, "198.51.100.7").account_id
    guess(1, email="another@alder.example")
    assert guess(1, email="another@alder.example") == timedelta(seconds=2)


def test_only_the_hash_of_a_token_is_kept(cora: Actor) -> None:
    with db.writing(counts=False) as session:
        token = open_sign_in(session, cora.user_id or 0, "Firefox on Windows")
    with db.reading() as session:
        kept = session.exec(select(SignIn)).one()
    assert len(token) >= 43  # 256 bits in base64
    assert token not in kept.model_dump_json()
    assert kept.token_hash == token_hash(token)


def test_a_sign_in_says_who_it_is_with_the_roles_of_now(cora: Actor, cast: Cast) -> None:
    hashed = opened(cora)
    assert resolve(hashed) == cora
    with db.writing() as session:
        set_roles(session, cast.administrator, cora.user_id or 0, 1, frozenset({Role.VIEWER, Role.LEADERSHIP}))
    found = resolve(hashed)
    assert found is not None
    assert found.roles == {Role.VIEWER, Role.LEADERSHIP}


def test_an_unknown_hash_is_nobody(database: Path) -> None:
    assert resolve(token_hash("made up")) is None


def test_a_sign_in_survives_a_restart(cora: Actor) -> None:
    hashed = opened(cora)
    db.forget_engines()  # nothing of it is held in memory
    assert resolve(hashed) == cora


def test_a_sign_in_ends_after_the_idle_limit(cora: Actor, clock: time_machine.Traveller) -> None:
    hashed = opened(cora)
    clock.shift(timedelta(minutes=479))
    assert resolve(hashed) == cora  # and this counts as use
    clock.shift(timedelta(minutes=479))
    assert resolve(hashed) == cora
    clock.shift(timedelta(minutes=480))
    assert resolve(hashed) is None


def test_a_sign_in_ends_after_the_absolute_limit_however_busy(cora: Actor, clock: time_machine.Traveller) -> None:
    hashed = opened(cora)
    for _ in range(4):
        clock.shift(timedelta(hours=5, minutes=59))
        assert resolve(hashed) == cora
    clock.shift(timedelta(minutes=4))
    assert resolve(hashed) is None


def test_use_is_written_down_at_most_once_a_minute_and_leaves_kept_figures_valid(
    cora: Actor, clock: time_machine.Traveller
) -> None:
    hashed = opened(cora)
    with db.reading() as session:
        revision = db.data_revision(session)
    seen = []
    for _ in range(3):
        clock.shift(40)
        resolve(hashed)
        with db.reading() as session:
            seen.append((session.exec(select(SignIn.seen_at)).one() - START).seconds)
    assert seen == [0, 80, 80]
    with db.reading() as session:
        assert db.data_revision(session) == revision


def test_one_ends_ones_own_sign_in_and_nobody_elses(cora: Actor, cast: Cast) -> None:
    mine, hers = opened(cora), opened(cast.leadership)
    with db.writing() as session:
        end_sign_in(session, cora, mine)
        end_sign_in(session, cora, hers)
    assert resolve(mine) is None
    assert resolve(hers) == cast.leadership


def test_all_others_end_and_this_one_stays(cora: Actor, cast: Cast) -> None:
    here, there, hers = opened(cora), opened(cora, "Safari on iPhone"), opened(cast.leadership)
    with db.writing() as session:
        assert end_all_sign_ins(session, cora, but=here) == 1
        assert end_all_sign_ins(session, cora, but=here) == 0
    assert (resolve(here), resolve(there), resolve(hers)) == (cora, None, cast.leadership)
    with db.reading() as session:
        told = [
            (c.verb, c.actor_name, c.after)
            for c in session.exec(select(Change).order_by(col(Change.id)))
            if c.verb == "end sign-in"
        ]
    assert told == [("end sign-in", cora.name, {"sign_ins_ended": 1})]
    with db.reading() as session:
        assert [entry.browser for entry in own_sign_ins(session, cora)] == ["Firefox on Windows"]


def test_disabling_an_account_ends_its_sign_ins_for_good(cora: Actor, cast: Cast) -> None:
    hashed = opened(cora)
    with db.writing() as session:
        disable_account(session, cast.administrator, cora.user_id or 0, 1)
    assert resolve(hashed) is None
