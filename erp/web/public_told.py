"""“You said, we did”: what was said, decided and changed, for everybody; as a page and as a poster."""

from html import escape

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from erp import db
from erp.documents.poster import Answer, Poster, poster_pdf
from erp.queries.county import county, today
from erp.queries.publishing import PAGE_ANSWERS, POSTER_ANSWERS, Told, told_to_everybody
from erp.web.html import paragraph
from erp.web.public_parts import day, lang_mark, plain_day, public_page, quotation
from erp.web.rates import may_print
from erp.web.words import language, say

#: Pages that may be asked for: nobody reads further, and a made-up number costs nothing.
_MOST_PAGES = 1_000
SAID, DECIDED, CHANGED = "What you said", "What we decided", "What changed"
CONFIRMED = "Whoever said it confirmed that it is mended."


def told_page(request: Request) -> Response:
    """Show what everybody may read, the newest first."""
    asked = request.query_params.get("page", "1")
    number = min(int(asked), _MOST_PAGES) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
    with db.reading() as session:
        found = told_to_everybody(session, max(number, 1))
    shown = found[:PAGE_ANSWERS]
    if not shown and number > 1:
        return RedirectResponse(f"?lang={language(request)}", 303)
    if not shown:
        nothing = paragraph(request, "Nothing is published yet. What you tell us can be the first.")
        return public_page(request, "You said, we did", nothing)
    poster = (
        f'<p><a href="you-said-we-did.pdf?lang={language(request)}">'
        f"{escape(say(request, 'Poster of the newest, to print (PDF)'))}</a></p>"
    )
    return public_page(
        request,
        "You said, we did",
        paragraph(request, "What people and partners told us, what was decided, and what changed because of it."),
        *(_article(request, told) for told in shown),
        _more(request, max(number, 1), further=len(found) > PAGE_ANSWERS),
        poster,
    )


def poster(request: Request) -> Response:
    """Answer with the poster of the newest answers as a PDF."""
    if not may_print(request):
        return PlainTextResponse(say(request, "Many people are sending just now. Wait a minute, then try again."), 429)
    with db.reading() as session:
        found, home = told_to_everybody(session, rows=POSTER_ANSWERS)[:POSTER_ANSWERS], county(session)
        this_day = today(session)
    drawn = Poster(
        title=say(request, "You said, we did"),
        county=home.name if home else "",
        day=plain_day(request, this_day),
        headings=(say(request, SAID), say(request, DECIDED), say(request, CHANGED)),
        answers=tuple(_answer(request, told) for told in found),
        empty=say(request, "Nothing is published yet. What you tell us can be the first."),
        left_out=say(request, "More stands on the page itself, in letters that this poster cannot print."),
        language=language(request),
    )
    headers = {"Content-Disposition": 'inline; filename="you-said-we-did.pdf"', "Cache-Control": "no-store"}
    return Response(poster_pdf(drawn), media_type="application/pdf", headers=headers)


def _in_language(request: Request, told: Told) -> tuple[tuple[str, str], ...]:
    """Return what was said, decided and changed, each with its language ("": the page's)."""
    if language(request) != "es":
        return tuple((text, "") for text in (told.said, told.decided, told.changed))
    pairs = ((told.said, told.said_es), (told.decided, told.decided_es), (told.changed, told.changed_es))
    return tuple((spanish, "") if spanish else (english, "en") for english, spanish in pairs)


def _answer(request: Request, told: Told) -> Answer:
    (said, decided, changed), spoken = zip(*_in_language(request, told), strict=True)
    confirmed = say(request, CONFIRMED) if told.confirmed else ""
    return Answer(said, decided, changed, confirmed, tuple(each or language(request) for each in spoken))


def _article(request: Request, told: Told) -> str:
    (said, s_in), (decided, d_in), (changed, c_in) = _in_language(request, told)
    confirmed = f"<p><strong>{escape(say(request, CONFIRMED))}</strong></p>" if told.confirmed else ""
    return (
        f"<article><h2>{escape(say(request, SAID))}</h2>{quotation(said, s_in)}"
        f"<h2>{escape(say(request, DECIDED))}</h2>{_said(decided, d_in)}"
        + (f"<h2>{escape(say(request, CHANGED))}</h2>{_said(changed, c_in)}" if changed else "")
        + f"{confirmed}<p>{day(request, told.published_on)}</p></article>"
    )


def _said(words: str, spoken: str) -> str:
    return f'<p class="said"{lang_mark(spoken)}>{escape(words)}</p>'


def _more(request: Request, number: int, *, further: bool) -> str:
    ways = {number - 1: "Newer ones"} if number > 1 else {}
    ways |= {number + 1: "Older ones"} if further else {}
    links = "".join(
        f'<a href="?lang={language(request)}&amp;page={to}">{escape(say(request, words))}</a>'
        for to, words in ways.items()
    )
    return f"<p>{links}</p>" if links else ""
