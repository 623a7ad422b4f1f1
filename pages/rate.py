"""Enter a rating that came on paper or was spoken. The page never shows who answered, nor any answer again."""

from typing import Any

import streamlit as st

from erp.queries.choices import partners_offered
from erp.queries.ratings import WINDOW_DAYS, rating_counts, ratings_entered
from erp.services.ratings import RatingDraft, enter_rating, restore_rating, void_rating
from erp.ui import guard
from erp.ui.actions import field_keys, forget_form, form_button, once, show_outcome
from erp.ui.engagement_parts import day_text
from erp.ui.loads import county_today, load, load_unalterable
from erp.ui.loop_filters import toast_outcome
from erp.ui.partner_choice import pick_partner
from erp.ui.session import require_actor
from erp.ui.show import empty_state, folded
from erp.ui.voiding import draw_restore, draw_void_form
from erp.vocabulary import RATING_ITEMS, RATING_SCALE, RecordKind, Side, Verb

FORM = "rating"


def answer(number: int) -> str:
    """Return an answer with its word."""
    return f"{number} {RATING_SCALE[number]}"


@once
def save(partner_id: int, at: str) -> None:
    """Save what the form holds; a refusal leaves it as it is."""
    typed: dict[str, Any] = {name: st.session_state[f"{at}_{name}"] for name in ("side", "respondent", "notes")}
    answers = tuple(st.session_state[f"{at}_item_{n}"] for n in range(1, len(RATING_ITEMS) + 1))
    typed |= {"partner_id": partner_id, "rated_on": st.session_state[f"{at}_day"], "answers": answers}
    rating = guard.guarded(
        FORM,
        {"Who answered": typed["respondent"], "Notes": typed["notes"]},
        lambda session, actor: enter_rating(session, actor, RatingDraft.of(**typed), token=at),
        said="Saved.",
    )
    if rating is not None:
        forget_form(FORM)
    toast_outcome()


def draw_counts(partner_id: int) -> None:
    """Say how many ratings are here; never whose."""
    counts = load(rating_counts, partner_id)
    newest = f", the newest of {day_text(counts.newest_on)}" if counts.newest_on else ""
    st.markdown(
        f"**{counts.ratings} {'rating' if counts.ratings == 1 else 'ratings'} in the last {WINDOW_DAYS} days**: "
        f"{counts.partner_people} of the partner's people, {counts.county_people} of the county's{newest}."
    )


def draw_mistakes(partner_id: int) -> None:
    """Let a rating be voided, or one voided before be restored; by its day and who entered it, never by its answers."""
    rows = load(ratings_entered, partner_id).set_index("rating_id")
    if rows.empty:
        st.markdown("No rating of this partnership is here.")
        return

    def told(number: int) -> str:
        row = rows.loc[number]
        day = day_text(row["rated_on"]) if row["rated_on"] else "No day"
        entered = f"entered {day_text(row['entered_on'])} by {row['entered_by']}"
        voided = f" – voided: {row['void_reason']}" if row["voided"] else ""
        return f"{day} · {SIDES[Side(row['side'])]} · {entered}{voided}"

    number = st.selectbox(
        "Which rating?", rows.index.tolist(), index=None, format_func=told, placeholder="Choose", key="rate_mistake"
    )
    if number is None:
        return
    version = int(rows.loc[number, "version"])
    if rows.loc[number, "voided"]:
        draw_restore("rating", restore_rating, number, version)
    else:
        draw_void_form("rating", void_rating, number, version)


def draw_form(partner_id: int) -> None:
    """Draw the ten items by theme; every one may stay blank."""
    at = field_keys(FORM)
    with st.form(FORM, border=False):
        left, right = st.columns(2)
        left.segmented_control(
            "Whose view is it?", list(SIDES), format_func=lambda s: SIDES[s], default=Side.PARTNER, required=True,
            key=f"{at}_side",
        )  # fmt: skip
        left.text_input("Who answered: a name or role, shown nowhere", key=f"{at}_respondent")
        right.date_input(
            "Day it was given", value=county_today(), max_value=county_today(), format="MM/DD/YYYY", key=f"{at}_day"
        )
        for n, (theme, words) in enumerate(RATING_ITEMS, 1):
            if n == 1 or RATING_ITEMS[n - 2][0] != theme:
                st.header(theme, anchor=False)
            st.segmented_control(
                f"{n}. {words}",
                list(RATING_SCALE),
                format_func=lambda a: f"{a} {RATING_SCALE[a]}",
                key=f"{at}_item_{n}",
            )
        st.text_input("Notes", key=f"{at}_notes")
        guard.draw(FORM)
        form_button("Save the rating", save, partner_id, at, type="primary")


SIDES = {Side.PARTNER: "The partner's", Side.COUNTY: "The county's"}

actor = require_actor()
st.title("Enter a rating", anchor=False)
st.markdown(
    "For a rating given on paper or in conversation. Enter the answers as they were given; leave blank what was not "
    "answered. Nobody is named on any page, and single answers are not shown again."
)
show_outcome()
if not load_unalterable(partners_offered).listed:
    empty_state("There is no partner yet.", "Add a partner first.")
    st.stop()
chosen = pick_partner("rate")
if chosen is None:
    empty_state("Choose the partnership that was rated.")
    st.stop()
draw_counts(chosen)
draw_form(chosen)
if actor.may(Verb.ARCHIVE, RecordKind.RATING):
    folded("A rating was entered by mistake", lambda: draw_mistakes(chosen), key=f"rate_mistakes_{chosen}")
