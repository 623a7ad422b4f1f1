"""The Import page: from a file to its result, what waits after imports, as each kind of user sees it."""

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from erp.importing.fields import KINDS
from erp.models.changes import Change
from erp.models.commitments import Commitment
from erp.models.partners import Partner, PartnerName
from erp.vocabulary import Door, PartnerKind
from tests.conftest import Cast
from tests.services.county_imports import bring, stored
from tests.ui.conftest import tables

Open = Callable[..., AppTest]

ROSTER = b"Organization,Kind (as listed),Seat\nCedar House,CBO,1\nHeron Circle,Members,\n,CBO,3\n"


def text_of(app: AppTest) -> str:
    parts = [*app.markdown, *app.caption, *app.header, *app.success, *app.error, *app.warning]
    return "\n".join(part.value.replace("\\", "") for part in parts)


def button(app: AppTest, label: str) -> Any:
    return next(one for one in app.button if label in one.label)


def with_file(app: AppTest, data: bytes, name: str = "roster.csv") -> AppTest:
    app.file_uploader[0].set_value((name, data, "text/csv"))
    return app.run()


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def pick(app: AppTest, label: str) -> Any:
    return next(box for box in app.selectbox if box.label == label)


def test_who_may_not_import_has_no_such_page(app_as: Open, cast: Cast) -> None:
    with pytest.raises(ValueError, match=r"imports\.py"):
        app_as(cast.viewer, "imports")


@pytest.mark.parametrize("role", ["coordinator", "leadership", "tribal_liaison", "community_liaison", "administrator"])
def test_whoever_may_import_is_told_how_to_begin(app_as: Open, cast: Cast, role: str) -> None:
    app = app_as(getattr(cast, role), "imports")
    assert not app.exception
    assert "Choose a file to begin." in text_of(app)
    assert len(app.get("download_button")) == len(KINDS)
    assert not app.header  # nothing waits, and nothing was imported


def test_a_file_is_read_mapped_checked_and_saved(app_as: Open, cast: Cast) -> None:
    app = with_file(app_as(cast.coordinator, "imports"), ROSTER)
    assert "Read as: Organization → **name**, Kind (as listed) → **kind**." in text_of(app)
    assert "Without a place, and kept with their rows: Seat." in text_of(app)
    preview = app.dataframe[0].value
    assert preview[["Row", "Outcome", "name"]].to_numpy().tolist() == [
        ["2", "Fine", "Cedar House"],
        ["3", "Warning", "Heron Circle"],
        ["4", "Rejected", ""],
    ]
    assert button(app, "Save").disabled

    button(app, "Check every row").click().run()
    counted = {"Rows": "3", "Imported": "1", "With a warning": "1", "Rejected": "1", "New": "2"}
    assert metrics(app) == counted
    assert stored(Partner) == []
    rows = tables(app)[0]["Row"].tolist()
    assert rows == ["4 · rejected", "3 · warning", "1 · note"]

    button(app, "Save").click().run()
    assert metrics(app) == counted
    assert "Saved: 2 rows are in, 2 of them new." in text_of(app)
    assert [partner.name for partner in stored(Partner)] == ["Cedar House", "Heron Circle"]
    assert {(change.actor_id, change.door) for change in stored(Change)} == {(cast.coordinator.user_id, Door.IMPORT)}
    labels = {one.label for one in app.get("download_button")}
    assert {"Download the rejected rows to mend", "Download the findings"} <= labels
    assert app.dataframe[-1].value[["File", "Rows", "New"]].to_numpy().tolist() == [["roster.csv", 3, 2]]


def test_a_correction_of_the_map_counts_and_asks_for_a_new_check(app_as: Open, cast: Cast) -> None:
    app = with_file(app_as(cast.coordinator, "imports"), b"Body,Agency\nCedar House,x\n")
    button(app, "Check every row").click().run()
    assert not button(app, "Save").disabled
    pick(app, "Body").select("name")
    app.run()
    assert "The field name was given to two columns" in text_of(app)
    pick(app, "Agency").select("no place – keep with the row")
    app.run()
    assert button(app, "Save").disabled
    button(app, "Check every row").click().run()
    button(app, "Save").click().run()
    (partner,) = stored(Partner)
    assert (partner.name, partner.extras) == ("Cedar House", {"Agency": "x"})


def test_the_address_says_what_kind_of_file_it_is(app_as: Open, cast: Cast) -> None:
    app = with_file(app_as(cast.coordinator, "imports", kind="commitments"), b"What,Due\nsend the list,3/9/2024\n")
    assert "Read as: What → **what**, Due → **due on**." in text_of(app)
    assert app.dataframe[0].value["due on"].tolist() == ["Mar 9, 2024"]
    button(app, "Check every row").click().run()
    assert "month first" in tables(app)[0]["Why, and what to do"].tolist()[0]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "The file is empty."),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "This is a web page, not a table"),
        (b"%PDF-1.7", "is a PDF, not a table"),
        (b"name,Name\nA,B\n", "Two columns have the heading"),
        (b'name,notes\nA,"never closed\nB,x\n', "never closed"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_a_sentence(app_as: Open, cast: Cast, data: bytes, said: str) -> None:
    app = with_file(app_as(cast.coordinator, "imports"), data)
    assert not app.exception
    assert "The file was refused; nothing was saved." in text_of(app)
    assert said in text_of(app)
    assert not any("Check" in one.label for one in app.button)


def test_a_file_without_a_needed_column_says_so_before_it_is_checked(app_as: Open, cast: Cast) -> None:
    app = with_file(app_as(cast.coordinator, "imports"), b"Kind,Notes\nCBO,x\n")
    assert "No column of this file is the name of partners." in text_of(app)
    button(app, "Check every row").click().run()
    assert "The file was refused; nothing was saved." in text_of(app)
    assert button(app, "Save").disabled


def test_an_update_must_be_asked_for(app_as: Open, cast: Cast) -> None:
    bring("partners", "key,name,area\nc1,Cedar House,Alder\n")
    app = with_file(app_as(cast.coordinator, "imports"), b"key,name,area\nc1,Cedar House,Fern Hollow\n")
    button(app, "Check every row").click().run()
    assert metrics(app)["Rejected"] == "1"
    assert "differs" in tables(app)[0]["Why, and what to do"].tolist()[0]
    app.checkbox[0].check().run()
    assert button(app, "Save").disabled
    button(app, "Check every row").click().run()
    button(app, "Save").click().run()
    assert stored(Partner)[0].area == "Fern Hollow"


def test_findings_are_shown_by_what_they_are(app_as: Open, cast: Cast) -> None:
    app = with_file(app_as(cast.coordinator, "imports"), ROSTER)
    button(app, "Check every row").click().run()
    app.get("button_group")[0].set_value(["rejected"]).run()
    assert tables(app)[0]["Row"].tolist() == ["4 · rejected"]


def test_names_are_linked_with_a_suggestion_that_decides_nothing(app_as: Open, cast: Cast) -> None:
    bring("partners", "name\nDepartment of Social Services\nHeron Circle\n")
    bring("commitments", "what,partner\nsend the list,Dept. of Social Services\n")
    app = app_as(cast.coordinator, "imports")
    assert "“Dept. of Social Services” looks like “Department of Social Services”" in text_of(app)
    assert button(app, "Link").disabled
    pick(app, "Partner it belongs to").select(1)
    app.run()
    button(app, "Link").click().run()
    assert "Linked “Dept. of Social Services”." in text_of(app)
    assert stored(Commitment)[0].partner_id == 1
    assert "Names that belong to no partner yet" not in text_of(app)


def test_names_that_came_before_their_roster_are_linked_with_one_click(app_as: Open, cast: Cast) -> None:
    bring("commitments", "what,partner\nsend the list,Cedar House\nname a person,Heron Circle\n")
    bring("partners", "name\nCedar House\nHeron Circle\n")
    app = app_as(cast.coordinator, "imports")
    button(app, "Link the 2 that belong to a partner by now").click().run()
    assert [promise.partner_id for promise in stored(Commitment)] == [1, 2]


def test_look_alikes_lead_to_their_page_and_who_may_not_answer_is_told_who_does(app_as: Open, cast: Cast) -> None:
    bring("partners", "name\nDept. of Social Services\nDepartment of Social Services\n")
    app = app_as(cast.coordinator, "imports")
    assert "one pair of partners looks alike" in text_of(app)
    assert "Say whether they are the same" in [link.label for link in app.get("page_link")]
    app = app_as(cast.administrator, "imports")
    assert "one pair of partners looks alike. A coordinator, a liaison or leadership" in text_of(app)


def test_what_a_tribe_shared_does_not_show_among_the_waiting_names(app_as: Open, cast: Cast) -> None:
    bring("partners", "name,kind\nHeron Bay Tribe,Tribe\n")
    bring("engagements", "purpose,partners\nLand,Heron Bay Tribe; Elders Circle\n", by=cast.tribal_liaison)
    assert "Elders Circle" in "".join(pick(app_as(cast.tribal_liaison, "imports"), "Name from a spreadsheet").options)
    assert "Names that belong to no partner yet" not in text_of(app_as(cast.coordinator, "imports"))


def test_an_import_that_did_not_reach_its_end_is_told(app_as: Open, cast: Cast) -> None:
    def pull_the_plug(_done: int, _rows: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bring("commitments", "what\nsend the list\n", progress=pull_the_plug)
    app = app_as(cast.coordinator, "imports")
    assert "did not reach its end" in text_of(app)


def test_a_countys_text_is_shown_as_text(app_as: Open, cast: Cast) -> None:
    app = with_file(app_as(cast.coordinator, "imports"), b"Organization,**x** <b>y\nCedar,1\n")
    told = next(part.value for part in app.markdown if part.value.startswith("Without a place"))
    assert "\\*\\*x\\*\\* \\<b\\>y" in told


def test_words_that_look_identifying_come_in_only_with_a_reason(app_as: Open, cast: Cast) -> None:
    app = with_file(app_as(cast.coordinator, "imports"), b"name,notes\nCedar House,about case number 12345678\n")
    button(app, "Check every row").click().run()
    assert "could identify a child or a family" in text_of(app)
    button(app, "Save").click().run()
    assert "say above why the marked words may stay" in text_of(app)
    assert stored(Partner) == []
    app.text_input(key="import_kept_because").set_value("A grant's number")
    button(app, "Save").click().run()
    assert [partner.name for partner in stored(Partner)] == ["Cedar House"]
    (file,) = [change for change in stored(Change) if change.record_kind == "import_file"]
    assert file.after["kept_because"] == "A grant's number"


def test_who_may_not_answer_is_told_who_does(app_as: Open, cast: Cast) -> None:
    bring("partners", "name\nChildren's Council\nAlder County Children's Council\n")
    bring("engagements", "held_on,purpose,partners\n2024-05-01,x,Gamma House\n")
    app = app_as(cast.administrator, "imports")
    assert text_of(app).count("A coordinator, a liaison or leadership knows the partners and answers") == 2
    assert not [one for one in app.button if one.label in ("Link", "The same", "Not the same")]


LOG = b"held_on,purpose,partners\n2024-03-05,Seats,Cedar Hse; Heron Ring\n2024-03-06,Budget,Cedar Hse; Moss\n"


def checked_log(app_as: Open, cast: Cast) -> AppTest:
    bring("partners", "name\nCedar House\n", by=cast.coordinator)
    app = with_file(app_as(cast.coordinator, "imports", kind="engagements"), LOG, "log.csv")
    return button(app, "Check every row").click().run()


def test_names_nobody_has_are_matched_added_or_left_one_by_one_before_saving(app_as: Open, cast: Cast) -> None:
    app = checked_log(app_as, cast)
    assert "3 names, of which 3 are open." in text_of(app)
    assert pick(app, "It is this partner").value == 1, "what it looks like is offered"
    button(app, "Match").click().run()
    pick(app, "Or a new partner of this kind").set_value(PartnerKind.LIVED_EXPERIENCE).run()
    button(app, "Add as a new partner").click().run()
    button(app, "Leave it unlinked").click().run()
    assert tables(app)[0].to_numpy().tolist() == [
        ["Cedar Hse", "Cedar House"],
        ["Heron Ring", "a new partner (lived-experience group)"],
        ["Moss", "left unlinked"],
    ]
    assert [partner.name for partner in stored(Partner)] == ["Cedar House"], "nothing is saved before the file is"
    button(app, "Save").click().run()
    assert "Saved: 2 rows are in" in text_of(app)
    assert [partner.name for partner in stored(Partner)] == ["Cedar House", "Heron Ring"]
    assert {name.name for name in stored(PartnerName)} == {"Cedar Hse"}


def test_what_was_said_of_names_is_said_anew(app_as: Open, cast: Cast) -> None:
    app = button(checked_log(app_as, cast), "Match").click().run()
    button(app, "Say it anew").click().run()
    assert "3 names, of which 3 are open." in text_of(app)


def test_who_may_not_change_partners_is_not_asked_about_names(app_as: Open, cast: Cast) -> None:
    app = with_file(app_as(cast.administrator, "imports", kind="engagements"), LOG, "log.csv")
    app = button(app, "Check every row").click().run()
    assert "Names that no partner has" not in [header.value for header in app.header]


def test_an_import_shows_what_was_found_and_is_undone_on_its_page(app_as: Open, cast: Cast) -> None:
    bring("engagements", LOG, by=cast.coordinator, name="log.csv")
    app = app_as(cast.coordinator, "imports")
    pick(app, "Look at one of them").set_value(1).run()
    assert "Found in it: 4." in text_of(app)
    assert "“Cedar Hse”" in tables(app)[-1].to_string()
    button(app, "Undo this import").click().run()
    assert "The import is undone: 2 records." in text_of(app)
    assert "Undone on" in text_of(app)
    assert app.dataframe[0].value["Undone"].iloc[0] != ""


def test_what_hinders_an_undo_is_said_in_place_of_the_button(app_as: Open, cast: Cast) -> None:
    bring("partners", "name\nCedar House\n", by=cast.coordinator)
    bring("commitments", "what,partner\ncall,Cedar House\n", by=cast.coordinator)
    app = app_as(cast.coordinator, "imports")
    pick(app, "Look at one of them").set_value(1).run()
    assert "ties by now: row 2." in text_of(app)
    assert not [each for each in app.button if each.label == "Undo this import"]


def test_a_heading_read_as_in_an_earlier_file_says_so(app_as: Open, cast: Cast) -> None:
    bring("partners", "Circle\nHeron Ring\n", by=cast.coordinator, told={"Circle": "name"})
    app = with_file(app_as(cast.coordinator, "imports"), b"Circle\nReed Ring\n")
    assert pick(app, "Circle (as in an earlier file)").value == "name"
