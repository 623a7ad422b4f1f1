"""Forms of the parts of a barrier or a review: adding one, changing it, voiding it. Which fields there are is data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import streamlit as st
from sqlmodel import Session

from erp.access import Actor
from erp.errors import Invalid
from erp.services.drafts import Draft
from erp.services.parts import PartOf, add_part, change_part, void_part
from erp.ui import guard
from erp.ui.actions import field_keys, forget_form, form_button, once
from erp.ui.partner_choice import partner_field
from erp.ui.show import folded
from erp.ui.words import FIRST_DAY, LAST_DAY

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

    `later`: fields that are asked only of a part that is there already: what became of it.
    """

    of: PartOf
    draft: type[Draft]
    fields: tuple[Field, ...]
    add: str
    said: str = "Saved."
    later: tuple[str, ...] = ()


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
    """Draw a part in a box of its own, by `draw`; beside it what changes or voids it, made when it is opened."""
    with (
        st.container(border=True),
        st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"),
    ):
        with st.container(gap="xsmall"):
            draw()
        if may_change:
            label = "Change" if _forms[name].fields else "Take out"
            key = f"change_{name}_{part['part_id']}"
            with st.popover(label, type="tertiary", icon=":material/edit:", key=key, on_change="rerun") as opened:
                if opened.open:
                    _draw_changing(name, whole_id, part, choices or {})


def _draw_adding(name: str, whole_id: int, choices: Choices, preset: Mapping[str, Any]) -> None:
    form = _forms[name]
    at = field_keys(f"part_{name}_{whole_id}")
    fields = [field for field in form.fields if field.name not in form.later]
    _draw_partner(fields, at, preset)
    with st.form(f"{at}_form", border=False):
        for field in fields:
            _draw_field(field, at, preset.get(field.name, field.default), choices)
        guard.draw(at)
        form_button("Add", _add, name, whole_id, at, type="primary")


def _draw_changing(name: str, whole_id: int, part: Mapping[str, Any], choices: Choices) -> None:
    form, number, version = _forms[name], int(part["part_id"]), int(part["version"])
    at = f"part_{name}_{number}_{version}"
    fields = [field for field in form.fields if field.kind != "partner"]
    if fields:
        with st.form(f"{at}_form", border=False):
            for field in fields:
                _draw_field(field, at, part[field.name], choices)
            guard.draw(at)
            kept = tuple((field.name, _plain(part[field.name])) for field in form.fields if field.kind == "partner")
            form_button("Save", _change, name, number, version, kept, _texts_of(form, part))
    with st.form(f"{at}_void_form", border=False):
        st.text_input(
            "Entered by mistake? Say why it is taken out", key=f"{at}_void", max_chars=500,
            help="It counts nowhere from then on; it and your reason stay in the history.",
        )  # fmt: skip
        form_button("Take it out", _void, name, whole_id, number, version)


def _draw_partner(fields: list[Field], at: str, preset: Mapping[str, Any]) -> None:
    for field in fields:
        if field.kind == "partner":
            partner_field(st, field.label, key=f"{at}_{field.name}", chosen=preset.get(field.name), nobody=field.blank)


def _draw_field(field: Field, at: str, value: Any, choices: Choices) -> None:
    key = f"{at}_{field.name}"
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
    options = list(named) if field.must else [None, *named]
    if value not in options and value is not None and value != "":
        options.append(value)  # an entry that was retired since, an owner who left
    st.selectbox(
        field.label,
        options,
        index=options.index(value) if value in options else (None if field.must else 0),
        format_func=lambda option: field.blank if option is None else named.get(option, str(option)),
        placeholder="Choose",
        key=key,
        help=field.help,
    )


def _plain(value: Any) -> Any:
    """Return a cell of a frame as a form keeps it: a word by its value, a blank as None."""
    return None if value is None or value != value else value  # noqa: PLR0124 -- pandas' blank is not itself


def _texts_of(form: PartForm, part: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the texts as they were saved: what was let through once is not asked about again."""
    return tuple(str(part[field.name] or "") for field in form.fields if field.kind in ("line", "text"))


def _read(form: PartForm, at: str) -> dict[str, Any]:
    typed: dict[str, Any] = {}
    for field in form.fields:
        value = st.session_state.get(f"{at}_{field.name}")
        typed[field.name] = (value or "") if field.kind in ("line", "text") else value
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
    typed = _read(form, at)

    def add(session: Session, actor: Actor) -> Any:
        return add_part(session, actor, form.of, whole_id, _draft(form, typed), at)

    if guard.guarded(at, _texts(form, typed), add, said=form.said) is not None:
        forget_form(f"part_{name}_{whole_id}", f"add_{name}_{whole_id}")


@once
def _change(name: str, part_id: int, version: int, kept: tuple[tuple[str, Any], ...], already: tuple[str, ...]) -> None:
    form, at = _forms[name], f"part_{name}_{part_id}_{version}"
    typed = _read(form, at) | dict(kept)

    def change(session: Session, actor: Actor) -> Any:
        return change_part(session, actor, form.of, part_id, version, _draft(form, typed))

    guard.guarded(at, _texts(form, typed), change, said="Saved.", already=already)


@once
def _void(name: str, whole_id: int, part_id: int, version: int) -> None:  # noqa: ARG001 -- tells one page from another
    form, at = _forms[name], f"part_{name}_{part_id}_{version}"
    reason = str(st.session_state.get(f"{at}_void") or "")
    guard.guarded(
        f"{at}_void",
        {"Why": reason},
        void_part,
        form.of,
        part_id,
        version,
        reason,
        said="Taken out. The history keeps it.",
    )
