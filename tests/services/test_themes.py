"""Themes: the county's list, what feedback is about, and counts that give nobody away."""

from typing import Any

import pytest
from sqlmodel import Session, select

from erp.errors import Conflict, Invalid, NotAllowed, NotFound
from erp.models.themes import FeedbackTheme
from erp.queries.county import today
from erp.queries.themes import FEW, NO_PARTNER, SMALLEST, theme_list, themes_by_kind, themes_by_quarter, themes_of
from erp.services.feedback import void_feedback
from erp.services.feedback_work import mark_duplicate
from erp.services.themes import MOST_THEMES, add_theme, archive_theme, set_themes
from erp.vocabulary import Readers
from tests.conftest import Cast
from tests.services.givers import given, last_change, link_for, partner, tribe


def theme(session: Session, cast: Cast, name: str = "Transport") -> int:
    return add_theme(session, cast.leadership, name).id or 0


def about(
    session: Session, cast: Cast, themes: tuple[int, ...], n: int = 1, link: Any = None, **more: Any
) -> list[Any]:
    items = [given(session, link, **more)[0] for _ in range(n)]
    for item in items:
        set_themes(session, cast.community_liaison, item.id or 0, item.version, themes)
    return items


def this_quarter(session: Session) -> str:
    day = today(session)
    return f"{day.year}-Q{(day.month + 2) // 3}"


def test_one_thing_said_by_several_and_several_things_in_one(session: Session, cast: Cast) -> None:
    bus, hours = theme(session, cast), theme(session, cast, "Hours")
    [first, second] = about(session, cast, (bus,), 2)
    set_themes(session, cast.coordinator, first.id or 0, first.version, (bus, hours))
    assert themes_of(session, cast.viewer, first.id or 0) == {hours: "Hours", bus: "Transport"}
    assert themes_of(session, cast.viewer, second.id or 0) == {bus: "Transport"}
    change = last_change(session)
    assert (change.before, change.after) == ({"themes": [bus], "version": 2}, {"themes": [bus, hours], "version": 3})
    set_themes(session, cast.coordinator, first.id or 0, first.version, ())
    assert themes_of(session, cast.viewer, first.id or 0) == {}
    assert len(session.exec(select(FeedbackTheme)).all()) == 1


def test_small_counts_are_hidden_and_no_total_gives_them_away(session: Session, cast: Cast) -> None:
    bus, hours, rare = (theme(session, cast, name) for name in ("Transport", "Hours", "Rare"))
    link = link_for(session, cast, partner_id=partner(session, cast))
    about(session, cast, (bus,), SMALLEST)
    about(session, cast, (bus,), 2, link)
    about(session, cast, (rare,), 3)
    quarter = this_quarter(session)
    by_quarter = themes_by_quarter(session, cast.viewer).set_index("Theme")
    assert by_quarter[quarter].to_dict() == {"Hours": "–", "Rare": FEW, "Transport": str(SMALLEST + 2)}
    assert by_quarter["Total"].to_dict() == {"Hours": "0", "Rare": FEW, "Transport": str(SMALLEST + 2)}
    by_kind = themes_by_kind(session, cast.viewer).set_index("Theme").loc["Transport"]
    assert (by_kind[NO_PARTNER], by_kind["Community organization"]) == (str(SMALLEST), FEW)
    assert by_kind["Total"] == f"{SMALLEST} and more"
    about(session, cast, (rare,), 1, link)
    assert themes_by_kind(session, cast.viewer).set_index("Theme").loc["Rare", "Total"] == "few"
    assert hours in set(theme_list(session, cast.viewer)["theme_id"])


def test_only_what_one_may_read_and_nothing_twice_is_counted(session: Session, cast: Cast) -> None:
    bus = theme(session, cast)
    quarter = this_quarter(session)
    about(session, cast, (bus,), SMALLEST, readers=Readers.COMMUNITY_LIAISON)
    seen = {actor.name: themes_by_quarter(session, actor)[quarter].tolist() for actor in cast}
    assert seen["Colin Liaison"] == [str(SMALLEST)]
    assert {tuple(cells) for name, cells in seen.items() if name != "Colin Liaison"} == {("–",)}
    items = about(session, cast, (bus,), SMALLEST + 1)
    void_feedback(session, cast.coordinator, items[0].id or 0, items[0].version, "entered twice")
    assert themes_by_quarter(session, cast.viewer)[quarter].tolist() == [str(SMALLEST)]
    mark_duplicate(session, cast.coordinator, items[1].id or 0, items[1].version, items[2].key)
    assert themes_by_quarter(session, cast.viewer)[quarter].tolist() == [FEW]
    shared, _ = given(session, link_for(session, cast, partner_id=tribe(session, cast)))
    set_themes(session, cast.tribal_liaison, shared.id or 0, shared.version, (bus,))
    assert themes_of(session, cast.coordinator, shared.id or 0) == {}
    with pytest.raises(NotFound):
        set_themes(session, cast.coordinator, shared.id or 0, shared.version, ())


def test_the_list_is_the_countys(session: Session, cast: Cast) -> None:
    bus = theme(session, cast)
    for name, sentence in ((" transport ", "already"), ("  ", "1 to 60"), ("x" * 61, "1 to 60")):
        with pytest.raises(Invalid, match=sentence):
            theme(session, cast, name)
    for actor in (cast.coordinator, cast.viewer):
        with pytest.raises(NotAllowed):
            add_theme(session, actor, "Hours")
    [item] = about(session, cast, (bus,))
    with pytest.raises(Conflict):
        archive_theme(session, cast.leadership, bus, 7)
    archive_theme(session, cast.leadership, bus, 1)
    assert theme_list(session, cast.viewer).empty
    assert themes_of(session, cast.viewer, item.id or 0) == {bus: "Transport"}
    other, _ = given(session)
    with pytest.raises(Invalid, match="not in use any more"):
        set_themes(session, cast.coordinator, other.id or 0, other.version, (bus,))
    assert theme(session, cast, "TRANSPORT") == bus
    for n in range(MOST_THEMES - 1):
        theme(session, cast, f"Theme {n}")
    with pytest.raises(Invalid, match="At most"):
        theme(session, cast, "One too many")


def test_two_people_on_one_item(session: Session, cast: Cast) -> None:
    bus = theme(session, cast)
    [item] = about(session, cast, (bus,))
    with pytest.raises(Conflict):
        set_themes(session, cast.coordinator, item.id or 0, 1, ())
    with pytest.raises(NotAllowed):
        set_themes(session, cast.viewer, item.id or 0, item.version, ())
