"""What the pages for everybody share: days, choices, quotations, the way between them, a look for case information."""

from collections.abc import Iterable, Mapping
from datetime import date
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from erp.privacy import find_identifying, mark_html_free
from erp.web.forms import Form
from erp.web.html import page, paragraph
from erp.web.words import language, say

_MONTHS = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre",
    "diciembre",
)  # fmt: skip
#: Why words that look identifying are kept, in the history.
CHECKED = "The giver says that these words name no child and no family."


def public_page(request: Request, title: str, *parts: str, status: int = 200) -> HTMLResponse:
    """Return a page for everybody: light, with the way to the others at its end."""
    return page(request, title, *parts, _ways(request), status=status, light=True)


def not_here(request: Request) -> Response:
    """Say that there is no such page, and where the others are."""
    asked = request.url.path
    if asked.endswith("/") and asked.strip("/") != "public":  # typed with a stroke at its end
        return RedirectResponse("../" + asked.rstrip("/").rsplit("/", 1)[1], 303)
    return public_page(request, "There is no such page", paragraph(request, "Choose one of these."), status=404)


def plain_day(request: Request, on: date) -> str:
    """Return a day as a sentence says it, in the language of the page."""
    if language(request) == "es":
        return f"{on.day} de {_MONTHS[on.month - 1]} de {on.year}"
    return f"{on:%B} {on.day}, {on.year}"


def day(request: Request, on: date) -> str:
    """Return a day as HTML, so that programs read it too."""
    return f'<time datetime="{on.isoformat()}">{plain_day(request, on)}</time>'


def quotation(words: str, spoken: str = "") -> str:
    """Return somebody's words as they wrote them; `spoken`: their language where it is known."""
    return f"<blockquote{lang_mark(spoken)}>{escape(words)}</blockquote>"


def picks(request: Request, name: str, question: str, options: Mapping[str, tuple[str, str]], chosen: str) -> str:
    """Return a question with one answer to pick: value → words and a hint, both sentences of the words."""
    inner = "".join(
        f'<label class="pick"><input type="radio" name="{name}" value="{value}" required'
        f"{' checked' if value == chosen else ''}>"
        f"<span>{escape(say(request, words))}{_hint(request, hint)}</span></label>"
        for value, (words, hint) in options.items()
    )
    return f"<fieldset><legend>{escape(say(request, question))}</legend>{inner}</fieldset>"


def tick(request: Request, name: str, words: str, hint: str = "", *, ticked: bool = False) -> str:
    """Return a box to tick."""
    box = f'<input type="checkbox" name="{name}" value="yes"{" checked" if ticked else ""}>'
    return f'<label class="pick">{box}<span>{escape(say(request, words))}{_hint(request, hint)}</span></label>'


def text_area(request: Request, name: str, label: str, value: str, *, hint: str = "", short: bool = False) -> str:
    """Return a labelled field for several lines."""
    style = ' class="short"' if short else ""
    return (
        f"<label>{escape(say(request, label))}{_hint(request, hint)}"
        f'<textarea name="{name}" maxlength="4000"{style}>\n{escape(value)}</textarea></label>'
    )


def line(
    request: Request, name: str, label: str, value: str, *, hint: str = "", style: str = "", fill: str = "off"
) -> str:
    """Return a labelled field for one line, which may stay blank."""
    shown = f' class="{style}"' if style else ""
    return (
        f"<label{shown}>{escape(say(request, label))}{_hint(request, hint)}"
        f'<input name="{name}" value="{escape(value)}" autocomplete="{fill}" maxlength="200"></label>'
    )


def post_form(request: Request, button: str, fields: Iterable[str] = (), *, second: bool = False, to: str = "") -> str:
    """Return a form that comes back to the address it stands at, or goes `to` another one."""
    style = ' class="second"' if second else ""
    return (
        f'<form method="post" action="{to}?lang={language(request)}">{"".join(fields)}'
        f"<button{style}>{escape(say(request, button))}</button></form>"
    )


def look_identifying(request: Request, form: Form, *names: str) -> str:
    """Return a warning with the words marked that may identify a child or a family, and the box to keep them.

    Empty where nothing does, or the box was ticked.
    """
    marked = [
        mark_html_free(form.get(name, ""), marks) for name in names if (marks := find_identifying(form.get(name, "")))
    ]
    if not marked or form.get("keep") == "yes":
        return ""
    asked = paragraph(
        request,
        "Nothing is sent yet. The words marked ⟦so⟧ look as if they could identify a child or a family. Please take "
        "them out below – or tick the box if they identify nobody.",
        "bad",
    )
    return asked + "".join(quotation(text) for text in marked)


def keep_box(request: Request) -> str:
    """Return the box that keeps words which look identifying."""
    return tick(request, "keep", "I checked: these words name no child and no family.")


def _ways(request: Request) -> str:
    here, spoken = request.url.path, language(request)
    up = "../" * (here.count("/") - 2)
    ways = {"say": "Give feedback", "follow": "Follow my feedback", "you-said-we-did": "You said, we did"}
    links = "".join(
        f'<a href="{up}{way}?lang={spoken}">{escape(say(request, words))}</a>'
        for way, words in ways.items()
        if here != f"/public/{way}"
    )
    return f'<nav aria-label="{escape(say(request, "Pages for everybody"))}">{links}</nav>'


def _hint(request: Request, hint: str) -> str:
    return f"<small>{escape(say(request, hint))}</small>" if hint else ""


def lang_mark(spoken: str) -> str:
    """Return the attribute that tells a screen reader of another language than the page's; "" for none."""
    return f' lang="{spoken}"' if spoken else ""
