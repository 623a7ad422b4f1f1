"""The poster and the QR code: what stands in them, and that what was written stays text."""

import re
import xml.etree.ElementTree as ET
import zlib

import pytest

from erp.documents.poster import Answer, Poster, poster_pdf
from erp.documents.qr import qr_svg

HOSTILE = '#set page(fill: red) #panic("x") $ \\ @ref <label> ``` */ // "quote" 🙂 \u202e'
LEFT_OUT = "More stands on the page."


def poster(*answers: Answer, language: str = "en") -> Poster:
    headings = ("What you said", "What we decided", "What changed")
    return Poster(
        "You said, we did", "Alder County", "March 5, 2026", headings, answers, "Nothing yet.", LEFT_OUT, language
    )


def test_the_poster_is_tagged_for_screen_readers_and_says_its_language() -> None:
    drawn = poster_pdf(poster(Answer("Begin later", "At four", "A new hour", "Confirmed."), language="es"))
    assert drawn.startswith(b"%PDF-1.7")
    assert b"<pdfuaid:part>1</pdfuaid:part>" in unpacked(drawn)
    assert b"/Marked true" in unpacked(drawn)
    assert re.search(rb"/Lang ?\((\\376\\377|\xfe\xff)?\0?e\0?s\)", unpacked(drawn))
    assert unpacked(drawn).count(b"/H2") >= 3


def unpacked(pdf: bytes) -> bytes:
    """The PDF with its packed parts laid open."""
    parts = [pdf]
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            parts.append(zlib.decompress(packed))
        except zlib.error:
            continue
    return b"\n".join(parts)


@pytest.mark.parametrize("said", [HOSTILE, "x" * 4_000, "line\nline\n\nline", ""])
def test_whatever_was_written_is_only_text(said: str) -> None:
    assert poster_pdf(poster(Answer(said, said, said, said))).startswith(b"%PDF")


def test_an_answer_in_letters_no_font_has_is_left_out_whole_and_the_poster_says_so() -> None:
    """Khmer, for example; the answer beside it is printed."""
    beside, khmer = Answer("Begin later", "At four", "", ""), Answer("សូមចាប់ផ្តើម", "At four", "", "")
    drawn, without = poster_pdf(poster(beside, khmer)), poster_pdf(poster(beside))
    assert unpacked(drawn).count(b"/H2") == unpacked(without).count(b"/H2")
    assert len(drawn) > len(without)  # the sentence that says so


def test_a_poster_of_nothing_says_so_and_one_of_many_has_pages() -> None:
    assert pages(poster_pdf(poster())) == 1
    answer = Answer("Begin later. " * 20, "At four. " * 20, "", "")
    assert pages(poster_pdf(poster(*[answer] * 8))) > 1


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", unpacked(pdf)))


def test_a_qr_code_is_a_picture_with_a_name_and_a_quiet_edge() -> None:
    picture = ET.fromstring(qr_svg("http://here/public/say", 'A <name> & "more"'))
    named = [element.text for element in picture.iter() if element.tag.endswith("title")]
    assert named == ['A <name> & "more"']
    assert picture.get("role") == "img"
    assert picture.get("viewBox") == "0 0 132 132"  # version 2: 25 modules and an edge of four on each side, four each
