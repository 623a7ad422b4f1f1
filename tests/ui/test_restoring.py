"""A record's history puts an earlier value back with one press, and nothing that may identify a child."""

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from erp import db
from erp.models.changes import Change
from erp.models.commitments import Commitment
from erp.models.partners import Partner
from erp.services.commitments import CommitmentDraft, change_commitment, make_commitment
from erp.services.partners import PartnerDraft, add_partner, archive_partner, change_partner
from erp.vocabulary import PartnerKind, Side
from tests.conftest import Cast
from tests.services.county_imports import stored
from tests.ui.conftest import unfold

Open = Callable[..., AppTest]
FERN = PartnerDraft(name="Fern House", kind=PartnerKind.OTHER, area="North", notes="about case number 12345678")


def write(service: Callable[..., Any], *args: Any) -> Any:
    with db.writing() as session:
        return service(session, *args)


@pytest.fixture
def fern(database: object, cast: Cast) -> int:
    number = write(add_partner, cast.coordinator, FERN).id
    write(change_partner, cast.leadership, number, 1, FERN.model_copy(update={"area": "East", "notes": ""}))
    return number


def offered(app: AppTest) -> list[str]:
    return [button.label for button in app.button if button.label.startswith("Put back")]


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def test_a_partner_gets_an_earlier_value_back(app_as: Open, cast: Cast, fern: int) -> None:
    app = app_as(cast.coordinator, "partner", partner=fern, section="History")
    assert offered(app) == ["Put back: area", "Put back: notes"]
    press(app, "Put back: area")
    assert app.success[0].value == "Area is as it was before that change."
    assert stored(Partner)[0].area == "North"
    assert stored(Change)[-1].actor_name == "Cora Coordinator"


def test_words_that_may_identify_a_child_are_not_put_back(app_as: Open, cast: Cast, fern: int) -> None:
    app = press(app_as(cast.coordinator, "partner", partner=fern, section="History"), "Put back: notes")
    assert "could identify a child or a family" in app.error[0].value
    assert stored(Partner)[0].notes == ""


def test_who_only_reads_and_what_is_archived_is_offered_nothing(app_as: Open, cast: Cast, fern: int) -> None:
    assert offered(app_as(cast.viewer, "partner", partner=fern, section="History")) == []
    write(archive_partner, cast.coordinator, fern, 2, "Gone")
    assert offered(app_as(cast.coordinator, "partner", partner=fern, section="History")) == []


def test_a_promise_shows_every_change_of_it(app_as: Open, cast: Cast, fern: int) -> None:
    draft = CommitmentDraft(what="Call", partner_id=fern, owed_by=Side.COUNTY)
    number = write(make_commitment, cast.coordinator, draft).id
    write(change_commitment, cast.leadership, number, 1, draft.model_copy(update={"what": "Write"}))
    app = app_as(cast.coordinator, "promises", promise=number)
    app = unfold(app, f"changes_commitment_{number}")
    press(app, "Put back: what")
    assert stored(Commitment)[0].what == "Call"
