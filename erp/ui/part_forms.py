"""Forms of the parts of a barrier or a review: adding one, changing it, voiding it. Which fields there are is data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Literal

import streamlit as st
from sqlmodel import Session

from erp.access import Actor
from erp.errors import Invalid
from erp.services.drafts import Draft
from erp.services.parts import PartOf, add_part, change_part, void_part
from erp.services.placing import LISTS
from erp.ui import guard
from erp.ui.actions import field_keys, forget_form, form_button, once
from erp.ui.loop_filters import toast_outcome
from erp.ui.newer import Edited, forget, watch
from erp.ui.partner_choice import partner_field
from erp.ui.placing import placed_label
from erp.ui.show import folded
from erp.ui.words import FIRST_DAY, LAST_DAY, day_text

Choices = Mapping[str, Mapping[Any, str]]


@dataclass(frozen=True)
class Field:
    """One field of a form. `must`: the form asks for it; `help`: what else to know; `blank`: the choice of none.

    A "choice" is one of those handed to the form under the field's name; a "partner" is drawn above the form.
    """

    name: str
    label: str
    kind: Literal["line", "text", "day", "number", "choice", "partner", "yes"] = "line"
    must: bool = False
    default: Any = None
    help: str | None = None
    blank: str = "None"


@dataclass(frozen=True)
class PartForm:
    """How a part is entered: its draft, the fields, what the button that adds one says, and what is said after.

    `later`: fields that are asked only of a part that is there already: what became of it. `label`: what the button
    says that changes one. `voids`: one can be taken out. `split`: makes several drafts of what was typed into one form.
    """

    of: PartOf
    draft: type[Draft]
    fields: tuple[Field, ...]
    add: str
    said: str = "Saved."
    later: tuple[str, ...] = ()
    label: Callable[[Mapping[str, Any]], str] = lambda _: "Change"
    voids: bool = True
    split: Callable[[dict[str, Any]], list[dict[str, Any]]] = lambda typed: [typed]


#: The choice of none.
NOTHING = ""
#: Name → form; callbacks know a form by its name, which stands in the key of its button.
_forms: dict[str, PartForm] = {}


def define(name: str, form: PartForm) -> str:
    """Make a form known under a name, and return the name."""
    _forms[name] = form
    return name


def draw_add(name: str, whole_id: int, choices: Choices | None = None, preset: Mapping[str, Any] | None = None) -> None:
    """Draw the form for a new part, folded away. `preset`: values that stand in its fields at first."""
    form = _forms[name]
    folded(
        form.add,
        lambda: _draw_adding(name, whole_id, choices or {}, preset or {}),
        key=f"add_{name}_{whole_id}",
        icon=":material/add:",
    )


def draw_part(
    name: str,
    whole_id: int,
    part: Mapping[str, Any],
    draw: Callable[[], object],
    *,
    may_change: bool,
    choices: Choices | None = None,
) -> None:
    """Draw a part in a box of its own, by `draw`; beside it the button that opens what changes or voids it there."""
    key = f"change_{name}_{part['part_id']}"
    with st.container(border=True):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            with st.container(gap="xsmall"):
                draw()
            if may_change:
                label = "Close" if st.session_state.get(_open(key)) else _forms[name].label(part)
                icon = ":material/close:" if st.session_state.get(_open(key)) else ":material/edit:"
                st.button(label, key=key, type="tertiary", icon=icon, on_click=_turn, args=(key,))
        if may_change and st.session_state.get(_open(key)):
            _draw_changing(name, whole_id, part, choices or {})


def _open(key: str) -> str:
    return f"{key}_open"


def _turn(key: str) -> None:
    st.session_state[_open(key)] = not st.session_state.get(_open(key))


def _draw_adding(name: str, whole_id: int, choices: Choices, preset: Mapping[str, Any]) -> None:
    form = _forms[name]
    at = field_keys(f"part_{name}_{whole_id}")
    fields = [field for field in form.fields if field.name not in form.later]
    at_field = f"{at}_"
    _draw_partner(fields, at_field, preset)
    with st.form(f"{at}_form", border=False):
        for field in _asked(fields, choices):
            _draw_field(field, at_field, preset.get(field.name, field.default), choices)
        guard.draw(at_field)
        form_button("Add", _add, name, whole_id, at, type="primary")


def _draw_changing(name: str, whole_id: int, part: Mapping[str, Any], choices: Choices) -> None:
    form, number, version = _forms[name], int(part["part_id"]), int(part["version"])
    at = _mending(name, number)
    fields = [field for field in form.fields if field.kind != "partner"]
    if fields:
        saved = {field.name: _held(field, part[field.name]) for field in fields}
        labels = {field.name: field.label for field in fields}
        said = partial(_said, choices, {field.name: field for field in fields})
        opened = watch(Edited(at, at, form.of.kind, whole_id, version, saved, labels, said))
        with st.form(f"{at}form", border=False):
            for field in _asked(fields, choices):
                _draw_field(field, at, saved[field.name], choices)
            guard.draw(at)
            asked = _asked(fields, choices)
            kept = tuple((field.name, _plain(part[field.name])) for field in form.fields if field not in asked)
            form_button("Save", _change, name, number, opened, kept, _texts_of(form, part))
    if form.voids:
        with st.form(f"{at}void_form", border=False):
            st.text_input(
                "Entered by mistake? Say why it is taken out", key=f"{at}void", max_chars=500,
                help="It counts nowhere from then on; it and your reason stay in the history.",
            )  # fmt: skip
            guard.draw(f"{at}void")
            form_button("Take it out", _void, name, number, version)


def _mending(name: str, part_id: int) -> str:
    """Return what the keys of the fields begin with that change a part."""
    return f"mend_{name}_{part_id}_"


def _asked(fields: list[Field], choices: Choices) -> list[Field]:
    """Return the fields that there is something to say in: a choice of nothing is not asked."""
    return [field for field in fields if field.kind != "choice" or field.must or choices[field.name]]


def _draw_partner(fields: list[Field], at: str, preset: Mapping[str, Any]) -> None:
    for field in fields:
        if field.kind == "partner":
            partner_field(st, field.label, key=f"{at}{field.name}", chosen=preset.get(field.name), nobody=field.blank)


def _draw_field(field: Field, at: str, value: Any, choices: Choices) -> None:
    key = f"{at}{field.name}"
    match field.kind:
        case "line":
            st.text_input(field.label, value=value or "", key=key, max_chars=300, help=field.help)
        case "text":
            st.text_area(field.label, value=value or "", key=key, height=90, max_chars=4000, help=field.help)
        case "day":
            st.date_input(
                field.label, value=value if isinstance(value, date) else None, min_value=FIRST_DAY, max_value=LAST_DAY,
                format="MM/DD/YYYY", key=key, help=field.help,
            )  # fmt: skip
        case "number":
            st.number_input(field.label, value=_plain(value), min_value=0, step=1, key=key, help=field.help)
        case "yes":
            st.checkbox(field.label, value=bool(value), key=key, help=field.help)
        case "choice":
            _draw_choice(field, key, _plain(value), choices[field.name])
        case "partner":
            pass


def _draw_choice(field: Field, key: str, value: Any, named: Mapping[Any, str]) -> None:
    options = list(named) if field.must else [NOTHING, *named]
    if value not in options and value is not None:
        options.append(value)  # an entry that was retired since, an owner who left
    st.selectbox(
        field.label,
        options,
        index=options.index(value) if value in options else (None if field.must else 0),
        format_func=lambda option: field.blank if option == NOTHING else _named(field, option, named),
        placeholder="Choose",
        key=key,
        help=field.help,
    )


def _named(field: Field, option: Any, named: Mapping[Any, str]) -> str:
    """Return the label of a choice, also of one that is offered no more."""
    if option in named:
        return named[option]
    return placed_label(field.name, option) if field.name in LISTS else "As it was, not offered any more"


def _held(field: Field, value: Any) -> Any:
    """Return what is saved as the field holds it."""
    if field.kind in ("line", "text"):
        return value or ""
    return bool(value) if field.kind == "yes" else _plain(value)


def _said(choices: Choices, fields: Mapping[str, Field], name: str, value: Any) -> str:
    """Return what a field holds in words, for two people over one part."""
    field = fields[name]
    if value in (None, ""):
        return ""
    if field.kind == "choice":
        return _named(field, value, choices[name])
    if field.kind == "yes":
        return "Yes" if value else "No"
    return day_text(value) if field.kind == "day" else str(value)


def _plain(value: Any) -> Any:
    """Return a cell of a frame as a form keeps it: blank cells and words as None."""
    return None if value is None or value != value or value == "" else value  # noqa: PLR0124 -- pandas' blank


def _texts_of(form: PartForm, part: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the texts as they were saved: what was let through once is not asked about again."""
    return tuple(str(part[field.name] or "") for field in form.fields if field.kind in ("line", "text"))


def _read(form: PartForm, at: str) -> dict[str, Any]:
    typed: dict[str, Any] = {}
    for field in form.fields:
        value = st.session_state.get(f"{at}{field.name}")
        is_text = field.kind in ("line", "text")
        typed[field.name] = (value or "") if is_text else None if value == NOTHING else value
    return typed


def _draft(form: PartForm, typed: Mapping[str, Any]) -> Draft:
    for field in form.fields:
        if field.must and typed[field.name] in (None, ""):
            raise Invalid(f"“{field.label}” is blank. Fill it in, then save.")
    defaults = form.draft.model_fields
    given = {name: value for name, value in typed.items() if value is not None or not defaults[name].is_required()}
    blank_words = {name: "" for name, value in given.items() if value is None and defaults[name].default == ""}
    return form.draft.of(**(given | blank_words))


def _texts(form: PartForm, typed: Mapping[str, Any]) -> dict[str, str]:
    return {field.label: typed[field.name] for field in form.fields if field.kind in ("line", "text")}


@once
def _add(name: str, whole_id: int, at: str) -> None:
    form = _forms[name]
    typed = _read(form, f"{at}_")

    def add(session: Session, actor: Actor) -> Any:
        drafts = [_draft(form, each) for each in form.split(typed)]
        return [add_part(session, actor, form.of, whole_id, each, f"{at}{n}") for n, each in enumerate(drafts)]

    if guard.guarded(f"{at}_", _texts(form, typed), add, said=form.said) is not None:
        forget_form(f"part_{name}_{whole_id}", f"add_{name}_{whole_id}")
    toast_outcome()


@once
def _change(name: str, part_id: int, version: int, kept: tuple[tuple[str, Any], ...], already: tuple[str, ...]) -> None:
    form, at = _forms[name], _mending(name, part_id)
    typed = _read(form, at) | dict(kept)

    def change(session: Session, actor: Actor) -> Any:
        return change_part(session, actor, form.of, part_id, version, _draft(form, typed))

    if guard.guarded(at, _texts(form, typed), change, said=form.said, already=already) is not None:
        forget(at, at, f"change_{name}_{part_id}")
    toast_outcome()


@once
def _void(name: str, part_id: int, version: int) -> None:
    form, key = _forms[name], f"{_mending(name, part_id)}void"
    reason = str(st.session_state.get(key) or "")
    args = (form.of, part_id, version, reason)
    guard.guarded(key, {"Why": reason}, void_part, *args, said="Taken out. The history keeps it.")
    toast_outcome()
