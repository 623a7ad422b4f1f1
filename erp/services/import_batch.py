"""What the rows of an import share while they are saved: names already known, numbers and keys, changes to audit."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from rapidfuzz import fuzz, process
from sqlmodel import Session, SQLModel, col, func, select

from erp.access import Actor
from erp.importing.readings import Problem, RowReading
from erp.models.accounts import Account
from erp.models.contacts import Contact, Forum
from erp.models.partners import Partner, PartnerName
from erp.services.records import record_change, squeeze
from erp.vocabulary import RecordKind

#: Names that score this much alike (0–100, rapidfuzz) are a question for a person, never a merge. Ours.
ALIKE = 90
_SHORT_FORMS = {
    "dept": "department",
    "co": "county",
    "svcs": "services",
    "svc": "service",
    "ctr": "center",
    "assn": "association",
    "govt": "government",
    "univ": "university",
    "st": "saint",
    "comm": "commission",
}
_WORDS = re.compile(r"[^\W_]+")


class Names:
    """Partners, forums and accounts by the names a spreadsheet may use for them."""

    def __init__(self, session: Session) -> None:
        partners = session.execute(select(col(Partner.id), Partner.key, Partner.name, Partner.name_key)).tuples()
        self.partner_of_key: dict[str, int] = {}
        self.partner_of_name: dict[str, int] = {}
        self.partner_name: dict[int, str] = {}
        for number, key, name, name_key in partners:
            self.add_partner(number, key, name, name_key)
        others: dict[str, set[int]] = defaultdict(set)
        for partner_id, name_key in session.execute(select(PartnerName.partner_id, PartnerName.name_key)).tuples():
            others[name_key].add(partner_id)
        self._by_other_name = {key: ids.pop() for key, ids in others.items() if len(ids) == 1}
        self.forum_of_name = dict(session.execute(select(Forum.name_key, col(Forum.id))).tuples().all())
        accounts = session.execute(select(col(Account.id), Account.name, Account.email)).tuples().all()
        self._account_of = {word.casefold(): number for number, name, email in accounts for word in (name, email)}
        self._contacts: dict[tuple[int, str], int] = {}
        for number, partner_id, name in session.execute(select(col(Contact.id), Contact.partner_id, Contact.name)):
            if partner_id is not None:
                self._contacts[partner_id, squeeze(name)] = number

    def add_partner(self, number: int, key: str, name: str, name_key: str) -> None:
        """Make a partner known to the rows that follow."""
        self.partner_of_key[key] = number
        self.partner_of_name[name_key] = number
        self.partner_name[number] = name

    def partner(self, words: str) -> int | None:
        """Return the partner of this name (spacing aside), other or former name, or key; None where nobody is sure."""
        name_key = squeeze(words)
        known = self.partner_of_name.get(name_key) or self._by_other_name.get(name_key)
        return known or self.partner_of_key.get(words)

    def contact(self, partner_id: int | None, name: str) -> int | None:
        """Return the contact of this name at a partner."""
        return None if partner_id is None else self._contacts.get((partner_id, squeeze(name)))

    def account(self, words: str) -> int | None:
        """Return the account of this name or e-mail address."""
        return self._account_of.get(words.casefold())

    def alike(self, words: str) -> tuple[int, str] | None:
        """Return a partner whose name looks like this one (id, name), or None."""
        form = plain_form(words)
        forms = {number: plain_form(name) for number, name in self.partner_name.items()}
        best = process.extractOne(form, forms, scorer=likeness, score_cutoff=ALIKE)
        return None if best is None else (best[2], self.partner_name[best[2]])


@lru_cache(maxsize=50_000)
def plain_form(name: str) -> str:
    """Return a name in the form in which names are compared: small letters, short forms written out, no plural s."""
    words = _WORDS.findall(name.casefold())
    return " ".join(_SHORT_FORMS.get(word, word).removesuffix("s") for word in words)


def likeness(form: str, other: str, **_options: Any) -> float:
    """Return how alike two plain forms are, 0–100: in spelling, or because one says all of the other and more."""
    ours, theirs = set(form.split()), set(other.split())
    contained = 95.0 if len(ours & theirs) >= 3 and (ours <= theirs or theirs <= ours) else 0.0
    return max(contained, fuzz.token_sort_ratio(form, other))


@dataclass
class Batch:
    """One stretch of rows being saved in one transaction."""

    session: Session
    actor: Actor
    at: datetime
    heading_of: dict[str, str]
    names: Names
    _next: dict[type[SQLModel], int] = field(default_factory=dict)
    _alike: dict[str, tuple[int, str] | None] = field(default_factory=dict)
    _children: list[SQLModel] = field(default_factory=list)

    def belongs(self, children: Iterable[SQLModel]) -> None:
        """Save what belongs to records of this batch, after these: the database checks that what is named is there."""
        self._children.extend(children)

    def flush(self) -> None:
        """Write the records of this batch, then what belongs to them."""
        self.session.flush()
        self.session.add_all(self._children)
        self._children.clear()
        self.session.flush()

    def number(self, table: Any) -> int:
        """Return the next free id of a table; the write lock is held, so nobody else takes it."""
        if table not in self._next:
            self._next[table] = (self.session.scalar(select(func.max(table.id))) or 0) + 1
        number = self._next[table]
        self._next[table] += 1
        return number

    def key(self, table: Any, prefix: str, number: int) -> str:
        """Return a stable reference for a record whose county gave none."""
        key = f"{prefix}-{number:05d}"
        while self.session.scalar(select(table.id).where(table.key == key)) is not None:
            key += "x"  # a county's own key happens to look like ours
        return key

    def stamp(self) -> dict[str, Any]:
        """Return when and by whom the records of this batch come in."""
        return {"recorded_at": self.at, "recorded_by": self.actor.user_id}

    def audit(self, verb: str, kind: RecordKind, number: int, before: Any = None, after: Any = None) -> None:
        """Write the audit row of a record of this batch."""
        record_change(self.session, self.actor, verb, kind, number, before=before, after=after)

    def warn(self, reading: RowReading, column: str, found: str, reason: str, advice: str) -> None:
        """Say on a row what a person should look at."""
        reading.say(self.heading_of.get(column, column), found, Problem("service", "warning", reason, advice))

    def reject(self, reading: RowReading, column: str, found: str, reason: str, advice: str) -> None:
        """Say why a row cannot come in after all."""
        reading.say(self.heading_of.get(column, column), found, Problem("service", "rejected", reason, advice))

    def note(self, reading: RowReading, column: str, found: str, reason: str, advice: str) -> None:
        """Say how something was read, without making it a warning."""
        reading.say(self.heading_of.get(column, column), found, Problem("service", "note", reason, advice))

    def link(self, reading: RowReading, column: str, words: str) -> int | None:
        """Return the partner of this name, or warn that the name is kept unlinked."""
        if not words:
            return None
        partner_id = self.names.partner(words)
        if partner_id is None:
            self.warn(
                reading,
                column,
                words,
                "No partner has this name." + self._question(words),
                "The row came in with the name kept; link it on the Import page, or add the partner.",
            )
        return partner_id

    def _question(self, words: str) -> str:
        if words not in self._alike:
            self._alike[words] = self.names.alike(words)
        found = self._alike[words]
        return f" It looks like “{found[1]}”." if found else ""
