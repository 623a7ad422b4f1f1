"""The frameworks say what their documents say, mark what nobody verified, and refuse a file that is wrong."""

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from erp.errors import Invalid, NotFound
from erp.framework_differences import differences
from erp.frameworks import (
    BEHAVIORS,
    SHIPPED,
    TOPICS,
    Entry,
    Framework,
    Frameworks,
    as_shipped,
    display_label,
    load_frameworks,
    next_id,
    with_entry,
)

KNOWN = as_shipped()
entry, find_entry = KNOWN.entry, KNOWN.find_entry
erp_topics, leadership_behaviors, pick_list = KNOWN.erp_topics, KNOWN.leadership_behaviors, KNOWN.pick_list

# How many entries each document has, and how many of them were read in the document itself.
COUNTS = {
    "cpm_values": (11, 11),
    "cpm_casework_components": (6, 6),
    "cpm_practice_elements": (6, 6),
    "cpm_practice_behaviors": (13, 13),
    "cpm_leadership_behaviors": (16 + 11, 4 + 11),
    "erp_sections": (5, 3),
    "erp_topics": (14, 13),
    "erp_partner_roles": (7, 7),
    "capp_practices": (4 + 23, 4),
    "capp_systemic_issues": (4, 4),
    "partnership_plan": (20, 20),
    "review_categories": (8, 0),
}

# The county's provisional table of behaviors and ERP sections, written a second time.
SECTIONS_OF_BEHAVIORS = {
    "LB1": "12345",
    "LB2": "12345",
    "LB7": "235",
    "LB8": "123",
    "LB9": "34",
    "LB10": "12",
    "LB11": "234",
    "LB12": "14",
    "LB13": "25",
    "LB14": "45",
    "LB15": "25",
    "LB16": "45",
}


def entries() -> list[Entry]:
    return [held for framework in load_frameworks().values() for held in framework.entries]


def ids(framework_id: str) -> list[str]:
    return [held.id for held in load_frameworks()[framework_id].entries]


# --- What is shipped --------------------------------------------------------------------------------------


def test_every_framework_is_there_with_its_entries_and_its_verified_ones():
    shipped = {
        key: (len(framework.entries), sum(held.verified for held in framework.entries))
        for key, framework in load_frameworks().items()
    }
    assert shipped == COUNTS


def test_every_framework_names_its_document_its_version_and_what_it_is():
    for framework in load_frameworks().values():
        assert min(len(framework.title), len(framework.version), len(framework.source)) > 5
        assert framework.about.endswith(".")


def test_ids_follow_the_documents_order_and_stay_stable():
    assert ids("cpm_values") == [f"V{n}" for n in range(1, 12)]
    assert ids("cpm_casework_components") == [f"CC{n}" for n in range(1, 7)]
    assert ids("cpm_practice_elements") == [f"PE{n}" for n in range(1, 7)]
    assert " ".join(ids("cpm_practice_behaviors")) == (
        "PB-F1 PB-F2 PB-E1 PB-E2 PB-E3 PB-E4 PB-A1 PB-T1 PB-T2 PB-T3 PB-T4 PB-S1 PB-X1"
    )
    assert " ".join(ids("cpm_leadership_behaviors")) == (
        "LB1 LB1a LB1b LB1c LB1d LB2 LB2a LB2b LB3 LB3a LB3b LB3c LB3d LB4 LB4a "
        "LB5 LB6 LB7 LB8 LB9 LB10 LB11 LB12 LB13 LB14 LB15 LB16"
    )
    assert ids("erp_sections") == ["S1", "S2", "S3", "S4", "S5"]
    assert ids("erp_topics") == [f"T{n}" for n in range(1, 15)]
    assert ids("erp_partner_roles") == [f"R{n}" for n in range(1, 8)]
    assert ids("capp_systemic_issues") == [f"CAPP-I{n}" for n in range(1, 5)]
    assert " ".join(ids("partnership_plan")) == ("A1 A2 A3 A4 A5 B1 B2 B3 B4 B5 B6 B7 B8 C1 C2 C3 D1 D2 D3 D4")


def test_no_id_belongs_to_two_frameworks():
    all_ids = [held.id for held in entries()]
    assert len(all_ids) == len(set(all_ids))


def test_every_entry_is_described_in_one_sentence_unless_nobody_has_seen_its_text():
    unseen = {held.id for held in entries() if not held.description}
    blanks = {f"{practice}{n}" for practice, many in CAPP_BEHAVIORS.items() for n in range(1, many + 1)}
    assert unseen == blanks | {"T14"}
    for held in entries():
        if held.description:
            assert held.description.endswith("."), held.id
            assert held.description.count(".") == 1, held.id
            assert len(held.description) < 170, held.id


def test_spelling_is_american():
    for held in entries():
        words = f"{held.label} {held.description}".lower()
        assert not any(british in words for british in ("behaviour", "honour", "recognis", "organis", "programme"))


def test_labels_within_a_framework_differ_as_people_see_them():
    for framework in load_frameworks().values():
        shown = [display_label(held) for held in framework.entries]
        assert len(shown) == len(set(shown)), framework.id


# --- What is certain and what is not ----------------------------------------------------------------------


def test_the_behaviors_from_memory_are_marked_and_the_ones_read_are_not():
    unverified = [behavior.id for behavior in leadership_behaviors() if not behavior.verified]
    assert unverified == [f"LB{n}" for n in range(5, 17)]


def test_sections_four_and_five_carry_working_labels():
    shown = [display_label(section) for section in load_frameworks()["erp_sections"].entries]
    assert shown == [
        "Pre-Work",
        "Early Engagement",
        "Barrier Busting",
        "Partners in implementation (working label)",
        "Feedback and continuous improvement (working label)",
    ]


def test_an_unverified_behavior_says_so():
    assert display_label(entry("cpm_leadership_behaviors", "LB7")) == "Seek feedback (unverified)"
    assert display_label(entry("cpm_leadership_behaviors", "LB1c")) == "Deference to Tribal leadership"


def test_the_last_topic_says_that_its_title_is_cut_off():
    assert display_label(erp_topics()[-1]) == "Title cut off: “Recognize and Join…” (unverified)"


CAPP_BEHAVIORS = {"EE": 5, "PF": 6, "CS": 7, "HT": 5}


@pytest.mark.parametrize(("practice", "many"), CAPP_BEHAVIORS.items())
def test_capp_behaviors_are_blanks_under_their_practice(practice: str, many: int):
    under = [held for held in load_frameworks()["capp_practices"].entries if held.parent == f"CAPP-{practice}"]
    assert [held.id for held in under] == [f"{practice}{n}" for n in range(1, many + 1)]
    assert {(held.label, held.verified) for held in under} == {("not yet verified", False)}
    assert display_label(under[0]) == f"{practice}1 (not yet verified)"


def test_what_we_named_ourselves_names_us_as_its_source():
    assert entry("erp_sections", "S4").source.startswith("Ours")
    assert entry("erp_sections", "S1").source == load_frameworks()["erp_sections"].source


# --- How the entries hang together ------------------------------------------------------------------------


def test_topics_belong_to_the_section_whose_name_they_carry():
    numbers = [topic.sections for topic in erp_topics()]
    assert numbers == [("S1",)] * 5 + [("S2",)] * 5 + [("S3",)] * 4
    for topic in erp_topics():
        assert topic.group == entry("erp_sections", topic.sections[0]).label


def test_behaviors_support_sections_by_the_county_default_which_says_what_it_is():
    table = {held.id: held.sections for held in leadership_behaviors() if held.sections}
    assert table == {key: tuple(f"S{n}" for n in digits) for key, digits in SECTIONS_OF_BEHAVIORS.items()}
    about = load_frameworks()["cpm_leadership_behaviors"].about
    assert "county default, not the toolkit's table" in about


def test_lettered_behaviors_stand_under_their_number():
    for behavior in leadership_behaviors():
        if behavior.parent:
            assert behavior.id[:-1] == behavior.parent
            assert behavior.group == entry("cpm_leadership_behaviors", behavior.parent).group


def test_practice_behaviors_keep_their_six_groups():
    groups = [held.group for held in load_frameworks()["cpm_practice_behaviors"].entries]
    assert [(group, groups.count(group)) for group in dict.fromkeys(groups)] == [
        ("Foundational", 2),
        ("Engagement", 4),
        ("Assessment", 1),
        ("Teaming", 4),
        ("Service Planning and Delivery", 1),
        ("Transition", 1),
    ]


def test_sixteen_commitments_of_the_partnership_plan_are_shared():
    plan = load_frameworks()["partnership_plan"].entries
    alone = {held.id: held.owners[0] for held in plan if len(held.owners) == 1}
    assert alone == {"A4": "agency", "B2": "agency", "B3": "caregiver", "D4": "caregiver"}
    assert {held.id for held in plan if "family" in held.owners} == {"A2", "A3"}
    assert {held.id for held in plan if held.owners[0] == "agency"} == {"A4", "B2", "B4", "B5"}
    groups = [held.group for held in plan]
    assert [groups.count(group) for group in dict.fromkeys(groups)] == [5, 8, 3, 4]


def test_each_systemic_issue_names_the_practice_that_answers_it():
    practices = [held.label for held in load_frameworks()["capp_practices"].entries if held.parent is None]
    assert [issue.group for issue in load_frameworks()["capp_systemic_issues"].entries] == practices


# --- Finding entries --------------------------------------------------------------------------------------


def test_the_pick_list_is_the_sixteen_numbered_behaviors_in_order():
    assert [behavior.id for behavior in pick_list()] == [f"LB{n}" for n in range(1, 17)]


def test_an_unknown_entry_is_refused_with_the_next_step():
    with pytest.raises(NotFound, match="“LB99” is not in CPM leadership behaviors"):
        entry("cpm_leadership_behaviors", "LB99")
    with pytest.raises(NotFound, match="no framework “cpm_wishes”"):
        entry("cpm_wishes", "LB1")
    with pytest.raises(NotFound, match="no framework “cpm_wishes”"):
        find_entry("cpm_wishes", "LB1")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("LB1c", "LB1c"),
        ("  lb 1 C ", "LB1c"),
        ("Deference to Tribal leadership", "LB1c"),
        ("DEFERENCE  TO\u00a0tribal\nleadership", "LB1c"),
        ("Seek feedback", "LB7"),
        ("seek feedback (unverified)", "LB7"),
        ("LB1", "LB1"),
        ("LB10", "LB10"),
    ],
)
def test_words_find_an_entry_by_id_or_label_whatever_their_capitals_and_spaces(words: str, found: str):
    held = find_entry("cpm_leadership_behaviors", words)
    assert held is not None
    assert held.id == found


@pytest.mark.parametrize("words", ["", " ", "feedback", "LB", "LB17", "Engagement"])
def test_words_that_are_no_entry_find_none(words: str):
    assert find_entry("cpm_leadership_behaviors", words) is None


def test_words_that_fit_several_entries_find_none_but_their_ids_do():
    assert find_entry("capp_practices", "not yet verified") is None
    held = find_entry("capp_practices", "ee3")
    assert held == find_entry("capp_practices", "EE3 (not yet verified)")
    assert held is not None


def test_what_a_caller_does_to_the_result_does_not_reach_the_next_one():
    load_frameworks().clear()
    assert set(load_frameworks()) == set(COUNTS)


# --- Files that are wrong ---------------------------------------------------------------------------------

GOOD = """
id = "house_rules"
title = "House rules"
version = "1"
source = "Made up"
about = "For a test."
[[entry]]
id = "H1"
label = "First"
description = "Say hello."
verified = true
[[entry]]
id = "H1a"
label = "Lettered"
description = ""
parent = "H1"
verified = false
"""


def folder_with(folder: Path, text: str) -> Path:
    folder.joinpath("house_rules.toml").write_text(text, encoding="utf-8")
    return folder


def test_a_county_file_is_read_with_the_files_source_where_the_entry_has_none(tmp_path: Path):
    house_rules = load_frameworks(folder_with(tmp_path, GOOD))["house_rules"]
    assert house_rules.entries[1] == Entry(
        framework="house_rules",
        id="H1a",
        label="Lettered",
        description="",
        group=None,
        parent="H1",
        source="Made up",
        verified=False,
        owners=(),
        sections=(),
    )


@pytest.mark.parametrize(
    ("good", "wrong", "sentence"),
    [
        ('version = "1"', 'edition = "1"', "house_rules.toml: the key “edition” is not known"),
        ('version = "1"\n', "", "house_rules.toml: version is missing"),
        ('version = "1"', 'version = ""', "house_rules.toml: version is empty"),
        ('version = "1"', "version = 1", "house_rules.toml: version must be text in quotation marks"),
        ('id = "house_rules"', 'id = "rules"', "differs from the file's name"),
        ('label = "First"', 'lable = "First"', "entry H1: the key “lable” is not known"),
        ('label = "First"\n', "", "entry H1: label is missing"),
        ('id = "H1"\n', "", "entry without id: id is missing"),
        ('id = "H1a"', 'id = "H1"', "the id “H1” is there twice"),
        ('id = "H1a"', 'id = "h1"', "the id “h1” is there twice"),
        ('parent = "H1"', 'parent = "H7"', "entry H1a: its parent “H7” is not an entry of this file"),
        ('parent = "H1"', 'parent = "H1a"', "entry H1a: its parent “H1a” is not an entry of this file"),
        ('"Say hello."', '"  "', "entry H1: a verified entry needs a description"),
        ("verified = true", 'verified = "yes"', "entry H1: verified must be true or false"),
        ("verified = true", 'verified = true\nowners = ["judge"]', "entry H1: “judge” cannot be an owner"),
        ("verified = true", "verified = true\nowners = [1]", "entry H1: owners must list words"),
        ("verified = true", 'verified = true\nowners = ["agency", "agency"]', "owners must list words, each once"),
        ("verified = true", 'verified = true\nsections = "S1"', "entry H1: sections must be a list"),
        ("verified = true", 'verified = true\nsections = ["S9"]', "entry H1: “S9” is not a section"),
        ('label = "First"', 'label = "First', "house_rules.toml cannot be read as TOML"),
    ],
)
def test_a_wrong_file_is_refused_with_the_place_and_the_remedy(tmp_path: Path, good: str, wrong: str, sentence: str):
    assert good in GOOD
    with pytest.raises(Invalid) as refusal:
        load_frameworks(folder_with(tmp_path, GOOD.replace(good, wrong, 1)))
    assert sentence in str(refusal.value)
    assert str(refusal.value).endswith(".")


def test_an_entry_that_is_no_table_is_refused(tmp_path: Path):
    with pytest.raises(Invalid, match=r"house_rules\.toml: entry must be written as \[\[entry\]\]"):
        load_frameworks(folder_with(tmp_path, GOOD.split("[[entry]]", maxsplit=1)[0] + "entry = [3]"))


def test_a_file_that_is_not_text_is_refused(tmp_path: Path):
    tmp_path.joinpath("house_rules.toml").write_bytes(b'id = "\xff"')
    with pytest.raises(Invalid, match=r"house_rules\.toml cannot be read"):
        load_frameworks(tmp_path)


def test_an_empty_folder_is_refused(tmp_path: Path):
    with pytest.raises(Invalid, match="No frameworks were found"):
        load_frameworks(tmp_path)


def test_a_section_named_by_a_behavior_must_stay_in_its_file(tmp_path: Path):
    shutil.copytree(SHIPPED, tmp_path / "frameworks")
    sections = tmp_path / "frameworks" / "erp_sections.toml"
    sections.write_text(sections.read_text(encoding="utf-8").replace('id = "S5"', 'id = "S6"'), encoding="utf-8")
    with pytest.raises(Invalid, match="“S5” is not a section"):
        load_frameworks(tmp_path / "frameworks")


# --- Versions ---------------------------------------------------------------------------------------------


def later(*changed: Entry, version: str = "County 2027") -> Framework:
    """The leadership behaviors as a county changed them."""
    framework = KNOWN.framework(BEHAVIORS)
    for held in changed:
        framework = with_entry(framework, held)
    return replace(framework, version=version, from_on=date(2027, 1, 1))


def beside(newer: Framework) -> Frameworks:
    older = KNOWN.framework(BEHAVIORS)
    return Frameworks({**KNOWN.in_force, BEHAVIORS: newer}, {**KNOWN.versions, BEHAVIORS: (older, newer)})


SEEK = entry(BEHAVIORS, "LB7")
BROCHURE = replace(SEEK, label="Ask for feedback", verified=True, source="Brochure 2026, page 4")


def test_an_old_tag_keeps_the_words_of_its_version_and_says_which():
    known = beside(later(BROCHURE))
    shipped = KNOWN.framework(BEHAVIORS).version
    assert known.label(BEHAVIORS, "LB7") == "7 · Ask for feedback"
    assert known.label(BEHAVIORS, "LB7", "County 2027") == "7 · Ask for feedback"
    assert known.label(BEHAVIORS, "LB7", shipped) == f"7 · Seek feedback (unverified) – as in version “{shipped}”"
    assert known.label(BEHAVIORS, "LB1", shipped) == "1 · Open, honest, clear, respectful"  # reads the same now
    assert known.label(BEHAVIORS, "LB99", shipped) == "LB99 (not in the framework any more)"


def test_a_retired_entry_is_offered_no_more_and_still_found():
    known = beside(later(replace(SEEK, retired=True)))
    assert "LB7" not in [held.id for held in known.pick_list()]
    assert known.entry(BEHAVIORS, "LB7").retired
    assert known.find_entry(BEHAVIORS, "Seek feedback") is not None
    assert known.label(BEHAVIORS, "LB7") == "7 · Seek feedback (retired) (unverified)"


def test_two_versions_differ_entry_by_entry():
    added = replace(SEEK, id="LB7a", parent="LB7", label="Ask twice")
    before, after = KNOWN.framework(BEHAVIORS), later(BROCHURE, added)
    found = {(each.after or each.before).id: each.what for each in differences(before, after)}  # pyright: ignore[reportOptionalMemberAccess]
    assert found == {"LB7": ("label", "source", "verified"), "LB7a": ("added",)}
    assert [each.what for each in differences(after, before)][1] == ("not in it",)
    assert differences(before, before) == []


def test_an_added_entry_stands_behind_those_it_belongs_to():
    listed = [held.id for held in later(replace(SEEK, id="LB1e", parent="LB1")).entries]
    assert listed[listed.index("LB1d") + 1] == "LB1e"
    assert next_id(KNOWN.framework(BEHAVIORS), [], "LB1") == "LB1e"
    assert next_id(KNOWN.framework(BEHAVIORS), [], None) == "LB17"
    assert next_id(KNOWN.framework(TOPICS), [], None) == "T15"
    assert [next_id(framework, [], None) for framework in KNOWN.in_force.values()]  # each list can be added to


def test_an_entry_cannot_stand_under_one_that_is_no_heading():
    with pytest.raises(Invalid, match="its parent “LB1a”"):
        with_entry(KNOWN.framework(BEHAVIORS), replace(SEEK, id="LB1f", parent="LB1a"))


def test_every_heading_that_any_version_had_is_known():
    known = beside(later(replace(entry(BEHAVIORS, "LB1a"), parent="LB2")))
    assert known.heading_of(BEHAVIORS)["LB1a"] == "LB2"
    assert known.heading_of(BEHAVIORS)["LB1b"] == "LB1"
