"""The gate: whoever is not signed in gets past it to nothing but the public pages and the program's own files."""

from enum import Enum, auto
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from erp import db
from erp.queries.accounts import knows_sign_in
from erp.services.sign_in import resolve
from erp.web.cookies import token_hash_of
from erp.web.forms import same_origin
from erp.web.set_up import needs_set_up

#: The header that carries a sign-in's hash inwards; .streamlit/config.toml names it too.
IDENTITY = b"x-erp-sid"
#: Headers of ours that a browser might send to be taken for somebody.
_OURS = b"x-erp-"

#: Open to anybody at any time. The last two are asked by an open tab to find out whether the server is back.
_OPEN = frozenset({"/healthz", "/setup", "/_stcore/health", "/_stcore/host-config"})
#: Open to anybody once there is a county.
_ENTRANCES = frozenset({"/signin", "/signout", "/demo-signin", "/public"})
_INVITATION = "/invitation/"
#: Pages for everybody, signed in or not.
_PUBLIC = "/public/"
#: Our own files for the browser: fonts, the style of the public pages, the mark.
_STATIC = "/app/static/"


class Verdict(Enum):
    """What becomes of a request."""

    PASS = auto()
    SET_UP = auto()
    SIGN_IN = auto()
    OVER = auto()  # a sign-in that ended


def streamlit_folder() -> Path:
    """Return the folder of the page server's own browser files."""
    found = find_spec("streamlit")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "static"


def program_files() -> frozenset[str]:
    """Name the paths of the page server's scripts, styles and fonts. Anything else there answers with a page."""
    root = streamlit_folder()
    inner = {f"/{file.relative_to(root).as_posix()}" for file in (root / "static").rglob("*") if file.is_file()}
    return frozenset(inner | {"/favicon.png", "/manifest.json"})


class SessionGate:
    """ASGI middleware over HTTP and WebSocket: strips forged identity, resolves the cookie, refuses or passes on."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._files = program_files()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with the identity it has, or answer it here."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        kept = [(name, value) for name, value in scope["headers"] if not name.lower().startswith(_OURS)]
        scope = {**scope, "headers": kept}
        asked = HTTPConnection(scope)
        if scope["type"] == "websocket":
            await self._websocket(asked, scope, receive, send)
        else:
            await self._http(asked, scope, receive, send)

    async def _http(self, asked: HTTPConnection, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path not in _OPEN and path not in self._files and not path.startswith(_STATIC):
            hashed = token_hash_of(asked)
            verdict = await run_in_threadpool(_judge, path, hashed)
            if verdict is not Verdict.PASS:
                await _refusal(asked, scope, verdict)(scope, receive, send)
                return
            scope["headers"] += _identity(hashed)
        await self.app(scope, receive, send)

    async def _websocket(self, asked: HTTPConnection, scope: Scope, receive: Receive, send: Send) -> None:
        hashed = token_hash_of(asked)
        verdict = await run_in_threadpool(_judge, "", hashed) if same_origin(asked) else Verdict.SIGN_IN
        if verdict is Verdict.PASS:
            scope["headers"] += _identity(hashed)
        elif verdict is not Verdict.OVER:
            await receive()
            await send({"type": "websocket.close", "code": 4401})  # before accepting: the handshake answers 403
            return
        # An ended sign-in goes on with no identity: its tab is told so, instead of trying to connect for ever.
        await self.app(scope, receive, send)


def _judge(path: str, hashed: str | None) -> Verdict:
    if hashed and resolve(hashed):
        return Verdict.PASS
    if needs_set_up():
        return Verdict.SET_UP
    if path in _ENTRANCES or path.startswith((_INVITATION, _PUBLIC)):
        return Verdict.PASS
    with db.reading() as session:
        return Verdict.OVER if hashed and knows_sign_in(session, hashed) else Verdict.SIGN_IN


def _identity(hashed: str | None) -> list[tuple[bytes, bytes]]:
    return [(IDENTITY, hashed.encode())] if hashed else []


def _refusal(asked: HTTPConnection, scope: Scope, verdict: Verdict) -> Response:
    wants_page = scope["method"] == "GET" and "text/html" in asked.headers.get("accept", "")
    if not wants_page:
        return PlainTextResponse("sign in first", 401)
    if verdict is Verdict.SET_UP:
        return RedirectResponse("/setup", 303)
    query = scope["query_string"].decode("latin-1")
    return RedirectResponse("/signin?next=" + quote(scope["path"] + (f"?{query}" if query else ""), safe=""), 303)
