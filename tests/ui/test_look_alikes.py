"""The page of look-alikes: two partners side by side, and what a person says of them."""

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from erp.models.partners import LookAlike, Partner
from tests.conftest import Cast
from tests.services.county_imports import bring, stored
from tests.ui.conftest import tables, unfold

Open = Callable[..., AppTest]
ROSTER = "name,kind,Address\nDept. of Social Services,agency,4 Oak St\nDepartment of Social Services,other,\n"


def button(app: AppTest, label: str) -> Any:
    return next(one for one in app.button if one.label == label)


def text_of(app: AppTest) -> str:
    parts = [*app.markdown, *app.caption, *app.success, *app.error]
    return "\n".join(part.value for part in parts)


@pytest.mark.parametrize("role", ["viewer", "administrator"])
def test_who_may_not_answer_has_no_such_page(app_as: Open, cast: Cast, role: str) -> None:
    with pytest.raises(ValueError, match=r"look_alikes\.py"):
        app_as(getattr(cast, role), "look_alikes")


def test_where_nothing_waits_it_says_how_pairs_come_here(app_as: Open, cast: Cast) -> None:
    app = app_as(cast.coordinator, "look_alikes")
    assert not app.exception
    assert "No two partners are waiting" in text_of(app)
    assert "No more pairs look alike." in text_of(button(app, "Look through all partners").click().run())


def test_two_stand_side_by_side_with_the_reason(app_as: Open, cast: Cast) -> None:
    bring("partners", ROSTER)
    app = app_as(cast.community_liaison, "look_alikes")
    pieces = "\n".join(one.proto.body for one in app.get("html"))
    assert "“Department of Social Services” looks like “Dept. of Social Services”." in pieces
    beside = tables(app)[-1].set_index("What")
    assert beside.columns.tolist() == ["Department of Social Services", "Dept. of Social Services"]
    assert beside.loc["Address"].tolist() == ["–", "4 Oak St"]


def test_different_is_kept_and_can_be_asked_again(app_as: Open, cast: Cast) -> None:
    bring("partners", ROSTER)
    app = button(app_as(cast.coordinator, "look_alikes"), "Not the same").click().run()
    assert stored(LookAlike)[0].answer == "different"
    assert "No two partners are waiting" in text_of(app)
    button(unfold(app, "kept_same"), "Ask again").click().run()
    assert stored(LookAlike)[0].answer == "open"


def test_later_is_put_off_and_answered_from_there(app_as: Open, cast: Cast) -> None:
    bring("partners", ROSTER)
    app = button(app_as(cast.coordinator, "look_alikes"), "Later").click().run()
    assert [part.label for part in app.expander] == ["Put off (1)"]
    button(unfold(app, "kept_later"), "Same").click().run()
    assert [partner.archived_at is None for partner in stored(Partner)] == [True, False]


def test_a_refused_answer_says_why_and_the_question_stays(app_as: Open, cast: Cast) -> None:
    bring("partners", "name,kind\nHeron Bay,CBO\nHeron Bay Tribe of Alder,Tribe\n")
    bring("commitments", "what,partner\na,Heron Bay\nb,Heron Bay Tribe of Alder\n", by=cast.leadership)
    app = button(app_as(cast.leadership, "look_alikes"), "Same").click().run()
    assert "Give both the same kind first" in text_of(app)
    assert button(app, "Same")


def test_more_pairs_are_sought_on_demand(app_as: Open, cast: Cast) -> None:
    bring("partners", "name\nCedar House\nHeron Circle\n")
    bring("contacts", "name,partner,email\nA,Cedar House,a@cedar.example\nB,Heron Circle,b@cedar.example\n")
    app = button(app_as(cast.coordinator, "look_alikes"), "Look through all partners").click().run()
    assert "1 more pair looks alike." in text_of(app)
    assert tables(app)[-1].set_index("What").loc["E-mail from"].tolist() == ["@cedar.example", "@cedar.example"]
