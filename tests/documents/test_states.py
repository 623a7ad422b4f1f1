"""docs/states.md is generated from the tables of transitions; nobody edits it by hand."""

from erp.documents.states import states_document
from erp.settings import ROOT
from erp.states import COMMITMENT_TRANSITIONS, FEEDBACK_TRANSITIONS


def test_the_document_is_what_the_tables_say() -> None:
    written = (ROOT / "docs" / "states.md").read_text(encoding="utf-8")
    assert written == states_document(), "docs/states.md is not what erp.documents.states prints: write it anew"


def test_every_transition_is_in_the_diagram_and_in_the_table() -> None:
    document = states_document()
    for transitions in (FEEDBACK_TRANSITIONS, COMMITMENT_TRANSITIONS):
        for state, steps in transitions.items():
            for after, verb in steps.items():
                assert f"    {state.value} --> {after.value}: {verb}\n" in document
                assert f"| {state.label} | {verb} | {after.label} |\n" in document
