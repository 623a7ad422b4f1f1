"""The Log engagement page: a minute's logging, everything at once, refusals that keep the words, planned to held."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
import streamlit
import time_machine
from sqlmodel import col, select
from streamlit.testing.v1 import AppTest

from erp import db
from erp.models.changes import Change
from erp.models.commitments import Commitment
from erp.models.contacts import Contact
from erp.models.engagements import (
    BehaviorTag,
    DiscussionPoint,
    Engagement,
    EngagementPartner,
    EngagementPerson,
    TopicTag,
)
from erp.models.feedback import FeedbackItem
from erp.services.engagements import log_engagement
from erp.services.forums import ForumDraft, SeatDraft, add_forum, add_seat
from erp.services.partners import PartnerDraft, add_partner, archive_partner
from erp.services.records import now
from erp.vocabulary import EngagementKind, EngagementStatus, FeedbackWay, PartnerKind, Side, Who
from tests.conftest import Cast
from tests.services.test_log_engagement import meeting, partner
from tests.ui.conftest import field_of

Open = Callable[..., AppTest]
TODAY = date(2026, 5, 1)


@pytest.fixture(autouse=True)
def _on_a_day() -> Iterator[None]:
    streamlit.cache_data.clear()  # each test has a database of its own, with revisions that look alike
    with time_machine.travel("2026-05-01T20:00:00Z", tick=True):
        yield


@pytest.fixture
def partners(database: object, cast: Cast) -> tuple[int, int, int]:
    """Fern House, Lark Clinic and the Example Rancheria, a Tribal government."""
    with db.writing() as session:
        return (
            partner(session, cast, "Fern House"),
            partner(session, cast, "Lark Clinic"),
            partner(session, cast, "Example Rancheria", PartnerKind.TRIBAL_GOVERNMENT),
        )


def put(app: AppTest, form: str = "log_new", **fields: Any) -> None:
    """Fill fields in, as the browser sends them with the next click."""
    for field, value in fields.items():
        field_of(app, form, field).set_value(value)


def click(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def said(app: AppTest) -> str:
    parts = [*app.title, *app.markdown, *app.success, *app.error, *app.warning, *app.info, *app.text]
    return "\n".join(part.value.replace("\\", "") for part in parts)


def all_of(table: type) -> list[Any]:
    with db.reading() as session:
        return list(session.exec(select(table).order_by(col(table.id))))


def test_a_meeting_is_logged_with_its_essentials(app_as: Open, cast: Cast, partners: tuple[int, ...]) -> None:
    app = app_as(cast.coordinator, "log")
    put(app, partners=list(partners[:2]))
    put(app.run(), purpose="Plan the fair")
    click(app, "Save")
    assert not app.exception
    assert "Saved. Held: Meeting with Fern House and Lark Clinic, May 1, 2026." in said(app)
    assert [link.label for link in app.get("page_link")][-2:] == ["Read it, or add to it", "All engagements"]
    [engagement] = all_of(Engagement)
    assert (engagement.held_on, engagement.status, engagement.purpose) == (
        TODAY,
        EngagementStatus.HELD,
        "Plan the fair",
    )
    assert (engagement.asked_by, engagement.agenda_by, engagement.decided_by) == (Who.UNKNOWN,) * 3
    assert [p.two_way for p in all_of(EngagementPartner)] == [True, True]


def test_after_saving_the_next_form_is_empty(app_as: Open, cast: Cast, partners: tuple[int, ...]) -> None:
    app = app_as(cast.coordinator, "log")
    put(app, partners=[partners[0]])
    put(app.run(), purpose="Plan the fair", facts="Forty came")
    click(app, "Save")
    click(app, "Log another")
    assert field_of(app, "log_new", "purpose").value == ""
    assert field_of(app, "log_new", "facts").value == ""
    assert field_of(app, "log_new", "partners").value == []


def test_everything_of_a_meeting_is_saved_in_one_go(app_as: Open, cast: Cast, partners: tuple[int, ...]) -> None:
    with db.writing() as session:
        session.add(Contact(id=1, key="K1", partner_id=partners[0], name="Ana Agreed", recorded_at=now()))
        session.add(Contact(id=2, key="K2", partner_id=partners[1], name="Lou Lark", recorded_at=now()))
    app = app_as(cast.coordinator, "log")
    put(app, partners=list(partners))
    app.run()
    put(app, behaviors=["LB1", "LB10"])
    app.run()
    put(
        app, purpose="Plan the fair", facts="Forty came", quotes="We choose the day", opinions="Warmer than in the fall"
    )
    put(app, decisions="A Saturday", asked_by="partner", agenda_by="both", decided_by="none", people=[1, 2])
    put(app, evidence_LB10="They chose the day", topics=["T1"], place="Fern House", county_people="Cora")
    put(app, point_0_what="Room", point_0_follow_up="Ask the school", point_0_due=date(2026, 5, 9))
    put(app, promise_0_what="Send the notes", promise_0_partner=partners[0], promise_0_due=date(2026, 5, 8))
    click(app, "Add another promise")
    put(app, promise_1_what="Bring the list", promise_1_owed_by="partner", promise_1_partner=partners[1])
    put(app, feedback_0_words="Tell us earlier", feedback_0_from=partners[2], feedback_0_person="the chair")
    click(app, "Add more feedback")
    put(app, feedback_1_words="More chairs", feedback_1_from="anonymous", feedback_1_kind="idea")
    click(app, "Save")
    assert "With 2 promises and 2 pieces of feedback." in said(app)
    [engagement] = all_of(Engagement)
    assert (engagement.facts, engagement.quotes, engagement.opinions) == (
        "Forty came",
        "We choose the day",
        "Warmer than in the fall",
    )
    assert (engagement.asked_by, engagement.agenda_by, engagement.decided_by) == (Who.PARTNER, Who.BOTH, Who.NONE)
    assert [p.contact_id for p in all_of(EngagementPerson)] == [1, 2]
    assert [(b.entry_id, b.evidence) for b in all_of(BehaviorTag)] == [("LB1", ""), ("LB10", "They chose the day")]
    assert [t.entry_id for t in all_of(TopicTag)] == ["T1"]
    assert [(p.what, p.follow_up, p.follow_up_due) for p in all_of(DiscussionPoint)] == [
        ("Room", "Ask the school", date(2026, 5, 9))
    ]
    promises = [(c.what, c.owed_by, c.partner_id, c.made_on, c.due_on, c.engagement_id) for c in all_of(Commitment)]
    assert promises == [
        ("Send the notes", Side.COUNTY, partners[0], TODAY, date(2026, 5, 8), 1),
        ("Bring the list", Side.PARTNER, partners[1], TODAY, None, 1),
    ]
    items = [(f.words, f.partner_id, f.person, f.anonymous, f.received_on) for f in all_of(FeedbackItem)]
    assert items == [
        ("Tell us earlier", partners[2], "the chair", False, TODAY),
        ("More chairs", None, "", True, TODAY),
    ]


def test_a_refusal_keeps_every_word(app_as: Open, cast: Cast, partners: tuple[int, ...]) -> None:
    app = app_as(cast.coordinator, "log")
    put(app, partners=[partners[0]])
    put(app.run(), facts="Forty came", promise_0_what="Send the notes", behaviors=["LB1"])
    put(app.run(), evidence_LB1="Plain words")
    click(app, "Save")
    assert "Say what it was about, or choose the forum." in said(app)
    assert not all_of(Engagement)
    kept = {field: field_of(app, "log_new", field).value for field in ("facts", "promise_0_what", "evidence_LB1")}
    assert kept == {"facts": "Forty came", "promise_0_what": "Send the notes", "evidence_LB1": "Plain words"}
    put(app, purpose="Plan the fair")
    click(app, "Save")
    assert len(all_of(Commitment)) == 1


def test_adding_a_line_loses_nothing(app_as: Open, cast: Cast, partners: tuple[int, ...]) -> None:
    app = app_as(cast.coordinator, "log")
    put(app, promise_0_what="Send the notes", point_0_what="Room", feedback_0_words="Later")
    for label in ("Add another promise", "Add another point", "Add more feedback"):
        click(app, label)
    kept = [field_of(app, "log_new", f).value for f in ("promise_0_what", "point_0_what", "feedback_0_words")]
    assert kept == ["Send the notes", "Room", "Later"]
    assert field_of(app, "log_new", "promise_1_what").value == ""


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"promise_0_due": date(2026, 6, 1)}, "Promise 1 has details but no words"),
        ({"promise_0_what": "Send the notes"}, "Promise 1: choose the partner it is about"),
        ({"feedback_0_words": "Later"}, "Feedback 1: say who gave it"),
        ({"feedback_0_words": "Later", "feedback_0_from": "somebody else"}, "Feedback 1: say who gave it"),
        ({"point_0_follow_up": "Ask the school"}, "Point 1 has details but no words"),
        ({"held_on": date(2026, 6, 1)}, "still to come"),
        ({"held_on": None}, "Say when"),
    ],
)
def test_a_line_that_is_half_filled_is_never_lost_in_silence(
    app_as: Open, cast: Cast, partners: tuple[int, ...], fields: dict[str, Any], sentence: str
) -> None:
    app = app_as(cast.coordinator, "log")
    put(app, partners=list(partners[:2]))
    put(app.run(), purpose="Plan the fair", **fields)
    click(app, "Save")
    assert sentence in said(app)
    assert not all_of(Engagement)


def test_with_one_partner_nobody_is_asked_which(app_as: Open, cast: Cast, partners: tuple[int, ...]) -> None:
    app = app_as(cast.coordinator, "log", partner=partners[1])
    form = f"log_{partners[1]}"
    assert field_of(app, form, "partners").value == [partners[1]]
    put(app, form, purpose="Plan", promise_0_what="Send the notes", feedback_0_words="Later")
    click(app, "Save")
    assert [c.partner_id for c in all_of(Commitment)] == [partners[1]]
    assert [f.partner_id for f in all_of(FeedbackItem)] == [partners[1]]


def test_a_partner_in_the_address_that_is_not_here_is_not_chosen(app_as: Open, cast: Cast, partners: object) -> None:
    for number in (9999, "x"):
        app = app_as(cast.coordinator, "log", partner=number)
        assert not app.exception
        assert next(box for box in app.multiselect if box.label == "Partners, people, forum").value == []


def test_words_that_may_identify_a_child_are_asked_about_first(
    app_as: Open, cast: Cast, partners: tuple[int, ...]
) -> None:
    app = app_as(cast.coordinator, "log")
    put(app, partners=[partners[0]])
    put(app.run(), purpose="About case number 24-1234567", promise_0_what="Call about referral #7654321")
    click(app, "Save")
    assert "Nothing is saved yet" in said(app)
    assert "⟦" in said(app)
    assert not all_of(Engagement)
    next(box for box in app.text_input if box.label == "Why these words may stay").set_value("It is a grant's number")
    click(app, "Save")
    assert len(all_of(Engagement)) == 1
    kept = [c.after for c in all_of(Change) if c.record_kind == "engagement"]
    assert kept[0]["kept_because"] == "It is a grant's number"


@pytest.mark.parametrize("field", ["held_at", "language", "place", "county_people", "notes"])
def test_every_text_of_the_form_is_looked_at(app_as: Open, cast: Cast, partners: tuple[int, ...], field: str) -> None:
    app = app_as(cast.coordinator, "log")
    put(app, partners=[partners[0]])
    put(app.run(), purpose="Plan", **{field: "Maria (age 7), case number 24-1234567"})
    click(app, "Save")
    assert "Nothing is saved yet" in said(app)
    assert not all_of(Engagement)


def test_a_reason_holds_only_for_the_words_that_were_shown(app_as: Open, cast: Cast, partners: tuple[int, ...]) -> None:
    app = app_as(cast.coordinator, "log")
    put(app, partners=[partners[0]])
    put(app.run(), purpose="About case number 24-1234567")
    click(app, "Save")
    next(box for box in app.text_input if box.label == "Why these words may stay").set_value("It is a grant's number")
    put(app, purpose="About case number 24-1234567 and Jake (age 7)")
    click(app, "Save")
    assert not all_of(Engagement)
    assert "⟦Jake (age 7)⟧" in said(app) or "⟦Jake (age 7)⟧" in "".join(text.value for text in app.text)
    click(app, "Save")
    assert len(all_of(Engagement)) == 1


def test_a_reason_to_keep_words_does_not_carry_over_to_the_next_form(
    app_as: Open, cast: Cast, partners: tuple[int, ...]
) -> None:
    app = app_as(cast.coordinator, "log")
    for _ in range(2):
        put(app, partners=[partners[0]])
        put(app.run(), purpose="About case number 24-1234567")
        click(app, "Save")
        assert "Nothing is saved yet" in said(app)
        next(box for box in app.text_input if box.label == "Why these words may stay").set_value("A grant's number")
        click(app, "Save")
        click(app, "Log another")
    assert len(all_of(Engagement)) == 2


def test_a_day_that_is_not_known_is_kept_in_words(app_as: Open, cast: Cast, partners: tuple[int, ...]) -> None:
    app = app_as(cast.coordinator, "log")
    put(app, partners=[partners[0]], day_unknown=True)
    put(app.run(), purpose="Lunch talk", when_words="late last month", feedback_0_words="Later")
    click(app, "Save")
    assert "“late last month” (no exact date)" in said(app)
    [engagement] = all_of(Engagement)
    assert (engagement.held_on, engagement.as_written) == (None, {"held_on": "late last month"})
    assert all_of(FeedbackItem)[0].received_on is None


def test_feedback_came_by_the_way_of_its_engagement(app_as: Open, cast: Cast, partners: tuple[int, ...]) -> None:
    app = app_as(cast.coordinator, "log")
    put(app, partners=[partners[0]], kind="call")
    put(app.run(), purpose="Called back", feedback_0_words="Nobody answers at noon", language="Spanish")
    click(app, "Save")
    assert all_of(FeedbackItem)[0].way is FeedbackWay.CALL
    assert all_of(Engagement)[0].language == "Spanish"


def test_an_email_is_two_way_only_with_those_who_wrote_back(
    app_as: Open, cast: Cast, partners: tuple[int, ...]
) -> None:
    app = app_as(cast.coordinator, "log")
    put(app, partners=list(partners[:2]), kind="email")
    put(app.run(), purpose="News", answered=[partners[1]])
    click(app, "Save")
    assert [(p.partner_id, p.two_way) for p in all_of(EngagementPartner)] == [(partners[0], False), (partners[1], True)]


def test_who_was_invited_and_did_not_take_part_is_no_two_way_contact(
    app_as: Open, cast: Cast, partners: tuple[int, ...]
) -> None:
    app = app_as(cast.coordinator, "log")
    put(app, partners=list(partners[:2]))
    put(app.run(), purpose="Plan", absent=[partners[0]])
    click(app, "Save")
    assert [(p.partner_id, p.two_way) for p in all_of(EngagementPartner)] == [(partners[0], False), (partners[1], True)]


def test_only_people_of_the_chosen_partners_are_offered(app_as: Open, cast: Cast, partners: tuple[int, ...]) -> None:
    with db.writing() as session:
        session.add(Contact(id=1, key="K1", partner_id=partners[0], name="Ana", role="Director", recorded_at=now()))
        session.add(Contact(id=2, key="K2", partner_id=partners[1], name="Lou", recorded_at=now()))
        session.add(Contact(id=3, key="K3", name="Nobody's", recorded_at=now()))
    app = app_as(cast.coordinator, "log")
    put(app, partners=[partners[0]])
    app.run()
    assert field_of(app, "log_new", "people").options == ["Ana, Director – Fern House"]
    put(app, partners=[partners[1]], people=[1])  # chosen, then its partner was taken out
    put(app.run(), purpose="Plan")
    click(app, "Save")
    assert all_of(EngagementPerson) == []


def test_a_tribal_government_closes_the_record_and_the_form_says_so(
    app_as: Open, cast: Cast, partners: tuple[int, ...]
) -> None:
    app = app_as(cast.coordinator, "log")
    assert not app.info
    put(app, partners=[partners[2]])
    app.run()
    assert "open only to Tribal liaisons, leadership and whoever wrote it down" in said(app)


def test_planning_asks_for_less_and_saves_as_planned(app_as: Open, cast: Cast, partners: tuple[int, ...]) -> None:
    app = app_as(cast.coordinator, "log")
    put(app, partners=[partners[0]], status="planned")
    app.run()
    sections = [section.label for section in app.expander]
    assert "Who took part" in sections
    assert not {"What was said: facts, quotes, opinions", "Feedback heard", "Behaviors and topics"} & set(sections)
    put(app, purpose="Look at the plan", held_on=date(2026, 6, 1))
    click(app, "Save as planned")
    assert [(e.status, e.held_on) for e in all_of(Engagement)] == [(EngagementStatus.PLANNED, date(2026, 6, 1))]


def test_what_was_typed_is_not_hidden_by_planning(app_as: Open, cast: Cast, partners: tuple[int, ...]) -> None:
    app = app_as(cast.coordinator, "log")
    put(app, partners=[partners[0]], facts="Forty came")
    app.run()
    put(app, status="planned")
    app.run()
    assert field_of(app, "log_new", "facts").value == "Forty came"


def planned(cast: Cast, *partners: int, day: date = date(2026, 6, 1)) -> int:
    with db.writing() as session:
        draft = meeting(*partners, held_on=day, status=EngagementStatus.PLANNED)
        return log_engagement(session, cast.coordinator, draft).id or 0


def test_a_planned_engagement_is_held_with_one_more_click(app_as: Open, cast: Cast, partners: tuple[int, ...]) -> None:
    number = planned(cast, partners[0])
    app = app_as(cast.coordinator, "log", engagement=number, **{"as": "held"})
    assert app.title[0].value == "Log a planned engagement as held"
    click(app, "Save as held")
    assert "Saved. Held" in said(app)
    assert [(e.status, e.held_on, e.version) for e in all_of(Engagement)] == [(EngagementStatus.HELD, TODAY, 2)]


def test_a_planned_day_that_is_past_is_kept(app_as: Open, cast: Cast, partners: tuple[int, ...]) -> None:
    number = planned(cast, partners[0], day=date(2026, 4, 20))
    click(app_as(cast.coordinator, "log", engagement=number, **{"as": "held"}), "Save as held")
    assert all_of(Engagement)[0].held_on == date(2026, 4, 20)


def test_what_is_not_planned_any_more_is_not_logged_again(app_as: Open, cast: Cast, partners: tuple[int, ...]) -> None:
    number = planned(cast, partners[0])
    click(app_as(cast.coordinator, "log", engagement=number, **{"as": "held"}), "Save as held")
    app = app_as(cast.coordinator, "log", engagement=number, **{"as": "held"})
    assert "not planned any more" in said(app)
    assert not [button for button in app.button if button.label == "Save as held"]


def test_somebody_elses_change_in_between_is_not_overwritten(
    app_as: Open, cast: Cast, partners: tuple[int, ...]
) -> None:
    number = planned(cast, partners[0])
    mine = app_as(cast.coordinator, "log", engagement=number, **{"as": "held"})
    put(mine, f"held_{number}", facts="My words")
    click(app_as(cast.leadership, "log", engagement=number, **{"as": "held"}), "Save as held")
    click(mine, "Save as held")
    assert "Somebody changed this record" in said(mine)
    assert field_of(mine, f"held_{number}", "facts").value == "My words"
    assert all_of(Engagement)[0].facts == ""


def test_a_tribes_planned_meeting_is_not_found_by_others(app_as: Open, cast: Cast, partners: tuple[int, ...]) -> None:
    number = planned(cast, partners[2])
    app = app_as(cast.community_liaison, "log", engagement=number, **{"as": "held"})
    assert "This engagement is not here" in said(app)


def test_who_may_not_log_cannot_open_the_page(app_as: Open, cast: Cast) -> None:
    for actor in (cast.viewer, cast.administrator):
        with pytest.raises(ValueError, match="log"):
            app_as(actor, "log")


def test_the_members_of_a_forum_are_offered(app_as: Open, cast: Cast, partners: tuple[int, ...]) -> None:
    with db.writing() as session:
        forum = add_forum(session, cast.coordinator, ForumDraft(name="Steering Committee")).id or 0
        for partner_id in partners[:2]:
            add_seat(session, cast.coordinator, forum, SeatDraft(partner_id=partner_id))
        left = SeatDraft(partner_id=partners[2], from_on=date(2020, 1, 1), until_on=date(2021, 1, 1))
        add_seat(session, cast.coordinator, forum, left)
    app = app_as(cast.coordinator, "log")
    put(app, partners=[partners[0]], forum_id=forum)
    click(app.run(), "Add its members: Lark Clinic")
    assert field_of(app, "log_new", "partners").value == list(partners[:2])
    assert "Add its members" not in " ".join(button.label for button in app.button)


def test_another_one_like_it_begins_with_who_where_and_what(
    app_as: Open, cast: Cast, partners: tuple[int, ...]
) -> None:
    with db.writing() as session:
        session.add(Contact(id=1, key="K1", partner_id=partners[0], name="Ana Agreed", recorded_at=now()))
        session.flush()
        draft = meeting(
            *partners[:2], purpose="Monthly check-in", place="Library", facts="Forty came", people=(1,),
            held_on=date(2026, 4, 1), kind=EngagementKind.VISIT,
        )  # fmt: skip
        before = log_engagement(session, cast.coordinator, draft).id or 0
        archive_partner(session, cast.coordinator, partners[1], 1, "closed")
    page = app_as(cast.coordinator, "engagement", engagement=before)
    assert "Log another like this" in [link.label for link in page.get("page_link")]
    app = app_as(cast.coordinator, "log", like=before)
    form = f"like_{before}"
    same = ("partners", "people", "purpose", "place", "kind", "facts", "held_on")
    assert [field_of(app, form, field).value for field in same] == [
        [partners[0]], [1], "Monthly check-in", "Library", "visit", "", TODAY,
    ]  # fmt: skip
    click(app, "Save")
    assert [engagement.purpose for engagement in all_of(Engagement)] == ["Monthly check-in"] * 2
    assert "The form below is blank." in said(app_as(cast.coordinator, "log", like=999))


def test_something_planned_repeats_until_a_day(app_as: Open, cast: Cast, partners: tuple[int, ...]) -> None:
    app = app_as(cast.coordinator, "log")
    put(app, status="planned", partners=[partners[0]], purpose="Youth table", held_on=date(2026, 5, 12))
    put(app.run(), repeats="monthly_weekday")
    click(app.run(), "Save as planned")
    assert "Say until which day it repeats" in said(app)
    put(app, until=date(2026, 9, 30))
    app.run()
    often = "Every month on the second Tuesday: 5 planned engagements"
    assert f"{often}, May 12, 2026, Jun 9, 2026, Jul 14, 2026, … Sep 8, 2026." in [c.value for c in app.caption]
    click(app, "Save as planned")
    assert "Saved. 5 planned: Meeting with Fern House, May 12, 2026 to Sep 8, 2026." in said(app)
    assert [each.held_on.month for each in all_of(Engagement)] == [5, 6, 7, 8, 9]


def test_what_was_held_is_not_asked_how_often_it_repeats(app_as: Open, cast: Cast, partners: tuple[int, ...]) -> None:
    app = app_as(cast.coordinator, "log")
    assert "Repeats" not in {box.label for box in app.selectbox}


def test_the_last_time_is_offered_and_fills_only_what_is_blank(
    app_as: Open, cast: Cast, partners: tuple[int, ...]
) -> None:
    with db.writing() as session:
        had = {"held_on": date(2026, 4, 1), "place": "Library", "held_at": "10 am", "language": "Spanish"}
        log_engagement(session, cast.coordinator, meeting(partners[0], **had))
    app = app_as(cast.coordinator, "log")
    put(app, partners=[partners[0]])
    put(app.run(), held_at="2 pm")
    click(app.run(), "As on Apr 1, 2026: Library and Spanish")
    put(app, purpose="Plan the fair")
    click(app.run(), "Save")
    saved = all_of(Engagement)[-1]
    assert (saved.held_at, saved.place, saved.language) == ("2 pm", "Library", "Spanish")


def test_a_partner_is_found_by_any_of_its_names(app_as: Open, cast: Cast, partners: tuple[int, ...]) -> None:
    with db.writing() as session:
        kind = PartnerKind.COMMUNITY_ORGANIZATION
        names = {"other_names": ("LKC",), "former_names": ("Kin Place",)}
        add_partner(session, cast.coordinator, PartnerDraft(name="Larkmoor Kin Center", kind=kind, **names))
    app = app_as(cast.coordinator, "log")
    assert "Larkmoor Kin Center (LKC; formerly Kin Place)" in field_of(app, "log_new", "partners").options


def test_what_the_last_time_gave_goes_with_its_partner(app_as: Open, cast: Cast, partners: tuple[int, ...]) -> None:
    with db.writing() as session:
        had = {"held_on": date(2026, 4, 1), "place": "Library", "language": "Spanish"}
        log_engagement(session, cast.coordinator, meeting(partners[0], **had))
    app = app_as(cast.coordinator, "log")
    put(app, partners=[partners[0]])
    click(app.run(), "As on Apr 1, 2026: Library and Spanish")
    assert "From the last time: Library and Spanish." in [caption.value for caption in app.caption]
    put(app, language="Mixteco", partners=[partners[1]])
    app.run()
    assert [field_of(app, "log_new", field).value for field in ("place", "language")] == ["", "Mixteco"]


def at_the_library_again(app_as: Open, cast: Cast, partner_id: int) -> AppTest:
    """Log with a partner that was met at the library, the place of the last time taken over."""
    with db.writing() as session:
        log_engagement(session, cast.coordinator, meeting(partner_id, held_on=date(2026, 4, 1), place="Library"))
    app = app_as(cast.coordinator, "log")
    put(app, partners=[partner_id])
    return click(app.run(), "As on Apr 1, 2026: Library")


def test_what_the_last_time_gave_goes_also_where_its_partner_is_changed_with_the_save(
    app_as: Open, cast: Cast, partners: tuple[int, ...]
) -> None:
    app = at_the_library_again(app_as, cast, partners[0])
    put(app, partners=[partners[1]], purpose="Plan the fair")
    click(app, "Save")
    assert all_of(Engagement)[-1].place == ""


def test_what_the_last_time_gave_goes_with_its_partner_also_on_another_device(
    app_as: Open, cast: Cast, partners: tuple[int, ...]
) -> None:
    at_the_library_again(app_as, cast, partners[0])
    other = app_as(cast.coordinator, "log")
    assert field_of(other, "log_new", "place").value == "Library"
    put(other, partners=[partners[1]])
    assert field_of(other.run(), "log_new", "place").value == ""
