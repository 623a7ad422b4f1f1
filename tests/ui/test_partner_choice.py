"""The filter by partner in a large county: those met last are listed, whoever else is typed is looked for."""

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from erp import db
from erp.queries import choices
from erp.services.commitments import CommitmentDraft, make_commitment
from erp.services.partners import PartnerDraft, add_partner
from erp.vocabulary import PartnerKind
from tests.conftest import Cast, make_findable

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
