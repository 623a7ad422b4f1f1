"""Accounts, who is signed in, and one-time links."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, bindparam
from sqlmodel import Session, col, func, select

from erp.access import Actor
from erp.models.accounts import Account, OneTimeLink, RoleGrant, SignIn
from erp.settings import settings
from erp.vocabulary import RecordKind, Role, Verb


@dataclass(frozen=True)
class OpenSignIn:
    """A sign-in that holds: who it is, and when it was last used (aware UTC)."""

    actor: Actor
    seen_at: datetime


@dataclass(frozen=True)
class AccountRow:
    """An account as an administrator sees it. `last_seen_at` None: never signed in."""

    account_id: int
    name: str
    email: str
    roles: tuple[Role, ...]
    invited: bool
    disabled: bool
    last_seen_at: datetime | None
    version: int

    @property
    def state(self) -> str:
        """Whether the person can sign in; invited ones have not chosen a password yet."""
        if self.disabled:
            return "Disabled"
        return "Invited" if self.invited else "Active"


@dataclass(frozen=True)
class SignInRow:
    """One of a person's own sign-ins."""

    token_hash: str
    browser: str
    opened_at: datetime
    seen_at: datetime


#: A sign-in holds while it was not ended and neither limit has passed.
_HOLDS = (
    col(SignIn.ended_at).is_(None),
    col(SignIn.seen_at) > bindparam("idle_since"),
    col(SignIn.opened_at) > bindparam("opened_since"),
)
#: Built once: it is asked several times in every run of a page, and building it took longer than asking it.
_HOLDER = (
    select(SignIn.account_id, SignIn.seen_at, Account.name, RoleGrant.role)
    .join(Account, col(Account.id) == col(SignIn.account_id))
    .join(RoleGrant, col(RoleGrant.account_id) == col(Account.id), isouter=True)
    .where(col(SignIn.token_hash) == bindparam("token_hash"), col(Account.disabled_at).is_(None), *_HOLDS)
)


def open_sign_in_of(session: Session, token_hash: str, at: datetime) -> OpenSignIn | None:
    """Return who a sign-in belongs to at a moment; None where it ended, ran out, or the account is disabled."""
    rows = session.execute(_HOLDER, {"token_hash": token_hash} | _limits(at)).all()
    if not rows:
        return None
    account_id, seen_at, name, _ = rows[0]
    return OpenSignIn(Actor(account_id, name, frozenset(row.role for row in rows if row.role)), seen_at)


def knows_sign_in(session: Session, token_hash: str) -> bool:
    """Say whether this was ever a sign-in here, though it may be over."""
    return session.exec(select(SignIn.token_hash).where(SignIn.token_hash == token_hash)).first() is not None


def own_account(session: Session, actor: Actor) -> AccountRow | None:
    """Return the actor's own account; the operator of the machine has none."""
    return next(iter(_rows(session, col(Account.id) == actor.user_id)), None)


def own_sign_ins(session: Session, actor: Actor) -> list[SignInRow]:
    """List where the actor is signed in now, last used first."""
    mine = select(SignIn).where(SignIn.account_id == actor.user_id, *_HOLDS).order_by(col(SignIn.seen_at).desc())
    open_ones = session.execute(mine, _limits(datetime.now(UTC))).scalars()
    return [SignInRow(s.token_hash, s.browser, s.opened_at, s.seen_at) for s in open_ones]


def accounts(session: Session, actor: Actor) -> list[AccountRow]:
    """List every account by name. Raises: NotAllowed."""
    actor.require(Verb.SEE, RecordKind.ACCOUNT)
    return _rows(session)


def account_by_email(session: Session, email: str) -> AccountRow | None:
    """Find an account by its e-mail address, however it is capitalized; for the command line."""
    return next(iter(_rows(session, col(Account.email) == email.strip().lower())), None)


def people_to_try(session: Session) -> list[AccountRow]:
    """List the enabled accounts of the demonstration, for its one-click sign-in. Empty outside the demonstration."""
    return _rows(session, col(Account.disabled_at).is_(None)) if settings().demo else []


def holder_of_link(session: Session, token_hash: str, at: datetime) -> AccountRow | None:
    """Return whose invitation or reset link this is; None where it was used, ran out, or never was."""
    account_id = session.exec(
        select(OneTimeLink.account_id).where(
            OneTimeLink.token_hash == token_hash,
            col(OneTimeLink.used_at).is_(None),
            OneTimeLink.expires_at > at,
        )
    ).first()
    if account_id is None:
        return None
    return next(iter(_rows(session, col(Account.id) == account_id, col(Account.disabled_at).is_(None))), None)


def _limits(at: datetime) -> dict[str, object]:
    limits = settings()
    return {
        "idle_since": at - timedelta(minutes=limits.session_idle_minutes),
        "opened_since": at - timedelta(hours=limits.session_absolute_hours),
    }


def _rows(session: Session, *conditions: ColumnElement[bool]) -> list[AccountRow]:
    last_seen = (
        select(func.max(SignIn.seen_at)).where(col(SignIn.account_id) == col(Account.id)).correlate(Account)
    ).scalar_subquery()
    found = session.execute(select(Account, last_seen.label("last_seen_at")).where(*conditions).order_by(Account.name))
    pairs = [(account, last_seen_at) for account, last_seen_at in found]
    roles: dict[int, list[Role]] = {}
    for grant in session.exec(select(RoleGrant).where(col(RoleGrant.account_id).in_([a.id for a, _ in pairs]))):
        roles.setdefault(grant.account_id, []).append(grant.role)
    order = list(Role)
    return [
        AccountRow(
            account_id=account.id,
            name=account.name,
            email=account.email,
            roles=tuple(sorted(roles.get(account.id, []), key=order.index)),
            invited=account.password_hash is None,
            disabled=account.disabled_at is not None,
            last_seen_at=last_seen_at,
            version=account.version,
        )
        for account, last_seen_at in pairs
    ]
