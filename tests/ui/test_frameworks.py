"""Frameworks in Settings: read by who may read settings, changed as a new version by who may change them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from erp import db
from erp.access import Actor
from erp.frameworks import BEHAVIORS, Entry, as_shipped, load_frameworks
from erp.queries import frameworks as framework_queries
from erp.queries.county import today
from erp.queries.frameworks import frameworks_of, prepared_version
from erp.services.engagements import BehaviorShown, EngagementDraft, PartnerAt, log_engagement
from erp.services.frameworks import EntryDraft, keep_shipped, prepare_entry, put_in_force
from erp.services.partners import PartnerDraft, add_partner
from erp.vocabulary import PartnerKind
from tests.conftest import Cast
from tests.ui.conftest import field_of, prose, unfold

Open = Callable[..., AppTest]
SEEK = as_shipped().entry(BEHAVIORS, "LB7")


def opened(app: AppTest) -> AppTest:
    """Open the leadership behaviors and what prepares a version of them."""
    app.selectbox(key="framework").set_value(BEHAVIORS).run()
    return unfold(app, f"prepare_{BEHAVIORS}")


def choose(app: AppTest, label: str) -> AppTest:
    return next(box for box in app.selectbox if box.label == "Entry").set_value(label).run()


def field(app: AppTest, label: str) -> Any:
    return next(each for kind in (app.text_input, app.text_area, app.checkbox) for each in kind if label in each.label)


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def said(app: AppTest) -> str:
    return "\n".join(each.value for kind in (app.success, app.error, app.markdown) for each in kind) + prose(app)


def field_options(app: AppTest, label: str) -> list[str]:
    return next(box.options for box in app.selectbox if box.label == label)


def prepare(actor: Actor, opened: Entry, draft: EntryDraft) -> None:
    with db.writing() as session:
        prepare_entry(session, actor, BEHAVIORS, opened, draft)


def test_an_unverified_entry_is_verified_with_its_source_and_put_in_force(app_as: Open, cast: Cast) -> None:
    app = opened(app_as(cast.leadership, "settings", part="Frameworks"))
    choose(app, "LB7")
    field(app, "Its name").input("Ask for feedback")
    field(app, "Verified").check()
    press(app, "Put into the version being prepared")
    assert "Say where it was read" in said(app)
    assert field(app, "Its name").value == "Ask for feedback"  # what was typed is still there
    field(app, "Where it was read").input("CPM brochure 2026, page 4")
    press(app, "Put into the version being prepared")
    assert "not in force yet" in said(app)
    assert "Differs: label, source, verified" in prose(app)
    field(app, "Name of the version").input("County 2027")
    press(app, "Put this version in force")
    assert "is in force from" in said(app)
    with db.reading() as session:
        held = frameworks_of(session).entry(BEHAVIORS, "LB7")
    assert (held.label, held.verified, held.source) == ("Ask for feedback", True, "CPM brochure 2026, page 4")
    assert "7 Ask for feedback" in " ".join(prose(app).split())


def test_a_new_entry_gets_the_next_number(app_as: Open, cast: Cast) -> None:
    app = choose(opened(app_as(cast.administrator, "settings", part="Frameworks")), "")
    field(app, "Its name").input("Share power")
    press(app, "Put into the version being prepared")
    with db.reading() as session:
        prepared = prepared_version(session, cast.leadership, BEHAVIORS)
    assert prepared is not None
    assert prepared.framework.entries[-1].id == "LB17"
    assert "added" in prose(app)


def test_the_second_of_two_people_sees_what_the_first_prepared_and_keeps_their_words(app_as: Open, cast: Cast) -> None:
    app = choose(opened(app_as(cast.leadership, "settings", part="Frameworks")), "LB7")
    field(app, "Its name").input("Mine")
    prepare(cast.administrator, SEEK, EntryDraft(label="Theirs", description="x", source=SEEK.source))
    press(app, "Put into the version being prepared")
    assert "Somebody changed this entry" in said(app)
    assert "Somebody changed this entry" in app.toast[0].value  # also beside the button, which stands far below
    assert "Theirs" in prose(app)
    assert field(app, "Its name").value == "Mine"
    press(app, "Put into the version being prepared")
    assert "not in force yet" in said(app)
    with db.reading() as session:
        prepared = prepared_version(session, cast.leadership, BEHAVIORS)
    assert prepared is not None
    assert prepared.framework.by_id["LB7"].label == "Mine"


def test_a_version_is_given_up_with_a_reason(app_as: Open, cast: Cast) -> None:
    prepare(cast.leadership, SEEK, EntryDraft(label="Theirs"))
    app = opened(app_as(cast.leadership, "settings", part="Frameworks"))
    field(app, "Why").input("")
    press(app, "Give it up")
    assert "Say why" in said(app)
    next(each for each in app.text_input if each.label == "Why").input("A draft brochure")
    press(app, "Give it up")
    assert "was given up" in said(app)
    assert "Nothing is prepared" in said(app)


@pytest.mark.parametrize("role", ["coordinator", "tribal_liaison", "community_liaison"])
def test_who_may_not_change_settings_reads_versions_and_prepares_none(app_as: Open, cast: Cast, role: str) -> None:
    prepare(cast.leadership, SEEK, EntryDraft(label="Secretly prepared"))
    app = app_as(getattr(cast, role), "settings", part="Frameworks")
    app.selectbox(key="framework").set_value(BEHAVIORS).run()
    unfold(app, f"versions_{BEHAVIORS}")
    assert "came with the program" in prose(app)
    assert "There is one version so far" in said(app)
    assert not [each for each in app.expander if "Prepare" in each.label]
    assert "Secretly prepared" not in said(app)


def test_an_engagement_shows_what_its_tag_said_when_it_was_tagged(app_as: Open, cast: Cast) -> None:
    with db.writing() as session:
        draft = PartnerDraft(name="Lark Clinic", kind=PartnerKind.SYSTEM_PARTNER)
        partner = add_partner(session, cast.coordinator, draft).id or 0
        logged = log_engagement(
            session,
            cast.coordinator,
            EngagementDraft(
                purpose="How it goes",
                held_on=today(session),
                partners=(PartnerAt(partner_id=partner),),
                behaviors=(BehaviorShown(entry_id="LB7", evidence="we asked"),),
                topics=("T1",),
            ),
        )
        prepare_entry(session, cast.leadership, BEHAVIORS, SEEK, EntryDraft(label="Ask", retired=True))
        prepared = prepared_version(session, cast.leadership, BEHAVIORS)
        assert prepared is not None
        put_in_force(session, cast.leadership, prepared.edition_id, prepared.revision, "C1", today(session), "")
    app = app_as(cast.coordinator, "engagement", engagement=logged.id)
    assert "Seek feedback (unverified) – as in version “undated copy" in said(app)
    behaviors = app_as(cast.coordinator, "behaviors")
    assert "7 · Ask (retired) (unverified)" in prose(unfold(behaviors, "table_behaviors"))
    seen = app_as(cast.coordinator, "behaviors", behavior="LB7")
    assert "we asked" in said(seen)
    engagements = unfold(app_as(cast.coordinator, "engagements"), "engagement_more")
    assert "7 · Ask (retired) (unverified)" in field_options(engagements, "Behavior shown")
    log = app_as(cast.coordinator, "log")
    assert "7 · Ask (retired) (unverified)" not in field_of(log, "log_new", "behaviors").options
    edited = press(app_as(cast.coordinator, "engagement", engagement=logged.id), "Edit")
    assert field_of(edited, f"edit_{logged.id}", "behaviors").value == ["LB7"]


def test_what_nobody_altered_in_the_form_stays_as_somebody_else_left_it(app_as: Open, cast: Cast) -> None:
    app = choose(opened(app_as(cast.leadership, "settings", part="Frameworks")), "LB7")
    field(app, "Group").input("Listening")
    theirs = EntryDraft(label="Theirs", description="Read anew.", source="CPM brochure, page 4", verified=True)
    prepare(cast.administrator, SEEK, theirs.model_copy(update={"sections": SEEK.sections}))
    press(app, "Put into the version being prepared")
    assert "what you changed is laid over theirs" in said(app)
    press(app, "Put into the version being prepared")
    with db.reading() as session:
        prepared = prepared_version(session, cast.leadership, BEHAVIORS)
    assert prepared is not None
    held = prepared.framework.by_id["LB7"]
    assert (held.label, held.group, held.source, held.verified) == ("Theirs", "Listening", theirs.source, True)


def test_a_behavior_of_an_address_stays_a_filter_when_it_comes_to_stand_under_another(app_as: Open, cast: Cast) -> None:
    with db.writing() as session:
        partner = add_partner(session, cast.coordinator, PartnerDraft(name="Lark", kind=PartnerKind.SYSTEM_PARTNER))
        draft = EngagementDraft(
            purpose="One", held_on=today(session), partners=(PartnerAt(partner_id=partner.id or 0),)
        )
        tagged = draft.model_copy(update={"purpose": "Two", "behaviors": (BehaviorShown(entry_id="LB7"),)})
        for each in (draft, tagged):
            log_engagement(session, cast.coordinator, each)
        under = EntryDraft(label=SEEK.label, parent="LB1", sections=SEEK.sections)
        prepare_entry(session, cast.leadership, BEHAVIORS, SEEK, under)
        prepared = prepared_version(session, cast.leadership, BEHAVIORS)
        assert prepared is not None
        put_in_force(session, cast.leadership, prepared.edition_id, prepared.revision, "C1", today(session), "")
    app = app_as(cast.coordinator, "engagements", behavior="LB7")
    assert "1 engagement" in said(app)
    assert "2 engagements" not in said(app)


def test_a_release_that_came_while_a_version_is_prepared_is_told(
    app_as: Open, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    with db.writing() as session:
        keep_shipped(session)
    prepare(cast.leadership, SEEK, EntryDraft(label="Ours"))
    files = dict(load_frameworks())
    files[BEHAVIORS] = replace(files[BEHAVIORS], version="release 2")
    monkeypatch.setattr(framework_queries, "load_frameworks", lambda: files)
    app = opened(app_as(cast.leadership, "settings", part="Frameworks"))
    assert [each.value for each in app.warning if "“release 2”" in each.value]
