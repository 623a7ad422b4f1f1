"""The public pages: signing in and out, set-up, invitations, the demonstration; in English and Spanish."""

import ast
import re
from pathlib import Path

import pytest
from starlette.applications import Starlette

from erp import db
from erp.models.accounts import Account, FailedSignIn
from erp.queries.accounts import account_by_email
from erp.queries.county import county
from erp.services.accounts import Invitation, InvitationDraft, disable_account, invite_account
from erp.services.records import now
from erp.services.sign_in import hash_password, resolve, token_hash
from erp.services.upkeep import migrate
from erp.settings import ROOT, settings
from erp.vocabulary import Role
from erp.web.cookies import browser_words
from erp.web.forms import safe_next
from erp.web.public_parts import CHECKED
from erp.web.set_up import code
from erp.web.start import Served
from erp.web.words import SPANISH
from erp.web.words_public import LANGUAGES_WRITTEN
from tests.conftest import Cast
from tests.web.conftest import Visitor

PASSWORD = "seven quiet herons"
COOKIE = "erp_session"


@pytest.fixture
def cora(database: Path, cast: Cast) -> dict[str, str]:
    """Give the coordinator a password, and return the form she fills in."""
    with db.writing() as session:
        account = session.get(Account, cast.coordinator.user_id)
        assert account is not None
        account.password_hash = hash_password(PASSWORD)
    return {"email": "cora@alder.example", "password": PASSWORD}


@pytest.fixture
def link(database: Path, cast: Cast) -> Invitation:
    """Invite somebody."""
    mina = InvitationDraft(name="Mina <i>Newcomer</i>", email="mina@alder.example", roles=frozenset({Role.VIEWER}))
    with db.writing() as session:
        return invite_account(session, cast.administrator, mina)


def first_administrator(**changed: str) -> dict[str, str]:
    """Fill in the set-up form with a new code."""
    form = {"code": code.make(), "county": "Alder <b>County</b>", "time_zone": "America/Los_Angeles"}
    person = {"name": "Fay First", "email": "fay@alder.example", "password": PASSWORD, "again": PASSWORD}
    return form | person | changed


def fail(who: str, times: int) -> None:
    """Count so many failures just now."""
    with db.writing(counts=False) as session:
        session.add_all(FailedSignIn(who=who, at=now()) for _ in range(times))


# signing in and out


def test_signing_in_sets_a_cookie_no_script_can_read_and_goes_on(visitor: Visitor, cora: dict[str, str]) -> None:
    answer = visitor.post("/signin", cora | {"next": "/partners?partner=12"})
    assert (answer.status, answer.headers["location"]) == (303, "/partners?partner=12")
    assert "HttpOnly" in visitor.last_cookie
    assert "SameSite=lax" in visitor.last_cookie
    assert "Secure" not in visitor.last_cookie
    assert visitor.get("/partners").text == f"a page for {token_hash(visitor.cookies[COOKIE])}"


def test_over_https_the_cookie_is_secure(gated: Starlette, cora: dict[str, str]) -> None:
    visitor = Visitor(gated, scheme="https", host="erp.alder.example")
    visitor.post("/signin", cora)
    assert "Secure" in visitor.last_cookie


def test_a_wrong_password_and_an_unknown_address_read_the_same(visitor: Visitor, cora: dict[str, str]) -> None:
    wrong = visitor.post("/signin", cora | {"password": "a wrong guess"})
    unknown = visitor.post("/signin", {"email": "nobody@alder.example", "password": "a wrong guess"})
    assert wrong.status == unknown.status == 401
    assert 'role="alert">Wrong e-mail address or password.' in wrong.text
    assert wrong.text.replace("cora@", "nobody@") == unknown.text
    assert not visitor.cookies


def test_too_many_attempts_are_told_to_wait_also_for_unknown_addresses(visitor: Visitor, cora: dict[str, str]) -> None:
    for email in ("cora@alder.example", "nobody@alder.example"):
        fail(f"email {email}", 10)
        answer = visitor.post("/signin", {"email": email, "password": PASSWORD})
        assert answer.status == 429
        assert "Too many attempts. Try again in 15 minutes." in answer.text
    fail("email tara@alder.example", 7)
    answer = visitor.post("/signin?lang=es", {"email": "tara@alder.example", "password": PASSWORD})
    assert re.search(r"Demasiados intentos\. Intente de nuevo en \d\d segundos\.", answer.text)


def test_what_was_typed_is_shown_again_but_not_the_password_and_runs_no_script(visitor: Visitor) -> None:
    answer = visitor.post("/signin", {"email": '"><script>alert(1)</script>', "password": "a wrong guess"})
    assert "<script" not in answer.text
    assert "a wrong guess" not in answer.text


@pytest.mark.parametrize("leaving", ["//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil", "evil"])
def test_signing_in_never_leads_out_of_the_app(visitor: Visitor, cora: dict[str, str], leaving: str) -> None:
    assert visitor.post("/signin", cora | {"next": leaving}).headers["location"] == "/"
    assert safe_next("/partners?partner=12&x=%C3%B1") == "/partners?partner=12&x=%C3%B1"


@pytest.mark.parametrize("path", ["/signin", "/signout", "/setup", "/demo-signin", "/invitation/x"])
@pytest.mark.parametrize(
    "foreign",
    [{"sec_fetch_site": "cross-site"}, {"sec_fetch_site": "same-site"}, {"origin": "https://elsewhere.example"}],
)
def test_a_form_from_a_foreign_page_does_nothing(
    visitor: Visitor, cora: dict[str, str], path: str, foreign: dict[str, str]
) -> None:
    answer = visitor.post(path, cora, **foreign)
    assert answer.status == 403
    assert not visitor.cookies


def test_large_or_odd_bodies_are_refused(visitor: Visitor, cora: dict[str, str]) -> None:
    assert visitor.post("/signin", cora | {"next": "/" + "x" * 20_000}).status == 413
    assert visitor.post("/signin", cora | {f"field{n}": "" for n in range(30)}).status == 413
    assert visitor.post("/signin", cora, content_type="multipart/form-data; boundary=x").status == 413


def test_after_signing_out_the_old_cookie_opens_nothing(visitor: Visitor, cora: dict[str, str]) -> None:
    visitor.post("/signin", cora)
    hashed = token_hash(visitor.cookies[COOKIE])
    answer = visitor.post("/signout", {})
    assert answer.status == 303
    assert resolve(hashed) is None
    assert 'role="status">You are signed out.' in visitor.get(answer.headers["location"]).text
    assert visitor.get("/partners").status == 303
    assert visitor.websocket()[1]["text"] == "a page for nobody"


def test_following_a_link_to_signout_only_asks(visitor: Visitor, cora: dict[str, str]) -> None:
    visitor.post("/signin", cora)
    assert "Sign out of this browser?" in visitor.get("/signout").text
    assert visitor.get("/partners").status == 200


def test_signing_in_again_ends_the_sign_in_this_browser_had(visitor: Visitor, cora: dict[str, str]) -> None:
    visitor.post("/signin", cora)
    old = token_hash(visitor.cookies[COOKIE])
    visitor.post("/signin", cora)
    assert resolve(old) is None


def test_pages_are_not_kept_by_the_browser(visitor: Visitor) -> None:
    assert visitor.get("/signin").headers["cache-control"] == "no-store"


# set-up


def test_without_a_county_every_page_leads_to_set_up(newcomer: Visitor) -> None:
    for path in ("/", "/partners", "/signin", "/signout", "/invitation/x"):
        answer = newcomer.get(path)
        assert (answer.status, answer.headers["location"]) == (303, "/setup")
    assert newcomer.websocket()[0]["type"] == "websocket.close"
    page = newcomer.get("/setup")
    assert page.status == 200
    assert '<option value="America/Los_Angeles" selected>' in page.text


def test_set_up_makes_the_county_and_signs_the_administrator_in(newcomer: Visitor) -> None:
    form = first_administrator()
    typed = form["code"].replace("-", " ").lower()
    answer = newcomer.post("/setup", form | {"code": typed})
    assert (answer.status, answer.headers["location"]) == (303, "/")
    who = resolve(token_hash(newcomer.cookies[COOKIE]))
    assert who is not None
    assert (who.name, who.roles) == ("Fay First", {Role.ADMINISTRATOR})
    assert "Alder &lt;b&gt;County&lt;/b&gt;" in Visitor(newcomer.app).get("/signin").text


def test_a_wrong_code_makes_nothing(newcomer: Visitor) -> None:
    answer = newcomer.post("/setup", first_administrator() | {"code": "AAAAA-AAAAA-AAAAA-AAAAA"})
    assert answer.status == 403
    assert "The code is not right." in answer.text
    assert "Fay First" in answer.text
    assert PASSWORD not in answer.text
    with db.reading() as session:
        assert county(session) is None


def test_guessing_the_code_has_to_wait_even_when_it_is_right_at_last(newcomer: Visitor) -> None:
    fail("set-up 127.0.0.1", 10)
    assert newcomer.post("/setup", first_administrator()).status == 429
    with db.reading() as session:
        assert county(session) is None


def test_a_code_works_once(newcomer: Visitor) -> None:
    form = first_administrator()
    newcomer.post("/setup", form)
    again = Visitor(newcomer.app).post("/setup", form | {"email": "second@alder.example"})
    assert (again.status, again.headers["location"]) == (303, "/signin")
    assert not code.fits(form["code"])
    with db.reading() as session:
        assert account_by_email(session, "second@alder.example") is None


def test_another_start_makes_another_code_and_the_old_one_fits_no_more() -> None:
    first, second = code.make(), code.make()
    assert (code.fits(first), code.fits(second)) == (False, True)
    code.use_up()
    assert not code.fits("")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"again": "another password"}, "The two passwords differ."),
        ({"password": "short", "again": "short"}, "at least 12 characters"),
        ({"county": " "}, "Enter the name of the county."),
        ({"time_zone": "Nowhere"}, "Choose a time zone"),
    ],
)
def test_set_up_says_what_to_mend_and_the_code_still_works(
    newcomer: Visitor, wrong: dict[str, str], sentence: str
) -> None:
    form = first_administrator()
    answer = newcomer.post("/setup", form | wrong)
    assert answer.status == 400
    assert sentence in answer.text
    assert newcomer.post("/setup", form).status == 303


def test_with_a_county_set_up_is_closed(visitor: Visitor) -> None:
    assert visitor.get("/setup").headers["location"] == "/signin"


# invitations


def test_an_invitation_is_looked_at_as_often_as_one_likes_and_used_once(visitor: Visitor, link: Invitation) -> None:
    for _ in range(2):
        assert "Mina &lt;i&gt;Newcomer&lt;/i&gt;, mina@alder.example" in visitor.get(link.path).text
    answer = visitor.post(link.path, {"password": PASSWORD, "again": PASSWORD})
    assert (answer.status, answer.headers["location"]) == (303, "/")
    assert visitor.get("/partners").status == 200
    assert visitor.get(link.path).status == 404
    assert visitor.post(link.path, {"password": PASSWORD, "again": PASSWORD}).status == 404


@pytest.mark.parametrize(
    ("password", "again", "sentence"),
    [(PASSWORD, "other", "The two passwords differ."), ("short", "short", "at least 12 characters")],
)
def test_an_invitation_says_what_is_wrong_with_a_password(
    visitor: Visitor, link: Invitation, password: str, again: str, sentence: str
) -> None:
    answer = visitor.post(link.path, {"password": password, "again": again})
    assert answer.status == 400
    assert sentence in answer.text
    assert not visitor.cookies


def test_a_made_up_link_and_one_of_a_disabled_account_read_the_same(
    visitor: Visitor, link: Invitation, cast: Cast
) -> None:
    with db.writing() as session:
        disable_account(session, cast.administrator, link.account_id, 1)
    assert visitor.get(link.path).text.count("This link has been used or has run out.") == 1
    assert visitor.get(link.path).text == visitor.get("/invitation/made-up").text


# the demonstration


def test_one_click_sign_in_is_there_in_the_demonstration_only(visitor: Visitor, cast: Cast) -> None:
    assert "Try the made-up county" not in visitor.get("/signin").text
    assert visitor.post("/demo-signin", {"account": str(cast.viewer.user_id)}).status == 404
    assert not visitor.cookies


def test_in_the_demonstration_one_click_is_enough(demo: Visitor, cast: Cast) -> None:
    page = demo.get("/signin").text
    for actor in cast:
        assert f'value="{actor.user_id}"' in page
        assert actor.name in page
    answer = demo.post("/demo-signin", {"account": str(cast.viewer.user_id)})
    assert answer.headers["location"] == "/"
    assert resolve(token_hash(demo.cookies["erp_demo_session"])) == cast.viewer
    assert demo.post("/demo-signin", {"account": "99"}).status == 404


def test_the_demonstration_is_closed_to_other_machines(demo: Visitor) -> None:
    form = {"account": "1"}
    assert Visitor(demo.app, network="192.0.2.4").post("/demo-signin", form).status == 404
    assert Visitor(demo.app, host="rebound.example").post("/demo-signin", form).status == 404


@pytest.fixture
def demo(database: Path, gated: Starlette, monkeypatch: pytest.MonkeyPatch) -> Visitor:
    """Come to the demonstration; its people are the cast."""
    database.rename(database.with_name("demo.db"))
    db.forget_engines()
    monkeypatch.setenv("ERP_DEMO", "true")
    settings.cache_clear()
    return Visitor(gated)


# health


def test_healthz_is_ok_only_with_a_database_of_this_version(
    visitor: Visitor, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Served, "version", migrate(db.engine()).after)
    assert (visitor.get("/healthz").status, visitor.get("/healthz").text) == (200, "ok")
    monkeypatch.setattr(Served, "version", "0000")
    assert visitor.get("/healthz").status == 503
    db.forget_engines()
    database.write_bytes(b"not a database, not a database, not a database")
    assert visitor.get("/healthz").status == 503


# words


def test_the_language_is_the_one_chosen_else_the_browsers_else_english(visitor: Visitor) -> None:
    assert "<h1>Sign in</h1>" in visitor.get("/signin").text
    assert "<h1>Iniciar sesión</h1>" in visitor.get("/signin?lang=es").text
    spanish = visitor.get("/signin", **{"accept-language": "fr;q=0.9, es-MX, en"}).text
    assert '<html lang="es">' in spanish
    assert "<h1>Sign in</h1>" in visitor.get("/signin?lang=en", **{"accept-language": "es"}).text
    assert 'href="?next=%2Fpartners&amp;lang=es"' in visitor.get("/signin?next=/partners").text


def test_refusals_are_in_the_language_of_the_page(visitor: Visitor, link: Invitation) -> None:
    answer = visitor.post("/signin?lang=es", {"email": "cora@alder.example", "password": "a wrong guess"})
    assert "no son correctos" in answer.text
    assert 'action="/signin?lang=es"' in answer.text
    assert "al menos 12 caracteres" in visitor.post(f"{link.path}?lang=es", {"password": "x", "again": "x"}).text
    assert "ya se usó o venció" in visitor.get("/invitation/made-up?lang=es").text
    assert "no se solicitó desde aquí" in visitor.post("/signin?lang=es", {}, sec_fetch_site="cross-site").text


def test_every_sentence_of_the_public_pages_has_its_spanish() -> None:
    modules = ("forms", "html", "invitation", "set_up", "sign_in", "public_say", "public_follow", "public_told")
    said = {text for name in (*modules, "public_parts") for text in _sentences(ROOT / "erp" / "web" / f"{name}.py")}
    technical = {"Cache-Control", "Content-Type", "Content-Disposition", CHECKED}
    said |= set(LANGUAGES_WRITTEN)
    assert said - technical <= SPANISH.keys()


def test_every_spanish_sentence_names_the_same_values() -> None:
    for english, spanish in SPANISH.items():
        assert set(re.findall(r"{\w+}", english)) == set(re.findall(r"{\w+}", spanish))


def _sentences(module: Path) -> set[str]:
    """Find the texts in a module that begin like a sentence or a label; docstrings and HTML are none."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    docstrings = {ast.get_docstring(node, clean=False) for node in ast.walk(tree) if isinstance(node, _DOCUMENTED)}
    in_html = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    texts = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in in_html
    }
    return {text for text in texts - docstrings if re.match(r"[A-Z][a-z]", text) and "/" not in text}


_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0) AppleWebKit/605 Version/18.0 Safari/605", "Safari on Mac"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) CriOS/140 Mobile Safari/604", "Chrome on iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537 Chrome/140 Mobile Safari/537", "Chrome on Android"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140 Safari/537 Edg/140", "Edge on Windows"),
        ("curl/8.0", "A browser"),
    ],
)
def test_a_browser_is_named_in_words_a_person_knows(user_agent: str, words: str) -> None:
    assert browser_words(user_agent) == words
