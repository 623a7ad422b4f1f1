"""One engagement's page: minutes, follow-ups, edit, held, cancel, void, restore, history, who may not even see it."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import streamlit
from sqlalchemy import func
from sqlmodel import col, select
from streamlit.testing.v1 import AppTest

from erp import db
from erp.models.engagements import DiscussionPoint, Engagement, EngagementPartner
from erp.queries.county import today
from erp.services.commitments import CommitmentDraft
from erp.services.engagements import (
    BehaviorShown,
    PointDraft,
    change_engagement,
    finish_follow_up,
    log_engagement,
    void_engagement,
)
from erp.services.feedback import FeedbackDraft
from erp.services.series import RowDraft, plan_row
from erp.vocabulary import EngagementStatus, PartnerKind, Repeats, Who
from tests.conftest import Cast
from tests.services.test_log_engagement import meeting, partner
from tests.ui.conftest import field_of, tables, unfold

Open = Callable[..., AppTest]


@pytest.fixture(autouse=True)
def _fresh() -> None:
    streamlit.cache_data.clear()  # each test has a database of its own, with revisions that look alike


@pytest.fixture
def fair(database: object, cast: Cast) -> int:
    """A meeting with Fern House with a bit of everything."""
    with db.writing() as session:
        a = partner(session, cast, "Fern House")
        draft = meeting(
            a,
            purpose="Plan the fair",
            facts="* Forty came\n[a link](http://example.org)",
            quotes="We choose the day",
            opinions="Warmer than before",
            decisions="A Saturday",
            asked_by=Who.PARTNER,
            points=(PointDraft(what="Room", follow_up="Ask the school"), PointDraft(what="Food")),
            behaviors=(BehaviorShown(entry_id="LB7", evidence="We asked"), BehaviorShown(entry_id="LB1")),
            topics=("T1",),
        )
        promises = (CommitmentDraft(what="Send the notes", partner_id=a, due_on=date(2026, 4, 1)),)
        feedback = (FeedbackDraft(words="Start later", partner_id=a),)
        number = log_engagement(session, cast.coordinator, draft, promises=promises, feedback=feedback).id or 0
        session.add(EngagementPartner(engagement_id=number, name_written="Fern Hse"))
        return number


def text_of(app: AppTest) -> str:
    parts = [
        *app.title,
        *app.header,
        *app.subheader,
        *app.markdown,
        *app.caption,
        *app.success,
        *app.error,
        *app.warning,
    ]
    return "\n".join(part.value.replace("\\", "") for part in parts)


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def click(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def stored(number: int) -> Engagement:
    with db.reading() as session:
        return session.exec(select(Engagement).where(Engagement.id == number)).one()


def test_it_reads_as_minutes_with_facts_quotes_and_opinions_apart(app_as: Open, cast: Cast, fair: int) -> None:
    app = app_as(cast.viewer, "engagement", engagement=fair)
    assert not app.exception
    read = text_of(app)
    headings = [h.value for h in app.header]
    assert headings == [
        "Who",
        "What was said",
        "Points discussed",
        "Decisions",
        "Promises made",
        "Feedback heard",
        "Behaviors and topics",
    ]
    assert [s.value.split(" ", 1)[1] for s in app.subheader] == ["Facts", "Quotes", "Opinions"]
    for words in (
        "Mar 5, 2026",
        "Fern Hse",
        "not linked yet",
        "Asked for by: **partner**",
        "Send the notes",
        "Start later",
    ):
        assert words in read, words
    assert "7 · Seek feedback (unverified)" in read
    assert "No evidence noted yet" in read
    assert "Agenda set by" not in read  # unknown is not an answer


def test_what_people_typed_is_text_never_markup(app_as: Open, cast: Cast, fair: int) -> None:
    app = app_as(cast.viewer, "engagement", engagement=fair)
    facts = next(part.value for part in app.markdown if "Forty came" in part.value)
    assert facts.startswith("\\* Forty came  \n\\[a link\\](http")


@pytest.mark.parametrize("number", ["9999", "x", "-1", "²", "", "9" * 25])
def test_an_address_without_a_record_says_so_plainly(app_as: Open, cast: Cast, fair: int, number: str) -> None:
    app = app_as(cast.viewer, "engagement", engagement=number)
    assert not app.exception
    assert "This engagement is not here" in text_of(app)


def test_a_tribes_engagement_is_not_here_for_others(app_as: Open, cast: Cast, database: object) -> None:
    with db.writing() as session:
        tribe = partner(session, cast, "Example Rancheria", PartnerKind.TRIBAL_GOVERNMENT)
        number = log_engagement(session, cast.tribal_liaison, meeting(tribe, purpose="Welcome visit")).id
    assert "Welcome visit" in text_of(app_as(cast.leadership, "engagement", engagement=number))
    read = text_of(app_as(cast.coordinator, "engagement", engagement=number))
    assert "This engagement is not here" in read
    assert "Welcome" not in read


def test_a_viewer_reads_and_can_do_nothing(app_as: Open, cast: Cast, fair: int) -> None:
    shown = set(labels(app_as(cast.viewer, "engagement", engagement=fair)))
    assert not shown & {"Edit", "Void", "Mark follow-up as done", "It was held", "Cancel it"}


def test_a_follow_up_is_ticked_and_taken_back(app_as: Open, cast: Cast, fair: int) -> None:
    app = app_as(cast.coordinator, "engagement", engagement=fair)
    click(app, "Mark follow-up as done")
    assert "Follow-up marked as done." in text_of(app)
    with db.reading() as session:
        done = session.exec(select(DiscussionPoint.follow_up_done_on).where(DiscussionPoint.what == "Room")).one()
        assert done == today(session)
    click(app, "Not done after all")
    assert "Mark follow-up as done" in labels(app)


def test_an_edit_changes_the_record_and_goes_back_to_reading(app_as: Open, cast: Cast, fair: int) -> None:
    app = click(app_as(cast.community_liaison, "engagement", engagement=fair), "Edit")
    form = f"edit_{fair}__"
    kept = {f: app.get_by_key(form + f).value for f in ("facts", "point_1_what", "evidence_LB7", "asked_by", "topics")}
    assert kept == {
        "facts": "* Forty came\n[a link](http://example.org)",
        "point_1_what": "Food",
        "evidence_LB7": "We asked",
        "asked_by": "partner",
        "topics": ["T1"],
    }
    app.get_by_key(form + "purpose").set_value("Plan the summer fair")
    click(app, "Save changes")
    assert "Saved." in text_of(app)
    assert app.title[0].value == "Meeting: Plan the summer fair"
    after = stored(fair)
    assert (after.purpose, after.decisions, after.version) == ("Plan the summer fair", "A Saturday", 2)


def test_an_edit_that_changes_nothing_leaves_everything_as_it_was(app_as: Open, cast: Cast, fair: int) -> None:
    before = stored(fair).model_dump(exclude={"version"})
    app = click(app_as(cast.coordinator, "engagement", engagement=fair), "Edit")
    click(app, "Save changes")
    assert stored(fair).model_dump(exclude={"version"}) == before
    app.session_state["engagement_history"] = True
    app.run()
    assert "**" in text_of(app)
    assert not [part.value for part in app.markdown if part.value.startswith("**Change**")]


def stale_edit(app_as: Open, cast: Cast, fair: int) -> AppTest:
    """Let Cora save an edit that she began before Lena saved hers."""
    app = click(app_as(cast.coordinator, "engagement", engagement=fair), "Edit")
    with db.writing() as session:
        a = session.exec(select(EngagementPartner.partner_id).where(EngagementPartner.name_written == "")).one()
        change_engagement(session, cast.leadership, fair, 1, meeting(a, purpose="Lena's words"))
    field_of(app, f"edit_{fair}", "purpose").set_value("Cora's words")
    click(app, "Save changes")
    return app


def choose(app: AppTest, label: str, which: str) -> AppTest:
    """Say which text of a field stays."""
    return next(one for one in app.get("button_group") if one.label == label).set_value(which).run()


def test_a_stale_edit_is_refused_and_keeps_the_text(app_as: Open, cast: Cast, fair: int) -> None:
    app = stale_edit(app_as, cast, fair)
    assert "Somebody changed this record" in text_of(app)
    assert "Lena Leader" in text_of(app)
    assert field_of(app, f"edit_{fair}", "purpose").value == "Cora's words"
    assert ["Plan the fair", "Cora's words", "Lena's words"] in tables(app)[0].to_numpy().tolist()
    click(app, "Begin again from what is saved now")
    assert field_of(app, f"edit_{fair}", "purpose").value == "Lena's words"
    assert stored(fair).purpose == "Lena's words"


def test_what_somebody_else_changed_is_taken_where_this_form_left_it(app_as: Open, cast: Cast, fair: int) -> None:
    app = click(app_as(cast.coordinator, "engagement", engagement=fair), "Edit")
    with db.writing() as session:
        point = session.exec(select(DiscussionPoint).where(DiscussionPoint.what == "Room")).one()
        finish_follow_up(session, cast.leadership, fair, 1, point.id or 0, date(2026, 3, 6))
    field_of(app, f"edit_{fair}", "purpose").set_value("Cora's words")
    click(app, "Save changes")
    before, mine, saved = tables(app)[0].to_numpy().tolist()[0]
    assert before == mine == "Room – Ask the school\nFood"
    assert saved == "Room – Ask the school – Mar 6, 2026\nFood"
    assert stored(fair).purpose == "Plan the fair", "nothing is saved before the person chose"
    click(app, "Go on with these")
    click(app, "Save changes")
    assert stored(fair).purpose == "Cora's words"
    with db.reading() as session:
        kept = session.exec(select(DiscussionPoint).where(DiscussionPoint.engagement_id == fair)).all()
    assert sorted((point.what, point.follow_up_done_on) for point in kept) == [
        ("Food", None),
        ("Room", date(2026, 3, 6)),
    ]


def test_a_field_that_both_changed_waits_for_the_person(app_as: Open, cast: Cast, fair: int) -> None:
    app = stale_edit(app_as, cast, fair)
    assert next(one for one in app.button if one.label == "Go on with these").disabled
    choose(app, "Which one stays: what it was about", "mine")
    choose(app, "Which one stays: discussion points", "mine")
    click(app, "Go on with these")
    click(app, "Save changes")
    assert stored(fair).purpose == "Cora's words"


def test_points_that_somebody_took_out_stay_out_where_that_is_chosen(app_as: Open, cast: Cast, fair: int) -> None:
    app = stale_edit(app_as, cast, fair)  # Lena's version has no points
    choose(app, "Which one stays: what it was about", "mine")
    choose(app, "Which one stays: discussion points", "theirs")
    click(app, "Go on with these")
    click(app, "Save changes")
    with db.reading() as session:
        assert session.exec(select(DiscussionPoint).where(DiscussionPoint.engagement_id == fair)).all() == []


def test_both_texts_stay_under_one_another(app_as: Open, cast: Cast, fair: int) -> None:
    app = click(app_as(cast.coordinator, "engagement", engagement=fair), "Edit")
    said_long = "Lena heard that the room is too small for everybody who wants to come on that day."
    with db.writing() as session:
        a = session.exec(select(EngagementPartner.partner_id).where(EngagementPartner.name_written == "")).one()
        points = (PointDraft(what="Room", follow_up="Ask the library"), PointDraft(what="Parking"))
        draft = meeting(a, facts=said_long, points=points)
        change_engagement(session, cast.leadership, fair, 1, draft)
    field_of(app, f"edit_{fair}", "facts").set_value("Forty came.")
    click(app, "Save changes")
    for label in ("facts", "discussion points"):
        choose(app, f"Which one stays: {label}", "both")
    click(app, "Go on with these")
    click(app, "Save changes")
    assert stored(fair).facts == f"Forty came.\n{said_long}"
    with db.reading() as session:
        kept = session.exec(select(DiscussionPoint.what).where(DiscussionPoint.engagement_id == fair)).all()
    assert sorted(kept) == ["Food", "Parking", "Room", "Room"]


def test_words_kept_before_are_not_asked_about_again(app_as: Open, cast: Cast, database: object) -> None:
    with db.writing() as session:
        a = partner(session, cast, "Fern House")
        number = log_engagement(session, cast.coordinator, meeting(a, facts="case number 12345678")).id or 0
    app = click(app_as(cast.coordinator, "engagement", engagement=number), "Edit")
    field_of(app, f"edit_{number}", "purpose").set_value("Another purpose")
    click(app, "Save changes")
    assert stored(number).purpose == "Another purpose"


def test_leaving_without_saving_forgets_what_was_typed(app_as: Open, cast: Cast, fair: int) -> None:
    app = click(app_as(cast.coordinator, "engagement", engagement=fair), "Edit")
    field_of(app, f"edit_{fair}", "purpose").set_value("Something else")
    click(app, "Leave without saving")
    assert "Something else" not in text_of(app)
    click(app, "Edit")
    assert field_of(app, f"edit_{fair}", "purpose").value == "Plan the fair"


def test_a_planned_one_leads_to_logging_it_as_held_or_is_cancelled(app_as: Open, cast: Cast, database: object) -> None:
    with db.writing() as session:
        a = partner(session, cast, "Fern House")
        ahead = today(session) + timedelta(days=9)
        draft = meeting(a, held_on=ahead, status=EngagementStatus.PLANNED)
        number = log_engagement(session, cast.coordinator, draft).id or 0
    app = click(app_as(cast.coordinator, "engagement", engagement=number), "It was held")
    assert app.query_params == {"engagement": str(number), "as": "held"}
    assert "Save as held" in labels(app)
    app = click(app_as(cast.coordinator, "engagement", engagement=number), "Cancel it")
    assert stored(number).status is EngagementStatus.CANCELLED
    assert not {"It was held", "Cancel it"} & set(labels(app))


def test_it_is_voided_with_a_reason_and_restored(app_as: Open, cast: Cast, fair: int) -> None:
    app = app_as(cast.coordinator, "engagement", engagement=fair)
    click(app, "Void")
    assert "Say why" in text_of(app)
    app.get_by_key(f"engagement_void_{fair}_why").set_value("Entered *twice*")
    click(app, "Void")
    assert "This record was voided" in text_of(app)
    assert "Entered *twice*" in text_of(app)
    assert not {"Edit", "Mark follow-up as done"} & set(labels(app))
    click(app, "Restore this record")
    assert stored(fair).voided_at is None


def test_a_voided_one_is_still_read_by_those_who_may(app_as: Open, cast: Cast, fair: int) -> None:
    with db.writing() as session:
        void_engagement(session, cast.coordinator, fair, 1, "Entered twice")
    app = app_as(cast.viewer, "engagement", engagement=fair)
    assert "Entered twice" in text_of(app)
    assert "Restore this record" not in labels(app)


def test_the_history_tells_who_changed_what_in_words(app_as: Open, cast: Cast, fair: int) -> None:
    app = click(app_as(cast.coordinator, "engagement", engagement=fair), "Edit")
    field_of(app, f"edit_{fair}", "kind").set_value("visit")
    field_of(app, f"edit_{fair}", "topics").set_value([])
    click(app, "Save changes")
    app.session_state["engagement_history"] = True
    app.run()
    assert not app.exception
    assert "Cora Coordinator, through a page" in text_of(app)
    newest = tables(app)[0].to_numpy().tolist()
    assert ["Kind", "Meeting", "Visit"] in newest
    assert [row[0] for row in newest] == ["Kind", "Topics"]


def a_row(cast: Cast) -> list[int]:
    """Plan a row of four, and return their ids by their turns."""
    with db.writing() as session:
        fern = partner(session, cast, "Kin Center")
        draft = meeting(fern, status=EngagementStatus.PLANNED, held_on=date(2027, 1, 12), purpose="Youth table")
        plan_row(session, cast.coordinator, draft, RowDraft(repeats=Repeats.MONTHLY_WEEKDAY, until=date(2027, 4, 30)))
        rows = session.exec(select(Engagement).where(Engagement.series != "").order_by(col(Engagement.slot_on)))
        return [row.id or 0 for row in rows]


def purposes(ids: list[int]) -> list[str]:
    with db.reading() as session:
        return [session.get_one(Engagement, number).purpose for number in ids]


def test_a_change_of_one_of_a_row_is_carried_over_where_that_is_asked(app_as: Open, cast: Cast) -> None:
    ids = a_row(cast)
    app = app_as(cast.coordinator, "engagement", engagement=ids[1])
    assert "Repeats every month on the second Tuesday; 3 more to come, the last on Apr 13, 2027." in text_of(app)
    click(app, "Edit")
    field_of(app, f"edit_{ids[1]}", "purpose").set_value("Youth table, with jobs")
    field_of(app, f"edit_{ids[1]}", "reach").set_value("following")
    click(app, "Save changes")
    assert purposes(ids) == ["Youth table", *["Youth table, with jobs"] * 3]
    assert "What was changed is carried over to the others." in text_of(app)


def test_a_row_is_cancelled_from_one_on_and_planned_further(app_as: Open, cast: Cast) -> None:
    ids = a_row(cast)
    app = app_as(cast.coordinator, "engagement", engagement=ids[2])
    app.button(key="cancel_following").click().run()
    with db.reading() as session:
        stages = [session.get_one(Engagement, number).status for number in ids]
    assert stages == [*[EngagementStatus.PLANNED] * 2, *[EngagementStatus.CANCELLED] * 2]
    unfold(app, f"row_{ids[2]}_wanted")
    app.date_input(key=f"plan_more_{ids[2]}_until").set_value(date(2027, 6, 30))
    click(app.run(), "Plan")
    assert "Planned until Jun 30, 2027." in text_of(app)
    with db.reading() as session:
        assert session.exec(select(func.count()).where(Engagement.series != "")).one() == 8


def test_readers_are_offered_nothing_of_a_row(app_as: Open, cast: Cast) -> None:
    ids = a_row(cast)
    app = unfold(app_as(cast.viewer, "engagement", engagement=ids[0]), f"row_{ids[0]}_wanted")
    assert "3 more to come" in text_of(app)
    assert not {"Cancel it", "Plan", "Edit"} & {button.label for button in app.button}
