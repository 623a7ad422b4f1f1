"""Two made-up counties' rosters, logs, feedback and ratings, with every mess real ones have: they import, and show."""

import csv
import io

import pytest

from erp.cli import main
from erp.models.engagements import Engagement
from erp.models.feedback import FeedbackItem, FeedbackStep
from erp.models.imports import ImportedRow
from erp.models.partners import LookAlike, Partner
from erp.vocabulary import EngagementStatus, FeedbackState, PartnerKind
from tests.importing.county_files import FILES
from tests.services.county_imports import all_exported, bring, changes, counts, exported, said, stored

pytestmark = pytest.mark.usefixtures("database")

#: In the order in which a county would bring them in: file → imported, with a warning, rejected, new.
ALDER = {
    "partners.csv": (6, 8, 0, 14),
    "contacts.csv": (2, 1, 0, 3),
    "engagements.csv": (2, 4, 2, 6),
    "commitments.txt": (2, 1, 1, 3),
}
HERON_BAY = {
    "partners.csv": (4, 3, 1, 7),
    "feedback.csv": (2, 5, 1, 7),
    "ratings.csv": (2, 0, 2, 2),
}


def bring_all(county: str, files: dict[str, tuple[int, int, int, int]]) -> dict[str, tuple[int, int, int, int]]:
    became: dict[str, tuple[int, int, int, int]] = {}
    for name in files:
        path = FILES / county / name
        became[name] = counts(bring(path.stem, path.read_bytes(), name=name))
    return became


def health_of(capsysbinary: pytest.CaptureFixture[bytes], day: str) -> dict[str, dict[str, str]]:
    assert main(["health", "--as-of", day]) == 0
    printed = io.StringIO(capsysbinary.readouterr().out.decode())
    return {row["partner"]: row for row in csv.DictReader(printed)}


def test_alder_county_imports_twice_and_the_second_time_adds_nothing() -> None:
    assert bring_all("alder_childrens_council", ALDER) == ALDER
    before = all_exported()
    again = bring_all("alder_childrens_council", ALDER)
    assert again == {name: (ok + warned, 0, rejected, 0) for name, (ok, warned, rejected, _) in ALDER.items()}
    assert changes(before, all_exported()) == []


def test_heron_bay_imports_twice_and_the_second_time_adds_nothing() -> None:
    assert bring_all("heron_bay_services", HERON_BAY) == HERON_BAY
    before = all_exported()
    again = bring_all("heron_bay_services", HERON_BAY)
    assert again == {name: (ok + warned, 0, rejected, 0) for name, (ok, warned, rejected, _) in HERON_BAY.items()}
    assert changes(before, all_exported()) == []


def test_nothing_filled_is_lost() -> None:
    bring_all("alder_childrens_council", ALDER)
    bring_all("heron_bay_services", HERON_BAY)
    for kept in stored(ImportedRow):
        if kept.outcome == "rejected":
            assert any(finding["reason"] and finding["advice"] for finding in kept.findings)
    written = {kind: "\n".join("\n".join(row) for row in rows) for kind, rows in all_exported().items()}
    for words in ("Seat is VACANT; only the alternate is filled", "Community / nonprofit", "County system"):
        assert words in written["partners"]
    for words in ("April", "June 25 and 27, 2019", "16-0162", "12 Garden Court, Suite 3, Alder"):
        assert words in written["engagements"]
    assert "every fiscal year" in written["commitments"]


def test_look_alikes_are_asked_and_tribes_of_like_names_stay_two() -> None:
    bring_all("alder_childrens_council", ALDER)
    assert [question.reason for question in stored(LookAlike)] == [
        "“Department of Social Services” looks like “Dept. of Social Services”"
    ]
    tribes = [partner for partner in stored(Partner) if partner.kind == PartnerKind.TRIBAL_GOVERNMENT]
    assert [(tribe.name, tribe.scored) for tribe in tribes] == [
        ("Heron Bay Tribe", False),
        ("Big Heron Tribe", False),
        ("Santa Alba Band", False),
    ]


def test_meetings_without_a_day_enter_no_figure_and_those_with_one_do(
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    bring_all("alder_childrens_council", ALDER)
    assert [engagement.held_on is None for engagement in stored(Engagement)].count(True) == 3
    assert {engagement.status for engagement in stored(Engagement)} == {EngagementStatus.HELD}
    capsysbinary.readouterr()
    health = health_of(capsysbinary, "2016-08-31")
    assert not {"Heron Bay Tribe", "Big Heron Tribe", "Santa Alba Band"} & set(health)
    seen = {
        name: (row["contact_n"], row["contact_score"] != "") for name, row in health.items() if row["contact_n"] != "0"
    }
    assert seen == {
        "Dept. of Social Services": ("1", True),
        "Health Department": ("1", True),
        "Nuñez Family Resource Center": ("1", True),
    }
    assert health["Santa Alba Youth Circle"]["contact_evidence"] == "none"  # its two days are words


def test_a_piece_of_feedback_goes_round_its_loop_and_ratings_show(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    bring_all("heron_bay_services", HERON_BAY)
    states = [item.state for item in stored(FeedbackItem)]
    assert FeedbackState.CONFIRMED not in states
    assert states.count(FeedbackState.TOLD) == len(
        {step.item_id for step in stored(FeedbackStep) if step.step == FeedbackState.TOLD}
    )
    capsysbinary.readouterr()
    project = health_of(capsysbinary, "2024-03-31")["Heron Bay Youth Project"]
    # one partner's paper counts; the county's own rating never stands in for it
    assert (project["trust_n"], project["trust_evidence"]) == ("1", "enough")
    assert float(project["trust_score"]) == pytest.approx((4 + 4 + 3 + 5 + 2 + 4 + 4 + 5 + 5) / 9 * 25 - 25)


def test_rejected_rows_of_the_messy_files_say_what_to_do() -> None:
    path = FILES / "alder_childrens_council" / "engagements.csv"
    told = said(bring("engagements", path.read_bytes()))
    assert "rejected row 7 Date: 13/4/2019" in told  # the cell of two lines above it is one row
    assert "fits only day first" in told
    assert "Every row needs purpose or forum" in told
    assert len(exported("engagements")) == 6
