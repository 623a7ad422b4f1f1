"""Tokens of the public forms: who sends one had the page open, and for how long."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from itsdangerous import BadData, URLSafeTimedSerializer

from erp import db
from erp.services.keys import new_secret
from erp.services.signing import signing_key
from erp.settings import settings

#: Nobody reads the page and writes something in less; a program does.
QUICKEST = timedelta(seconds=3)
#: A page that was open for longer is asked once more.
LONGEST = timedelta(days=1)


@dataclass(frozen=True)
class Opened:
    """A token that came back: its secret, and whether the page was open too short, or too long, to take the form."""

    secret: str
    too_soon: bool
    too_late: bool


def new_token() -> str:
    """Return a token for a form that is shown now; the secret in it will open the receipt."""
    return _signer(settings().database).dumps(new_secret())


def open_token(token: str) -> Opened | None:
    """Return what a token says, or None where it is none of ours."""
    try:
        secret, made_at = _signer(settings().database).loads(token, return_timestamp=True)
    except BadData:
        return None
    open_for = datetime.now(UTC) - made_at
    return Opened(secret, too_soon=open_for < QUICKEST, too_late=open_for > LONGEST)


@lru_cache(maxsize=4)
def _signer(_database: str) -> URLSafeTimedSerializer:
    with db.writing(counts=False) as session:
        return URLSafeTimedSerializer(signing_key(session), salt="form")
