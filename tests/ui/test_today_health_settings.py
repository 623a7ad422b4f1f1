"""Today, Health and Settings as each role sees them."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from erp import db
from erp.health.formula import DIMENSIONS
from erp.queries.county import today
from erp.queries.health import formula_in_force, standing_by_month
from erp.services.commitments import CommitmentDraft, make_commitment
from erp.services.county_settings import change_health_formula
from erp.services.engagements import EngagementDraft, PartnerAt, log_engagement
from erp.services.feedback import FeedbackDraft, receive_feedback
from erp.services.partners import PartnerDraft, add_partner, change_partner
from erp.ui import health_overview
from erp.vocabulary import EngagementStatus, PartnerKind, PartnerStatus
from tests.conftest import Cast
from tests.ui.conftest import prose, tables, unfold

Open = Callable[..., AppTest]


def words(app: AppTest) -> str:
    shown = [element.value for kind in (app.markdown, app.caption, app.header, app.info) for element in kind]
    return "\n".join([prose(app), *shown, *_links(app)])


def _links(app: AppTest) -> list[str]:
    return [element.proto.label for element in app.get("page_link")]


@pytest.fixture
def county(database: object, cast: Cast) -> dict[str, int]:
    """Give the county a clinic with an overdue promise and late feedback, and a Tribe with the same."""
    with db.writing() as session:
        this_day = today(session)
        ids = {}
        for name, kind in (("Lark Clinic", PartnerKind.SYSTEM_PARTNER), ("A Tribe", PartnerKind.TRIBAL_GOVERNMENT)):
            partner = add_partner(session, cast.leadership, PartnerDraft(name=name, kind=kind)).id or 0
            ids[name] = partner
            at = (PartnerAt(partner_id=partner),)
            long_ago = EngagementDraft(held_on=this_day - timedelta(days=200), purpose=f"With {name}", partners=at)
            log_engagement(session, cast.leadership, long_ago)
            soon = this_day + timedelta(days=5)
            planned = EngagementDraft(
                status=EngagementStatus.PLANNED, held_on=soon, purpose=f"Next {name}", partners=at
            )
            log_engagement(session, cast.leadership, planned)
            late = this_day - timedelta(days=60)
            make_commitment(
                session, cast.leadership, CommitmentDraft(what=f"Owed {name}", partner_id=partner, due_on=late)
            )
            receive_feedback(
                session, cast.leadership, FeedbackDraft(words=f"Said {name}", partner_id=partner, received_on=late)
            )
    return ids


def test_an_empty_county_is_told_how_to_begin(app_as: Open, cast: Cast) -> None:
    app = app_as(cast.coordinator)
    assert "Nothing needs you today" in words(app)
    assert not app.exception


def test_today_shows_what_is_due_late_and_coming(app_as: Open, cast: Cast, county: dict[str, int]) -> None:
    shown = words(app_as(cast.leadership))
    for expected in ("Owed Lark Clinic", "Said Lark Clinic", "Owed A Tribe", "Next A Tribe", "Promises overdue\n2"):
        assert expected in shown


def test_what_waits_to_be_recorded_hides_nothing_to_come_and_links_count_what_they_open(
    app_as: Open, cast: Cast, county: dict[str, int]
) -> None:
    with db.writing() as session:
        day = today(session)
        for past in range(1, 41):
            held_on = day - timedelta(days=past)
            planned = EngagementDraft(
                status=EngagementStatus.PLANNED,
                held_on=held_on,
                purpose=f"Past {past}",
                partners=(PartnerAt(partner_id=county["Lark Clinic"]),),
            )
            log_engagement(session, cast.leadership, planned)
    shown = words(app_as(cast.leadership))
    for expected in ("Next A Tribe", "Next Lark Clinic", "Past 1", "All that wait to be recorded (40)"):
        assert expected in shown
    assert "Past 4" not in shown
    until = (day - timedelta(days=1)).isoformat()
    listed = words(app_as(cast.leadership, "engagements", status="planned", until=until))
    assert "40 engagements" in listed
    app = app_as(cast.coordinator)
    assert "Past 1" in words(app)
    app.toggle(key="mine").set_value(True).run()
    assert "Past 1" not in words(app)
    assert "Next Lark Clinic" not in words(app)


def test_a_partnership_that_ended_is_not_past_its_cadence(app_as: Open, cast: Cast, county: dict[str, int]) -> None:
    ended = PartnerDraft(
        name="Lark Clinic", kind=PartnerKind.SYSTEM_PARTNER, status=PartnerStatus.ENDED, status_reason="closed"
    )
    assert "Partners past their cadence\n2" in words(app_as(cast.leadership))
    with db.writing() as session:
        change_partner(session, cast.leadership, county["Lark Clinic"], 1, ended)
    assert "Partners past their cadence\n1" in words(app_as(cast.leadership))


def test_history_is_drawn_under_any_version_of_the_formula(app_as: Open, cast: Cast, county: dict[str, int]) -> None:
    app = app_as(cast.leadership, "health")
    assert "Health formula" not in [box.label for box in app.selectbox]  # there is only one
    with db.writing() as session:
        weights = dict.fromkeys(DIMENSIONS, 20.0)
        bands = {"strong": 80.0, "steady": 60.0, "strained": 40.0}
        change_health_formula(session, cast.leadership, "h1", weights, dict.fromkeys(DIMENSIONS, 1), bands, 30)
    app = app_as(cast.leadership, "health", formula="h1")
    assert "Drawn as if version h1 had always been in force; h1.1 is." in words(app)
    partner_page = app_as(cast.leadership, "partner", partner=county["Lark Clinic"], formula="h1")
    assert not partner_page.exception
    assert "Drawn as if version h1 had always been in force; h1.1 is." in words(partner_page)


def test_today_counts_and_lists_only_what_one_may_see(app_as: Open, cast: Cast, county: dict[str, int]) -> None:
    for actor in (cast.coordinator, cast.community_liaison, cast.viewer, cast.administrator):
        shown = words(app_as(actor))
        assert "Promises overdue\n1" in shown
        assert "Feedback past its target\n1" in shown
        assert "Partners past their cadence\n1" in shown
        for hidden in ("Owed A Tribe", "Said A Tribe", "Next A Tribe"):
            assert hidden not in shown


def test_health_has_an_empty_state(app_as: Open, cast: Cast) -> None:
    app = app_as(cast.leadership, "health")
    assert "There are no figures yet." in words(app)


def test_health_shows_a_takeaway_and_the_same_numbers(app_as: Open, cast: Cast, county: dict[str, int]) -> None:
    app = app_as(cast.leadership, "health")
    assert not app.exception
    assert "0 of 1 partnerships are strong or steady; for 1 there is not enough evidence" in words(app)
    assert len(app.get("vega_lite_chart")) == 1
    grid = "".join(element.proto.body for element in app.get("html"))
    assert '<th scope="row">Lark Clinic</th><td class="not_enough" title="Not enough evidence">–</td>' in grid
    assert "A Tribe" not in grid  # unscored until it agrees
    assert "Download this grid as CSV" in [button.label for button in app.get("download_button")]
    assert [link.label for link in app.get("page_link") if link.label.startswith("Why")] == ["Why: Lark Clinic"]


def test_the_grid_comes_as_a_table_with_the_n_of_each_standing(
    cast: Cast, county: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    with db.reading() as session:
        figures = standing_by_month(session, cast.leadership, 13)
        monkeypatch.setattr(health_overview, "standing", lambda *_asked: figures)
        rows = health_overview.grid(session, cast.leadership, (), 13, "", "name", 1).rows
    assert rows.columns.tolist() == ["Partner", "Month", "Standing", "Dimensions (n of 5)", "Band"]
    assert len(rows) == 13


def test_the_choices_of_the_health_page_are_folded_until_wanted_or_in_the_address(
    app_as: Open, cast: Cast, county: dict[str, int]
) -> None:
    app = app_as(cast.leadership, "health")
    assert not app.multiselect
    app = unfold(app, "health_choices")
    app.multiselect(key="health_kinds").set_value([PartnerKind.OTHER.value]).run()
    assert "There are no figures of these kinds of partner that you may see." in words(app)
    again = app_as(cast.leadership, "health", order="name")
    assert again.selectbox(key="health_order").value == "name"


def test_what_stands_in_the_address_of_the_health_page_is_chosen_and_what_is_no_choice_is_passed_over(
    app_as: Open, cast: Cast, county: dict[str, int]
) -> None:
    app = app_as(cast.leadership, "health", kinds="system_partner,community_organization,none", months="25")
    assert app.multiselect(key="health_kinds").value == ["community_organization", "system_partner"]
    assert app.query_params["kinds"] == "community_organization,system_partner"
    assert app.session_state["health_months"] == "25"
    told = "Only partners of these kinds: Community organization, System partner."
    assert told in [caption.value for caption in app.caption]
    app = app_as(cast.leadership, "health", kinds="none", months="99", order="sideways")
    assert not app.exception
    assert app.multiselect(key="health_kinds").value == []
    assert app.session_state["health_months"] == "13"
    assert not {"kinds", "months", "order"} & set(app.query_params)


def test_only_leadership_and_administrators_get_the_forms_of_settings(app_as: Open, cast: Cast) -> None:
    for actor in cast:
        if actor is cast.viewer:
            with pytest.raises(ValueError, match="Could not find"):
                app_as(actor, "settings")
            continue
        app = app_as(actor, "settings", part="Targets")
        assert not app.exception
        may = actor in (cast.leadership, cast.administrator)
        assert bool(app.number_input) is may


def test_a_new_version_of_the_formula_is_made_on_the_settings_page(app_as: Open, cast: Cast) -> None:
    app = app_as(cast.leadership, "settings", part="Health formula")
    app.number_input(key="formula_target").set_value(30)
    app.button[0].click().run()
    assert not app.exception
    with db.reading() as session:
        formula = formula_in_force(session)
    assert (formula.version, formula.target_days) == ("h1.1", 30)


def test_weights_that_do_not_add_up_are_refused_and_stay_in_the_form(app_as: Open, cast: Cast) -> None:
    app = app_as(cast.leadership, "settings", part="Health formula")
    app.number_input(key="weight_trust").set_value(50.0)
    app.button[0].click().run()
    assert "add up to 120" in app.error[0].value
    assert app.number_input(key="weight_trust").value == 50.0


def test_a_default_cadence_is_set_from_a_day_on(app_as: Open, cast: Cast) -> None:
    app = app_as(cast.administrator, "settings", part="Cadence")
    app.number_input(key="cadence_days").set_value(30)
    app.date_input(key="cadence_from").set_value(date(2026, 1, 1))
    app.button[0].click().run()
    assert not app.exception
    assert "The default cadence is saved." in [s.value for s in app.success]
    assert "Jan 1, 2026" in tables(app)[0]["From"].tolist()
