"""What each command does with records and accounts, by the same services and queries as the pages."""

import argparse
import os
import sys
from collections.abc import Iterable
from itertools import chain

import pandas as pd

from erp import db
from erp.access import Actor, operator
from erp.documents.tables import csv_bytes, health_table, json_text, xlsx_bytes
from erp.errors import Invalid, NotFound
from erp.health.months import month_ends
from erp.importing.outcome import ImportResult, findings_file
from erp.queries.accounts import AccountRow, account_by_email
from erp.queries.county import today
from erp.queries.exports import export_rows
from erp.queries.health import figures_by_day
from erp.services import accounts, copies, guards, upkeep
from erp.services.imports import import_file
from erp.services.look_alike_measure import GOAL, LABELLED, measure
from erp.vocabulary import Door, Role


def _prepare() -> None:
    """Let every command work on a fresh machine, too."""
    db.make_folder()
    upkeep.migrate(db.engine())


def bring_in(arguments: argparse.Namespace) -> int:
    """Bring a spreadsheet in. Return the exit status."""
    _prepare()
    data = arguments.file.read_bytes()
    if arguments.findings:
        arguments.findings.write_bytes(findings_file([]))  # a place that cannot be written to is told before saving
    result = import_file(
        operator(Door.CLI),
        arguments.kind,
        data,
        arguments.file.name,
        map_options=arguments.map_options,
        save=not arguments.check,
        update=arguments.update,
        kept_because=arguments.kept_because,
        progress=_progress_bar if sys.stderr.isatty() else None,
    )
    if arguments.findings:
        arguments.findings.write_bytes(findings_file(result.findings))
    out(result.json_pieces() if arguments.json else _in_words(result, saved=not arguments.check))
    return result.exit_status


def _in_words(result: ImportResult, *, saved: bool) -> Iterable[str]:
    if result.refused:
        yield "The file was refused; nothing was saved."
    else:
        done = "" if saved else "Checked only, nothing was saved. "
        yield (
            f"{done}{result.rows:,} rows: {result.imported:,} imported, {result.warned:,} imported with a warning, "
            f"{result.rejected:,} rejected ({result.added:,} new)."
        )
    for found in result.findings:
        where = f"Row {found.row}" + (f", {found.column}" if found.column else "")
        text = f" “{found.found}”" if found.found and found.found != found.column else ""
        yield f"\n  {where}:{text} {found.reason} {found.advice}".rstrip()


def _progress_bar(done: int, rows: int) -> None:
    share = done / rows if rows else 1.0
    bar = "#" * round(30 * share)
    end = "\n" if done >= rows else ""
    print(f"\r[{bar:<30}] {done:,} of {rows:,} rows", end=end, file=sys.stderr, flush=True)


def take_out(arguments: argparse.Namespace) -> int:
    """Write the records of a kind out. Return the exit status."""
    _prepare()
    with db.reading() as session:
        actor = _acting_as(arguments.as_user)
        rows = export_rows(session, actor, arguments.kind)
    _print(rows, arguments.format)
    return 0


def _acting_as(email: str | None) -> Actor:
    if email is None:
        return operator(Door.CLI)
    account = _account(email)
    if account.disabled:
        raise Invalid(f"{account.email} can no longer sign in, so there is nothing that this person may see.")
    return Actor(account.account_id, account.name, frozenset(account.roles), Door.CLI)


def _account(email: str) -> AccountRow:
    with db.reading() as session:
        account = account_by_email(session, email)
    if account is None:
        raise NotFound(f"There is no account with the e-mail address {email}. Check how it is written.")
    return account


def figures(arguments: argparse.Namespace) -> int:
    """Print partnership health as figures. Return the exit status."""
    _prepare()
    if arguments.as_of and (arguments.first or arguments.last):
        raise Invalid("Give either --as-of, or --from and --to.")
    if bool(arguments.first) != bool(arguments.last):
        raise Invalid("Give both --from and --to, each as YYYY-MM.")
    if arguments.first and arguments.last < arguments.first:
        raise Invalid("--to lies before --from. Give the earlier month first.")
    with db.reading() as session:
        this_day = today(session)
        if arguments.first:
            days = month_ends(arguments.first, arguments.last, this_day)
        else:
            days = [arguments.as_of or this_day]
        figures = figures_by_day(session, operator(Door.CLI), days, known_on=arguments.known_on)
    _print(health_table(figures), arguments.format, plain=True)
    return 0


def look_alikes(_arguments: argparse.Namespace) -> int:
    """Print how well names that are the same are found, on labelled pairs. Return the exit status."""
    found = measure()
    out(
        f"{line}\n"
        for line in (
            f"{found.same + found.different} labelled pairs of names ({LABELLED.name}).",
            f"The same: {found.same}, of which {found.same - len(found.missed)} are suggested "
            f"({found.suggested_share:.0%}; goal at least {GOAL:.0%}).",
            *(f"  not suggested: {one} | {other}" for one, other in found.missed),
            f"Not the same: {found.different}, of which {len(found.asked_needlessly)} are asked about all the same.",
            *(f"  asked: {one} | {other}" for one, other in found.asked_needlessly),
            f"Said to be the same without asking a person: {len(found.said_same_by_itself)} (goal 0).",
        )
    )
    return 0 if found.suggested_share >= GOAL and not found.said_same_by_itself else 1


def verify(_arguments: argparse.Namespace) -> int:
    """Check that the history is whole, what is closed is, and last contacts are right. Return the exit status."""
    _prepare()
    with db.reading() as session:
        faults = [*guards.verify_changes(session), *guards.verify_closed(session), *guards.verify_figures(session)]
    for fault in faults:
        print(fault)
    if not faults:
        print("The history of changes is whole, what Tribal governments shared is closed, and last contacts are right.")
    return 1 if faults else 0


def backup(arguments: argparse.Namespace) -> int:
    """Copy the database while it is in use. Return the exit status."""
    copies.backup_database(arguments.file)
    print(f"The database was copied to {arguments.file}.")
    return 0


def restore(arguments: argparse.Namespace) -> int:
    """Put a backup in place. Return the exit status."""
    kept = copies.restore_database(arguments.file)
    db.forget_engines()  # their connections are to the file that was there
    _prepare()
    with db.writing() as session:
        copies.record_restore(session, operator(Door.CLI), arguments.file, kept)
    print(f"{arguments.file} is in place." + (f" The database that was there is kept as {kept}." if kept else ""))
    return 0


def user(arguments: argparse.Namespace) -> int:
    """Add an account, make a new one-time link, or disable an account. Return the exit status."""
    _prepare()
    actor = operator(Door.CLI)
    if arguments.what == "add":
        roles = frozenset(Role(role) for role in arguments.role)
        draft = accounts.InvitationDraft.of(name=arguments.name or arguments.email, email=arguments.email, roles=roles)
        with db.writing() as session:
            link = accounts.invite_account(session, actor, draft)
    else:
        account = _account(arguments.email)
        with db.writing() as session:
            if arguments.what == "disable":
                accounts.disable_account(session, actor, account.account_id, account.version)
                print(f"{account.email} can no longer sign in, and every sign-in of theirs was ended.")
                return 0
            link = accounts.reset_link(session, actor, account.account_id)
    print(f"Hand this one-time link to {arguments.email}, with the app's own address before it:")
    print(link.path)
    return 0


def _print(rows: pd.DataFrame, form: str, *, plain: bool = False) -> None:
    if form == "json":
        out([json_text(rows)])
    elif form == "xlsx":
        write([xlsx_bytes(rows)])
    else:
        write([rows.to_csv(index=False).encode() if plain else csv_bytes(rows)])


def out(pieces: Iterable[str]) -> None:
    """Print text as UTF-8, whatever the terminal's own encoding, and a line break."""
    write(piece.encode("utf-8", "backslashreplace") for piece in chain(pieces, "\n"))


def write(pieces: Iterable[bytes]) -> None:
    """Write to standard output; where the reader has gone away (`erp … | head`) the rest is not written."""
    sys.stdout.flush()
    try:
        for piece in pieces:
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())  # else the interpreter complains when it closes standard output
