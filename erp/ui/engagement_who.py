"""The field for who took part: partners, people and forums are typed into one field, by any of their names.

Partners stay in it; a person goes to the people below and brings the partner along, a forum goes to its own field.
What the browser does not offer is looked for here: a slip, a former name, one of a state's 20,000 partners.
"""

import streamlit as st

from erp.queries.choices import form_choices
from erp.queries.search import Hit, called_so
from erp.queries.word_index import FORUM, PARTNER, PERSON
from erp.spelling import joined
from erp.ui.engagement_form import STAYS, Form, key_of
from erp.ui.loads import load, load_unalterable
from erp.ui.search import findable
from erp.ui.words import plain
from erp.vocabulary import RecordKind

K = RecordKind
_MARKS = {K.PARTNER: PARTNER, K.CONTACT: PERSON, K.FORUM: FORUM}
_NONE = "none"


def draw_who_took_part(form: Form) -> None:
    """Draw the field, who of the people typed into it took part, and the question where a name is not clear."""
    also = [partner for partner in form.chosen if partner not in form.offered]
    st.multiselect(
        "Partners, people, forum",
        [*form.offered, *also],
        format_func=lambda one: form.offered.get(one) or form.listed.get(one, str(one)),
        key=form.key("partners"),
        on_change=_take_in,
        args=(form.name,),  # not the form: Streamlit compares what callbacks are given, and it holds a whole county
        placeholder="Type any name; choose one or several",
        select_all=False,
        accept_new_options=True,
        **STAYS,
    )
    _draw_people(form)
    _draw_questions(form)


def _take_in(form: str) -> None:
    """Put what was chosen where it belongs."""
    chosen = st.session_state[key_of(form, "partners")] or []
    others = [one for one in chosen if isinstance(one, str)]
    if not others:  # setting the value of a long list makes the browser draw it twice: now, and at the next step
        return
    st.session_state[key_of(form, "partners")] = [one for one in chosen if isinstance(one, int)]
    offered = load_unalterable(form_choices)
    for typed in others:
        if typed in offered.offered:
            _add(form, typed, offered.partner_of.get(typed))
        else:
            _look_for(form, typed)


def _look_for(form: str, name: str) -> None:
    """Take in the one that is called so; where there are several, or none, ask."""
    found = load(called_so, findable(name))
    hits = [(of_kind.kind, hit) for of_kind in found for hit in of_kind.rows]
    fitting = {f"{_MARKS[kind]}{hit.record_id}": hit for kind, hit in hits if kind is not K.CONTACT or hit.leads_to}
    exactly = [token for token, hit in fitting.items() if joined(hit.title) == joined(name)]
    # what is only spelt alike may be another body: that is for a person to say
    only_alike = any(of_kind.meant for of_kind in found)
    sure = exactly if len(exactly) == 1 or only_alike else list(fitting)
    if len(sure) == 1:
        _add(form, sure[0], fitting[sure[0]].leads_to)
    else:
        known = {token: (_in_words(hit), hit.leads_to) for token, hit in fitting.items()}
        _set_unclear(form, _unclear(form) | {name: known})


def _in_words(hit: Hit) -> str:
    return " – ".join(filter(None, (hit.title, *hit.facts)))


def _add(form: str, token: str, of_partner: int | None) -> None:
    """Add a partner ("p3"), a person with the partner they belong to ("c12"), or a forum ("f3")."""
    number = int(token[1:])
    if token.startswith(FORUM):
        st.session_state[key_of(form, "forum_id")] = number
        return
    if token.startswith(PERSON):
        _put_into(form, "people", number)
        assert of_partner is not None  # only people of partners are offered
        number = of_partner
    _put_into(form, "partners", number)


def _put_into(form: str, field: str, number: int) -> None:
    there = st.session_state.get(key_of(form, field)) or []
    st.session_state[key_of(form, field)] = list(dict.fromkeys([*there, number]))


def unclear_names(form: Form) -> list[str]:
    """Return the names that were typed and of which nobody has said yet who was meant, or that they are left out."""
    return list(_unclear(form.name))


def _draw_people(form: Form) -> None:
    """Say who of the chosen partners' people is down as present: the field for them may be folded away."""
    there = set(form.value("people") or [])
    rows = form.people[form.people["contact_id"].isin(there) & form.people["partner_id"].isin(form.chosen)]
    if not rows.empty:
        named = [", ".join(filter(None, dict.fromkeys(who))) for who in zip(rows["name"], rows["role"], strict=True)]
        st.caption(f"People: {plain('; '.join(named))}.")


def _draw_questions(form: Form) -> None:
    """Ask which one was meant, for each name that was typed and is not clear."""
    for name, known in _unclear(form.name).items():
        key = form.key(f"add_which_{name}")
        if not known:
            st.info(
                f"Nobody here is called “{plain(name)}”. A new partner is added under Partners first; somebody else "
                "can be named with the feedback or in the notes.",
                icon=":material/person_search:",
            )
            st.button(f"Leave out “{plain(name)}”", key=key, on_click=_settle, args=(form.name, name))
            continue
        labels = {token: shown for token, (shown, _) in known.items()} | {_NONE: "None of these"}
        st.pills(
            f"Who is “{plain(name)}”?",
            list(labels),
            format_func=lambda token, labels=labels: plain(labels[token]),
            key=key,
            on_change=_answer,
            args=(form.name, name),
        )


def _answer(form: str, name: str) -> None:
    """Take in the one that was meant."""
    token = st.session_state[key_of(form, f"add_which_{name}")]
    if token is not None and token != _NONE:
        _add(form, token, _unclear(form)[name][token][1])
    _settle(form, name)


def _settle(form: str, name: str) -> None:
    _set_unclear(form, {other: known for other, known in _unclear(form).items() if other != name})


def _unclear(form: str) -> dict[str, dict[str, tuple[str, int | None]]]:
    """Return name → who may be meant by it: mark → as shown, and the partner of a person."""
    return st.session_state.get(key_of(form, "add_unclear"), {})


def _set_unclear(form: str, names: dict[str, dict[str, tuple[str, int | None]]]) -> None:
    st.session_state[key_of(form, "add_unclear")] = names
