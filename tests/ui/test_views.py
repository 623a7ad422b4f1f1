"""Views of a list in the app: kept, opened and removed by their owner."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from erp import db
from erp.access import Actor
from erp.services.views import save_view
from tests.conftest import Cast
from tests.ui.conftest import unfold

OpenApp = Callable[..., AppTest]
#: Page → filters as they stand in its address.
LISTS = {
    "partners": {"kind": "tribal_government", "partner_words": "fern"},
    "engagements": {"words": "fern", "status": "held"},
    "promises": {"state": "kept", "promise_words": "fern"},
    "feedback": {"state": "all", "feedback_words": "fern"},
    "behaviors": {"kind": "tribal_government", "quarters": "8"},
    "health": {"kinds": "community_organization,system_partner", "months": "25", "order": "name"},
}


def opened(app: AppTest, page: str) -> AppTest:
    """Open the part with the views, as a press on it does."""
    app.session_state[f"views_{page}"] = True
    return app.run()


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def kept(actor: Actor, page: str, name: str) -> int:
    with db.writing() as session:
        return save_view(session, actor, page, name, LISTS[page]).id or 0


@pytest.mark.parametrize("page", LISTS)
def test_filters_are_kept_under_a_name(app_as: OpenApp, cast: Cast, page: str) -> None:
    app = opened(app_as(cast.viewer, page, **LISTS[page]), page)
    app.text_input(key=f"views_{page}_name").set_value("Fern *")
    app = press(app, "Keep")
    assert [note.value for note in app.success] == [r"The view “Fern \*” is kept."]
    labels = [button.label for button in opened(app_as(cast.viewer, page), page).button]
    assert r"Fern \*" in labels
    assert r"Fern \*" not in [button.label for button in opened(app_as(cast.coordinator, page), page).button]


def test_a_view_opens_with_its_filters_and_without_others(app_as: OpenApp, cast: Cast) -> None:
    number = kept(cast.viewer, "engagements", "Fern")
    app = opened(app_as(cast.viewer, "engagements", kind="visit"), "engagements")
    app.button(key=f"view_{number}").click().run()
    assert dict(app.query_params) == LISTS["engagements"]


def test_a_view_of_the_health_page_opens_with_its_kinds_months_and_order(app_as: OpenApp, cast: Cast) -> None:
    number = kept(cast.viewer, "health", "Fern")
    app = opened(app_as(cast.viewer, "health", months="37"), "health")
    app.button(key=f"view_{number}").click().run()
    assert dict(app.query_params) == LISTS["health"]
    assert app.session_state["health_months"] == "25"


def test_a_filter_that_is_bound_to_its_widget_is_set_by_it(app_as: OpenApp, cast: Cast) -> None:
    number = kept(cast.viewer, "partners", "Fern")
    app = opened(app_as(cast.viewer, "partners", partner_archived="true"), "partners")
    app.button(key=f"view_{number}").click().run()
    assert app.text_input(key="partner_words").value == "fern"
    assert not app.toggle or not any(toggle.label == "Archived partners" and toggle.value for toggle in app.toggle)
    assert "partner_archived" not in app.query_params


@pytest.mark.parametrize(
    ("page", "name"),
    [
        ("partners", "partner_archived"),
        ("promises", "promise_mine"),
        ("promises", "promise_voided"),
        ("feedback", "feedback_mine"),
        ("feedback", "feedback_voided"),
    ],
)
@pytest.mark.parametrize("text", ["yes", "true"])
def test_a_view_sets_a_switch_that_is_folded_away(app_as: OpenApp, cast: Cast, page: str, name: str, text: str) -> None:
    with db.writing() as session:
        number = save_view(session, cast.coordinator, page, "Mine", {name: text}).id
    app = opened(app_as(cast.coordinator, page), page)
    app.button(key=f"view_{number}").click().run()
    assert app.toggle(key=f"{page}_{name}").value is True
    assert app.query_params[name] == "yes"
    app.switch_page("../../pages/forums.py").run()
    del app.query_params[name]  # the menu leads to a list as it opens
    app.switch_page(f"../../pages/{page}.py").run()
    assert not unfold(app, f"{page.removesuffix('s')}_more").toggle(key=f"{page}_{name}").value
    assert name not in app.query_params


def test_a_view_closes_the_record_that_was_open(app_as: OpenApp, cast: Cast) -> None:
    number = kept(cast.viewer, "promises", "Fern")
    app = opened(app_as(cast.viewer, "promises", promise=1), "promises")
    app.button(key=f"view_{number}").click().run()
    assert "promise" not in app.query_params
    assert app.query_params["promise_words"] == "fern"


def test_without_filters_nothing_is_to_be_kept_and_that_is_said(app_as: OpenApp, cast: Cast) -> None:
    app = opened(app_as(cast.viewer, "promises"), "promises")
    assert "No view is kept yet. Set filters, then keep them here under a name." in [c.value for c in app.caption]
    assert "Keep" not in [button.label for button in app.button]


def test_a_removed_view_is_gone(app_as: OpenApp, cast: Cast) -> None:
    number = kept(cast.viewer, "feedback", "Fern")
    app = opened(app_as(cast.viewer, "feedback"), "feedback")
    app = app.button(key=f"view_{number}_remove").click().run()
    assert "Fern" not in [button.label for button in app.button]


def test_a_refusal_keeps_the_name_that_was_typed(app_as: OpenApp, cast: Cast) -> None:
    app = opened(app_as(cast.viewer, "promises", **LISTS["promises"]), "promises")
    app.text_input(key="views_promises_name").set_value("   ")
    app = press(app, "Keep")
    assert any("Give the view a name" in error.value for error in app.error)
