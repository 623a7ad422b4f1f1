"""Who is acting, and what their roles permit. Pure: roles in, permissions out."""

from dataclasses import dataclass, field
from functools import cached_property

from erp.errors import NotAllowed
from erp.vocabulary import READERS_BY_ROLE, Door, RecordKind, Role, Verb

SEE, ADD, CHANGE, ARCHIVE = Verb.SEE, Verb.ADD, Verb.CHANGE, Verb.ARCHIVE
IMPORT, EXPORT = Verb.IMPORT, Verb.EXPORT
K = RecordKind

_WORK = frozenset({SEE, ADD, CHANGE, ARCHIVE, EXPORT})
_READ = frozenset({SEE, EXPORT})
#: The records of daily work: partners and what happened with them.
DAILY = (K.PARTNER, K.CONTACT, K.FORUM, K.RELATIONSHIP, K.ENGAGEMENT, K.COMMITMENT, K.FEEDBACK_ITEM, K.RATING)

#: A file of ratings names who rated; only leadership may take one out.
_DAILY_WORK = dict.fromkeys(DAILY, _WORK) | {
    K.CONTACT_CHANNEL: frozenset({SEE, CHANGE, EXPORT}),
    K.RATING: _WORK - {EXPORT},
}
#: Links to the public pages, and reading what is published there.
_LINKS = {K.PUBLIC_LINK: frozenset({SEE, ADD, ARCHIVE}), K.PUBLISHED: frozenset({SEE})}
#: What is made of many voices: decisions, barriers, reviews.
_MADE_OF_VOICES = (K.DECISION, K.BARRIER, K.SYSTEM_REVIEW)
_DECIDE = dict.fromkeys(_MADE_OF_VOICES, _WORK)
_READ_DECISIONS = dict.fromkeys(_MADE_OF_VOICES, frozenset({SEE}))
#: Only liaisons approve what "You said, we did" tells.
_APPROVE = {K.PUBLISHED: frozenset({SEE, ADD, CHANGE, ARCHIVE})}
_MAY_IMPORT = {K.IMPORT_FILE: frozenset({SEE, IMPORT})}

#: Role × kind of record → verbs. docs/permissions.md is generated from this table.
PERMISSIONS: dict[Role, dict[RecordKind, frozenset[Verb]]] = {
    Role.ADMINISTRATOR: dict.fromkeys(DAILY, _READ)
    | {K.RATING: frozenset({SEE})}
    | _READ_DECISIONS
    | _MAY_IMPORT
    | {K.SETTING: frozenset({SEE, CHANGE}), K.ACCOUNT: frozenset({SEE, ADD, CHANGE, ARCHIVE})},
    Role.LEADERSHIP: _DAILY_WORK
    | _LINKS
    | _DECIDE
    | {K.CLOSING: frozenset({CHANGE})}
    | _MAY_IMPORT
    | {K.RATING: _WORK, K.TRIBAL_RECORD: frozenset({SEE, EXPORT}), K.SETTING: frozenset({SEE, CHANGE})},
    Role.COORDINATOR: _DAILY_WORK | _LINKS | _DECIDE | _MAY_IMPORT | {K.SETTING: frozenset({SEE})},
    Role.TRIBAL_LIAISON: _DAILY_WORK
    | _LINKS
    | _DECIDE
    | _APPROVE
    | _MAY_IMPORT
    | {K.TRIBAL_RECORD: frozenset({SEE, EXPORT}), K.SETTING: frozenset({SEE})},
    Role.COMMUNITY_LIAISON: _DAILY_WORK | _LINKS | _DECIDE | _APPROVE | _MAY_IMPORT | {K.SETTING: frozenset({SEE})},
    Role.VIEWER: dict.fromkeys(DAILY, _READ)
    | {K.CONTACT: frozenset({SEE}), K.RATING: frozenset({SEE})}
    | _READ_DECISIONS,
}


@dataclass(frozen=True)
class Actor:
    """Somebody doing something: a signed-in person, or the operator of the machine (`user_id` None)."""

    user_id: int | None
    name: str
    roles: frozenset[Role]
    door: Door = field(default=Door.PAGE)

    def may(self, verb: Verb, kind: RecordKind) -> bool:
        """Say whether any of the actor's roles permits `verb` on records of `kind`."""
        return verb in self._permitted.get(kind, frozenset())

    def require(self, verb: Verb, kind: RecordKind) -> None:
        """Refuse unless the actor may; Raises: NotAllowed."""
        if not self.may(verb, kind):
            raise NotAllowed(
                f"Your role does not include this: {verb.label.lower()} – {kind.label.lower()}. "
                "Ask an administrator if it should."
            )

    @property
    def sees_tribal_records(self) -> bool:
        """Whether a Tribal government's engagements, promises, feedback and ratings are open to the actor."""
        return self.may(SEE, K.TRIBAL_RECORD)

    @property
    def scope(self) -> str:
        """A key for caches: two actors with the same scope see the same records."""
        channels = "channels" if self.may(SEE, K.CONTACT_CHANNEL) else "plain"
        seen = "tribal" if self.sees_tribal_records else "plain"
        chosen = sorted(READERS_BY_ROLE.keys() & self.roles)  # the person stands in it, too: a giver may choose one
        return f"{channels}/{seen}/{','.join(chosen)}/{self.user_id}"

    @cached_property
    def _permitted(self) -> dict[RecordKind, frozenset[Verb]]:
        permitted: dict[RecordKind, frozenset[Verb]] = {}
        for role in self.roles:
            for kind, verbs in PERMISSIONS[role].items():
                permitted[kind] = permitted.get(kind, frozenset()) | verbs
        return permitted


def operator(door: Door = Door.CLI) -> Actor:
    """Return the operator of the machine: whoever may run commands on it holds every role, and is audited as such."""
    return Actor(None, "operator of this machine", frozenset(Role), door)
