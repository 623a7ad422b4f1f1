"""Drafts of the form of an engagement: there again after a reload and elsewhere, their author's, gone when saved."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
import streamlit
import time_machine
from sqlmodel import select
from streamlit.testing.v1 import AppTest

from erp import db
from erp.access import Actor
from erp.models.changes import Change
from erp.models.drafts import FormDraft
from erp.models.engagements import Engagement
from erp.services.engagements import log_engagement
from erp.services.partners import archive_partner
from erp.vocabulary import EngagementStatus, PartnerKind
from tests.conftest import Cast
from tests.services.test_log_engagement import meeting, partner
from tests.ui.conftest import field_of
from tests.ui.test_log import click, put, said

Open = Callable[..., AppTest]


@pytest.fixture(autouse=True)
def _on_a_day() -> Iterator[None]:
    streamlit.cache_data.clear()
    with time_machine.travel("2026-05-01T20:00:00Z", tick=True):
        yield


@pytest.fixture
def fern(database: object, cast: Cast) -> int:
    with db.writing() as session:
        return partner(session, cast, "Fern House")


def rows(table: type[Any]) -> list[Any]:
    with db.reading() as session:
        return list(session.exec(select(table)))


def typed(app_as: Open, actor: Actor, fern: int, **fields: Any) -> AppTest:
    app = app_as(actor, "log")
    put(app, partners=[fern], **fields)
    return app.run()


def value(app: AppTest, field: str, form: str = "log_new") -> Any:
    return field_of(app, form, field).value


def test_opening_a_form_makes_no_draft(app_as: Open, cast: Cast, fern: int) -> None:
    app_as(cast.coordinator, "log").run()
    app_as(cast.coordinator, "log", partner=fern).run()
    assert rows(FormDraft) == []


def test_what_was_typed_is_there_again_after_a_reload_and_on_another_device(
    app_as: Open, cast: Cast, fern: int
) -> None:
    app = typed(app_as, cast.coordinator, fern, purpose="Plan the fair", facts="Forty came", kind="visit")
    put(app, promise_0_what="Send the notes", promise_0_due=date(2026, 6, 1), behaviors=["LB1"])
    app.run()
    assert any("Draft kept May 1, 2026, 1:00 PM" in caption.value for caption in app.caption)
    again = app_as(cast.coordinator, "log")
    assert not again.exception
    assert [value(again, name) for name in ("partners", "purpose", "facts", "kind", "promise_0_what")] == [
        [fern], "Plan the fair", "Forty came", "visit", "Send the notes",
    ]  # fmt: skip
    assert value(again, "promise_0_due") == date(2026, 6, 1)
    click(again, "Save")
    assert "Saved. Held: Visit with Fern House" in said(again)
    assert [row.fields for row in rows(FormDraft)] == [{}]
    assert value(app_as(cast.coordinator, "log"), "purpose") == ""


def test_the_day_of_a_draft_stays_the_day_it_was_begun(app_as: Open, cast: Cast, fern: int) -> None:
    typed(app_as, cast.coordinator, fern, purpose="Plan the fair")
    with time_machine.travel("2026-05-03T20:00:00Z", tick=True):
        assert value(app_as(cast.coordinator, "log"), "held_on") == date(2026, 5, 1)


def test_a_draft_is_its_authors_alone_and_no_change_of_the_county(app_as: Open, cast: Cast, fern: int) -> None:
    before = len(rows(Change))
    typed(app_as, cast.coordinator, fern, purpose="Plan the fair")
    assert value(app_as(cast.leadership, "log"), "purpose") == ""
    assert "Plan the fair" not in said(app_as(cast.leadership))
    assert len(rows(Change)) == before


def test_today_lists_ones_drafts_and_leads_to_them(app_as: Open, cast: Cast, fern: int) -> None:
    typed(app_as, cast.coordinator, fern, purpose="Plan the fair")
    app = app_as(cast.coordinator)
    assert "**Draft of May 1, 2026, 1:00 PM** – Plan the fair" in [link.label for link in app.get("page_link")]


def test_words_that_look_identifying_are_in_no_draft(app_as: Open, cast: Cast, fern: int) -> None:
    app = typed(app_as, cast.coordinator, fern, purpose="Plan the fair", facts="case number 12345678")
    assert any("Without: Facts" in caption.value for caption in app.caption)
    assert ["facts" in row.fields for row in rows(FormDraft)] == [False]
    again = app_as(cast.coordinator, "log")
    assert (value(again, "purpose"), value(again, "facts")) == ("Plan the fair", "")


def test_the_same_form_in_two_places_is_saved_once_and_nothing_is_lost_in_silence(
    app_as: Open, cast: Cast, fern: int
) -> None:
    here = typed(app_as, cast.coordinator, fern, purpose="Plan the fair")
    there = app_as(cast.coordinator, "log")
    click(here, "Save")
    put(there, purpose="Plan the summer fair")
    click(there, "Save")
    assert "This form was open in two places" in said(there)
    assert value(there, "purpose") == "Plan the summer fair"
    assert [row.purpose for row in rows(Engagement)] == ["Plan the fair"]


def test_a_draft_that_was_thrown_away_is_gone(app_as: Open, cast: Cast, fern: int) -> None:
    app = typed(app_as, cast.coordinator, fern, purpose="Plan the fair")
    click(app, "Throw it away")
    assert value(app, "purpose") == ""
    assert [row.fields for row in rows(FormDraft)] == [{}]


def test_a_draft_is_thrown_away_from_today_too(app_as: Open, cast: Cast, fern: int) -> None:
    typed(app_as, cast.coordinator, fern, purpose="Plan the fair")
    app = click(app_as(cast.coordinator), "Throw it away")
    assert "Plan the fair" not in "".join(link.label for link in app.get("page_link"))
    assert [row.fields for row in rows(FormDraft)] == [{}]


def test_what_a_draft_names_and_is_gone_is_left_out(app_as: Open, cast: Cast, fern: int) -> None:
    typed(app_as, cast.coordinator, fern, purpose="Plan the fair")
    with db.writing() as session:
        archive_partner(session, cast.leadership, fern, 1, "closed")
    app = app_as(cast.coordinator, "log")
    assert not app.exception
    assert (value(app, "partners"), value(app, "purpose")) == ([], "Plan the fair")


def test_changes_of_a_record_and_a_planned_one_have_drafts_too(app_as: Open, cast: Cast, fern: int) -> None:
    with db.writing() as session:
        held = log_engagement(session, cast.coordinator, meeting(fern, purpose="Seats")).id or 0
        planned = meeting(fern, purpose="Budget", status=EngagementStatus.PLANNED, held_on=date(2026, 5, 9))
        ahead = log_engagement(session, cast.coordinator, planned).id or 0
    app = click(app_as(cast.coordinator, "engagement", engagement=held), "Edit")
    put(app, form=f"edit_{held}", facts="Forty came")
    app.run()
    again = click(app_as(cast.coordinator, "engagement", engagement=held), "Go on with your draft of changes")
    assert value(again, "facts", f"edit_{held}") == "Forty came"
    click(again, "Leave without saving")
    assert "Edit" in [button.label for button in again.button]
    app = app_as(cast.coordinator, "log", engagement=ahead)
    put(app, form=f"held_{ahead}", facts="All agreed")
    app.run()
    assert value(app_as(cast.coordinator, "log", engagement=ahead), "facts", f"held_{ahead}") == "All agreed"


def test_a_draft_of_changes_knows_which_version_it_was_begun_with(app_as: Open, cast: Cast, fern: int) -> None:
    with db.writing() as session:
        held = log_engagement(session, cast.coordinator, meeting(fern, purpose="Seats")).id or 0
    app = click(app_as(cast.coordinator, "engagement", engagement=held), "Edit")
    put(app, form=f"edit_{held}", facts="Forty came")
    app.run()
    other = click(app_as(cast.leadership, "engagement", engagement=held), "Edit")
    put(other, form=f"edit_{held}", purpose="Lena's words")
    click(other, "Save changes")
    again = click(app_as(cast.coordinator, "engagement", engagement=held), "Go on with your draft of changes")
    assert "saved this record after you opened the form" in said(again)
    click(again, "Save changes")
    assert [row.purpose for row in rows(Engagement)] == ["Lena's words"]


def test_a_tribes_name_in_a_draft_warns_again(app_as: Open, cast: Cast, database: object) -> None:
    with db.writing() as session:
        tribe = partner(session, cast, "Example Rancheria", PartnerKind.TRIBAL_GOVERNMENT)
    typed(app_as, cast.tribal_liaison, tribe, purpose="Courtesy visit")
    assert "A Tribal government is part of this." in said(app_as(cast.tribal_liaison, "log"))
