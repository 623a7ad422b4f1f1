"""The gate: what is open, what is not, forged identity, foreign pages, and the headers on every answer."""

from pathlib import Path

import pytest
from starlette.applications import Starlette

from erp import db
from erp.access import Actor
from erp.services.accounts import disable_account
from erp.services.sign_in import open_sign_in, token_hash
from erp.ui.navigation import PAGES
from erp.web.gate import program_files
from erp.web.headers import content_policy
from tests.conftest import Cast
from tests.web.conftest import Visitor

COOKIE = "erp_session"


def sign_in(visitor: Visitor, actor: Actor) -> str:
    """Give the visitor a sign-in of the actor, and return its hash."""
    with db.writing(counts=False) as session:
        token = open_sign_in(session, actor.user_id or 0, "Firefox on Windows")
    visitor.cookies[COOKIE] = token
    return token_hash(token)


@pytest.mark.parametrize("name", [entry.name for entry in PAGES])
def test_signed_out_every_page_leads_to_the_sign_in_page_and_back(visitor: Visitor, name: str) -> None:
    answer = visitor.get(f"/{name}?partner=12&x=%26")
    assert answer.status == 303
    assert answer.headers["location"] == f"/signin?next=%2F{name}%3Fpartner%3D12%26x%3D%2526"
    assert "a page for" not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "//partners",
        "/partners/",
        "/Partners",
        "/signin/",
        "/signinx",
        "/healthz/",
        "/invitation",
        "/media/0123.csv",
        "/_stcore/upload_file/a/b",
        "/_stcore/metrics",
        "/_stcore/agent/openapi.json",
        "/_stcore/script-health-check",
        "/component/x/index.html",
        "/static/index.html",
        "/static/js/../../index.html",
        "/index.html",
        "/auth/login",
        "/oauth2callback",
    ],
)
def test_nothing_else_is_open(visitor: Visitor, path: str) -> None:
    assert visitor.get(path).status in {303, 401, 403, 404}
    asked_by_a_program = visitor.get(path, accept="*/*")
    assert asked_by_a_program.status in {401, 403, 404}
    assert "a page for" not in asked_by_a_program.text


def test_scripts_styles_and_fonts_are_open(visitor: Visitor) -> None:
    assert visitor.get("/app/static/public.css").status == 200
    assert visitor.get("/favicon.png").text == "a page for nobody"  # the gate let it pass
    script = next(file for file in program_files() if file.endswith(".js"))
    assert visitor.get(script).text == "a page for nobody"


def test_signed_in_the_page_learns_who_it_is(visitor: Visitor, cast: Cast) -> None:
    hashed = sign_in(visitor, cast.viewer)
    assert visitor.get("/partners").text == f"a page for {hashed}"
    assert visitor.websocket()[1]["text"] == f"a page for {hashed}"


@pytest.mark.parametrize("header", ["x-erp-sid", "X-ERP-SID", "x-erp-user", "X-Erp-Anything"])
def test_a_forged_identity_is_stripped(visitor: Visitor, cast: Cast, header: str) -> None:
    forged = sign_in(Visitor(visitor.app), cast.administrator)
    assert visitor.get("/partners", **{header: forged}).status == 303
    assert visitor.websocket(**{header: forged})[0]["type"] == "websocket.close"
    mine = sign_in(visitor, cast.viewer)
    assert visitor.get("/partners", **{header: forged}).text == f"a page for {mine}"
    assert visitor.websocket(**{header: forged})[1]["text"] == f"a page for {mine}"


def test_a_socket_without_a_sign_in_is_refused(visitor: Visitor) -> None:
    assert visitor.websocket() == [{"type": "websocket.close", "code": 4401}]
    visitor.cookies[COOKIE] = "made up"
    assert visitor.websocket() == [{"type": "websocket.close", "code": 4401}]


def test_a_socket_from_a_foreign_page_is_refused_with_a_good_cookie(visitor: Visitor, cast: Cast) -> None:
    sign_in(visitor, cast.viewer)
    for foreign in ("https://elsewhere.example", "http://localhost:9999", "null"):
        assert visitor.websocket(origin=foreign)[0]["type"] == "websocket.close"
    assert visitor.websocket(sec_fetch_site="cross-site")[0]["type"] == "websocket.close"


def test_an_old_tab_is_let_in_as_nobody_so_that_it_can_be_told(visitor: Visitor, cast: Cast) -> None:
    sign_in(visitor, cast.viewer)
    with db.writing() as session:
        disable_account(session, cast.administrator, cast.viewer.user_id or 0, 1)
    assert visitor.websocket()[1]["text"] == "a page for nobody"
    assert visitor.get("/partners").status == 303


def test_every_answer_has_the_security_headers(visitor: Visitor, cast: Cast) -> None:
    sign_in(visitor, cast.viewer)
    anonymous = Visitor(visitor.app)
    for answer in (
        visitor.get("/partners"),
        anonymous.get("/partners"),
        anonymous.get("/signin"),
        anonymous.get("/no"),
    ):
        assert "script-src 'self' 'sha256-" in answer.headers["content-security-policy"]
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert "strict-transport-security" not in answer.headers


def test_over_https_the_browser_is_told_to_stay_there(database: Path, gated: Starlette) -> None:
    answer = Visitor(gated, scheme="https", host="erp.alder.example").get("/signin")
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


def test_the_content_policy_lets_nothing_in_from_outside() -> None:
    policy = content_policy()
    script = next(rule for rule in policy.split("; ") if rule.startswith("script-src"))
    assert "unsafe" not in script
    assert "http" not in policy
    assert "*" not in policy
