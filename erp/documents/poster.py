"""The poster of “You said, we did” as a PDF that screen readers can read."""

import json
import unicodedata
from dataclasses import asdict, dataclass, replace

import typst

#: What was written comes in as data and never as markup, whatever it holds.
_LAYOUT = """
#let told = json(bytes(sys.inputs.told))
#set document(title: told.title)
#set page(paper: "us-letter", margin: 2cm, footer: text(size: 9pt)[#told.county · #told.day])
#set text(font: "Libertinus Serif", size: 13pt, lang: told.language)
#set par(leading: 0.65em)
#show heading.where(level: 1): set text(size: 34pt)
#show heading.where(level: 2): set text(size: 15pt, fill: rgb("#084a82"))
#heading(level: 1, told.title)
#text(size: 14pt, told.county)
#v(0.6em)
#if told.answers.len() == 0 and told.left_out == "" { par(told.empty) }
#for answer in told.answers {
  block(breakable: true, width: 100%, stroke: (left: 3pt + rgb("#0b5fa5")), inset: (left: 12pt, y: 4pt), below: 1.6em, {
    heading(level: 2, told.headings.at(0))
    par(quote(block: false, text(style: "italic", lang: answer.spoken.at(0), answer.said)))
    heading(level: 2, told.headings.at(1))
    par(text(lang: answer.spoken.at(1), answer.decided))
    if answer.changed != "" {
      heading(level: 2, told.headings.at(2))
      par(text(lang: answer.spoken.at(2), answer.changed))
    }
    if answer.confirmed != "" { par(strong(answer.confirmed)) }
  })
}
#if told.left_out != "" { par(told.left_out) }
"""

#: Kinds of sign that are no text: pictures, signs that turn the direction, what is not assigned.
_NO_TEXT = frozenset({"So", "Cf", "Cc", "Co", "Cn", "Cs"})


@dataclass(frozen=True)
class Answer:
    """One answer in the poster's language; `changed` and `confirmed` may be empty.

    `spoken`: the language of what was said, decided and changed.
    """

    said: str
    decided: str
    changed: str
    confirmed: str
    spoken: tuple[str, ...] = ("en", "en", "en")


@dataclass(frozen=True)
class Poster:
    """What stands on the poster, in one language.

    `empty` stands there where no answer does, `left_out` at its end where an answer cannot be drawn.
    """

    title: str
    county: str
    day: str
    headings: tuple[str, str, str]
    answers: tuple[Answer, ...]
    empty: str
    left_out: str
    language: str


def poster_pdf(poster: Poster) -> bytes:
    """Return the poster as a tagged PDF (PDF/UA-1), on letter paper.

    Signs that are pictures are left out. An answer in letters that no font here has is left out whole, and the poster
    says so: a PDF for screen readers must not hold what cannot be drawn.
    """
    answers = tuple(_without_pictures(answer) for answer in poster.answers)
    poster = replace(poster, county=_text(poster.county))
    try:
        return _drawn(replace(poster, answers=answers, left_out=""))
    except typst.TypstError:
        if not _can_be_drawn(replace(poster, answers=(), left_out="")):
            poster = replace(poster, county="")  # a county's name in letters that no font here has
        fit = tuple(answer for answer in answers if _can_be_drawn(replace(poster, answers=(answer,), left_out="")))
        left_out = poster.left_out if len(fit) < len(answers) else ""
        return _drawn(replace(poster, answers=fit, left_out=left_out))


def _can_be_drawn(poster: Poster) -> bool:
    try:
        _drawn(poster)
    except typst.TypstError:
        return False
    return True


def _drawn(poster: Poster) -> bytes:
    told = {"told": json.dumps(asdict(poster))}
    # With the fonts that come with it alone: the same poster on every machine.
    drawn = typst.compile(
        _LAYOUT.encode(), sys_inputs=told, format="pdf", pdf_standards=["ua-1"], ignore_system_fonts=True
    )
    assert isinstance(drawn, bytes)  # one document is asked for, in memory
    return drawn


def _without_pictures(answer: Answer) -> Answer:
    said, decided, changed, confirmed = map(_text, (answer.said, answer.decided, answer.changed, answer.confirmed))
    return Answer(said, decided, changed, confirmed, answer.spoken)


def _text(words: str) -> str:
    return "".join(sign for sign in words if _is_text(sign))


def _is_text(sign: str) -> bool:
    return sign in "\n\t" or unicodedata.category(sign) not in _NO_TEXT
