"""The shell around the pages: who gets in, what the menu holds, what the sidebar says, and how it ends."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from erp import db
from erp.models.accounts import Account, County
from erp.services.accounts import disable_account, set_roles
from erp.services.sign_in import end_all_sign_ins, token_hash
from erp.settings import ROOT, settings
from erp.ui.navigation import PAGES, PageEntry
from erp.vocabulary import Role
from tests.conftest import Cast

ENDED = "Your session has ended. What you saved is safe."


def shown(app: AppTest) -> str:
    """Return all HTML that the shell drew."""
    return " ".join(part.proto.body for part in app.get("html"))


@pytest.mark.parametrize("user", [{}, {"sid": None}, {"sid": token_hash("made up")}, {"email": "ada@alder.example"}])
def test_signed_out_nothing_is_shown_but_that_it_is_over(database: object, user: dict[str, str]) -> None:
    app = AppTest.from_file(ROOT / "erp/ui/main.py", default_timeout=30)
    app.user = user
    app.run()
    assert [error.value for error in app.error] == [ENDED]
    assert "Sign in again" in shown(app)
    assert not app.title
    assert "Alder" not in shown(app)


@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.name)
def test_every_page_file_asks_who_is_there_itself(database: object, entry: PageEntry) -> None:
    app = AppTest.from_file(ROOT / "pages" / f"{entry.name}.py", default_timeout=30)
    app.user = {}
    app.run()
    assert [error.value for error in app.error] == [ENDED]
    assert not app.title


def test_everybody_of_the_cast_reaches_the_first_page(app_as: Callable[..., AppTest], cast: Cast) -> None:
    for actor in cast:
        app = app_as(actor)
        assert not app.exception
        assert not app.error


def test_the_sidebar_says_where_one_is_and_who_one_is(app_as: Callable[..., AppTest], cast: Cast) -> None:
    said = shown(app_as(cast.tribal_liaison))
    for words in ("Alder County", "Tara Liaison", "Tribal liaison", 'action="/signout"'):
        assert words in said


def test_names_are_text_never_html(app_as: Callable[..., AppTest], cast: Cast) -> None:
    with db.writing() as session:
        home, account = session.get(County, 1), session.get(Account, cast.viewer.user_id)
        assert home is not None
        assert account is not None
        home.name, account.name = "Alder <b>County</b>", "Vic <img src=x>"
    said = shown(app_as(cast.viewer))
    assert "Alder &lt;b&gt;County" in said
    assert "<img" not in said


def test_a_page_that_is_not_for_the_role_cannot_be_opened(app_as: Callable[..., AppTest], cast: Cast) -> None:
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        app_as(cast.viewer, "imports")


def test_signing_out_elsewhere_acts_on_the_next_run(app_as: Callable[..., AppTest], cast: Cast) -> None:
    app = app_as(cast.viewer)
    with db.writing() as session:
        end_all_sign_ins(session, cast.viewer)
    app.run()
    assert [error.value for error in app.error] == [ENDED]


def test_disabling_the_account_acts_on_the_next_run(app_as: Callable[..., AppTest], cast: Cast) -> None:
    app = app_as(cast.viewer)
    with db.writing() as session:
        disable_account(session, cast.administrator, cast.viewer.user_id or 0, 1)
    app.run()
    assert [error.value for error in app.error] == [ENDED]


def test_other_roles_act_on_the_next_run(app_as: Callable[..., AppTest], cast: Cast) -> None:
    app = app_as(cast.viewer)
    with db.writing() as session:
        set_roles(session, cast.administrator, cast.viewer.user_id or 0, 1, frozenset({Role.COORDINATOR}))
    app.run()
    assert "Coordinator" in shown(app)
    app.switch_page("../../pages/imports.py")


def test_a_click_after_the_session_ended_writes_nothing(app_as: Callable[..., AppTest], cast: Cast) -> None:
    here, there = app_as(cast.viewer, "account"), app_as(cast.viewer)
    with db.writing() as session:
        end_all_sign_ins(session, cast.viewer, but=there.user["sid"])
    next(button for button in here.button if button.label == "End all, also here").click().run()
    assert [error.value for error in here.error] == [ENDED]
    there.run()
    assert not there.error


def test_the_demonstration_says_that_it_is_made_up(
    app_as: Callable[..., AppTest], cast: Cast, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not [part for part in app_as(cast.viewer).markdown if "Made-up county" in part.value]
    db.forget_engines()
    database.rename(database.with_name("demo.db"))
    monkeypatch.setenv("ERP_DEMO", "true")
    settings.cache_clear()
    assert [part for part in app_as(cast.viewer).markdown if "Made-up county" in part.value]


def test_a_link_to_a_page_that_is_not_ones_own_says_so(cast: Cast, app_as: Callable[..., AppTest]) -> None:
    app_as(cast.viewer)
    refused = AppTest.from_function(_refused).run()
    assert "Your role does not include this page" in refused.error[0].value


def _refused() -> None:
    from erp.ui.navigation import _refuse

    _refuse()
