"""The Engagements page: what it lists, filters that live in the address, opening a row, who may not even see it."""

from collections.abc import Callable
from datetime import date

import pytest
import streamlit
from streamlit.testing.v1 import AppTest

from erp import db
from erp.access import Actor
from erp.errors import NotAllowed
from erp.models.contacts import Forum
from erp.queries.engagements import EngagementFilter, engagement_list
from erp.services.accounts import disable_account, set_roles
from erp.services.engagements import BehaviorShown, log_engagement, void_engagement
from erp.services.records import now
from erp.services.sign_in import open_sign_in, token_hash
from erp.ui.engagement_filters import readable
from erp.ui.show import list_file
from erp.vocabulary import PartnerKind, RecordKind, Role
from tests.conftest import Cast
from tests.services.test_log_engagement import meeting, partner

Open = Callable[..., AppTest]


@pytest.fixture(autouse=True)
def _fresh() -> None:
    streamlit.cache_data.clear()  # each test has a database of its own, with revisions that look alike


@pytest.fixture
def some(database: object, cast: Cast) -> dict[str, int]:
    """A fair in March, a call in January with a behavior, a lunch without a day, a voided one; two partners."""
    with db.writing() as session:
        a, b = partner(session, cast, "Fern House"), partner(session, cast, "Lark Clinic")
        session.add(Forum(id=1, name="Children's Council", name_key="cc", recorded_at=now()))
        session.flush()

        def log(*partners: int, **more: object) -> int:
            return log_engagement(session, cast.coordinator, meeting(*partners, **more)).id or 0

        shown = (BehaviorShown(entry_id="LB1c"),)
        numbers = {
            "fair": log(a, b, purpose="Fair", forum_id=1),
            "call": log(b, purpose="Referrals", kind="call", held_on=date(2026, 1, 9), behaviors=shown),
            "lunch": log(a, purpose="Lunch", held_on=None, when_words="late last month"),
            "voided": log(a, purpose="Twice"),
        }
        void_engagement(session, cast.coordinator, numbers["voided"], 1, "Entered twice")
        return numbers | {"Fern House": a, "Lark Clinic": b}


def about(app: AppTest) -> list[str]:
    return app.dataframe[0].value["About"].tolist() if app.dataframe else []


def text_of(app: AppTest) -> str:
    return "\n".join(part.value for part in [*app.markdown, *app.caption])


def test_the_list_reads_newest_first_and_marks_what_has_no_day(app_as: Open, cast: Cast, some: dict[str, int]) -> None:
    app = app_as(cast.viewer, "engagements")
    assert not app.exception
    rows = app.dataframe[0].value
    assert rows.to_numpy().tolist() == [
        ["Mar 5, 2026", "Fern House; Lark Clinic", "Children's Council: Fair", "Meeting", "Held"],
        ["Jan 9, 2026", "Lark Clinic", "Referrals", "Call", "Held"],
        ["“late last month” (no exact date)", "Fern House", "Lunch", "Meeting", "Held"],
    ]
    assert "**3 engagements**" in text_of(app)


def test_an_empty_list_says_what_to_do_next(app_as: Open, cast: Cast, database: object) -> None:
    app = app_as(cast.coordinator, "engagements")
    assert "No engagements are logged yet" in text_of(app)
    assert "Log engagement" in [link.label for link in app.get("page_link")]
    links = [link.label for link in app_as(cast.viewer, "engagements").get("page_link")]
    assert "Log engagement" not in links  # a viewer may not log


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"words": "fair"}, ["Children's Council: Fair"]),
        ({"words": "lark referrals"}, ["Referrals"]),
        ({"kind": "call"}, ["Referrals"]),
        ({"status": "voided"}, ["Twice"]),
        ({"status": "planned"}, []),
        ({"from": "2026-02-01"}, ["Children's Council: Fair"]),
        ({"until": "2026-01-31"}, ["Referrals"]),
        ({"forum": 1}, ["Children's Council: Fair"]),
        ({"behavior": "LB1"}, ["Referrals"]),
        ({"undated": "yes"}, ["Lunch"]),
        ({"from": "someday", "kind": "seance", "forum": "x"}, ["Children's Council: Fair", "Referrals", "Lunch"]),
    ],
)
def test_filters_come_from_the_address(
    app_as: Open, cast: Cast, some: dict[str, int], query: dict[str, object], found: list[str]
) -> None:
    app = app_as(cast.viewer, "engagements", **query)
    assert not app.exception
    assert about(app) == found
    if not found:
        assert "No engagement fits these filters" in text_of(app)


def test_a_link_narrows_the_list_to_a_partner_and_the_address_keeps_its_number(
    app_as: Open, cast: Cast, some: dict[str, int]
) -> None:
    app = app_as(cast.viewer, "engagements", partner=some["Lark Clinic"])
    assert about(app) == ["Children's Council: Fair", "Referrals"]
    app.get_by_key("engagements_partner").set_value(str(some["Fern House"])).run()
    assert about(app) == ["Children's Council: Fair", "Lunch"]
    assert app.query_params == {"partner": str(some["Fern House"])}
    app.get_by_key("engagements_partner").set_value("").run()
    assert app.query_params == {}


def test_back_and_links_change_filters_that_were_set_before(app_as: Open, cast: Cast, some: dict[str, int]) -> None:
    app = app_as(cast.viewer, "engagements")
    app.get_by_key("engagements_words").set_value("fair").run()
    assert app.query_params == {"words": "fair"}
    app.query_params["words"] = "lunch"
    app.run()
    assert about(app) == ["Lunch"]
    assert app.get_by_key("engagements_words").value == "lunch"


def test_a_span_of_days_says_how_many_have_no_exact_date(app_as: Open, cast: Cast, some: dict[str, int]) -> None:
    app = app_as(cast.viewer, "engagements", **{"from": "2020-01-01"})
    assert "1 more with no exact date" in text_of(app)


def test_selecting_a_row_opens_the_engagement_and_back_finds_the_filters(
    app_as: Open, cast: Cast, some: dict[str, int]
) -> None:
    app = app_as(cast.viewer, "engagements", words="lark")
    app.session_state["engagements_rows"] = {"selection": {"rows": [1], "columns": [], "cells": []}}
    app.run()
    assert app.query_params == {"engagement": str(some["call"])}
    assert app.title[0].value == "Call: Referrals"
    app.switch_page("../../pages/engagements.py")
    app.query_params["engagement"] = str(some["call"])  # what Back brings first
    app.run()
    assert app.query_params == {"words": "lark"}
    assert about(app) == ["Children's Council: Fair", "Referrals"]


def test_a_long_list_has_pages_and_a_new_filter_begins_at_the_first(app_as: Open, cast: Cast, database: object) -> None:
    with db.writing() as session:
        a = partner(session, cast, "Fern House")
        for number in range(51):
            log_engagement(session, cast.coordinator, meeting(a, purpose=f"Number {number}"))
    app = app_as(cast.viewer, "engagements")
    assert len(about(app)) == 50
    app.get_by_key("engagements_page").set_value(2).run()
    assert about(app) == ["Number 0"]
    app.get_by_key("engagements_words").set_value("number").run()
    assert len(about(app)) == 50


def test_the_file_holds_all_that_the_filter_leaves_and_nothing_a_spreadsheet_would_run(
    cast: Cast, some: dict[str, int]
) -> None:
    with db.writing() as session:
        tribe = partner(session, cast, "Example Rancheria", PartnerKind.TRIBAL_GOVERNMENT)
        log_engagement(session, cast.tribal_liaison, meeting(tribe, purpose="Welcome visit"))
        log_engagement(session, cast.coordinator, meeting(some["Fern House"], purpose="=HYPERLINK(1)"))
    fern = file_of(sign_in(cast.viewer), EngagementFilter(partner_id=some["Fern House"]))
    lines = fern.decode("utf-8-sig").splitlines()
    assert lines[0] == "When,With,About,Kind,Status"
    assert [line.split(",")[3] for line in lines[1:3]] == ["'=HYPERLINK(1)", "Children's Council: Fair"]
    assert len(lines) == 4
    assert b"Welcome" not in file_of(sign_in(cast.viewer), EngagementFilter())


def test_a_file_is_made_with_the_roles_of_the_moment_it_is_asked_for(cast: Cast, some: dict[str, int]) -> None:
    with db.writing() as session:
        tribe = partner(session, cast, "Example Rancheria", PartnerKind.TRIBAL_GOVERNMENT)
        log_engagement(session, cast.leadership, meeting(tribe, purpose="Welcome visit"))
    liaison = cast.tribal_liaison.user_id or 0
    page_open_since = sign_in(cast.tribal_liaison)
    assert b"Welcome" in file_of(page_open_since, EngagementFilter())
    with db.writing() as session:
        set_roles(session, cast.administrator, liaison, 1, frozenset({Role.COORDINATOR}))
    assert b"Welcome" not in file_of(page_open_since, EngagementFilter())
    with db.writing() as session:
        disable_account(session, cast.administrator, liaison, 2)
    with pytest.raises(NotAllowed, match="Sign in again"):
        file_of(page_open_since, EngagementFilter())


def sign_in(actor: Actor) -> str:
    with db.writing(counts=False) as session:
        return token_hash(open_sign_in(session, actor.user_id or 0, "a test's browser"))


def file_of(hashed: str, wanted: EngagementFilter) -> bytes:
    return list_file(
        hashed, RecordKind.ENGAGEMENT, lambda session, who: readable(engagement_list(session, who, wanted, None))
    )


def test_a_tribes_engagement_is_not_in_the_list_of_others(app_as: Open, cast: Cast, database: object) -> None:
    with db.writing() as session:
        tribe = partner(session, cast, "Example Rancheria", PartnerKind.TRIBAL_GOVERNMENT)
        log_engagement(session, cast.tribal_liaison, meeting(tribe, purpose="Welcome visit"))
    assert about(app_as(cast.leadership, "engagements")) == ["Welcome visit"]
    for actor in (cast.coordinator, cast.viewer):
        app = app_as(actor, "engagements")
        assert about(app) == []
        assert "Welcome" not in text_of(app)
