"""The Barriers page: named from feedback, owned, solved, asked about, gone; and who finds no form."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select
from streamlit.testing.v1 import AppTest

from erp import db
from erp.models.barriers import Barrier, BarrierAction, BarrierEvidence, BarrierOption, BarrierOwner, BarrierVerdict
from erp.models.decisions import DecisionSource
from erp.queries.county import today
from erp.services.barrier_work import ACTION, OPTION, ActionDraft, OptionDraft
from erp.services.barriers import BarrierDraft, change_barrier, void_barrier
from erp.services.parts import add_part, change_part
from erp.vocabulary import BarrierState, Readers, Verdict
from tests.conftest import Cast
from tests.services.givers import SAID, given, partner, tribe
from tests.services.test_barriers import WORDS, asked, named, own, say, step
from tests.services.test_decisions import POINT, meeting
from tests.services.test_reviews import find, planned
from tests.ui.conftest import keyed, unfold
from tests.ui.test_feedback import button, text_of

Open = Callable[..., AppTest]
S = BarrierState


def in_county(do: Callable[[Session], Any]) -> Any:
    with db.writing() as session:
        return do(session)


def only(table: Any) -> Any:
    with db.reading() as session:
        return session.exec(select(table)).one().model_dump()


def labels(app: AppTest) -> set[str]:
    return {each.label for each in app.button}


def test_without_barriers_the_page_says_how_to_begin(app_as: Open, cast: Cast) -> None:
    app = app_as(cast.coordinator, "barriers")
    assert "No barrier is open." in text_of(app)
    assert "Name the first one" in text_of(app)
    viewer = app_as(cast.viewer, "barriers")
    assert "Save the barrier" not in labels(viewer)


def test_a_barrier_is_named_from_feedback(app_as: Open, cast: Cast) -> None:
    item = in_county(lambda session: given(session)[0].id)
    app = app_as(cast.coordinator, "barriers", from_feedback=item)
    button(app, "Save the barrier").click().run()
    assert "Say what gets in the way" in text_of(app)
    app.text_area(key=keyed(app, "barrier_new", "words")).set_value("Visits are in *school* hours")
    app.text_input(key=keyed(app, "barrier_new", "said_by")).set_value("caregivers")
    app.selectbox(key=keyed(app, "barrier_new", "issue")).set_value("CAPP-I3")
    button(app, "Save the barrier").click().run()
    read = text_of(app)
    assert "Named. Next: who owns it" in read
    assert SAID in read
    assert "Next: who owns it?" in read
    assert "What shows it (1)" in read
    kept = only(Barrier)
    assert (kept["words"], kept["issue"], kept["said_by"]) == ("Visits are in *school* hours", "CAPP-I3", "caregivers")
    assert only(BarrierEvidence)["item_id"] == item
    assert not app_as(cast.coordinator, "feedback", feedback=item).exception


@pytest.mark.parametrize("whence", ["meeting", "finding"])
def test_a_barrier_is_named_from_a_meeting_or_a_finding(app_as: Open, cast: Cast, whence: str) -> None:
    def make(session: Session) -> int:
        if whence == "meeting":
            return meeting(session, cast, partner(session, cast))
        return find(session, cast.coordinator, planned(session, cast.coordinator), "Too few letters").id or 0

    number = in_county(make)
    query = {"from_engagement" if whence == "meeting" else "from_finding": number}
    app = app_as(cast.coordinator, "barriers", **query)
    app.text_area(key=keyed(app, "barrier_new", "words")).set_value("Letters")
    button(app, "Save the barrier").click().run()
    kept = only(BarrierEvidence)
    wanted = (number, POINT, None) if whence == "meeting" else (None, "", number)
    assert (kept["engagement_id"], kept["point"], kept["finding_id"]) == wanted


def test_owners_options_and_actions_are_added_on_the_page(app_as: Open, cast: Cast) -> None:
    fern = in_county(lambda session: partner(session, cast))
    number = in_county(lambda session: named(session, cast.coordinator).id)
    app = app_as(cast.coordinator, "barriers", barrier=number)
    unfold(app, f"add_barrier_owner_{number}")
    app.selectbox(key=keyed(app, f"part_barrier_owner_{number}", "account_id")).set_value(1)
    button(app, "Add").click().run()
    assert "Cora Coordinator (county)" in text_of(app)
    unfold(app, f"add_barrier_option_{number}")
    app.text_area(key=keyed(app, f"part_barrier_option_{number}", "what")).set_value("Evening visits")
    app.selectbox(key=keyed(app, f"part_barrier_option_{number}", "partner_id")).set_value(fern)
    button(app, "Add").click().run()
    assert "Proposed by Fern House · not decided yet" in text_of(app)
    assert (only(BarrierOption)["partner_id"], only(BarrierOption)["what"]) == (fern, "Evening visits")
    unfold(app, f"add_barrier_action_{number}")
    at = f"part_barrier_action_{number}"
    app.text_area(key=keyed(app, at, "what")).set_value("Ask the visit unit")
    button(app, "Add").click().run()
    assert "“By whom” is blank" in text_of(app)
    app.selectbox(key=keyed(app, at, "owner_id")).set_value(only(BarrierOwner)["id"])
    app.date_input(key=keyed(app, at, "due_on")).set_value(date(2026, 12, 24))
    button(app, "Add").click().run()
    assert only(BarrierAction)["due_on"] == date(2026, 12, 24)
    assert "Actions (0 of 1 done)" in text_of(app)


def opened(app: AppTest, part: str, number: int) -> AppTest:
    """Open what changes a part, as a press on the button beside it does."""
    return app.button(key=f"change_{part}_{number}").click().run()


def test_a_part_is_changed_and_taken_out_on_the_page(app_as: Open, cast: Cast) -> None:
    def make(session: Session) -> int:
        barrier = named(session, cast.coordinator)
        own(session, cast.coordinator, barrier, account_id=1)
        return barrier.id or 0

    number = in_county(make)
    owner = only(BarrierOwner)["id"]
    app = opened(app_as(cast.coordinator, "barriers", barrier=number), "barrier_owner", owner)
    app.text_input(key=f"mend_barrier_owner_{owner}_role").set_value("visit lead")
    button(app, "Save").click().run()
    assert "Cora Coordinator, visit lead (county)" in text_of(app)
    assert "Take it out" not in labels(app), "it closes when it was saved"
    opened(app, "barrier_owner", owner)
    button(app, "Take it out").click().run()
    assert "Say why" in text_of(app)
    app.text_input(key=f"mend_barrier_owner_{owner}_void").set_value("Jane Doe, case 12-345678, born 3/4/2015")
    button(app, "Take it out").click().run()
    assert "Nothing is saved yet" in text_of(app)
    app.text_input(key=f"mend_barrier_owner_{owner}_void").set_value("the wrong person")
    button(app, "Take it out").click().run()
    assert only(BarrierOwner)["void_reason"] == "the wrong person"
    assert "Nobody yet." in text_of(app)


def test_both_owners_are_added_in_one_go_and_one_is_offered(app_as: Open, cast: Cast) -> None:
    fern = in_county(lambda session: partner(session, cast))
    number = in_county(lambda session: named(session, cast.coordinator).id)
    app = app_as(cast.coordinator, "barriers", barrier=number)
    unfold(app, f"add_barrier_owner_{number}")
    at = f"part_barrier_owner_{number}"
    assert app.selectbox(key=keyed(app, at, "account_id")).value == 1, "whoever is at the screen"
    app.selectbox(key=keyed(app, at, "partner_id")).set_value(fern)
    app.text_input(key=keyed(app, at, "role")).set_value("the chair")
    button(app, "Add").click().run()
    with db.reading() as session:
        owners = session.exec(select(BarrierOwner)).all()
        assert {(owner.account_id, owner.partner_id, owner.role) for owner in owners} == {
            (1, None, ""),
            (None, fern, "the chair"),
        }
    assert "Work on it together" in labels(app)


def test_an_action_is_done_with_one_press_and_an_option_answered(app_as: Open, cast: Cast) -> None:
    def make(session: Session) -> int:
        barrier = named(session, cast.coordinator)
        owner = own(session, cast.coordinator, barrier, account_id=1)
        due = ActionDraft(what="Ask", owner_id=owner, due_on=today(session))
        add_part(session, cast.coordinator, ACTION, barrier.id or 0, due)
        option = OptionDraft(what="Evening visits", proposed_by="caregivers")
        add_part(session, cast.coordinator, OPTION, barrier.id or 0, option)
        return barrier.id or 0

    app = app_as(cast.coordinator, "barriers", barrier=in_county(make))
    button(app, "Done today").click().run()
    assert "Actions (1 of 1 done)" in text_of(app)
    assert only(BarrierAction)["done_on"] is not None
    option = only(BarrierOption)["id"]
    assert "Answer it" in labels(app)
    opened(app, "barrier_option", option)
    app.selectbox(key=f"mend_barrier_option_{option}_taken").set_value(True)
    button(app, "Save").click().run()
    assert "Say why it is taken up" in text_of(app)
    app.text_area(key=f"mend_barrier_option_{option}_answer").set_value("From May on")
    button(app, "Save").click().run()
    assert "Taken up: From May on" in text_of(app)
    opened(app, "barrier_option", option)
    app.selectbox(key=f"mend_barrier_option_{option}_taken").set_value("")
    app.text_area(key=f"mend_barrier_option_{option}_answer").set_value("")
    button(app, "Save").click().run()
    assert (only(BarrierOption)["taken"], only(BarrierOption)["answer"]) == (None, "")


def test_what_somebody_else_saved_meanwhile_stands_beside_what_was_typed(app_as: Open, cast: Cast) -> None:
    number = in_county(lambda session: named(session, cast.coordinator).id)
    draft = OptionDraft(what="Evening visits", proposed_by="caregivers")
    option = in_county(lambda session: add_part(session, cast.coordinator, OPTION, number, draft).id)
    app = opened(app_as(cast.coordinator, "barriers", barrier=number), "barrier_option", option)
    app.text_area(key=f"mend_barrier_option_{option}_what").set_value("Mine")
    theirs = draft.model_copy(update={"what": "Theirs"})
    in_county(lambda session: change_part(session, cast.leadership, OPTION, option, 1, theirs))
    button(app, "Save").click().run()
    read = text_of(app)
    assert "Somebody changed this option" in read
    assert "saved this record after you opened the form" in read
    assert app.text_area(key=f"mend_barrier_option_{option}_what").value == "Mine"
    app.get_by_key(f"newer_mend_barrier_option_{option}__2_what").set_value("mine").run()
    button(app, "Go on with these").click().run()
    button(app, "Save").click().run()
    assert only(BarrierOption)["what"] == "Mine"


def test_it_goes_from_together_to_gone_by_what_a_partner_says(app_as: Open, cast: Cast) -> None:
    def make(session: Session) -> tuple[int, int]:
        barrier, fern = named(session, cast.coordinator), partner(session, cast)
        own(session, cast.coordinator, barrier, account_id=1)
        own(session, cast.coordinator, barrier, partner_id=fern)
        return barrier.id or 0, fern

    number, _ = in_county(make)
    app = app_as(cast.coordinator, "barriers", barrier=number)
    assert "Gone" not in " ".join(labels(app))
    app.text_area(key=keyed(app, f"barrier_step_{number}_taken_up", "said")).set_value("Evening visits are tried")
    button(app, "Work on it together").click().run()
    app.text_area(key=keyed(app, f"barrier_step_{number}_asked", "said")).set_value("Visits are at any hour")
    button(app, "Ask the partners whether it is gone").click().run()
    assert "1 partner was asked whether it is gone; 0 answered" in text_of(app)
    assert "**Fern House**: asked, not answered yet" in text_of(app)
    line = only(BarrierVerdict)["id"]
    opened(app, "barrier_verdict", line)
    app.selectbox(key=f"mend_barrier_verdict_{line}_verdict").set_value(Verdict.GONE.value)
    button(app, "Save").click().run()
    assert "in their words" in text_of(app)
    app.text_area(key=f"mend_barrier_verdict_{line}_said").set_value("We came at seven")
    assert app.date_input(key=f"mend_barrier_verdict_{line}_on_day").value == in_county(today)
    button(app, "Save").click().run()
    assert "Fern House: Gone." in text_of(app)
    assert only(Barrier)["state"] is S.GONE
    unfold(app, f"barrier_step_{S.BACK}_{number}")
    assert "Reopen it" in labels(app)


def test_a_refused_step_keeps_what_was_typed(app_as: Open, cast: Cast) -> None:
    def make(session: Session) -> int:
        barrier = named(session, cast.coordinator)
        own(session, cast.coordinator, barrier, account_id=1)
        own(session, cast.coordinator, barrier, partner_id=partner(session, cast))
        return barrier.id or 0

    number = in_county(make)
    app = app_as(cast.coordinator, "barriers", barrier=number)
    field = keyed(app, f"barrier_step_{number}_taken_up", "said")
    app.text_area(key=field).set_value("Evening visits are tried")
    changed = BarrierDraft(words="Other words", named_on=date(2026, 3, 2))
    in_county(lambda session: change_barrier(session, cast.leadership, number, 1, changed))
    button(app, "Work on it together").click().run()
    assert "Somebody changed this barrier" in text_of(app)
    assert app.text_area(key=field).value == "Evening visits are tried"
    button(app, "Work on it together").click().run()
    assert only(Barrier)["state"] is S.TAKEN_UP


def test_the_register_narrows_by_state_issue_and_owner(app_as: Open, cast: Cast) -> None:
    def make(session: Session) -> None:
        named(session, cast.coordinator, words="Letters", issue="CAPP-I1")
        named(session, cast.leadership, words="Rides")
        asked(session, cast, partner(session, cast))
        aside = named(session, cast.leadership, words="The road")
        step(session, cast.leadership, aside, S.SET_ASIDE, "The state owns it")
        gone = named(session, cast.leadership, words="Twice")
        void_barrier(session, cast.leadership, gone.id or 0, 1, "entered twice")

    in_county(make)

    def shown(**query: str) -> set[str]:
        app = app_as(cast.coordinator, "barriers", **query)
        everything = text_of(app) + " ".join(labels(app))
        return {words for words in ("Letters", "Rides", WORDS, "The road", "Twice") if words in everything}

    assert shown() == {"Letters", "Rides", WORDS}
    assert shown(state="asked") == {WORDS}
    assert shown(state="set_aside") == {"The road"}
    assert shown(state="voided") == {"Twice"}
    assert shown(issue="CAPP-I1") == {"Letters"}
    assert shown(issue="none") == {"Rides", WORDS}
    assert shown(barrier_mine="true") == {"Letters", WORDS}


def test_the_file_leaves_out_what_its_giver_opened_to_some_only(app_as: Open, cast: Cast) -> None:
    from erp.queries.barriers import BarrierFilter, barrier_list
    from erp.services.barriers import EvidenceDraft

    def make(session: Session) -> None:
        quiet, _ = given(session, readers=Readers.COMMUNITY_LIAISON)
        named(session, cast.community_liaison, EvidenceDraft(item_id=quiet.id), words="Quiet")
        named(session, cast.community_liaison, words="Loud")

    in_county(make)
    with db.reading() as session:
        listed, filed = (
            set(barrier_list(session, cast.community_liaison, BarrierFilter(), for_file=for_file)["words"])
            for for_file in (False, True)
        )
    assert (listed, filed) == ({"Quiet", "Loud"}, {"Loud"})
    assert not app_as(cast.community_liaison, "barriers").exception


def test_a_decision_is_recorded_about_a_barrier(app_as: Open, cast: Cast) -> None:
    number = in_county(lambda session: asked(session, cast, partner(session, cast)).id)
    app = app_as(cast.coordinator, "decisions", from_barrier=number)
    assert app.multiselect(key=keyed(app, "decision_new", "barriers")).value == [number]
    app.text_area(key=keyed(app, "decision_new", "what")).set_value("Visits at any hour")
    app.text_input(key=keyed(app, "decision_new", "decided_by")).set_value("the director")
    button(app, "Save the decision").click().run()
    assert only(DecisionSource)["barrier_id"] == number
    assert WORDS in text_of(app)
    assert "Fern House (who raised it)" in text_of(app)
    back = app_as(cast.viewer, "barriers", barrier=number)
    assert "Decided: Visits at any hour" in [link.label for link in back.get("page_link")]


def test_words_that_may_identify_a_family_are_asked_about(app_as: Open, cast: Cast) -> None:
    number = in_county(lambda session: named(session, cast.coordinator).id)
    app = app_as(cast.coordinator, "barriers", barrier=number)
    unfold(app, f"add_barrier_option_{number}")
    at = f"part_barrier_option_{number}"
    app.text_area(key=keyed(app, at, "what")).set_value("Call the mother of Jane Doe, case 12-345678, born 3/4/2015")
    app.text_input(key=keyed(app, at, "proposed_by")).set_value("a worker")
    button(app, "Add").click().run()
    assert "Nothing is saved yet" in text_of(app)
    with db.reading() as session:
        assert session.exec(select(BarrierOption)).first() is None


def test_a_viewer_reads_and_finds_no_form(app_as: Open, cast: Cast) -> None:
    number = in_county(lambda session: asked(session, cast, partner(session, cast)).id)
    app = app_as(cast.viewer, "barriers", barrier=number)
    assert WORDS in text_of(app)
    assert not {"Add", "Save", "Take it out", "Work on it together"} & labels(app)


def test_a_barrier_that_is_not_here_says_so(app_as: Open, cast: Cast) -> None:
    for number in ("99", "x", "-1"):
        assert "This barrier is not here" in text_of(app_as(cast.viewer, "barriers", barrier=number))


def test_a_partner_shows_its_barriers_and_who_may_not_see_them_reads_none(app_as: Open, cast: Cast) -> None:
    def make(session: Session) -> tuple[int, int]:
        fern, band = partner(session, cast), tribe(session, cast)
        asked(session, cast, fern)
        barrier = named(session, cast.tribal_liaison, words="The notice comes late")
        own(session, cast.tribal_liaison, barrier, partner_id=band)
        return fern, band

    fern, band = in_county(make)

    def links(actor: Any, partner_id: int) -> list[str]:
        app = app_as(actor, "partner", partner=partner_id, section="Barriers")
        return [link.label for link in app.get("page_link") if "–" in link.label]

    assert links(cast.viewer, fern) == [f"**Partners are asked whether it is gone** – “{WORDS}”"]
    assert links(cast.leadership, band) == ["**Named** – “The notice comes late”"]
    assert links(cast.coordinator, band) == []
    empty = text_of(app_as(cast.coordinator, "partner", partner=band, section="Barriers"))
    assert "No barrier is worked on with this partner" in empty


def test_today_shows_what_is_due_of_barriers_and_reviews(app_as: Open, cast: Cast) -> None:
    assert "Barriers, reviews and decisions" not in [head.value for head in app_as(cast.coordinator).header]

    def make(session: Session) -> None:
        barrier = named(session, cast.coordinator)
        owner = own(session, cast.coordinator, barrier, account_id=1)
        for n in range(9):
            due = today(session) + timedelta(days=n - 2)
            draft = ActionDraft(what=f"Ask {n}", owner_id=owner, due_on=due)
            add_part(session, cast.coordinator, ACTION, barrier.id or 0, draft)

    in_county(make)
    app = app_as(cast.coordinator)
    assert "Barriers, reviews and decisions" in [head.value for head in app.header]
    due = [link.label for link in app.get("page_link") if "Ask" in link.label]
    assert (due[0], len(due)) == ("**Overdue by 2 days** – Ask 0", 8)
    unfold(app, "due_work_more")
    assert "**Due in 6 days** – Ask 8" in [link.label for link in app.get("page_link")]


def test_an_answer_is_blanked_again_on_the_page(app_as: Open, cast: Cast) -> None:
    def make(session: Session) -> int:
        fern, lark = partner(session, cast), partner(session, cast, "Lark Clinic")
        barrier = asked(session, cast, fern, lark)
        say(session, cast.coordinator, barrier, fern, Verdict.GONE)
        return barrier.id or 0

    app = app_as(cast.coordinator, "barriers", barrier=in_county(make))
    with db.reading() as session:
        line = session.exec(select(BarrierVerdict.id).where(BarrierVerdict.verdict == Verdict.GONE)).one()
    opened(app, "barrier_verdict", line)
    app.selectbox(key=f"mend_barrier_verdict_{line}_verdict").set_value("")
    app.text_area(key=f"mend_barrier_verdict_{line}_said").set_value("")
    button(app, "Save").click().run()
    assert "2 partners were asked whether it is gone; 0 answered" in text_of(app)
    with db.reading() as session:
        assert {each.verdict for each in session.exec(select(BarrierVerdict))} == {None}


def test_what_is_typed_for_a_new_part_stays_when_another_one_is_changed(app_as: Open, cast: Cast) -> None:
    number = in_county(lambda session: named(session, cast.coordinator).id)
    draft = OptionDraft(what="Evening visits", proposed_by="caregivers")
    option = in_county(lambda session: add_part(session, cast.coordinator, OPTION, number, draft).id)
    assert number == option, "the part bears the number of the whole"
    app = unfold(app_as(cast.coordinator, "barriers", barrier=number), f"add_barrier_option_{number}")
    field = keyed(app, f"part_barrier_option_{number}", "what")
    app.text_area(key=field).set_value("Half typed")
    button(app, "Add").click().run()
    assert "Say who proposed it" in text_of(app)
    opened(app, "barrier_option", option)
    app.text_area(key=f"mend_barrier_option_{option}_what").set_value("Evening visits on Friday")
    button(app, "Save").click().run()
    assert only(BarrierOption)["what"] == "Evening visits on Friday"
    assert app.text_area(key=field).value == "Half typed"
