"""The giver's side on the Feedback page: what they chose, who gave it, messages, receipts, codes, publishing."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import Session, select
from streamlit.testing.v1 import AppTest

from erp import db
from erp.models.changes import Change
from erp.models.public import FeedbackMessage
from erp.queries.following import ASK_AGAIN_DAYS, followed
from erp.queries.publishing import told_to_everybody
from erp.services.following import remove_identity, write_back
from erp.services.giving import GivenDraft, give_feedback
from erp.services.keys import code_of, in_groups, new_secret
from erp.services.publishing import AnswerDraft, publish
from erp.services.sign_in import token_hash
from erp.vocabulary import Readers
from tests.conftest import Cast
from tests.services.givers import SAID, days_later, given, named, tell
from tests.ui.conftest import keyed, unfold
from tests.ui.test_feedback import button, text_of

Open = Callable[..., AppTest]


def in_county(do: Callable[[Session], Any]) -> Any:
    with db.writing() as session:
        return do(session)


def give(**more: Any) -> tuple[int, str]:
    item, receipt = in_county(lambda session: given(session, **more))
    return item.id or 0, receipt


def told(cast: Cast, **more: Any) -> tuple[int, str]:
    def make(session: Session) -> tuple[int, str]:
        item, receipt = given(session, **more)
        tell(session, cast, item)
        return item.id or 0, receipt

    return in_county(make)


def labels(app: AppTest) -> list[str]:
    return [each.label for each in app.button]


def opened(app: AppTest) -> list[str]:
    return [text.value for text in app.text]


def test_what_the_giver_chose_is_said_and_the_name_only_on_asking(app_as: Open, cast: Cast) -> None:
    item, _ = give(**named(may_quote=True))
    app = app_as(cast.coordinator, "feedback", feedback=item)
    read = text_of(app)
    assert "with a name" in read
    assert "read by: The county's partnership team" in read
    assert "may be published without a name" in read
    assert "Renata" not in read
    button(app, "Show who gave it").click().run()
    assert opened(app) == ["Renata Olmo · renata@mail.example"]
    button(app, "Hide").click().run()
    assert opened(app) == []
    with db.reading() as session:
        assert [c.actor_id for c in session.exec(select(Change).where(Change.verb == "open who gave it"))] == [1]


def test_a_viewer_cannot_open_who_gave_it_nor_write(app_as: Open, cast: Cast) -> None:
    item, _ = give(**named())
    app = app_as(cast.viewer, "feedback", feedback=item)
    assert not {"Show who gave it", "Send to the giver", "Make a receipt", "Open it"} & set(labels(app))


def test_a_removed_name_is_said_to_be_removed(app_as: Open, cast: Cast) -> None:
    item, receipt = give(**named())
    in_county(lambda session: remove_identity(session, receipt))
    app = app_as(cast.coordinator, "feedback", feedback=item)
    assert "had their name and the way to reach them removed" in text_of(app)
    assert "Show who gave it" not in labels(app)


def test_what_is_open_to_one_is_marked_and_hidden_from_the_others(app_as: Open, cast: Cast) -> None:
    item, _ = give(readers=Readers.ONE_PERSON, reader_id=4)
    app = app_as(cast.community_liaison, "feedback", feedback=item)
    assert "read by: Colin Liaison alone" in text_of(app)
    other = app_as(cast.leadership, "feedback", feedback=item)
    assert SAID not in text_of(other)
    assert "This feedback is not here" in text_of(other)


def test_messages_go_to_and_fro(app_as: Open, cast: Cast) -> None:
    item, receipt = give()
    in_county(lambda session: write_back(session, receipt, "And on *Fridays*?"))
    app = app_as(cast.coordinator, "feedback", feedback=item)
    assert "And on *Fridays*?" in text_of(app)
    at = keyed(app, f"feedback_write_{item}", "words")
    app.text_area(key=at).set_value("Maria Lopez, 7 years old, was there")
    button(app, "Send to the giver").click().run()
    assert "could identify a child" in text_of(app)
    app.text_area(key=at).set_value("On Fridays, too.")
    button(app, "Send to the giver").click().run()
    assert "The giver reads it with the receipt." in text_of(app)
    with db.reading() as session:
        assert [m.words for m in session.exec(select(FeedbackMessage).order_by(FeedbackMessage.id))][1:] == [  # pyright: ignore
            "On Fridays, too."
        ]


def test_28_days_after_telling_one_is_asked_to_ask_once_more(app_as: Open, cast: Cast) -> None:
    item, _ = told(cast)
    with days_later(ASK_AGAIN_DAYS):
        listed = app_as(cast.coordinator, "feedback", queue="again")
        assert SAID in text_of(listed)
        app = app_as(cast.coordinator, "feedback", feedback=item)
        assert "Told 28 days ago or longer, and no answer." in text_of(app)
        button(app, "Ask once more").click().run()
        assert "Asked once more; it stays told, not confirmed." in text_of(app)
        assert "Ask once more" not in labels(app)
        assert SAID not in text_of(app_as(cast.coordinator, "feedback", queue="again"))


def test_a_receipt_is_shown_once_with_link_picture_and_code(app_as: Open, cast: Cast) -> None:
    item, _ = give()
    app = app_as(cast.coordinator, "feedback", feedback=item)
    unfold(app, f"feedback_receipt_{item}")
    button(app, "Make a receipt").click().run()
    [link] = [code.value for code in app.code if "/public/follow/" in code.value]
    secret = link.rsplit("/", 1)[1]
    assert in_groups(code_of(secret)) in text_of(app)
    with db.reading() as session:
        found = followed(session, token_hash(secret))
        assert found is not None
        assert found.item_id == item
    button(app, "I have handed it on").click().run()
    assert not [code for code in app.code if secret in code.value]


def test_the_code_of_a_receipt_opens_its_item(app_as: Open, cast: Cast) -> None:
    secret = new_secret()
    item = in_county(lambda session: give_feedback(session, None, GivenDraft(words=SAID), secret)).id
    app = app_as(cast.coordinator, "feedback")
    for typed, outcome in (("12", "16 digits"), ("1" * 16, "No feedback that you may read")):
        app.text_input(key="feedback_code_typed").set_value(typed)
        button(app, "Open it").click().run()
        assert outcome in text_of(app)
    app.text_input(key="feedback_code_typed").set_value(in_groups(code_of(secret)))
    button(app, "Open it").click().run()
    assert app.query_params["feedback"] == str(item)
    assert SAID in text_of(app)


def test_a_liaison_publishes_changes_and_takes_down(app_as: Open, cast: Cast) -> None:
    item, _ = told(cast)
    app = app_as(cast.community_liaison, "feedback", feedback=item)
    unfold(app, f"feedback_publish_{item}")
    at = f"feedback_publish_{item}_"
    assert app.text_area(key=f"{at}decided").value == "We begin at four from now on"
    app.text_area(key=f"{at}said").set_value(SAID)
    button(app, "Approve and publish").click().run()
    assert "did not allow their words" in text_of(app)
    assert app.text_area(key=f"{at}said").value == SAID
    app.text_area(key=f"{at}said").set_value("Meetings begin too early")
    button(app, "Approve and publish").click().run()
    assert "It is on the public page." in text_of(app)
    assert [each.said for each in everybody_reads()] == ["Meetings begin too early"]
    app.text_area(key=f"{at}changed").set_value("A new hour")
    button(app, "Approve the change").click().run()
    assert [each.changed for each in everybody_reads()] == ["A new hour"]
    button(app, "Take it down").click().run()
    assert everybody_reads() == []


def everybody_reads() -> list[Any]:
    with db.reading() as session:
        return told_to_everybody(session)


@pytest.mark.parametrize("who", ["coordinator", "leadership"])
def test_others_read_what_is_published_and_cannot_change_it(app_as: Open, cast: Cast, who: str) -> None:
    item, _ = told(cast)
    app = app_as(getattr(cast, who), "feedback", feedback=item)
    assert not [each for each in app.expander if each.label == "You said, we did"]


def test_an_administrator_erases_names_on_the_settings_page(app_as: Open, cast: Cast) -> None:
    _, receipt = give(**named())
    assert "Erase for good" not in labels(app_as(cast.administrator, "settings"))
    in_county(lambda session: remove_identity(session, receipt))
    app = app_as(cast.administrator, "settings")
    assert "Givers of feedback asked" in text_of(app)
    button(app, "Erase for good").click().run()
    assert "Erase for good" not in labels(app)


def test_two_liaisons_on_one_answer_lose_nothing(app_as: Open, cast: Cast) -> None:
    item, _ = told(cast)
    app = app_as(cast.community_liaison, "feedback", feedback=item)
    unfold(app, f"feedback_publish_{item}")
    at = f"feedback_publish_{item}_"
    app.text_area(key=f"{at}said").set_value("Mine")
    theirs = AnswerDraft(said="Theirs", decided="At four")
    in_county(lambda session: publish(session, cast.tribal_liaison, item, theirs))
    button(app, "Approve and publish").click().run()
    assert "Somebody changed this public answer" in text_of(app)
    assert "What was said: Theirs" in "\n".join(opened(app))
    assert app.text_area(key=f"{at}said").value == "Mine"
    button(app, "Approve the change").click().run()
    assert [each.said for each in everybody_reads()] == ["Mine"]


def test_a_name_that_was_shown_is_forgotten_with_the_card_and_the_page(app_as: Open, cast: Cast) -> None:
    item, _ = give(**named())
    app = app_as(cast.coordinator, "feedback", feedback=item)
    button(app, "Show who gave it").click().run()
    unfold(app, f"feedback_receipt_{item}")
    button(app, "Make a receipt").click().run()
    kept = [f"_shown_once_{what}_{item}" for what in ("identity", "receipt")]
    assert [key in app.session_state for key in kept] == [True, True]
    button(app, "Close").click().run()
    assert [key in app.session_state for key in kept] == [False, False]


def test_staff_may_not_say_who_an_anonymous_giver_is(app_as: Open, cast: Cast) -> None:
    item, _ = give()
    app = app_as(cast.coordinator, "feedback", feedback=item)
    app.text_input(key=f"feedback_mend_{item}_person").set_value("Surely Maria Gomez")
    app.checkbox(key=f"feedback_mend_{item}_anonymous").set_value(False)
    next(b for b in app.button if b.label == "Save" and "mended" in (b.key or "")).click().run()
    assert "The giver chose on the public page how to be named" in text_of(app)


def test_feedback_that_belongs_together_is_linked_and_taken_apart(app_as: Open, cast: Cast) -> None:
    def make(session: Session) -> tuple[int, str]:
        return given(session)[0].id or 0, given(session, words="It is too early for us")[0].key

    with db.writing() as session:
        item, key = make(session)
    app = app_as(cast.coordinator, "feedback", feedback=item)
    unfold(app, f"feedback_link_{item}")
    app.text_input(key=keyed(app, f"feedback_linking_{item}", "key")).set_value(key)
    button(app, "Link them").click().run()
    label = f"Says the same thing – {key}: It is too early for us"
    assert label in [each.label for each in app.button]
    button(app, "Not together").click().run()
    assert label not in [each.label for each in app.button]
    unfold(app, f"feedback_link_{item}")
    app.text_input(key=keyed(app, f"feedback_linking_{item}", "key")).set_value("F-99999")
    button(app, "Link them").click().run()
    assert "There is no feedback “F-99999” here" in text_of(app)


def test_a_lost_receipt_is_ended_on_the_page(app_as: Open, cast: Cast) -> None:
    with db.writing() as session:
        item, lost = given(session)
        number = item.id or 0
    app = app_as(cast.coordinator, "feedback", feedback=number)
    unfold(app, f"feedback_receipt_{number}")
    app.text_input(key=f"feedback_ends_{number}").set_value("Left on the bus")
    button(app, "Make a receipt").click().run()
    assert "those from before open nothing more" in text_of(app)
    with db.reading() as session:
        assert followed(session, lost) is None
