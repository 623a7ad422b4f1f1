"""What happens when the server starts: the database is brought up to date, and an empty one gets its set-up code."""

import tomllib

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from erp import db
from erp.errors import Invalid
from erp.queries.county import today
from erp.services.frameworks import keep_shipped
from erp.services.search import catch_up, has_to_be_made
from erp.services.upkeep import migrate
from erp.services.versions import database_version
from erp.settings import ROOT, settings
from erp.web.gate import IDENTITY
from erp.web.set_up import code, needs_set_up


class Served:
    """The database version that this process serves; empty until it has started."""

    version = ""


def prepare() -> None:
    """Check the page server's settings, migrate the database, and bring the index of words up to date.

    Raises: Invalid with one sentence where the server must not start (a setting, a newer database).
    """
    with (ROOT / ".streamlit" / "config.toml").open("rb") as file:
        passed_on = tomllib.load(file).get("server", {}).get("trustedUserHeaders", {})
    if passed_on != {IDENTITY.decode(): "sid"}:
        raise Invalid(
            f'.streamlit/config.toml must say [server.trustedUserHeaders] "{IDENTITY.decode()}" = "sid" and nothing '
            "else there, or nobody could sign in. Restore the file that came with the program."
        )
    db.make_folder()
    Served.version = migrate(db.engine()).after
    if settings().demo and needs_set_up():
        print("Making the demonstration county; this takes some seconds …", flush=True)
        from erp.services.demo import build_demo  # noqa: PLC0415 -- who never makes it need not wait for it

        with db.writing() as session:
            build_demo(session, today(session))
    with db.writing(counts=False) as session:
        keep_shipped(session)
    _let_be_found()


def _let_be_found() -> None:
    """Bring the index of words up to date; say so where it is made from every record, which may take minutes."""
    with db.reading() as session:
        is_new = has_to_be_made(session)
    if is_new:
        print("Making what is needed to search: seconds for a county, minutes for a state …", flush=True)
    catch_up(db.writing)


def set_up_notice() -> str | None:
    """Return what to print for whoever sets the county up, with a new one-time code; None where a county is here."""
    if not needs_set_up():
        return None
    return (
        "There is no county in this database yet. Open the address in a browser and enter this one-time code:\n\n"
        f"    {code.make()}\n"
    )


def healthz(_request: Request) -> Response:
    """Answer ok when pages can be served: the database answers, and is at the version this process started with."""
    try:
        version = database_version(db.engine())
    except Exception:  # noqa: BLE001 -- whatever keeps the database from answering, the answer is the same
        version = None
    if version is None or version != Served.version:
        return PlainTextResponse("the database does not answer, or is at another version than the program", 503)
    return PlainTextResponse("ok")
