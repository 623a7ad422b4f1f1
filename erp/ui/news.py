"""What others changed since the last visit, as sentences with links."""

from collections.abc import Sequence
from datetime import datetime

import streamlit as st
from sqlmodel import Session

from erp import db
from erp.access import Actor
from erp.queries.names import partner_names
from erp.queries.news import News, last_visit, news_since
from erp.ui.loads import load, load_unalterable
from erp.ui.partner_words import counted
from erp.ui.prose import bullets, folded_away, show_prose
from erp.ui.session import require_actor
from erp.ui.show import folded
from erp.ui.today_parts import draw_whole_line, shortened
from erp.ui.words import day_text, listed
from erp.vocabulary import RecordKind

K = RecordKind
#: Sentences on Today at once, and in all where more are wanted.
LINES, MOST = 3, 60
#: Part of a barrier or a review → its article, and what is done with parts.
_PARTS = {
    **dict.fromkeys(("evidence",), "some"),
    **dict.fromkeys(("owner", "option", "action"), "an"),
    **dict.fromkeys(("verdict", "team member", "debrief note", "finding", "recommendation", "group"), "a"),
}
_DID_WITH = {"add": "added", "change": "changed", "void": "voided"}
#: Verb of the history → what somebody did.
DID = {
    "add": "added",
    "change": "changed",
    "archive": "put away",
    "restore": "brought back",
    "agree cadence": "agreed a cadence with",
    "void cadence": "took back a cadence of",
    "add name": "noted another name of",
    "take name back": "took back a name of",
    "link name": "linked a name in",
    "answer look-alike": "answered a question about",
    "confirm": "found still right",
    "add seat": "added a seat at",
    "change seat": "changed a seat at",
    "archive seat": "put away a seat at",
    "restore seat": "brought back a seat at",
    "log": "logged",
    "plan": "planned",
    "cancel": "cancelled",
    "void": "voided",
    "finish follow-up": "finished a follow-up of",
    "reopen follow-up": "reopened a follow-up of",
    "make": "wrote down",
    "keep": "kept",
    "withdraw": "withdrew by agreement",
    "reopen": "reopened",
    "receive": "took down",
    "acknowledge": "acknowledged",
    "decide": "decided on",
    "decide anew": "decided anew on",
    "tell the giver": "told the giver about",
    "tell the giver again": "told the giver again about",
    "tell again": "told the giver again about",
    "record that the giver confirmed": "recorded that the giver confirmed",
    "close without the giver": "closed without the giver",
    "write back": "wrote about",
    "answer": "answered the giver of",
    "ask once more": "asked once more about",
    "take back": "took back",
    "ask to remove the name": "asked to have their name removed from",
    "erase the name": "erased the giver's name of",
    "open to the team": "opened to the team",
    "assign": "said who works on",
    "pause": "let rest",
    "go on": "went on with",
    "say the themes": "said the themes of",
    "link feedback": "said what belongs with",
    "unlink feedback": "said what does not belong with",
    "replace receipts": "gave another receipt for",
    "mark as duplicate": "marked as entered twice",
    "record": "recorded",
    "check": "looked at whether it worked:",
    "tell a partner": "told a partner of",
    "name": "named",
    "take up together": "took up together with partners",
    "take up again": "took up again",
    "ask the partners": "asked the partners about",
    "every partner who owns it says that it is gone": "wrote down that partners say it is gone:",
    "a partner says that it is not gone": "wrote down that a partner says it is not gone:",
    "set aside": "set aside",
    "go on working": "went on working on",
    "take again": "took a review again:",
    **{f"{verb} {part}": f"{did} {a} {part} of" for part, a in _PARTS.items() for verb, did in _DID_WITH.items()},
    "import": "imported",
    "undo import": "undid the import of",
}
#: Kind of record → what it is called before its title, and the page that opens it with the name of its number there.
_OBJECTS = {
    K.PARTNER: ("the partner", "partner", "partner"),
    K.CONTACT: ("the person", "partner", ""),
    K.FORUM: ("the forum", "forums", "forum"),
    K.RELATIONSHIP: ("the tie", "partner", ""),
    K.ENGAGEMENT: ("the engagement", "engagement", "engagement"),
    K.COMMITMENT: ("the promise", "promises", "promise"),
    K.FEEDBACK_ITEM: ("the feedback", "feedback", "feedback"),
    K.DECISION: ("the decision", "decisions", "decision"),
    K.BARRIER: ("the barrier", "barriers", "barrier"),
    K.SYSTEM_REVIEW: ("the review", "reviews", "review"),
    K.IMPORT_FILE: ("the file", "imports", ""),
}
_NAMED = (K.PARTNER, K.CONTACT, K.FORUM)


def sentence_of(news: News) -> str:
    """Say who did what, as in: Cora kept the promise “Send the notes”."""
    did = listed(list(dict.fromkeys(DID.get(verb, "changed") for verb in news.verbs)))
    title = news.title.splitlines()[0] if news.title else "without a title"
    short = shortened(title)
    said = short if news.kind in _NAMED else f"“{short}”"
    return f"{news.who} {did} {_OBJECTS[news.kind][0]} {said}."


def draw_since_last_visit(holder_id: int | None) -> None:
    """Draw on Today what others changed since the last visit, of partnerships this account holds; nothing on the
    first visit."""
    since, news = _news(holder_id)
    if since is None:
        return
    st.header("Since your last visit", anchor=False)
    if not news:
        st.markdown(f"Nothing that you may see was changed by others since {since}.")
        return
    st.markdown(f"{counted(len(news), 'change', 'changes')} by others since {since}.")
    _draw_lines(news[:LINES])
    if len(news) > LINES:
        folded(f"{min(len(news), MOST) - LINES} more", lambda: _draw_lines(news[LINES:MOST]), key="news_more")


def draw_since_on_partner(partner_id: int) -> None:
    """Draw on a partner's page what others changed there since the last visit, folded away, where there is any."""
    since, of_all = _news(None)
    news = [one for one in of_all if partner_id in one.partners]
    if news:
        changes = counted(len(news), "change", "changes")
        show_prose(folded_away(f"{changes} by others since your last visit ({since})", bullets(_dated(news[:MOST]))))


def _dated(news: Sequence[News]) -> list[str]:
    return [f"{day_text(one.at.date())}: {sentence_of(one)}" for one in news]


def _news(holder_id: int | None) -> tuple[str | None, tuple[News, ...]]:
    """Return the day of the last visit in words, and what others changed since: asked once for all partners' pages."""
    actor = require_actor()
    with db.reading() as session:
        since = last_visit(session, actor)
    if since is None:
        return None, ()
    return day_text(since.date()), load_unalterable(_asked_for, since, actor.user_id, holder_id)


def _asked_for(
    session: Session, actor: Actor, since: datetime, but_by: int | None, holder_id: int | None
) -> tuple[News, ...]:
    return news_since(session, actor, since, but_by, holder_id=holder_id)


def _draw_lines(news: Sequence[News]) -> None:
    names = load(partner_names)
    called = dict(zip(names["id"], names["name"], strict=True))
    for one in news:
        _, page, parameter = _OBJECTS[one.kind]
        query = {parameter: one.record_id} if parameter else {}
        if page == "partner" and not parameter and one.partners:
            query = {"partner": one.partners[0], "section": "People and ties"}
        partners = "; ".join(called.get(partner, "") for partner in one.partners[:4])
        about = " · ".join(filter(None, (f"{day_text(one.at.date())}, {one.at:%-I:%M %p}", partners)))
        draw_whole_line(page, "", sentence_of(one), about, **query)
