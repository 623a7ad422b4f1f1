"""The Themes page and the themes of a feedback item."""

from collections.abc import Callable
from typing import Any

from sqlmodel import Session
from streamlit.testing.v1 import AppTest

from erp import db
from erp.queries.themes import FEW, themes_of
from erp.services.themes import add_theme
from tests.conftest import Cast
from tests.services.givers import given
from tests.ui.conftest import keyed, tables, unfold
from tests.ui.test_feedback import button, text_of

Open = Callable[..., AppTest]


def in_county(do: Callable[[Session], Any]) -> Any:
    with db.writing() as session:
        return do(session)


def test_without_themes_the_page_says_how_to_begin(app_as: Open, cast: Cast) -> None:
    app = app_as(cast.viewer, "themes")
    assert "The county has no themes yet." in text_of(app)
    assert not app.expander


def test_a_theme_is_added_said_of_feedback_and_counted(app_as: Open, cast: Cast) -> None:
    page = unfold(app_as(cast.leadership, "themes"), "themes_list")
    page.text_input(key=keyed(page, "theme_new", "name")).set_value("Transport")
    button(page, "Add it").click().run()
    assert "Added." in text_of(page)
    item = in_county(lambda session: given(session)[0].id)
    app = app_as(cast.coordinator, "feedback", feedback=item)
    app.multiselect(key=f"feedback_themes_{item}_1").set_value([1]).run()
    assert "Saved what it is about." in text_of(app)
    with db.reading() as session:
        assert themes_of(session, cast.viewer, item) == {1: "Transport"}
    counted = app_as(cast.viewer, "themes")
    assert FEW in str([table.to_dict() for table in tables(counted)])
    assert "No theme came up often" in text_of(counted)
    read = app_as(cast.viewer, "feedback", feedback=item)
    assert "**About:** Transport" in text_of(read)


def test_a_theme_is_put_away(app_as: Open, cast: Cast) -> None:
    in_county(lambda session: add_theme(session, cast.leadership, "Transport"))
    page = unfold(app_as(cast.leadership, "themes"), "themes_list")
    button(page, "Put away").click().run()
    assert "The county has no themes yet." in text_of(page)
