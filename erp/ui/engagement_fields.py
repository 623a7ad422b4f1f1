"""Draws the form of an engagement: the essentials first, the rest folded away.

It is no st.form: the choice of partners decides what the lines below it offer, and what was typed is kept as a draft
from field to field. Only the inputs run again then, not the page. What stands in them outlives a look at another page.
"""

from collections.abc import Callable
from datetime import date

import streamlit as st

from erp.frameworks import Entry
from erp.queries.choices import person_in_list
from erp.queries.forums import forum_seats
from erp.services.engagements import YEARS_AHEAD
from erp.ui import guard
from erp.ui.actions import catch_up, draw_whole_page, form_token, once, show_outcome
from erp.ui.drafts import Known
from erp.ui.engagement_form import ANONYMOUS, MARKS, SOMEBODY_ELSE, STAYS, TEXTS, Form, keep_draft, open_form
from erp.ui.engagement_last import offer_last, take_back_last
from erp.ui.engagement_parts import READING_WIDTH, behavior_label, topic_label
from erp.ui.engagement_row import draw_reach, draw_repeats
from erp.ui.engagement_who import draw_who_took_part
from erp.ui.loads import county_today, frameworks, load, one_state
from erp.ui.session import ask_who_is_there
from erp.ui.words import FIRST_DAY, LAST_DAY, day_text, listed, plain
from erp.vocabulary import EngagementKind, EngagementStatus, FeedbackKind, Interpreter, Side, Who

#: Status → as the form says it.
STATUS_WORDS = {"held": "Was held", "planned": "Is planned", "cancelled": "Was cancelled", "other": "Something else"}


def draw(form: Form, *, statuses: tuple[EngagementStatus, ...], save_label: str, on_save: Callable[[], None]) -> None:
    """Draw the form: the essentials first, the rest folded, the outcome of the last try beside the button."""
    with st.container(width=READING_WIDTH):
        st.segmented_control(
            "This engagement",
            [status.value for status in statuses],
            format_func=STATUS_WORDS.__getitem__,
            key=form.key("status"),
            required=True,
            on_change=draw_whole_page,
            **STAYS,
        )
        _draw_inputs(form)
        draw_reach(form)
        show_outcome()
        guard.draw(form.name)
        drawn = (on_save, form_token(form.name))
        st.button(save_label, on_click=_save, args=drawn, type="primary", icon=":material/check:", width="stretch")


@st.fragment
def _draw_inputs(form: Form) -> None:
    """Draw what runs again by itself as one goes from field to field, and keep the draft."""
    catch_up()
    ask_who_is_there()
    with one_state():
        form = open_form(form.name, form.start, form.detail)
        take_back_last(form)
        _draw_essentials(form)
        for title, fields, section in SECTIONS:
            started = st.session_state.setdefault(form.key(f"add_open_{title}"), _is_begun(form, fields))
            if form.planned and title in AFTERWARDS and not started and not _any_text(form, fields):
                continue
            wanted = form.key(f"add_wanted_{title}")
            with st.expander(title, expanded=started, key=form.key(f"add_part_{title}"), on_change="rerun") as part:
                # Every field that is drawn slows every step from field to field.
                if started or part.open or st.session_state.get(wanted):
                    st.session_state[wanted] = True
                    section(form)
        _draw_draft(keep_draft(form))


def _draw_draft(known: Known) -> None:
    """Say what is kept. The line is always there, and as long: leaving a field for the button must not move that."""
    if known.conflict:
        st.warning(known.conflict, icon=":material/devices:")
    elif known.at is None or not known.fields:
        st.caption("What you type is kept as a draft: it is here again after a reload, and on your other devices.")
    else:
        left_out = [TEXTS.get(name, name.replace("_", " ").capitalize()) for name in known.left_out]
        without = f" Without: {', '.join(left_out)}; it has words that may identify somebody." if left_out else ""
        when = f"{day_text(known.at.date())}, {known.at:%-I:%M %p}"
        st.caption(f"Draft kept {when}: it is here again after a reload, and on your other devices.{without}")


def _is_begun(form: Form, fields: tuple[str, ...]) -> bool:
    return any(form.value(field) not in ("", [], None, Who.UNKNOWN) for field in fields)


def _save(on_save: Callable[[], None], drawn: str) -> None:
    """Save once for each drawing of the form: `on_save` is made anew at each run, and tells no clicks apart."""
    draw_whole_page()  # whatever comes of it stands outside of the inputs

    @once
    def save_once(_drawn: str) -> None:
        on_save()

    save_once(drawn)


def _draw_essentials(form: Form) -> None:
    draw_who_took_part(form)
    if form.tribes & set(form.chosen):
        st.info(
            "A Tribal government is part of this. The record will be open only to Tribal liaisons, leadership and "
            "whoever wrote it down. Note only what the Tribe agreed may be kept here.",
            icon=":material/lock:",
        )
    day, time, unknown = st.columns([2, 2, 3], vertical_alignment="bottom")
    with day:
        if form.value("day_unknown"):
            st.text_input(
                TEXTS["when_words"],
                key=form.key("when_words"),
                placeholder="for example: late last month",
                **STAYS,
            )
        else:
            st.date_input(
                "Day",
                value=None,
                min_value=FIRST_DAY,
                max_value=date(county_today().year + YEARS_AHEAD, 12, 31),
                format="MM/DD/YYYY",
                key=form.key("held_on"),
                **STAYS,
            )
    time.text_input(TEXTS["held_at"], key=form.key("held_at"), placeholder="2:30 pm", **STAYS)
    unknown.checkbox("The day is not known", key=form.key("day_unknown"), **STAYS)
    draw_repeats(form)
    st.pills(
        "Kind",
        [kind.value for kind in EngagementKind],
        format_func=lambda kind: EngagementKind(kind).label,
        key=form.key("kind"),
        required=True,
        **STAYS,
    )
    st.text_area(TEXTS["purpose"], key=form.key("purpose"), height="content", **STAYS)
    st.selectbox(
        "Forum (where it was a standing table)",
        list(form.forums),
        index=None,
        format_func=lambda forum: form.forums.get(forum, ""),
        key=form.key("forum_id"),
        placeholder="None",
        **STAYS,
    )
    _offer_members(form)
    offer_last(form)


def _offer_members(form: Form) -> None:
    """Offer the partners that have a seat at the chosen forum."""
    forum_id = form.value("forum_id")
    if forum_id is None:
        return
    seats = load(forum_seats, forum_id)
    held = seats[seats["held_now"] & seats["archived_at"].isna()]["partner_id"].astype(int)
    members = [partner for partner in dict.fromkeys(held) if partner in form.partners and partner not in form.chosen]
    if members:
        label = f"Add its members: {plain(listed([form.partners[partner] for partner in members]))}"
        chosen = (form, members)
        st.button(label, key=form.key("add_members"), icon=":material/group_add:", on_click=_choose, args=chosen)


def _choose(form: Form, partners: list[int]) -> None:
    st.session_state[form.key("partners")] = [*form.chosen, *partners]


def _draw_who(form: Form) -> None:
    people = form.people[["contact_id", "partner_id", "name", "role"]].itertuples(index=False, name=None)
    chosen = set(form.chosen)  # asked once: a large county has thousands of people
    labels = {
        int(contact): person_in_list(who[1], who[2], form.partners[int(who[0])])
        for contact, *who in people
        if who[0] in chosen
    }
    st.multiselect(
        "The partners' people who took part",
        list(labels),
        format_func=lambda contact: labels.get(contact, ""),
        key=form.key("people"),
        placeholder="Choose people" if labels else "Nobody is on file for these partners yet",
        select_all=False,
        **STAYS,
    )
    if form.chosen and form.value("kind") == EngagementKind.EMAIL:
        _partner_pills(form, "answered", "Which partners wrote back or gave input?")
    elif form.chosen:
        _partner_pills(form, "absent", "Which partners did not take part or give input?")
    st.text_input(TEXTS["county_people"], key=form.key("county_people"), placeholder="Names or roles", **STAYS)


def _partner_pills(form: Form, field: str, question: str) -> None:
    st.pills(
        question,
        form.chosen,
        selection_mode="multi",
        format_func=lambda partner: form.partners.get(partner, ""),
        key=form.key(field),
        help="Contact counts as two-way only where the partner took part or gave input.",
        **STAYS,
    )


def _draw_said(form: Form) -> None:
    st.caption(
        "Assume that what is written here can be asked for as a public record. Facts, quotes and opinions apart."
    )
    for field, hint in (
        ("facts", "What was said and shown, as it was"),
        ("quotes", "In their own words, only where they agreed to be quoted"),
        ("opinions", "Our impressions, marked as such"),
    ):
        st.text_area(TEXTS[field], key=form.key(field), placeholder=hint, height="content", **STAYS)


def _draw_decided(form: Form) -> None:
    st.text_area(TEXTS["decisions"], key=form.key("decisions"), height="content", **STAYS)
    for field, question in MARKS.items():
        st.segmented_control(
            question,
            [who.value for who in Who],
            format_func=lambda who: Who(who).label,
            key=form.key(field),
            required=True,
            **STAYS,
        )


def _draw_behaviors(form: Form) -> None:
    st.multiselect(
        "CPM leadership behaviors this shows",
        _offered(form, "behaviors", frameworks().pick_list()),
        format_func=behavior_label,
        key=form.key("behaviors"),
        placeholder="Type or choose",
        select_all=False,
        **STAYS,
    )
    for entry_id in form.value("behaviors"):
        key = form.key(f"evidence_{entry_id}")
        st.text_input(f"What showed it: {plain(behavior_label(entry_id))}", key=key, **STAYS)
    st.multiselect(
        "ERP Toolkit topics this touches",
        _offered(form, "topics", frameworks().erp_topics()),
        format_func=topic_label,
        key=form.key("topics"),
        placeholder="Type or choose",
        select_all=False,
        **STAYS,
    )


def _offered(form: Form, field: str, in_force: tuple[Entry, ...]) -> list[str]:
    """Return the entries in force, and those that the record or its draft has already: one may be retired since."""
    return list(dict.fromkeys((*(entry.id for entry in in_force), *form.start[field], *form.value(field))))


def _draw_points(form: Form) -> None:
    for n in range(form.value("points_n")):
        st.text_input(f"Point {n + 1}", key=form.key(f"point_{n}_what"), **STAYS)
        follow_up, due = st.columns([3, 1])
        with follow_up:
            st.text_input("Its follow-up (if any)", key=form.key(f"point_{n}_follow_up"), **STAYS)
        with due:
            _day(form, "By when", f"point_{n}_due")
    _another(form, "points_n", "Add another point")


def _draw_promises(form: Form) -> None:
    for n in range(form.value("promises_n")):
        st.text_input(
            f"Promise {n + 1}",
            key=form.key(f"promise_{n}_what"),
            placeholder="Who will do what",
            **STAYS,
        )
        owed_by, partner, due = st.columns([2, 3, 2])
        with owed_by:
            st.segmented_control(
                "Owed by",
                [side.value for side in Side],
                default=Side.COUNTY.value,
                format_func=lambda side: Side(side).label,
                key=form.key(f"promise_{n}_owed_by"),
                required=True,
                **STAYS,
            )
        with partner:
            _one_partner(form, "Between the county and", f"promise_{n}_partner")
        with due:
            _day(form, "Due (if agreed)", f"promise_{n}_due")
    _another(form, "promises_n", "Add another promise")


def _draw_feedback(form: Form) -> None:
    for n in range(form.value("feedback_n")):
        st.text_area(
            f"Feedback {n + 1}, in the giver's own words",
            key=form.key(f"feedback_{n}_words"),
            height="content",
            **STAYS,
        )
        giver, person, kind = st.columns([3, 3, 2])
        with giver:
            _one_partner(form, "From", f"feedback_{n}_from", SOMEBODY_ELSE, ANONYMOUS)
        person.text_input("Person or role (optional)", key=form.key(f"feedback_{n}_person"), **STAYS)
        kind.selectbox(
            "Kind of feedback",
            [kind.value for kind in FeedbackKind],
            index=1,
            format_func=lambda kind: FeedbackKind(kind).label,
            key=form.key(f"feedback_{n}_kind"),
            **STAYS,
        )
    _another(form, "feedback_n", "Add more feedback")


def _draw_where(form: Form) -> None:
    st.text_input(TEXTS["place"], key=form.key("place"), **STAYS)
    st.checkbox("Remote (phone or video)", key=form.key("remote"), **STAYS)
    st.text_input(TEXTS["language"], key=form.key("language"), **STAYS)
    st.selectbox(
        "Interpreter",
        [each.value for each in Interpreter],
        format_func=lambda each: Interpreter(each).label,
        key=form.key("interpreter"),
        **STAYS,
    )
    st.text_area(TEXTS["notes"], key=form.key("notes"), height="content", **STAYS)


def _one_partner(form: Form, label: str, field: str, *more: str) -> None:
    """Ask for one of the chosen partners; where there is only one, leaving it open means that one."""
    options = [*form.chosen, *more]
    placeholder = form.partners[form.chosen[0]] if len(form.chosen) == 1 else "Choose"
    st.selectbox(
        label,
        options,
        index=None,
        format_func=lambda each: form.partners.get(each, str(each).capitalize()),
        key=form.key(field),
        placeholder=placeholder if form.chosen else "Choose partners above first",
        **STAYS,
    )


def _day(form: Form, label: str, field: str) -> None:
    st.date_input(
        label,
        value=None,
        min_value=FIRST_DAY,
        max_value=LAST_DAY,
        format="MM/DD/YYYY",
        key=form.key(field),
        **STAYS,
    )


def _another(form: Form, count: str, label: str) -> None:
    def add() -> None:
        st.session_state[form.key(count)] = form.value(count) + 1

    st.button(label, on_click=add, key=form.key(f"add_{count}"), icon=":material/add:")


#: Title, the fields that open it when they are filled, what draws it; in the order of a meeting's minutes.
SECTIONS: tuple[tuple[str, tuple[str, ...], Callable[[Form], None]], ...] = (
    ("Who took part", ("people", "county_people"), _draw_who),
    ("What was said: facts, quotes, opinions", ("facts", "quotes", "opinions"), _draw_said),
    ("Points discussed, with their follow-ups", ("point_0_what",), _draw_points),
    ("Decisions, and who had a say", ("decisions", *MARKS), _draw_decided),
    ("Promises made", ("promise_0_what",), _draw_promises),
    ("Feedback heard", ("feedback_0_words",), _draw_feedback),
    ("Behaviors and topics", ("behaviors", "topics"), _draw_behaviors),
    ("Place, language, notes", ("place", "language", "notes"), _draw_where),
)
#: Sections that wait until the engagement was held.
AFTERWARDS = {"What was said: facts, quotes, opinions", "Feedback heard", "Behaviors and topics"}


def _any_text(form: Form, fields: tuple[str, ...]) -> bool:
    return any(form.value(field) for field in fields)
