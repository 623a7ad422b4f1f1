"""The poster of “You said, we did” as a PDF that screen readers can read."""

import json
from dataclasses import asdict, dataclass

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
#if told.answers.len() == 0 { par(told.empty) }
#for answer in told.answers {
  block(breakable: true, width: 100%, stroke: (left: 3pt + rgb("#0b5fa5")), inset: (left: 12pt, y: 4pt), below: 1.6em, {
    heading(level: 2, told.headings.at(0))
    quote(block: false, par(text(style: "italic", answer.said)))
    heading(level: 2, told.headings.at(1))
    par(answer.decided)
    if answer.changed != "" {
      heading(level: 2, told.headings.at(2))
      par(answer.changed)
    }
    if answer.confirmed != "" { par(strong(answer.confirmed)) }
  })
}
"""


@dataclass(frozen=True)
class Answer:
    """One answer in the poster's language; `changed` and `confirmed` may be empty."""

    said: str
    decided: str
    changed: str
    confirmed: str


@dataclass(frozen=True)
class Poster:
    """What stands on the poster, in one language; `empty` stands there where no answer does."""

    title: str
    county: str
    day: str
    headings: tuple[str, str, str]
    answers: tuple[Answer, ...]
    empty: str
    language: str


def poster_pdf(poster: Poster) -> bytes:
    """Return the poster as a tagged PDF (PDF/UA-1), on letter paper."""
    told = {"told": json.dumps(asdict(poster))}
    drawn = typst.compile(_LAYOUT.encode(), sys_inputs=told, format="pdf", pdf_standards=["ua-1"])
    assert isinstance(drawn, bytes)  # one document is asked for, in memory
    return drawn
