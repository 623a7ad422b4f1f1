"""What changed since the last visit, as sentences on Today and on a partner's page."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlmodel import select
from streamlit.testing.v1 import AppTest

from erp import db
from erp.models.accounts import Visit
from erp.models.changes import Change
from erp.queries.county import today
from erp.queries.news import News, news_since
from erp.services.barrier_work import ACTION, EVIDENCE, NOT_GONE, OPTION, OWNER, VERDICT
from erp.services.barriers import GO_ON
from erp.services.commitments import CommitmentDraft, make_commitment, void_commitment
from erp.services.decisions import DecisionDraft, record_decision
from erp.services.feedback_work import assign, go_on, link_feedback, mark_duplicate, pause, unlink_feedback
from erp.services.following import confirm_mended, remove_identity, say_not_mended, take_back, write_back
from erp.services.givers import answer_giver, erase_removed, make_receipt, open_identity
from erp.services.partners import PartnerDraft, add_partner
from erp.services.reviews import DEBRIEF, FINDING, GROUP, MEMBER, RECOMMENDATION
from erp.services.sign_in import token_hash
from erp.states import BARRIER_TRANSITIONS, FEEDBACK_TRANSITIONS
from erp.ui.news import DID, sentence_of
from erp.vocabulary import LinkedAs, PartnerKind, RecordKind, Side
from tests.conftest import Cast
from tests.services.givers import given, named, tell
from tests.ui.conftest import prose

Open = Callable[..., AppTest]


def was_here(cast: Cast, days_ago: int) -> None:
    with db.writing() as session:
        here = datetime.now(UTC) - timedelta(days=days_ago)
        session.add(Visit(account_id=cast.viewer.user_id or 0, here_at=here))


def something_happens(cast: Cast) -> int:
    with db.writing() as session:
        fern = add_partner(session, cast.coordinator, PartnerDraft(name="Fern *House*", kind=PartnerKind.OTHER)).id or 0
        draft = CommitmentDraft(what="Send the <b>list</b>", partner_id=fern, owed_by=Side.COUNTY)
        number = make_commitment(session, cast.leadership, draft).id or 0
        void_commitment(session, cast.leadership, number, 1, "Never said")
        return fern


def links(app: AppTest) -> list[str]:
    return [link.label for link in app.get("page_link")]


def test_today_tells_what_others_did_since_the_last_visit(app_as: Open, cast: Cast, database: object) -> None:
    was_here(cast, 3)
    something_happens(cast)
    app = app_as(cast.viewer)
    assert "Since your last visit" in [header.value for header in app.header]
    assert [line for line in links(app) if "Lena" in line or "Cora" in line] == [
        "**Lena Leader wrote down and voided the promise “Send the \\<b\\>list\\</b\\>”.**",
        "**Cora Coordinator added the partner Fern \\*House\\*.**",
    ]


def test_on_the_first_visit_nothing_is_said_and_later_that_nothing_changed(
    app_as: Open, cast: Cast, database: object
) -> None:
    assert "Since your last visit" not in [header.value for header in app_as(cast.coordinator).header]
    was_here(cast, 3)
    app = app_as(cast.viewer)
    assert any(part.value.startswith("Nothing that you may see was changed by others since") for part in app.markdown)


def test_a_partners_page_tells_it_folded_away(app_as: Open, cast: Cast, database: object) -> None:
    was_here(cast, 3)
    fern = something_happens(cast)
    said = prose(app_as(cast.viewer, "partner", partner=fern))
    assert "2 changes by others since your last visit" in said
    assert "Lena Leader wrote down and voided the promise “Send the <b>list</b>”." in said
    assert "since your last visit" not in prose(app_as(cast.coordinator, "partner", partner=fern))


def test_every_step_of_the_loops_has_its_words() -> None:
    steps = {verb for verbs in FEEDBACK_TRANSITIONS.values() for verb in verbs.values()}
    assert steps <= set(DID)


def test_a_long_title_is_shortened_and_a_missing_one_said() -> None:
    at = datetime.now(UTC)
    long = News(at, "Cora", RecordKind.FEEDBACK_ITEM, 1, ("receive",), "a" * 200, ())
    assert sentence_of(long) == f"Cora took down the feedback “{'a' * 79}…”."
    assert sentence_of(News(at, "Cora", RecordKind.ENGAGEMENT, 1, ("log",), "", ())).endswith("“without a title”.")


def test_whatever_happens_to_feedback_and_decisions_has_its_words(database: Path, cast: Cast) -> None:
    with db.writing() as session:
        item, receipt = given(session, **named())
        number = item.id or 0
        assign(session, cast.coordinator, number, item.version, 1)
        pause(session, cast.coordinator, number, item.version, "The board meets in May")
        go_on(session, cast.coordinator, number, item.version)
        other, _ = given(session)
        mark_duplicate(session, cast.coordinator, other.id or 0, other.version, item.key)
        link = link_feedback(session, cast.coordinator, number, other.key, LinkedAs.SAME_THING)
        unlink_feedback(session, cast.coordinator, link.id or 0)
        answer_giver(session, cast.coordinator, number, "Which day?")
        write_back(session, receipt, "Friday")
        open_identity(session, cast.coordinator, number)
        remove_identity(session, receipt)
        erase_removed(session, cast.administrator)
        make_receipt(session, cast.coordinator, number)
        receipt = token_hash(make_receipt(session, cast.coordinator, number, "Left on the bus"))
        decided = DecisionDraft(what="At four", decided_by="we", decided_on=today(session), items=(number,))
        record_decision(session, cast.coordinator, decided)
        tell(session, cast, item)
        confirm_mended(session, receipt)
        say_not_mended(session, receipt, "")
        take_back(session, receipt)
        verbs = set(session.exec(select(Change.verb)))
        silent = {"make a receipt", "open who gave it"}
        assert verbs - silent <= set(DID)
        began = session.exec(select(Change.at).order_by(Change.id)).first()  # pyright: ignore
        assert began is not None
        told = [sentence_of(news) for news in news_since(session, cast.leadership, began - timedelta(days=1), 99)]
    assert any(sentence.startswith("Cora Coordinator recorded the decision") for sentence in told)
    assert not [sentence for sentence in told if " changed " in sentence]


def test_whatever_happens_to_barriers_and_reviews_has_its_words() -> None:
    parts = (EVIDENCE, OWNER, OPTION, ACTION, VERDICT, MEMBER, DEBRIEF, FINDING, RECOMMENDATION, GROUP)
    verbs = {f"{verb} {part.called}" for part in parts for verb in ("add", "change", "void")}
    verbs |= {verb for steps in BARRIER_TRANSITIONS.values() for verb in steps.values()}
    verbs |= {"name", "plan", "take again", "change", "void", "restore", GO_ON, NOT_GONE}
    assert verbs - {"a partner says that it is not gone, or work goes on"} <= set(DID)
    told = News(datetime.now(UTC), "Cora", RecordKind.BARRIER, 1, ("add option",), "Letters", ())
    assert sentence_of(told) == "Cora added an option of the barrier “Letters”."
