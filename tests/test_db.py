"""Transactions: all or nothing, no lost update, and a number that every commit raises."""

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import select

from erp import db
from erp.models.accounts import Setting
from erp.models.changes import DataRevision


def revision() -> int:
    with db.reading() as session:
        return db.data_revision(session)


def test_every_commit_raises_the_data_revision(database: Path) -> None:
    before = revision()
    with db.writing() as session:
        session.add(Setting(name="a", value={}, recorded_at=datetime.now(UTC)))
    assert revision() == before + 1


def test_sign_in_bookkeeping_leaves_kept_figures_valid(database: Path) -> None:
    before = revision()
    with db.writing(counts=False) as session:
        session.add(Setting(name="a", value={}, recorded_at=datetime.now(UTC)))
    assert revision() == before


def _save_and_fail() -> None:
    with db.writing() as session:
        session.add(Setting(name="a", value={}, recorded_at=datetime.now(UTC)))
        session.flush()
        raise RuntimeError


def test_a_failure_rolls_everything_back(database: Path) -> None:
    before = revision()
    with pytest.raises(RuntimeError):
        _save_and_fail()
    assert revision() == before
    with db.reading() as session:
        assert session.exec(select(Setting)).all() == []


def test_no_update_is_lost_when_many_read_and_then_write(database: Path) -> None:
    def raise_it() -> None:
        for _ in range(10):
            with db.writing(counts=False) as session:
                row = session.exec(select(DataRevision)).one()
                row.number += 1

    before = revision()
    threads = [threading.Thread(target=raise_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert revision() == before + 80


def test_a_moment_without_a_zone_is_refused(database: Path) -> None:
    naive = datetime(2026, 3, 5, 12, 0)
    with pytest.raises(Exception, match="timezone"), db.writing() as session:
        session.add(Setting(name="a", value={}, recorded_at=naive))
