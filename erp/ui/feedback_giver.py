"""The giver's side of a feedback item: who may read it, who gave it, messages, asking once more, receipts."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from erp import db
from erp.access import Actor
from erp.documents.qr import qr_svg
from erp.errors import ERPError
from erp.queries.barriers import barriers_of_item
from erp.queries.decisions import decisions_from
from erp.queries.feedback import FeedbackDetail
from erp.queries.givers import GiverSide, giver_side
from erp.services.givers import Identity, answer_giver, ask_again, item_of_code, make_receipt, open_identity
from erp.services.keys import code_of, in_groups
from erp.ui import guard, navigation
from erp.ui.actions import SHOWN_ONCE, field_keys, forget_form, form_button, form_token, once, refuse, submit
from erp.ui.address import base_address
from erp.ui.feedback_publish import draw_publishing
from erp.ui.feedback_work import draw_links
from erp.ui.loads import load
from erp.ui.loop_filters import open_record
from erp.ui.session import ask_who_is_there
from erp.ui.show import folded, show_picture
from erp.ui.theme_parts import draw_of_item
from erp.ui.words import day_text, plain, plain_lines
from erp.vocabulary import Readers, RecordKind, Signed, Verb

#: How the question is put once more, for the person to change.
ASK = "We told you what became of this. Is it mended? You can say so on this page, or tell us what is still missing."


def draw_giver(actor: Actor, detail: FeedbackDetail) -> None:
    """Draw what the giver chose, what was written to and fro, and what can be done for them."""
    item_id, side = int(detail.row["item_id"]), load(giver_side, int(detail.row["item_id"]))
    may_change = actor.may(Verb.CHANGE, RecordKind.FEEDBACK_ITEM) and not detail.row["voided"]
    draw_of_item(item_id, int(detail.row["version"]), may_change=may_change)
    _draw_choices(actor, item_id, side)
    if side.follows or not side.messages.empty:
        _draw_messages(side)
        if may_change:
            _draw_writing(item_id, side)
    draw_links(item_id, may_change=may_change)
    _draw_decisions(actor, item_id)
    _draw_barriers(actor, item_id)
    if may_change:
        folded("A receipt for the giver", lambda: _draw_receipt(item_id, side), key=f"feedback_receipt_{item_id}")
    draw_publishing(actor, detail)


def _draw_decisions(actor: Actor, item_id: int) -> None:
    for number, what in load(decisions_from, item_id):
        navigation.link_to("decisions", f"A voice in: {plain(what)}", icon=":material/gavel:", decision=number)
    if actor.may(Verb.ADD, RecordKind.DECISION):
        navigation.link_to("decisions", "Record a decision from this", icon=":material/add:", from_feedback=item_id)


def _draw_barriers(actor: Actor, item_id: int) -> None:
    for number, words, _ in load(barriers_of_item, item_id):
        navigation.link_to(
            "barriers", f"Shows a barrier: {plain(words)}", icon=":material/construction:", barrier=number
        )
    if actor.may(Verb.ADD, RecordKind.BARRIER):
        navigation.link_to("barriers", "Name a barrier from this", icon=":material/add:", from_feedback=item_id)


def draw_finding() -> None:
    """Draw the field for the code of a receipt, which a giver reads over the phone."""
    with st.popover("Find by receipt code", icon=":material/dialpad:"), st.form("feedback_code", border=False):
        st.text_input("Code of the receipt", key="feedback_code_typed", placeholder="1234 5678 9012 3456", max_chars=40)
        st.form_submit_button("Open it", on_click=_find)


def _find() -> None:
    try:
        with db.reading() as session:
            found = item_of_code(session, ask_who_is_there(), str(st.session_state.get("feedback_code_typed") or ""))
    except ERPError as refusal:
        refuse(str(refusal))
        return
    st.session_state["feedback_code_typed"] = ""
    open_record("feedback", found)


def _draw_choices(actor: Actor, item_id: int, side: GiverSide) -> None:
    if side.signed is Signed.NOTED:
        return
    who = f"{side.reader} alone" if side.readers is Readers.ONE_PERSON else side.readers.label
    quote = "may be published without a name" if side.may_quote else "are not to be published"
    by = f" · by a link of {plain(side.forum)}" if side.forum else ""
    st.markdown(
        f"**Given on the public page:** {side.signed.label.lower()} · read by: {plain(who)} · the words {quote}{by}"
    )
    if side.removed:
        st.markdown("The giver had their name and the way to reach them removed.")
    if side.left and actor.may(Verb.SEE, RecordKind.CONTACT_CHANNEL):
        _draw_identity(item_id)


def _draw_identity(item_id: int) -> None:
    opened: Identity | None = st.session_state.get(_opened(item_id))
    if opened is None:
        st.button(
            "Show who gave it",
            key=f"feedback_who_{item_id}",
            icon=":material/visibility:",
            help="That you opened it is written into the history of this item.",
            on_click=_open,
            args=(item_id, form_token(_opened(item_id))),
        )
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.text(" · ".join(filter(None, (opened.name, opened.reach))))
        st.button("Hide", key=f"feedback_hide_{item_id}", on_click=_hide, args=(item_id,))


@once
def _open(item_id: int, _drawn: str) -> None:
    opened = submit(open_identity, item_id, said="That you opened it is in the history.")
    if opened is not None:
        st.session_state[_opened(item_id)] = opened
        forget_form(_opened(item_id))


def _hide(item_id: int) -> None:
    st.session_state.pop(_opened(item_id), None)


def _opened(item_id: int) -> str:
    return f"{SHOWN_ONCE}identity_{item_id}"


def _draw_messages(side: GiverSide) -> None:
    st.markdown("**Messages**")
    if side.messages.empty:
        st.caption("Nothing was written yet. What you write here, the giver reads with the receipt.")
    for message in side.messages.to_dict("records"):
        st.markdown(f"{_head(message)}  \n{plain_lines(message['words'])}")


def _head(message: Mapping[Any, Any]) -> str:
    who = "The giver" if message["by_giver"] else plain(message["by"] or "The county")
    asked = " asked once more whether it is mended" if message["asks"] else ""
    return f"**{who}**{asked} · {day_text(message['on_day'])}"


def _draw_writing(item_id: int, side: GiverSide) -> None:
    name = _form(item_id)
    at = field_keys(name)
    if side.ask_again:
        st.markdown(
            ":material/notification_important: **Told 28 days ago or longer, and no answer.** Ask once more by the way "
            "the giver left; what you write here stands on their page, too."
        )
    with st.form(f"{name}_form", border=False):
        value = ASK if side.ask_again else ""
        st.text_area("Write to the giver", value=value, height=90, key=f"{at}_words", max_chars=4000)
        guard.draw(name)
        form_button("Ask once more" if side.ask_again else "Send to the giver", _write, item_id, at, side.ask_again)


@once
def _write(item_id: int, at: str, asks: bool) -> None:
    name, words = _form(item_id), str(st.session_state.get(f"{at}_words") or "")
    service = ask_again if asks else answer_giver
    said = "Asked once more; it stays told, not confirmed." if asks else "The giver reads it with the receipt."
    if guard.guarded(name, {"Message": words}, service, item_id, words, said=said) is not None:
        forget_form(name)


def _form(item_id: int) -> str:
    return f"feedback_write_{item_id}"


def _draw_receipt(item_id: int, side: GiverSide) -> None:
    secret: str | None = st.session_state.get(_receipt(item_id))
    if secret is None:
        st.markdown(
            "With a receipt the giver reads where this stands, writes back, and says whether it is mended. **They also "
            "read the words of every step above**, those of before included. "
            + ("There is one already; another one opens the same." if side.follows else "There is none yet.")
        )
        args = (item_id, form_token(_receipt(item_id)))
        if side.follows:
            st.text_input(
                "Was the one before lost, or did it fall into other hands? Say so, and it is ended (may stay blank)",
                key=f"feedback_ends_{item_id}", max_chars=300,
            )  # fmt: skip
        st.button("Make a receipt", key=f"feedback_make_{item_id}", on_click=_make, args=args)
        return
    address = f"{base_address()}/public/follow/{secret}"
    st.markdown("**Shown only now.** Give the giver the link, the picture or the code.")
    st.code(address, language=None, wrap_lines=True)
    show_picture(qr_svg(address), "The link as a QR code")
    st.markdown(f"Code, to be read over the phone: **{in_groups(code_of(secret))}**")
    st.button("I have handed it on", key=f"feedback_handed_{item_id}", on_click=_forget, args=(item_id,))


@once
def _make(item_id: int, _drawn: str) -> None:
    because = str(st.session_state.get(f"feedback_ends_{item_id}") or "").strip() or None
    said = "The receipt is below." if because is None else "The receipt is below; those from before open nothing more."
    secret = submit(make_receipt, item_id, because, said=said)
    if secret is not None:
        st.session_state[_receipt(item_id)] = secret
        forget_form(_receipt(item_id))


def _forget(item_id: int) -> None:
    st.session_state.pop(_receipt(item_id), None)


def _receipt(item_id: int) -> str:
    return f"{SHOWN_ONCE}receipt_{item_id}"
