"""The Behaviors page: the grid and what it says, filters, a cell's evidence by click and by list, who sees what."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
import streamlit
import time_machine
from streamlit.testing.v1 import AppTest

from erp import db
from erp.services.engagements import BehaviorShown, log_engagement
from erp.vocabulary import PartnerKind
from tests.conftest import Cast
from tests.services.test_log_engagement import meeting, partner
from tests.ui.conftest import prose, tables, unfold

Open = Callable[..., AppTest]


@pytest.fixture(autouse=True)
def _on_a_day() -> Iterator[None]:
    streamlit.cache_data.clear()  # each test has a database of its own, with revisions that look alike
    with time_machine.travel("2026-05-01T20:00:00Z", tick=True):
        yield


@pytest.fixture
def fair(database: object, cast: Cast) -> int:
    """A meeting in March with a court, showing two behaviors; an older one of last year."""
    with db.writing() as session:
        court = partner(session, cast, "Alder Court", PartnerKind.SYSTEM_PARTNER)
        shown = (BehaviorShown(entry_id="LB1c", evidence="Titles were *used*"), BehaviorShown(entry_id="LB7"))
        old = (BehaviorShown(entry_id="LB2", evidence="Long ago"),)
        log_engagement(session, cast.coordinator, meeting(court, held_on=date(2024, 6, 1), behaviors=old))
        return log_engagement(session, cast.coordinator, meeting(court, behaviors=shown)).id or 0


def text_of(app: AppTest) -> str:
    return "\n".join([prose(app), *(part.value.replace("\\", "") for part in [*app.markdown, *app.caption])])


def counts(app: AppTest) -> dict[str, list[int]]:
    return {row[0]: list(row[1:]) for row in tables(app)[0].to_numpy().tolist()}


def test_the_grid_prints_counts_and_its_takeaway_names_the_gaps(app_as: Open, cast: Cast, fair: int) -> None:
    app = unfold(app_as(cast.viewer, "behaviors"), "table_behaviors")
    assert not app.exception
    assert "14 of 16 behaviors have no evidence in the last 4 quarters." in text_of(app)
    assert tables(app)[0].columns.tolist() == ["Behavior", "Q3 2025", "Q4 2025", "Q1 2026", "Q2 2026"]
    table = counts(app)
    assert len(table) == 16
    assert table["1 · Open, honest, clear, respectful"] == ["0", "0", "1", "0"]
    assert table["7 · Seek feedback (unverified)"] == ["0", "0", "1", "0"]
    assert "n = 1 held engagement with a behavior tagged" in text_of(app)
    assert "61 of 64 cells are empty" not in text_of(app)


def test_a_kind_of_partner_and_a_longer_time_are_filters_in_the_address(app_as: Open, cast: Cast, fair: int) -> None:
    app = app_as(cast.viewer, "behaviors", kind="community_organization", quarters=12)
    said = "16 of 16 behaviors have no evidence in the last 12 quarters with community organizations."
    assert said in text_of(app)
    app.get_by_key("behaviors_kind").set_value("system_partner").run()
    assert "13 of 16 behaviors have no evidence in the last 12 quarters with system partners." in text_of(app)
    assert app.query_params == {"kind": "system_partner", "quarters": "12"}


def test_columns_may_be_the_kinds_of_partner_in_one_quarter(app_as: Open, cast: Cast, fair: int) -> None:
    app = unfold(app_as(cast.viewer, "behaviors", columns="kind", quarter="2026-Q1"), "table_behaviors")
    table = tables(app)[0]
    assert table.columns.tolist()[1:] == ["Tribal gov.", "Tribal org.", "Community", "System", "Lived exp.", "Other"]
    assert counts(app)["1 · Open, honest, clear, respectful"] == ["0", "0", "0", "1", "0", "0"]
    assert "no evidence with any kind of partner in Q1 2026" in text_of(app)


def test_a_cell_opens_its_engagements_with_the_evidence(app_as: Open, cast: Cast, fair: int) -> None:
    app = app_as(cast.viewer, "behaviors", behavior="LB1", cell="2026-Q1")
    assert "Titles were *used*" in text_of(app)
    assert "Alder Court – Spring planning – 1c · Deference to Tribal leadership" in text_of(app)
    assert "Mar 5, 2026: meeting" in [link.label for link in app.get("page_link")]


def test_evidence_that_was_not_noted_is_asked_for(app_as: Open, cast: Cast, fair: int) -> None:
    assert "No evidence noted" in text_of(app_as(cast.viewer, "behaviors", behavior="LB7"))


def test_the_words_of_an_unverified_behavior_say_so(app_as: Open, cast: Cast, fair: int) -> None:
    assert "In our words, not verified yet:" in text_of(app_as(cast.viewer, "behaviors", behavior="LB7"))
    assert "In our words: " in text_of(app_as(cast.viewer, "behaviors", behavior="LB1"))


def test_an_empty_cell_says_where_to_begin(app_as: Open, cast: Cast, fair: int) -> None:
    app = app_as(cast.viewer, "behaviors", behavior="LB1", cell="2026-Q2")
    assert "No held engagement shows this behavior here" in text_of(app)


def test_clicking_a_cell_chooses_it_once_and_the_lists_stay_free(app_as: Open, cast: Cast, fair: int) -> None:
    app = app_as(cast.viewer, "behaviors")
    clicked = {"selection": {"cell": [{"entry_id": "LB1", "column_id": "2026-Q1"}]}}
    app.session_state["chart_behaviors"] = clicked
    app.run()
    assert app.query_params == {"behavior": "LB1", "cell": "2026-Q1"}
    assert "Titles were *used*" in text_of(app)
    app.session_state["chart_behaviors"] = clicked  # the browser sends it again with every click
    app.get_by_key("behaviors_behavior").set_value("LB2").run()
    assert app.query_params == {"behavior": "LB2", "cell": "2026-Q1"}


def test_without_any_engagement_the_page_still_shows_what_is_missing(
    app_as: Open, cast: Cast, database: object
) -> None:
    app = app_as(cast.viewer, "behaviors")
    assert not app.exception
    assert "16 of 16 behaviors have no evidence" in text_of(app)
    assert "n = 0 held engagements" in text_of(app)


def test_what_a_tribe_shared_is_not_counted_for_others_and_the_page_says_so(
    app_as: Open, cast: Cast, database: object
) -> None:
    with db.writing() as session:
        tribe = partner(session, cast, "Example Rancheria", PartnerKind.TRIBAL_GOVERNMENT)
        shown = (BehaviorShown(entry_id="LB1c", evidence="The chair opened"),)
        log_engagement(session, cast.tribal_liaison, meeting(tribe, behaviors=shown))
    seen = text_of(app_as(cast.leadership, "behaviors", behavior="LB1"))
    assert "The chair opened" in seen
    assert "what Tribal governments shared" not in seen
    hidden = text_of(app_as(cast.coordinator, "behaviors", behavior="LB1"))
    assert "The chair opened" not in hidden
    assert "n = 0" in hidden
    assert "what Tribal governments shared counts only where you wrote it down" in hidden
