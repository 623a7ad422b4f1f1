"""Choosing the version of the health formula under which history is drawn."""

from datetime import date

import streamlit as st
from sqlmodel import Session

from erp.access import Actor
from erp.queries.health import formula_versions
from erp.ui.address import pick_in_address
from erp.ui.loads import load


def pick_version(page: str) -> str:
    """Let a version be chosen where there are several; return it, empty for the one in force."""
    *earlier, newest = (version.formula.version for version in load(formula_versions))
    if not earlier:
        return ""
    options = {version: f"{version} (earlier)" for version in earlier}
    chosen = pick_in_address("Health formula", "formula", options, anything=f"{newest} (in force)", page=page)
    if chosen:
        st.caption(f"Drawn as if version {chosen} had always been in force; {newest} is.")
    return chosen


def changes_of_formula(session: Session, actor: Actor) -> dict[date, str]:
    """Return on which days the formula changed, and to which version."""
    versions = formula_versions(session, actor)
    return {each.since: each.formula.version for each in versions if each.since is not None}
