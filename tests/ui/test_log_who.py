"""The field for who took part: partners, people and forums by any name, slips, names that are not clear, a state."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from sqlmodel import col, select
from streamlit.testing.v1 import AppTest

from erp import db
from erp.models.engagements import Engagement, EngagementPartner, EngagementPerson
from erp.queries import choices
from erp.services.contacts import ContactDraft, add_contact
from erp.services.engagements import EngagementDraft, PartnerAt, log_engagement
from erp.services.forums import ForumDraft, add_forum
from erp.services.partners import PartnerDraft, add_partner, archive_partner
from erp.vocabulary import PartnerKind
from tests.conftest import Cast
from tests.ui.conftest import field_of

Open = Callable[..., AppTest]


@pytest.fixture
def known(database: object, cast: Cast) -> SimpleNamespace:
    """Fern House, once Old Mill, with Ana Brook (may be named) and a cook (not asked); Lark Clinic; Harvest Table."""
    who = cast.coordinator
    with db.writing() as session:
        kind = PartnerKind.COMMUNITY_ORGANIZATION
        fern = add_partner(session, who, PartnerDraft(name="Fern House", kind=kind, former_names=("Old Mill",))).id
        lark = add_partner(session, who, PartnerDraft(name="Lark Clinic", kind=kind)).id
        named = ContactDraft(partner_id=fern, name="Ana Brook", role="Director", may_be_named=True)
        return SimpleNamespace(
            fern=fern,
            lark=lark,
            ana=add_contact(session, who, named).id,
            cook=add_contact(session, who, ContactDraft(partner_id=fern, name="Bo Quiet", role="Cook")).id,
            table=add_forum(session, cast.leadership, ForumDraft(name="Harvest Table")).id,
        )


def type_in(app: AppTest, *names: object) -> AppTest:
    field = field_of(app, "log_new", "partners")
    return field.set_value([*field.value, *names]).run()


def chosen(app: AppTest, form: str = "log_new") -> tuple[object, object, object]:
    return tuple(app.session_state[f"{form}__{field}"] for field in ("partners", "people", "forum_id"))  # pyright: ignore[reportReturnType]


def pills(app: AppTest, question: str) -> AppTest:
    return next(box for box in app.get("button_group") if box.label == question)


def test_partners_people_and_forums_are_offered_in_one_field(app_as: Open, cast: Cast, known: SimpleNamespace) -> None:
    options = field_of(app_as(cast.coordinator, "log"), "log_new", "partners").options
    assert options == [
        "Fern House (formerly Old Mill)",
        "Lark Clinic",
        "Harvest Table (forum)",
        "Ana Brook, Director – Fern House",
        "Bo Quiet, Cook – Fern House",
    ]


def test_a_person_brings_the_partner_along_and_a_forum_goes_to_its_field(
    app_as: Open, cast: Cast, known: SimpleNamespace
) -> None:
    app = type_in(app_as(cast.coordinator, "log"), f"c{known.ana}", f"f{known.table}", known.lark)
    assert chosen(app) == ([known.lark, known.fern], [known.ana], known.table)
    assert "People: Ana Brook, Director." in [caption.value for caption in app.caption]
    field_of(app, "log_new", "purpose").set_value("Plan")
    next(button for button in app.button if button.label == "Save").click().run()
    with db.reading() as session:
        assert session.exec(select(Engagement.forum_id)).all() == [known.table]
        there = session.exec(select(EngagementPartner.partner_id).order_by(col(EngagementPartner.id))).all()
        assert there == [known.lark, known.fern]
        assert session.exec(select(EngagementPerson.contact_id)).all() == [known.ana]


@pytest.mark.parametrize(
    ("name", "taken_in"),
    [
        ("old mil", "fern"),
        ("FERN HOUSE", "fern"),
        ("ana brook", "ana"),
        ("harvest", "table"),
    ],
)
def test_a_name_that_was_not_offered_is_looked_for(
    app_as: Open, cast: Cast, known: SimpleNamespace, name: str, taken_in: str
) -> None:
    app = type_in(app_as(cast.coordinator, "log"), name)
    expected = {
        "fern": ([known.fern], [], None),
        "ana": ([known.fern], [known.ana], None),
        "table": ([], [], known.table),
    }
    assert chosen(app) == expected[taken_in]


def test_where_several_are_called_so_it_is_asked_which(app_as: Open, cast: Cast, known: SimpleNamespace) -> None:
    with db.writing() as session:
        kind = PartnerKind.COMMUNITY_ORGANIZATION
        other = add_partner(session, cast.coordinator, PartnerDraft(name="Fern Street Clinic", kind=kind)).id
    app = type_in(app_as(cast.coordinator, "log"), known.lark, "fern")
    assert chosen(app)[0] == [known.lark]
    asking = pills(app, "Who is “fern”?")
    called_so = {"Fern House – Community organization", "Fern Street Clinic – Community organization"}
    assert set(asking.options[:-1]) == called_so
    assert asking.options[-1] == "None of these"
    app = asking.set_value(f"p{other}").run()
    assert chosen(app)[0] == [known.lark, other]
    assert not [box for box in app.get("button_group") if box.label.startswith("Who is")]


def test_who_is_only_spelt_alike_is_asked_about_and_not_lost_by_saving(
    app_as: Open, cast: Cast, known: SimpleNamespace
) -> None:
    app = type_in(app_as(cast.coordinator, "log"), known.lark, "Fern Hose")
    assert chosen(app)[0] == [known.lark]
    field_of(app, "log_new", "purpose").set_value("Plan")
    next(button for button in app.button if button.label == "Save").click().run()
    assert any("Say who is meant by “Fern Hose”" in error.value for error in app.error)
    app = pills(app, "Who is “Fern Hose”?").set_value(f"p{known.fern}").run()
    assert chosen(app)[0] == [known.lark, known.fern]


def test_none_of_these_chooses_nobody(app_as: Open, cast: Cast, known: SimpleNamespace) -> None:
    app = type_in(app_as(cast.coordinator, "log"), "house clinic")
    assert chosen(app)[0] == []
    assert any("Nobody here is called “house clinic”" in info.value for info in app.info)
    next(button for button in app.button if button.label == "Save").click().run()
    assert any("Say who is meant by “house clinic”, or leave it out." in error.value for error in app.error)
    app = next(button for button in app.button if button.label == "Leave out “house clinic”").click().run()
    assert not app.info


def test_nobody_is_named_to_who_may_not_read_the_name(app_as: Open, cast: Cast, known: SimpleNamespace) -> None:
    with db.reading() as session:
        offered = choices.form_choices(session, cast.viewer).offered
    assert offered[f"c{known.cook}"] == "Cook – Fern House"
    assert "Bo Quiet" not in str(dict(offered))


def test_an_archived_partner_is_neither_offered_nor_found(app_as: Open, cast: Cast, known: SimpleNamespace) -> None:
    with db.writing() as session:
        archive_partner(session, cast.leadership, known.fern, 1, "closed")
    for name in ("old mill", "ana brook"):
        assert chosen(type_in(app_as(cast.coordinator, "log"), name)) == ([], [], None)
    app = app_as(cast.coordinator, "log")
    assert "Old Mill" not in str(field_of(app, "log_new", "partners").options)


def test_in_a_state_those_met_last_are_offered_and_the_others_are_found(
    app_as: Open, cast: Cast, known: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choices, "MOST_OFFERED", 1)
    with db.writing() as session:
        at = (PartnerAt(partner_id=known.lark),)
        log_engagement(
            session, cast.coordinator, EngagementDraft(held_on=None, purpose="x", when_words="y", partners=at)
        )
    app = app_as(cast.coordinator, "log")
    assert field_of(app, "log_new", "partners").options == ["Lark Clinic", "Harvest Table (forum)"]
    app = type_in(app, "ana brook")
    assert chosen(app) == ([known.fern], [known.ana], None)
    assert "Fern House (formerly Old Mill)" in field_of(app, "log_new", "partners").options
