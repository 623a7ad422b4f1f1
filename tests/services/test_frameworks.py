"""Versions of the frameworks: prepared entry by entry, put in force from a day, given up; old tags keep theirs."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlmodel import Session, col, select

from erp import db
from erp.access import Actor
from erp.errors import Conflict, Invalid, NotAllowed, NotFound
from erp.frameworks import BEHAVIORS, TOPICS, Entry, Frameworks, as_shipped, load_frameworks
from erp.models.changes import Change
from erp.models.engagements import BehaviorTag
from erp.models.frameworks import FrameworkEdition
from erp.queries import frameworks as framework_queries
from erp.queries.behaviors import ANY_KIND, behavior_coverage, behavior_evidence
from erp.queries.county import today
from erp.queries.engagement_detail import engagement_detail
from erp.queries.framework_versions import framework_versions
from erp.queries.frameworks import Prepared, frameworks_now, frameworks_of, prepared_version
from erp.services import frameworks as framework_services
from erp.services.engagements import BehaviorShown, EngagementDraft, PartnerAt, change_engagement, log_engagement
from erp.services.frameworks import EntryDraft, give_up_version, keep_shipped, prepare_entry, put_in_force
from erp.services.partners import PartnerDraft, add_partner
from erp.vocabulary import PartnerKind
from tests.conftest import Cast
from tests.services.county_imports import bring, stored

SHIPPED = as_shipped()
SEEK = SHIPPED.entry(BEHAVIORS, "LB7")
READ = EntryDraft(
    label="Ask for feedback",
    description="Ask partners often, and say what became of it.",
    group=SEEK.group or "",
    sections=SEEK.sections,
    source="CPM brochure 2026, page 4",
    verified=True,
)


def prepare(session: Session, actor: Actor, draft: EntryDraft = READ, opened: Entry | None = SEEK) -> Prepared:
    prepare_entry(session, actor, BEHAVIORS, opened, draft)
    return now_prepared(session, actor)


def now_prepared(session: Session, actor: Actor) -> Prepared:
    prepared = prepared_version(session, actor, BEHAVIORS)
    assert prepared is not None
    return prepared


def in_force(session: Session, actor: Actor, name: str = "County 2027", days: int = 0, **draft: object) -> Frameworks:
    prepared = prepare(session, actor, READ.model_copy(update=draft), frameworks_of(session).entry(BEHAVIORS, "LB7"))
    day = today(session) + timedelta(days=days)
    put_in_force(session, actor, prepared.edition_id, prepared.revision, name, day, "the new brochure")
    return frameworks_of(session)


def meeting(session: Session, cast: Cast, *behaviors: str) -> int:
    draft = PartnerDraft(name=f"Elm House {len(behaviors)}", kind=PartnerKind.SYSTEM_PARTNER)
    partner = add_partner(session, cast.coordinator, draft)
    logged = log_engagement(session, cast.coordinator, tagged(partner.id, *behaviors))
    assert logged.id is not None
    return logged.id


def tagged(partner_id: int | None, *behaviors: str) -> EngagementDraft:
    assert partner_id is not None
    shown = tuple(BehaviorShown(entry_id=each, evidence="we asked") for each in behaviors)
    day = date(2026, 3, 5)
    return EngagementDraft(
        purpose="How it goes", held_on=day, partners=(PartnerAt(partner_id=partner_id),), behaviors=shown
    )


def versions_of(session: Session, engagement_id: int) -> dict[str, str]:
    tags = session.exec(select(BehaviorTag).where(BehaviorTag.engagement_id == engagement_id))
    return {tag.entry_id: tag.framework_version for tag in tags}


def test_what_is_prepared_is_not_in_force(session: Session, cast: Cast) -> None:
    prepared = prepare(session, cast.leadership)
    assert prepared.framework.by_id["LB7"].label == "Ask for feedback"
    assert prepared.begun_from == SHIPPED.framework(BEHAVIORS)
    assert frameworks_of(session) == SHIPPED
    assert framework_versions(session, cast.leadership, BEHAVIORS)["Version"].tolist() == [
        SHIPPED.framework(BEHAVIORS).version
    ]


def test_a_version_is_in_force_from_its_day(session: Session, cast: Cast) -> None:
    known = in_force(session, cast.leadership)
    assert known.framework(BEHAVIORS).version == "County 2027"
    assert known.entry(BEHAVIORS, "LB7").verified
    assert known.framework(TOPICS) == SHIPPED.framework(TOPICS)
    listed = framework_versions(session, cast.coordinator, BEHAVIORS).to_dict("records")
    assert [row["Put in force by"] for row in listed] == ["", "Lena Leader"]
    assert listed[1]["Why"] == "the new brochure"
    assert prepared_version(session, cast.leadership, BEHAVIORS) is None


def test_a_version_to_come_is_listed_and_not_yet_in_force(session: Session, cast: Cast) -> None:
    known = in_force(session, cast.leadership, days=30)
    assert known.framework(BEHAVIORS) == SHIPPED.framework(BEHAVIORS)
    assert [held.version for held in known.versions[BEHAVIORS]][-1] == "County 2027"
    engagement_id = meeting(session, cast, "LB7")
    assert versions_of(session, engagement_id) == {"LB7": SHIPPED.framework(BEHAVIORS).version}


def test_old_tags_keep_their_version_also_when_the_engagement_is_changed(session: Session, cast: Cast) -> None:
    engagement_id = meeting(session, cast, "LB7")
    in_force(session, cast.leadership)
    before = engagement_detail(session, cast.coordinator, engagement_id)
    partner_id = before.partners[0].partner_id
    change_engagement(session, cast.coordinator, engagement_id, before.version, tagged(partner_id, "LB7", "LB1"))
    shipped = SHIPPED.framework(BEHAVIORS).version
    assert versions_of(session, engagement_id) == {"LB7": shipped, "LB1": "County 2027"}
    shown = engagement_detail(session, cast.coordinator, engagement_id).behaviors
    known = frameworks_now(session, cast.coordinator)
    assert [known.label(BEHAVIORS, each.entry_id, each.version) for each in shown] == [
        "1 · Open, honest, clear, respectful",
        f"7 · Seek feedback (unverified) – as in version “{shipped}”",
    ]


def test_a_retired_behavior_keeps_its_evidence_and_takes_no_new_heading(session: Session, cast: Cast) -> None:
    engagement_id = meeting(session, cast, "LB7")
    known = in_force(session, cast.leadership, retired=True)
    assert "LB7" not in [each.id for each in known.pick_list()]
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    counts = behavior_coverage(session, cast.coordinator, first, last)
    assert counts[counts["kind"] == ANY_KIND]["entry_id"].tolist() == ["LB7"]
    evidence = behavior_evidence(session, cast.coordinator, "LB7", ANY_KIND, first, last)
    assert evidence[["engagement_id", "shown_version"]].to_numpy().tolist() == [
        [engagement_id, SHIPPED.framework(BEHAVIORS).version]
    ]


def test_an_added_letter_counts_to_its_heading(session: Session, cast: Cast) -> None:
    prepared = prepare(session, cast.leadership, READ.model_copy(update={"parent": "LB7"}), None)
    assert prepared.framework.by_id["LB7a"].parent == "LB7"
    day = today(session)
    put_in_force(session, cast.leadership, prepared.edition_id, prepared.revision, "County 1", day, "")
    meeting(session, cast, "LB7a")
    counts = behavior_coverage(session, cast.coordinator, date(2026, 1, 1), date(2026, 12, 31))
    assert set(counts["entry_id"]) == {"LB7"}


@pytest.mark.usefixtures("database")
def test_an_import_reads_labels_of_the_version_in_force(cast: Cast) -> None:
    with db.writing() as session:
        in_force(session, cast.leadership)
    bring("engagements", "purpose,partners,held_on,behaviors\nAt the mill,Elm House,2026-03-05,Ask for feedback\n")
    (tag,) = stored(BehaviorTag)
    assert (tag.entry_id, tag.framework_version) == ("LB7", "County 2027")


def test_two_people_prepare_two_entries_of_one_version(session: Session, cast: Cast) -> None:
    prepare(session, cast.leadership)
    care = SHIPPED.entry(BEHAVIORS, "LB5")
    prepared = prepare(session, cast.administrator, EntryDraft(label="Show care", description="x"), care)
    assert (prepared.framework.by_id["LB7"].label, prepared.framework.by_id["LB5"].label) == (
        "Ask for feedback",
        "Show care",
    )
    assert prepared.revision == 2


def test_the_second_of_two_people_on_one_entry_is_told(session: Session, cast: Cast) -> None:
    prepare(session, cast.leadership)
    with pytest.raises(Conflict, match="Somebody changed this entry"):
        prepare(session, cast.administrator, READ.model_copy(update={"label": "Seek it out"}))
    assert now_prepared(session, cast.leadership).framework.by_id["LB7"].label == "Ask for feedback"


def test_a_version_put_in_force_meanwhile_is_not_changed_any_more(session: Session, cast: Cast) -> None:
    prepared = prepare(session, cast.leadership)
    number, revision = prepared.edition_id, prepared.revision
    put_in_force(session, cast.leadership, number, revision, "County 1", today(session), "")
    with pytest.raises(Conflict, match="put this version in force, or gave it up"):
        put_in_force(session, cast.administrator, number, revision, "County 2", today(session), "")
    with pytest.raises(Conflict, match="put this version in force, or gave it up"):
        give_up_version(session, cast.administrator, number, revision, "not needed")


def test_somebody_who_prepared_more_meanwhile_is_not_put_in_force_unseen(session: Session, cast: Cast) -> None:
    opened = prepare(session, cast.leadership)
    prepare(session, cast.administrator, EntryDraft(label="Show care"), SHIPPED.entry(BEHAVIORS, "LB5"))
    with pytest.raises(Conflict):
        put_in_force(session, cast.leadership, opened.edition_id, opened.revision, "County 1", today(session), "")


def test_verified_needs_its_own_source_and_words(session: Session, cast: Cast) -> None:
    for update, said in (
        ({"source": ""}, "Say where it was read"),
        ({"source": SEEK.source}, "Say where it was read"),
        ({"description": ""}, "own words"),
    ):
        with pytest.raises(Invalid, match=said):
            prepare(session, cast.leadership, READ.model_copy(update=update))


@pytest.mark.parametrize(
    ("opened", "update", "said"),
    [
        (SEEK, {"sections": ("S9",)}, "“S9” is not a section"),
        (SHIPPED.entry(BEHAVIORS, "LB1"), {"parent": "LB2"}, "stays a heading"),
        (SHIPPED.entry(BEHAVIORS, "LB1"), {"retired": True}, "Retire LB1a, LB1b, LB1c, LB1d first"),
        (SEEK, {"parent": "LB7"}, "cannot stand under itself"),
        (SEEK, {"parent": "LB1a"}, "its parent “LB1a”"),
    ],
)
def test_a_list_that_would_not_hold_together_is_refused(
    session: Session, cast: Cast, opened: Entry, update: dict[str, object], said: str
) -> None:
    with pytest.raises(Invalid, match=said):
        prepare(session, cast.leadership, READ.model_copy(update=update), opened)


def test_nothing_changed_prepares_nothing(session: Session, cast: Cast) -> None:
    same = EntryDraft(
        label=SEEK.label,
        description=SEEK.description,
        group=SEEK.group or "",
        sections=SEEK.sections,
        source=SEEK.source,
    )
    with pytest.raises(Invalid, match="Nothing differs"):
        prepare(session, cast.leadership, same)
    assert session.exec(select(FrameworkEdition)).all() == []


def test_an_entry_changed_back_leaves_a_version_that_differs_in_nothing(session: Session, cast: Cast) -> None:
    prepared = prepare(session, cast.leadership)
    back = EntryDraft(**{name: getattr(SEEK, name) for name in ("label", "description", "group", "source", "sections")})
    prepared = prepare(session, cast.leadership, back, prepared.framework.by_id["LB7"])
    with pytest.raises(Invalid, match="Nothing differs from the version before"):
        put_in_force(session, cast.leadership, prepared.edition_id, prepared.revision, "C", today(session), "")


@pytest.mark.parametrize(
    ("name", "days", "said"),
    [
        (" ", 0, "Name the version"),
        ("county 2026", 0, "is a version “county 2026” already"),
        ("County 2027", -5, "Choose that day or a later one"),
        ("County 2027", 400, "within a year"),
    ],
)
def test_a_name_and_a_day_that_do_not_fit_are_refused(
    session: Session, cast: Cast, name: str, days: int, said: str
) -> None:
    in_force(session, cast.leadership, "County 2026")
    prepared = prepare(session, cast.leadership, EntryDraft(label="Show care"), SHIPPED.entry(BEHAVIORS, "LB5"))
    day = today(session) + timedelta(days=days)
    with pytest.raises(Invalid, match=said):
        put_in_force(session, cast.leadership, prepared.edition_id, prepared.revision, name, day, "")


def test_a_version_given_up_stays_as_a_record_and_the_next_begins_afresh(session: Session, cast: Cast) -> None:
    prepared = prepare(session, cast.leadership)
    with pytest.raises(Invalid, match="Say why"):
        give_up_version(session, cast.leadership, prepared.edition_id, prepared.revision, " ")
    give_up_version(session, cast.leadership, prepared.edition_id, prepared.revision, "the brochure is a draft")
    assert prepared_version(session, cast.leadership, BEHAVIORS) is None
    (row,) = session.exec(select(FrameworkEdition)).all()
    assert (row.note, row.given_up_at is not None) == ("the brochure is a draft", True)
    again = prepare(session, cast.leadership, EntryDraft(label="Show care"), SHIPPED.entry(BEHAVIORS, "LB5"))
    assert again.framework.by_id["LB7"] == SEEK


def test_only_who_may_change_settings_prepares(session: Session, cast: Cast) -> None:
    prepared = prepare(session, cast.administrator)
    for actor in (cast.coordinator, cast.tribal_liaison, cast.community_liaison, cast.viewer):
        with pytest.raises(NotAllowed):
            prepare_entry(session, actor, BEHAVIORS, SEEK, READ)
        with pytest.raises(NotAllowed):
            prepared_version(session, actor, BEHAVIORS)
        with pytest.raises(NotAllowed):
            put_in_force(session, actor, prepared.edition_id, prepared.revision, "C", today(session), "")
        with pytest.raises(NotAllowed):
            give_up_version(session, actor, prepared.edition_id, prepared.revision, "no")
    with pytest.raises(NotAllowed):
        framework_versions(session, cast.viewer, BEHAVIORS)
    assert frameworks_now(session, cast.viewer) == SHIPPED


def test_what_was_changed_is_in_the_history(session: Session, cast: Cast) -> None:
    in_force(session, cast.leadership)
    told = session.exec(select(Change).where(col(Change.verb).contains("framework")).order_by(col(Change.id))).all()
    assert [change.verb for change in told] == ["prepare framework entry", "put framework in force"]
    before, after = told[0].before or {}, told[0].after or {}
    assert (before["label"], after["label"], after["entry"]) == ("Seek feedback", "Ask for feedback", "LB7")
    assert "owners" not in after  # only what differs
    assert (told[1].after or {})["edition"] == "County 2027"


def test_a_framework_nobody_has_is_not_found(session: Session, cast: Cast) -> None:
    with pytest.raises(NotFound):
        frameworks_of(session).framework("house_rules")
    with pytest.raises(NotFound):
        put_in_force(session, cast.leadership, 99, 1, "C", today(session), "")


def test_words_of_an_earlier_release_stay_with_the_tags_made_under_it(session: Session, cast: Cast) -> None:
    keep_shipped(session)
    keep_shipped(session)  # at every start
    rows = session.exec(select(FrameworkEdition)).all()
    assert len(rows) == len(SHIPPED.in_force)
    (behaviors,) = (row for row in rows if row.framework == BEHAVIORS)
    assert frameworks_of(session) == SHIPPED  # what the files hold is not listed twice
    behaviors.edition = "release 1"  # as if the files were of a later release
    behaviors.entries = [entry | {"label": "Ask"} if entry["id"] == "LB7" else entry for entry in behaviors.entries]
    session.flush()
    known = frameworks_of(session)
    assert known.framework(BEHAVIORS) == SHIPPED.framework(BEHAVIORS)
    assert known.label(BEHAVIORS, "LB7", "release 1") == "7 · Ask (unverified) – as in version “release 1”"


def test_a_kept_entry_reads_as_it_was_written(session: Session, cast: Cast) -> None:
    known = in_force(session, cast.leadership)
    shipped = SHIPPED.framework(BEHAVIORS).by_id
    kept = {held.id: held for held in known.framework(BEHAVIORS).entries if held.id != "LB7"}
    assert kept == {name: held for name, held in shipped.items() if name != "LB7"}
    assert known.entry(BEHAVIORS, "LB7") == replace(SEEK, **READ.model_dump() | {"parent": None})


def release(patch: pytest.MonkeyPatch, session: Session, framework_id: str, version: str, **words: object) -> None:
    """Let another release of the program come, whose first entry reads otherwise."""
    files = dict(load_frameworks())
    first, *others = files[framework_id].entries
    entries = (replace(first, **words), *others)  # pyright: ignore[reportArgumentType]
    files[framework_id] = replace(files[framework_id], version=version, entries=entries)
    for module in (framework_queries, framework_services):
        patch.setattr(module, "load_frameworks", lambda: files)
    keep_shipped(session)
    session.flush()


def test_a_county_without_a_version_of_its_own_begins_from_the_present_release(
    session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_shipped(session)
    for version in ("release 2", "release 3"):
        release(monkeypatch, session, BEHAVIORS, version, label=f"Corrected by {version}")
    known = frameworks_of(session)
    assert [held.version for held in known.versions[BEHAVIORS]][1:] == ["release 2", "release 3"]
    assert known.newest(BEHAVIORS).version == "release 3"
    first = known.newest(BEHAVIORS).entries[0]
    begun = prepare(session, cast.leadership)
    assert begun.begun_from.version == "release 3"
    put_in_force(session, cast.leadership, begun.edition_id, begun.revision, "County 2027", today(session), "")
    assert frameworks_of(session).entry(BEHAVIORS, first.id).label == "Corrected by release 3"


def test_what_a_version_began_from_stays_when_a_release_comes_meanwhile(
    session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_shipped(session)
    before = prepare(session, cast.leadership).begun_from
    release(monkeypatch, session, BEHAVIORS, "release 2", label="Corrected")
    assert now_prepared(session, cast.leadership).begun_from.entries == before.entries


def test_an_earlier_release_keeps_its_words_though_another_framework_has_a_version_of_that_name(
    session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = SHIPPED.framework("cpm_values")
    assert sum(each.version == shared.version for each in SHIPPED.in_force.values()) > 1
    keep_shipped(session)
    release(monkeypatch, session, "cpm_values", "another reading", label="New words")
    first = shared.entries[0]
    assert (
        frameworks_of(session).label("cpm_values", first.id, shared.version).startswith(f"{first.id} · {first.label}")
    )


def test_a_tag_under_a_countys_version_keeps_its_words_when_a_release_has_that_name(
    session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_shipped(session)
    in_force(session, cast.leadership, "Brochure 2026")
    release(monkeypatch, session, BEHAVIORS, "Brochure 2026", label="Of the release")
    assert frameworks_of(session).label(BEHAVIORS, "LB7", "Brochure 2026") == "7 · Ask for feedback"


EVER = date(2000, 1, 1), date(2100, 1, 1)


def changed(entry_id: str, **words: object) -> tuple[Entry, EntryDraft]:
    held = SHIPPED.entry(BEHAVIORS, entry_id)
    same = {name: getattr(held, name) for name in ("label", "description", "source", "sections", "verified")}
    draft = EntryDraft.model_validate({**same, "group": held.group or "", "parent": held.parent or "", **words})
    return held, draft


def put(session: Session, actor: Actor, entry: Entry | None, draft: EntryDraft, name: str, days: int = 0) -> None:
    begun = prepare(session, actor, draft, entry)
    day = today(session) + timedelta(days=days)
    put_in_force(session, actor, begun.edition_id, begun.revision, name, day, "")


def test_a_letter_that_was_made_to_stand_alone_counts_by_itself(session: Session, cast: Cast) -> None:
    meeting(session, cast, "LB1a")
    put(session, cast.leadership, *changed("LB1a", parent=""), "C1")
    assert behavior_coverage(session, cast.coordinator, *EVER)["entry_id"].unique().tolist() == ["LB1a"]


def test_a_heading_of_a_version_to_come_counts_nothing_today(session: Session, cast: Cast) -> None:
    meeting(session, cast, "LB7")
    put(session, cast.leadership, *changed("LB7", parent="LB1"), "Next year", days=300)
    assert behavior_coverage(session, cast.coordinator, *EVER)["entry_id"].unique().tolist() == ["LB7"]
    assert "LB7" not in frameworks_of(session).heading_of(BEHAVIORS)


@pytest.mark.parametrize(
    ("name", "said"),
    [("being prepared, 1", "already"), ("Being prepared again", "already"), ("x" * 61, "61 letters")],
)
def test_a_name_that_cannot_be_kept_is_refused(session: Session, cast: Cast, name: str, said: str) -> None:
    begun = prepare(session, cast.leadership)
    give_up_version(session, cast.leadership, begun.edition_id, begun.revision, "no")
    begun = prepare(session, cast.leadership)
    with pytest.raises(Invalid, match=said):
        put_in_force(session, cast.leadership, begun.edition_id, begun.revision, name, today(session), "")


def test_nothing_new_stands_under_a_retired_heading(session: Session, cast: Cast) -> None:
    in_force(session, cast.leadership, retired=True)
    with pytest.raises(Invalid, match="LB7 is retired"):
        prepare(session, cast.leadership, EntryDraft(label="Below", parent="LB7"), None)


def test_an_id_that_an_earlier_release_had_is_not_given_again(
    session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_shipped(session)
    first = SHIPPED.framework("cpm_values").entries[0]
    release(monkeypatch, session, "cpm_values", "release 2", id="V0")
    newest = frameworks_of(session).newest("cpm_values")
    assert first.id not in newest.by_id
    edition = prepare_entry(session, cast.leadership, "cpm_values", None, EntryDraft(label="Own"))
    assert edition.entries[-1]["id"] not in SHIPPED.framework("cpm_values").by_id


def test_words_mean_the_entry_in_use_and_old_words_the_one_they_were_of(session: Session, cast: Cast) -> None:
    prepare(session, cast.leadership, READ.model_copy(update={"label": SEEK.label, "retired": True}))
    put(session, cast.leadership, None, READ.model_copy(update={"label": SEEK.label}), "C1")
    found = frameworks_of(session).find_entry(BEHAVIORS, SEEK.label)
    assert found is not None
    assert (found.id, found.retired) == ("LB17", False)
    put(session, cast.leadership, found, READ, "C2", days=1)
    later = replace(frameworks_of(session), in_force={BEHAVIORS: frameworks_of(session).newest(BEHAVIORS)})
    assert later.find_entry(BEHAVIORS, READ.label) == later.entry(BEHAVIORS, "LB17")
    assert later.find_entry(BEHAVIORS, "words nobody wrote") is None


def test_what_only_a_version_to_come_has_is_not_tagged_today(session: Session, cast: Cast) -> None:
    put(session, cast.leadership, None, READ, "Next year", days=300)
    with pytest.raises(Invalid, match="LB17 is not in the version in force"):
        meeting(session, cast, "LB17")
