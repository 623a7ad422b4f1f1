"""Secrets of links and receipts, and the short codes that are read over the phone. Only their sha256 is ever kept."""

import hashlib
import re
import secrets

#: Random bytes of a secret: 128 bits.
_BYTES = 16
#: Digits of a code that is read over the phone, in groups of four: 53 bits, and tries are limited.
_DIGITS = 16
_NO_DIGIT = re.compile(r"[\s.·–—-]+")


def new_secret() -> str:
    """Return a new secret of 128 random bits, fit for an address."""
    return secrets.token_urlsafe(_BYTES)


def code_of(secret: str) -> str:
    """Return the digits that open the same as a secret; they follow from it, so that it is enough to hand out one."""
    number = int.from_bytes(hashlib.sha256(b"code of " + secret.encode()).digest())
    return f"{number % 10**_DIGITS:0{_DIGITS}}"


def in_groups(code: str) -> str:
    """Return a code as it is read aloud: "1234 5678 9012 3456"."""
    return " ".join(code[at : at + 4] for at in range(0, _DIGITS, 4))


def as_code(typed: str) -> str | None:
    """Return the digits of what may be a code as somebody typed it, however grouped; None where it is none."""
    digits = _NO_DIGIT.sub("", typed)
    return digits if len(digits) == _DIGITS and digits.isascii() and digits.isdigit() else None
