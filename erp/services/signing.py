"""The key that signs the forms of the public pages; kept, so that a form outlives a restart of the program."""

import secrets

from sqlmodel import Session, select

from erp.models.public import SigningKey


def signing_key(session: Session) -> str:
    """Return the key, made at its first use."""
    kept = session.exec(select(SigningKey).where(SigningKey.id == 1)).first()
    if kept is None:
        kept = SigningKey(key=secrets.token_urlsafe(32))
        session.add(kept)
        session.flush()
    return kept.key
