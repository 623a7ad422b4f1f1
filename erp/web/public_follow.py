"""The page a giver comes back to with a receipt: where it stands, writing back, saying whether it is mended."""

from collections.abc import Callable
from html import escape

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from erp import db
from erp.documents.qr import qr_svg
from erp.errors import ERPError, NotFound
from erp.queries.following import Followed, Message, Step, followed
from erp.services.following import (
    NO_RECEIPT,
    NOT_MENDED,
    confirm_mended,
    open_to_team,
    remove_identity,
    say_not_mended,
    take_back,
    write_back,
)
from erp.services.keys import as_code, code_of, in_groups
from erp.services.records import keep_marked_words
from erp.services.sign_in import token_hash
from erp.vocabulary import FeedbackState, Readers, Signed
from erp.web.forms import Form
from erp.web.html import hidden, paragraph
from erp.web.public_parts import (
    CHECKED,
    day,
    keep_box,
    line,
    look_identifying,
    post_form,
    public_page,
    quotation,
    text_area,
)
from erp.web.rates import count_wrong_code, may_send, may_try_codes
from erp.web.words import language, say

S = FeedbackState

#: What each step says to its giver.
STEPS: dict[FeedbackState, str] = {
    S.RECEIVED: "It came in",
    S.ACKNOWLEDGED: "The county has read it",
    S.DECIDED: "The county decided",
    S.TOLD: "The county told you what became of it",
    S.CONFIRMED: "You said that it is mended",
    S.REOPENED: "You said that it is not mended",
    S.UNCONFIRMED: "The county closed it without your answer",
}
#: The same of a giver's own steps, where somebody of the county wrote them down.
WRITTEN_DOWN: dict[FeedbackState, str] = {
    S.CONFIRMED: "The county wrote down that you said it is mended",
    S.REOPENED: "The county wrote down that you said it is not mended",
}
#: What comes next, by state; the day is added where there is one.
NEXT: dict[FeedbackState, tuple[str, str]] = {
    S.RECEIVED: (
        "Next: the county tells you that it has read it, by",
        "Next: the county tells you that it has read it.",
    ),
    S.ACKNOWLEDGED: ("Next: the county decides what to do, by", "Next: the county decides what to do."),
    S.DECIDED: ("Next: the county tells you what becomes of it, by", "Next: the county tells you what becomes of it."),
    S.REOPENED: ("Next: the county looks at it again and tells you, by", "Next: the county looks at it again."),
}
#: What is said beside the question whether it is mended.
STAYS = {
    S.TOLD: "Only you can say so. Until then it stays open as “told, not confirmed”.",
    S.UNCONFIRMED: "Only you can say so, also now. Until then it stays counted as “closed, not confirmed”.",
}
#: What was just done, as the address says it → the sentence.
DONE = {
    "sent": "Thank you. It came in. Keep your receipt, below.",
    "mended": "Thank you. You have closed this; nobody else could.",
    "not_mended": "Thank you for saying so. It is open again, and the county has to come back to you.",
    "wrote": "It is sent. The county reads it here.",
    "taken_back": "You have taken it back.",
    "removed": "Nobody here can read your name or how to reach you any more. An administrator erases both.",
    "opened": "The county's partnership team may read it now.",
}
READERS: dict[Readers, str] = {
    Readers.TEAM: "The county's partnership team may read this.",
    Readers.TRIBAL_LIAISON: "Only the Tribal liaison may read this.",
    Readers.COMMUNITY_LIAISON: "Only the community liaison may read this.",
    Readers.ONE_PERSON: "Only {name} may read this.",
}

#: What a button does: the service (with the words typed beside it), what is said then, and whose words are looked at.
ACTS: dict[str, tuple[Callable[[Session, str, str], object], str]] = {
    "mended": (lambda session, hashed, _: confirm_mended(session, hashed), "mended"),
    "not_mended": (say_not_mended, "not_mended"),
    "write": (write_back, "wrote"),
    "take_back": (lambda session, hashed, _: take_back(session, hashed), "taken_back"),
    "remove": (lambda session, hashed, _: remove_identity(session, hashed), "removed"),
    "open": (lambda session, hashed, _: open_to_team(session, hashed), "opened"),
}


def enter_page(request: Request) -> Response:
    """Ask for the code of a receipt."""
    return _entrance(request, "", "")


def enter(request: Request, form: Form) -> Response:
    """Lead to the item of a code."""
    typed = form.get("code", "")
    code = as_code(typed)
    if code is None:
        wrong = paragraph(request, "A receipt code has 16 digits, in four groups of four.", "bad")
        return _entrance(request, typed, wrong, 400)
    return RedirectResponse(f"follow/{code}?lang={language(request)}", 303)


def follow_page(request: Request) -> Response:
    """Show an item to its giver."""
    return _answer(request, {}, "")


def act(request: Request, form: Form) -> Response:
    """Do what a button says, and show the page anew; nothing is done by opening a link."""
    doing = ACTS.get(form.get("do", ""))
    if doing is None:
        return _answer(request, {}, "", 400)
    if not may_send(request):
        wait = "Many people are sending just now. Wait a minute, then press the button again."
        return _answer(request, form, paragraph(request, wait, "bad"), 429)
    if warning := look_identifying(request, form, "words"):
        return _answer(request, form, warning, 400)
    service, done = doing
    try:
        with db.writing() as session:
            keep_marked_words(session, CHECKED if form.get("keep") == "yes" else "")
            service(session, _hashed(request), form.get("words", "").replace("\r\n", "\n"))
    except NotFound:
        return _answer(request, {}, "")
    except ERPError as refusal:
        return _answer(request, form, paragraph(request, str(refusal), "bad"), 400)
    return RedirectResponse(f"?lang={language(request)}&done={done}", 303)


def _receipt(request: Request) -> str:
    """Return the receipt in the address: the secret of a link, or the digits of a code."""
    asked = request.path_params["receipt"]
    return as_code(asked) or asked


def _hashed(request: Request) -> str:
    return token_hash(_receipt(request))


def _answer(request: Request, form: Form, said: str, status: int = 200) -> Response:
    is_code = as_code(request.path_params["receipt"]) is not None  # a link's secret is not to be guessed
    if is_code and not may_try_codes(request):
        wait = paragraph(request, "Too many codes were tried. Wait a minute, then try again.", "bad")
        return _entrance(request, "", wait, 429)
    with db.reading() as session:
        item = followed(session, _hashed(request))
    if item is None:
        if is_code:
            count_wrong_code(request)
        return _entrance(request, "", paragraph(request, NO_RECEIPT, "bad"), 404)
    done, receipt = DONE.get(request.query_params.get("done", ""), ""), _keep(request)
    return public_page(
        request,
        "Your feedback",
        said or (paragraph(request, done, "good") if done else ""),
        receipt if done == DONE["sent"] else "",
        quotation(item.words),
        _history(request, item),
        _changes(request, item),
        *(_closed(request, item, form) if item.voided_because or item.withdrawn_on else _open(request, item, form)),
        _details(request, "Show my receipt", receipt) if receipt and done != DONE["sent"] else "",
        status=status,
    )


def _entrance(request: Request, typed: str, said: str, status: int = 200) -> Response:
    asked = paragraph(request, "Open the link of your receipt, or type the code that stands on it.")
    code = line(request, "code", "Code of the receipt", typed, hint="Four groups of four digits.")
    target = "../" * (request.url.path.count("/") - 2) + f"follow?lang={language(request)}"
    button = f"<button>{escape(say(request, 'Show my feedback'))}</button>"
    form = f'<form method="post" action="{target}">{code}{button}</form>'
    return public_page(request, "Follow my feedback", said, asked, form, status=status)


def _keep(request: Request) -> str:
    """Return the receipt to keep: the link, the same as a picture for a phone, and the code.

    Empty where somebody came by the code: the link does not follow from it.
    """
    secret = request.path_params["receipt"]
    if as_code(secret):
        return ""
    address = f"{request.url.scheme}://{request.url.netloc}/public/follow/{secret}"
    picture = qr_svg(address, say(request, "The link as a QR code"))
    keep = "Take a picture of this or write it down. With it you read the answer, write back, and say if it is mended."
    return (
        f'<section class="receipt"><h2>{escape(say(request, "Your receipt"))}</h2>{paragraph(request, keep)}'
        f'<p><a href="{secret}?lang={language(request)}">{escape(address)}</a></p>{picture}'
        f"<p>{escape(say(request, 'Code, to be read over the phone:'))}<br>"
        f'<span class="code">{in_groups(code_of(secret))}</span></p></section>'
    )


def _history(request: Request, item: Followed) -> str:
    rows = "".join(f"<li>{_step(request, step)}</li>" for step in item.steps)
    return f'<h2>{escape(say(request, "What happened"))}</h2><ol class="steps">{rows}</ol>'


def _changes(request: Request, item: Followed) -> str:
    """What changed because of it, as the decision says it; empty where nothing is said."""
    if not item.changes:
        return ""
    said = "".join(f'<p class="said">{escape(words)}</p>' for words in item.changes)
    return f"<h2>{escape(say(request, 'What changed because of it'))}</h2>{said}"


def _step(request: Request, step: Step) -> str:
    when = f" – {day(request, step.on_day)}" if step.on_day else ""
    said = say(request, NOT_MENDED) if step.said == NOT_MENDED else step.said
    shown = f'<br><span class="said">{escape(said)}</span>' if said and step.step is not S.CONFIRMED else ""
    told = WRITTEN_DOWN.get(step.step, STEPS[step.step]) if step.by_county else STEPS[step.step]
    return f"<strong>{escape(say(request, told))}</strong>{when}{shown}"


def _closed(request: Request, item: Followed, form: Form) -> list[str]:
    """What stands below an item that was taken back or set aside; words typed meanwhile are shown once more."""
    typed = [quotation(form["words"])] if form.get("words", "").strip() else []
    if item.withdrawn_on:
        sentence = paragraph(request, "You took this back. The county does not work on it any more.")
    else:
        because = escape(say(request, "The county set this aside. Its reason: {reason}", reason=item.voided_because))
        sentence = f"<p>{because}</p>"
    return [sentence, *typed, *_identity(request, item)]


def _open(request: Request, item: Followed, form: Form) -> list[str]:
    return [
        _next(request, item),
        *(_asks(request, item, form) if item.state in (S.TOLD, S.UNCONFIRMED) else ()),
        *_messages(request, item, form),
        *(_reopen(request, form) if item.state is S.CONFIRMED else ()),
        _readers(request, item),
        *_identity(request, item),
        _folded(request, "Take it back", "The county stops working on it. Only you can do this.", "take_back"),
    ]


def _next(request: Request, item: Followed) -> str:
    if item.paused_on is not None:
        since = escape(say(request, "The county is letting this rest since"))
        because = escape(say(request, "Its reason: {reason}", reason=item.paused_because))
        return f"<p>{since} {day(request, item.paused_on)}. {because}</p>"
    if item.state not in NEXT:
        return ""
    by, without = NEXT[item.state]
    if item.next_by is None:
        return paragraph(request, without)
    return f"<p>{escape(say(request, by))} {day(request, item.next_by)}.</p>"


def _asks(request: Request, item: Followed, form: Form) -> list[str]:
    again = "We ask you once more: you were told some time ago and have not said whether it is mended."
    return [
        f"<h2>{escape(say(request, 'Is it mended?'))}</h2>",
        paragraph(request, again, "good") if item.ask_again else "",
        paragraph(request, STAYS[item.state]),
        post_form(request, "Yes, it is mended", [hidden("do", "mended")]),
        *_not_mended(request, form),
    ]


def _not_mended(request: Request, form: Form) -> list[str]:
    words = _typed(form, "not_mended")
    field = text_area(request, "words", "What is not mended? (may stay blank)", words, short=True)
    fields = [hidden("do", "not_mended"), field, _keep_box(request, form, "not_mended")]
    return [post_form(request, "No, it is not mended", fields, second=True)]


def _reopen(request: Request, form: Form) -> list[str]:
    inner = "".join(_not_mended(request, form))
    return [_details(request, "It is not mended after all", inner, is_open=bool(_typed(form, "not_mended")))]


def _messages(request: Request, item: Followed, form: Form) -> list[str]:
    written = "".join(_message(request, message) for message in item.messages)
    fields = [
        hidden("do", "write"),
        text_area(request, "words", "Write to the county", _typed(form, "write"), short=True),
        _keep_box(request, form, "write"),
    ]
    return [
        f"<h2>{escape(say(request, 'Messages'))}</h2>",
        f'<ul class="messages">{written}</ul>' if written else paragraph(request, "Nothing was written yet.", "quiet"),
        post_form(request, "Send", fields, second=True),
    ]


def _message(request: Request, message: Message) -> str:
    who = say(request, "You" if message.by_giver else "The county")
    said = f'<span class="said">{escape(message.words)}</span>'
    return f"<li><strong>{escape(who)}</strong> – {day(request, message.on_day)}<br>{said}</li>"


def _readers(request: Request, item: Followed) -> str:
    who = escape(say(request, READERS[item.readers], name=item.reader))
    if item.readers is Readers.TEAM:
        return f"<p>{who}</p>"
    left = paragraph(request, "Nobody who works here now may read this. Let the team read it, or nobody will.", "bad")
    button = post_form(request, "Let the partnership team read it", [hidden("do", "open")], second=True)
    return f"<p>{who}</p>{left if item.read_by_nobody else ''}{button}"


def _identity(request: Request, item: Followed) -> list[str]:
    if not (item.named or item.reachable):
        if item.signed in (Signed.NAMED, Signed.REACHABLE):
            return [paragraph(request, "Your name and how to reach you are removed.")]
        return []
    removing = "Nobody here can read your name or how to reach you from then on. You keep your receipt."
    return [_folded(request, "Remove my name and how to reach me", removing, "remove")]


def _folded(request: Request, button: str, hint: str, do: str) -> str:
    inner = paragraph(request, hint) + post_form(request, button, [hidden("do", do)], second=True)
    return _details(request, button, inner)


def _details(request: Request, summary: str, inner: str, *, is_open: bool = False) -> str:
    return f"<details{' open' if is_open else ''}><summary>{escape(say(request, summary))}</summary>{inner}</details>"


def _typed(form: Form, do: str) -> str:
    """Return what was typed beside a button before it was refused."""
    return form.get("words", "") if form.get("do") == do else ""


def _keep_box(request: Request, form: Form, do: str) -> str:
    looks = _typed(form, do) and look_identifying(request, form | {"keep": ""}, "words")
    return keep_box(request) if looks else ""
