"""The sign-in page, signing out, and the demonstration's one-click sign-in."""

import math
from datetime import timedelta
from html import escape

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from erp import db
from erp.queries.accounts import people_to_try
from erp.services.sign_in import try_password
from erp.settings import LOOPBACK, settings
from erp.web.cookies import enter, leave
from erp.web.forms import Form, network_of, safe_next
from erp.web.html import field, form, hidden, page, paragraph
from erp.web.words import language, say


def sign_in_page(request: Request) -> Response:
    """Show the sign-in form; in the demonstration also everybody whom one may be."""
    said = paragraph(request, "You are signed out.", "good") if "signed_out" in request.query_params else ""
    return _form_page(request, said, next_=safe_next(request.query_params.get("next", "/")))


def sign_in(request: Request, form_: Form) -> Response:
    """Check e-mail address and password, and open a sign-in."""
    email, next_ = form_.get("email", ""), safe_next(form_.get("next", "/"))
    attempt = try_password(email, form_.get("password", ""), network_of(request))
    if attempt.account_id is not None:
        return enter(request, attempt.account_id, next_)
    if attempt.wait:
        said, status = waiting(request, attempt.wait), 429
    else:
        said, status = paragraph(request, "Wrong e-mail address or password. Check both and try again.", "bad"), 401
    return _form_page(request, said, next_=next_, email=email, status=status)


def sign_out_page(request: Request) -> Response:
    """Ask whether to sign out: following a link must not do it."""
    question = paragraph(request, "Sign out of this browser?")
    back = f'<p class="quiet"><a href="/">{escape(say(request, "Go back"))}</a></p>'
    return page(request, "Sign out", question, form(request, "/signout", "Sign out"), back)


def sign_out(request: Request, _form: Form) -> Response:
    """End the sign-in of this browser in all its tabs.

    The cookie stays, with a token that opens nothing: a tab left open finds back to a restarted server by it, and is
    told that its session ended; without it the tab would try to connect for ever.
    """
    leave(request)
    return RedirectResponse(f"/signin?signed_out=1&lang={language(request)}", 303)


def demo_sign_in(request: Request, form_: Form) -> Response:
    """Sign in as one of the made-up people, in the demonstration and on this machine only."""
    if not demo_may_be_tried(request):
        return Response(status_code=404)
    with db.reading() as session:
        known = {str(person.account_id): person.account_id for person in people_to_try(session)}
    chosen = known.get(form_.get("account", ""))
    return enter(request, chosen, "/") if chosen is not None else Response(status_code=404)


def demo_may_be_tried(request: Request) -> bool:
    """Say whether one-click sign-in is open: demonstration, bound to loopback, asked from it and by its name."""
    near = request.client is not None and request.client.host in LOOPBACK
    return settings().demo and settings().address in LOOPBACK and near and request.url.hostname in LOOPBACK


def waiting(request: Request, wait: timedelta) -> str:
    """Return the paragraph that says how long to wait before the next attempt."""
    seconds = math.ceil(wait.total_seconds())
    if seconds < 100:
        return paragraph(request, "Too many attempts. Try again in {number} seconds.", "bad", number=seconds)
    minutes = math.ceil(seconds / 60)
    return paragraph(request, "Too many attempts. Try again in {number} minutes.", "bad", number=minutes)


def _form_page(request: Request, said: str, *, next_: str, email: str = "", status: int = 200) -> Response:
    trying = demo_may_be_tried(request)
    by_password = form(
        request,
        "/signin",
        "Sign in",
        hidden("next", next_),
        field(request, "email", "E-mail address", kind="email", value=email, autocomplete="username", first=not trying),
        field(request, "password", "Password", kind="password", autocomplete="current-password"),
    )
    ask = paragraph(
        request,
        "Forgot your password, or no account yet? Ask an administrator of your county for a one-time link.",
        "quiet",
    )
    if not trying:
        return page(request, "Sign in", said, by_password, ask, status=status)
    instead = f"<h2>{escape(say(request, 'Or sign in with a password'))}</h2>"
    return page(request, "Try the made-up county", said, _people(request), instead, by_password, status=status)


def _people(request: Request) -> str:
    with db.reading() as session:
        people = people_to_try(session)
    buttons = (
        f'<button class="person" name="account" value="{person.account_id}">'
        f"{escape(', '.join(say(request, role.label) for role in person.roles))}"
        f"<span>{escape(person.name)}</span></button>"
        for person in people
    )
    invented = paragraph(request, "Its people, partners and records are invented. Choose who you want to be:")
    return f'{invented}<form method="post" action="/demo-signin?lang={language(request)}">{"".join(buttons)}</form>'
