"""What the database itself refuses, so that no way in can alter or remove history, and the proof that it is whole."""

from collections.abc import Iterable

from sqlalchemy import Connection, text
from sqlmodel import Session, col, select

from erp import db
from erp.models.accounts import Account
from erp.models.changes import Change, ChangeHead
from erp.services.records import change_hash

#: Guard → what it refuses, on which table, when. Only the end mark moves on, by UPDATE.
_ON_FILE = {
    "change_no_update": ("UPDATE", "change", ""),
    "change_no_delete": ("DELETE", "change", ""),
    "change_no_replace": ("INSERT", "change", "WHEN EXISTS (SELECT 1 FROM change WHERE id = NEW.id)"),
    "change_head_no_delete": ("DELETE", "change_head", ""),
    "change_head_no_replace": ("INSERT", "change_head", "WHEN EXISTS (SELECT 1 FROM change_head WHERE id = NEW.id)"),
}
#: The same of a server, which can replace no row by inserting it, but can empty a table.
_ON_SERVER = {
    "change_no_update": ("UPDATE", "change", "FOR EACH ROW"),
    "change_no_delete": ("DELETE", "change", "FOR EACH ROW"),
    "change_no_truncate": ("TRUNCATE", "change", "FOR EACH STATEMENT"),
    "change_head_no_delete": ("DELETE", "change_head", "FOR EACH ROW"),
    "change_head_no_truncate": ("TRUNCATE", "change_head", "FOR EACH STATEMENT"),
}
#: The guards that stand; one that was put out of force does not.
_IN_FILE = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
_IN_SERVER = (
    "SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
    "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = current_schema() AND t.tgenabled IN ('O', 'A')"
)
#: What keeps whether a Tribal government closes a record (migration 0013).
_KEEP_CLOSED = (
    "engagement_gets_partner", "engagement_loses_partner", "engagement_changes_partner", "partner_changes_kind",
    "engagement_closes", "commitment_comes_in", "commitment_moves", "feedback_item_comes_in", "feedback_item_moves",
)  # fmt: skip
_REFUSAL = "the history of changes is append-only"
_ALTERED = "the database was altered from outside. Restore the newest backup from before."

_A_TRIBE = "SELECT id FROM partner WHERE kind = 'tribal_government'"
_MEETING_OF_A_TRIBE = "SELECT engagement_id FROM engagement_partner WHERE partner_id IN (" + _A_TRIBE + ")"  # noqa: S608
_ITS_PARTNER_OR_MEETING = (
    f"coalesce(r.partner_id IN ({_A_TRIBE}), false) OR coalesce(r.engagement_id IN ({_MEETING_OF_A_TRIBE}), false)"
)
#: Table, what its rows are, and when a Tribal government closes one: the rule that the triggers of 0013 keep.
_CLOSED_BY = (
    ("engagement", "engagements", f"r.id IN ({_MEETING_OF_A_TRIBE})"),
    ("commitment", "promises", _ITS_PARTNER_OR_MEETING),
    ("feedback_item", "feedback items", _ITS_PARTNER_OR_MEETING),
)

#: What keeps beside a partner what the ledger says of it (migration 0023), and the rule that it keeps.
_KEEP_FIGURES = ("contact_comes_in", "contact_closes", "cadence_comes_in", "cadence_closes")
_HELD_TRUE = "FROM fact AS f WHERE f.partner_id = p.id AND f.known_to IS NULL AND f.kind = "
_NEWEST = "'cadence' ORDER BY f.on_day IS NULL, f.on_day DESC, f.value LIMIT 1"
_FIGURES = {
    "last_contact_on": f"SELECT max(f.on_day) {_HELD_TRUE} 'contact'",
    "agreed_days": f"SELECT CAST(f.value AS INTEGER) {_HELD_TRUE} {_NEWEST}",
    "agreed_from": f"SELECT f.on_day {_HELD_TRUE} {_NEWEST}",
}


def write_guards(connection: Connection) -> None:
    """Let the database itself refuse to alter or remove history, also by replacing a row or the end mark."""
    if db.embedded(connection):
        for name, (act, table, when) in _ON_FILE.items():
            body = f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
            connection.exec_driver_sql(f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {act} ON {table} {when} {body}")
        return
    raising = f"BEGIN RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END"
    connection.exec_driver_sql(
        f"CREATE OR REPLACE FUNCTION refuse_to_alter_history() RETURNS trigger LANGUAGE plpgsql AS $${raising}$$"
    )
    for name, (act, table, each) in _ON_SERVER.items():
        does = f"{each} EXECUTE FUNCTION refuse_to_alter_history()"
        connection.exec_driver_sql(f"CREATE OR REPLACE TRIGGER {name} BEFORE {act} ON {table} {does}")


def verify_changes(session: Session) -> list[str]:
    """Check the chain of changes from its first row to its end. Returns a sentence per fault; empty: all is whole."""
    faults: list[str] = []
    previous, length = "", 0
    for change in session.exec(select(Change).order_by(col(Change.id)).execution_options(yield_per=1000)):
        length += 1
        if change.previous_hash != previous:
            faults.append(f"Change {change.id}: a row before it is missing or was altered.")
        if change.hash != change_hash(change):
            faults.append(f"Change {change.id}: the row was altered after it was written.")
        previous = change.hash
        session.expunge(change)
    head = session.get(ChangeHead, 1)
    if head is not None and (head.length, head.hash) != (length, previous):
        faults.append(f"The history should end after {head.length} changes, but {length} are here.")
    if head is None and (length or session.exec(select(Account.id).limit(1)).first() is not None):
        faults.append("The end mark of the history is missing.")
    missing = _missing(session, _ON_FILE if db.embedded(session) else _ON_SERVER)
    faults += [f"The guard “{name}” of the history is missing." for name in missing]
    return faults


def verify_closed(session: Session) -> list[str]:
    """Check that each record is kept as closed exactly where a Tribal government closes it. A sentence per fault.

    Triggers keep it, so that no way in can forget it; a row altered from outside could open what a Tribe shared.
    """
    faults = _without(session, _KEEP_CLOSED, "closed what a Tribal government shared")
    for table, named, rule in _CLOSED_BY:
        wrong = session.scalar(text(f"SELECT count(*) FROM {table} AS r WHERE r.closed <> ({rule})"))  # noqa: S608 -- words of this module
        if wrong:
            faults.append(
                f"{wrong:,} {named} are open though a Tribal government closes them, or closed though none does: "
                f"{_ALTERED}"
            )
    return faults


def verify_figures(session: Session) -> list[str]:
    """Check that the last contact and the cadence kept beside each partner are the ledger's. A sentence per fault."""
    faults = _without(session, _KEEP_FIGURES, "each partner's last contact and cadence")
    differs = " OR ".join(
        f"coalesce(CAST(p.{column} AS TEXT), '') <> coalesce(CAST(({rule}) AS TEXT), '')"
        for column, rule in _FIGURES.items()
    )
    wrong = session.scalar(text(f"SELECT count(*) FROM partner AS p WHERE {differs}"))  # noqa: S608 -- words of this module
    if wrong:
        faults.append(
            f"The last contact or agreed cadence of partners is not what the ledger says ({wrong:,}): {_ALTERED}"
        )
    return faults


def _without(session: Session, guards: Iterable[str], keeps: str) -> list[str]:
    """Return a sentence for each guard that is not in force; `keeps`: what it is there for."""
    return [f"The guard “{name}” is missing, which keeps {keeps}: {_ALTERED}" for name in _missing(session, guards)]


def _missing(session: Session, guards: Iterable[str]) -> list[str]:
    """Return the guards that are not in force."""
    return sorted(set(guards) - set(session.scalars(text(_IN_FILE if db.embedded(session) else _IN_SERVER))))
