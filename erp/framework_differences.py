"""What differs between two versions of a framework, entry by entry."""

from dataclasses import dataclass

from erp.frameworks import Entry, Framework

#: Fields of an entry in which versions differ → what they are called.
_CALLED = {
    "label": "label",
    "description": "description",
    "group": "group",
    "parent": "heading",
    "source": "source",
    "sections": "sections",
    "owners": "owners",
}


@dataclass(frozen=True)
class Difference:
    """An entry that reads otherwise in two versions of a framework; None where a version does not have it.

    `what`: in words, for example "label" and "verified".
    """

    before: Entry | None
    after: Entry | None
    what: tuple[str, ...]


def differences(before: Framework, after: Framework) -> list[Difference]:
    """Return what differs between two versions of a framework, in the order of the second; what is gone comes last."""
    ids = dict.fromkeys([*after.by_id, *before.by_id])
    pairs = [(before.by_id.get(entry_id), after.by_id.get(entry_id)) for entry_id in ids]
    return [Difference(old, new, what) for old, new in pairs if (what := _what_differs(old, new))]


def _what_differs(old: Entry | None, new: Entry | None) -> tuple[str, ...]:
    if old is None:
        return ("added",)
    if new is None:
        return ("not in it",)
    said = [_CALLED[name] for name in _CALLED if getattr(old, name) != getattr(new, name)]
    if old.verified != new.verified:
        said.append("verified" if new.verified else "not verified any more")
    if old.retired != new.retired:
        said.append("retired" if new.retired else "taken up again")
    return tuple(said)
