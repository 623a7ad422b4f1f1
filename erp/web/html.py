"""How a public page is put together: plain HTML that works without scripts, in both languages, on a phone."""

from html import escape
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse

from erp import db
from erp.queries.county import county
from erp.web.words import LANGUAGES, language, say


def page(request: Request, title: str, *parts: str, status: int = 200, light: bool = False) -> HTMLResponse:
    """Return a page under `title` (a sentence of words.py), made of `parts` that are HTML already.

    `light`: for everybody, on phones with a poor connection: without the app's own font, the other language on top.
    """
    spoken, place, up = language(request), _county_name(), _up(request)
    switch = f'<nav aria-label="{escape(say(request, "Language"))}">{_switch(request, spoken)}</nav>'
    fonts = "" if light else f'<link rel="stylesheet" href="{up}app/static/fonts.css">\n'
    heading = escape(say(request, title))
    body = "\n".join(part for part in parts if part)
    return HTMLResponse(
        f"""<!doctype html>
<html lang="{spoken}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{heading}{f" · {place}" if place else ""}</title>
<link rel="icon" href="{up}app/static/mark.svg" type="image/svg+xml">
{fonts}<link rel="stylesheet" href="{up}app/static/public.css">
</head>
<body>
<header>
<img src="{up}app/static/mark.svg" alt="">
<div><strong>{escape(say(request, "Partnerships"))}</strong>{f"<span>{place}</span>" if place else ""}</div>
{switch if light else ""}
</header>
<main>
<h1>{heading}</h1>
{body}
</main>
{"" if light else f"<footer>{switch}</footer>"}
</body>
</html>
""",
        status_code=status,
        headers={"Cache-Control": "no-store"},
    )


def paragraph(request: Request, sentence: str, kind: str = "", **values: object) -> str:
    """Return a sentence as a paragraph; `kind` bad or good is told to a screen reader at once."""
    role = {"bad": ' role="alert"', "good": ' role="status"'}.get(kind, "")
    style = f' class="{kind}"' if kind else ""
    return f"<p{style}{role}>{escape(say(request, sentence, **values))}</p>"


def field(
    request: Request,
    name: str,
    label: str,
    *,
    kind: str = "text",
    value: str = "",
    autocomplete: str = "off",
    hint: str = "",
    first: bool = False,
) -> str:
    """Return a labelled input that must be filled in; `first` is where typing begins."""
    below = f"<small>{escape(say(request, hint))}</small>" if hint else ""
    return (
        f"<label>{escape(say(request, label))}{below}"
        f'<input name="{name}" type="{kind}" value="{escape(value)}" autocomplete="{autocomplete}" maxlength="300" '
        f"required{' autofocus' if first else ''}></label>"
    )


def choice(
    request: Request, name: str, label: str, options: dict[str, str], chosen: str, *, names: bool = False
) -> str:
    """Return a labelled list to choose from: value → words. `names`: the words are people's names, in no language."""
    inner = "".join(
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>'
        f"{escape(words if names and value else say(request, words))}</option>"
        for value, words in options.items()
    )
    return f'<label>{escape(say(request, label))}<select name="{name}">{inner}</select></label>'


def hidden(name: str, value: str) -> str:
    """Return a value that travels with a form unseen."""
    return f'<input type="hidden" name="{name}" value="{escape(value)}">'


def form(request: Request, action: str, button: str, *fields: str) -> str:
    """Return a form posting to `action` in the language of the page."""
    target = f"{action}?lang={language(request)}"
    return (
        f'<form method="post" action="{escape(target)}">{"".join(fields)}'
        f"<button>{escape(say(request, button))}</button></form>"
    )


def _up(request: Request) -> str:
    """Return the way from this page to the first one: links are relative, so that they hold under any address."""
    return "../" * (request.url.path.count("/") - 1)


def _switch(request: Request, spoken: str) -> str:
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    links = (
        f'<a lang="{code}" hreflang="{code}" href="{escape("?" + urlencode([*kept, ("lang", code)]))}">{name}</a>'
        for code, name in LANGUAGES.items()
        if code != spoken
    )
    return " ".join(links)


def _county_name() -> str:
    with db.reading() as session:
        home = county(session)
    return escape(home.name) if home else ""
