"""Public links: making, opening, ending, running out, and what they are for."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from erp.errors import Invalid, NotAllowed, NotFound
from erp.models.changes import Change
from erp.models.public import PublicLink
from erp.queries.county import today
from erp.queries.public_links import public_links
from erp.services.engagements import void_engagement
from erp.services.forums import ForumDraft, add_forum
from erp.services.partners import archive_partner
from erp.services.public_links import MOST_DAYS, LinkDraft, end_link, make_link, open_link
from erp.vocabulary import LinkPurpose
from tests.conftest import Cast
from tests.services.givers import days_later, last_change, meeting, partner, tribe

FEEDBACK = LinkPurpose.FEEDBACK


def draft(session: Session, days: int = 30, **more: Any) -> LinkDraft:
    return LinkDraft.of(
        **({"shown_as": "Families council", "expires_on": today(session) + timedelta(days=days)} | more)
    )


def test_a_link_opens_what_it_was_made_for_and_only_its_hash_is_kept(session: Session, cast: Cast) -> None:
    fern = partner(session, cast)
    forum = add_forum(session, cast.coordinator, ForumDraft(name="Families council")).id
    for subject in ({"partner_id": fern}, {"forum_id": forum}, {"engagement_id": meeting(session, cast, fern)}):
        link, secret = make_link(session, cast.coordinator, draft(session, **subject))
        opened = open_link(session, secret, FEEDBACK)
        assert opened is not None
        assert (opened.id, opened.shown_as) == (link.id, "Families council")
        assert secret not in str(link.model_dump())
        assert secret not in str([change.model_dump() for change in session.exec(select(Change))])
    assert open_link(session, "made-up", FEEDBACK) is None
    assert (last_change(session).verb, last_change(session).record_kind) == ("make", "public_link")


def test_a_link_for_rating_opens_no_feedback_form(session: Session, cast: Cast) -> None:
    wanted = draft(session, partner_id=partner(session, cast), purpose=LinkPurpose.RATING)
    _, secret = make_link(session, cast.coordinator, wanted)
    assert open_link(session, secret, FEEDBACK) is None
    assert open_link(session, secret, LinkPurpose.RATING) is not None


def test_an_ended_link_opens_nothing_and_ending_twice_is_one_change(session: Session, cast: Cast) -> None:
    link, secret = make_link(session, cast.coordinator, draft(session, partner_id=partner(session, cast)))
    end_link(session, cast.community_liaison, link.id or 0)
    end_link(session, cast.community_liaison, link.id or 0)
    assert open_link(session, secret, FEEDBACK) is None
    assert [change.verb for change in session.exec(select(Change).where(Change.verb == "end"))] == ["end"]
    assert list(public_links(session, cast.coordinator)["works"]) == [False]


def test_a_link_runs_out_after_its_last_day(session: Session, cast: Cast) -> None:
    _, secret = make_link(session, cast.coordinator, draft(session, partner_id=partner(session, cast), days=2))
    with days_later(2):
        assert open_link(session, secret, FEEDBACK) is not None
    with days_later(3):
        assert open_link(session, secret, FEEDBACK) is None


def test_what_is_put_away_takes_no_feedback(session: Session, cast: Cast) -> None:
    fern, lark = partner(session, cast), partner(session, cast, "Lark Clinic")
    at_meeting = meeting(session, cast, lark)
    _, of_partner = make_link(session, cast.coordinator, draft(session, partner_id=fern))
    _, of_meeting = make_link(session, cast.coordinator, draft(session, engagement_id=at_meeting))
    archive_partner(session, cast.coordinator, fern, 1, "merged")
    void_engagement(session, cast.coordinator, at_meeting, 1, "entered twice")
    assert open_link(session, of_partner, FEEDBACK) is None
    assert open_link(session, of_meeting, FEEDBACK) is None


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({}, "one partner, one forum or one meeting"),
        ({"partner_id": 1, "forum_id": 1}, "one partner, one forum or one meeting"),
        ({"partner_id": 1, "shown_as": " "}, "what the page is about"),
        ({"partner_id": 1, "days": -1}, "between today and two years"),
        ({"partner_id": 1, "days": MOST_DAYS + 1}, "between today and two years"),
        ({"forum_id": 1, "purpose": LinkPurpose.RATING}, "for one partner"),
    ],
)
def test_bad_input_is_refused_with_a_sentence(
    session: Session, cast: Cast, wrong: dict[str, Any], sentence: str
) -> None:
    partner(session, cast)
    add_forum(session, cast.coordinator, ForumDraft(name="Families council"))
    with pytest.raises(Invalid, match=sentence):
        make_link(session, cast.coordinator, draft(session, **wrong))
    assert not session.exec(select(PublicLink)).all()


def test_who_may_make_links(session: Session, cast: Cast) -> None:
    wanted = draft(session, partner_id=partner(session, cast))
    may = []
    for actor in cast:
        try:
            make_link(session, actor, wanted)
            may.append(actor.name)
        except NotAllowed:
            assert actor in (cast.viewer, cast.administrator)
    assert may == ["Cora Coordinator", "Lena Leader", "Tara Liaison", "Colin Liaison"]


def test_links_of_a_tribes_meeting_are_seen_by_those_who_see_the_meeting(session: Session, cast: Cast) -> None:
    at = meeting(session, cast, tribe(session, cast))
    link, _ = make_link(session, cast.leadership, draft(session, engagement_id=at))
    assert list(public_links(session, cast.tribal_liaison)["link_id"]) == [link.id]
    assert public_links(session, cast.coordinator).empty
    with pytest.raises(NotFound):
        end_link(session, cast.coordinator, link.id or 0)
    with pytest.raises(NotFound):
        make_link(session, cast.coordinator, draft(session, engagement_id=at))
