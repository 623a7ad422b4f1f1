"""Names in a file that no partner has: matched, added or left, one by one, before the file is saved."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from erp.queries.names import names_of_partners
from erp.services.linking import suggested_partner
from erp.ui.loads import load
from erp.ui.partner_choice import partner_field
from erp.ui.partner_words import counted
from erp.ui.prose import paragraph, show_prose, strong
from erp.ui.session import require_actor
from erp.ui.show import show_rows
from erp.vocabulary import PartnerKind, RecordKind, Verb

#: What the session keeps of one file: name → partner, kind of a new one, or None to leave it unlinked.
_SETTLED = "import_settled"


def settled(file: str) -> dict[str, int | PartnerKind]:
    """Return what was said so far of the names of this file that nobody knew; `file`: its hash."""
    return {words: answer for words, answer in _said(file).items() if answer is not None}


def draw_unknown(file: str, unknown: Mapping[str, int]) -> None:
    """Ask of each name that no partner has who it is. Nothing is saved before the file is."""
    said = _said(file)
    if not (unknown or said) or not require_actor().may(Verb.CHANGE, RecordKind.PARTNER):
        return
    open_names = [words for words in unknown if words not in said]
    st.header("Names that no partner has", anchor=False)
    names = counted(len({*unknown, *said}), "name", "names")
    st.markdown(
        f"{names}, of which {len(open_names)} are open. What you say here is saved with the file; names left open come "
        "in unlinked, and can be linked later."
    )
    if open_names:
        with st.container(border=True):
            _ask(file, open_names[0], unknown[open_names[0]])
    _draw_said(file)


def _ask(file: str, words: str, cells: int) -> None:
    """Ask who one name is."""
    suggested = load(suggested_partner, words)
    named = load(names_of_partners, (suggested,)) if suggested is not None else {}
    looks = f" It looks like {strong(named[suggested])}." if suggested in named else ""
    show_prose(paragraph(f"{strong(words)} stands in {counted(cells, 'row', 'rows')}.{looks}"))
    left, right = st.columns(2)
    key = f"settle_partner_{file[:12]}_{words}"
    partner = partner_field(left, "It is this partner", key=key, chosen=suggested)
    kind = right.selectbox(
        "Or a new partner of this kind",
        list(PartnerKind),
        index=None,
        format_func=lambda each: each.label,
        placeholder="Choose a kind",
        key=f"settle_kind_{file[:12]}_{words}",
    )
    with st.container(horizontal=True):
        new = kind is not None
        st.button(
            "Add as a new partner" if new else "Match",
            type="primary",
            disabled=partner is None and not new,
            icon=":material/add:" if new else ":material/link:",
            on_click=_keep,
            args=(file, words, kind if new else partner),
            key=f"settle_{file[:12]}_{words}",
        )
        st.button("Leave it unlinked", on_click=_keep, args=(file, words, None), key=f"settle_none_{file[:12]}_{words}")


def _draw_said(file: str) -> None:
    """Show what was said so far, and let it be said anew."""
    said = _said(file)
    if not said:
        return
    partners = tuple(answer for answer in said.values() if isinstance(answer, int))
    labels = load(names_of_partners, partners)
    show_rows(pd.DataFrame([(words, _told(answer, labels)) for words, answer in said.items()], columns=["Name", "Is"]))
    st.button("Say it anew", icon=":material/undo:", on_click=_forget, args=(file,), key=f"settle_anew_{file[:12]}")


def _told(answer: int | PartnerKind | None, labels: Mapping[int, str]) -> str:
    if answer is None:
        return "left unlinked"
    if isinstance(answer, PartnerKind):
        return f"a new partner ({answer.label.lower()})"
    return labels.get(answer, "a partner that is not here any more")


def _said(file: str) -> dict[str, int | PartnerKind | None]:
    of_file, said = st.session_state.get(_SETTLED, ("", {}))
    return said if of_file == file else {}


def _keep(file: str, words: str, answer: int | PartnerKind | None) -> None:
    st.session_state[_SETTLED] = (file, _said(file) | {words: answer})


def _forget(file: str) -> None:
    st.session_state[_SETTLED] = (file, {})
