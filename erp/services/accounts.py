"""Accounts: setting up the county, inviting people, their roles and passwords, disabling and enabling.

Passwords and one-time tokens never enter the history of changes; that they were chosen or made does.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import update
from sqlmodel import Session, col, func, select

from erp.access import Actor
from erp.errors import Conflict, Invalid, NotFound
from erp.models.accounts import Account, County, OneTimeLink, RoleGrant
from erp.queries.accounts import holder_of_link
from erp.queries.county import county
from erp.services.drafts import Draft
from erp.services.records import get_or_refuse, now, record_change, revise, snapshot, squeeze
from erp.services.sign_in import (
    email_key,
    end_sign_ins_of,
    forget_attempts,
    hash_password,
    password_is,
    token_hash,
)
from erp.settings import settings
from erp.vocabulary import Door, RecordKind, Role, Verb

#: Characters. Length is what makes a password hard to guess; no rule about kinds of characters.
#: Source: NIST SP 800-63B, 5.1.1 (memorized secrets), with a longer minimum of ours.
SHORTEST_PASSWORD = 12
#: Characters; long enough for any sentence, short enough to hash.
LONGEST_PASSWORD = 200

#: Sentences that people without an account read too; erp.web.words holds them in Spanish.
TOO_SHORT = "Choose a password of at least 12 characters. A few words in a row are easy to remember and hard to guess."
TOO_LONG = "Choose a password of at most 200 characters."
IS_NAME = "Choose a password that is not your name or e-mail address."
LINK_OVER = "This link has been used or has run out. Ask an administrator of your county for a new one."
ALREADY_SET_UP = "This county is set up already. Sign in instead."
NAME_MISSING = "Enter your name, as your colleagues know you."
COUNTY_MISSING = "Enter the name of the county."
NO_EMAIL = "Enter an e-mail address, such as name@county.example."
NO_ZONE = "Choose a time zone from the list."
EMAIL_TAKEN = "There is an account with this e-mail address already. Sign in with it, or use another address."

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


class SetUpDraft(Draft):
    """The county and its first administrator, as entered on the set-up page."""

    county: str
    time_zone: str
    name: str
    email: str


class InvitationDraft(Draft):
    """Somebody to be invited."""

    name: str
    email: str
    roles: frozenset[Role]


@dataclass(frozen=True)
class Invitation:
    """A one-time link as it is shown once: only the hash of its token is kept."""

    account_id: int
    token: str
    expires_at: datetime

    @property
    def path(self) -> str:
        """The path of the link, to be put behind the app's address."""
        return f"/invitation/{self.token}"


def set_up_county(session: Session, draft: SetUpDraft, password: str) -> int:
    """Make the county and its first administrator, and return that account's id.

    Only while there is no county; whoever calls has checked the one-time code. Raises: Conflict, Invalid.
    """
    if county(session) is not None:
        raise Conflict(ALREADY_SET_UP)
    if not draft.county:
        raise Invalid(COUNTY_MISSING)
    check_zone(draft.time_zone)
    _check_person(session, draft.name, draft.email)
    _check_password(password, draft.name, draft.email)
    at = now()
    session.add(County(name=draft.county, time_zone=draft.time_zone, recorded_at=at))
    account = _add_account(session, None, draft.name, draft.email, frozenset({Role.ADMINISTRATOR}))
    account.password_hash = hash_password(password)
    session.flush()
    founder = Actor(account.id, account.name, frozenset({Role.ADMINISTRATOR}))
    about = {"name": draft.county, "time_zone": draft.time_zone}
    record_change(session, founder, "set up the county", RecordKind.SETTING, 1, after=about)
    record_change(session, founder, "add", RecordKind.ACCOUNT, account.id, after=_told(session, account))
    return _id(account)


def invite_account(session: Session, actor: Actor, draft: InvitationDraft) -> Invitation:
    """Add an account without a password and return its one-time link. Raises: NotAllowed, Conflict, Invalid."""
    actor.require(Verb.ADD, RecordKind.ACCOUNT)
    _check_person(session, draft.name, draft.email)
    _check_roles(draft.roles)
    account = _add_account(session, actor.user_id, draft.name, draft.email, draft.roles)
    record_change(session, actor, "invite", RecordKind.ACCOUNT, account.id, after=_told(session, account))
    return _make_link(session, _id(account))


def reset_link(session: Session, actor: Actor, account_id: int) -> Invitation:
    """Return a new one-time link to choose a password; earlier links stop working. Raises: NotAllowed, NotFound."""
    actor.require(Verb.CHANGE, RecordKind.ACCOUNT)
    account = get_or_refuse(session, Account, account_id, "account")
    if account.disabled_at is not None:
        raise Invalid(f"{account.name}'s account is disabled. Enable it first, then make the link.")
    link = _make_link(session, account_id)
    about = {"until": link.expires_at.isoformat()}
    record_change(session, actor, "make a one-time link", RecordKind.ACCOUNT, account_id, after=about)
    return link


def accept_invitation(session: Session, token: str, password: str) -> int:
    """Choose a password by a one-time link, which then is used up; return the account's id.

    Sign-ins elsewhere end and a lock-out is lifted. Raises: NotFound, Invalid.
    """
    holder = holder_of_link(session, token_hash(token), now())
    if holder is None:
        raise NotFound(LINK_OVER)
    _check_password(password, holder.name, holder.email)
    account = get_or_refuse(session, Account, holder.account_id, "account")
    account.password_hash = hash_password(password)
    account.version += 1
    _use_up_links(session, holder.account_id)
    end_sign_ins_of(session, holder.account_id)
    forget_attempts(session, email_key(account.email))
    person = Actor(account.id, account.name, frozenset(holder.roles), Door.PUBLIC_LINK)
    about: dict[str, object] = {"password": "chosen by a one-time link"}
    record_change(session, person, "choose a password", RecordKind.ACCOUNT, account.id, after=about)
    return holder.account_id


def change_own_password(session: Session, actor: Actor, old: str, new: str, *, keep: str = "") -> Account:
    """Change the actor's own password; every sign-in but the one with the hash `keep` ends.

    Raises: Invalid where the old password is wrong or the new one will not do.
    """
    account = get_or_refuse(session, Account, actor.user_id, "account")
    if not password_is(account.password_hash, old):
        raise Invalid("The present password is not right. Nothing was changed; enter it again.")
    _check_password(new, account.name, account.email)
    account.password_hash = hash_password(new)
    account.version += 1
    _use_up_links(session, _id(account))
    ended = end_sign_ins_of(session, _id(account), but=keep)
    about: dict[str, object] = {"password": "changed", "other sign-ins ended": ended}
    record_change(session, actor, "change own password", RecordKind.ACCOUNT, account.id, after=about)
    return account


def set_roles(session: Session, actor: Actor, account_id: int, version: int, roles: frozenset[Role]) -> None:
    """Set the roles of an account opened at `version`. Raises: NotAllowed, NotFound, Conflict, Invalid."""
    actor.require(Verb.CHANGE, RecordKind.ACCOUNT)
    account = get_or_refuse(session, Account, account_id, "account")
    _check_roles(roles)
    if Role.ADMINISTRATOR not in roles:
        _keep_an_administrator(session, account_id)
    before = _told(session, account)
    revise(account, version, {})
    for grant in session.exec(select(RoleGrant).where(RoleGrant.account_id == account_id)):
        session.delete(grant)  # the history of changes keeps it
    session.add_all(RoleGrant(account_id=account_id, role=role) for role in sorted(roles))
    session.flush()
    after = _told(session, account)
    record_change(session, actor, "set roles", RecordKind.ACCOUNT, account_id, before=before, after=after)


def disable_account(session: Session, actor: Actor, account_id: int, version: int) -> None:
    """Keep an account from signing in, and end its sign-ins; what it recorded stays.

    Raises: NotAllowed, NotFound, Conflict, Invalid.
    """
    actor.require(Verb.ARCHIVE, RecordKind.ACCOUNT)
    account = get_or_refuse(session, Account, account_id, "account")
    _keep_an_administrator(session, account_id)
    _set_disabled(session, actor, account, version, now())
    _use_up_links(session, account_id)
    end_sign_ins_of(session, account_id)


def enable_account(session: Session, actor: Actor, account_id: int, version: int) -> None:
    """Let a disabled account sign in again. Raises: NotAllowed, NotFound, Conflict."""
    actor.require(Verb.ARCHIVE, RecordKind.ACCOUNT)
    account = get_or_refuse(session, Account, account_id, "account")
    _set_disabled(session, actor, account, version, None)


def _set_disabled(session: Session, actor: Actor, account: Account, version: int, at: datetime | None) -> None:
    before = _told(session, account)
    revise(account, version, {"disabled_at": at})
    session.flush()
    verb = "disable" if at else "enable"
    record_change(session, actor, verb, RecordKind.ACCOUNT, account.id, before=before, after=_told(session, account))


def _add_account(session: Session, by: int | None, name: str, email: str, roles: frozenset[Role]) -> Account:
    account = Account(email=email.lower(), name=name, recorded_at=now(), recorded_by=by)
    session.add(account)
    session.flush()
    session.add_all(RoleGrant(account_id=_id(account), role=role) for role in sorted(roles))
    session.flush()
    return account


def _make_link(session: Session, account_id: int) -> Invitation:
    _use_up_links(session, account_id)
    token = secrets.token_urlsafe(32)
    until = now() + timedelta(hours=settings().invitation_hours)
    session.add(OneTimeLink(token_hash=token_hash(token), account_id=account_id, expires_at=until))
    session.flush()
    return Invitation(account_id, token, until)


def _use_up_links(session: Session, account_id: int) -> None:
    open_links = (col(OneTimeLink.account_id) == account_id, col(OneTimeLink.used_at).is_(None))
    session.execute(update(OneTimeLink).where(*open_links).values(used_at=now()))


def _keep_an_administrator(session: Session, leaving: int) -> None:
    held = select(RoleGrant.account_id).where(RoleGrant.role == Role.ADMINISTRATOR)
    if leaving not in session.exec(held).all():
        return
    others = select(func.count()).where(
        col(Account.id).in_(held),
        Account.id != leaving,
        col(Account.disabled_at).is_(None),
        col(Account.password_hash).is_not(None),
    )
    if not session.exec(others).one():
        raise Invalid(
            "This is the only administrator who can sign in. Make somebody else an administrator first, "
            "and wait until that person has chosen a password."
        )


def _check_person(session: Session, name: str, email: str) -> None:
    if not name:
        raise Invalid(NAME_MISSING)
    if not _EMAIL.fullmatch(email):
        raise Invalid(NO_EMAIL)
    if session.exec(select(Account.id).where(Account.email == email.lower())).first() is not None:
        raise Conflict(EMAIL_TAKEN)


def _check_roles(roles: frozenset[Role]) -> None:
    if not roles:
        raise Invalid("Choose at least one role. To keep somebody out, disable the account instead.")


def check_zone(name: str) -> None:
    """Refuse what is not the name of a time zone. Raises: Invalid."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as problem:
        raise Invalid(NO_ZONE) from problem


def _check_password(password: str, name: str, email: str) -> None:
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid(TOO_SHORT)
    if len(password) > LONGEST_PASSWORD:
        raise Invalid(TOO_LONG)
    own = {squeeze(words).casefold() for words in (name, email, email.partition("@")[0])}
    if squeeze(password).casefold() in own:
        raise Invalid(IS_NAME)


def _told(session: Session, account: Account) -> dict[str, object]:
    grants = session.exec(select(RoleGrant).where(RoleGrant.account_id == account.id))
    return snapshot(account, roles=sorted(grant.role.label for grant in grants))


def _id(account: Account) -> int:
    assert account.id is not None  # it was flushed
    return account.id
