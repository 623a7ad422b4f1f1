"""My account: changing the password, and ending sign-ins."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from erp import db
from erp.access import Actor
from erp.models.accounts import Account
from erp.services.sign_in import hash_password, resolve, try_password
from tests.conftest import Cast
from tests.ui.conftest import tables

PASSWORD, NEW = "seven quiet herons", "eight loud herons"


@pytest.fixture
def vic(database: object, cast: Cast) -> Actor:
    """Give the viewer a password."""
    with db.writing() as session:
        account = session.get(Account, cast.viewer.user_id)
        assert account is not None
        account.password_hash = hash_password(PASSWORD)
    return cast.viewer


def press(app: AppTest, label: str, number: int = 0) -> AppTest:
    """Press the button with this label."""
    return [button for button in app.button if button.label == label][number].click().run()


def change(app: AppTest, old: str, new: str, again: str) -> AppTest:
    """Fill in the password form and send it."""
    for name, value in {"old": old, "new": new, "again": again}.items():
        app.text_input(key=f"account_{name}").set_value(value)
    return press(app, "Change password")


def test_the_password_is_changed_and_other_sign_ins_end(app_as: Callable[..., AppTest], vic: Actor) -> None:
    there, here = app_as(vic), app_as(vic, "account")
    change(here, PASSWORD, NEW, NEW)
    assert [message.value for message in here.success] == [
        "Your password is changed. You are signed out everywhere else."
    ]
    assert resolve(there.user["sid"]) is None
    assert resolve(here.user["sid"]) == vic
    assert try_password("vic@alder.example", NEW, "198.51.100.7").account_id == vic.user_id


@pytest.mark.parametrize(
    ("old", "new", "again", "sentence"),
    [
        ("a wrong guess", NEW, NEW, "The present password is not right."),
        (PASSWORD, NEW, "another one", "The two new passwords differ."),
        (PASSWORD, "short", "short", "at least 12 characters"),
    ],
)
def test_a_refusal_is_told_and_changes_nothing(
    app_as: Callable[..., AppTest], vic: Actor, old: str, new: str, again: str, sentence: str
) -> None:
    app = change(app_as(vic, "account"), old, new, again)
    assert sentence in app.error[0].value
    assert try_password("vic@alder.example", PASSWORD, "198.51.100.7").account_id == vic.user_id


def test_one_of_my_sign_ins_can_be_ended(app_as: Callable[..., AppTest], vic: Actor) -> None:
    there, here = app_as(vic), app_as(vic, "account")
    press(here, "End")
    assert (resolve(there.user["sid"]), resolve(here.user["sid"])) == (None, vic)
    assert "has ended" in here.success[0].value
    assert "End" not in [button.label for button in here.button]


def test_all_the_others_or_all_can_be_ended(app_as: Callable[..., AppTest], vic: Actor, cast: Cast) -> None:
    others, hers, here = [app_as(vic), app_as(vic)], app_as(cast.leadership), app_as(vic, "account")
    press(here, "End all the others")
    assert [resolve(other.user["sid"]) for other in others] == [None, None]
    assert resolve(here.user["sid"]) == vic
    press(here, "End all, also here")
    assert "Your session has ended" in here.error[0].value
    assert resolve(hers.user["sid"]) == cast.leadership


def test_everybody_sees_their_own_name_and_sign_ins_only(app_as: Callable[..., AppTest], cast: Cast) -> None:
    app_as(cast.leadership)
    app = app_as(cast.viewer, "account")
    assert not app.exception
    written = " ".join(part.value for part in app.markdown)
    assert written.count("Opened") == 1
    assert "vic@alder.example" in tables(app)[0].to_string()


def test_a_second_click_on_a_changed_password_is_told_the_same(app_as: Callable[..., AppTest], vic: Actor) -> None:
    app = app_as(vic, "account")
    for name, value in {"old": PASSWORD, "new": NEW, "again": NEW}.items():
        app.text_input(key=f"account_{name}").set_value(value)
    stale = next(button for button in app.button if button.label == "Change password")
    press(app, "Change password")
    assert "Your password is changed" in app.success[0].value
    assert stale.key not in [button.key for button in app.button]
    assert try_password("vic@alder.example", NEW, "198.51.100.8").account_id == vic.user_id
