"""The pages of local system reviews and of the CAPP issues."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from sqlmodel import Session, select
from streamlit.testing.v1 import AppTest

from erp import db
from erp.models.reviews import (
    ReviewDebrief,
    ReviewFinding,
    ReviewGroup,
    ReviewMember,
    ReviewRecommendation,
    SystemReview,
)
from erp.queries.county import today
from erp.services.reviews import ReviewDraft, plan_review
from erp.vocabulary import Compared, TeamSide
from tests.conftest import Cast
from tests.services.givers import partner, tribe
from tests.services.test_barriers import asked, named
from tests.services.test_reviews import QUESTION, find, planned, told
from tests.ui.conftest import keyed, prose, tables, unfold
from tests.ui.test_barriers import in_county, labels, only, opened
from tests.ui.test_feedback import button, text_of

Open = Callable[..., AppTest]


def test_without_reviews_the_page_says_how_to_begin(app_as: Open, cast: Cast) -> None:
    assert "No review is recorded yet." in text_of(app_as(cast.coordinator, "reviews"))
    assert "Save the review" not in labels(app_as(cast.viewer, "reviews"))


def test_a_review_is_planned_with_its_figure_and_counts(app_as: Open, cast: Cast) -> None:
    app = app_as(cast.coordinator, "reviews")
    unfold(app, "review_add")
    app.text_area(key=keyed(app, "review_new", "question")).set_value(QUESTION)
    app.text_area(key=keyed(app, "review_new", "trigger")).set_value("One visit in four is missed")
    button(app, "Save the review").click().run()
    assert "Enter both" in text_of(app)
    app.date_input(key=keyed(app, "review_new", "trigger_on")).set_value(date(2026, 1, 31))
    button(app, "Save the review").click().run()
    number = only(SystemReview)["id"]
    unfold(app, f"review_mend_{number}")
    app.number_input(key=f"review_mend_{number}_interviews").set_value(24)
    button(app, "Save").click().run()
    kept = only(SystemReview)
    assert (kept["interviews"], kept["case_files"], kept["trigger_on"]) == (24, None, date(2026, 1, 31))
    read = text_of(app)
    assert "Interviews: 24; Observations: not recorded" in read
    assert "By count only" in read


def test_team_debrief_finding_recommendation_and_group_are_added(app_as: Open, cast: Cast) -> None:
    number = in_county(lambda session: planned(session, cast.coordinator).id)
    app = app_as(cast.coordinator, "reviews", review=number)

    def add(part: str, **values: Any) -> None:
        unfold(app, f"add_review_{part}_{number}")
        for name, value in values.items():
            app.get_by_key(keyed(app, f"part_review_{part}_{number}", name)).set_value(value)
        next(each for each in app.button if each.label == "Add").click().run()

    add("member", side="partner", role="cultural broker", people=2)
    assert (only(ReviewMember)["side"], only(ReviewMember)["people"]) == (TeamSide.PARTNER, 2)
    assert "Team (Partners and community: 2)" in text_of(app)
    add("debrief", subject="visit letters", at_step="intake", insight="One form for all", agency_there=True)
    assert only(ReviewDebrief)["agency_there"] is True
    add("finding", words="Letters go out late", category="RC4", issue="CAPP-I3", practice="CAPP-CS")
    assert "RC4 · Administrative practices (unverified)" in text_of(app)
    add("recommendation", what="A text", owner="visit unit", due_on=date(2026, 12, 24))
    assert only(ReviewRecommendation)["due_on"] == date(2026, 12, 24)
    add("group", name="Parents who were interviewed")
    assert "Parents who were interviewed: **not told yet**" in text_of(app)
    group = only(ReviewGroup)["id"]
    opened(app, "review_group", group)
    app.date_input(key=f"mend_review_group_{group}_told_on").set_value(date(2026, 3, 5))
    app.text_input(key=f"mend_review_group_{group}_how").set_value("By letter")
    button(app, "Save").click().run()
    assert "(1 of 1 told)" in text_of(app)
    finding = only(ReviewFinding)["id"]
    opened(app, "review_finding", finding)
    app.text_area(key=f"mend_review_finding_{finding}_correction").set_value("They go out within a day since May")
    app.date_input(key=f"mend_review_finding_{finding}_corrected_on").set_value(date(2026, 3, 6))
    button(app, "Save").click().run()
    kept = only(ReviewFinding)
    assert (kept["words"], kept["correction"]) == ("Letters go out late", "They go out within a day since May")
    assert (kept["category"], kept["issue"]) == ("RC4", "CAPP-I3")


def test_a_review_is_taken_again_and_compared(app_as: Open, cast: Cast) -> None:
    def make(session: Session) -> tuple[int, int]:
        first = planned(session, cast.coordinator)
        return first.id or 0, find(session, cast.coordinator, first, "Letters").id or 0

    first, letters = in_county(make)
    app = app_as(cast.coordinator, "reviews", again_of=first)
    assert app.text_area(key=keyed(app, "review_new", "question")).value == QUESTION
    button(app, "Save the review").click().run()
    with db.reading() as session:
        again = session.exec(select(SystemReview.id).where(SystemReview.again_of == first)).one()
    unfold(app, f"add_review_finding_{again}")
    at = f"part_review_finding_{again}"
    app.text_area(key=keyed(app, at, "words")).set_value("Letters come in time")
    app.selectbox(key=keyed(app, at, "earlier_id")).set_value(letters)
    app.selectbox(key=keyed(app, at, "compared")).set_value(Compared.GONE.value)
    button(app, "Add").click().run()
    beside = next(table for table in tables(app) if "What became of it" in table)
    assert beside.to_numpy().tolist() == [["Letters", "Letters come in time", "Not found any more"]]
    assert "It was taken again" in labels(app_as(cast.viewer, "reviews", review=first))


def test_a_viewer_reads_a_review_and_finds_no_form(app_as: Open, cast: Cast) -> None:
    def make(session: Session) -> int:
        review = planned(session, cast.coordinator)
        find(session, cast.coordinator, review, "Letters")
        told(session, cast.coordinator, review, "Parents")
        return review.id or 0

    app = app_as(cast.viewer, "reviews", review=in_county(make))
    assert "Letters" in text_of(app)
    assert not {"Add", "Save", "Take it out"} & labels(app)
    assert "This review is not here" in text_of(app_as(cast.viewer, "reviews", review=99))


def test_the_capp_page_stands_without_anything(app_as: Open, cast: Cast) -> None:
    app = app_as(cast.viewer, "capp")
    read = text_of(app)
    assert "0 barriers are open, none a year ago; in the year partners said of none that it is gone." in prose(app)
    assert "Lack of Family Voice" in read
    assert "Power of Family" in read
    assert "Not placed yet" not in [head.value for head in app.header]


def test_the_capp_page_tells_what_stands_under_each_issue(app_as: Open, cast: Cast) -> None:
    def make(session: Session) -> None:
        named(session, cast.coordinator, words="Letters", issue="CAPP-I3")
        asked(session, cast, partner(session, cast))
        began = today(session) - timedelta(days=9)
        review = plan_review(session, cast.coordinator, ReviewDraft(question=QUESTION, started_on=began))
        find(session, cast.coordinator, review, "Rooms are locked", issue="CAPP-I3")

    in_county(make)
    app = app_as(cast.viewer, "capp")
    assert "2 barriers are open, none a year ago" in prose(app)
    assert "Barriers: 1 open, 0 a year ago; in the year: 1 named." in text_of(app)
    unfold(app, "table_capp_movement")
    table = tables(app)[0].set_index("Systemic issue")
    row = table.loc["Lack of Relevant, Timely, Well-Coordinated Services"]
    assert (row["Open today"], row["Findings that stand"], row["New findings in the year"]) == ("1", "1", "1")
    unfold(app, "capp_findings_CAPP-I3")
    assert "Rooms are locked" in [link.label for link in app.get("page_link")]
    unfold(app, "capp_barriers_none")
    assert "Not placed yet" in [head.value for head in app.header]


def test_a_review_ends_with_one_press_and_only_then_is_taken_again(app_as: Open, cast: Cast) -> None:
    number = in_county(lambda session: planned(session, cast.coordinator, interviews=3).id)
    app = app_as(cast.coordinator, "reviews", review=number)
    assert "Take this review again" not in labels(app)
    button(app, "It ended today").click().run()
    kept = only(SystemReview)
    assert (kept["ended_on"], kept["interviews"]) == (in_county(today), 3)
    assert "Ended, contributors still to be told" in text_of(app) + str([b.proto for b in app.get("markdown")])
    assert {"Take this review again"} <= labels(app)
    assert "It ended today" not in labels(app)


def test_a_placed_finding_is_placed_anew_and_a_category_taken_away(app_as: Open, cast: Cast) -> None:
    def make(session: Session) -> tuple[int, int]:
        review = planned(session, cast.coordinator)
        found = find(session, cast.coordinator, review, "Letters", category="RC4", issue="CAPP-I3")
        return review.id or 0, found.id or 0

    number, finding = in_county(make)
    app = opened(app_as(cast.coordinator, "reviews", review=number), "review_finding", finding)
    app.selectbox(key=f"mend_review_finding_{finding}_category").set_value("")
    button(app, "Save").click().run()
    kept = only(ReviewFinding)
    assert (kept["category"], kept["category_version"], kept["issue"]) == ("", "", "CAPP-I3")


def test_what_a_form_does_not_ask_stays_as_it_was(app_as: Open, cast: Cast) -> None:
    def make(session: Session) -> tuple[int, int, int]:
        first = planned(session, cast.coordinator)
        letters = find(session, cast.coordinator, first, "Letters")
        again = plan_review(session, cast.leadership, ReviewDraft(question=QUESTION, again_of=first.id))
        same = {"earlier_id": letters.id, "compared": Compared.SAME}
        found = find(session, cast.leadership, again, "Letters still", **same)
        told(session, cast.tribal_liaison, first, "Council", partner_id=tribe(session, cast))
        again.recorded_by = cast.coordinator.user_id  # whose author may not see the one before any more
        first.recorded_by = cast.leadership.user_id
        return again.id or 0, found.id or 0, letters.id or 0

    again, found, letters = in_county(make)
    app = opened(app_as(cast.coordinator, "reviews", review=again), "review_finding", found)
    app.text_area(key=f"mend_review_finding_{found}_words").set_value("Letters still wait")
    button(app, "Save").click().run()
    with db.reading() as session:
        kept = session.exec(select(ReviewFinding).where(ReviewFinding.id == found)).one()
        assert (kept.words, kept.earlier_id, kept.compared) == ("Letters still wait", letters, Compared.SAME)
