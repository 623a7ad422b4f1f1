"""Barriers, decisions and reviews in the search: by their words and those of their parts, and for whom."""

from sqlalchemy import text
from sqlmodel import Session, select

from erp.access import Actor
from erp.models.search import IndexState
from erp.queries.county import today
from erp.queries.search import search
from erp.services.barrier_work import OPTION, OWNER, OptionDraft, OwnerDraft
from erp.services.barriers import EvidenceDraft, void_barrier
from erp.services.decisions import DecisionDraft, record_decision
from erp.services.parts import add_part, void_part
from erp.services.reviews import GROUP, GroupDraft
from erp.vocabulary import Readers, RecordKind
from tests.conftest import Cast, make_findable
from tests.services.givers import given, partner, tribe
from tests.services.test_barriers import named
from tests.services.test_reviews import find, planned

K = RecordKind


def found(session: Session, actor: Actor, words: str) -> dict[RecordKind, list[str]]:
    make_findable(session)
    return {hits.kind: [hit.title for hit in hits.rows] for hits in search(session, actor, words)}


def decide(session: Session, actor: Actor, what: str, *items: int | None) -> int:
    day = today(session)
    draft = DecisionDraft.of(
        what=what, decided_by="the director", decided_on=day, items=items, training="Marigold course"
    )
    return record_decision(session, actor, draft).id or 0


def test_they_are_found_by_their_words_and_those_of_their_parts(session: Session, cast: Cast) -> None:
    item, _ = given(session, words="Nothing of it")
    barrier = named(session, cast.coordinator, words="Visits in the granary hours")
    fern = partner(session, cast)
    option = OptionDraft(what="Evening lanterns", partner_id=fern)
    kept = add_part(session, cast.coordinator, OPTION, barrier.id or 0, option)
    decide(session, cast.coordinator, "At four", item.id)
    find(
        session,
        cast.coordinator,
        planned(session, cast.coordinator, question="How do letters wait?"),
        "Ink is thimbled",
    )
    assert found(session, cast.viewer, "granary") == {K.BARRIER: ["Visits in the granary hours"]}
    assert found(session, cast.viewer, "lanterns") == {K.BARRIER: ["Visits in the granary hours"]}
    assert K.BARRIER in found(session, cast.viewer, "Fern House granary")
    assert found(session, cast.viewer, "marigold") == {K.DECISION: ["At four"]}
    assert found(session, cast.viewer, "thimbled") == {K.SYSTEM_REVIEW: ["How do letters wait?"]}
    assert found(session, cast.viewer, "marigld") == {K.DECISION: ["At four"]}, "with a slip"
    void_part(session, cast.coordinator, OPTION, kept.id, 1, "entered twice")
    assert found(session, cast.viewer, "lanterns") == {}
    void_barrier(session, cast.coordinator, barrier.id or 0, barrier.version, "entered twice")
    assert found(session, cast.viewer, "granary") == {}


def test_who_may_not_see_them_does_not_find_them(session: Session, cast: Cast) -> None:
    band = tribe(session, cast)
    barrier = named(session, cast.tribal_liaison, words="Notices come thimbled")
    add_part(session, cast.tribal_liaison, OWNER, barrier.id or 0, OwnerDraft(partner_id=band))
    review = planned(session, cast.tribal_liaison, question="How are notices thimbled?")
    add_part(session, cast.tribal_liaison, GROUP, review.id or 0, GroupDraft(name="Council", partner_id=band))
    quiet, _ = given(session, words="x", readers=Readers.COMMUNITY_LIAISON)
    decide(session, cast.community_liaison, "It is thimbled", quiet.id)
    named(session, cast.community_liaison, EvidenceDraft(item_id=quiet.id), words="Doors are thimbled")
    by_actor = {actor.name: set(found(session, actor, "thimbled")) for actor in cast}
    assert by_actor == {
        "Cora Coordinator": set(),
        "Lena Leader": {K.BARRIER, K.SYSTEM_REVIEW},
        "Tara Liaison": {K.BARRIER, K.SYSTEM_REVIEW},
        "Colin Liaison": {K.BARRIER, K.DECISION},
        "Ada Administrator": set(),
        "Vic Viewer": set(),
    }


def test_what_was_there_before_the_index_knew_of_it_is_put_in(session: Session, cast: Cast) -> None:
    item, _ = given(session)
    make_findable(session)
    decide(session, cast.coordinator, "It is thimbled", item.id)
    state = session.exec(select(IndexState)).one()
    make_findable(session)
    # as migration 0021 leaves an index that was made before: no row of it, and said to be incomplete
    session.execute(text("DELETE FROM words_of_decision"))
    state.complete, state.built = False, {kind: n for kind, n in state.built.items() if kind != K.DECISION}
    session.flush()
    assert found(session, cast.viewer, "thimbled") == {K.DECISION: ["It is thimbled"]}
