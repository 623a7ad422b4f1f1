"""My account: who I am here, my password, and where I am signed in."""

import pandas as pd
import streamlit as st

from erp import db
from erp.queries.accounts import own_account, own_sign_ins
from erp.queries.county import county_zone
from erp.services.accounts import change_own_password
from erp.services.sign_in import end_all_sign_ins, end_sign_in
from erp.ui.actions import forget_form, form_button, form_token, once, refuse, show_outcome, submit
from erp.ui.session import require_actor, sign_in_hash
from erp.ui.show import show_rows
from erp.ui.words import plain

FORM = "account_form"

actor = require_actor()
here = sign_in_hash()


@once
def change_password(_drawn: str) -> None:
    """Change the password, and begin the form anew."""
    old, new, again = (st.session_state[f"account_{name}"] for name in ("old", "new", "again"))
    if new != again:
        refuse("The two new passwords differ. Nothing was changed; enter the same one twice.")
        return
    said = "Your password is changed. You are signed out everywhere else."
    if submit(change_own_password, old, new, keep=here, said=said) is not None:
        forget_form(FORM)


st.title("My account", anchor=False)
show_outcome()

with db.reading() as session:
    account = own_account(session, actor)
    sign_ins = own_sign_ins(session, actor)
    zone = county_zone(session)

if account is not None:
    roles = ", ".join(role.label for role in account.roles)
    about = {"Name": account.name, "E-mail address": account.email, "Roles": roles}
    show_rows(pd.DataFrame(about.items()), heads=False)
    st.caption("Names, addresses and roles are set by an administrator of your county.")

st.header("Change password", anchor=False)
with st.form(FORM, clear_on_submit=True, width=480):
    st.text_input("Present password", type="password", key="account_old", autocomplete="current-password")
    st.text_input(
        "New password",
        type="password",
        key="account_new",
        autocomplete="new-password",
        help="At least 12 characters; a few words in a row are easy to remember.",
    )
    st.text_input("The new password again", type="password", key="account_again", autocomplete="new-password")
    form_button("Change password", change_password, form_token(FORM), type="primary")

st.header("Where you are signed in", anchor=False)
for number, entry in enumerate(sign_ins):
    with st.container(border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        mine = " · **this browser**" if entry.token_hash == here else ""
        opened, seen = (f"{at.astimezone(zone):%b %-d, %Y, %-I:%M %p}" for at in (entry.opened_at, entry.seen_at))
        st.markdown(f"**{plain(entry.browser)}**{mine}  \nOpened {opened} · last used {seen}")
        if not mine:
            st.button(
                "End",
                key=f"account_end_{number}",
                on_click=submit,
                args=(end_sign_in, entry.token_hash),
                kwargs={"said": f"The sign-in in {entry.browser} has ended."},
            )
with st.container(horizontal=True):
    ended = {"but": here, "said": "You are signed out everywhere else."}
    st.button("End all the others", on_click=submit, args=(end_all_sign_ins,), kwargs=ended)
    st.button("End all, also here", on_click=submit, args=(end_all_sign_ins,), kwargs={"said": ""})
