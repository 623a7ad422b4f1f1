"""The set-up page: a new database's county and first administrator, opened with the code that the terminal prints."""

import hashlib
import hmac
import secrets

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from erp import db
from erp.errors import ERPError
from erp.queries.county import county
from erp.services.accounts import SetUpDraft, set_up_county
from erp.services.sign_in import Patience, count_attempt, forget_attempts
from erp.settings import settings
from erp.web.cookies import enter
from erp.web.forms import Form, network_of
from erp.web.html import choice, field, form, page, paragraph
from erp.web.sign_in import waiting

#: Wrong codes per network address: the fifth waits 2 s, the next 4 s …; from 10 on 15 minutes.
PER_NETWORK = Patience(free=4, locked_from=10)

#: Letters and digits that are not taken for one another when copied from a screen.
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
#: 20 letters of 32 are 100 bits.
_GROUPS, _GROUP = 4, 5

ZONES = {
    "America/Los_Angeles": "Pacific (Los Angeles)",
    "America/Phoenix": "Arizona (Phoenix)",
    "America/Denver": "Mountain (Denver)",
    "America/Chicago": "Central (Chicago)",
    "America/New_York": "Eastern (New York)",
    "America/Anchorage": "Alaska (Anchorage)",
    "Pacific/Honolulu": "Hawaii (Honolulu)",
}


class OneTimeCode:
    """The set-up code of this process. Only its hash is kept; every start makes another."""

    def __init__(self) -> None:
        self._hash = ""

    def make(self) -> str:
        """Make a code, in place of the one before, and return it to be printed."""
        groups = ("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
        code = "-".join(groups)
        self._hash = self._hashed(code)
        return code

    def fits(self, typed: str) -> bool:
        """Say whether this is the code, however its letters and hyphens were typed."""
        return bool(self._hash) and hmac.compare_digest(self._hash, self._hashed(typed))

    def use_up(self) -> None:
        """Let no code fit any more."""
        self._hash = ""

    @staticmethod
    def _hashed(code: str) -> str:
        letters = "".join(letter for letter in code.upper() if letter.isalnum())
        return hashlib.sha256(letters.encode()).hexdigest()


code = OneTimeCode()


def needs_set_up() -> bool:
    """Say whether this database has no county yet."""
    with db.reading() as session:
        return county(session) is None


def set_up_page(request: Request) -> Response:
    """Show the set-up form, while there is no county."""
    return _form_page(request, {}, "") if needs_set_up() else RedirectResponse("/signin", 303)


def set_up(request: Request, form_: Form) -> Response:
    """Make the county and its first administrator, and sign that person in."""
    if not needs_set_up():
        return RedirectResponse("/signin", 303)
    who = f"set-up {network_of(request)}"
    with db.writing(counts=False) as session:
        wait = count_attempt(session, {who: PER_NETWORK})
    if wait:
        return _form_page(request, form_, waiting(request, wait), 429)
    if not code.fits(form_.get("code", "")):
        wrong = (
            "The code is not right. It is printed in the window where the program was started; "
            "each start prints a new one."
        )
        return _form_page(request, form_, paragraph(request, wrong, "bad"), 403)
    with db.writing(counts=False) as session:
        forget_attempts(session, who)
    if form_.get("password") != form_.get("again"):
        differ = paragraph(request, "The two passwords differ. Enter the same one twice.", "bad")
        return _form_page(request, form_, differ, 400)
    try:
        with db.writing() as session:
            draft = SetUpDraft.of(**{name: form_.get(name, "") for name in SetUpDraft.model_fields})
            account_id = set_up_county(session, draft, form_.get("password", ""))
    except ERPError as refusal:
        return _form_page(request, form_, paragraph(request, str(refusal), "bad"), 400)
    code.use_up()
    return enter(request, account_id, "/")


def _form_page(request: Request, entered: Form, said: str, status: int = 200) -> Response:
    def typed(name: str) -> str:
        return entered.get(name, "")

    hint = "At least 12 characters; a few words in a row are easy to remember."
    return page(
        request,
        "Set up your county",
        said,
        paragraph(
            request,
            "This page makes the county and its first administrator. It opens once, with the code printed in the "
            "window where the program was started.",
        ),
        form(
            request,
            "/setup",
            "Set up",
            field(request, "code", "One-time code", value=typed("code"), first=True),
            field(request, "county", "Name of the county", value=typed("county")),
            choice(request, "time_zone", "Time zone", ZONES, typed("time_zone") or settings().time_zone),
            field(request, "name", "Your name", value=typed("name"), autocomplete="name"),
            field(request, "email", "E-mail address", kind="email", value=typed("email"), autocomplete="username"),
            field(request, "password", "Password", kind="password", autocomplete="new-password", hint=hint),
            field(request, "again", "The same password again", kind="password", autocomplete="new-password"),
        ),
        status=status,
    )
