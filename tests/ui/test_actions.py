"""The one way a page writes: a second click on what was just saved is no conflict, and saves nothing twice."""

from datetime import date

import pytest
import streamlit

from erp import db
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
    return kept


def test_a_second_click_says_the_same_and_a_later_one_is_told_of_the_newer_version(
    database: object, cast: Cast, state: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    with db.writing() as session:
        partner = add_partner(session, cast.leadership, PartnerDraft(name="Fern House", kind=PartnerKind.OTHER))
        promise = make_commitment(session, cast.leadership, CommitmentDraft(what="List", partner_id=partner.id))
    first, second = (actions.submit(keep_commitment, promise.id, 1, DAY, said="Kept.") for _ in range(2))
    assert first is second is not None
    assert (first.version, state["_outcome"]) == (2, ("saved", "Kept."))
    monkeypatch.setattr(actions, "SECOND_CLICK", 0.0)
    assert actions.submit(keep_commitment, promise.id, 1, DAY, said="Kept.") is None
    assert "while you had it open" in str(state["_outcome"])
