"""Themes on the page: what an item is about, the county's list, and how often each came up."""

import pandas as pd
import streamlit as st

from erp.queries.themes import FEW, theme_list, themes_by_kind, themes_by_quarter, themes_of
from erp.services.themes import MOST_LETTERS, add_theme, archive_theme, set_themes
from erp.ui.actions import field_keys, forget_form, form_button, once, submit
from erp.ui.loads import load
from erp.ui.show import download_table, empty_state, folded, show_rows
from erp.ui.words import plain

FORM = "theme_new"


def draw_of_item(item_id: int, version: int, *, may_change: bool) -> None:
    """Draw what an item is about; nothing where the county has no themes and the item none."""
    own, listed = load(themes_of, item_id), load(theme_list)
    if not may_change:
        if own:
            st.markdown(f"**About:** {plain(', '.join(own.values()))}")
        return
    names = dict(zip(listed["theme_id"].astype(int), listed["name"], strict=True)) | own
    if not names:
        return
    key = f"feedback_themes_{item_id}_{version}"
    st.multiselect(
        "What it is about",
        list(names),
        default=list(own),
        format_func=names.__getitem__,
        key=key,
        select_all=False,
        placeholder="Choose themes",
        on_change=_say,
        args=(item_id, version, key),
    )


@once
def _say(item_id: int, version: int, key: str) -> None:
    submit(set_themes, item_id, version, tuple(st.session_state[key]), said="Saved what it is about.")


def draw_counts() -> None:
    """Draw how often each theme came up, by quarter and by kind of partner."""
    by_quarter, by_kind = load(themes_by_quarter), load(themes_by_kind)
    if by_quarter.empty:
        empty_state("The county has no themes yet.", "Add the first one below; then choose it on a piece of feedback.")
        return
    st.markdown(
        f"{_takeaway(by_quarter)} A count of one to four is told as “{FEW}”, so that nobody is guessed from it."
    )
    st.header("By quarter", anchor=False)
    show_rows(by_quarter)
    download_table(by_quarter, "themes_by_quarter")
    st.header("By kind of partner", anchor=False)
    show_rows(by_kind)
    download_table(by_kind, "themes_by_kind")


def _takeaway(by_quarter: pd.DataFrame) -> str:
    newest = by_quarter.columns[-2]
    numbers = pd.to_numeric(by_quarter[newest].str.replace(",", ""), errors="coerce")
    if numbers.notna().any():
        place = int(numbers.fillna(-1).argmax())
        name, times = plain(by_quarter["Theme"].iloc[place]), int(numbers.iloc[place])
        return f"**“{name}” came up most in {newest}: {times:,} times.**"
    return f"**No theme came up often in {newest}.**"


def draw_list() -> None:
    """Draw the county's list, for who may change it."""
    folded("The county's list of themes", _draw_list, key="themes_list", icon=":material/edit:")


def _draw_list() -> None:
    for row in load(theme_list).to_dict("records"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.markdown(plain(row["name"]))
            args = (int(row["theme_id"]), int(row["version"]))
            st.button("Put away", key=f"theme_away_{row['theme_id']}", on_click=_archive, args=args)
    at = field_keys(FORM)
    with st.form(f"{FORM}_form", border=False):
        st.text_input("A new theme", key=f"{at}_name", max_chars=MOST_LETTERS)
        form_button("Add it", _add, at)


@once
def _add(at: str) -> None:
    if submit(add_theme, str(st.session_state.get(f"{at}_name") or ""), said="Added.") is not None:
        forget_form(FORM)


@once
def _archive(theme_id: int, version: int) -> None:
    submit(archive_theme, theme_id, version, said="Put away. What is about it stays so.")
