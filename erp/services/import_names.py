"""Partners, forums, people and accounts by the names a spreadsheet may use for them."""

from collections import defaultdict
from collections.abc import Iterable

from sqlmodel import Session, col, select

from erp.models.accounts import Account
from erp.models.contacts import Contact, Forum
from erp.models.partners import LookAlike, Partner, PartnerName
from erp.services.bodies import bodies_in_use, body_of
from erp.services.likeness import Body, Likeness
from erp.services.likeness_index import Bodies
from erp.services.records import squeeze
from erp.vocabulary import LookAlikeAnswer, PartnerKind

#: Different unknown names of one file that a suggestion is sought for; beyond, the names are kept all the same.
_MOST_SUGGESTIONS = 2_000


class Names:
    """What is known by which name. Held over the stretches of an import, as long as nobody else changes anything."""

    def __init__(self, session: Session) -> None:
        self.partner_of_key: dict[str, int] = {}
        self.partner_name: dict[int, str] = {}
        self.partner_key: dict[int, str] = {}
        self._of_name: dict[str, int] = {}
        self._of_other_name: dict[str, set[int]] = defaultdict(set)
        self._bodies = Bodies(bodies_in_use(session))
        self._suggested: dict[str, int | None] = {}
        self._same_as = _answered_same(session)
        self.archived = set(session.scalars(select(col(Partner.id)).where(col(Partner.archived_at).is_not(None))))
        self._tribes = set(
            session.scalars(select(col(Partner.id)).where(Partner.kind == PartnerKind.TRIBAL_GOVERNMENT))
        )
        partners = session.execute(select(col(Partner.id), Partner.key, Partner.name, Partner.name_key))
        for number, key, name, name_key in partners:
            self.add_partner(number, key, name, name_key)
        for partner_id, name in session.execute(select(PartnerName.partner_id, PartnerName.name)):
            self.add_other_names(partner_id, (name,))
        self.forum_of_name = dict(session.execute(select(Forum.name_key, col(Forum.id))).all())
        self._account_of = _once(
            (word.casefold(), number)
            for number, name, email in session.execute(select(col(Account.id), Account.name, Account.email))
            for word in {name, email}
        )
        self._contact_of = _once(
            ((partner_id, squeeze(name)), number)
            for number, partner_id, name in session.execute(select(col(Contact.id), Contact.partner_id, Contact.name))
            if name
        )

    def add_partner(self, number: int, key: str, name: str, name_key: str) -> None:
        """Make a partner known to the rows that follow."""
        self.partner_of_key[key] = number
        self.partner_key[number] = key
        self.partner_name[number] = name
        self._of_name[name_key] = number

    def add_body(self, body: Body) -> None:
        """Let a partner be found from now on by those that look like it."""
        self._bodies.add(body)

    def rename_partner(self, number: int, name: str, name_key: str) -> None:
        """Let a partner be known by a new name only."""
        self._of_name = {key: known for key, known in self._of_name.items() if known != number}
        self.add_partner(number, self.partner_key[number], name, name_key)
        self.add_body(body_of(number, name, (), {}))

    def rename_key(self, number: int, key: str) -> None:
        """Let a partner be known by a new key only."""
        self.partner_of_key.pop(self.partner_key[number], None)
        self.partner_of_key[key] = number
        self.partner_key[number] = key

    def add_other_names(self, number: int, names: Iterable[str]) -> None:
        """Make other and former names of a partner known."""
        for name in names:
            self._of_other_name[squeeze(name)].add(number)

    def partner(self, words: str) -> int | None:
        """Return the partner of this name (spacing aside), other or former name, or key; None where nobody is sure.

        An archived partner is not found, unless a person said that it is the same as another one.
        """
        name_key = squeeze(words)
        found = self._in_use(self._of_name.get(name_key))
        if found is None:
            others = {self._in_use(number) for number in self._of_other_name.get(name_key, ())} - {None}
            found = others.pop() if len(others) == 1 else None
        return found or self._in_use(self.partner_of_key.get(words))

    def tribe(self, words: str) -> int | None:
        """Return the Tribal government of this name, also an archived one: what it shared is closed all the same."""
        number = self.partner(words)
        if number is None:
            number = next(iter(named)) if len(named := self._tribes_named(words)) == 1 else None
        return number if number in self._tribes else None

    def first_tribe(self, words: str) -> int | None:
        """Return the first of the Tribal governments that go by this name, where nobody can say which is meant."""
        return min(self._tribes_named(words)) if self.of_several_tribes(words) else None

    def of_several_tribes(self, words: str) -> bool:
        """Say whether several Tribal governments go by this name, and nobody can say which is meant."""
        return self.partner(words) is None and len(self._tribes_named(words)) > 1

    def _tribes_named(self, words: str) -> set[int]:
        name_key = squeeze(words)
        named = {self._of_name.get(name_key, 0), *self._of_other_name.get(name_key, ())}
        return named & self._tribes

    def same_name(self, name: str) -> int | None:
        """Return the partner of this very name, spacing aside (archived ones, too), or whom it was said to be."""
        number = self._of_name.get(squeeze(name))
        return None if number is None else self._followed(number)

    def contact(self, partner_id: int | None, name: str) -> int | None:
        """Return the contact of this name at a partner."""
        return None if partner_id is None else self._contact_of.get((partner_id, squeeze(name)))

    def account(self, words: str) -> int | None:
        """Return the account of this name or e-mail address; None where two people have it."""
        return self._account_of.get(words.casefold())

    def alike(self, name: str) -> int | None:
        """Return the partner whose name looks most like this one, or None."""
        return next((each.other for each in self.look_alikes(body_of(0, name, (), {}), 1)), None)

    def look_alikes(self, body: Body, most: int) -> list[Likeness]:
        """Return the partners that a new one may be the same as, the likeliest first."""
        return self._bodies.like(body, most)

    def look_ahead(self, names: Iterable[str], *, as_partners: bool) -> None:
        """Seek what names look like before the write lock is taken: among 20,000 partners it takes its time."""
        self._bodies.forget_compared()
        for name in names:
            if as_partners and self.same_name(name) is None:
                self.alike(name)
            elif not as_partners and self.partner(name) is None:
                self.suggestion(name)

    def suggestion(self, words: str) -> int | None:
        """Return a partner that an unknown name may mean; after very many unknown names none is sought any more."""
        if words not in self._suggested:
            if len(self._suggested) >= _MOST_SUGGESTIONS:
                return None
            self._suggested[words] = self.alike(words)
        return self._suggested[words]

    def _in_use(self, number: int | None) -> int | None:
        followed = None if number is None else self._followed(number)
        return None if followed in self.archived else followed

    def _followed(self, number: int) -> int:
        """Return the partner that this archived one was said to be the same as; else itself."""
        seen: set[int] = set()
        while number in self.archived and number in self._same_as and number not in seen:
            seen.add(number)
            number = self._same_as[number]
        return number


def _answered_same(session: Session) -> dict[int, int]:
    """Return whom each partner is the same as, both ways: which of the two was archived tells the direction."""
    same = select(LookAlike.partner_id, LookAlike.other_id).where(LookAlike.answer == LookAlikeAnswer.SAME)
    pairs = session.execute(same).all()
    return {other: one for one, other in pairs} | dict(pairs)


def _once(pairs: Iterable[tuple[object, int]]) -> dict[object, int]:
    """Return what stands for one number only: two people of one name are nobody to be sure of."""
    found: dict[object, set[int]] = defaultdict(set)
    for words, number in pairs:
        found[words].add(number)
    return {words: numbers.pop() for words, numbers in found.items() if len(numbers) == 1}
