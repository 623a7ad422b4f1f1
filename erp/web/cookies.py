"""The cookie that carries a sign-in's token, and the browser it belongs to."""

from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response

from erp import db
from erp.services.sign_in import KEPT, end_sign_in, open_sign_in, resolve, token_hash
from erp.settings import settings

_BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "FxiOS": "Firefox", "Chrome": "Chrome"} | {
    "CriOS": "Chrome",
    "Safari": "Safari",
}
_MACHINES = {"iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Windows": "Windows"} | {
    "CrOS": "Chromebook",
    "Mac OS X": "Mac",
    "Linux": "Linux",
}


def cookie_name() -> str:
    """Return the cookie's name. Cookies ignore ports: the demonstration beside the real app must not sign one out."""
    return "erp_demo_session" if settings().demo else "erp_session"


def token_hash_of(asked: HTTPConnection) -> str | None:
    """Return the hash of the token that the browser sent, or None where it sent none."""
    token = asked.cookies.get(cookie_name())
    return token_hash(token) if token else None


def enter(request: Request, account_id: int, go_on_to: str) -> Response:
    """Open a sign-in in place of the one this browser had, and send the browser on with its cookie."""
    leave(request)
    with db.writing(counts=False) as session:
        token = open_sign_in(session, account_id, browser_words(request.headers.get("user-agent", "")))
    response = RedirectResponse(go_on_to, 303)
    response.set_cookie(
        cookie_name(),
        token,
        # Longer than a sign-in holds, which the database decides: an old tab can be told that its session ended.
        max_age=int(KEPT.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return response


def leave(request: Request) -> None:
    """End the sign-in of this browser, in all its tabs."""
    hashed = token_hash_of(request)
    actor = resolve(hashed) if hashed else None
    if hashed and actor:
        with db.writing(counts=False) as session:
            end_sign_in(session, actor, hashed)


def browser_words(user_agent: str) -> str:
    """Return what a browser calls itself in words a person knows: "Firefox on Windows"."""
    browser = next((name for mark, name in _BROWSERS.items() if mark in user_agent), "A browser")
    machine = next((name for mark, name in _MACHINES.items() if mark in user_agent), "")
    return f"{browser} on {machine}" if machine else browser
