"""Words on a page: people's own text shown as typed, days as people write them, names as a sentence lists them."""

import re
from datetime import date

_TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
#: What Markdown reads as more than text: some signs everywhere, others only where a line begins.
_MARKS = re.compile(r"(?=[\\`*_\[\]<>|~$&]|:\S)|(?<=[0-9])(?=[.)]\s)|^\s*(?=[#+\-=])", re.M)
NO_EXACT_DATE = "no exact date"
#: The days a date field offers: all that an import lets in, or such a record could not be opened any more.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2200, 12, 31)


def without_turns(text: str) -> str:
    """Return text without the signs that turn the direction of what follows: they would turn our own words, too."""
    return text.translate(_TURNING)


def plain(text: str) -> str:
    """Return text that Markdown shows as it was typed: no pictures, headings or hidden links out of it."""
    shown = re.sub(r"^[ \t]+", lambda spaces: "\u00a0" * len(spaces[0]), without_turns(text), flags=re.M)
    return _MARKS.sub(lambda found: f"{found[0]}\\", shown)


def plain_lines(text: str) -> str:
    """Return text as `plain` does, its line breaks kept."""
    return plain(text).replace("\n", "  \n")


def listed(names: list[str]) -> str:
    """Return names as a sentence lists them: "A, B and C"."""
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def sentence(words: str) -> str:
    """Return words with a capital at their beginning."""
    return words[:1].upper() + words[1:]


def day_text(day: date | None, words: str = "") -> str:
    """Return a day as people write it ("Mar 5, 2026"), or the words that stand for it, marked as no exact date."""
    if day is not None:
        return f"{day:%b} {day.day}, {day.year}"
    return f"“{words}” ({NO_EXACT_DATE})" if words else NO_EXACT_DATE.capitalize()
