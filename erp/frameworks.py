"""The practice frameworks a county works under: as shipped in data/frameworks, and each version it made of them."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from erp.errors import Invalid, NotFound

SHIPPED = Path(__file__).resolve().parents[1] / "data" / "frameworks"
#: The frameworks that engagements are tagged with.
BEHAVIORS, TOPICS = "cpm_leadership_behaviors", "erp_topics"
#: The frameworks that barriers and findings of reviews belong to.
ISSUES, PRACTICES, CATEGORIES = "capp_systemic_issues", "capp_practices", "review_categories"
OWNERS = ("caregiver", "family", "agency")  # who may owe a Partnership Plan commitment
BLANK_LABEL = "not yet verified"  # the label of an entry whose text nobody has seen yet

_FILE_KEYS: Mapping[str, type] = {
    "id": str,
    "title": str,
    "version": str,
    "source": str,
    "about": str,
    "entry": list,
}
_ENTRY_REQUIRED: Mapping[str, type] = {"id": str, "label": str, "description": str, "verified": bool}
_ENTRY_OPTIONAL: Mapping[str, type] = {
    "group": str,
    "parent": str,
    "source": str,
    "owners": list,
    "sections": list,
}
_IS_CALLED: Mapping[type, str] = {str: "text in quotation marks", bool: "true or false", list: "a list"}


@dataclass(frozen=True)
class Entry:
    """One value, behavior, topic, role or commitment of a framework.

    `parent` is an id of the same framework; `sections` are ids of `erp_sections`; `owners` name who owes a
    Partnership Plan commitment, the one who leads first. A description is empty only where nobody has seen
    the text. `verified` is True where the document itself was read. A `retired` one is offered no more; what was
    tagged with it stays tagged.
    """

    framework: str
    id: str
    label: str
    description: str
    group: str | None
    parent: str | None
    source: str
    verified: bool
    owners: tuple[str, ...]
    sections: tuple[str, ...]
    retired: bool = False


@dataclass(frozen=True)
class Framework:
    """A version of one document's list of entries, in the document's order.

    `from_on`: the day from which a county's own version is in force; None for one that came with the program.
    """

    id: str
    title: str
    version: str
    source: str
    about: str
    entries: tuple[Entry, ...]
    from_on: date | None = None

    @cached_property
    def by_id(self) -> Mapping[str, Entry]:
        """Entries by id."""
        return {held.id: held for held in self.entries}

    @cached_property
    def by_words(self) -> Mapping[str, Entry | None]:
        """Entries by every way to write them, without capitals and spaces; None where two share the words.

        Of one that is retired and one that is not, the words mean the latter.
        """
        index: dict[str, Entry | None] = {}
        for listed in sorted(self.entries, key=lambda held: held.retired):
            for words in {_plain(listed.label), _plain(display_label(listed))}:
                other = index.get(words)
                if words not in index:
                    index[words] = listed
                elif other is None or other.retired == listed.retired:
                    index[words] = None
        return index | {_plain(listed.id): listed for listed in self.entries}


@dataclass(frozen=True)
class Frameworks:
    """The frameworks of a county: what is in force on a day, and every version, so that a tag keeps its own.

    `versions`: of each framework, the oldest first; the one in force and those to come are among them.
    """

    in_force: Mapping[str, Framework]
    versions: Mapping[str, tuple[Framework, ...]]

    def framework(self, framework_id: str) -> Framework:
        """Return the version in force. Raises: NotFound."""
        if framework_id not in self.in_force:
            known = ", ".join(sorted(self.in_force))
            raise NotFound(f"There is no framework “{framework_id}”. Those held are {known}.")
        return self.in_force[framework_id]

    def version(self, framework_id: str, version: str) -> Framework:
        """Return a version by its name, of an empty or unknown name the one in force. Raises: NotFound.

        Where a county chose the name of a later release for its own, it is the county's.
        """
        in_force = self.framework(framework_id)
        return next((held for held in reversed(self.versions[framework_id]) if held.version == version), in_force)

    def newest(self, framework_id: str) -> Framework:
        """Return what the next version begins from: the county's newest, also one to come, else the program's."""
        return self.versions[framework_id][-1]

    def entry(self, framework_id: str, entry_id: str, version: str = "") -> Entry:
        """Return one entry by the ids that records keep, as it read in a version; else in force, else when last listed.

        Raises: NotFound where there is no such framework, or no such entry in any version of it.
        """
        in_force = self.framework(framework_id)
        for held in (self.version(framework_id, version), in_force, *reversed(self.versions[framework_id])):
            if entry_id in held.by_id:
                return held.by_id[entry_id]
        raise NotFound(f"“{entry_id}” is not in {in_force.title}. Look the id up under Settings, Frameworks.")

    def find_entry(self, framework_id: str, words: str) -> Entry | None:
        """Return the entry in force whose id or label (plain, or as displayed) these words are, or None.

        Capitals and spaces do not matter: “lb 1C” finds LB1c. Words that fit several entries find none; those that none
        has now are looked for in earlier versions.

        Raises: NotFound where there is no such framework.
        """
        in_force = self.framework(framework_id)
        if (wanted := _plain(words)) in in_force.by_words:
            return in_force.by_words[wanted]
        for held in self._before(framework_id):
            if (found := held.by_words.get(wanted)) is not None and found.id in in_force.by_id:
                return in_force.by_id[found.id]
        return None

    def label(self, framework_id: str, entry_id: str, version: str = "") -> str:
        """Return an entry as people read it, with its number.

        As it read in a version, with the name of that, where it reads otherwise now. Unverified and retired ones say
        so, and so do ids that no version has.
        """
        try:
            shown, now = self.entry(framework_id, entry_id, version), self.entry(framework_id, entry_id)
        except NotFound:
            return f"{entry_id} (not in the framework any more)"
        named = f"{numbered(shown)} · {display_label(shown)}"
        if not version or (shown.label, shown.verified, shown.retired) == (now.label, now.verified, now.retired):
            return named
        return f"{named} – as in version “{version}”"

    def leadership_behaviors(self) -> tuple[Entry, ...]:
        """Return the CPM leadership behaviors in force, lettered ones after their heading, in the document's order."""
        return self._offered(BEHAVIORS)

    def pick_list(self) -> tuple[Entry, ...]:
        """Return the numbered leadership behaviors in force, without the lettered ones, in order."""
        return tuple(behavior for behavior in self.leadership_behaviors() if behavior.parent is None)

    def erp_topics(self) -> tuple[Entry, ...]:
        """Return the ERP Toolkit's topics in force in order; `sections` holds the one section each belongs to."""
        return self._offered(TOPICS)

    def heading_of(self, framework_id: str) -> dict[str, str]:
        """Return lettered entry → the entry it stands under: now, or where it is listed no more, when it last was."""
        stands: dict[str, str | None] = {}
        for each in (self.in_force[framework_id], *self._before(framework_id)):
            for held in each.entries:
                stands.setdefault(held.id, held.parent)
        return {entry_id: heading for entry_id, heading in stands.items() if heading is not None}

    def _before(self, framework_id: str) -> tuple[Framework, ...]:
        """Return the versions from before the one in force, the newest first."""
        versions = self.versions[framework_id]
        return tuple(reversed(versions[: versions.index(self.in_force[framework_id])]))

    def _offered(self, framework_id: str) -> tuple[Entry, ...]:
        return tuple(held for held in self.framework(framework_id).entries if not held.retired)


def with_entry(framework: Framework, held: Entry) -> Framework:
    """Return a framework with an entry in the place of the one with its id, or behind those it belongs to.

    Raises: Invalid where the list would not hold together (a heading that is none, a section nobody knows).
    """
    entries = list(framework.entries)
    places = [place for place, other in enumerate(entries) if other.id == held.id]
    kin = [place for place, other in enumerate(entries) if held.parent and held.parent in (other.id, other.parent)]
    if places:
        entries[places[0]] = held
    else:
        entries.insert(max(kin, default=len(entries) - 1) + 1, held)
    _check_entries(framework.title, tuple(entries))
    return replace(framework, entries=tuple(entries))


def next_id(framework: Framework, others: Iterable[Framework], parent: str | None) -> str:
    """Return the id of an entry to add: the next number, or under a heading the next letter.

    Ids are never used twice, in this version and in all `others` of the framework.

    Raises: Invalid where a heading has all its letters.
    """
    taken = {_plain(held.id) for each in (framework, *others) for held in each.entries}
    if parent:
        letters = "abcdefghijklmnopqrstuvwxyz"
        free = next((f"{parent}{letter}" for letter in letters if _plain(f"{parent}{letter}") not in taken), None)
        if free is None:
            raise Invalid(f"{parent} has all its letters. Choose another heading.")
        return free
    headings = [held.id for held in framework.entries if held.parent is None]
    before = headings[-1].rstrip("0123456789") if headings else "N"
    n = len(headings) + 1
    while _plain(f"{before}{n}") in taken:
        n += 1
    return f"{before}{n}"


def load_frameworks(folder: Path = SHIPPED) -> dict[str, Framework]:
    """Return every framework of the folder by id; the files are read once in the life of the process.

    Raises:
        Invalid: a file cannot be read or says something that is not allowed; the sentence names file and entry.
    """
    return dict(_read_folder(folder.resolve()))


@cache
def as_shipped() -> Frameworks:
    """Return the frameworks as they came with the program."""
    shipped = load_frameworks()
    return Frameworks(shipped, {name: (framework,) for name, framework in shipped.items()})


def numbered(shown: Entry) -> str:
    """Return an entry's number as its document prints it: “7” or “1c” for a behavior or topic, else the id."""
    return shown.id.removeprefix({BEHAVIORS: "LB", TOPICS: "T"}.get(shown.framework, ""))


def display_label(shown: Entry) -> str:
    """Return the label as people see it: whatever the document did not confirm says so itself, and what is retired."""
    label = f"{shown.label} (retired)" if shown.retired else shown.label
    if shown.verified:
        return label
    if shown.label == BLANK_LABEL:  # the blank entries of a practice differ by their ids only
        return f"{shown.id} ({shown.label})"
    if shown.framework == "erp_sections":  # these names are ours, not remembered ones
        return f"{label} (working label)"
    return f"{label} (unverified)"


def _plain(words: str) -> str:
    return "".join(words.casefold().split())


# --- Reading and checking --------------------------------------------------------------------------------


@cache
def _read_folder(folder: Path) -> dict[str, Framework]:
    paths = sorted(folder.glob("*.toml"))
    if not paths:
        raise Invalid(f"No frameworks were found in {folder}. Put the files of data/frameworks back there.")
    frameworks = {path.stem: _read_file(path) for path in paths}
    _check_sections(frameworks)
    return frameworks


def _read_file(path: Path) -> Framework:
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise Invalid(f"{path.name} cannot be read as TOML: {problem}. Mend that place.") from problem
    _check_keys(path.name, written, _FILE_KEYS, {})
    if written["id"] != path.stem:
        raise Invalid(f"{path.name}: the id “{written['id']}” differs from the file's name. Make them the same.")
    entries = tuple(_read_entry(path.name, written, held) for held in written["entry"])
    _check_entries(path.name, entries)
    return Framework(**{key: written[key].strip() for key in _FILE_KEYS if key != "entry"}, entries=entries)


def _read_entry(file_name: str, file: Mapping[str, Any], written: object) -> Entry:
    if not isinstance(written, dict):
        raise Invalid(f"{file_name}: entry must be written as [[entry]] with its keys below it.")
    where = f"{file_name}, entry {written.get('id', 'without id')}"
    _check_keys(where, written, _ENTRY_REQUIRED, _ENTRY_OPTIONAL)
    if written["verified"] and not written["description"].strip():
        raise Invalid(f"{where}: a verified entry needs a description in the county's own words. Write one.")
    for key in ("owners", "sections"):
        values = written.get(key, [])
        if not all(isinstance(value, str) for value in values) or len(set(values)) != len(values):
            raise Invalid(f"{where}: {key} must list words, each once. Mend the list.")
    unknown = [owner for owner in written.get("owners", []) if owner not in OWNERS]
    if unknown:
        raise Invalid(f"{where}: “{unknown[0]}” cannot be an owner. Use {', '.join(OWNERS)}.")
    return Entry(
        framework=file["id"],
        id=written["id"],
        label=written["label"].strip(),
        description=written["description"].strip(),
        group=written.get("group"),
        parent=written.get("parent"),
        source=written.get("source", file["source"]),
        verified=written["verified"],
        owners=tuple(written.get("owners", [])),
        sections=tuple(written.get("sections", [])),
    )


def _check_keys(
    where: str, written: Mapping[str, Any], required: Mapping[str, type], optional: Mapping[str, type]
) -> None:
    allowed = {**required, **optional}
    for key, value in written.items():
        if key not in allowed:
            raise Invalid(f"{where}: the key “{key}” is not known. Use {', '.join(allowed)}.")
        if not isinstance(value, allowed[key]):
            raise Invalid(f"{where}: {key} must be {_IS_CALLED[allowed[key]]}. Mend it.")
        if isinstance(value, str) and not value.strip() and key != "description":
            raise Invalid(f"{where}: {key} is empty. Fill it in or, where it is optional, leave it out.")
    for key in required:
        if key not in written:
            raise Invalid(f"{where}: {key} is missing. Add it.")


def _check_entries(file_name: str, entries: tuple[Entry, ...]) -> None:
    seen: set[str] = set()
    for held in entries:
        if _plain(held.id) in seen:
            raise Invalid(f"{file_name}: the id “{held.id}” is there twice. Give one of them another id.")
        seen.add(_plain(held.id))
    headings = {held.id for held in entries if held.parent is None}
    for held in entries:
        if held.parent is not None and held.parent not in headings:
            raise Invalid(
                f"{file_name}, entry {held.id}: its parent “{held.parent}” is not an entry of this file "
                "that stands on its own. Correct the parent."
            )


def _check_sections(frameworks: Mapping[str, Framework]) -> None:
    known = {section.id for section in frameworks["erp_sections"].entries} if "erp_sections" in frameworks else set()
    for framework in frameworks.values():
        for held in framework.entries:
            for section in held.sections:
                if section not in known:
                    raise Invalid(
                        f"{framework.id}.toml, entry {held.id}: “{section}” is not a section of "
                        "erp_sections.toml. Correct the section."
                    )
