"""The directory as each role sees it: signed out, rows, filters in the address, adding, refusals, the empty state."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from erp import db
from erp.access import Actor
from erp.models.partners import LookAlike, Partner, PartnerName
from erp.queries.county import today
from erp.services.engagements import EngagementDraft, PartnerAt, log_engagement
from erp.services.partners import PartnerDraft, add_partner, archive_partner
from erp.ui.partner_words import NOT_SHOWN
from erp.vocabulary import LookAlikeAnswer, PartnerKind
from tests.conftest import Cast
from tests.services.county_imports import stored
from tests.ui.conftest import prose, tables, unfold

OpenApp = Callable[..., AppTest]
TRIBE = PartnerKind.TRIBAL_GOVERNMENT
SAME, DIFFERENT = LookAlikeAnswer.SAME, LookAlikeAnswer.DIFFERENT


def add(actor: Actor, name: str, kind: PartnerKind = PartnerKind.COMMUNITY_ORGANIZATION, **more: object) -> int:
    with db.writing() as session:
        return add_partner(session, actor, PartnerDraft.of(name=name, kind=kind, **more)).id or 0


def meet(actor: Actor, partner_id: int, days_ago: int) -> None:
    with db.writing() as session:
        day = today(session) - timedelta(days=days_ago)
        draft = EngagementDraft(held_on=day, purpose="Planning", partners=(PartnerAt(partner_id=partner_id),))
        log_engagement(session, actor, draft)


def field(app: AppTest, label: str, kind: str = "text_input") -> object:
    return next(widget for widget in app.get(kind) if widget.label == label)


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def shown(app: AppTest) -> list[str]:
    return app.dataframe[0].value["Partner"].to_list() if app.dataframe else []


def test_a_row_says_standing_contact_and_what_is_open_in_words(app_as: OpenApp, cast: Cast) -> None:
    fern = add(cast.coordinator, "Fern House", holder_id=1)
    meet(cast.coordinator, fern, 120)
    tribe = add(cast.coordinator, "Example Rancheria", TRIBE)
    meet(cast.coordinator, tribe, 20)
    rows = app_as(cast.viewer, "partners").dataframe[0].value.set_index("Partner")
    assert rows.loc["Fern House", "Standing"] == "Not enough evidence"
    assert rows.loc["Fern House", "Last contact"] == "120 days, 29 past 91"
    assert rows.loc["Fern House", "Promises"] == "0"
    assert rows.loc["Fern House", "Holder"] == "Cora Coordinator"
    assert rows.loc["Example Rancheria", "Standing"] == "Tracked without figures"
    assert rows.loc["Example Rancheria", "Last contact"] == NOT_SHOWN
    liaison = app_as(cast.tribal_liaison, "partners").dataframe[0].value.set_index("Partner")
    assert liaison.loc["Example Rancheria", "Last contact"] == "20 of 91 days"


def test_the_takeaway_counts_partners_and_those_past_their_cadence(app_as: OpenApp, cast: Cast) -> None:
    meet(cast.coordinator, add(cast.coordinator, "Fern House"), 120)
    meet(cast.coordinator, add(cast.coordinator, "Lark Clinic"), 1)
    assert "2 partners; 1 past their cadence." in prose(app_as(cast.viewer, "partners"))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["Fern House", "Lark Clinic", "Sample Band"]),
        ({"partner_words": "oak street"}, ["Fern House"]),
        ({"kind": "tribal_government"}, ["Sample Band"]),
        ({"holder": "1"}, ["Lark Clinic"]),
        ({"contact": "past"}, ["Lark Clinic"]),
        ({"order": "latest"}, ["Lark Clinic", "Fern House", "Sample Band"]),
        ({"partner_archived": "true"}, ["Old Mill"]),
        ({"kind": "no such kind", "order": "sideways"}, ["Fern House", "Lark Clinic", "Sample Band"]),
    ],
)
def test_filters_live_in_the_address(app_as: OpenApp, cast: Cast, query: dict[str, str], found: list[str]) -> None:
    add(cast.coordinator, "Fern House", former_names=("Oak Street House",))
    meet(cast.coordinator, add(cast.coordinator, "Lark Clinic", holder_id=1), 100)
    add(cast.coordinator, "Sample Band", TRIBE)
    gone = add(cast.coordinator, "Old Mill")
    with db.writing() as session:
        archive_partner(session, cast.coordinator, gone, 1, "closed")
    assert shown(app_as(cast.viewer, "partners", **query)) == found


def test_rarer_filters_are_drawn_when_they_are_opened_or_in_force(app_as: OpenApp, cast: Cast) -> None:
    meet(cast.coordinator, add(cast.coordinator, "Lark Clinic"), 100)
    add(cast.coordinator, "Fern House")
    app = app_as(cast.viewer, "partners")
    assert [each.label for each in app.selectbox] == ["Kind"]
    unfold(app, "partner_more")
    field(app, "Contact", "selectbox").set_value("past").run()
    assert shown(app) == ["Lark Clinic"]
    assert app.query_params["contact"] == "past"
    by_link = app_as(cast.viewer, "partners", contact="past")
    assert shown(by_link) == ["Lark Clinic"]
    assert any("1 of them set" in text.value for text in by_link.markdown)
    field(by_link, "Contact", "selectbox").set_value("").run()
    assert shown(by_link) == ["Fern House", "Lark Clinic"]
    assert not any("1 of them set" in text.value for text in by_link.markdown)


def test_what_is_chosen_as_the_rarer_filters_close_is_in_force(app_as: OpenApp, cast: Cast) -> None:
    meet(cast.coordinator, add(cast.coordinator, "Lark Clinic"), 100)
    add(cast.coordinator, "Fern House")
    app = unfold(app_as(cast.viewer, "partners"), "partner_more")
    field(app, "Contact", "selectbox").set_value("past")
    app.session_state["partner_more"] = False
    assert shown(app.run()) == ["Lark Clinic"]
    assert app.query_params["contact"] == "past"


@pytest.mark.parametrize("page", ["engagements", "promises", "feedback"])
def test_every_list_opens_without_its_rarer_filters(app_as: OpenApp, cast: Cast, page: str) -> None:
    app = app_as(cast.coordinator, page)
    before = len(app.selectbox) + len(app.toggle)
    unfold(app, {"engagements": "engagement_more", "promises": "promise_more", "feedback": "feedback_more"}[page])
    assert len(app.selectbox) + len(app.toggle) > before


def test_a_choice_in_a_filter_goes_into_the_address(app_as: OpenApp, cast: Cast) -> None:
    add(cast.coordinator, "Fern House")
    add(cast.coordinator, "Sample Band", TRIBE)
    app = app_as(cast.viewer, "partners")
    field(app, "Kind", "selectbox").set_value("tribal_government").run()
    assert shown(app) == ["Sample Band"]
    assert app.query_params["kind"] in ("tribal_government", ["tribal_government"])


def test_a_chosen_row_opens_the_partner(app_as: OpenApp, cast: Cast) -> None:
    add(cast.coordinator, "Fern House")
    lark = add(cast.coordinator, "Lark Clinic")
    app = app_as(cast.viewer, "partners")
    app.session_state["partner_table"] = {"selection": {"rows": [1], "columns": [], "cells": []}}
    app.run()
    assert app.title[0].value == "Lark Clinic"
    assert app.query_params["partner"] in (str(lark), [str(lark)])


def test_the_list_view_links_every_partner_with_its_facts(app_as: OpenApp, cast: Cast) -> None:
    meet(cast.coordinator, add(cast.coordinator, "Fern House"), 3)
    app = app_as(cast.viewer, "partners", partner_as_list="true")
    assert not app.dataframe
    assert "last contact: 3 of 91 days" in app.caption[0].value.replace("\\", "")


def test_a_partner_is_added_and_opened(app_as: OpenApp, cast: Cast) -> None:
    app = unfold(app_as(cast.coordinator, "partners"), "partner_add")
    field(app, "Name").set_value("Fern House")
    kind = next(box for box in app.selectbox if box.label == "Kind" and box.value is None)
    kind.set_value(PartnerKind.COMMUNITY_ORGANIZATION)
    press(app, "Add this partner")
    assert app.title[0].value == "Fern House"
    assert "Fern House was added" in app.success[0].value


def test_a_refusal_keeps_what_was_typed(app_as: OpenApp, cast: Cast) -> None:
    add(cast.coordinator, "Fern House")
    app = unfold(app_as(cast.coordinator, "partners"), "partner_add")
    field(app, "Name").set_value("FernHouse")
    press(app, "Add this partner")
    assert app.error[0].value == "Choose what kind of partner it is."
    next(box for box in app.selectbox if box.label == "Kind" and box.value is None).set_value(PartnerKind.OTHER)
    press(app, "Add this partner")
    assert "Fern House is here already" in app.error[0].value
    assert field(app, "Name").value == "FernHouse"


def add_alike(app_as: OpenApp, cast: Cast) -> AppTest:
    add(cast.coordinator, "Fern House", former_names=("Oak Street House",), area="Oxbow")
    app = unfold(app_as(cast.coordinator, "partners"), "partner_add")
    field(app, "Name").set_value("Oak Str. House")
    next(box for box in app.selectbox if box.label == "Kind" and box.value is None).set_value(PartnerKind.OTHER)
    return press(app, "Add this partner")


def test_a_new_partner_is_shown_beside_one_it_looks_like_before_it_is_added(app_as: OpenApp, cast: Cast) -> None:
    app = add_alike(app_as, cast)
    assert "Oak Str. House may be here already" in app.error[0].value
    beside = tables(app)[-1]
    assert beside.columns.tolist() == ["What", "Oak Str. House", "Fern House"]
    assert beside.to_numpy().tolist() == [
        ["Kind", "Other", "Community organization"],
        ["Area", "–", "Oxbow"],
        ["Also called", "–", "Oak Street House (former name)"],
        ["Key", "–", "P-00001"],
    ]
    press(app, "Add this partner")
    assert len(stored(Partner)) == 1, "nothing is added before it was answered"


def test_not_the_same_adds_the_partner_and_is_remembered(app_as: OpenApp, cast: Cast) -> None:
    app = add_alike(app_as, cast)
    field(app, "Is Oak Str. House the same as Fern House?", "button_group").set_value(DIFFERENT)
    assert press(app, "Add this partner").title[0].value == "Oak Str. House"
    assert stored(LookAlike)[0].answer == DIFFERENT


def test_the_same_opens_the_partner_that_is_here_and_keeps_the_name(app_as: OpenApp, cast: Cast) -> None:
    app = add_alike(app_as, cast)
    field(app, "Is Oak Str. House the same as Fern House?", "button_group").set_value(SAME)
    assert press(app, "Add this partner").title[0].value == "Fern House"
    assert "Oak Str. House" in {name.name for name in stored(PartnerName)}
    assert len(stored(Partner)) == 1


def test_case_information_is_marked_before_it_is_saved(app_as: OpenApp, cast: Cast) -> None:
    app = unfold(app_as(cast.coordinator, "partners"), "partner_add")
    field(app, "Name").set_value("Fern House")
    next(box for box in app.selectbox if box.label == "Kind" and box.value is None).set_value(PartnerKind.OTHER)
    next(area for area in app.text_area if area.label == "Notes").set_value("about case number 12345678")
    press(app, "Add this partner")
    assert app.title[0].value == "Partners"
    assert "could identify a child or a family" in app.warning[0].value


@pytest.mark.parametrize("role", ["viewer", "administrator"])
def test_who_may_not_add_is_offered_no_form(app_as: OpenApp, cast: Cast, role: str) -> None:
    app = app_as(getattr(cast, role), "partners")
    assert "partner_add" not in app.session_state
    assert not [part for part in app.expander if part.label == "Add a partner"]


def test_the_empty_directory_says_what_to_do_next(app_as: OpenApp, cast: Cast) -> None:
    said = [text.value for text in app_as(cast.coordinator, "partners").markdown]
    assert "**No partner here yet.**" in said
    add(cast.coordinator, "Fern House")
    said = [text.value for text in app_as(cast.coordinator, "partners", partner_words="zzz").markdown]
    assert "**No partner fits these filters.**" in said


def test_signed_out_nothing_is_shown(app_as: OpenApp, cast: Cast) -> None:
    add(cast.coordinator, "Fern House")
    app = app_as(cast.viewer, "partners")
    app.user = {}
    app.run()
    assert not app.dataframe
    assert not app.title
