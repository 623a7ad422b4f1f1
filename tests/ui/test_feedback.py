"""The feedback page: the queue, the steps, the forms, as each kind of user sees it."""

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
from erp.models.feedback import FeedbackItem
from erp.queries.feedback import FeedbackFilters, feedback_detail, feedback_list
from erp.services.contacts import ContactDraft, add_contact, archive_contact
from erp.services.engagements import EngagementDraft, PartnerAt, log_engagement
from erp.services.feedback import FeedbackDraft, StepDraft, receive_feedback, take_step, void_feedback
from erp.services.partners import PartnerDraft, add_partner
from erp.ui.feedback_forms import ADD_FORM
from erp.vocabulary import PUBLISHED, FeedbackState, PartnerKind
from tests.conftest import Cast
from tests.ui.conftest import keyed, unfold

S = FeedbackState
Open = Callable[..., AppTest]


@pytest.fixture(autouse=True)
def _on_a_day() -> Any:
    streamlit.cache_data.clear()  # each test has a database of its own, with revisions that look alike
    with time_machine.travel("2026-05-01T20:00:00Z", tick=True):
        yield


def partner(actor: Actor, name: str = "Fern House", kind: PartnerKind = PartnerKind.COMMUNITY_ORGANIZATION) -> int:
    with db.writing() as session:
        return add_partner(session, actor, PartnerDraft(name=name, kind=kind)).id or 0


def item(actor: Actor, *steps: FeedbackState, **more: Any) -> int:
    values = {"words": "Start later, please", "person": "a parent", "received_on": date(2026, 3, 5)} | more
    with db.writing() as session:
        item_id = receive_feedback(session, actor, FeedbackDraft.of(**values)).id or 0
        for n, step in enumerate(steps, 1):
            done = StepDraft(on_day=date(2026, 3, 5 + n), how="By phone", said="We start at ten")
            take_step(session, actor, item_id, n, step, done)
    return item_id


def text_of(app: AppTest) -> str:
    parts = [*app.markdown, *app.caption, *app.title, *app.header, *app.success, *app.error, *app.warning]
    return "\n".join(part.value.replace("\\", "") for part in parts)


def button(app: AppTest, label: str) -> Any:
    return next(b for b in app.button if b.label == label)


def state_of(actor: Actor, item_id: int) -> FeedbackState:
    with db.reading() as session:
        return feedback_detail(session, actor, item_id).row["state"]


# --- reading ----------------------------------------------------------------------------------------------


def test_an_empty_queue_says_what_to_do_next(app_as: Open, cast: Cast) -> None:
    app = app_as(cast.viewer, "feedback")
    assert not app.exception
    assert "No feedback is recorded yet." in text_of(app)


def test_an_item_reads_with_its_words_their_translation_its_giver_and_what_comes_next(app_as: Open, cast: Cast) -> None:
    item(cast.coordinator, words="Empiecen más tarde", language="Spanish", translation="Start later")
    read = text_of(app_as(cast.coordinator, "feedback"))
    assert "“Empiecen más tarde”" in read
    assert "In English: “Start later”" in read
    assert "From a parent · in a meeting · received: Mar 5, 2026 · Spanish" in read
    assert "Next: acknowledge by Mar 12, 2026 – 50 days past the target." in read


def test_words_are_shown_as_typed_and_never_as_pictures_or_links(app_as: Open, cast: Cast) -> None:
    item(cast.coordinator, words="![x](https://example.org/x.png) :red[no]")
    app = app_as(cast.coordinator, "feedback")
    assert "“!\\[x\\](https\\://example.org/x.png) \\:red\\[no\\]”" in [m.value for m in app.markdown]


def test_told_not_confirmed_is_plain_to_see_and_is_not_among_what_is_to_do(app_as: Open, cast: Cast) -> None:
    item(cast.coordinator, S.DECIDED, S.TOLD)
    app = app_as(cast.coordinator, "feedback")
    assert "Nothing waits for us." in text_of(app)
    assert "Told, not confirmed (1)" in app.pills(key="feedback_state").options
    app.pills(key="feedback_state").set_value("told").run()
    assert "Told, not confirmed: ask the giver whether it is fixed. Only they can close it." in text_of(app)


def test_filters_live_in_the_address(app_as: Open, cast: Cast) -> None:
    fern = partner(cast.coordinator)
    item(cast.coordinator, words="From Fern", partner_id=fern, person="")
    item(cast.coordinator, S.DECIDED, words="Elsewhere")
    by_address = text_of(app_as(cast.viewer, "feedback", partner=fern))
    assert "From Fern" in by_address
    assert "Elsewhere" not in by_address
    decided = text_of(app_as(cast.viewer, "feedback", state="decided"))
    assert "Elsewhere" in decided
    assert "From Fern" not in decided
    nothing = text_of(app_as(cast.viewer, "feedback", partner=fern, state="decided"))
    assert "No feedback fits these filters." in nothing


def test_voided_ones_are_hidden_but_reachable(app_as: Open, cast: Cast) -> None:
    item_id = item(cast.coordinator, words="Entered twice")
    with db.writing() as session:
        void_feedback(session, cast.coordinator, item_id, 1, "A mistake of mine")
    app = app_as(cast.coordinator, "feedback")
    assert "Entered twice" not in text_of(app)
    unfold(app, "feedback_more").toggle(key="feedback_feedback_voided").set_value(True).run()
    assert "Entered twice" in text_of(app)
    assert "Voided: A mistake of mine" in text_of(app)
    button(app, "Open").click().run()
    button(app, "Restore this feedback").click().run()
    assert "Restored." in text_of(app)


def test_a_deep_link_opens_the_item_wherever_it_stands(app_as: Open, cast: Cast) -> None:
    told = item(cast.coordinator, S.DECIDED, S.TOLD)
    app = app_as(cast.viewer, "feedback", feedback=told)
    read = text_of(app)
    assert "**Acknowledged** – not recorded" in read
    assert "**Told the giver** Mar 7, 2026, by phone: “We start at ten” · recorded by Cora Coordinator" in read
    assert [b.label for b in app.button] == ["Close"]


def test_a_correction_keeps_a_giver_who_was_archived_since_and_an_old_day(app_as: Open, cast: Cast) -> None:
    fern = partner(cast.coordinator)
    with db.writing() as session:
        person = add_contact(session, cast.coordinator, ContactDraft(partner_id=fern, name="Rosa Ito")).id or 0
    number = item(cast.coordinator, partner_id=fern, contact_id=person, person="", received_on=date(1985, 6, 1))
    with db.writing() as session:
        archive_contact(session, cast.coordinator, person, 1, "moved away")
    app = app_as(cast.coordinator, "feedback", feedback=number)
    assert not app.exception
    app.get_by_key(f"feedback_mend_{number}_notes").set_value("said twice")
    next(b for b in app.button if "_save_mended" in b.key).click().run()
    with db.reading() as session:
        kept = session.get_one(FeedbackItem, number)
    assert (kept.notes, kept.contact_id, kept.received_on) == ("said twice", person, date(1985, 6, 1))


@pytest.mark.parametrize("asked", ["999", "0", "abc", "9" * 30, "²"])
def test_what_is_not_here_is_said_plainly(app_as: Open, cast: Cast, asked: str) -> None:
    app = app_as(cast.coordinator, "feedback", feedback=asked)
    assert not app.exception
    assert "This feedback is not here." in text_of(app)


def test_a_tribes_feedback_reads_as_not_here_for_others(app_as: Open, cast: Cast) -> None:
    tribe = partner(cast.tribal_liaison, "Example Rancheria", PartnerKind.TRIBAL_GOVERNMENT)
    shared = item(cast.tribal_liaison, words="Call us before, not after", partner_id=tribe, person="")
    assert "Call us before" in text_of(app_as(cast.leadership, "feedback"))
    for actor in (cast.coordinator, cast.community_liaison, cast.administrator, cast.viewer):
        read = text_of(app_as(actor, "feedback", feedback=shared))
        assert "Call us before" not in read
        assert "This feedback is not here." in read


def test_nobody_signed_in_sees_nothing(app_as: Open, cast: Cast) -> None:
    item(cast.coordinator)
    app = app_as(cast.coordinator, "feedback")
    app.user = {"sid": "gone"}
    app.run()
    assert "Start later" not in text_of(app)
    assert "Your session has ended" in text_of(app)


def test_a_viewer_reads_and_finds_no_form(app_as: Open, cast: Cast) -> None:
    item(cast.coordinator)
    app = app_as(cast.viewer, "feedback")
    assert [b.label for b in app.button] == ["Open"]
    button(app, "Open").click().run()
    assert not app.text_area
    assert not [e for e in app.expander if e.label not in ("More filters", "Every change of it")]


def test_the_chosen_state_stays_chosen_when_its_count_changes(app_as: Open, cast: Cast) -> None:
    first = item(cast.coordinator, S.DECIDED)
    item(cast.coordinator, S.DECIDED)
    app = app_as(cast.coordinator, "feedback", state="decided", feedback=first)
    app.selectbox(key=f"feedback_step_{first}_told_how").set_value("In person")
    button(app, "Save this step").click().run()
    assert "Decided (1)" in app.pills(key="feedback_state").options
    assert app.pills(key="feedback_state").value == "decided"


# --- steps ------------------------------------------------------------------------------------------------


def test_one_click_opens_the_next_step_and_one_more_saves_it(app_as: Open, cast: Cast) -> None:
    item_id = item(cast.coordinator)
    app = app_as(cast.community_liaison, "feedback")
    button(app, "Acknowledge").click().run()
    day = next(d for d in app.date_input if d.label == "Day")
    assert day.value == date(2026, 5, 1)
    button(app, "Save this step").click().run()
    assert not app.exception
    assert "Saved." in text_of(app)
    assert state_of(cast.viewer, item_id) is S.ACKNOWLEDGED


def test_the_whole_loop_can_be_walked_on_the_page(app_as: Open, cast: Cast) -> None:
    item_id = item(cast.coordinator)
    app = app_as(cast.coordinator, "feedback", feedback=item_id)
    name = f"feedback_step_{item_id}"
    for version, step in enumerate((S.DECIDED, S.TOLD, S.REOPENED, S.TOLD, S.CONFIRMED), 1):
        app.segmented_control(key=f"{name}_which_{version}").set_value(step).run()
        if step in (S.TOLD, S.CONFIRMED):
            app.selectbox(key=f"{name}_{step.value}_how").set_value("In person")
        app.text_area(key=f"{name}_{step.value}_said").set_value(f"said when {step.value}")
        button(app, "Save this step").click().run()
        assert not app.error, app.error[0].value
        assert state_of(cast.viewer, item_id) is step
    assert "The giver closed the loop." in text_of(app)


def test_the_answer_is_filled_in_from_the_decision(app_as: Open, cast: Cast) -> None:
    item_id = item(cast.coordinator, S.DECIDED)
    app = app_as(cast.coordinator, "feedback", feedback=item_id)
    assert app.text_area(key=f"feedback_step_{item_id}_told_said").value == "We start at ten"


def test_a_refused_step_keeps_what_was_typed_and_says_why_in_the_card(app_as: Open, cast: Cast) -> None:
    item_id = item(cast.coordinator, S.DECIDED)
    app = app_as(cast.coordinator, "feedback", feedback=item_id)
    at = f"feedback_step_{item_id}_told"
    app.text_area(key=f"{at}_said").set_value("A long answer")
    button(app, "Save this step").click().run()
    assert "Say how the giver was told, and what was said." in text_of(app)
    assert app.text_area(key=f"{at}_said").value == "A long answer"
    assert state_of(cast.viewer, item_id) is S.DECIDED


def test_a_stale_step_is_refused_and_the_words_are_still_there(app_as: Open, cast: Cast) -> None:
    item_id = item(cast.coordinator)
    app = app_as(cast.coordinator, "feedback", feedback=item_id)
    app.text_area(key=f"feedback_step_{item_id}_acknowledged_said").set_value("We have it")
    with db.writing() as session:
        void_feedback(session, cast.leadership, item_id, 1, "Wrong")
    button(app, "Save this step").click().run()
    assert "while you had it open" in text_of(app)


def test_publishing_is_offered_as_telling_only_for_a_giver_without_a_way_back(app_as: Open, cast: Cast) -> None:
    named = item(cast.coordinator, S.DECIDED)
    nobody = item(cast.coordinator, S.DECIDED, person="", anonymous=True)
    how = f"feedback_step_{named}_told_how"
    assert PUBLISHED not in app_as(cast.coordinator, "feedback", feedback=named).selectbox(key=how).options
    app = app_as(cast.coordinator, "feedback", feedback=nobody)
    how = f"feedback_step_{nobody}_told_how"
    assert app.selectbox(key=how).value == PUBLISHED
    assert "publishing the answer is telling" in app.selectbox(key=how).help
    button(app, "Save this step").click().run()
    assert state_of(cast.viewer, nobody) is S.TOLD
    assert "the giver left no way back" in text_of(app)


def test_words_that_look_identifying_are_asked_about_before_anything_is_saved(app_as: Open, cast: Cast) -> None:
    item_id = item(cast.coordinator)
    app = app_as(cast.coordinator, "feedback", feedback=item_id)
    app.text_area(key=f"feedback_step_{item_id}_acknowledged_said").set_value("About case number 12-345678")
    button(app, "Save this step").click().run()
    assert "Nothing is saved yet." in text_of(app)
    assert state_of(cast.viewer, item_id) is S.RECEIVED
    next(t for t in app.text_input if t.label == "Why these words may stay").set_value("The number of a board item")
    button(app, "Save this step").click().run()
    assert state_of(cast.viewer, item_id) is S.ACKNOWLEDGED
    with db.reading() as session:
        last = session.exec(select(Change).order_by(col(Change.id).desc())).first()
    assert last
    assert (last.after or {})["kept_because"] == "The number of a board item"


# --- adding, correcting, voiding ----------------------------------------------------------------------------


def test_feedback_is_added_and_opened(app_as: Open, cast: Cast) -> None:
    fern = partner(cast.coordinator)
    app = unfold(app_as(cast.coordinator, "feedback", partner=fern), ADD_FORM)
    app.text_area(key=keyed(app, "feedback_new", "words")).set_value("Thank you for coming to us")
    button(app, "Save").click().run()
    assert not app.exception
    assert "Saved. Next: let the giver know that it came in." in text_of(app)
    with db.reading() as session:
        [row] = feedback_list(session, cast.viewer, FeedbackFilters()).to_dict("records")
    assert (row["words"], row["partner"], row["received_on"]) == (
        "Thank you for coming to us",
        "Fern House",
        date(2026, 5, 1),
    )
    assert app.text_area(key=keyed(app, "feedback_new", "words")).value == ""
    assert "**Received** May 1, 2026" in text_of(app)


def test_a_refusal_keeps_what_was_typed(app_as: Open, cast: Cast) -> None:
    app = unfold(app_as(cast.coordinator, "feedback"), ADD_FORM)
    app.text_area(key=keyed(app, "feedback_new", "words")).set_value("From nobody")
    button(app, "Save").click().run()
    assert "Say who gave it" in text_of(app)
    assert app.text_area(key=keyed(app, "feedback_new", "words")).value == "From nobody"


def test_an_item_is_corrected_and_stays_tied_to_its_meeting(app_as: Open, cast: Cast) -> None:
    fern = partner(cast.coordinator)
    told_at = EngagementDraft.of(held_on=date(2026, 3, 5), purpose="Spring", partners=(PartnerAt(partner_id=fern),))
    with db.writing() as session:
        meeting = log_engagement(session, cast.coordinator, told_at).id
    item_id = item(cast.coordinator, language="Spanish", engagement_id=meeting)
    app = app_as(cast.coordinator, "feedback", feedback=item_id)
    at = f"feedback_mend_{item_id}_"
    assert app.text_input(key=f"{at}person").value == "a parent"
    app.text_area(key=f"{at}words").set_value("Begin later")
    next(b for b in app.button if "_save_mended" in b.key).click().run()
    assert "Corrected." in text_of(app)
    with db.reading() as session:
        kept = session.get(FeedbackItem, item_id)
    assert kept is not None
    assert (kept.words, kept.language, kept.person, kept.version) == ("Begin later", "Spanish", "a parent", 2)
    assert kept.engagement_id == meeting


def test_voiding_asks_why_and_takes_the_item_out_of_the_queue(app_as: Open, cast: Cast) -> None:
    item_id = item(cast.coordinator)
    app = app_as(cast.coordinator, "feedback", feedback=item_id)
    button(app, "Void").click().run()
    assert "Say why in a few words" in text_of(app)
    app.text_input(key=f"feedback_void_{item_id}_why").set_value("Entered twice")
    button(app, "Void").click().run()
    assert "Voided: Entered twice" in text_of(app)
    with db.reading() as session:
        assert feedback_list(session, cast.viewer, FeedbackFilters()).empty
