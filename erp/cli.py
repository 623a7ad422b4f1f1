"""The same services and queries from a terminal: import, export, health, look-alikes, verify, backup,
restore, user, serve, demo."""

import argparse
import sqlite3
import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from types import ModuleType

from sqlalchemy.exc import DatabaseError, OperationalError

from erp import db
from erp.errors import ERPError
from erp.importing.fields import KINDS
from erp.importing.outcome import ImportResult
from erp.importing.readings import Refused
from erp.vocabulary import Role
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
        _commands().out([ImportResult.of_refusal(Refused(sentence, "")).to_json()])
    return 2


def _of_records(name: str) -> Callable[[argparse.Namespace], int]:
    """Return a command of erp.commands, which is loaded once it is run."""

    def run(arguments: argparse.Namespace) -> int:
        return getattr(_commands(), name)(arguments)

    return run


def _commands() -> ModuleType:
    from erp import commands  # noqa: PLC0415 -- takes 0.6 s to import, and the server's first page waits for none of it

    return commands


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="erp", description="The county's partnership memory, from a terminal.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=text, description=text)
        one.set_defaults(command=run)
        return one

    bring = command(
        "import",
        _of_records("bring_in"),
        "bring a spreadsheet in: exit status 0 all in, 1 some rejected, 2 file refused",
    )
    bring.add_argument("kind", choices=KINDS)
    bring.add_argument("file", type=Path)
    bring.add_argument("--map", action="append", default=[], metavar='"Their heading=field"', dest="map_options")
    bring.add_argument("--check", action="store_true", help="say what would happen and save nothing")
    bring.add_argument("--update", action="store_true", help="let rows with a known key change the record")
    bring.add_argument("--kept-because", default="", metavar="WHY", help="why words that look identifying may stay")
    bring.add_argument("--json", action="store_true", help="print the result as JSON, and nothing else")
    bring.add_argument("--findings", type=Path, metavar="OUT.CSV", help="write every finding to this file")

    take = command("export", _of_records("take_out"), "write records out under the canonical headings")
    take.add_argument("kind", choices=KINDS)
    take.add_argument("--format", choices=("csv", "xlsx", "json"), default="csv")
    take.add_argument("--as", dest="as_user", metavar="E-MAIL", help="only what this person may see")

    health = command("health", _of_records("figures"), "print partnership health as figures")
    health.add_argument("--as-of", type=_day, metavar="DAY", help="YYYY-MM-DD; today if left out")
    health.add_argument("--from", type=_month, metavar="YYYY-MM", dest="first")
    health.add_argument("--to", type=_month, metavar="YYYY-MM", dest="last")
    health.add_argument("--known-on", type=_day, metavar="DAY", help="as known at the end of this day")
    health.add_argument("--format", choices=("csv", "json"), default="csv")

    command(
        "look-alikes", _of_records("look_alikes"), "print how well names that are the same are found, on labelled pairs"
    )
    command(
        "verify",
        _of_records("verify"),
        "check that the history is whole, what a Tribe shared is closed, and last contacts are right",
    )
    command("backup", _of_records("backup"), "copy the database while it is in use").add_argument("file", type=Path)
    command(
        "restore", _of_records("restore"), "put a backup in place; the present database is copied aside first"
    ).add_argument("file", type=Path)
    user = command("user", _of_records("user"), "add an account, make a new one-time link, or disable an account")
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


def _serve(arguments: argparse.Namespace) -> int:
    return serve(arguments.port)


def _demo(arguments: argparse.Namespace) -> int:
    return serve(arguments.port, demo=True)


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
