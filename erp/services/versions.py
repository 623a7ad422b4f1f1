"""The versions of the database: those the code knows, and the one a database is at."""

from typing import Any

from sqlalchemy import Engine, inspect, text

from erp.settings import ROOT


def migrations() -> tuple[Any, str]:
    """Return Alembic's settings and the newest version of the database that the code knows."""
    config, script = _scripts()
    return config, str(script.get_current_head())


def known_versions() -> frozenset[str]:
    """Return every version of the database that the code knows."""
    return frozenset(step.revision for step in _scripts()[1].walk_revisions())


def _scripts() -> tuple[Any, Any]:
    from alembic.config import Config  # noqa: PLC0415 -- takes 0.4 s to import, and most commands need none of it
    from alembic.script import ScriptDirectory  # noqa: PLC0415 -- as above

    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return config, ScriptDirectory.from_config(config)


def database_version(engine: Engine) -> str | None:
    """Return the version the database is at, or None for an empty one."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
