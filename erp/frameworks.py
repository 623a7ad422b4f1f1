"""The practice frameworks a county works under: read from data/frameworks, checked as they are read."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from erp.errors import Invalid, NotFound

SHIPPED = Path(__file__).resolve().parents[1] / "data" / "frameworks"
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
    the text. `verified` is True where the document itself was read.
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


@dataclass(frozen=True)
class Framework:
    """One document's list of entries, in the document's order."""

    id: str
    title: str
    version: str
    source: str
    about: str
    entries: tuple[Entry, ...]


def load_frameworks(folder: Path = SHIPPED) -> dict[str, Framework]:
    """Return every framework of the folder by id; the files are read once in the life of the process.

    Raises:
        Invalid: a file cannot be read or says something that is not allowed; the sentence names file and entry.
    """
    return dict(_read_folder(folder.resolve()))


def entry(framework_id: str, entry_id: str) -> Entry:
    """Return one entry by the ids that records keep.

    Raises:
        NotFound: there is no such framework, or no such entry in it.
    """
    for held in _framework(framework_id).entries:
        if held.id == entry_id:
            return held
    raise NotFound(
        f"“{entry_id}” is not in {_framework(framework_id).title}. Look the id up under Settings, Frameworks."
    )


def find_entry(framework_id: str, words: str) -> Entry | None:
    """Return the entry whose id or label (plain, or as displayed) these words are, or None.

    Capitals and spaces do not matter: “lb 1C” finds LB1c. Words that fit several entries find none.

    Raises:
        NotFound: there is no such framework.
    """
    return _entries_by_words(framework_id).get(_plain(words))


def leadership_behaviors() -> tuple[Entry, ...]:
    """Return the CPM leadership behaviors, lettered ones after their heading, in the document's order."""
    return _framework("cpm_leadership_behaviors").entries


def pick_list() -> tuple[Entry, ...]:
    """Return the sixteen numbered leadership behaviors, without the lettered ones, in order."""
    return tuple(behavior for behavior in leadership_behaviors() if behavior.parent is None)


def erp_topics() -> tuple[Entry, ...]:
    """Return the ERP Toolkit's topics in order; `sections` holds the one section each belongs to."""
    return _framework("erp_topics").entries


def display_label(shown: Entry) -> str:
    """Return the label as people see it: whatever the document did not confirm says so itself."""
    if shown.verified:
        return shown.label
    if shown.label == BLANK_LABEL:  # the blank entries of a practice differ by their ids only
        return f"{shown.id} ({shown.label})"
    if shown.framework == "erp_sections":  # these names are ours, not remembered ones
        return f"{shown.label} (working label)"
    return f"{shown.label} (unverified)"


def _framework(framework_id: str) -> Framework:
    held = _read_folder(SHIPPED)
    if framework_id not in held:
        raise NotFound(f"There is no framework “{framework_id}”. Those held are {', '.join(sorted(held))}.")
    return held[framework_id]


@cache
def _entries_by_words(framework_id: str) -> dict[str, Entry | None]:
    """Index a framework's entries by every way to write them; None where two entries share the words."""
    entries = _framework(framework_id).entries
    index: dict[str, Entry | None] = {}
    for listed in entries:
        for words in {_plain(listed.label), _plain(display_label(listed))}:
            index[words] = None if words in index else listed
    return index | {_plain(listed.id): listed for listed in entries}


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
