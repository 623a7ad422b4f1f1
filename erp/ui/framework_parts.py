"""Frameworks in Settings: what is in force, versions and two of them side by side, and the version being prepared."""

from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from erp.errors import Invalid
from erp.framework_differences import Difference, differences
from erp.frameworks import BEHAVIORS, TOPICS, Entry, Framework, display_label, numbered
from erp.queries.framework_versions import framework_versions
from erp.queries.frameworks import Prepared, prepared_version
from erp.services.frameworks import EntryDraft, give_up_version, prepare_entry, put_in_force
from erp.ui.actions import field_keys, forget_form, form_button, form_token, once, refuse, submit
from erp.ui.loads import county_today, frameworks, load
from erp.ui.loop_filters import toast_outcome
from erp.ui.show import folded, rows_html, show_rows
from erp.ui.words import FIRST_DAY, LAST_DAY, day_text, plain

NEW = ""
#: The frameworks whose entries belong to sections of the ERP Toolkit.
HAS_SECTIONS = (BEHAVIORS, TOPICS)


def draw_frameworks(*, may_change: bool) -> None:
    """Show the framework entries behind tags, their versions, and to who may the version being prepared."""
    st.markdown(
        "The Core Practice Model, the ERP toolkit, CAPP and the Partnership Plan as this tool knows them, in our own "
        "words. Entries not yet checked against the source are marked. A county changes, adds and retires entries in a "
        "new version with a day of its own; what was tagged before keeps the version it was tagged under."
    )
    known = frameworks().in_force
    chosen = st.selectbox("Framework", list(known), format_func=lambda name: known[name].title, key="framework")
    draw_in_force(known[chosen])
    folded("Versions, and two side by side", lambda: draw_versions(chosen), key=f"versions_{chosen}")
    if may_change:
        folded("Prepare a new version", lambda: draw_prepared(chosen), key=f"prepare_{chosen}")


def draw_in_force(framework: Framework) -> None:
    """Show the version in force with its entries."""
    offered = [entry for entry in framework.entries if not entry.retired]
    unverified = sum(not entry.verified for entry in offered)
    st.markdown(plain(framework.about))
    since = f", in force since {framework.from_on:%b %-d, %Y}" if framework.from_on else ", as it came with the program"
    st.caption(plain(f"Version “{framework.version}”{since}. Source: {framework.source}."))
    st.markdown(f"**{len(offered)} entries, {unverified} of them not verified.**")
    table = [
        {
            "No.": numbered(entry),
            "Entry": display_label(entry),
            "In our words": entry.description or "not known yet",
            "Verified": f"yes: {entry.source}" if entry.verified else "not verified",
        }
        for entry in framework.entries
    ]
    show_rows(pd.DataFrame(table))


def draw_versions(framework_id: str) -> None:
    """Show the versions there are, and two of them side by side."""
    show_rows(load(framework_versions, framework_id))
    versions = frameworks().versions[framework_id]
    if len(versions) == 1:
        st.markdown("There is one version so far; the next one can be compared with it here.")
        return
    names = [held.version for held in versions]
    left, right = st.columns(2)
    before = left.selectbox("One version", names, index=len(names) - 2, key=f"one_{framework_id}")
    after = right.selectbox("Beside it", names, index=len(names) - 1, key=f"other_{framework_id}")
    known = frameworks()
    draw_side_by_side(known.version(framework_id, before), known.version(framework_id, after))


def draw_side_by_side(before: Framework, after: Framework) -> None:
    """Show what differs between two versions, entry by entry."""
    found = differences(before, after)
    if not found:
        st.markdown("No entry differs between these two.")
        return
    st.markdown(f"**{len(found)} {'entry differs' if len(found) == 1 else 'entries differ'}.**")
    rows = [
        (_in_full(each, each.before), f"{_in_full(each, each.after)}\nDiffers: {', '.join(each.what)}")
        for each in found
    ]
    st.html(rows_html((before.version, after.version), rows, fits=True))


def draw_prepared(framework_id: str) -> None:
    """Show what is prepared so far, the form for an entry, and how the version is put in force or given up."""
    prepared = load(prepared_version, framework_id)
    newest = frameworks().newest(framework_id)
    if prepared is None:
        st.markdown("Nothing is prepared. The first entry saved here begins a new version; it is not in force yet.")
    else:
        st.markdown("**Prepared so far**, and not in force yet:")
        draw_side_by_side(prepared.begun_from, replace(prepared.framework, version="Being prepared"))
        if newest.version != prepared.begun_from.version:
            st.warning(
                f"The program brought another version since this one was begun: “{plain(newest.version)}”. What it "
                "changed is not in what is prepared. Look at both under “Versions, and two side by side”, and put in "
                "what you want of it, or give this version up and begin anew from that one."
            )
    _draw_entry_form(
        framework_id, prepared.begun_from if prepared else newest, prepared.framework if prepared else newest
    )
    if prepared is not None:
        _draw_end(framework_id, prepared)


def _draw_entry_form(framework_id: str, begun_from: Framework, framework: Framework) -> None:
    st.subheader("Change, verify, retire or add an entry", anchor=False)
    # A pick list is known by its words in the browser: they stay as they are while somebody prepares others.
    as_before = begun_from.by_id
    labels = {
        entry.id: f"{numbered(entry)} · {display_label(as_before[entry.id]) if entry.id in as_before else 'added'}"
        for entry in framework.entries
    }
    picked = f"entry_of_{framework_id}"
    entry_id = st.selectbox(
        "Entry",
        [NEW, *framework.by_id],
        index=None,
        format_func=lambda each: labels.get(each, "A new entry"),
        key=_key(picked, "id"),
        placeholder="Choose an entry, or a new one",
    )
    if entry_id is None:
        return
    form = f"entry_{framework_id}_{entry_id}"
    entry = framework.by_id.get(entry_id)
    if _key(form, "label") not in st.session_state:  # filled anew: what an earlier filling began with is nobody's
        for kept in ("opened", "first"):
            st.session_state.pop(f"{field_keys(form)}_{kept}", None)
    # As it was when this form was opened: the page may be drawn anew after somebody else changed it.
    opened: Entry | None = st.session_state.setdefault(f"{field_keys(form)}_opened", entry)
    shown = opened or Entry(framework_id, NEW, "", "", None, None, "", verified=False, owners=(), sections=())
    with st.form(f"form_{form}"):
        st.text_input("Its name, short", shown.label, key=_key(form, "label"))
        st.text_area("In our own words", shown.description, key=_key(form, "description"))
        left, right = st.columns(2)
        left.text_input("Group (optional)", shown.group or "", key=_key(form, "group"))
        headings = [
            held.id
            for held in framework.entries
            if held.parent is None and held.id != entry_id and (not held.retired or held.id == shown.parent)
        ]
        right.selectbox(
            "Stands under (optional)",
            headings,
            index=headings.index(shown.parent) if shown.parent in headings else None,
            format_func=lambda each: labels[each],
            key=_key(form, "parent"),
        )
        if framework_id in HAS_SECTIONS:
            sections = frameworks().framework("erp_sections").by_id
            st.multiselect(
                "Sections of the ERP Toolkit it belongs to",
                list(sections),
                list(shown.sections),
                format_func=lambda each: f"{each} · {display_label(sections[each])}",
                key=_key(form, "sections"),
            )
        st.text_input("Where it was read: document, version and page", shown.source, key=_key(form, "source"))
        st.checkbox("Verified: somebody read it in the document itself", shown.verified, key=_key(form, "verified"))
        if entry_id != NEW:
            st.checkbox(
                "Retired: offered no more; what was tagged with it stays tagged",
                shown.retired,
                key=_key(form, "retired"),
            )
        form_button("Put into the version being prepared", _save_entry, framework_id, form, form_token(form))


@once
def _save_entry(framework_id: str, form: str, _drawn: str) -> None:
    state = st.session_state
    opened_at, first_at = f"{field_keys(form)}_opened", f"{field_keys(form)}_first"
    opened: Entry | None = state.get(opened_at)
    values = {name: state[_key(form, name)] or "" for name in ("label", "description", "group", "parent", "source")}
    values |= {
        "sections": tuple(state.get(_key(form, "sections"), ())),
        "verified": state[_key(form, "verified")],
        "retired": state.get(_key(form, "retired"), False),
    }
    try:
        draft = EntryDraft.of(**_laid_over(opened, state.get(first_at, opened), values))
    except Invalid as refusal:
        refuse(str(refusal))
        toast_outcome()
        return
    said = "It is in the version being prepared, which is not in force yet."
    if submit(prepare_entry, framework_id, opened, draft, said=said) is not None:
        forget_form(form)
        forget_form(f"entry_of_{framework_id}")
    else:
        # Where somebody changed it meanwhile, the person has been told, and is shown how.
        state.setdefault(first_at, state.pop(opened_at, None))
    toast_outcome()


def _laid_over(opened: Entry | None, first: Entry | None, values: dict[str, Any]) -> dict[str, Any]:
    """Return what the form says over an entry as it is now: what nobody altered here stays as somebody else left it.

    `first`: the entry as the fields were filled with it.
    """
    if opened is None or first is None:
        return values
    altered = {name for name, value in values.items() if value != (getattr(first, name) or type(value)())}
    return {
        name: value if name in altered else getattr(opened, name) or type(value)() for name, value in values.items()
    }


def _draw_end(framework_id: str, prepared: Prepared) -> None:
    st.subheader("Put it in force", anchor=False)
    form = f"force_{framework_id}"
    with st.form(f"form_{form}"):
        st.text_input("Name of the version", key=_key(form, "name"), placeholder="For example: County 2027")
        st.date_input(
            "In force from",
            county_today(),
            key=_key(form, "from"),
            format="MM/DD/YYYY",
            min_value=FIRST_DAY,
            max_value=LAST_DAY,
        )
        st.text_input("Why (optional)", key=_key(form, "note"))
        drawn = (prepared.edition_id, prepared.revision)
        form_button("Put this version in force", _put_in_force, form, *drawn)
    with st.popover("Give this version up", type="tertiary"):
        st.markdown("What is prepared is put aside; the version in force stays as it is.")
        st.text_input("Why", key=_key(form, "given_up"))
        st.button("Give it up", key=f"give_up_{form}_{drawn}", on_click=_give_up, args=(form, *drawn))


@once
def _put_in_force(form: str, edition_id: int, revision: int) -> None:
    name, from_on, note = (st.session_state[_key(form, field)] for field in ("name", "from", "note"))
    if from_on is None:
        refuse("Say from which day the version is in force.")
        toast_outcome()
        return
    said = f"Version “{name.strip()}” is in force from {day_text(from_on)}."
    if submit(put_in_force, edition_id, revision, name, from_on, note, said=said) is not None:
        forget_form(form)
    toast_outcome()


@once
def _give_up(form: str, edition_id: int, revision: int) -> None:
    reason = st.session_state[_key(form, "given_up")]
    if submit(give_up_version, edition_id, revision, reason, said="The version being prepared was given up."):
        forget_form(form)
    toast_outcome()


def _in_full(difference: Difference, entry: Entry | None) -> str:
    """Write one side of a difference out: name and words, and what else differs."""
    if entry is None:
        return "–"
    whole = difference.before is None or difference.after is None
    more = {
        "group": f"Group: {entry.group or '–'}",
        "heading": f"Stands under: {entry.parent or '–'}",
        "sections": f"Sections: {', '.join(entry.sections) or '–'}",
        "source": f"Source: {entry.source}",
    }
    said = [line for name, line in more.items() if whole or name in difference.what]
    return "\n".join([f"{numbered(entry)} · {display_label(entry)}", entry.description or "–", *said])


def _key(form: str, field: str) -> str:
    return f"{field_keys(form)}_{field}"
