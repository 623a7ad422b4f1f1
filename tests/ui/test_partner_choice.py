"""Choosing a partner in a large county: those met last are listed, in filters and forms; others are looked for."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import select
from streamlit.testing.v1 import AppTest

from erp import db
from erp.models.commitments import Commitment
from erp.queries import choices
from erp.services.commitments import CommitmentDraft, make_commitment
from erp.services.contacts import ContactDraft, add_contact
from erp.services.partners import PartnerDraft, add_partner
from erp.vocabulary import PartnerKind
from tests.conftest import Cast, make_findable
from tests.ui.conftest import keyed, unfold

Open = Callable[..., AppTest]
NAMES = ("Lark Clinic", "Lark House", "211 Line", "Elm School")


@pytest.fixture
def county(database: object, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Four partners with a promise each, of which a pick list is sent none: nobody was met yet."""
    monkeypatch.setattr(choices, "MOST_OFFERED", 3)
    ids: dict[str, int] = {}
    with db.writing() as session:
        for name in NAMES:
            draft = PartnerDraft(name=name, kind=PartnerKind.SYSTEM_PARTNER)
            ids[name] = add_partner(session, cast.coordinator, draft).id or 0
            promise = CommitmentDraft(what=f"Owed to {name}", partner_id=ids[name])
            make_commitment(session, cast.coordinator, promise)
        make_findable(session)
    return ids


def typed(app: AppTest, words: str) -> AppTest:
    box = field(app)
    box.options.append(words)  # the test's stand-in knows no typing: what the browser sends is the same text
    return box.set_value(words).run()


def field(app: AppTest) -> Any:
    return next(box for box in app.selectbox if box.label == "Partner")


def shown(app: AppTest) -> set[str]:
    cards = [words.value for words in app.markdown]
    return {name for name in NAMES if f"**Owed to {name}**" in cards}


def test_a_name_typed_in_full_or_in_part_is_found(app_as: Open, cast: Cast, county: dict[str, int]) -> None:
    app = app_as(cast.coordinator, "promises")
    assert shown(app) == set(NAMES)
    assert len(field(app).options) == 1  # "All partners": nobody was met yet
    typed(app, "elm school")
    assert shown(app) == {"Elm School"}
    assert app.query_params["partner"] == str(county["Elm School"])
    assert field(app).value == str(county["Elm School"])


def test_a_name_of_several_is_asked_about(app_as: Open, cast: Cast, county: dict[str, int]) -> None:
    app = typed(app_as(cast.coordinator, "promises"), "Lark")
    assert shown(app) == set(NAMES)
    which = next(pills for pills in app.get("button_group") if "Which is" in pills.label)
    which.set_value(str(county["Lark House"])).run()
    assert shown(app) == {"Lark House"}
    assert not [pills for pills in app.get("button_group") if "Which is" in pills.label]


def test_a_name_that_only_is_spelt_alike_is_asked_about_and_one_nobody_has_is_said(
    app_as: Open, cast: Cast, county: dict[str, int]
) -> None:
    app = typed(app_as(cast.coordinator, "promises"), "Elm Scool")
    assert [pills.label for pills in app.get("button_group") if "Which is" in pills.label] == ["Which is “Elm Scool”?"]
    typed(app, "Nobody Anywhere")
    assert "No partner is called “Nobody Anywhere”." in [caption.value for caption in app.caption]
    assert shown(app) == set(NAMES)


def test_a_number_is_a_name_and_no_id(app_as: Open, cast: Cast, county: dict[str, int]) -> None:
    assert shown(typed(app_as(cast.coordinator, "promises"), "211")) == {"211 Line"}


def test_a_link_chooses_a_partner_that_is_not_listed(app_as: Open, cast: Cast, county: dict[str, int]) -> None:
    app = app_as(cast.coordinator, "promises", partner=county["Elm School"])
    assert shown(app) == {"Elm School"}
    assert shown(app_as(cast.coordinator, "promises", partner=999)) == set(NAMES)


def typed_into_form(app: AppTest, form: str, words: str) -> AppTest:
    box = app.selectbox(key=keyed(app, form, "partner_id"))
    box.options.append(words)
    return box.set_value(words).run()


def test_a_form_takes_whoever_is_typed_and_says_where_that_is_not_clear(
    app_as: Open, cast: Cast, county: dict[str, int]
) -> None:
    app = unfold(app_as(cast.coordinator, "promises"), "promise_add")
    typed_into_form(app, "promise_new", "Lark")
    said = [caption.value for caption in app.caption]
    assert "“Lark” may be Lark Clinic; Lark House. Type the name of the one you mean." in said
    typed_into_form(app, "promise_new", "Nobody Anywhere")
    assert "No partner is called “Nobody Anywhere”." in [caption.value for caption in app.caption]
    typed_into_form(app, "promise_new", "elm school")
    assert app.selectbox(key=keyed(app, "promise_new", "partner_id")).value == county["Elm School"]
    assert not [caption for caption in app.caption if "is called" in caption.value]
    app.text_area(key=keyed(app, "promise_new", "what")).set_value("Find a room")
    next(button for button in app.button if button.label == "Save").click().run()
    assert not app.exception
    with db.reading() as session:
        saved = session.exec(select(Commitment).where(Commitment.what == "Find a room")).one()
    assert saved.partner_id == county["Elm School"]


def test_the_people_of_whoever_is_typed_are_offered(app_as: Open, cast: Cast, county: dict[str, int]) -> None:
    with db.writing() as session:
        person = ContactDraft(partner_id=county["211 Line"], name="Sam Reed", role="Operator")
        add_contact(session, cast.coordinator, person)
    app = unfold(app_as(cast.coordinator, "feedback"), "feedback_add")
    typed_into_form(app, "feedback_new", "211")
    assert app.selectbox(key=keyed(app, "feedback_new", "partner_id")).value == county["211 Line"]
    assert "Sam Reed · Operator" in app.selectbox(key=keyed(app, "feedback_new", "contact_id")).options


def test_a_form_opened_from_a_partners_page_has_that_partner_though_it_is_not_listed(
    app_as: Open, cast: Cast, county: dict[str, int]
) -> None:
    app = unfold(app_as(cast.coordinator, "promises", partner=county["Elm School"]), "promise_add")
    assert app.selectbox(key=keyed(app, "promise_new", "partner_id")).value == county["Elm School"]
