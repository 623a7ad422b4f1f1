"""The same services and queries from a terminal: import, export, health, look-alikes, verify, backup,
restore, user, serve, demo."""

import argparse
import os
import sqlite3
import sys
from collections.abc import Callable, Iterable
from datetime import date, datetime
from itertools import chain
from pathlib import Path

import pandas as pd
from sqlalchemy.exc import DatabaseError, OperationalError

from erp import db
from erp.access import Actor, operator
from erp.documents.tables import csv_bytes, health_table, json_text, xlsx_bytes
from erp.errors import ERPError, Invalid, NotFound
from erp.health.months import month_ends
from erp.importing.fields import KINDS
from erp.importing.outcome import ImportResult, findings_file
from erp.importing.readings import Refused
from erp.queries.accounts import AccountRow, account_by_email
from erp.queries.county import today
from erp.queries.exports import export_rows
from erp.queries.health import figures_by_day
from erp.services import accounts, copies, guards, upkeep
from erp.services.imports import import_file
from erp.services.look_alike_measure import GOAL, LABELLED, measure
from erp.vocabulary import Door, Role
from erp.web.serve import serve

#: PostgreSQL's sign that its user may not do what was asked, for example make tables.
_NOT_ALLOWED = "42501"


def main(words: list[str] | None = None) -> int:
    """Run one command and return its exit status; a refusal is one sentence on standard error and status 2."""
    arguments = _parser().parse_args(words)
    command: Callable[[argparse.Namespace], int] = arguments.command
    try:
        return command(arguments)
    except ERPError as refusal:
        return _refuse(arguments, str(refusal))
    except OSError as problem:
        return _refuse(arguments, f"{problem.filename or 'A file'}: {problem.strerror}. Check its name and its rights.")
    except (sqlite3.DatabaseError, DatabaseError) as problem:
        not_allowed = getattr(getattr(problem, "orig", None), "sqlstate", "") == _NOT_ALLOWED
        unusable = (sqlite3.DatabaseError, sqlite3.OperationalError, DatabaseError, OperationalError)
        if type(problem) not in unusable and not not_allowed:
            raise  # a rule of the database was broken: that is ours to mend, not the operator's
        told = " ".join(str(getattr(problem, "orig", None) or problem).split())
        where = db.engine().url.set(query={}).render_as_string()  # which hides a password
        return _refuse(
            arguments,
            f"The database {where} cannot be used: {told}. Check ERP_DATA_DIR or ERP_DATABASE_URL and try again.",
        )
    except KeyboardInterrupt:
        print("\nStopped. What was saved so far stays; the same command takes up the rest.", file=sys.stderr)
        return 130


def _refuse(arguments: argparse.Namespace, sentence: str) -> int:
    print(sentence, file=sys.stderr)
    if getattr(arguments, "json", False):  # other programs read standard output, also when nothing could be done
        _out([ImportResult.of_refusal(Refused(sentence, "")).to_json()])
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="erp", description="The county's partnership memory, from a terminal.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=text, description=text)
        one.set_defaults(command=run)
        return one

    bring = command("import", _import, "bring a spreadsheet in: exit status 0 all in, 1 some rejected, 2 file refused")
    bring.add_argument("kind", choices=KINDS)
    bring.add_argument("file", type=Path)
    bring.add_argument("--map", action="append", default=[], metavar='"Their heading=field"', dest="map_options")
    bring.add_argument("--check", action="store_true", help="say what would happen and save nothing")
    bring.add_argument("--update", action="store_true", help="let rows with a known key change the record")
    bring.add_argument("--kept-because", default="", metavar="WHY", help="why words that look identifying may stay")
    bring.add_argument("--json", action="store_true", help="print the result as JSON, and nothing else")
    bring.add_argument("--findings", type=Path, metavar="OUT.CSV", help="write every finding to this file")

    take = command("export", _export, "write records out under the canonical headings")
    take.add_argument("kind", choices=KINDS)
    take.add_argument("--format", choices=("csv", "xlsx", "json"), default="csv")
    take.add_argument("--as", dest="as_user", metavar="E-MAIL", help="only what this person may see")

    health = command("health", _health, "print partnership health as figures")
    health.add_argument("--as-of", type=_day, metavar="DAY", help="YYYY-MM-DD; today if left out")
    health.add_argument("--from", type=_month, metavar="YYYY-MM", dest="first")
    health.add_argument("--to", type=_month, metavar="YYYY-MM", dest="last")
    health.add_argument("--known-on", type=_day, metavar="DAY", help="as known at the end of this day")
    health.add_argument("--format", choices=("csv", "json"), default="csv")

    command("look-alikes", _look_alikes, "print how well names that are the same are found, on labelled pairs")
    command("verify", _verify, "check that the history of changes is whole")
    command("backup", _backup, "copy the database while it is in use").add_argument("file", type=Path)
    command("restore", _restore, "put a backup in place; the present database is copied aside first").add_argument(
        "file", type=Path
    )
    user = command("user", _user, "add an account, make a new one-time link, or disable an account")
    user.add_argument("what", choices=("add", "reset", "disable"))
    user.add_argument("email")
    user.add_argument("--name", default="")
    user.add_argument("--role", action="append", choices=[str(role) for role in Role], default=[])
    for name, run, text in (
        ("serve", _serve, "serve the app"),
        ("demo", _demo, "serve a made-up county on a database of its own, on this machine only"),
    ):
        command(name, run, text).add_argument("--port", type=int)
    return parser


def _prepare() -> None:
    """Let every command work on a fresh machine, too."""
    db.make_folder()
    upkeep.migrate(db.engine())


def _import(arguments: argparse.Namespace) -> int:
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
    _out(result.json_pieces() if arguments.json else _in_words(result, saved=not arguments.check))
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


def _export(arguments: argparse.Namespace) -> int:
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


def _health(arguments: argparse.Namespace) -> int:
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


def _look_alikes(_arguments: argparse.Namespace) -> int:
    found = measure()
    _out(
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


def _verify(_arguments: argparse.Namespace) -> int:
    _prepare()
    with db.reading() as session:
        faults = guards.verify_changes(session) + guards.verify_closed(session)
    for fault in faults:
        print(fault)
    if not faults:
        print("The history of changes is whole, and what Tribal governments shared is closed.")
    return 1 if faults else 0


def _backup(arguments: argparse.Namespace) -> int:
    copies.backup_database(arguments.file)
    print(f"The database was copied to {arguments.file}.")
    return 0


def _restore(arguments: argparse.Namespace) -> int:
    kept = copies.restore_database(arguments.file)
    db.forget_engines()  # their connections are to the file that was there
    _prepare()
    with db.writing() as session:
        copies.record_restore(session, operator(Door.CLI), arguments.file, kept)
    print(f"{arguments.file} is in place." + (f" The database that was there is kept as {kept}." if kept else ""))
    return 0


def _user(arguments: argparse.Namespace) -> int:
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


def _serve(arguments: argparse.Namespace) -> int:
    return serve(arguments.port)


def _demo(arguments: argparse.Namespace) -> int:
    return serve(arguments.port, demo=True)


def _print(rows: pd.DataFrame, form: str, *, plain: bool = False) -> None:
    if form == "json":
        _out([json_text(rows)])
    elif form == "xlsx":
        _write([xlsx_bytes(rows)])
    else:
        _write([rows.to_csv(index=False).encode() if plain else csv_bytes(rows)])


def _out(pieces: Iterable[str]) -> None:
    """Print text as UTF-8, whatever the terminal's own encoding, and a line break."""
    _write(piece.encode("utf-8", "backslashreplace") for piece in chain(pieces, "\n"))


def _write(pieces: Iterable[bytes]) -> None:
    """Write to standard output; where the reader has gone away (`erp … | head`) the rest is not written."""
    sys.stdout.flush()
    try:
        for piece in pieces:
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())  # else the interpreter complains when it closes standard output


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day; write it as YYYY-MM-DD") from None


def _month(text: str) -> tuple[int, int]:
    try:
        month = datetime.strptime(text, "%Y-%m")  # noqa: DTZ007 -- a month has no zone
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a month; write it as YYYY-MM") from None
    return month.year, month.month


if __name__ == "__main__":
    sys.exit(main())
