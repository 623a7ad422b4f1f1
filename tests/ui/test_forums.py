"""The Forums page: the list, one forum with its seats and engagements, forms, refusals, readers, what is not there."""

from collections.abc import Callable
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from erp import db
from erp.access import Actor
from erp.queries.forums import forum_record, forum_seats
from erp.services.contacts import ContactDraft, add_contact
from erp.services.engagements import EngagementDraft, PartnerAt, log_engagement
from erp.services.forums import ForumDraft, SeatDraft, add_forum, add_seat, archive_forum, change_forum
from erp.services.partners import PartnerDraft, add_partner
from erp.vocabulary import PartnerKind
from tests.conftest import Cast
from tests.ui.conftest import tables

OpenApp = Callable[..., AppTest]


@pytest.fixture
def council(database: object, cast: Cast) -> int:
    """A forum with one seat, held by Ben Quist of Fern House."""
    with db.writing() as session:
        forum = add_forum(session, cast.coordinator, ForumDraft(name="Alder Council", purpose="Prevention")).id or 0
        kind = PartnerKind.COMMUNITY_ORGANIZATION
        fern = add_partner(session, cast.coordinator, PartnerDraft(name="Fern House", kind=kind)).id or 0
        add_partner(session, cast.coordinator, PartnerDraft(name="Lark Clinic", kind=kind))
        ben = ContactDraft(partner_id=fern, name="Ben Quist", role="Parent partner")
        person = add_contact(session, cast.coordinator, ben).id
        seat = SeatDraft(partner_id=fern, contact_id=person, role="Co-chair", from_on=date(2025, 1, 1))
        add_seat(session, cast.coordinator, forum, seat)
        return forum


def write(service: Callable[..., object], actor: Actor, *args: object) -> object:
    with db.writing() as session:
        return service(session, actor, *args)


def field(app: AppTest, label: str, kind: str = "text_input") -> object:
    return next(widget for widget in app.get(kind) if widget.label == label)


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def said(app: AppTest) -> str:
    texts = [*app.markdown, *app.caption, *app.text, *app.warning, *app.error, *app.success]
    return "\n".join(text.value for text in texts).replace("\\", "")


def labels(app: AppTest) -> set[str]:
    return {button.label for button in app.button}


def test_the_list_tells_what_forums_are_for_and_opens_them(app_as: OpenApp, cast: Cast, council: int) -> None:
    app = app_as(cast.viewer, "forums")
    assert "1 seat held · Prevention" in said(app)
    press(app, "**Alder Council**")
    assert app.title[0].value == "Alder Council"
    assert app.query_params["forum"] in (str(council), [str(council)])


def test_a_forum_shows_seats_by_name_or_role_and_what_was_held_there(app_as: OpenApp, cast: Cast, council: int) -> None:
    meeting = EngagementDraft(
        held_on=date(2026, 3, 5), purpose="Spring", partners=(PartnerAt(partner_id=1),), forum_id=council
    )
    write(log_engagement, cast.coordinator, meeting)
    assert "Ben Quist · Co-chair · since Jan 1, 2025" in said(app_as(cast.coordinator, "forums", forum=council))
    page = said(app_as(cast.viewer, "forums", forum=council))
    assert "Parent partner · Co-chair · since Jan 1, 2025" in page
    assert "Ben Quist" not in page
    assert "Nothing was held at this forum yet" not in page


def test_a_forum_is_added_once(app_as: OpenApp, cast: Cast, council: int) -> None:
    app = app_as(cast.coordinator, "forums")
    field(app, "Name").set_value("Alder  Council")
    press(app, "Add this forum")
    assert "Alder Council is here already" in app.error[0].value
    assert field(app, "Name").value == "Alder  Council"
    field(app, "Name").set_value("Steering Committee")
    press(app, "Add this forum")
    assert app.success[0].value == "Steering Committee is saved."
    assert field(app, "Name").value == ""


def test_a_seat_is_added_ended_and_archived(app_as: OpenApp, cast: Cast, council: int) -> None:
    app = app_as(cast.coordinator, "forums", forum=council)
    press(app, "Add this seat")
    assert app.error[0].value == "Choose the partner that has the seat."
    field(app, "Partner", "selectbox").set_value(2).run()
    field(app, "Role at the forum").set_value("Member")
    press(app, "Add this seat")
    assert app.success[0].value == "The seat is saved."
    next(button for button in app.button if button.key == "open_edit_seat_2").click().run()
    until = [each for each in app.date_input if each.label == "Until (blank: still held)"]
    until[0].set_value(date(2026, 1, 31))
    press(app, "Save changes")
    assert "Member · until Jan 31, 2026" in said(app)
    next(button for button in app.button if button.key == "open_edit_seat_2").click().run()
    field(app, "Entered wrongly? Say why").set_value("wrong table")
    press(app, "Archive this seat")
    assert "Lark Clinic – wrong table" in said(app)
    press(app, "Restore")
    with db.reading() as session:
        assert forum_seats(session, cast.viewer, council)["archived_at"].isna().all()


def test_a_stale_edit_is_refused_with_the_text_kept(app_as: OpenApp, cast: Cast, council: int) -> None:
    app = app_as(cast.coordinator, "forums", forum=council)
    write(change_forum, cast.leadership, council, 1, ForumDraft(name="Alder Council", purpose="Early help"))
    field(app, "What it is for", "text_area").set_value("Kinship")
    press(app, "Save changes")
    assert "Somebody changed this record" in app.error[0].value
    assert tables(app)[0].to_numpy().tolist() == [["Prevention", "Kinship", "Early help"]]
    field(app, "Which one stays: what it is for", "button_group").set_value("mine").run()
    press(app, "Go on with these")
    press(app, "Save changes")
    with db.reading() as session:
        assert forum_record(session, cast.viewer, council)["purpose"] == "Kinship"


def test_a_forum_is_archived_with_a_reason_and_restored(app_as: OpenApp, cast: Cast, council: int) -> None:
    app = app_as(cast.coordinator, "forums", forum=council)
    press(app, "Archive this forum")
    assert "Say why" in app.error[0].value
    field(app, "Why is it archived?").set_value("merged with the steering committee")
    press(app, "Archive this forum")
    assert "This forum is archived: merged with the steering committee" in said(app)
    assert "Add this seat" not in labels(app)
    assert press(app, "Restore this forum").success[0].value == "Alder Council is back."


def test_archived_forums_are_a_toggle_away(app_as: OpenApp, cast: Cast, council: int) -> None:
    write(archive_forum, cast.coordinator, council, 1, "ended")
    assert "No forum is recorded yet." in said(app_as(cast.viewer, "forums"))
    assert "**Alder Council**" in labels(app_as(cast.viewer, "forums", forums_archived="true"))


@pytest.mark.parametrize("role", ["viewer", "administrator"])
def test_readers_get_no_forms(app_as: OpenApp, cast: Cast, council: int, role: str) -> None:
    assert "Add this forum" not in labels(app_as(getattr(cast, role), "forums"))
    app = app_as(getattr(cast, role), "forums", forum=council)
    assert not {"Add this seat", "Save changes", "Change", "Archive this forum"} & labels(app)


@pytest.mark.parametrize("given", ["999", "0", "abc", "9" * 25])
def test_a_forum_that_is_not_there_is_said_plainly(app_as: OpenApp, cast: Cast, given: str) -> None:
    app = app_as(cast.viewer, "forums", forum=given)
    assert "This forum is not here." in said(app)
    assert press(app, "All forums").title[0].value == "Forums"


def test_the_empty_state_says_what_to_do_next(app_as: OpenApp, cast: Cast) -> None:
    assert "Add the first one above" in said(app_as(cast.coordinator, "forums"))
