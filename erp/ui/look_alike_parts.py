"""Two partners side by side, and what a person says of them."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from erp import db
from erp.queries.look_alikes import Side, look_alike_questions, sides
from erp.services.look_alikes import answer_look_alike, ask_look_alikes, seek_look_alikes
from erp.ui.actions import once, submit, tell
from erp.ui.loads import load
from erp.ui.navigation import link_to
from erp.ui.partner_words import counted
from erp.ui.prose import paragraph, show_prose, strong, typed
from erp.ui.session import require_actor
from erp.ui.show import empty_state, folded, rows_html
from erp.ui.words import plain
from erp.vocabulary import LookAlikeAnswer

Facts = Mapping[str, str]

A = LookAlikeAnswer
#: Questions on the page at once.
MOST = 10
#: What a person may say of an open question, of one put off, and of one that was answered.
_ANSWERS = {
    A.OPEN: (A.SAME, A.DIFFERENT, A.LATER),
    A.LATER: (A.SAME, A.DIFFERENT),
    A.SAME: (A.DIFFERENT, A.OPEN),
    A.DIFFERENT: (A.SAME, A.OPEN),
}
_LABELS = {answer: "Ask again" if answer is A.OPEN else answer.label for answer in A}


def draw_open() -> None:
    """Draw the questions that wait, or say that none does."""
    total, questions = load(look_alike_questions, (A.OPEN,), MOST)
    if not total:
        empty_state(
            "No two partners are waiting to be compared.",
            "Pairs come here from imports; press “Look through all partners” to seek more.",
        )
    _draw_questions(questions)
    if total > len(questions):
        st.caption(f"The first {len(questions)} of {total:,} questions.")


def draw_seek() -> None:
    """Offer to look through all partners for more pairs."""
    st.button("Look through all partners", icon=":material/search:", on_click=_seek, key="seek")


def draw_answered() -> None:
    """Draw what was put off and what was answered, each to be answered anew; folded away until wanted."""
    for label, answers in (("Put off", (A.LATER,)), ("Answered", (A.SAME, A.DIFFERENT))):
        total, _ = load(look_alike_questions, answers, 0)
        if total:
            folded(f"{label} ({total:,})", lambda some=answers: _draw_kept(some), key=f"kept_{answers[0]}")


def side_by_side(left: tuple[str, Facts], right: tuple[str, Facts]) -> str:
    """Return a table in HTML: what two partners are called and what is known of either, a line for each fact."""
    names = [*dict.fromkeys((*left[1], *right[1]))]
    lines = [(name, left[1].get(name) or "–", right[1].get(name) or "–") for name in names]
    # Two of one name, as typed and as it is here, are two columns all the same.
    heads = ["What", left[0], right[0] if right[0] != left[0] else f"{right[0]} (here)"]
    return rows_html(heads, lines, fits=True, narrow=True)


def facts_of(side: Side) -> dict[str, str]:
    """Return what is known of a partner as label and words; what is not known is left out."""
    known = {
        "Kind": side.kind.label,
        "Also called": "; ".join(side.also),
        "Area": side.area,
        "Languages": side.languages,
        "Holder": side.holder,
        **dict(side.extras),
        "E-mail from": "; ".join(f"@{domain}" for domain in side.domains),
        "People": str(side.people) if side.people else "",
        "Engagements": str(side.engagements) if side.engagements else "",
        "Key": side.key,
    }
    return {label: words for label, words in known.items() if words}


def _draw_kept(answers: tuple[LookAlikeAnswer, ...]) -> None:
    total, questions = load(look_alike_questions, answers, MOST)
    _draw_questions(questions)
    if total > len(questions):
        st.caption(f"The first {len(questions)} of {total:,}.")


def _draw_questions(questions: pd.DataFrame) -> None:
    known = load(sides, tuple(sorted({*questions["partner_id"], *questions["other_id"]})))
    for question in questions.to_dict("records"):
        number, answer = int(question["id"]), LookAlikeAnswer(question["answer"])
        one, other = known[question["partner_id"]], known[question["other_id"]]
        with st.container(border=True):
            said = f" – {strong(answer.label)}" if answer is not A.OPEN else ""
            show_prose(paragraph(f"{typed(question['reason'])}.{said}"))
            st.html(side_by_side((one.name, facts_of(one)), (other.name, facts_of(other))))
            with st.container(horizontal=True, vertical_alignment="center"):
                for new in _ANSWERS[answer]:
                    st.button(
                        _LABELS[new],
                        key=f"alike_{number}_{question['version']}_{new}",
                        on_click=submit,
                        args=(answer_look_alike, number, int(question["version"]), new),
                        kwargs={"said": "Your answer is kept."},
                    )
                for side in (one, other):
                    link_to("partner", f"Open {plain(side.name)}", partner=side.partner_id, section="Details")


@once
def _seek() -> None:
    with db.reading() as session:
        found = seek_look_alikes(session, require_actor())
    if found:
        pairs = counted(len(found), "more pair looks", "more pairs look")
        submit(ask_look_alikes, found, said=f"{pairs} alike. Say below whether they are the same.")
    else:
        tell("outcome", ("saved", "No more pairs look alike."))
