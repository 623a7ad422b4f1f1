"""Accounts on the Settings page: inviting, roles, disabling, one-time links; for administrators only."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from erp import db
from erp.queries.accounts import account_by_email
from erp.services.accounts import accept_invitation
from erp.vocabulary import Role
from tests.conftest import Cast
from tests.ui.conftest import keyed


@pytest.fixture
def settings_page(app_as: Callable[..., AppTest], cast: Cast) -> AppTest:
    """Open Settings as the administrator."""
    return app_as(cast.administrator, "settings")


def press(app: AppTest, label: str) -> AppTest:
    """Press the button with this label."""
    return next(button for button in app.button if button.label == label).click().run()


def choose(app: AppTest, person: int | None) -> AppTest:
    """Choose an account to change."""
    return app.selectbox(key="accounts_chosen").set_value(person).run()


def kept(email: str) -> tuple[tuple[Role, ...], str]:
    """Return roles and state of an account as the database has them."""
    with db.reading() as session:
        row = account_by_email(session, email)
        assert row is not None
        return row.roles, row.state


def link_shown(app: AppTest) -> list[str]:
    """Return the one-time links on the page."""
    return [code.value for code in app.code if "/invitation/" in code.value]


def test_the_list_names_everybody_with_roles_and_state(settings_page: AppTest) -> None:
    rows = next(frame.value for frame in settings_page.dataframe if "E-mail" in frame.value.columns)
    vic = rows.set_index("Name").loc["Vic Viewer"]
    assert (vic["E-mail"], vic["Roles"], vic["State"], vic["Last here"]) == (
        "vic@alder.example",
        "Viewer",
        "Invited",
        "never",
    )


def test_an_invitation_shows_its_link_until_it_is_copied(settings_page: AppTest) -> None:
    app = settings_page
    app.text_input(key=keyed(app, "accounts_invitation", "name")).set_value("Mina Newcomer")
    app.text_input(key=keyed(app, "accounts_invitation", "email")).set_value("mina@alder.example")
    app.multiselect(key=keyed(app, "accounts_invitation", "roles")).set_value([Role.COORDINATOR])
    press(app, "Invite")
    assert kept("mina@alder.example") == ((Role.COORDINATOR,), "Invited")
    (link,) = link_shown(app)
    assert app.text_input(key=keyed(app, "accounts_invitation", "name")).value == ""
    with db.writing() as session:
        accept_invitation(session, link.rpartition("/")[2], "seven quiet herons")
    assert kept("mina@alder.example")[1] == "Active"
    press(app, "I have copied it")
    assert not link_shown(app)


def test_a_refused_invitation_keeps_what_was_typed(settings_page: AppTest) -> None:
    app = settings_page
    app.text_input(key=keyed(app, "accounts_invitation", "name")).set_value("Mina Newcomer")
    app.text_input(key=keyed(app, "accounts_invitation", "email")).set_value("cora@alder.example")
    app.multiselect(key=keyed(app, "accounts_invitation", "roles")).set_value([Role.COORDINATOR])
    press(app, "Invite")
    assert "There is an account with this e-mail address already." in app.error[0].value
    assert app.text_input(key=keyed(app, "accounts_invitation", "name")).value == "Mina Newcomer"
    assert not link_shown(app)


def test_roles_are_changed_and_shown_as_kept(settings_page: AppTest, cast: Cast) -> None:
    app = choose(settings_page, cast.viewer.user_id)
    roles = next(box for box in app.multiselect if box.value == [Role.VIEWER])
    roles.set_value([Role.VIEWER, Role.COMMUNITY_LIAISON])
    press(app, "Save roles")
    assert kept("vic@alder.example")[0] == (Role.COMMUNITY_LIAISON, Role.VIEWER)
    assert [Role.COMMUNITY_LIAISON, Role.VIEWER] in [box.value for box in app.multiselect]


def test_an_account_is_disabled_and_enabled_again(settings_page: AppTest, cast: Cast) -> None:
    app = press(choose(settings_page, cast.viewer.user_id), "Disable")
    assert kept("vic@alder.example")[1] == "Disabled"
    press(app, "Enable")
    assert kept("vic@alder.example")[1] == "Invited"


def test_a_reset_link_is_made(settings_page: AppTest, cast: Cast) -> None:
    app = press(choose(settings_page, cast.viewer.user_id), "Make a one-time link")
    assert len(link_shown(app)) == 1


def test_the_last_administrator_is_told_why_not(settings_page: AppTest, cast: Cast) -> None:
    app = press(choose(settings_page, cast.administrator.user_id), "Disable")
    assert "only administrator" in app.error[0].value


def test_nobody_else_sees_accounts(app_as: Callable[..., AppTest], cast: Cast) -> None:
    for actor in (cast.leadership, cast.coordinator):
        app = app_as(actor, "settings")
        assert not app.exception
        assert "accounts_chosen" not in [box.key for box in app.selectbox]
        assert "Invite" not in [button.label for button in app.button]
