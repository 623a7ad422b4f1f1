"""The accounts part of the Settings page: who may sign in, as what, and the one-time links that let people in."""

from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from erp import db
from erp.access import Actor
from erp.queries.accounts import AccountRow, accounts
from erp.queries.county import county_zone
from erp.queries.givers import names_to_erase
from erp.services.accounts import (
    Invitation,
    InvitationDraft,
    disable_account,
    enable_account,
    invite_account,
    reset_link,
    set_roles,
)
from erp.services.givers import erase_removed
from erp.ui.actions import field_keys, forget_form, form_button, form_token, once, submit
from erp.ui.address import base_address
from erp.ui.loads import load
from erp.ui.session import require_actor
from erp.vocabulary import RecordKind, Role, Verb

#: Where the link that was just made waits to be copied: in this browser's memory only, and nowhere after.
LINK = "_one_time_link"
INVITATION = "accounts_invitation"


def draw_accounts() -> None:
    """Draw the accounts of the county for somebody who may see them; nothing for anybody else."""
    actor = require_actor()
    if not actor.may(Verb.SEE, RecordKind.ACCOUNT):
        return
    with db.reading() as session:  # not from the cache: when somebody was last here changes without a change of data
        rows = accounts(session, actor)
        zone = county_zone(session)
    _draw_link(zone)
    st.dataframe(_table(rows, zone), hide_index=True, width="stretch", key="accounts_table")
    _draw_one(actor, rows)
    if actor.may(Verb.ADD, RecordKind.ACCOUNT):
        _draw_invitation()
    if actor.may(Verb.CHANGE, RecordKind.ACCOUNT):
        _draw_erasing()


def _table(rows: list[AccountRow], zone: ZoneInfo) -> pd.DataFrame:
    """Return the accounts as people read them; columns Name, E-mail, Roles, State, Last here (the county's day)."""
    return pd.DataFrame(
        [
            (row.name, row.email, ", ".join(role.label for role in row.roles), row.state, _when(row, zone))
            for row in rows
        ],
        columns=["Name", "E-mail", "Roles", "State", "Last here"],
    )


def _when(row: AccountRow, zone: ZoneInfo) -> str:
    return f"{row.last_seen_at.astimezone(zone):%b %-d, %Y}" if row.last_seen_at else "never"


def _draw_link(zone: ZoneInfo) -> None:
    link: Invitation | None = st.session_state.get(LINK)
    if link is None:
        return
    with st.container(border=True):
        until = f"{link.expires_at.astimezone(zone):%A, %B %-d, %-I:%M %p}"
        st.markdown(f"**A one-time link, shown only now.** Copy it and give it to the person; it works until {until}.")
        st.code(base_address() + link.path, language=None, wrap_lines=True)
        st.button("I have copied it", key="accounts_copied", on_click=st.session_state.pop, args=(LINK,))


def _draw_one(actor: Actor, rows: list[AccountRow]) -> None:
    with st.container(border=True):
        st.markdown("**Change an account**")
        by_id = {row.account_id: row for row in rows}
        chosen = st.selectbox(
            "Account",
            list(by_id),
            format_func=lambda account_id: f"{by_id[account_id].name} ({by_id[account_id].email})",
            index=None,
            placeholder="Choose an account",
            key="accounts_chosen",
        )
        if chosen is None:
            return
        row = by_id[chosen]
        # The version is part of the key: after a change the list shows what is kept, not what was picked before.
        key = f"accounts_roles_{row.account_id}_{row.version}"
        st.multiselect(
            "Roles", list(Role), select_all=False, default=row.roles, format_func=lambda role: role.label, key=key
        )
        with st.container(horizontal=True):
            if actor.may(Verb.CHANGE, RecordKind.ACCOUNT):
                st.button("Save roles", type="primary", key="accounts_save", on_click=_save_roles, args=(row, key))
                st.button(
                    "Make a one-time link",
                    key="accounts_link",
                    on_click=_make_link,
                    args=(row, form_token("accounts_link")),
                    disabled=row.disabled,
                    help="The person chooses a new password with it. Earlier links stop working.",
                )
            if actor.may(Verb.ARCHIVE, RecordKind.ACCOUNT):
                word, verb = ("Enable", enable_account) if row.disabled else ("Disable", disable_account)
                done = {"said": f"{row.name}'s account is {word.lower()}d."}
                st.button(
                    word, key="accounts_able", on_click=submit, args=(verb, row.account_id, row.version), kwargs=done
                )


def _draw_invitation() -> None:
    with st.container(border=True), st.form(INVITATION, border=False):
        st.markdown("**Invite somebody**")
        at = field_keys(INVITATION)
        st.text_input("Name", key=f"{at}_name", max_chars=200)
        st.text_input("E-mail address", key=f"{at}_email", max_chars=200)
        st.multiselect("Roles", list(Role), select_all=False, format_func=lambda role: role.label, key=f"{at}_roles")
        form_button("Invite", _invite, at, type="primary")


def _draw_erasing() -> None:
    waiting = load(names_to_erase)
    if not waiting:
        return
    with st.container(border=True):
        st.markdown(
            "**Names to erase.** Givers of feedback asked that their name and the way to reach them be removed. Nobody "
            "can read them any more; erasing takes them out of the database for good. What was said stays, and copies "
            "of the database made before keep the names until they are thrown away."
        )
        st.button("Erase for good", key="accounts_erase", on_click=_erase, args=(waiting,))


@once
def _erase(_drawn: int) -> None:
    if submit(erase_removed, said="Erased.") is not None:
        db.write_through()


@once
def _save_roles(row: AccountRow, key: str) -> None:
    roles = frozenset(st.session_state[key])
    submit(set_roles, row.account_id, row.version, roles, said=f"{row.name}'s roles are saved.")


@once
def _make_link(row: AccountRow, _drawn: str) -> None:
    link = submit(reset_link, row.account_id, said=f"The link for {row.name} is below.")
    if link is not None:
        st.session_state[LINK] = link
        forget_form("accounts_link")


@once
def _invite(at: str) -> None:
    kept = st.session_state
    name, email, roles = (kept[f"{at}_{field}"] for field in ("name", "email", "roles"))
    draft = InvitationDraft.of(name=name, email=email, roles=frozenset(roles))
    link = submit(invite_account, draft, said=f"{draft.name} is invited. The link is below.")
    if link is not None:
        kept[LINK] = link
        forget_form(INVITATION)
