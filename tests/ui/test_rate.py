"""The rating page: ten items from paper or speech; nobody is named afterwards and no answer is shown again."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import streamlit
import time_machine
from sqlmodel import select
from streamlit.testing.v1 import AppTest

from erp import db
from erp.access import Actor
from erp.models.ratings import Rating
from erp.services.partners import PartnerDraft, add_partner
from erp.vocabulary import RATING_ITEMS, PartnerKind, Side
from tests.conftest import Cast
from tests.ui.conftest import keyed, unfold

Open = Callable[..., AppTest]


@pytest.fixture(autouse=True)
def _on_a_day() -> Any:
    streamlit.cache_data.clear()  # each test has a database of its own, with revisions that look alike
    with time_machine.travel("2026-05-01T20:00:00Z", tick=True):
        yield


@pytest.fixture
def fern(database: object, cast: Cast) -> int:
    return partner(cast.coordinator)


def partner(actor: Actor, name: str = "Fern House", kind: PartnerKind = PartnerKind.COMMUNITY_ORGANIZATION) -> int:
    with db.writing() as session:
        return add_partner(session, actor, PartnerDraft(name=name, kind=kind)).id or 0


def text_of(app: AppTest) -> str:
    parts = [*app.markdown, *app.caption, *app.title, *app.header, *app.success, *app.error, *app.warning]
    return "\n".join(part.value.replace("\\", "") for part in parts)


def button(app: AppTest, label: str) -> Any:
    return next(b for b in app.button if b.label == label)


def fill_in(app: AppTest, who: str = "Rosa Example", answer: int = 4) -> None:
    app.text_input(key=keyed(app, "rating", "respondent")).set_value(who)
    for n in range(1, 10):  # the tenth stays blank
        app.segmented_control(key=keyed(app, "rating", f"item_{n}")).set_value(answer)


def ratings() -> list[Rating]:
    with db.reading() as session:
        return list(session.exec(select(Rating)))


def test_without_a_partner_the_page_says_what_to_do(app_as: Open, cast: Cast) -> None:
    assert "There is no partner yet." in text_of(app_as(cast.coordinator, "rate"))


def test_a_partnership_is_chosen_first(app_as: Open, cast: Cast, fern: int) -> None:
    app = app_as(cast.coordinator, "rate")
    assert "Choose the partnership that was rated." in text_of(app)
    app.selectbox(key="rate_partner").set_value(str(fern)).run()
    assert "0 ratings in the last 365 days" in text_of(app)


def test_the_ten_items_stand_under_their_themes(app_as: Open, cast: Cast, fern: int) -> None:
    app = app_as(cast.coordinator, "rate", partner=fern)
    assert [h.value for h in app.header] == ["Heard", "Trusted", "Fair say", "Follow-through", "Worth it"]
    labels = [c.label for c in app.segmented_control if c.label != "Whose view is it?"]
    assert labels == [f"{n}. {words}" for n, (_, words) in enumerate(RATING_ITEMS, 1)]


def test_a_rating_is_saved_with_blanks_and_only_a_count_is_shown_afterwards(
    app_as: Open, cast: Cast, fern: int
) -> None:
    app = app_as(cast.coordinator, "rate", partner=fern)
    fill_in(app)
    button(app, "Save the rating").click().run()
    assert not app.exception
    [rating] = ratings()
    assert (rating.respondent, rating.side, rating.rated_on) == ("Rosa Example", Side.PARTNER, date(2026, 5, 1))
    assert (rating.item_1, rating.item_9, rating.item_10) == (4, 4, None)
    read = text_of(app)
    assert "Saved." in read
    assert "1 rating in the last 365 days" in read
    assert "Rosa" not in read
    assert app.text_input(key=keyed(app, "rating", "respondent")).value == ""
    assert app.segmented_control(key=keyed(app, "rating", "item_1")).value is None


def test_the_countys_view_is_kept_apart(app_as: Open, cast: Cast, fern: int) -> None:
    app = app_as(cast.coordinator, "rate", partner=fern)
    app.segmented_control(key=keyed(app, "rating", "side")).set_value(Side.COUNTY)
    fill_in(app)
    button(app, "Save the rating").click().run()
    assert "0 of the partner's people, 1 of the county's" in text_of(app)


def test_a_refusal_keeps_every_answer(app_as: Open, cast: Cast, fern: int) -> None:
    app = app_as(cast.coordinator, "rate", partner=fern)
    fill_in(app, who=" ", answer=2)
    button(app, "Save the rating").click().run()
    assert "Say who answered" in app.error[0].value
    assert app.segmented_control(key=keyed(app, "rating", "item_9")).value == 2
    assert not ratings()


def test_the_same_person_and_day_is_refused_and_nothing_is_doubled(app_as: Open, cast: Cast, fern: int) -> None:
    app = app_as(cast.coordinator, "rate", partner=fern)
    for _ in range(2):
        fill_in(app)
        button(app, "Save the rating").click().run()
    assert "here already" in app.error[0].value
    assert len(ratings()) == 1


def test_a_rating_entered_by_mistake_is_voided_with_a_reason_and_restored(app_as: Open, cast: Cast, fern: int) -> None:
    app = app_as(cast.coordinator, "rate", partner=fern)
    fill_in(app)
    button(app, "Save the rating").click().run()
    app = unfold(app_as(cast.leadership, "rate", partner=fern), f"rate_mistakes_{fern}")
    choice = app.selectbox(key="rate_mistake")
    assert choice.options == ["May 1, 2026 · The partner's · entered May 1, 2026 by Cora Coordinator"]
    choice.select_index(0).run()
    button(app, "Void").click().run()
    assert "Say why" in app.error[0].value
    next(t for t in app.text_input if t.label == "Why").set_value("The wrong sheet")
    button(app, "Void").click().run()
    assert "0 ratings in the last 365 days" in text_of(app)
    assert ratings()[0].void_reason == "The wrong sheet"
    assert "voided: The wrong sheet" in app.selectbox(key="rate_mistake").options[0]
    assert "Rosa" not in text_of(app)
    button(app, "Restore this rating").click().run()
    assert "1 rating in the last 365 days" in text_of(app)


def test_words_that_look_identifying_are_asked_about(app_as: Open, cast: Cast, fern: int) -> None:
    app = app_as(cast.coordinator, "rate", partner=fern)
    fill_in(app)
    app.text_input(key=keyed(app, "rating", "notes")).set_value("About case number 12-345678")
    button(app, "Save the rating").click().run()
    assert "Nothing is saved yet." in text_of(app)
    assert not ratings()


def test_a_tribes_ratings_are_not_counted_for_those_who_may_not_see_them(app_as: Open, cast: Cast) -> None:
    tribe = partner(cast.tribal_liaison, "Example Rancheria", PartnerKind.TRIBAL_GOVERNMENT)
    app = app_as(cast.tribal_liaison, "rate", partner=tribe)
    fill_in(app)
    button(app, "Save the rating").click().run()
    assert "1 rating in" in text_of(app)
    assert "0 ratings in" in text_of(app_as(cast.community_liaison, "rate", partner=tribe))


def test_a_viewer_and_an_administrator_have_no_such_page(app_as: Open, cast: Cast) -> None:
    for actor in (cast.viewer, cast.administrator):
        with pytest.raises(ValueError, match="rate"):
            app_as(actor, "rate")


def test_nobody_signed_in_sees_nothing(app_as: Open, cast: Cast, fern: int) -> None:
    app = app_as(cast.coordinator, "rate", partner=fern)
    app.user = {"sid": "gone"}
    app.run()
    assert not app.segmented_control
