"""A visitor of the public pages and the gate, without a network; and a free port for a real server."""

import asyncio
import socket
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

import pytest
from sqlalchemy import delete
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from erp import db
from erp.models.accounts import Account, County, RoleGrant
from erp.web.routes import MIDDLEWARE, ROUTES

AnswerT = TypeVar("AnswerT")


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    text: str


def at_once(asked: Coroutine[Any, Any, AnswerT]) -> AnswerT:
    """Run something to its end, in a thread of its own: a browser's tests in this process keep a loop running."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, asked).result()


@dataclass
class Visitor:
    """A browser, as far as the gate and the public pages can tell: it keeps cookies and follows nothing."""

    app: Any
    host: str = "localhost:8501"
    network: str = "127.0.0.1"
    scheme: str = "http"
    cookies: dict[str, str] = field(default_factory=dict)
    last_cookie: str = ""

    def get(self, path: str, **headers: str) -> Answer:
        """Ask for a page as a browser does."""
        return at_once(self._ask("GET", path, {"accept": "text/html"} | headers, b""))

    def post(self, path: str, form: dict[str, str], **headers: str) -> Answer:
        """Send a form from our own page, unless the headers say otherwise."""
        own = {"sec-fetch-site": "same-origin", "origin": f"{self.scheme}://{self.host}"}
        kind = {"content-type": "application/x-www-form-urlencoded"}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return at_once(self._ask("POST", path, kind | own | named, urlencode(form).encode()))

    def websocket(self, **headers: str) -> list[dict[str, Any]]:
        """Open the page server's socket; return what came back: accepted and what it said, or closed."""
        own = {"origin": f"{self.scheme}://{self.host}"}
        return at_once(self._socket(own | {name.replace("_", "-"): value for name, value in headers.items()}))

    async def _ask(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        plain, _, query = path.partition("?")
        scope = self._scope("http", plain, query, headers) | {"method": method}
        sent: list[dict[str, Any]] = []
        coming = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def receive() -> dict[str, Any]:
            return next(coming, {"type": "http.disconnect"})

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        answer = Answer(sent[0]["status"], {}, b"".join(part.get("body", b"") for part in sent[1:]).decode())
        for name, value in sent[0]["headers"]:
            answer.headers[name.decode().lower()] = value.decode()
            if name.decode().lower() == "set-cookie":
                self._keep(value.decode())
        return answer

    async def _socket(self, headers: dict[str, str]) -> list[dict[str, Any]]:
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "websocket.connect"}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await self.app(self._scope("websocket", "/_stcore/stream", "", headers), receive, send)
        return sent

    def _scope(self, kind: str, path: str, query: str, headers: dict[str, str]) -> dict[str, Any]:
        cookie = {"cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        raw = {"host": self.host} | (cookie if self.cookies else {}) | headers
        return {
            "type": kind,
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "scheme": self.scheme if kind == "http" else self.scheme.replace("http", "ws"),
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.lower().encode(), value.encode()) for name, value in raw.items()],
            "client": (self.network, 50000),
            "server": ("localhost", 8501),
        }

    def _keep(self, cookie: str) -> None:
        self.last_cookie = cookie
        for name, morsel in SimpleCookie(cookie).items():
            if morsel.value and morsel["max-age"] != "0":
                self.cookies[name] = morsel.value
            else:
                self.cookies.pop(name, None)


async def _page(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"a page for {request.headers.get('x-erp-sid', 'nobody')}")


async def _socket_page(socket_: WebSocket) -> None:
    await socket_.accept()
    await socket_.send_text(f"a page for {socket_.headers.get('x-erp-sid', 'nobody')}")


@pytest.fixture(scope="session")
def gated() -> Starlette:
    """Put the gate and the routes round a page that says for whom it is."""
    pages = [Route("/{rest:path}", _page), WebSocketRoute("/_stcore/stream", _socket_page)]
    return Starlette(routes=[*ROUTES, *pages], middleware=MIDDLEWARE)


@pytest.fixture
def visitor(database: Path, gated: Starlette) -> Visitor:
    """Come to the county as somebody who is not signed in."""
    return Visitor(gated)


@pytest.fixture
def free_port() -> int:
    """Find a port that nothing listens on."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return trial.getsockname()[1]


@pytest.fixture
def newcomer(database: Path, gated: Starlette) -> Visitor:
    """Come to a database before its set-up."""
    with db.writing() as session:
        for table in (RoleGrant, Account, County):
            session.execute(delete(table))
    return Visitor(gated)
