"""Two people, one record: the second is shown the first's change beside their own text, and chooses field by field."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from erp.queries.history import record_history
from erp.ui.actions import REFUSALS, draw_whole_page, forget_form
from erp.ui.loads import load
from erp.ui.prose import paragraph, show_prose, strong
from erp.ui.session import require_actor
from erp.ui.show import rows_html
from erp.vocabulary import RecordKind

Fields = Mapping[str, Any]
MINE, THEIRS, BOTH = "mine", "theirs", "both"
_CHOICES = {MINE: "Mine", THEIRS: "What is saved", BOTH: "Both, mine first"}
#: Texts up to this many letters, such as names, are one or the other; of longer ones both may stay.
_SHORT = 60
#: Under which the session keeps, for each open form, the version it was opened with and what was saved then.
_OPENED = "_opened_versions"
#: Under which it keeps, for each form, how much had been refused while it was over the newest version.
_KNOWN = "_refusals_known"


@dataclass(frozen=True)
class Edited:
    """A form over a record that somebody else may save meanwhile.

    `prefix`: what the keys of its fields begin with. `saved`: field → what is saved now, as the field holds it.
    `labels`: field → label, of the fields a person may compare; `said`: a field's value in words.
    """

    form: str
    prefix: str
    kind: RecordKind
    record_id: int
    version: int
    saved: Fields
    labels: Mapping[str, str]
    said: Callable[[str, Any], str]

    @property
    def opened(self) -> int:
        """The version that the form was opened with, or that the person chose to go on with."""
        return _opened()[self.form][0]

    @property
    def before(self) -> Fields | None:
        """What was saved when the form was opened; None where it was opened elsewhere, as a draft."""
        return _opened()[self.form][1]

    def mine(self, field: str) -> Any:
        """Return what the form holds."""
        return st.session_state.get(f"{self.prefix}{field}", self.saved[field])

    def put(self, field: str, value: Any) -> None:
        """Let the form hold a value."""
        st.session_state[f"{self.prefix}{field}"] = value

    def go_on(self) -> None:
        """Let the form be over what is saved now."""
        _opened()[self.form] = (self.version, self.saved)


def watch(edited: Edited, *, opened: int | None = None) -> int:
    """Remember what a form was opened with, draw what somebody saved since, and return the version to save over.

    While a field of the form is alive (it was drawn in the run before), the form counts as open. What was saved is
    drawn once saving was refused: before, the server does not know what stands in the fields. `opened`: the version
    that the form was opened with where a draft says so; such a form sends each field as it is left, and is told at
    once.
    """
    alive = any(isinstance(key, str) and key.startswith(edited.prefix) for key in st.session_state)
    if opened is not None and _opened().get(edited.form, (None,))[0] != opened:
        _opened()[edited.form] = (opened, edited.saved if opened == edited.version else None)
    elif opened is None and (not alive or edited.form not in _opened()):
        _opened()[edited.form] = (edited.version, edited.saved)
    refusals, known = st.session_state.get(REFUSALS, 0), st.session_state.setdefault(_KNOWN, {})
    if edited.opened == edited.version or _follows(edited):
        known[edited.form] = refusals
    elif opened is not None or refusals > known.get(edited.form, 0):
        _draw(edited)
    return edited.opened


def _follows(edited: Edited) -> bool:
    """Let the form be over the newer version where nothing of it is in question: its fields were not touched by that
    save, or it was one's own step (a promise kept in its card) and changed only what the form left as it was."""
    before = edited.before
    if before is None:
        return False
    changed = [field for field in edited.labels if not _same(before[field], edited.saved[field])]
    if changed and (_newest_by(edited) != require_actor().name or any(_likely(edited, f) is None for f in changed)):
        return False
    for field in changed:
        edited.put(field, edited.saved[field])
    edited.go_on()
    return True


def _newest_by(edited: Edited) -> str:
    changes = load(record_history, edited.kind, edited.record_id)
    return "" if changes.empty else str(changes["who"].iloc[0])


def forget(form: str, *prefixes: str) -> None:
    """Forget what was typed into a form, so that it shows what is saved, or blank fields."""
    forget_form(form, *prefixes)
    _opened().pop(form, None)
    st.session_state.get(_KNOWN, {}).pop(form, None)


def _opened() -> dict[str, tuple[int, Fields | None]]:
    return st.session_state.setdefault(_OPENED, {})


def _draw(edited: Edited) -> None:
    """Draw each field that somebody else changed beside what the form holds, and ask which one stays."""
    st.warning(f"{_who(edited)} saved this record after you opened the form. Nothing you typed is lost.")
    fields = [field for field in edited.labels if _differs(edited, field)]
    if not fields:
        st.markdown("Your form says the same as what is saved.")
    for field in fields:
        _draw_field(edited, field)
    st.button(
        "Go on with these",
        key=f"go_on_{edited.form}_{edited.version}",
        type="primary",
        disabled=any(_chosen(edited, field) is None for field in fields),
        on_click=_go_on,
        args=(edited, fields),
        help="Choose first which text stays." if fields else None,
    )


def _who(edited: Edited) -> str:
    changes = load(record_history, edited.kind, edited.record_id)
    if changes.empty:
        return "Somebody"
    last = changes.iloc[0]
    return f"{last['who']} ({last['at']:%b %-d, %-I:%M %p})"


def _draw_field(edited: Edited, field: str) -> None:
    mine, saved = edited.said(field, edited.mine(field)), edited.said(field, edited.saved[field])
    sides = {"In your form": mine or "(blank)", "Saved now": saved or "(blank)"}
    if edited.before is not None:
        sides = {"Before": edited.said(field, edited.before[field]) or "(blank)"} | sides
    with st.container(border=True):
        show_prose(paragraph(strong(edited.labels[field])))
        st.html(rows_html(sides, [sides.values()], fits=True))
        st.segmented_control(
            f"Which one stays: {edited.labels[field].lower()}",
            _choices(edited, field),
            format_func=_CHOICES.__getitem__,
            default=_likely(edited, field),
            key=_key(edited, field),
        )


def _choices(edited: Edited, field: str) -> list[str]:
    mine, saved = edited.mine(field), edited.saved[field]
    lists = isinstance(mine, list) and isinstance(saved, list)
    texts = isinstance(mine, str) and isinstance(saved, str)
    if mine and saved and (lists or (texts and any(len(text) > _SHORT or "\n" in text for text in (mine, saved)))):
        return [MINE, THEIRS, BOTH]
    return [MINE, THEIRS]


def _differs(edited: Edited, field: str) -> bool:
    mine, saved = edited.mine(field), edited.saved[field]
    if _same(mine, saved):
        return False
    return edited.before is None or not _same(edited.before[field], saved)


def _likely(edited: Edited, field: str) -> str | None:
    """Return what is saved where the person left the field as it was; where both changed it the person says."""
    before = edited.before
    return THEIRS if before is not None and _same(edited.mine(field), before[field]) else None


def _same(one: Any, other: Any) -> bool:
    blank = (None, "", [], ())
    return one == other or (one in blank and other in blank)


def _chosen(edited: Edited, field: str) -> str | None:
    return st.session_state.get(_key(edited, field)) or _likely(edited, field)


def _key(edited: Edited, field: str) -> str:
    return f"newer_{edited.form}_{edited.version}_{field}"


def _go_on(edited: Edited, fields: list[str]) -> None:
    """Put what was chosen into the form, which is then over what is saved now."""
    for field in fields:
        chosen, mine, saved = _chosen(edited, field), edited.mine(field), edited.saved[field]
        if chosen == THEIRS:
            edited.put(field, saved)
        elif chosen == BOTH and isinstance(mine, list):
            edited.put(field, [*mine, *(one for one in saved if one not in mine)])
        elif chosen == BOTH:
            edited.put(field, f"{mine}\n{saved}")
    edited.go_on()
    draw_whole_page()
