"""The tables of states as a document: Markdown with a diagram of each. docs/states.md is what this prints."""

from collections.abc import Mapping
from typing import TypeVar

from erp.vocabulary import COMMITMENT_TRANSITIONS, FEEDBACK_TRANSITIONS, PUBLISHED, CommitmentState, FeedbackState, Word

StateT = TypeVar("StateT", bound=Word)

_HEAD = """# States

This page is written by the program from the tables in `erp/vocabulary.py` (`make docs`); do not edit it by hand.
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


def states_document() -> str:
    """Return docs/states.md: for feedback and promises the rules in words, a diagram, and the table."""
    parts = (
        _HEAD,
        _FEEDBACK,
        _diagram(FEEDBACK_TRANSITIONS, FeedbackState.RECEIVED),
        _table(FEEDBACK_TRANSITIONS),
        _PROMISES,
        _diagram(COMMITMENT_TRANSITIONS, CommitmentState.OPEN),
        _table(COMMITMENT_TRANSITIONS),
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
