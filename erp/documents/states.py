"""The tables of states as a document: Markdown with a diagram of each. docs/states.md is what this prints."""

from collections.abc import Mapping
from typing import TypeVar

from erp.states import BARRIER_TRANSITIONS, COMMITMENT_TRANSITIONS, FEEDBACK_TRANSITIONS, REVIEW_TRANSITIONS
from erp.vocabulary import PUBLISHED, BarrierState, CommitmentState, FeedbackState, ReviewState, Word

StateT = TypeVar("StateT", bound=Word)

_HEAD = """# States

This page is written by the program from the tables in `erp/states.py` (`make docs`); do not edit it by hand.
"""

_FEEDBACK = f"""## Feedback

A loop the county cannot close alone: only the giver confirms. Until then an item reads “told, not confirmed”, and
“not fixed” reopens it. Each step keeps its day, how it was done and what was said. Telling records how the giver was
told and what was said; confirming records how the giver said so; reopening records what was not fixed. For an
anonymous giver with no way back, publishing the answer is telling (how: “{PUBLISHED}”).

Imported records may skip steps; they are shown as “not recorded”. An item that was voided is in no state until it is
restored.
"""

_PROMISES = """## Promises

The state of a promise is never typed: it follows from its days. A promise is overdue from the day after its due day;
one without a due day is never overdue. Withdrawing needs the agreement of both sides and a reason, and may follow the
due day; reopening needs a reason. A promise that was voided is in no state until it is restored.
"""


_BARRIERS = """## Barriers

The county cannot say that a barrier is gone. It is worked on by somebody of the county and a partner who own it
together. When they think it is done, every partner who owns it is asked: the first who says that it is not gone sends
it back to work, and it is gone only once all of them said so. A partner who does not answer leaves it with “partners
are asked”. What came back is reopened; what is set aside keeps its reason and is counted apart from what is gone.
"""

_REVIEWS = """## Local system reviews

The state of a review is never typed: it follows from the days it began and ended, and from the day on which each group
that contributed was told what was found. A review without groups that were told is not finished.
"""


def states_document() -> str:
    """Return docs/states.md: for each noun that has states the rules in words, a diagram, and the table."""
    parts = (
        _HEAD,
        _FEEDBACK,
        _diagram(FEEDBACK_TRANSITIONS, FeedbackState.RECEIVED),
        _table(FEEDBACK_TRANSITIONS),
        _PROMISES,
        _diagram(COMMITMENT_TRANSITIONS, CommitmentState.OPEN),
        _table(COMMITMENT_TRANSITIONS),
        _BARRIERS,
        _diagram(BARRIER_TRANSITIONS, BarrierState.NAMED),
        _table(BARRIER_TRANSITIONS),
        _REVIEWS,
        _diagram(REVIEW_TRANSITIONS, ReviewState.PLANNED),
        _table(REVIEW_TRANSITIONS),
    )
    return "\n".join(parts)


def _diagram(transitions: Mapping[StateT, Mapping[StateT, str]], start: StateT) -> str:
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {start.value}"]
    lines += [f"    {state.value}: {state.label}" for state in transitions]
    lines += [
        f"    {state.value} --> {after.value}: {verb}"
        for state, steps in transitions.items()
        for after, verb in steps.items()
    ]
    return "\n".join([*lines, "```", ""])


def _table(transitions: Mapping[StateT, Mapping[StateT, str]]) -> str:
    lines = ["| from | verb | to |", "|---|---|---|"]
    lines += [
        f"| {state.label} | {verb} | {after.label} |"
        for state, steps in transitions.items()
        for after, verb in steps.items()
    ]
    return "\n".join([*lines, ""])
