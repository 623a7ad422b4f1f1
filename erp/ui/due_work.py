"""What is due of barriers, reviews and decisions, on Today."""

import pandas as pd
import streamlit as st

from erp.queries.due_work import ACT, CARRY_OUT, CHECK, TELL
from erp.ui.partner_words import counted, records
from erp.ui.show import folded
from erp.ui.today_parts import draw_line, due_words
from erp.vocabulary import RecordKind

#: Kind of record → the page that opens it, and the name of its number there.
PAGES = {
    RecordKind.BARRIER: ("barriers", "barrier"),
    RecordKind.SYSTEM_REVIEW: ("reviews", "review"),
    RecordKind.DECISION: ("decisions", "decision"),
}


#: What is to be done → what stands before its words.
BEFORE = {ACT: "", CARRY_OUT: "", TELL: "Tell what was found: ", CHECK: "Did it work? "}


def draw_due_work(work: pd.DataFrame, lines: int) -> None:
    """Draw what is due, `lines` of it at once, where any is. `work`: as `erp.queries.due_work.due_work`."""
    if work.empty:
        return
    st.header("Barriers, reviews and decisions", anchor=False)
    _draw_lines(work.head(lines))
    rest = work.iloc[lines:]
    if not rest.empty:
        folded(counted(len(rest), "more", "more"), lambda: _draw_lines(rest), key="due_work_more")


def _draw_lines(work: pd.DataFrame) -> None:
    for row in records(work):
        page, name = PAGES[RecordKind(row["kind"])]
        words = due_words(row["due_on"], row["days_over"])
        if row["todo"] == TELL:
            words = f"{counted(row['days_over'], 'day', 'days')} since it ended" if row["days_over"] else "Ended today"
        what = f"{BEFORE[row['todo']]}{row['what']}"
        about = f"decided by {row['about']}" if row["todo"] == CHECK else row["about"]
        draw_line(page, words, what, about, **{name: int(row["record_id"])})
