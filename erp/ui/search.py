"""The search field that stands on every page, and what it finds."""

import streamlit as st

from erp import db
from erp.queries.search import COUNTED, FIRST, MORE, Hit, Hits, search
from erp.services.search import bring_up_to_date, something_missing
from erp.ui import navigation
from erp.ui.address import words_in_address
from erp.ui.loads import load, look_again
from erp.ui.prose import heading, paragraph, show_prose, strong, typed
from erp.ui.show import empty_state, folded
from erp.ui.words import day_text, plain
from erp.vocabulary import RecordKind

K = RecordKind

#: What the words are called in the address.
WORDS = "q"
_LONGEST_TITLE = 160
#: Stretches of the index that a search waits for; what comes in by an import is put in by the import.
_MOST_STRETCHES = 4
#: Kind of record → what one and several are called, the page that shows one, and what names it in the address.
_KINDS = {
    K.PARTNER: ("partner", "partners", "partner", "partner"),
    K.CONTACT: ("person", "people", "partner", "partner"),
    K.FORUM: ("forum", "forums", "forums", "forum"),
    K.ENGAGEMENT: ("engagement", "engagements", "engagement", "engagement"),
    K.COMMITMENT: ("promise", "promises", "promises", "promise"),
    K.FEEDBACK_ITEM: ("piece of feedback", "pieces of feedback", "feedback", "feedback"),
    K.BARRIER: ("barrier", "barriers", "barriers", "barrier"),
    K.DECISION: ("decision", "decisions", "decisions", "decision"),
    K.SYSTEM_REVIEW: ("local system review", "local system reviews", "reviews", "review"),
}
#: Kind of record → the list of all of them, what the words are called in its address, and what else stands there.
_LISTS: dict[RecordKind, tuple[str, str, dict[str, str]]] = {
    K.PARTNER: ("partners", "partner_words", {}),
    K.ENGAGEMENT: ("engagements", "words", {}),
    K.COMMITMENT: ("promises", "promise_words", {"state": "all"}),
    K.FEEDBACK_ITEM: ("feedback", "feedback_words", {"state": "all"}),
}


def asked_on_this_page() -> str:
    """Draw the field and return what is looked for; it stands in the address of whichever page one is on."""
    with st.container(key="find"):
        return words_in_address("Search everything", WORDS, placeholder="Search", page="find", in_bar=True)


def let_be_found() -> bool:
    """Put what was saved since the last search into the index; return whether something is missing still."""
    for _ in range(_MOST_STRETCHES):
        with db.reading() as session:
            if not something_missing(session):
                return False
        with db.writing() as session:  # a new state of the data: an answer kept meanwhile knew less
            bring_up_to_date(session)
        look_again()
    return True


def findable(words: str) -> str:
    """Return the words of a list's filter, without outer spaces; what was saved just now can be found by them."""
    words = words.strip()
    if words:
        let_be_found()
    return words


def draw_results(words: str) -> None:
    """Draw what the words find, in the place of the page one is on; emptying the field brings it back."""
    st.title("Search", anchor=False)
    if let_be_found():
        st.info("Records that came in just now are being made findable. Search again in a moment to find them, too.")
    hits = load(search, words)
    if hits:
        draw_hits(hits, words)
    else:
        empty_state(
            f"Nothing that you may see says “{plain(words[:_LONGEST_TITLE])}”.",
            "Try fewer words, or the beginning of one. Partners are found by other and former names and by initials, "
            "too; words in quotation marks are looked for as they stand.",
        )
    st.caption(
        "Empty the field above to return to the page you were on. What was typed there for an engagement is kept; "
        "another form that was not saved begins anew."
    )


def draw_hits(hits: tuple[Hits, ...], words: str) -> None:
    """Draw what was found: how many of each kind, the first of them, and a way to all of them."""
    said = ", ".join(_many(of_kind) for of_kind in hits)
    all_meant = all(of_kind.meant for of_kind in hits)
    alike = f"Nothing is spelt {strong(words[:_LONGEST_TITLE])}. Spelt alike: {said}."
    show_prose(paragraph(alike if all_meant else f"Found: {said}."))
    for of_kind in hits:
        _draw_kind(of_kind, words, mark_meant=of_kind.meant and not all_meant)


def _draw_kind(of_kind: Hits, words: str, *, mark_meant: bool) -> None:
    one, many, _, _ = _KINDS[of_kind.kind]
    close = f"No {one} is spelt exactly so. These are close:" if mark_meant else ""
    show_prose(heading(f"{_heading(of_kind.kind)} ({_count(of_kind.total)})"), paragraph(close, quiet=True))
    with st.container(border=True, gap="xsmall"):
        for hit in of_kind.rows:
            _draw(of_kind.kind, hit)
        if of_kind.total > len(of_kind.rows):
            _draw_way_to_all(of_kind, words, f"All {_count(of_kind.total)} {many}")


def _draw_way_to_all(of_kind: Hits, words: str, label: str) -> None:
    if of_kind.kind in _LISTS:
        page, name, more = _LISTS[of_kind.kind]
        _way(page, label, f"all_{of_kind.kind}", {name: words} | more, icon=":material/list:")
    else:
        folded(label, lambda: _draw_more(of_kind.kind, words), key=f"found_{of_kind.kind}", icon=":material/list:")


def _draw_more(kind: RecordKind, words: str) -> None:
    for of_kind in load(search, words, kind, MORE):
        for hit in of_kind.rows[FIRST:]:
            _draw(kind, hit)
        if of_kind.total > len(of_kind.rows):
            st.caption(f"The first {MORE} fit best; another word leaves fewer.")


def _draw(kind: RecordKind, hit: Hit) -> None:
    title = plain(" ".join(hit.title.split())[:_LONGEST_TITLE]) + (" (archived)" if hit.put_away else "")
    _link(kind, hit, f"**{title}**")
    when = [day_text(hit.day, hit.day_words)] if hit.day or hit.day_words else []
    before, said, after = hit.excerpt or ("", "", "")
    lines = typed(" · ".join(filter(None, [*when, *hit.facts])))
    lines += f"<br>{typed(before)}{strong(said)}{typed(after)}" if said else ""
    show_prose(f'<p class="quiet found">{lines}</p>')


def _link(kind: RecordKind, hit: Hit, label: str) -> None:
    """Link to what was found: a person stands among the people of the partner, and without one has no page."""
    _, _, page, name = _KINDS[kind]
    if kind is not K.CONTACT:
        _way(page, label, f"{kind}_{hit.record_id}", {name: str(hit.record_id)})
    elif hit.leads_to is not None:
        _way(page, label, f"{kind}_{hit.record_id}", {name: str(hit.leads_to), "section": "People and ties"})
    else:
        st.markdown(label)


def _way(page: str, label: str, key: str, query: dict[str, str], icon: str | None = None) -> None:
    """Link to a page, also to the one that the results stand on."""
    navigation.link_to(page, label, icon=icon, key=f"way_{key}", **query)


def _heading(kind: RecordKind) -> str:
    return "Feedback" if kind is K.FEEDBACK_ITEM else _KINDS[kind][1].capitalize()


def _many(of_kind: Hits) -> str:
    one, many, *_ = _KINDS[of_kind.kind]
    return f"{_count(of_kind.total)} {one if of_kind.total == 1 else many}"


def _count(total: int) -> str:
    return f"over {COUNTED}" if total > COUNTED else str(total)
