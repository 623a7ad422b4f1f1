"""Public links: the general address, making a link with its QR code, and the links there are."""

from datetime import timedelta
from typing import Any

import streamlit as st
from sqlmodel import Session

from erp.access import Actor
from erp.documents.qr import qr_svg
from erp.errors import NotFound
from erp.queries.choices import forum_choices
from erp.queries.engagement_detail import engagement_detail
from erp.queries.names import names_of_partners
from erp.queries.public_links import public_links
from erp.services.public_links import MOST_DAYS, USUAL_DAYS, LinkDraft, end_link, make_link
from erp.ui import guard
from erp.ui.actions import SHOWN_ONCE, field_keys, forget_form, form_button, once, submit
from erp.ui.address import base_address, number_in_address
from erp.ui.loads import county_today, load
from erp.ui.partner_choice import partner_field
from erp.ui.show import empty_state, show_picture
from erp.ui.words import day_text, plain

FORM = "public_link"
#: Where the link that was just made waits to be copied: in this browser's memory only, and nowhere after.
MADE = f"{SHOWN_ONCE}public_link"
OF_PARTNER, OF_FORUM = "A partner", "A forum"


def draw_general() -> None:
    """Draw the address that everybody may use, and its QR code."""
    address = f"{base_address()}/public/say"
    with st.container(border=True):
        st.markdown("**For everybody.** Anybody can give feedback here, and read what became of it.")
        _draw_code(address, "everybody")
        st.markdown(
            f"What became of it stands on [You said, we did]({base_address()}/public/you-said-we-did); "
            f"with the code of a receipt one follows it on [this page]({base_address()}/public/follow)."
        )


def draw_making() -> None:
    """Draw the form for a link, or the link just made."""
    made: tuple[str, str] | None = st.session_state.get(MADE)
    if made is not None:
        with st.container(border=True):
            secret, shown_as = made
            st.markdown(f"**{plain(shown_as)}** – shown only now. Copy the link or print the picture on the agenda.")
            _draw_code(f"{base_address()}/public/say/{secret}", "link")
            st.button("I have copied it", key="public_link_copied", on_click=st.session_state.pop, args=(MADE,))
        return
    with st.container(border=True):
        st.markdown(
            "**Make a link** for a partner, a forum or a meeting. Feedback then says by itself what it is about."
        )
        _draw_form()


def draw_links() -> None:
    """Draw the links there are, and end those that work."""
    links = load(public_links)
    if links.empty:
        empty_state("No link was made yet.", "Make one above, or open a meeting and choose “Feedback link”.")
        return
    works = links[links["works"]]
    for row in works.to_dict("records"):
        with st.container(border=True, horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            by = f" by {plain(row['by'])}" if row["by"] else ""
            st.markdown(
                f"**{plain(row['shown_as'])}**  \n{row['about']} · works until {day_text(row['expires_on'])} · made "
                f"{day_text(row['made_on'])}{by}"
            )
            st.button("End it", key=f"public_link_end_{row['link_id']}", on_click=_end, args=(int(row["link_id"]),))
    over = links[~links["works"]]
    if not over.empty:
        with st.expander(f"Links that have ended ({len(over):,})"):
            for row in over.to_dict("records"):
                st.markdown(f"{plain(row['shown_as'])} · {row['about'].lower()} · made {day_text(row['made_on'])}")


def _draw_code(address: str, name: str) -> None:
    st.code(address, language=None, wrap_lines=True)
    picture = qr_svg(address)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        show_picture(picture, "The address as a QR code")
        st.download_button(
            "Picture to print (SVG)",
            picture,
            file_name=f"feedback-{name}.svg",
            mime="image/svg+xml",
            key=f"public_link_svg_{name}",
            on_click="ignore",
        )


def _draw_form() -> None:
    at = field_keys(FORM)
    subject, shown_as = _subject(at)
    if subject is None:
        return
    # The subject stands in the keys: another one has words of its own.
    own = f"{at}_{subject[0]}_{subject[1]}"
    with st.form(f"{own}_form", border=False):
        st.text_input(
            "What the page says it is about",
            value=shown_as,
            key=f"{own}_shown",
            max_chars=200,
            help="Everybody who has the link reads this.",
        )
        st.date_input(
            "Works until",
            value=county_today() + timedelta(days=USUAL_DAYS),
            min_value=county_today(),
            max_value=county_today() + timedelta(days=MOST_DAYS),
            format="MM/DD/YYYY",
            key=f"{own}_until",
        )
        guard.draw(FORM)
        form_button("Make the link", _make, own, subject, type="primary")


def _subject(at: str) -> tuple[tuple[str, int] | None, str]:
    """Return what the link is for, as the field of its draft and the id, and what the page may say of it."""
    if meeting := number_in_address("engagement"):
        return _meeting(meeting)
    options = (OF_PARTNER, OF_FORUM)
    given = OF_FORUM if "forum" in st.query_params else OF_PARTNER
    what = st.segmented_control("What for?", options, default=given, required=True, key=f"{at}_what") or given
    if what == OF_PARTNER:
        partner = partner_field(st, "Partner", key=f"{at}_partner", chosen=number_in_address("partner") or None)
        if partner is None:
            return None, ""
        return ("partner_id", partner), load(names_of_partners, (partner,)).get(partner, "")
    forums = load(forum_choices)
    names = dict(zip(forums["forum_id"].astype(int), forums["name"], strict=True))
    if not names:
        empty_state("No forum is recorded yet.", "Add one under Forums first.")
        return None, ""
    asked, ids = number_in_address("forum"), list(names)
    forum = st.selectbox(
        "Forum", ids, index=ids.index(asked) if asked in ids else 0, format_func=names.__getitem__, key=f"{at}_forum"
    )
    return ("forum_id", forum), names[forum]


def _meeting(engagement_id: int) -> tuple[tuple[str, int] | None, str]:
    try:
        meeting = load(engagement_detail, engagement_id)
    except NotFound as refusal:
        empty_state(str(refusal), "Open the meeting once more, and choose “Feedback link” there.")
        return None, ""
    day = f", {meeting.held_on:%B} {meeting.held_on.day}, {meeting.held_on.year}" if meeting.held_on else ""
    name = meeting.forum or (meeting.purpose.splitlines() or [""])[0] or meeting.kind.label
    return ("engagement_id", engagement_id), f"{name}{day}"


@once
def _make(own: str, subject: tuple[str, int]) -> None:
    shown_as = str(st.session_state.get(f"{own}_shown") or "")
    values: dict[str, Any] = {subject[0]: subject[1], "expires_on": st.session_state[f"{own}_until"]}

    def make(session: Session, actor: Actor) -> tuple[str, str]:
        link, secret = make_link(session, actor, LinkDraft.of(shown_as=shown_as, **values))
        return secret, link.shown_as

    made = guard.guarded(FORM, {"What the page says": shown_as}, make, said="The link is below.")
    if made is not None:
        st.session_state[MADE] = made
        forget_form(FORM)


@once
def _end(link_id: int) -> None:
    submit(end_link, link_id, said="The link has ended; it opens nothing any more.")
