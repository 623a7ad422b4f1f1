"""Keeping a view of a list under a name: one's own, replaced by its name, bounded, and gone when removed."""

import pytest
from sqlmodel import Session, select

from erp.access import operator
from erp.errors import Invalid, NotAllowed, NotFound
from erp.models.changes import Change
from erp.models.views import SavedView
from erp.queries.views import saved_views
from erp.services import views
from erp.services.views import remove_view, save_view
from tests.conftest import Cast

OVERDUE = {"state": "overdue", "promise_words": "van"}


def test_a_view_is_kept_for_its_owner_and_page_alone(session: Session, cast: Cast) -> None:
    save_view(session, cast.viewer, "promises", "  Vans   overdue ", OVERDUE)
    save_view(session, cast.viewer, "promises", "all vans", {"promise_words": "van"})
    assert [(v.name, v.address) for v in saved_views(session, cast.viewer, "promises")] == [
        ("all vans", {"promise_words": "van"}),
        ("Vans overdue", OVERDUE),
    ]
    assert saved_views(session, cast.viewer, "feedback") == ()
    assert saved_views(session, cast.coordinator, "promises") == ()
    assert session.exec(select(Change)).all() == []


def test_the_same_name_replaces_what_it_stood_for(session: Session, cast: Cast) -> None:
    first = save_view(session, cast.viewer, "promises", "Vans", OVERDUE)
    again = save_view(session, cast.viewer, "promises", "vans", {"state": "kept"})
    assert again.id == first.id
    assert [(v.name, v.address) for v in saved_views(session, cast.viewer, "promises")] == [("vans", {"state": "kept"})]


def test_a_removed_view_is_gone_for_its_owner_and_its_row_stays(session: Session, cast: Cast) -> None:
    number = save_view(session, cast.viewer, "promises", "Vans", OVERDUE).id or 0
    with pytest.raises(NotFound):
        remove_view(session, cast.coordinator, number)
    remove_view(session, cast.viewer, number)
    assert saved_views(session, cast.viewer, "promises") == ()
    assert len(session.exec(select(SavedView)).all()) == 1
    with pytest.raises(NotFound):
        remove_view(session, cast.viewer, number)
    assert save_view(session, cast.viewer, "promises", "Vans", OVERDUE).id != number


@pytest.mark.parametrize(
    ("name", "address", "sentence"),
    [
        ("  ", OVERDUE, "Give the view a name"),
        ("x" * 61, OVERDUE, "Give the view a name"),
        ("Vans", {}, "No filter is set"),
        ("Case number 12-345678, DOB 3/5/2019", OVERDUE, "who somebody is"),
        ("Vans", {"words": "DOB 3/5/2019"}, "who somebody is"),
    ],
)
def test_what_is_no_view_is_refused(
    session: Session, cast: Cast, name: str, address: dict[str, str], sentence: str
) -> None:
    with pytest.raises(Invalid, match=sentence):
        save_view(session, cast.viewer, "promises", name, address)
    assert saved_views(session, cast.viewer, "promises") == ()


def test_there_are_only_so_many_and_the_operator_has_none(
    session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "MOST_VIEWS", 2)
    for name in ("a", "b"):
        save_view(session, cast.viewer, "promises", name, OVERDUE)
    with pytest.raises(Invalid, match="2 views of this list already"):
        save_view(session, cast.viewer, "promises", "c", OVERDUE)
    save_view(session, cast.viewer, "promises", "B", OVERDUE)
    with pytest.raises(NotAllowed):
        save_view(session, operator(), "promises", "a", OVERDUE)
