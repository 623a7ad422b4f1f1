"""The page for giving feedback, by the general address or by a link made for a partner, a forum or a meeting."""

from html import escape

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from erp import db
from erp.errors import Conflict, ERPError
from erp.services.giving import Choices, GivenDraft, choices_of_readers, give_feedback
from erp.services.public_links import open_link
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
    if not may_send(request):
        wait = "Many people are sending just now. Wait a minute, then press Send again. What you wrote is still here."
        return _answer(request, form, paragraph(request, wait, "bad"), 429)
    if opened is None or not opened.in_time or form.get("website"):
        again = "Please press Send once more. What you wrote is still here."
        return _answer(request, form, paragraph(request, again, "bad"), 400)
    if warning := look_identifying(request, form, "words"):
        return _answer(request, form, warning, 400)
    try:
        with db.writing() as session:
            secret = request.path_params.get("link")
            link = open_link(session, secret, LinkPurpose.FEEDBACK) if secret else None
            if secret and link is None:
                return _over(request)
            keep_marked_words(session, CHECKED if form.get("keep") == "yes" else "")
            give_feedback(session, link, _draft(form), opened.secret)
    except Conflict:
        return RedirectResponse(f"{_up(request)}follow/{opened.secret}?lang={language(request)}&done=already", 303)
    except ERPError as refusal:
        return _answer(request, form, paragraph(request, str(refusal), "bad"), 400)
    return RedirectResponse(f"{_up(request)}follow/{opened.secret}?lang={language(request)}&done=sent", 303)


def _draft(form: Form) -> GivenDraft:
    def word(name: str) -> str:
        return form.get(name, "")

    signed, person = Signed(word("signed")) if word("signed") in SIGNED else Signed.ANONYMOUS, word("person")
    readers = Readers(word("readers")) if word("readers") in set(Readers) else Readers.TEAM
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
    secret = request.path_params.get("link")
    with db.reading() as session:
        link = open_link(session, secret, LinkPurpose.FEEDBACK) if secret else None
        if secret and link is None:
            return _over(request)
        choices = choices_of_readers(session, link)
    about = "" if link is None else f'<p class="good">{escape(say(request, "About: {what}", what=link.shown_as))}</p>'
    what_for = paragraph(
        request,
        "Tell us what works and what does not. You will read here what became of it, and you say whether it is mended.",
    )
    return public_page(request, "Give feedback", said, about, what_for, _form(request, form, choices), status=status)


def _form(request: Request, form: Form, choices: Choices) -> str:
    def typed(name: str) -> str:
        return form.get(name, "")

    kept = typed("token") if open_token(typed("token")) is not None else new_token()
    readers = {each.value: READERS[each] for each in choices.readers}
    people = {"": "Choose a person"} | {str(number): name for number, name in choices.people}
    spoken = typed("language") if typed("words") else {"es": "Spanish"}.get(language(request), "English")
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
            picks(request, "readers", "Who may read it?", readers, typed("readers") or Readers.TEAM.value)
            if len(readers) > 1
            else "",
            f'<div class="for-person">{choice(request, "person", "Which person?", people, typed("person"))}</div>'
            if choices.people
            else "",
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
    )


def _over(request: Request) -> Response:
    """Say that a link opens nothing any more, and how to go on without it."""
    over = paragraph(request, "This link has ended. You can still give feedback by the page for everybody.")
    way = f'<p><a href="../say?lang={language(request)}">{escape(say(request, "Give feedback"))}</a></p>'
    return public_page(request, "This link does not work", over, way, status=404)


def _up(request: Request) -> str:
    return "../" * (request.url.path.count("/") - 2)
