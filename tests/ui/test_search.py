"""The search field on every page, and its results, as each role sees them."""

from collections.abc import Callable
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from erp import db
from erp.access import Actor
from erp.queries.search import COUNTED, FIRST
from erp.services.commitments import CommitmentDraft, make_commitment
from erp.services.contacts import ContactDraft, add_contact
from erp.services.engagements import EngagementDraft, PartnerAt, log_engagement
from erp.services.partners import PartnerDraft, add_partner, archive_partner
from erp.ui.navigation import PAGES
from erp.vocabulary import PartnerKind
from tests.conftest import Cast
from tests.ui.conftest import prose, unfold

OpenApp = Callable[..., AppTest]
DAY = date(2026, 3, 5)


def add(actor: Actor, name: str, kind: PartnerKind = PartnerKind.OTHER, **more: object) -> int:
    with db.writing() as session:
        return add_partner(session, actor, PartnerDraft.of(name=name, kind=kind, **more)).id or 0


def meet(actor: Actor, partner_id: int, purpose: str, **more: object) -> int:
    values = {"held_on": DAY, "purpose": purpose, "partners": (PartnerAt(partner_id=partner_id),)} | more
    with db.writing() as session:
        return log_engagement(session, actor, EngagementDraft.of(**values)).id or 0


def links(app: AppTest) -> dict[str, str]:
    """Return label → what stands in the address of where it leads."""
    return {link.proto.label.strip("*"): link.proto.query_string for link in app.get("page_link")}


@pytest.mark.parametrize("name", [entry.name for entry in PAGES])
def test_the_field_is_on_every_page(app_as: OpenApp, cast: Cast, name: str) -> None:
    actor = next(actor for actor in cast if all(actor.may(*e.needs) for e in PAGES if e.name == name and e.needs))
    app = app_as(actor, None if name == "today" else name)
    assert app.text_input(key="find_q").label == "Search everything"


def test_typing_finds_what_was_saved_just_now_and_emptying_the_field_brings_the_page_back(
    app_as: OpenApp, cast: Cast
) -> None:
    app = app_as(cast.viewer, "partners")
    fern = add(cast.coordinator, "Fern House", former_names=("Old Mill",), area="Quillmere")
    met = meet(cast.coordinator, fern, "Van for deliveries", facts="The mill lends its van.")
    app.text_input(key="find_q").set_value(" old mlll ").run()
    assert app.title[0].value == "Search"
    assert app.query_params["q"] == "old mlll"
    assert links(app)["Fern House"] == f"partner={fern}"
    assert links(app)["Van for deliveries"] == f"engagement={met}"
    assert "Nothing is spelt old mlll. Spelt alike: 1 partner, 1 engagement." in prose(app)
    assert "Old Mill (former name) · Other · Quillmere" in prose(app)
    app.text_input(key="find_q").set_value("").run()
    assert app.title[0].value == "Partners"
    assert "q" not in app.query_params


def test_a_link_with_words_opens_the_results_and_says_where_they_stand(app_as: OpenApp, cast: Cast) -> None:
    fern = add(cast.coordinator, "Fern House")
    meet(cast.coordinator, fern, "Planning", facts="We agreed that the van, lent monthly, goes on.")
    app = app_as(cast.viewer, "health", q="van")
    assert app.text_input(key="find_q").value == "van"
    assert "Found: 1 engagement." in prose(app)
    assert "We agreed that the van, lent monthly, goes on." in prose(app)


def test_nothing_found_says_what_to_try(app_as: OpenApp, cast: Cast) -> None:
    app = app_as(cast.viewer, "partners", q="zzz")
    assert any("Nothing that you may see says “zzz”." in text.value for text in app.markdown)
    assert not app.get("page_link")


def test_what_was_looked_for_in_vain_is_shown_as_it_was_typed_and_not_at_any_length(
    app_as: OpenApp, cast: Cast
) -> None:
    app = app_as(cast.viewer, "partners", q="**zzz** [here](https://x.example) \u202eabc")
    said = " ".join(text.value for text in app.markdown)
    assert r"\*\*zzz\*\* \[here\](https" in said
    assert "\u202e" not in said
    long = app_as(cast.viewer, "partners", q="z" * 3000)
    assert max(len(text.value) for text in long.markdown) < 400


def test_of_a_tribes_records_nothing_shows_to_who_may_not_see_them(app_as: OpenApp, cast: Cast) -> None:
    tribe = add(cast.leadership, "Example Nation", PartnerKind.TRIBAL_GOVERNMENT)
    meet(cast.tribal_liaison, tribe, "Smokehouse repairs")
    for actor in (cast.coordinator, cast.community_liaison, cast.administrator, cast.viewer):
        for words in ("smokehouse", "smokehuse", "nation"):
            assert "Smokehouse repairs" not in links(app_as(actor, "partners", q=words)), (actor.name, words)
    for actor in (cast.tribal_liaison, cast.leadership):
        assert "Smokehouse repairs" in links(app_as(actor, "partners", q="smokehuse"))


def test_more_people_than_are_shown_unfold_and_more_promises_lead_to_their_list(app_as: OpenApp, cast: Cast) -> None:
    fern = add(cast.coordinator, "Fern House")
    with db.writing() as session:
        for n in range(FIRST + 2):
            add_contact(session, cast.coordinator, ContactDraft(partner_id=fern, name=f"Ana {n}", may_be_named=True))
        for n in range(COUNTED + 2):
            make_commitment(session, cast.coordinator, CommitmentDraft(what=f"Anaphora {n}", partner_id=fern))
    app = app_as(cast.viewer, "partners", q="ana")
    assert f"Found: {FIRST + 2} people, over {COUNTED} promises." in prose(app)
    assert links(app)[f"All over {COUNTED} promises"] == "promise_words=ana&state=all"
    assert len([label for label in links(app) if label.startswith("Ana ")]) == FIRST
    everybody = {label for label in links(unfold(app, "found_contact_wanted")) if label.startswith("Ana ")}
    assert len(everybody) == FIRST + 2
    assert links(app)["Ana 0"] == f"partner={fern}&section=People+and+ties"


def test_the_way_to_a_record_of_the_page_one_is_on_is_a_button(app_as: OpenApp, cast: Cast) -> None:
    fern, lark = add(cast.coordinator, "Fern House"), add(cast.coordinator, "Lark House")
    app = app_as(cast.viewer, "partner", partner=fern, q="lark")
    app.button(key=f"way_partner_{lark}").click().run()
    assert app.title[0].value == "Lark House"
    assert app.query_params == {"partner": str(lark)}
    assert app.text_input(key="find_q").value == ""


def test_what_people_typed_stays_text_in_the_results(app_as: OpenApp, cast: Cast) -> None:
    fern = add(cast.coordinator, "<b>Fern</b> [House](https://x.example)")
    meet(cast.coordinator, fern, "# Planning <script>", facts="a <i>van</i> **here**")
    app = app_as(cast.viewer, "partners", q="van")
    drawn = " ".join(part.proto.body for part in app.get("html"))
    assert "<i>" not in drawn
    assert "&lt;i&gt;" in drawn
    assert r"\# Planning \<script\>" in links(app)


def test_an_archived_partner_is_marked(app_as: OpenApp, cast: Cast) -> None:
    fern = add(cast.coordinator, "Fern House")
    with db.writing() as session:
        archive_partner(session, cast.leadership, fern, 1, "closed")
    assert links(app_as(cast.viewer, "partners", q="fern")) == {"Fern House (archived)": f"partner={fern}"}
