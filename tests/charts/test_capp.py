"""The chart of barriers under each CAPP issue: its rows, its sentence, readable in light and dark."""

import pandas as pd
import pytest

from erp.charts.capp import COLORS, INK, NOW, THEN, movement_chart, movement_frames, movement_takeaway
from erp.charts.specs import spec_of
from tests.charts.contrast import contrast

WHITE, DARK = "#FFFFFF", "#0E141B"


def movement(**more: list[int]) -> pd.DataFrame:
    rows = {"label": ["Weak and Insufficient Engagement Practices", "Not placed yet"], "open_then": [1, 0]}
    return pd.DataFrame(rows | {"open_now": [2, 0], "gone": [0, 0], "back": [0, 0]} | more)


def test_each_issue_has_two_bars_in_order_with_its_name_in_lines() -> None:
    rows = movement_frames(movement())["movement"]
    assert rows[["when", "barriers"]].to_numpy().tolist() == [[THEN, 1], [NOW, 2], [THEN, 0], [NOW, 0]]
    assert rows["row"].iloc[0] == "Weak and Insufficient|Engagement Practices"
    assert rows["issue"].iloc[0] == "Weak and Insufficient Engagement Practices"


@pytest.mark.parametrize(
    ("gone", "back", "said"),
    [
        ([0, 0], [0, 0], "2 barriers are open, 1 a year ago; in the year partners said of none that it is gone."),
        ([1, 0], [0, 0], "2 barriers are open, 1 a year ago; in the year partners said of 1 that it is gone."),
        (
            [2, 1],
            [1, 0],
            "2 barriers are open, 1 a year ago; in the year partners said of 3 that they are gone, and 1 came back.",
        ),
    ],
)
def test_the_sentence_says_what_moved(gone: list[int], back: list[int], said: str) -> None:
    assert movement_takeaway(movement(gone=gone, back=back)) == said


@pytest.mark.parametrize(("dark", "ground"), [(False, WHITE), (True, DARK)])
def test_words_figures_and_bars_are_readable_in_light_and_dark(dark: bool, ground: str) -> None:
    assert contrast(INK[dark], ground) >= 4.5
    assert all(contrast(color, ground) >= 3 for color in COLORS.values())
    spec = str(spec_of(movement_frames(movement()), movement_chart, ("a",), dark))
    assert INK[dark] in spec
    assert INK[not dark] not in spec
