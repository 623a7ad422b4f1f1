"""The Import page: who may open it, its empty state, a file refused, and a roster checked and saved."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from erp import db
from erp.queries.choices import partner_choices
from tests.conftest import Cast

Open = Callable[..., AppTest]
ROSTER = b"Organization,Kind,Seat\nFern House,community organization,Chair\nLark Clinic,Members,\n,other,\n"


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def words(app: AppTest) -> str:
    return "\n".join(str(element.value) for kind in (app.markdown, app.error, app.caption) for element in kind)


def test_a_viewer_may_not_open_the_page(app_as: Open, cast: Cast) -> None:
    with pytest.raises(ValueError, match="Could not find"):
        app_as(cast.viewer, "imports")


def test_the_page_says_how_to_begin(app_as: Open, cast: Cast) -> None:
    app = app_as(cast.coordinator, "imports")
    assert not app.exception
    assert "Choose a file to begin." in words(app)


def test_a_web_page_is_refused_with_the_reason(app_as: Open, cast: Cast) -> None:
    app = app_as(cast.coordinator, "imports")
    app.file_uploader[0].upload("roster.csv", b"<!DOCTYPE html><html><body>Sign in</body></html>").run()
    assert not app.exception
    assert "refused" in words(app)


def test_a_roster_is_checked_then_saved(app_as: Open, cast: Cast) -> None:
    app = app_as(cast.coordinator, "imports")
    app.file_uploader[0].upload("roster.csv", ROSTER).run()
    press(app, "Check every row")
    assert not app.exception
    with db.reading() as session:
        assert partner_choices(session, cast.coordinator).empty
    press(app, "Save")
    assert not app.exception
    with db.reading() as session:
        assert partner_choices(session, cast.coordinator)["name"].tolist() == ["Fern House", "Lark Clinic"]
