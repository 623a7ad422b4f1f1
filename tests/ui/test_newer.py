"""Two people on one record: nothing the first saved is overwritten unseen, nothing the second typed is lost."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from erp import db
from erp.models.commitments import Commitment
from erp.models.contacts import Contact
from erp.models.feedback import FeedbackItem
from erp.models.partners import Partner
from erp.services.commitments import CommitmentDraft, change_commitment, make_commitment
from erp.services.contacts import ContactDraft, add_contact, change_contact
from erp.services.feedback import FeedbackDraft, change_feedback, receive_feedback
from erp.services.partners import PartnerDraft, add_partner, agree_cadence, change_partner
from erp.vocabulary import PartnerKind, Side
from tests.conftest import Cast
from tests.services.county_imports import stored
from tests.ui.conftest import tables

Open = Callable[..., AppTest]
FERN = PartnerDraft(name="Fern House", kind=PartnerKind.OTHER, area="North", notes="Meets on the first Monday.")


def write(service: Callable[..., Any], *args: Any) -> Any:
    with db.writing() as session:
        return service(session, *args)


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def choose(app: AppTest, label: str, which: str) -> None:
    next(one for one in app.get("button_group") if one.label == f"Which one stays: {label}").set_value(which).run()


def field(app: AppTest, kind: str, label: str) -> Any:
    return next(one for one in app.get(kind) if one.label == label)


@pytest.fixture
def fern(database: object, cast: Cast) -> int:
    return write(add_partner, cast.coordinator, FERN).id


def details(app_as: Open, cast: Cast, fern: int) -> AppTest:
    return app_as(cast.coordinator, "partner", partner=fern, section="Details")


def test_a_form_that_is_open_does_not_take_back_what_was_saved_since(app_as: Open, cast: Cast, fern: int) -> None:
    app = details(app_as, cast, fern)
    theirs = FERN.model_copy(update={"area": "East", "languages": ("Hmong",)})
    write(change_partner, cast.leadership, fern, 1, theirs)
    field(app, "text_area", "Notes").set_value("Has a new room.")
    press(app, "Save changes")
    assert "Lena Leader" in app.warning[0].value
    rows = {table.iloc[0, 0]: table.iloc[0, 2] for table in tables(app)[:2]}
    assert rows == {"North": "East", "(blank)": "Hmong"}, "what only she changed is offered; the notes are mine"
    press(app, "Go on with these")
    press(app, "Save changes")
    kept = stored(Partner)[0]
    assert (kept.area, kept.languages, kept.notes) == ("East", "Hmong", "Has a new room.")


def test_two_notes_stay_under_one_another(app_as: Open, cast: Cast, fern: int) -> None:
    app = details(app_as, cast, fern)
    theirs = "Meets on the first Monday, and from May on in the library on Marsh Lane."
    write(change_partner, cast.leadership, fern, 1, FERN.model_copy(update={"notes": theirs}))
    field(app, "text_area", "Notes").set_value("Has a new room.")
    press(app, "Save changes")
    assert next(button for button in app.button if button.label == "Go on with these").disabled
    choose(app, "notes", "both")
    press(app, "Go on with these")
    press(app, "Save changes")
    assert stored(Partner)[0].notes == f"Has a new room.\n{theirs}"


def test_a_third_save_in_between_is_shown_as_well(app_as: Open, cast: Cast, fern: int) -> None:
    app = details(app_as, cast, fern)
    write(change_partner, cast.leadership, fern, 1, FERN.model_copy(update={"area": "East"}))
    field(app, "text_input", "Area served").set_value("South")
    press(app, "Save changes")
    choose(app, "area served", "mine")
    write(change_partner, cast.tribal_liaison, fern, 2, FERN.model_copy(update={"area": "West"}))
    press(app, "Go on with these")
    assert "Tara Liaison" in app.warning[0].value
    assert tables(app)[0].iloc[0].tolist()[1:] == ["South", "West"]


def test_a_person_is_changed_by_two(app_as: Open, cast: Cast, fern: int) -> None:
    mira = ContactDraft(partner_id=fern, name="Mira", role="Director", phone="555-0100")
    number = write(add_contact, cast.coordinator, mira).id
    app = app_as(cast.coordinator, "partner", partner=fern, section="People and ties")
    press(app, "Change")
    write(change_contact, cast.leadership, number, 1, mira.model_copy(update={"role": "Chair", "do_not_contact": True}))
    field(app, "text_input", "Preferred language").set_value("Spanish")
    press(app, "Save changes")
    assert [table.iloc[0].tolist() for table in tables(app)[:2]] == [
        ["Director", "Director", "Chair"],
        ["no", "no", "yes"],
    ]
    press(app, "Go on with these")
    press(app, "Save changes")
    kept = stored(Contact)[0]
    assert (kept.role, kept.do_not_contact, kept.language, kept.phone) == ("Chair", True, "Spanish", "555-0100")


def test_a_promise_is_corrected_by_two(app_as: Open, cast: Cast, fern: int) -> None:
    draft = CommitmentDraft(what="Send the notes", partner_id=fern, owed_by=Side.COUNTY, due_on=date(2026, 6, 1))
    number = write(make_commitment, cast.coordinator, draft).id
    app = app_as(cast.coordinator, "promises", promise=number)
    write(change_commitment, cast.leadership, number, 1, draft.model_copy(update={"due_on": date(2026, 7, 1)}))
    app.run()  # something else on the page was touched: the form must not pass for one of the newer version
    at = f"promise_mend_{number}_"
    app.text_area(key=f"{at}what").set_value("Send both notes")
    app = next(b for b in app.button if "_save_mended" in b.key).click().run()
    assert stored(Commitment)[0].due_on == date(2026, 7, 1)
    assert tables(app)[0].iloc[0].tolist() == ["Jun 1, 2026", "Jun 1, 2026", "Jul 1, 2026"]
    press(app, "Go on with these")
    next(b for b in app.button if "_save_mended" in b.key).click().run()
    kept = stored(Commitment)[0]
    assert (kept.what, kept.due_on) == ("Send both notes", date(2026, 7, 1))


def test_feedback_is_corrected_by_two(app_as: Open, cast: Cast, fern: int) -> None:
    draft = FeedbackDraft(words="Begin later", partner_id=fern, person="a parent", received_on=date(2026, 3, 5))
    number = write(receive_feedback, cast.coordinator, draft).id
    app = app_as(cast.coordinator, "feedback", feedback=number)
    write(change_feedback, cast.leadership, number, 1, draft.model_copy(update={"language": "Spanish"}))
    app.run()
    app.get_by_key(f"feedback_mend_{number}_notes").set_value("Said twice")
    next(b for b in app.button if "_save_mended" in b.key).click().run()
    assert stored(FeedbackItem)[0].notes == ""
    press(app, "Go on with these")
    next(b for b in app.button if "_save_mended" in b.key).click().run()
    kept = stored(FeedbackItem)[0]
    assert (kept.notes, kept.language, kept.words) == ("Said twice", "Spanish", "Begin later")


def test_ones_own_step_is_no_other_persons_save(app_as: Open, cast: Cast, fern: int) -> None:
    draft = CommitmentDraft(what="Send the notes", partner_id=fern, owed_by=Side.COUNTY)
    number = write(make_commitment, cast.coordinator, draft).id
    app = app_as(cast.coordinator, "promises", promise=number)
    next(b for b in app.button if "_keep_on" in b.key).click().run()
    assert not app.warning
    at = f"promise_mend_{number}_"
    app.text_area(key=f"{at}what").set_value("Send both notes")
    next(b for b in app.button if "_save_mended" in b.key).click().run()
    kept = stored(Commitment)[0]
    assert (kept.what, kept.done_on is None) == ("Send both notes", False)


def test_a_save_that_touched_no_field_of_the_form_asks_nothing(app_as: Open, cast: Cast, fern: int) -> None:
    app = details(app_as, cast, fern)
    write(agree_cadence, cast.leadership, fern, 30, None)
    field(app, "text_input", "Area served").set_value("South")
    press(app, "Save changes")
    assert stored(Partner)[0].area == "South"
