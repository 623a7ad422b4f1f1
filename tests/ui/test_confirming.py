"""What is due to be confirmed: on Today, many at once, on the partner's page, its rhythm in the settings."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from streamlit.testing.v1 import AppTest

from erp import db
from erp.models.contacts import Confirmation
from erp.queries.confirming import USUAL_DAYS
from erp.services.contacts import ContactDraft, add_contact
from erp.services.partners import PartnerDraft, add_partner
from erp.vocabulary import PartnerKind
from tests.conftest import Cast
from tests.services.county_imports import stored

Open = Callable[..., AppTest]
START = datetime(2026, 3, 5, 17, 0, tzinfo=UTC)


@pytest.fixture
def long_ago(database: Path, cast: Cast) -> Iterator[int]:
    """Fern House and Ana came in before it was time to look at them again."""
    with time_machine.travel(START) as clock:
        with db.writing() as session:
            fern = PartnerDraft(name="Fern House", kind=PartnerKind.OTHER)
            number = add_partner(session, cast.coordinator, fern).id or 0
            add_contact(session, cast.coordinator, ContactDraft(partner_id=number, name="Ana", role="Director"))
        clock.shift(timedelta(days=USUAL_DAYS + 5))
        yield number


def links(app: AppTest) -> list[str]:
    return [link.label for link in app.get("page_link")]


def button(app: AppTest, label: str) -> Any:
    return next(button for button in app.button if label in button.label)


def test_today_names_the_longest_overdue_and_leads_to_all(app_as: Open, cast: Cast, long_ago: int) -> None:
    app = app_as(cast.coordinator)
    assert "Still right?" in [header.value for header in app.header]
    assert "**Due for 5 days** – Fern House: Names and area" in links(app)
    assert "Confirm many at once (2)" in links(app)
    assert "Still right?" not in [header.value for header in app_as(cast.viewer).header]


def test_the_chosen_ones_are_confirmed_together(app_as: Open, cast: Cast, long_ago: int) -> None:
    app = app_as(cast.coordinator, "confirm")
    rows = app.dataframe[0].value
    assert rows["Partner, and what of it"].tolist() == ["Fern House: Names and area", "Fern House: Ana"]
    assert rows["Last confirmed"].tolist() == ["never confirmed, recorded Mar 5, 2026"] * 2
    assert button(app, "Confirm the").disabled
    key = app.dataframe[0].proto.id.rpartition("-")[2]
    app.session_state[key] = {"selection": {"rows": [0, 1], "columns": [], "cells": []}}
    button(app.run(), "Confirm the 2 chosen").click().run()
    assert app.success[0].value == "Confirmed today: 2 entries."
    assert len(stored(Confirmation)) == 2
    assert not app.dataframe, "the next rows are not taken for chosen ones"


def test_where_nothing_is_due_it_says_where_the_rhythm_is_set(app_as: Open, cast: Cast, database: object) -> None:
    app = app_as(cast.coordinator, "confirm")
    assert any("Nothing is due to be confirmed." in part.value for part in app.markdown)


def test_a_partners_people_are_confirmed_on_its_page(app_as: Open, cast: Cast, long_ago: int) -> None:
    app = app_as(cast.tribal_liaison, "partner", partner=long_ago, section="People and ties")
    button(app, "All of this is still right").click().run()
    assert len(stored(Confirmation)) == 2
    said = "\n".join(caption.value for caption in app.caption)
    assert "Ana: confirmed Sep 6, 2026 by Tara Liaison; due on Mar 5, 2027" in said
    viewer = app_as(cast.viewer, "partner", partner=long_ago, section="People and ties")
    assert not [each for each in viewer.button if "still right" in each.label]


def test_the_rhythm_is_set_by_leadership(app_as: Open, cast: Cast, long_ago: int) -> None:
    app = app_as(cast.leadership, "settings", part="Targets")
    app.number_input(key="confirming_days").set_value(365)
    next(one for one in app.button if "_save_rhythm" in one.key).click().run()
    assert any("every **365** days" in part.value for part in app.markdown)
    assert "Still right?" not in [header.value for header in app_as(cast.leadership).header]
