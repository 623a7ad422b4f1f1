"""The same services and queries from a terminal: import, export, health, verify, backup, restore, user, serve, demo."""

import argparse
import csv
import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pandas as pd

from erp import db
from erp.access import Actor, operator
from erp.documents.tables import csv_bytes, health_table, json_text, xlsx_bytes
from erp.errors import ERPError, Invalid, NotFound
from erp.health.months import month_ends
from erp.importing.fields import KINDS
from erp.importing.outcome import ImportResult
from erp.queries.accounts import AccountRow, account_by_email
from erp.queries.county import today
from erp.queries.exports import export_rows
from erp.queries.health import figures_by_day
from erp.services import accounts, upkeep
from erp.services.imports import import_file
from erp.settings import settings
from erp.vocabulary import Door, Role
from erp.web.serve import serve


def main(words: list[str] | None = None) -> int:
    """Run one command and return its exit status; a refusal is one sentence on standard error and status 2."""
    arguments = _parser().parse_args(words)
    command: Callable[[argparse.Namespace], int] = arguments.command
    try:
        return command(arguments)
    except ERPError as refusal:
        print(refusal, file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="erp", description="The county's partnership memory, from a terminal.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=text, description=text)
        one.set_defaults(command=run)
        return one

    bring = command("import", _import, "bring a spreadsheet in")
    bring.add_argument("kind", choices=KINDS)
    bring.add_argument("file", type=Path)
    bring.add_argument("--map", action="append", default=[], metavar='"Their heading=field"', dest="map_options")
    bring.add_argument("--check", action="store_true", help="say what would happen and save nothing")
    bring.add_argument("--update", action="store_true", help="let rows with a known key change the record")
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
    settings().database_file.parent.mkdir(parents=True, exist_ok=True)
    upkeep.migrate(db.engine())


def _import(arguments: argparse.Namespace) -> int:
    _prepare()
    if not arguments.file.is_file():
        raise Invalid(f"There is no file {arguments.file}. Check the name.")
    result = import_file(
        operator(Door.CLI),
        arguments.kind,
        arguments.file.read_bytes(),
        arguments.file.name,
        map_options=arguments.map_options,
        save=not arguments.check,
        update=arguments.update,
        progress=_progress_bar if sys.stderr.isatty() else None,
    )
    if arguments.findings:
        _write_findings(arguments.findings, result)
    print(result.to_json() if arguments.json else _in_words(result, saved=not arguments.check))
    return result.exit_status


def _in_words(result: ImportResult, *, saved: bool) -> str:
    if result.refused:
        return "\n".join(["The file was refused; nothing was saved.", *_lines(result)])
    done = "" if saved else "Checked only, nothing was saved. "
    counts = (
        f"{done}{result.rows} rows: {result.imported} imported, {result.warned} imported with a warning, "
        f"{result.rejected} rejected ({result.added} new)."
    )
    return "\n".join([counts, *_lines(result)])


def _lines(result: ImportResult) -> list[str]:
    return [f"  Row {f.row}, {f.column or 'the row'}: {f.found!r}. {f.reason} {f.advice}" for f in result.findings]


def _write_findings(target: Path, result: ImportResult) -> None:
    with target.open("w", newline="", encoding="utf-8-sig") as out:
        writer = csv.writer(out)
        writer.writerow(["row", "column", "found", "reason", "advice"])
        writer.writerows((f.row, f.column, f.found, f.reason, f.advice) for f in result.findings)


def _progress_bar(done: int) -> None:
    print(f"\r{done:,} rows", end="", file=sys.stderr, flush=True)


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
    with db.reading() as session:
        this_day = today(session)
        if arguments.first:
            days = month_ends(arguments.first, arguments.last, this_day)
        else:
            days = [arguments.as_of or this_day]
        figures = figures_by_day(session, operator(Door.CLI), days, known_on=arguments.known_on)
    _print(health_table(figures), arguments.format, plain=True)
    return 0


def _verify(_arguments: argparse.Namespace) -> int:
    _prepare()
    with db.reading() as session:
        faults = upkeep.verify_changes(session)
    for fault in faults:
        print(fault)
    if not faults:
        print("The history of changes is whole.")
    return 1 if faults else 0


def _backup(arguments: argparse.Namespace) -> int:
    upkeep.backup_database(arguments.file)
    print(f"The database was copied to {arguments.file}.")
    return 0


def _restore(arguments: argparse.Namespace) -> int:
    kept = upkeep.restore_database(arguments.file)
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
        print(json_text(rows))
    elif form == "xlsx":
        sys.stdout.buffer.write(xlsx_bytes(rows))
    else:
        sys.stdout.buffer.write(rows.to_csv(index=False).encode() if plain else csv_bytes(rows))


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
