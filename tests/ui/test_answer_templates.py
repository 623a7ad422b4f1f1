"""Answers to begin with: offered in the giver's language, written by the county."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import Session
from streamlit.testing.v1 import AppTest

from erp import db
from erp.errors import Conflict, Invalid, NotAllowed
from erp.queries.settings import USUAL_ANSWERS, AnswerTemplate, answer_templates
from erp.services.county_settings import change_answer_templates
from tests.conftest import Cast
from tests.services.givers import given
from tests.ui.test_feedback import button, text_of

Open = Callable[..., AppTest]
OURS = AnswerTemplate("We called the city", "We called the city about it.", "Llamamos a la ciudad.")


def in_county(do: Callable[[Session], Any]) -> Any:
    with db.writing() as session:
        return do(session)


@pytest.mark.parametrize(
    ("language", "words"),
    [("Spanish", OURS.spanish), ("español", OURS.spanish), ("", OURS.english), ("Hmong", OURS.english)],
)
def test_an_answer_is_in_the_language_of_its_giver(language: str, words: str) -> None:
    assert OURS.in_language(language) == words
    assert AnswerTemplate("x", "English", "").in_language("Spanish") == "English"


def test_the_county_writes_its_own_answers(database: object, cast: Cast) -> None:
    in_county(lambda session: change_answer_templates(session, cast.leadership, USUAL_ANSWERS, [OURS]))
    with db.reading() as session:
        assert answer_templates(session, cast.viewer) == (OURS,)
    for opened, wanted, refusal in (
        (USUAL_ANSWERS, [OURS], Conflict),
        ((OURS,), [AnswerTemplate("x", " ", "y")], Invalid),
        ((OURS,), [OURS, AnswerTemplate("we called the city ", "x", "")], Invalid),
        ((OURS,), [AnswerTemplate(str(n), "x", "") for n in range(31)], Invalid),
    ):
        with pytest.raises(refusal):
            in_county(lambda s, o=opened, w=wanted: change_answer_templates(s, cast.leadership, o, w))
    with pytest.raises(NotAllowed):
        in_county(lambda session: change_answer_templates(session, cast.coordinator, (OURS,), []))


def test_choosing_an_answer_puts_its_words_into_the_step(app_as: Open, cast: Cast) -> None:
    item = in_county(lambda session: given(session, language="Spanish")[0].id)
    app = app_as(cast.coordinator, "feedback", feedback=item)
    field = f"feedback_step_{item}_acknowledged_said"
    app.selectbox(key=f"{field}_template").set_value("We have read it").run()
    assert app.text_area(key=field).value == USUAL_ANSWERS[0].spanish
    button(app, "Save this step").click().run()
    assert USUAL_ANSWERS[0].spanish in text_of(app)


def test_settings_show_the_answers_and_only_some_may_change_them(app_as: Open, cast: Cast) -> None:
    read = app_as(cast.coordinator, "settings", part="Targets")
    assert "Save the answers" not in [each.label for each in read.button]
    app = app_as(cast.leadership, "settings", part="Targets")
    assert "Save the answers" in [each.label for each in app.button]
    button(app, "Save the answers").click().run()
    assert "The answers are saved." in text_of(app)


def test_settings_correct_the_office_days(app_as: Open, cast: Cast) -> None:
    app = app_as(cast.leadership, "settings", part="Targets")
    app.text_input(key="office_closed").set_value("12/24/2026, soon")
    saves = [each for each in app.button if each.label == "Save" and "office" in (each.key or "")]
    saves[0].click().run()
    assert "“soon” is not a day" in text_of(app)
    app.text_input(key="office_closed").set_value("12/24/2026")
    next(each for each in app.button if each.label == "Save" and "office" in (each.key or "")).click().run()
    assert "The office days are saved." in text_of(app)
