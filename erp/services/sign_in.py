"""Signing in and out: checking passwords, slowing guesses, opening and ending sign-ins.

What is kept here is bookkeeping and enters no figure, so callers open `writing(counts=False)`.
"""

import hashlib
import secrets
import threading
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import ColumnElement, CursorResult, delete, update
from sqlmodel import Session, col, func, select

from erp import db
from erp.access import Actor
from erp.models.accounts import Account, FailedSignIn, SignIn, Visit
from erp.queries.accounts import open_sign_in_of
from erp.services.records import now, record_change
from erp.vocabulary import RecordKind

#: argon2id with the library's profile (RFC 9106, low memory): about 0.1 s and 64 MiB a check.
_HASHER = PasswordHasher()
#: Checks at one time; each takes 64 MiB, and a flood of guesses must not take the machine's memory.
_CHECKS = threading.BoundedSemaphore(2)

#: Failures are counted over this long.
WINDOW = timedelta(hours=1)
#: The longest wait.
LOCK = timedelta(minutes=15)
#: A sign-in's last use is written down at most this often.
SEEN_EVERY = timedelta(minutes=1)
#: Whoever was away for longer comes for another visit. Ours.
AWAY = timedelta(hours=4)
#: Sign-ins that are over are kept this long, so that an old tab can be told that its session ended.
KEPT = timedelta(days=30)


@dataclass(frozen=True)
class Patience:
    """How many failures in WINDOW are free of waiting, and from how many on it is LOCK."""

    free: int
    locked_from: int


#: Per e-mail address: 3 failures wait 2 s, 4 wait 4 s, 5 wait 8 s …; from 10 on 15 minutes.
PER_EMAIL = Patience(free=2, locked_from=10)
#: Per network address: many people of one county office share one.
PER_NETWORK = Patience(free=29, locked_from=60)


@dataclass(frozen=True)
class Attempt:
    """What an attempt to sign in came to: the account (None: refused), and how long to wait before the next."""

    account_id: int | None
    wait: timedelta = timedelta(0)


def token_hash(token: str) -> str:
    """Return the sha256 (hex) of a token; only this is ever kept."""
    return hashlib.sha256(token.encode()).hexdigest()


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password. The same letters typed on another keyboard give the same password."""
    with _CHECKS:
        return _HASHER.hash(unicodedata.normalize("NFKC", password))


def password_is(kept: str | None, password: str) -> bool:
    """Check a password against its hash; without a hash the same work is done and the answer is no."""
    kept_or_nobody = kept or _nobody()
    with _CHECKS:
        try:
            return _HASHER.verify(kept_or_nobody, unicodedata.normalize("NFKC", password)) and kept is not None
        except (VerificationError, InvalidHashError):
            return False


def try_password(email: str, password: str, network: str) -> Attempt:
    """Check an e-mail address and password, counting the attempt per address and per network address.

    An attempt counts as failed until the password proves right: guesses sent at the same moment cannot slip past the
    waiting. Opens its own transactions, because the check of the password (0.1 s) must not hold the write lock.
    """
    by_email, by_network = email_key(email), f"network {network}"
    with db.writing(counts=False) as session:
        wait = count_attempt(session, {by_email: PER_EMAIL, by_network: PER_NETWORK})
        if wait:
            return Attempt(None, wait)
        account = session.exec(
            select(Account).where(Account.email == email.strip().lower(), col(Account.disabled_at).is_(None))
        ).first()
        kept = account.password_hash if account else None
    if not password_is(kept, password) or account is None or kept is None:
        return Attempt(None)
    with db.writing(counts=False) as session:
        forget_attempts(session, by_email)
        _forget_newest(session, by_network)
        if _HASHER.check_needs_rehash(kept):  # the profile was strengthened since
            stronger = hash_password(password)
            session.execute(update(Account).where(col(Account.id) == account.id).values(password_hash=stronger))
    return Attempt(account.id)


def count_attempt(session: Session, limits: dict[str, Patience]) -> timedelta:
    """Count an attempt for each key as failed, unless one of them still has to wait; return that wait (0: none)."""
    at = now()
    session.execute(delete(FailedSignIn).where(col(FailedSignIn.at) < at - WINDOW))
    wait = max(_wait(session, who, patience, at) for who, patience in limits.items())
    if not wait:
        session.add_all(FailedSignIn(who=who, at=at) for who in limits)
    return wait


def open_sign_in(session: Session, account_id: int, browser: str) -> str:
    """Open a sign-in for a browser and return its token, which is never kept; its hash is."""
    token = secrets.token_urlsafe(32)
    at = now()
    session.execute(delete(SignIn).where(col(SignIn.seen_at) < at - KEPT))
    session.add(
        SignIn(token_hash=token_hash(token), account_id=account_id, opened_at=at, seen_at=at, browser=browser[:200])
    )
    _remember_visit(session, account_id, at)
    session.flush()
    return token


def resolve(hashed: str) -> Actor | None:
    """Return who a sign-in belongs to now, and write down at most once a minute that it was used.

    Opens its own transactions: the gate and every run of a page ask it before there is anything else to do.
    """
    at = now()
    with db.reading() as session:
        found = open_sign_in_of(session, hashed, at)
    if found is None:
        return None
    if at - found.seen_at > SEEN_EVERY:
        with db.writing(counts=False) as session:
            session.execute(update(SignIn).where(col(SignIn.token_hash) == hashed).values(seen_at=at))
            _remember_visit(session, found.actor.user_id, at)
    return found.actor


def _remember_visit(session: Session, account_id: int | None, at: datetime) -> None:
    """Write down that an account is here; after a time away, when it was here before."""
    visit = session.get(Visit, account_id)
    if visit is None:
        session.add(Visit(account_id=account_id or 0, here_at=at))
        return
    if at - visit.here_at > AWAY:
        visit.before_at = visit.here_at
    visit.here_at = at


#: No e-mail address is longer (RFC 5321); what is typed behind that tells nothing apart.
_LONGEST_ADDRESS = 254


def email_key(email: str) -> str:
    """Return the key under which attempts with an e-mail address are counted."""
    return f"email {email.strip().lower()[:_LONGEST_ADDRESS]}"


def forget_attempts(session: Session, who: str) -> None:
    """Forget the attempts counted under a key: it proved to be the right person."""
    session.execute(delete(FailedSignIn).where(col(FailedSignIn.who) == who))


def end_sign_in(session: Session, actor: Actor, hashed: str) -> None:
    """End one of the actor's own sign-ins; another's is left alone."""
    _tell(session, actor, _end(session, col(SignIn.token_hash) == hashed, col(SignIn.account_id) == actor.user_id))


def end_all_sign_ins(session: Session, actor: Actor, *, but: str = "") -> int:
    """End the actor's own sign-ins everywhere, but for the one with this hash; return how many ended."""
    ended = 0 if actor.user_id is None else end_sign_ins_of(session, actor.user_id, but=but)
    _tell(session, actor, ended)
    return ended


def end_sign_ins_of(session: Session, account_id: int, *, but: str = "") -> int:
    """End an account's sign-ins everywhere, but for the one with this hash; return how many ended."""
    return _end(session, col(SignIn.account_id) == account_id, col(SignIn.token_hash) != but)


def _tell(session: Session, actor: Actor, ended: int) -> None:
    if ended:
        record_change(session, actor, "end sign-in", RecordKind.ACCOUNT, actor.user_id, after={"sign_ins_ended": ended})


def _end(session: Session, *conditions: ColumnElement[bool]) -> int:
    ending = update(SignIn).where(col(SignIn.ended_at).is_(None), *conditions).values(ended_at=now())
    ended = session.execute(ending)
    assert isinstance(ended, CursorResult)  # what an UPDATE gives
    return ended.rowcount


def _wait(session: Session, who: str, patience: Patience, at: datetime) -> timedelta:
    failures, last = session.exec(
        select(func.count(), func.max(FailedSignIn.at)).where(FailedSignIn.who == who, FailedSignIn.at > at - WINDOW)
    ).one()
    if failures <= patience.free:
        return timedelta(0)
    growing = timedelta(seconds=2.0 ** min(failures - patience.free, 20))
    until = last.astimezone(UTC) + (LOCK if failures >= patience.locked_from else min(growing, LOCK))
    return max(until - at, timedelta(0))


def _forget_newest(session: Session, who: str) -> None:
    # Of the network address only this attempt: a guesser must not clear the count by signing in as somebody in between.
    newest = select(func.max(FailedSignIn.id)).where(FailedSignIn.who == who).scalar_subquery()
    session.execute(delete(FailedSignIn).where(col(FailedSignIn.id) == newest))


@lru_cache(maxsize=1)
def _nobody() -> str:
    """Return a hash to check in place of a missing one: an unknown e-mail address takes as long as a known one."""
    return hash_password(secrets.token_urlsafe(16))
