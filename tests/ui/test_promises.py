"""The promises page: what is due, one click to keep, the other forms, as each kind of user sees it."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import streamlit
import time_machine
from sqlmodel import col, select
from streamlit.testing.v1 import AppTest

from erp import db
from erp.access import Actor
from erp.models.changes import Change
from erp.queries.commitments import OwedBy, PromiseFilters, promise_detail, promise_list
from erp.services.commitments import CommitmentDraft, keep_commitment, make_commitment, void_commitment
from erp.services.partners import PartnerDraft, add_partner
from erp.ui.promise_forms import ADD_FORM
from erp.vocabulary import CommitmentState, PartnerKind, Side
from tests.conftest import Cast
from tests.ui.conftest import keyed, unfold

S = CommitmentState
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


def promise(actor: Actor, partner_id: int, what: str = "Send the notes", **more: Any) -> int:
    values = {"due_on": date(2026, 4, 19), "made_on": date(2026, 3, 5)} | more
    with db.writing() as session:
        draft = CommitmentDraft.of(what=what, partner_id=partner_id, **values)
        return make_commitment(session, actor, draft).id or 0


def text_of(app: AppTest) -> str:
    parts = [*app.markdown, *app.caption, *app.title, *app.header, *app.success, *app.error, *app.warning]
    return "\n".join(part.value.replace("\\", "") for part in parts)


def button(app: AppTest, label: str) -> Any:
    return next(b for b in app.button if b.label == label)


def seen(actor: Actor, promise_id: int) -> dict[str, Any]:
    with db.reading() as session:
        return promise_detail(session, actor, promise_id)


# --- reading ----------------------------------------------------------------------------------------------


def test_an_empty_list_says_what_to_do_next(app_as: Open, cast: Cast) -> None:
    app = app_as(cast.viewer, "promises")
    assert not app.exception
    assert "No promise is recorded yet." in text_of(app)


def test_overdue_comes_first_then_what_is_due_each_under_its_heading(app_as: Open, cast: Cast, fern: int) -> None:
    promise(cast.coordinator, fern, "No day", due_on=None, due_words="every fiscal year")
    promise(cast.coordinator, fern, "Later", due_on=date(2026, 9, 1))
    promise(cast.coordinator, fern, "Soon", due_on=date(2026, 5, 4), owed_by=Side.PARTNER)
    promise(cast.coordinator, fern, "Late", owed_by=None, owed_by_words="Clerk of the Board")
    app = app_as(cast.viewer, "promises")
    assert [h.value for h in app.header] == ["Overdue (1)", "Due in 30 days (1)", "Due later (1)", "No due day (1)"]
    read = text_of(app)
    assert "Due Apr 19, 2026 – 12 days past" in read
    assert "Clerk of the Board owes it; with Fern House" in read
    assert "Due May 4, 2026 – in 3 days" in read
    assert "Fern House owes it" in read
    assert "Due, as written: “every fiscal year”" in read


def test_finished_ones_are_a_click_away(app_as: Open, cast: Cast, fern: int) -> None:
    kept = promise(cast.coordinator, fern)
    with db.writing() as session:
        keep_commitment(session, cast.coordinator, kept, 1, date(2026, 4, 21))
    app = app_as(cast.viewer, "promises")
    assert "Every promise is kept or withdrawn by agreement." in text_of(app)
    app.pills(key="promises_state").set_value("kept").run()
    assert "Kept Apr 21, 2026, 2 days late (due Apr 19, 2026)" in text_of(app)


def test_filters_live_in_the_address(app_as: Open, cast: Cast, fern: int) -> None:
    lark = partner(cast.coordinator, "Lark Clinic")
    promise(cast.coordinator, fern, "For Fern")
    promise(cast.coordinator, lark, "For Lark", owed_by=Side.PARTNER)
    assert "For Lark" not in text_of(app_as(cast.viewer, "promises", partner=fern))
    by_side = text_of(app_as(cast.viewer, "promises", owed_by="partner"))
    assert "For Lark" in by_side
    assert "For Fern" not in by_side
    by_words = text_of(app_as(cast.viewer, "promises", promise_words="fern"))
    assert "For Fern" in by_words
    assert "For Lark" not in by_words
    assert "No promise fits these filters." in text_of(app_as(cast.viewer, "promises", partner=fern, state="kept"))


def test_a_deep_link_opens_the_promise_wherever_it_stands(app_as: Open, cast: Cast, fern: int) -> None:
    kept = promise(cast.coordinator, fern, notes="Asked for at the forum")
    with db.writing() as session:
        keep_commitment(session, cast.coordinator, kept, 1, date(2026, 4, 1))
    app = app_as(cast.viewer, "promises", promise=kept)
    assert "Notes: Asked for at the forum" in text_of(app)
    assert [b.label for b in app.button] == ["Close"]


def test_a_promise_due_far_ahead_and_made_long_ago_opens(app_as: Open, cast: Cast) -> None:
    number = promise(cast.coordinator, partner(cast.coordinator), due_on=date(2045, 6, 1), made_on=date(1950, 6, 1))
    app = app_as(cast.coordinator, "promises", promise=number)
    assert not app.exception


@pytest.mark.parametrize("asked", ["999", "0", "abc", "9" * 30])
def test_what_is_not_here_is_said_plainly(app_as: Open, cast: Cast, asked: str) -> None:
    app = app_as(cast.coordinator, "promises", promise=asked)
    assert not app.exception
    assert "This promise is not here." in text_of(app)


def test_a_tribes_promise_reads_as_not_here_for_others(app_as: Open, cast: Cast) -> None:
    tribe = partner(cast.tribal_liaison, "Example Rancheria", PartnerKind.TRIBAL_GOVERNMENT)
    shared = promise(cast.tribal_liaison, tribe, "Visit before the season")
    assert "Visit before the season" in text_of(app_as(cast.leadership, "promises"))
    for actor in (cast.coordinator, cast.community_liaison, cast.administrator, cast.viewer):
        read = text_of(app_as(actor, "promises", promise=shared))
        assert "Visit before the season" not in read
        assert "This promise is not here." in read


def test_nobody_signed_in_sees_nothing(app_as: Open, cast: Cast, fern: int) -> None:
    promise(cast.coordinator, fern)
    app = app_as(cast.coordinator, "promises")
    app.user = {"sid": "gone"}
    app.run()
    assert "Send the notes" not in text_of(app)


def test_a_viewer_reads_and_finds_no_form(app_as: Open, cast: Cast, fern: int) -> None:
    promise(cast.coordinator, fern)
    app = app_as(cast.viewer, "promises")
    assert [b.label for b in app.button] == ["Open"]
    button(app, "Open").click().run()
    assert [b.label for b in app.button] == ["Close"]
    assert not app.text_area


# --- keeping, withdrawing, reopening ------------------------------------------------------------------------


def test_one_click_keeps_a_promise_today(app_as: Open, cast: Cast, fern: int) -> None:
    promise_id = promise(cast.coordinator, fern)
    app = app_as(cast.community_liaison, "promises")
    button(app, "Kept today").click().run()
    assert "Kept on May 1, 2026. Thank you." in text_of(app)
    row = seen(cast.viewer, promise_id)
    assert (row["state"], row["done_on"]) == (S.KEPT_LATE, date(2026, 5, 1))


def test_a_promise_is_kept_on_another_day(app_as: Open, cast: Cast, fern: int) -> None:
    promise_id = promise(cast.coordinator, fern)
    app = app_as(cast.coordinator, "promises", promise=promise_id)
    app.date_input(key=f"promise_keep_{promise_id}_day").set_value(date(2026, 4, 19))
    button(app, "Kept").click().run()
    assert seen(cast.viewer, promise_id)["state"] is S.KEPT


def test_a_stale_click_is_refused_in_the_card_where_it_was_made(app_as: Open, cast: Cast, fern: int) -> None:
    promise_id = promise(cast.coordinator, fern)
    app = app_as(cast.coordinator, "promises")
    with db.writing() as session:
        void_commitment(session, cast.leadership, promise_id, 1, "Entered twice")
    button(app, "Kept today").click().run()
    read = text_of(app)
    assert "while you had it open" in read
    assert "Voided: Entered twice" in read


def test_withdrawing_needs_a_reason_and_keeps_what_was_typed(app_as: Open, cast: Cast, fern: int) -> None:
    promise_id = promise(cast.coordinator, fern)
    app = app_as(cast.coordinator, "promises", promise=promise_id)
    at = f"promise_withdraw_{promise_id}"
    app.date_input(key=f"{at}_day").set_value(date(2026, 4, 28))
    button(app, "Withdraw").click().run()
    assert "Say why" in text_of(app)
    assert app.date_input(key=f"{at}_day").value == date(2026, 4, 28)
    app.text_input(key=f"{at}_why").set_value("Both agreed by phone")
    button(app, "Withdraw").click().run()
    assert "Withdrawn by agreement Apr 28, 2026: Both agreed by phone (due Apr 19, 2026)" in text_of(app)
    app.text_input(key=f"promise_reopen_{promise_id}_why").set_value("Asked for again")
    button(app, "Reopen").click().run()
    assert "Reason given last: Asked for again" in text_of(app)
    assert seen(cast.viewer, promise_id)["state"] is S.OVERDUE


def test_words_that_look_identifying_are_asked_about_before_anything_is_saved(
    app_as: Open, cast: Cast, fern: int
) -> None:
    app = unfold(app_as(cast.coordinator, "promises", partner=fern), ADD_FORM)
    app.text_area(key=keyed(app, "promise_new", "what")).set_value("Call about case number 12-345678")
    button(app, "Save").click().run()
    assert "Nothing is saved yet." in text_of(app)
    next(t for t in app.text_input if t.label == "Why these words may stay").set_value("A board item")
    button(app, "Save").click().run()
    assert "Saved." in text_of(app)
    with db.reading() as session:
        last = session.exec(select(Change).order_by(col(Change.id).desc())).first()
    assert last
    assert (last.after or {})["kept_because"] == "A board item"


# --- adding, correcting, voiding ----------------------------------------------------------------------------


def test_a_promise_is_added_and_opened(app_as: Open, cast: Cast, fern: int) -> None:
    app = unfold(app_as(cast.coordinator, "promises", partner=fern), ADD_FORM)
    app.text_area(key=keyed(app, "promise_new", "what")).set_value("Find a room")
    app.selectbox(key=keyed(app, "promise_new", "owed_by")).set_value(OwedBy.OTHER)
    button(app, "Save").click().run()
    assert "Say who owes this promise" in text_of(app)
    assert app.text_area(key=keyed(app, "promise_new", "what")).value == "Find a room"
    app.text_input(key=keyed(app, "promise_new", "owed_by_words")).set_value("Clerk of the Board")
    app.date_input(key=keyed(app, "promise_new", "due_on")).set_value(date(2026, 6, 1))
    button(app, "Save").click().run()
    assert not app.exception
    with db.reading() as session:
        [row] = promise_list(session, cast.viewer, PromiseFilters()).to_dict("records")
    assert (row["what"], row["owed_by"], row["owed_by_words"], row["due_on"], row["made_on"]) == (
        "Find a room",
        OwedBy.OTHER,
        "Clerk of the Board",
        date(2026, 6, 1),
        date(2026, 5, 1),
    )
    assert app.text_area(key=keyed(app, "promise_new", "what")).value == ""
    assert "Made May 1, 2026." in text_of(app)


def test_a_promise_is_corrected_without_losing_what_the_form_does_not_touch(
    app_as: Open, cast: Cast, fern: int
) -> None:
    promise_id = promise(cast.coordinator, fern, due_on=None, due_words="every fiscal year", notes="Asked twice")
    with db.writing() as session:
        keep_commitment(session, cast.coordinator, promise_id, 1, date(2026, 4, 2))
    app = app_as(cast.coordinator, "promises", promise=promise_id)
    at = f"promise_mend_{promise_id}_"
    app.text_area(key=f"{at}what").set_value("Send both notes")
    next(b for b in app.button if "_save_mended" in b.key).click().run()
    assert "Corrected." in text_of(app)
    row = seen(cast.viewer, promise_id)
    assert (row["what"], row["due_words"], row["notes"], row["done_on"], row["version"]) == (
        "Send both notes",
        "every fiscal year",
        "Asked twice",
        date(2026, 4, 2),
        3,
    )


def test_voiding_hides_a_promise_until_it_is_restored(app_as: Open, cast: Cast, fern: int) -> None:
    promise_id = promise(cast.coordinator, fern)
    app = app_as(cast.coordinator, "promises", promise=promise_id)
    app.text_input(key=f"promise_void_{promise_id}_why").set_value("Entered twice")
    button(app, "Void").click().run()
    assert "Voided: Entered twice" in text_of(app)
    assert "Send the notes" not in text_of(app_as(cast.coordinator, "promises"))
    button(app, "Restore this promise").click().run()
    assert "Send the notes" in text_of(app_as(cast.coordinator, "promises"))
