"""A partner's page as each role sees it: facts in words, sections, edits that clash, people, ties, history."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from erp import db
from erp.access import Actor
from erp.queries.county import today
from erp.queries.partners import PartnerProfile, partner_profile
from erp.services.accounts import disable_account
from erp.services.commitments import CommitmentDraft, make_commitment
from erp.services.contacts import ContactDraft, add_contact
from erp.services.engagements import EngagementDraft, PartnerAt, log_engagement
from erp.services.feedback import FeedbackDraft, receive_feedback
from erp.services.forums import ForumDraft, SeatDraft, add_forum, add_seat
from erp.services.partners import PartnerDraft, add_partner, agree_cadence, archive_partner, change_partner
from erp.services.relationships import RelationshipDraft, add_relationship
from erp.vocabulary import PartnerKind
from tests.conftest import Cast
from tests.ui.conftest import prose, tables, unfold

OpenApp = Callable[..., AppTest]
FERN = PartnerDraft(name="Fern House", kind=PartnerKind.COMMUNITY_ORGANIZATION, area="North")


def add(actor: Actor, draft: PartnerDraft = FERN) -> int:
    with db.writing() as session:
        return add_partner(session, actor, draft).id or 0


def add_tribe(actor: Actor) -> int:
    return add(actor, PartnerDraft(name="Example Rancheria", kind=PartnerKind.TRIBAL_GOVERNMENT))


def write(service: Callable[..., object], actor: Actor, *args: object) -> object:
    with db.writing() as session:
        return service(session, actor, *args)


def meet(actor: Actor, partner_id: int, days_ago: int = 34, purpose: str = "Spring planning") -> None:
    with db.reading() as session:
        day = today(session) - timedelta(days=days_ago)
    draft = EngagementDraft(held_on=day, purpose=purpose, partners=(PartnerAt(partner_id=partner_id),))
    write(log_engagement, actor, draft)


def profile(actor: Actor, partner_id: int) -> PartnerProfile:
    with db.reading() as session:
        return partner_profile(session, actor, partner_id)


def field(app: AppTest, label: str, kind: str = "text_input") -> object:
    return next(widget for widget in app.get(kind) if widget.label == label)


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def said(app: AppTest) -> str:
    texts = [*app.header, *app.markdown, *app.caption, *app.text, *app.warning, *app.error, *app.success]
    return prose(app) + "\n" + "\n".join(text.value for text in texts).replace("\\", "")


def labels(app: AppTest) -> set[str]:
    return {button.label for button in app.button}


def test_the_head_says_contact_against_the_agreed_cadence_in_words(app_as: OpenApp, cast: Cast) -> None:
    names = {"other_names": ("FHFC",), "former_names": ("Oak Street House",), "languages": ("Hmong",), "holder_id": 4}
    fern = add(cast.coordinator, FERN.model_copy(update=names))
    meet(cast.coordinator, fern, 34)
    write(agree_cadence, cast.coordinator, fern, 91, None)
    page = said(app_as(cast.viewer, "partner", partner=fern))
    assert "Last contact 34 days ago" in page
    assert "agreed every 91 days." in page
    assert "Also called FHFC · formerly Oak Street House" in page
    assert "Held by Colin Liaison · serves North · speaks Hmong" in page
    write(agree_cadence, cast.coordinator, fern, 30, None)
    assert "agreed every 30 days – 4 days past it" in said(app_as(cast.viewer, "partner", partner=fern))


def test_a_partner_nothing_is_recorded_of_yet_says_what_is_missing(app_as: OpenApp, cast: Cast) -> None:
    app = app_as(cast.coordinator, "partner", partner=add(cast.coordinator))
    assert not app.exception
    assert "Not enough evidence for a standing" in prose(app)
    assert "No fact that you may see entered, left or changed between these days." in said(app)


def test_a_section_is_chosen_by_a_press_or_by_the_address(app_as: OpenApp, cast: Cast) -> None:
    fern = add(cast.coordinator)
    app = app_as(cast.coordinator, "partner", partner=fern, section="No such section")
    assert app.get_by_key("section").value == "Health"
    app.get_by_key("section").select("History").run()
    assert "Nothing here can be altered." in said(app)


def test_health_is_drawn_for_a_scored_partner(app_as: OpenApp, cast: Cast) -> None:
    fern = add(cast.coordinator)
    meet(cast.coordinator, fern)
    app = app_as(cast.viewer, "partner", partner=fern)
    assert not app.exception
    assert "Not enough evidence" in said(app)


def test_reasons_are_given_for_the_last_months_and_between_any_days(app_as: OpenApp, cast: Cast) -> None:
    fern = add(cast.coordinator)
    meet(cast.coordinator, fern, 0, "Spring planning <b>now</b>")
    meet(cast.coordinator, fern, 900, "Autumn planning")
    app = app_as(cast.viewer, "partner", partner=fern)
    both = ["Autumn planning", "Spring planning <b>now</b>"]
    assert [table["What"].tolist() for table in tables(app)] == [both]
    app = unfold(app, f"why_between_{fern}_wanted")
    assert [table["What"].tolist() for table in tables(app)] == [both, both]
    month_before = app.selectbox(f"why_to_{fern}").options[-2]
    app.selectbox(f"why_to_{fern}").select(month_before).run()
    assert [table["What"].tolist() for table in tables(app)] == [both]
    assert said(app).count("No fact that you may see entered, left or changed between these days.") == 1


def test_behind_the_figures_stand_the_latest_facts_that_one_may_open(app_as: OpenApp, cast: Cast) -> None:
    fern, tribe = add(cast.coordinator), add_tribe(cast.coordinator)
    for days_ago in range(1, 14):
        meet(cast.coordinator, fern, days_ago, f"Table *{days_ago}*")
    with_both = EngagementDraft(
        held_on=date(2026, 11, 12),
        purpose="With the council",
        partners=(PartnerAt(partner_id=fern), PartnerAt(partner_id=tribe)),
    )
    write(log_engagement, cast.tribal_liaison, with_both)
    listed = {}
    for actor in (cast.viewer, cast.tribal_liaison):
        app = unfold(app_as(actor, "partner", partner=fern), f"behind_{fern}_wanted")
        listed[actor] = [link.label for link in app.get("page_link") if "contact – " in link.label]
        n = 14 if actor == cast.tribal_liaison else 13
        assert f"**Contact** – {n} facts you may see, the latest 12 of them" in said(app)
    seen = listed[cast.viewer]
    assert seen[0] == "Nov 18, 2026: the latest contact – Table \\*1\\*"
    assert len(seen) == 12
    assert not any("\\*13\\*" in label for label in seen)
    assert [any("council" in label for label in each) for each in listed.values()] == [False, True]


def test_a_tribe_without_figures_shows_facts_only_and_only_to_some(app_as: OpenApp, cast: Cast) -> None:
    tribe = add_tribe(cast.coordinator)
    meet(cast.tribal_liaison, tribe, 20, "Visit with the council")
    for actor in (cast.tribal_liaison, cast.leadership):
        page = said(app_as(actor, "partner", partner=tribe))
        assert "**This partner is tracked without figures.**" in page
        assert "Last contact 20 days ago" in page
        assert "20 days" not in said(app_as(cast.viewer, "partner", partner=tribe))
    for actor, seen in ((cast.tribal_liaison, True), (cast.coordinator, False), (cast.viewer, False)):
        app = app_as(actor, "partner", partner=tribe, section="Engagements")
        assert ("1 engagement that you may see" in said(app)) is seen
        assert ("No engagement with this partner that you may see." in said(app)) is not seen


def test_the_lists_tell_what_was_held_promised_and_said(app_as: OpenApp, cast: Cast) -> None:
    fern = add(cast.coordinator)
    meet(cast.coordinator, fern)
    write(
        make_commitment, cast.coordinator, CommitmentDraft(what="Send notes", partner_id=fern, due_on=date(2026, 1, 5))
    )
    write(
        receive_feedback,
        cast.coordinator,
        FeedbackDraft(words="Too late", partner_id=fern, received_on=date(2026, 1, 2)),
    )
    for section, words in (
        ("Engagements", "1 engagement that you may see."),
        ("Promises", "owed by county · due Jan 5, 2026, "),
        ("Feedback", "Concern · received Jan 2, 2026"),
    ):
        assert words in said(app_as(cast.viewer, "partner", partner=fern, section=section))


@pytest.mark.parametrize("section", ["Engagements", "Promises", "Feedback", "People and ties"])
def test_every_empty_list_says_what_to_do_next(app_as: OpenApp, cast: Cast, section: str) -> None:
    page = said(app_as(cast.coordinator, "partner", partner=add(cast.coordinator), section=section))
    assert "**No" in page


@pytest.mark.parametrize("given", ["999", "abc", "", "1; drop", "²", "9" * 25])
def test_what_is_not_there_is_said_plainly(app_as: OpenApp, cast: Cast, given: str) -> None:
    app = app_as(cast.viewer, "partner", partner=given)
    assert not app.exception
    assert "This partner is not here." in said(app)


def test_actions_are_offered_to_those_who_may(app_as: OpenApp, cast: Cast) -> None:
    fern = add(cast.coordinator)
    actions = {"Log engagement", "Add a promise", "Add feedback", "Enter a rating"}
    assert actions <= labels(app_as(cast.coordinator, "partner", partner=fern))
    for actor in (cast.viewer, cast.administrator):
        assert not actions & labels(app_as(actor, "partner", partner=fern))
    write(archive_partner, cast.coordinator, fern, 1, "closed")
    assert not actions & labels(app_as(cast.coordinator, "partner", partner=fern))


def test_details_are_changed(app_as: OpenApp, cast: Cast) -> None:
    fern = add(cast.coordinator)
    app = app_as(cast.coordinator, "partner", partner=fern, section="Details")
    field(app, "Area served").set_value("South")
    field(app, "Other names, one a line", "text_area").set_value("FHFC\n\n Fern ")
    field(app, "Languages, separated by ;").set_value("English; Hmong;")
    press(app, "Save changes")
    assert app.success[0].value == "The changes are saved."
    kept = profile(cast.viewer, fern)
    assert (kept.area, kept.other_names, kept.languages) == ("South", ("FHFC", "Fern"), ("English", "Hmong"))
    assert field(app, "Area served").value == "South"


def test_a_stale_edit_is_refused_with_the_text_kept_until_the_person_chooses(app_as: OpenApp, cast: Cast) -> None:
    fern = add(cast.coordinator)
    app = app_as(cast.coordinator, "partner", partner=fern, section="Details")
    write(change_partner, cast.leadership, fern, 1, FERN.model_copy(update={"area": "East"}))
    field(app, "Area served").set_value("South")
    press(app, "Save changes")
    assert "Somebody changed this record" in app.error[0].value
    assert field(app, "Area served").value == "South"
    assert tables(app)[0].columns.tolist() == ["Before", "In your form", "Saved now"]
    assert tables(app)[0].to_numpy().tolist() == [["North", "South", "East"]]
    press(app, "Save changes")
    assert "Somebody changed this record" in app.error[0].value
    assert profile(cast.viewer, fern).area == "East"
    field(app, "Which one stays: area served", "button_group").set_value("mine").run()
    press(app, "Go on with these")
    press(app, "Save changes")
    assert profile(cast.viewer, fern).area == "South"


def test_a_stale_edit_may_be_given_up_for_what_is_saved(app_as: OpenApp, cast: Cast) -> None:
    fern = add(cast.coordinator)
    app = app_as(cast.coordinator, "partner", partner=fern, section="Details")
    write(change_partner, cast.leadership, fern, 1, FERN.model_copy(update={"area": "East"}))
    field(app, "Area served").set_value("South")
    press(app, "Save changes")
    field(app, "Which one stays: area served", "button_group").set_value("theirs").run()
    press(app, "Go on with these")
    assert field(app, "Area served").value == "East"
    assert press(app, "Save changes").success[0].value == "The changes are saved."


def test_a_tribes_figures_are_switched_on_by_liaison_or_leadership_only(app_as: OpenApp, cast: Cast) -> None:
    tribe = add_tribe(cast.coordinator)
    toggle = "Health figures are kept for this partner"
    app = app_as(cast.coordinator, "partner", partner=tribe, section="Details")
    field(app, toggle, "toggle").set_value(True)
    press(app, "Save changes")
    assert "until it agrees" in app.error[0].value
    assert field(app, toggle, "toggle").value is True
    app = app_as(cast.tribal_liaison, "partner", partner=tribe, section="Details")
    field(app, toggle, "toggle").set_value(True)
    press(app, "Save changes")
    assert profile(cast.viewer, tribe).scored


def test_a_cadence_is_agreed_and_taken_back(app_as: OpenApp, cast: Cast) -> None:
    fern = add(cast.coordinator)
    app = app_as(cast.coordinator, "partner", partner=fern, section="Details")
    assert "the county's default of 91 days holds" in said(app)
    field(app, "Days between contacts", "number_input").set_value(45)
    field(app, "Agreed with").set_value("the director")
    press(app, "Record this agreement")
    assert app.success[0].value == "Agreed: every 45 days."
    assert profile(cast.viewer, fern).cadence_days == 45
    press(app, "Take it back")
    assert "Say why" in app.error[0].value
    field(app, "Why is it taken back?").set_value("typed 45 for 90").run()
    press(app, "Take it back")
    assert profile(cast.viewer, fern).cadence_is_default


def test_an_edit_keeps_a_holder_whose_account_was_closed(app_as: OpenApp, cast: Cast) -> None:
    fern = add(cast.coordinator, FERN.model_copy(update={"holder_id": cast.community_liaison.user_id}))
    write(disable_account, cast.administrator, cast.community_liaison.user_id, 1)
    app = app_as(cast.coordinator, "partner", partner=fern, section="Details")
    field(app, "Area served").set_value("South")
    assert press(app, "Save changes").success[0].value == "The changes are saved."
    kept = profile(cast.coordinator, fern)
    assert (kept.area, kept.holder_id) == ("South", cast.community_liaison.user_id)


def test_a_partner_is_archived_with_a_reason_and_restored(app_as: OpenApp, cast: Cast) -> None:
    fern = add(cast.coordinator)
    app = app_as(cast.coordinator, "partner", partner=fern, section="Details")
    press(app, "Archive this partner")
    assert "Say why" in app.error[0].value
    field(app, "Why is it archived?").set_value("closed its doors")
    press(app, "Archive this partner")
    assert "This partner is archived: closed its doors" in said(app)
    assert press(app, "Restore this partner").success[0].value == "Fern House is back."
    assert profile(cast.viewer, fern).archived_at is None


def test_readers_get_no_forms(app_as: OpenApp, cast: Cast) -> None:
    fern = add(cast.coordinator, FERN.model_copy(update={"notes": "Tuesdays after 3 pm"}))
    for actor in (cast.viewer, cast.administrator):
        app = app_as(actor, "partner", partner=fern, section="Details")
        assert "Tuesdays after 3 pm" in said(app)
        assert not {"Save changes", "Archive this partner", "Record this agreement"} & labels(app)
        app = app_as(actor, "partner", partner=fern, section="People and ties")
        assert not {"Add this person", "Add this tie"} & labels(app)


def test_a_person_is_added_changed_archived_and_restored(app_as: OpenApp, cast: Cast) -> None:
    fern = add(cast.coordinator)
    app = app_as(cast.coordinator, "partner", partner=fern, section="People and ties")
    press(app, "Add this person")
    assert "name, or at least their role" in app.error[0].value
    field(app, "Name").set_value("Rosa Ito")
    field(app, "Phone").set_value("555 0100")
    press(app, "Add this person")
    assert field(app, "Name").value == ""
    assert "**Rosa Ito**" in said(app)
    press(app, "Change")
    field(app, "Role").set_value("Director")
    field(app, "May be named in lists and reports", "selectbox").set_value(True)
    press(app, "Save changes")
    assert "**Rosa Ito** – Director" in said(app)
    assert "may be named: yes, agreed in writing" in said(app)
    press(app, "Change")
    field(app, "Left, or entered wrongly? Say why").set_value("moved away")
    press(app, "Archive this person")
    assert "Rosa Ito – moved away" in said(app)
    assert press(app, "Restore").success[0].value == "Rosa Ito is back."


def test_names_and_channels_are_for_those_who_work_with_people(app_as: OpenApp, cast: Cast) -> None:
    fern = add(cast.coordinator)
    draft = ContactDraft(partner_id=fern, name="Ben Quist", role="Parent partner", phone="555 0100")
    write(add_contact, cast.coordinator, draft)
    page = said(app_as(cast.coordinator, "partner", partner=fern, section="People and ties"))
    assert "Ben Quist" in page
    assert "555 0100" in page
    for actor in (cast.viewer, cast.administrator):
        for section in ("People and ties", "History"):
            app = app_as(actor, "partner", partner=fern, section=section)
            everything = said(app) + str([box.options for box in app.selectbox])
            assert "Parent partner" in everything
            assert "Ben Quist" not in everything
            assert "555" not in everything


def test_who_asked_not_to_be_contacted_shows_no_channel(app_as: OpenApp, cast: Cast) -> None:
    fern = add(cast.coordinator)
    draft = ContactDraft(partner_id=fern, name="Dev Hill", phone="555 0100", do_not_contact=True)
    write(add_contact, cast.coordinator, draft)
    app = app_as(cast.coordinator, "partner", partner=fern, section="People and ties")
    assert "555 0100" not in said(app)


def test_a_tie_is_added_ended_and_archived(app_as: OpenApp, cast: Cast) -> None:
    fern = add(cast.coordinator)
    lark = add(cast.coordinator, PartnerDraft(name="Lark Clinic", kind=PartnerKind.SYSTEM_PARTNER))
    app = app_as(cast.coordinator, "partner", partner=fern, section="People and ties")
    field(app, "What joins them").set_value("is housed by")
    press(app, "Add this tie")
    assert app.error[0].value == "Choose the two partners that the tie joins."
    field(app, "That partner", "selectbox").set_value(lark)
    press(app, "Add this tie")
    assert "**Fern House** is housed by Lark Clinic" in said(app)
    press(app, "Change")
    field(app, "Until (blank: still so)", "date_input").set_value(date(2026, 1, 31))
    press(app, "Save changes")
    assert "until Jan 31, 2026" in said(app)
    press(app, "Change")
    field(app, "Entered wrongly? Say why").set_value("never so")
    press(app, "Archive this tie")
    assert "Fern House is housed by Lark Clinic – never so" in said(app)
    assert press(app, "Restore").success[0].value == "The tie is back."


def test_a_tie_leads_to_the_other_partner(app_as: OpenApp, cast: Cast) -> None:
    fern = add(cast.coordinator)
    lark = add(cast.coordinator, PartnerDraft(name="Lark Clinic", kind=PartnerKind.SYSTEM_PARTNER))
    tie = RelationshipDraft(from_partner_id=lark, to_partner_id=fern, what="funds")
    write(add_relationship, cast.coordinator, tie)
    app = app_as(cast.viewer, "partner", partner=fern, section="People and ties")
    assert press(app, "Lark Clinic").title[0].value == "Lark Clinic"


def test_seats_are_listed_with_their_days(app_as: OpenApp, cast: Cast) -> None:
    fern = add(cast.coordinator)
    with db.writing() as session:
        council = add_forum(session, cast.coordinator, ForumDraft(name="Alder Council")).id or 0
        seat = SeatDraft(partner_id=fern, role="Co-chair", from_on=date(2025, 1, 1))
        add_seat(session, cast.coordinator, council, seat)
    page = said(app_as(cast.viewer, "partner", partner=fern, section="People and ties"))
    assert "Co-chair · since Jan 1, 2025" in page


def test_the_history_tells_who_changed_what(app_as: OpenApp, cast: Cast) -> None:
    fern = add(cast.coordinator)
    write(change_partner, cast.leadership, fern, 1, FERN.model_copy(update={"area": "East", "holder_id": 1}))
    app = app_as(cast.viewer, "partner", partner=fern, section="History")
    assert "2 changes, the newest first" in said(app)
    assert "Lena Leader, through a page" in said(app)
    newest = tables(app)[0]
    assert newest.to_numpy().tolist() == [["Area", "North", "East"], ["Holder", "", "Cora Coordinator"]]


def test_the_history_names_also_who_and_what_was_put_away_since(app_as: OpenApp, cast: Cast) -> None:
    fern, lark = add(cast.coordinator), add(cast.coordinator, PartnerDraft(name="Lark Clinic", kind=PartnerKind.OTHER))
    write(change_partner, cast.leadership, fern, 1, FERN.model_copy(update={"holder_id": cast.coordinator.user_id}))
    write(
        add_relationship,
        cast.leadership,
        RelationshipDraft(from_partner_id=fern, to_partner_id=lark, what="is funded by"),
    )
    write(disable_account, cast.administrator, cast.coordinator.user_id, 1)
    write(archive_partner, cast.leadership, lark, 1, "Closed its doors")
    app = app_as(cast.viewer, "partner", partner=fern, section="History")
    assert "Cora Coordinator" in tables(app)[0].to_numpy().tolist()[0]
    chosen = app.get_by_key(f"history_of_{fern}")
    chosen.select_index(next(n for n, option in enumerate(chosen.options) if "Lark Clinic" in option)).run()
    assert ["To partner", "Lark Clinic"] in [line[:2] for line in tables(app)[0].to_numpy().tolist()]


def test_a_persons_typing_is_no_markdown(app_as: OpenApp, cast: Cast) -> None:
    fern = add(cast.coordinator, FERN.model_copy(update={"name": "Fern [House](https://example.org) *now*"}))
    app = app_as(cast.viewer, "partner", partner=fern)
    assert "\\[House\\]" in app.title[0].value
