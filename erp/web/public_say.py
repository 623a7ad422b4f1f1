"""The page for giving feedback, by the general address or by a link made for a partner, a forum or a meeting."""

from html import escape

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from erp import db
from erp.errors import Conflict, ERPError, Invalid
from erp.services.giving import NOT_OPEN, Choices, GivenDraft, choices_of_readers, give_feedback
from erp.services.public_links import PublicLink, open_link
from erp.services.records import keep_marked_words
from erp.vocabulary import LinkPurpose, Readers, Signed
from erp.web.form_tokens import new_token, open_token
from erp.web.forms import Form
from erp.web.html import choice, hidden, paragraph
from erp.web.public_parts import (
    CHECKED,
    keep_box,
    line,
    look_identifying,
    picks,
    post_form,
    public_page,
    text_area,
    tick,
)
from erp.web.rates import may_send
from erp.web.words import language, say
from erp.web.words_public import LANGUAGES_WRITTEN

SIGNED: dict[str, tuple[str, str]] = {
    Signed.ANONYMOUS.value: (
        "I stay anonymous",
        "Nobody asks who you are. You get a receipt to read the answer and to write back.",
    ),
    Signed.REACHABLE.value: ("With a way to reach me, without my name", "A phone number or an e-mail address."),
    Signed.NAMED.value: ("With my name", "Shown only to those you choose below. You can have it removed later."),
}
READERS: dict[Readers, tuple[str, str]] = {
    Readers.TEAM: ("The county's partnership team", "People of the county who work with partners."),
    Readers.TRIBAL_LIAISON: ("Only the Tribal liaison", "The county's own person for Tribes."),
    Readers.COMMUNITY_LIAISON: ("Only the community liaison", "The county's own person for the community."),
    Readers.ONE_PERSON: ("Only one person", ""),
}


def say_page(request: Request) -> Response:
    """Show the form, by a link or by the general address."""
    return _answer(request, {}, "")


def send(request: Request, form: Form) -> Response:
    """Keep what was sent and lead to its receipt; where something is missing, show the form with all that was typed."""
    opened = open_token(form.get("token", ""))
    if opened is None or opened.too_soon or opened.too_late or form.get("website"):
        return _again(request, form, "Please press Send once more. What you wrote is still here.")
    if warning := look_identifying(request, form, "words"):
        return _answer(request, form, warning, 400)
    if not may_send(request):
        wait = "Many people are sending just now. Wait a minute, then press Send again. What you wrote is still here."
        return _again(request, form, wait, 429)
    try:
        with db.writing() as session:
            link = _link(session, request)
            if link is None and _secret(request):
                return _over(request, form)
            keep_marked_words(session, CHECKED if form.get("keep") == "yes" else "")
            give_feedback(session, link, _draft(form), opened.secret)
    except Conflict:
        other = "What you sent before is kept. Press Send to send this as well, with a receipt of its own."
        return _again(request, form | {"token": ""}, other)
    except ERPError as refusal:
        return _again(request, form, str(refusal))
    return RedirectResponse(f"{_up(request)}follow/{opened.secret}?lang={language(request)}&done=sent", 303)


def _again(request: Request, form: Form, sentence: str, status: int = 400) -> Response:
    return _answer(request, form, paragraph(request, sentence, "bad"), status)


def _secret(request: Request) -> str:
    return request.path_params.get("link", "")


def _link(session: Session, request: Request) -> PublicLink | None:
    secret = _secret(request)
    return open_link(session, secret, LinkPurpose.FEEDBACK) if secret else None


def _draft(form: Form) -> GivenDraft:
    def word(name: str) -> str:
        return form.get(name, "")

    signed, person = Signed(word("signed")) if word("signed") in SIGNED else Signed.ANONYMOUS, word("person")
    if word("readers") not in set(Readers):
        raise Invalid(NOT_OPEN)
    readers = Readers(word("readers"))
    one_person = readers is Readers.ONE_PERSON
    return GivenDraft.of(
        words=word("words").replace("\r\n", "\n"),
        language=word("language") if word("language") in LANGUAGES_WRITTEN.keys() - {"English"} else "",
        signed=signed,
        name=word("name") if signed is Signed.NAMED else "",
        reach="" if signed is Signed.ANONYMOUS else word("reach"),
        readers=readers,
        reader_id=int(person) if one_person and person.isascii() and person.isdigit() and len(person) < 10 else None,
        may_quote=word("may_quote") == "yes",
    )


def _answer(request: Request, form: Form, said: str, status: int = 200) -> Response:
    """Show the form with what is typed already; `said` stands above it."""
    with db.reading() as session:
        link = _link(session, request)
        choices = choices_of_readers(session, link)
    if link is None and _secret(request):
        return _over(request, form)
    about = "" if link is None else f'<p class="good">{escape(say(request, "About: {what}", what=link.shown_as))}</p>'
    what_for = paragraph(
        request,
        "Tell us what works and what does not. You will read here what became of it, and you say whether it is mended.",
    )
    return public_page(request, "Give feedback", said, about, what_for, _form(request, form, choices), status=status)


def _form(request: Request, form: Form, choices: Choices, to: str = "") -> str:
    def typed(name: str) -> str:
        return form.get(name, "")

    opened = open_token(typed("token"))
    # One that came too soon is good a moment later; one that is too old never again.
    kept = typed("token") if opened is not None and not opened.too_late else new_token()
    readers = {each.value: READERS[each] for each in choices.readers}
    people = {"": "Choose a person"} | {str(number): name for number, name in choices.people}
    spoken = typed("language") if typed("words") else {"es": "Spanish"}.get(language(request), "English")
    person = choice(request, "person", "Which person?", people, typed("person"), names=True)
    trap = f'<p class="trap" aria-hidden="true"><label>{escape(say(request, "Leave this blank"))}'
    return post_form(
        request,
        "Send",
        [
            hidden("token", kept),
            text_area(
                request,
                "words",
                "What do you want to tell us?",
                typed("words"),
                hint="In your own words, in any language. Please name no child and no family.",
            ),
            keep_box(request) if look_identifying(request, form | {"keep": ""}, "words") else "",
            picks(request, "signed", "Who are you to us?", SIGNED, typed("signed") or Signed.ANONYMOUS.value),
            line(request, "name", "Your name", typed("name"), style="for-name", fill="name"),
            line(request, "reach", "How can we reach you?", typed("reach"), style="for-reach", hint="Phone or e-mail."),
            picks(request, "readers", "Who may read it?", readers, typed("readers") or Readers.TEAM.value),
            f'<div class="for-person">{person}</div>' if choices.people else "",
            choice(request, "language", "Language you wrote in", LANGUAGES_WRITTEN, spoken),
            tick(
                request,
                "may_quote",
                "You may publish my words, without my name",
                "On the page “You said, we did”, once a liaison has read them.",
                ticked=typed("may_quote") == "yes",
            ),
            f'{trap}<input name="website" tabindex="-1" autocomplete="off"></label></p>',
        ],
        to=to,
    )


def _over(request: Request, form: Form) -> Response:
    """Say that a link opens nothing any more, and offer the page for everybody with what is typed already."""
    with db.reading() as session:
        choices = choices_of_readers(session, None)
    over = paragraph(
        request, "This link has ended. You can still give feedback here, by the page for everybody.", "bad"
    )
    return public_page(request, "Give feedback", over, _form(request, form, choices, "../say"), status=404)


def _up(request: Request) -> str:
    return "../" * (request.url.path.count("/") - 2)
