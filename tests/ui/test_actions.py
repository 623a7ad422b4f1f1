"""The one way a page writes: a second click on what was just saved is no conflict, and saves nothing twice."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
import streamlit
from sqlmodel import Session
from streamlit.runtime.scriptrunner import RerunData, RerunException, StopException

from erp import db
from erp.access import Actor
from erp.models.commitments import Commitment
from erp.services.commitments import CommitmentDraft, keep_commitment, make_commitment
from erp.services.partners import PartnerDraft, add_partner
from erp.ui import actions
from erp.vocabulary import PartnerKind
from tests.conftest import Cast

DAY = date(2026, 3, 5)


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch, cast: Cast) -> dict[str, object]:
    kept: dict[str, object] = {}
    monkeypatch.setattr(streamlit, "session_state", kept)
    monkeypatch.setattr(actions, "ask_who_is_there", lambda: cast.coordinator)
    monkeypatch.setattr(actions, "sign_in_hash", lambda: "a sign-in")
    monkeypatch.setattr(actions, "_last", {})
    return kept


@pytest.fixture
def promise(database: object, cast: Cast) -> Commitment:
    with db.writing() as session:
        partner = add_partner(session, cast.leadership, PartnerDraft(name="Fern House", kind=PartnerKind.OTHER))
        return make_commitment(session, cast.leadership, CommitmentDraft(what="List", partner_id=partner.id))


def test_a_second_click_says_the_same_and_a_later_one_is_told_of_the_newer_version(
    promise: Commitment, state: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = actions.submit(keep_commitment, promise.id, 1, DAY, said="Kept.")
    assert kept is not None
    state.clear()
    assert actions.submit(keep_commitment, promise.id, 1, DAY, said="Kept.") is None
    assert (kept.version, actions.about_to_tell("outcome")) == (2, ("saved", "Kept."))
    monkeypatch.setattr(actions, "SECOND_CLICK", 0.0)
    assert actions.submit(keep_commitment, promise.id, 1, DAY, said="Kept.") is None
    assert "while you had it open" in str(actions.about_to_tell("outcome"))


@pytest.mark.parametrize("broken_off", ["before the save", "after the save"])
def test_a_callback_that_the_next_click_breaks_off_saves_once_and_ends_its_work(
    promise: Commitment, state: dict[str, object], broken_off: str
) -> None:
    state["day"] = DAY
    breaks = iter([True])

    def look(when: str) -> None:
        if when == broken_off and next(breaks, False):
            raise RerunException(RerunData())

    @actions.once
    def keep(version: int) -> None:
        day = state["day"]
        look("before the save")
        saved = actions.submit(keep_commitment, promise.id, version, day, said="Kept.")
        look("after the save")
        if saved is not None:
            del state["day"]

    clicks: list[Callable[[], object]] = [lambda: keep(1), lambda: keep(1)]
    with pytest.raises(RerunException):
        clicks[0]()
    assert ("day" in state) == (broken_off == "before the save")
    clicks[1]()  # it reads nothing that the first one forgot
    assert "day" not in state
    assert actions.about_to_tell("outcome") == ("saved", "Kept.")
    with db.reading() as session:
        now = session.get(Commitment, promise.id)
        assert now is not None
        assert (now.version, now.done_on) == (2, DAY)


def test_a_click_whose_thread_is_stopped_after_the_save_is_ended_by_the_next_one(
    promise: Commitment, state: dict[str, object]
) -> None:
    state["day"] = DAY
    stops = iter([True])

    @actions.once
    def keep(version: int) -> None:
        saved = actions.submit(keep_commitment, promise.id, version, state["day"], said="Kept.")
        if next(stops, False):
            raise StopException
        if saved is not None:
            del state["day"]

    with pytest.raises(StopException):
        keep(1)
    assert "day" in state
    keep(1)
    assert "day" not in state
    keep(1)
    assert actions.about_to_tell("outcome") == ("saved", "Kept.")
    with db.reading() as session:
        assert session.get_one(Commitment, promise.id).version == 2


def test_two_clicks_at_one_time_save_once(
    promise: Commitment, state: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[float] = []

    def slowly(session: Session, actor: Actor, *args: Any) -> Commitment:
        ran.append(time.monotonic())
        time.sleep(0.2)
        return keep_commitment(session, actor, *args)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: actions.submit(slowly, promise.id, 1, DAY, said="Kept."), range(2)))
    assert len(ran) == 1
    assert actions.about_to_tell("outcome") == ("saved", "Kept.")


def test_clicks_on_a_form_drawn_anew_and_a_refused_one_run_again(promise: Commitment, state: dict[str, object]) -> None:
    ran = []

    @actions.once
    def keep(version: int) -> None:
        ran.append(version)
        actions.submit(keep_commitment, promise.id, version, DAY)

    for version in (9, 9, 1, 1, 2):
        keep(version)
    assert ran == [9, 9, 1, 2]
    assert actions.about_to_tell("outcome")[0] == "refused"  # kept already


def test_an_outcome_is_told_once_and_again_where_a_second_click_draws_the_page_anew(
    state: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "STILL_TOLD", 0.0)
    actions.tell("outcome", "Saved.")
    assert [actions.told("outcome") for _ in range(2)] == ["Saved.", None]
    monkeypatch.setattr(actions, "STILL_TOLD", 60.0)
    actions.tell("outcome", "Saved.")
    assert [actions.told("outcome") for _ in range(2)] == ["Saved.", "Saved."]
    actions.forget_told("outcome")
    assert actions.told("outcome") is None


def test_on_another_page_only_what_was_not_told_yet_is_told(state: dict[str, object]) -> None:
    actions.on_page("log")
    actions.tell("logged", 7)
    actions.on_page("log")
    assert actions.told("logged") == 7
    actions.tell("outcome", "Saved.")
    actions.on_page("engagements")
    assert (actions.told("logged"), actions.told("outcome")) == (None, "Saved.")
