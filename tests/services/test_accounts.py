"""Accounts: set-up, invitations, passwords, roles, disabling; who may, and what is written down."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from sqlmodel import Session, col, delete, select

from erp import db
from erp.access import Actor, operator
from erp.errors import Conflict, Invalid, NotAllowed, NotFound
from erp.models.accounts import Account, County, FailedSignIn, OneTimeLink, RoleGrant
from erp.models.changes import Change
from erp.queries.accounts import account_by_email, accounts, own_account
from erp.queries.county import county
from erp.services import accounts as services
from erp.services.accounts import (
    InvitationDraft,
    SetUpDraft,
    accept_invitation,
    change_own_password,
    disable_account,
    enable_account,
    invite_account,
    reset_link,
    set_roles,
    set_up_county,
)
from erp.services.guards import verify_changes
from erp.services.records import now
from erp.services.sign_in import hash_password, open_sign_in, resolve, token_hash, try_password
from erp.vocabulary import Door, Role
from tests.conftest import Cast

PASSWORD = "seven quiet herons"
MINA = InvitationDraft(name="Mina Newcomer", email="Mina@Alder.example", roles=frozenset({Role.VIEWER}))


def set_up(**changed: str) -> SetUpDraft:
    values = {
        "county": "Alder County",
        "time_zone": "America/Los_Angeles",
        "name": "Fay First",
        "email": "fay@a.example",
    }
    return SetUpDraft.of(**(values | changed))


@pytest.fixture
def empty(session: Session) -> Session:
    """Take county and cast away: a database before its set-up."""
    for table in (RoleGrant, Account, County):
        session.execute(delete(table))
    return session


def can_sign_in(session: Session, actor: Actor) -> None:
    account = session.get(Account, actor.user_id)
    assert account is not None
    account.password_hash = hash_password(PASSWORD)
    session.flush()


def test_set_up_makes_the_county_and_an_administrator_with_no_default_password(empty: Session) -> None:
    account_id = set_up_county(empty, set_up(), PASSWORD)
    home = county(empty)
    assert home is not None
    assert (home.name, home.time_zone) == ("Alder County", "America/Los_Angeles")
    first = own_account(empty, Actor(account_id, "Fay First", frozenset()))
    assert first is not None
    assert (first.roles, first.state) == ((Role.ADMINISTRATOR,), "Active")
    assert [change.verb for change in empty.exec(select(Change).order_by(col(Change.id)))] == [
        "set up the county",
        "add",
    ]


def test_set_up_happens_once(session: Session) -> None:
    with pytest.raises(Conflict, match="set up already"):
        set_up_county(session, set_up(), PASSWORD)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"county": " "}, services.COUNTY_MISSING),
        ({"time_zone": "Mars/Olympus"}, services.NO_ZONE),
        ({"time_zone": "../etc/passwd"}, services.NO_ZONE),
        ({"name": ""}, services.NAME_MISSING),
        ({"email": "fay"}, services.NO_EMAIL),
    ],
)
def test_set_up_says_what_is_missing(empty: Session, wrong: dict[str, str], sentence: str) -> None:
    with pytest.raises(Invalid) as refusal:
        set_up_county(empty, set_up(**wrong), PASSWORD)
    assert str(refusal.value) == sentence
    assert county(empty) is None


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("elevenchars", services.TOO_SHORT),
        ("x" * 201, services.TOO_LONG),
        ("mina newcomer", services.IS_NAME),
        ("MinaNewcomer", services.IS_NAME),
        ("mina@alder.example", services.IS_NAME),
    ],
)
def test_a_password_that_is_easy_to_guess_is_refused(
    session: Session, cast: Cast, password: str, sentence: str
) -> None:
    link = invite_account(session, cast.administrator, MINA)
    with pytest.raises(Invalid) as refusal:
        accept_invitation(session, link.token, password)
    assert str(refusal.value) == sentence


def test_twelve_letters_of_one_kind_will_do(session: Session, cast: Cast) -> None:
    link = invite_account(session, cast.administrator, MINA)
    assert accept_invitation(session, link.token, "twelveletter") == link.account_id


def test_an_invitation_lets_in_once(database: Path, cast: Cast) -> None:
    with db.writing() as session:
        link = invite_account(session, cast.administrator, MINA)
    assert try_password("mina@alder.example", PASSWORD, "198.51.100.7").account_id is None
    with db.writing() as session:
        accept_invitation(session, link.token, PASSWORD)
    assert try_password("mina@alder.example", PASSWORD, "198.51.100.7").account_id == link.account_id
    with pytest.raises(NotFound, match="used"), db.writing() as session:
        accept_invitation(session, link.token, "another long password")


def test_an_invitation_runs_out(database: Path, cast: Cast) -> None:
    with db.writing() as session:
        link = invite_account(session, cast.administrator, MINA)
    with time_machine.travel(now() + timedelta(hours=72, seconds=1)), pytest.raises(NotFound), db.writing() as session:
        accept_invitation(session, link.token, PASSWORD)


def test_only_the_hash_of_a_link_is_kept(session: Session, cast: Cast) -> None:
    link = invite_account(session, cast.administrator, MINA)
    assert session.exec(select(OneTimeLink.token_hash)).one() == token_hash(link.token)
    assert link.path == f"/invitation/{link.token}"


def test_neither_passwords_nor_tokens_enter_the_history(session: Session, cast: Cast) -> None:
    link = invite_account(session, cast.administrator, MINA)
    accept_invitation(session, link.token, PASSWORD)
    newcomer = Actor(link.account_id, "Mina Newcomer", frozenset({Role.VIEWER}))
    change_own_password(session, newcomer, PASSWORD, "eight loud herons")
    reset_link(session, cast.administrator, link.account_id)
    history = json.dumps(
        [change.model_dump(mode="json") for change in session.exec(select(Change).order_by(col(Change.id)))]
    )
    kept = session.get(Account, link.account_id)
    assert kept is not None
    for secret in (link.token, token_hash(link.token), PASSWORD, "eight loud", str(kept.password_hash), "argon2"):
        assert secret not in history
    session.flush()
    assert verify_changes(session) == []


def test_every_act_on_an_account_is_written_down_with_its_door(session: Session, cast: Cast) -> None:
    link = invite_account(session, cast.administrator, MINA)
    accept_invitation(session, link.token, PASSWORD)
    set_roles(session, cast.administrator, link.account_id, 2, frozenset({Role.COORDINATOR}))
    disable_account(session, cast.administrator, link.account_id, 3)
    enable_account(session, cast.administrator, link.account_id, 4)
    told = [
        (change.verb, change.actor_name, change.door)
        for change in session.exec(select(Change).order_by(col(Change.id)))
    ]
    admin = ("Ada Administrator", Door.PAGE)
    assert told == [
        ("invite", *admin),
        ("choose a password", "Mina Newcomer", Door.PUBLIC_LINK),
        ("set roles", *admin),
        ("disable", *admin),
        ("enable", *admin),
    ]
    roles = session.exec(select(Change).where(Change.verb == "set roles")).one()
    assert (roles.before, roles.after) == (
        {"roles": ["Viewer"], "version": 2},
        {"roles": ["Coordinator"], "version": 3},
    )


def test_only_an_administrator_may_touch_accounts(session: Session, cast: Cast) -> None:
    target = cast.viewer.user_id or 0
    for actor in cast:
        if actor == cast.administrator:
            continue
        with pytest.raises(NotAllowed):
            invite_account(session, actor, MINA)
        with pytest.raises(NotAllowed):
            reset_link(session, actor, target)
        with pytest.raises(NotAllowed):
            set_roles(session, actor, target, 1, frozenset({Role.ADMINISTRATOR}))
        with pytest.raises(NotAllowed):
            disable_account(session, actor, target, 1)
        with pytest.raises(NotAllowed):
            enable_account(session, actor, target, 1)
        with pytest.raises(NotAllowed):
            accounts(session, actor)


def test_the_operator_of_the_machine_may_too(session: Session) -> None:
    link = invite_account(session, operator(), MINA)
    found = account_by_email(session, "MINA@alder.example ")
    assert found is not None
    assert (found.account_id, found.state) == (link.account_id, "Invited")
    assert session.exec(select(Change.door)).one() == Door.CLI


def test_an_address_belongs_to_one_account(session: Session, cast: Cast) -> None:
    with pytest.raises(Conflict, match="already"):
        invite_account(
            session, cast.administrator, InvitationDraft(name="X", email="CORA@alder.example", roles=MINA.roles)
        )


def test_an_account_has_at_least_one_role(session: Session, cast: Cast) -> None:
    with pytest.raises(Invalid, match="at least one role"):
        invite_account(session, cast.administrator, InvitationDraft(name="X", email="x@a.example", roles=frozenset()))
    with pytest.raises(Invalid, match="at least one role"):
        set_roles(session, cast.administrator, cast.viewer.user_id or 0, 1, frozenset())


def test_the_last_administrator_stays(session: Session, cast: Cast) -> None:
    ada = cast.administrator.user_id or 0
    can_sign_in(session, cast.administrator)
    with pytest.raises(Invalid, match="only administrator"):
        disable_account(session, cast.administrator, ada, 1)
    with pytest.raises(Invalid, match="only administrator"):
        set_roles(session, cast.administrator, ada, 1, frozenset({Role.VIEWER}))


def test_an_invited_administrator_without_a_password_does_not_count(session: Session, cast: Cast) -> None:
    ada = cast.administrator.user_id or 0
    draft = InvitationDraft(name="Second Admin", email="second@a.example", roles=frozenset({Role.ADMINISTRATOR}))
    link = invite_account(session, cast.administrator, draft)
    with pytest.raises(Invalid, match="only administrator"):
        disable_account(session, cast.administrator, ada, 1)
    accept_invitation(session, link.token, PASSWORD)
    disable_account(session, cast.administrator, ada, 1)


def test_a_stale_edit_of_an_account_is_refused(session: Session, cast: Cast) -> None:
    target = cast.viewer.user_id or 0
    set_roles(session, cast.administrator, target, 1, frozenset({Role.COORDINATOR}))
    with pytest.raises(Conflict):
        set_roles(session, cast.administrator, target, 1, frozenset({Role.VIEWER}))
    with pytest.raises(Conflict):
        disable_account(session, cast.administrator, target, 1)


def test_a_new_link_makes_the_earlier_one_stop_working(session: Session, cast: Cast) -> None:
    first = invite_account(session, cast.administrator, MINA)
    second = reset_link(session, cast.administrator, first.account_id)
    with pytest.raises(NotFound):
        accept_invitation(session, first.token, PASSWORD)
    assert accept_invitation(session, second.token, PASSWORD) == first.account_id


def test_disabling_makes_links_stop_working_and_no_new_ones_are_made(session: Session, cast: Cast) -> None:
    link = invite_account(session, cast.administrator, MINA)
    disable_account(session, cast.administrator, link.account_id, 1)
    with pytest.raises(NotFound):
        accept_invitation(session, link.token, PASSWORD)
    with pytest.raises(Invalid, match="disabled"):
        reset_link(session, cast.administrator, link.account_id)


def test_a_reset_lifts_the_lock_out_and_ends_sign_ins(database: Path, cast: Cast) -> None:
    target = cast.viewer.user_id or 0
    with db.writing() as session:
        old = token_hash(open_sign_in(session, target, "Firefox"))
        link = reset_link(session, cast.administrator, target)
        session.add_all(FailedSignIn(who="email vic@alder.example", at=now()) for _ in range(10))
    assert try_password("vic@alder.example", PASSWORD, "198.51.100.7").wait
    with db.writing() as session:
        accept_invitation(session, link.token, PASSWORD)
    assert resolve(old) is None
    assert try_password("vic@alder.example", PASSWORD, "198.51.100.7").account_id == target


def test_changing_ones_password_needs_the_old_one_and_ends_the_other_sign_ins(database: Path, cast: Cast) -> None:
    vic = cast.viewer
    with db.writing() as session:
        can_sign_in(session, vic)
        here, there = (token_hash(open_sign_in(session, vic.user_id or 0, "Firefox")) for _ in range(2))
    with pytest.raises(Invalid, match="present password"), db.writing() as session:
        change_own_password(session, vic, "not the old one", "eight loud herons", keep=here)
    with pytest.raises(Invalid, match="at least 12"), db.writing() as session:
        change_own_password(session, vic, PASSWORD, "short", keep=here)
    assert resolve(there) is not None
    with db.writing() as session:
        change_own_password(session, vic, PASSWORD, "eight loud herons", keep=here)
    assert (resolve(here), resolve(there)) == (vic, None)
    assert try_password("vic@alder.example", PASSWORD, "198.51.100.7").account_id is None
    assert try_password("vic@alder.example", "eight loud herons", "198.51.100.7").account_id == vic.user_id


def test_the_list_of_accounts_says_who_can_sign_in_and_when_they_were_here(session: Session, cast: Cast) -> None:
    can_sign_in(session, cast.viewer)
    open_sign_in(session, cast.viewer.user_id or 0, "Firefox")
    rows = {row.name: row for row in accounts(session, cast.administrator)}
    assert list(rows) == sorted(rows)
    vic, cora = rows["Vic Viewer"], rows["Cora Coordinator"]
    assert (vic.state, vic.last_seen_at is not None) == ("Active", True)
    assert (cora.state, cora.last_seen_at) == ("Invited", None)
