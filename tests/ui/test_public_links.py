"""The page of public links: for whom, made, shown once, ended; reached from meetings, forums and partners."""

from collections.abc import Callable
from typing import Any

from sqlmodel import Session
from streamlit.testing.v1 import AppTest

from erp import db
from erp.queries.public_links import public_links
from erp.services.forums import ForumDraft, add_forum
from erp.services.public_links import open_link
from erp.vocabulary import LinkPurpose
from tests.conftest import Cast
from tests.services.givers import meeting, partner, tribe
from tests.ui.test_feedback import button, text_of

Open = Callable[..., AppTest]


def in_county(do: Callable[[Session], Any]) -> Any:
    with db.writing() as session:
        return do(session)


def secret_shown(app: AppTest) -> str:
    [link] = [code.value for code in app.code if "/public/say/" in code.value]
    return link.rsplit("/", 1)[1]


def shown_as(app: AppTest) -> Any:
    return next(each for each in app.text_input if each.label == "What the page says it is about")


def test_without_links_the_page_says_how_to_begin(app_as: Open, cast: Cast) -> None:
    app = app_as(cast.coordinator, "public_links")
    assert "No link was made yet." in text_of(app)
    assert [code.value.rsplit("/public/")[1] for code in app.code] == ["say"]


def test_a_link_for_a_meeting_carries_its_forum_and_day_and_is_shown_once(app_as: Open, cast: Cast) -> None:
    at = in_county(lambda session: meeting(session, cast, partner(session, cast)))
    app = app_as(cast.coordinator, "public_links", engagement=at)
    assert shown_as(app).value == "Planning, March 5, 2026"
    button(app, "Make the link").click().run()
    secret = secret_shown(app)
    with db.reading() as session:
        link = open_link(session, secret, LinkPurpose.FEEDBACK)
        assert link is not None
        assert (link.engagement_id, link.shown_as) == (at, "Planning, March 5, 2026")
    button(app, "I have copied it").click().run()
    assert not [code for code in app.code if secret in code.value]
    assert "Planning, March 5, 2026" in text_of(app)


def test_a_link_for_a_forum_and_one_for_a_partner(app_as: Open, cast: Cast) -> None:
    forum = in_county(lambda session: add_forum(session, cast.coordinator, ForumDraft(name="Families council"))).id
    fern = in_county(lambda session: partner(session, cast))
    for query, name in (({"forum": forum}, "Families council"), ({"partner": fern}, "Fern House")):
        app = app_as(cast.coordinator, "public_links", **query)
        assert shown_as(app).value == name
        button(app, "Make the link").click().run()
        assert secret_shown(app)
    with db.reading() as session:
        links = public_links(session, cast.coordinator)
    assert [(row.partner_id, row.forum_id) for row in links.fillna(0).itertuples()] == [(fern, 0), (0, forum)]


def test_what_the_page_says_must_not_be_blank(app_as: Open, cast: Cast) -> None:
    app = app_as(cast.coordinator, "public_links", partner=in_county(lambda session: partner(session, cast)))
    shown_as(app).set_value(" ")
    button(app, "Make the link").click().run()
    assert "what the page is about" in text_of(app)


def test_a_link_is_ended(app_as: Open, cast: Cast) -> None:
    app = app_as(cast.coordinator, "public_links", partner=in_county(lambda session: partner(session, cast)))
    button(app, "Make the link").click().run()
    secret = secret_shown(app)
    button(app, "I have copied it").click().run()
    button(app, "End it").click().run()
    assert "The link has ended" in text_of(app)
    with db.reading() as session:
        assert open_link(session, secret, LinkPurpose.FEEDBACK) is None


def test_a_tribes_meeting_has_no_link_for_who_may_not_see_it(app_as: Open, cast: Cast) -> None:
    at = in_county(lambda session: meeting(session, cast, tribe(session, cast)))
    app = app_as(cast.coordinator, "public_links", engagement=at)
    assert "Sedge Creek" not in text_of(app)
    assert "Make the link" not in [each.label for each in app.button]
