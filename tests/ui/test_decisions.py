"""The Decisions page: recorded from feedback or a meeting, everyone told, checked later."""

from collections.abc import Callable
from typing import Any

from sqlmodel import Session, select
from streamlit.testing.v1 import AppTest

from erp import db
from erp.models.decisions import Decision, DecisionTelling
from erp.models.feedback import FeedbackItem
from erp.queries.county import today
from erp.services.decisions import DecisionDraft, change_decision, record_decision
from erp.vocabulary import FeedbackState, Worked
from tests.conftest import Cast
from tests.services.givers import SAID, given, partner
from tests.services.test_decisions import POINT, meeting
from tests.ui.conftest import keyed
from tests.ui.test_feedback import button, text_of

Open = Callable[..., AppTest]


def in_county(do: Callable[[Session], Any]) -> Any:
    with db.writing() as session:
        return do(session)


def decided(cast: Cast, **more: Any) -> tuple[int, int]:
    def make(session: Session) -> tuple[int, int]:
        item, _ = given(session)
        usual = {"what": "At four", "decided_by": "the director", "decided_on": today(session), "items": (item.id,)}
        return record_decision(session, cast.coordinator, DecisionDraft.of(**(usual | more))).id or 0, item.id or 0

    return in_county(make)


def test_without_decisions_the_page_says_how_to_begin(app_as: Open, cast: Cast) -> None:
    app = app_as(cast.viewer, "decisions")
    assert "No decision is recorded yet." in text_of(app)
    assert "Save the decision" not in [each.label for each in app.button]


def test_a_decision_is_recorded_from_feedback_with_its_voice_chosen(app_as: Open, cast: Cast) -> None:
    item = in_county(lambda session: given(session)[0].id)
    app = app_as(cast.coordinator, "decisions", from_feedback=item)
    chosen = app.multiselect(key=f"{keyed(app, 'decision_new', 'items')}")
    assert chosen.value == [item]
    button(app, "Save the decision").click().run()
    assert "Say what was decided" in text_of(app)
    app.text_area(key=keyed(app, "decision_new", "what")).set_value("The council begins at *four*")
    app.text_input(key=keyed(app, "decision_new", "decided_by")).set_value("the director")
    button(app, "Save the decision").click().run()
    read = text_of(app)
    assert "Saved. Next: tell everyone" in read
    assert "The council begins at *four*" in read
    assert SAID in read
    assert "Who must be told (0 of 1 told)" in read
    back = app_as(cast.coordinator, "feedback", feedback=item)
    assert not back.exception


def test_everyone_is_told_with_one_press(app_as: Open, cast: Cast) -> None:
    decision, item = decided(cast)
    app = app_as(cast.coordinator, "decisions", decision=decision)
    button(app, "Tell everyone").click().run()
    assert "They are told" in text_of(app)
    assert "Who must be told (1 of 1 told)" in text_of(app)
    with db.reading() as session:
        here = session.exec(select(FeedbackItem).where(FeedbackItem.id == item)).one()
        assert (here.state, here.decision) == (FeedbackState.TOLD, "At four")
    assert "Tell everyone" not in [each.label for each in app.button]


def test_a_partner_of_a_point_is_told(app_as: Open, cast: Cast) -> None:
    at = in_county(lambda session: meeting(session, cast, partner(session, cast)))
    decision, _ = decided(cast, items=(), points=((at, POINT),))
    app = app_as(cast.coordinator, "decisions", decision=decision)
    app.text_input(key=keyed(app, f"decision_partner_{decision}", "how")).set_value("By phone")
    button(app, "They were told").click().run()
    assert "Fern House (who raised it): told" in text_of(app)
    with db.reading() as session:
        assert [telling.how for telling in session.exec(select(DecisionTelling))] == ["By phone"]


def test_whether_it_worked_is_written_down(app_as: Open, cast: Cast) -> None:
    decision, _ = decided(cast)
    app = app_as(cast.coordinator, "decisions", decision=decision)
    assert "Not looked at yet; no check planned." in text_of(app)
    app.selectbox(key=keyed(app, f"decision_check_{decision}", "worked")).set_value(Worked.NO)
    app.text_area(key=keyed(app, f"decision_check_{decision}", "words")).set_value("Nobody came")
    next(each for each in app.button if each.label == "Save").click().run()
    assert "It did not work" in text_of(app)
    with db.reading() as session:
        assert session.exec(select(Decision.worked)).one() is Worked.NO


def test_a_viewer_reads_and_finds_no_form(app_as: Open, cast: Cast) -> None:
    decision, _ = decided(cast)
    app = app_as(cast.viewer, "decisions", decision=decision)
    assert SAID in text_of(app)
    assert not {"Tell everyone", "Save", "They were told"} & {each.label for each in app.button}


def test_a_decision_that_is_not_here_says_so(app_as: Open, cast: Cast) -> None:
    assert "This decision is not here" in text_of(app_as(cast.viewer, "decisions", decision=99))


def test_what_somebody_else_saved_meanwhile_stands_beside_what_was_typed(app_as: Open, cast: Cast) -> None:
    decision, item = decided(cast)
    app = app_as(cast.coordinator, "decisions", decision=decision)
    field = f"decision_mend_{decision}_why"
    app.text_area(key=field).set_value("Mine")
    usual = {"what": "At four", "decided_by": "the director", "items": (item,), "why": "Theirs"}

    def change(session: Session) -> None:
        draft = DecisionDraft.of(**usual, decided_on=today(session))
        change_decision(session, cast.leadership, decision, 1, draft)

    in_county(change)
    save = next(each for each in app.button if each.label == "Save the decision" and "_mend" in str(each.key))
    save.click().run()
    assert "saved this record after you opened the form" in text_of(app)
    assert app.text_area(key=field).value == "Mine"
    app.get_by_key(f"newer_decision_mend_{decision}__2_why").set_value("mine").run()
    button(app, "Go on with these").click().run()
    next(each for each in app.button if each.label == "Save the decision" and "_mend" in str(each.key)).click().run()
    with db.reading() as session:
        assert session.exec(select(Decision.why)).one() == "Mine"
