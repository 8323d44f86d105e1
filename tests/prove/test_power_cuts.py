"""The power goes at a random write, again and again: what was acknowledged is there."""

from __future__ import annotations

import contextlib
import random
import shutil
from pathlib import Path

import apsw
import pysqlite3.dbapi2 as sqlite3

from bridge.database import SQLITE_PRAGMAS
from tests.conftest import Figure, often
from tests.prove.power import Disk, Machine, PowerCutError

WRITE = "INSERT INTO day_off (day, name) VALUES (date('2026-01-01', ?), ?)"
COUNT = "SELECT count(*), coalesce(max(id), 0) FROM day_off"
# So often that many cuts fall into it; by default it comes every thousand pages.
CHECKPOINT_PAGES = 12


def pragmas(synchronous: str) -> list[str]:
    """The product's own, with the one that is tried."""
    assert "synchronous=FULL" in SQLITE_PRAGMAS
    assert "journal_mode=WAL" in SQLITE_PRAGMAS
    return [one.replace("synchronous=FULL", f"synchronous={synchronous}") for one in SQLITE_PRAGMAS]


def write_until_cut(folder: Path, disk: Disk, settings: list[str], first: int) -> int:
    """Commit rows until the power goes; how many there were when the last commit returned."""
    machine = Machine("machine", disk)
    done = first
    connection = None
    try:
        connection = apsw.Connection(str(folder / "bridge.db"), vfs="machine")
        for one in [*settings, f"wal_autocheckpoint={CHECKPOINT_PAGES}"]:
            connection.execute(f"PRAGMA {one}").fetchall()
        while True:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(WRITE, (f"+{done} days", "x" * 400))
            connection.execute("COMMIT")
            done += 1
    except (PowerCutError, apsw.Error):
        assert disk.off, "something else than the cut went wrong"
        return done
    finally:
        if connection is not None:
            with contextlib.suppress(PowerCutError, apsw.Error):
                connection.close(True)
        machine.unregister()


def cuts(template: Path, folder: Path, number: int, synchronous: str) -> tuple[int, int, int]:
    """Committed, lost and damaged, over so many cuts, each on what the one before has left."""
    chance = random.Random(20261126)  # noqa: S311
    here = folder / "0"
    here.mkdir(parents=True)
    shutil.copy(template, here / "bridge.db")
    committed = lost = damaged = known = 0
    for cut in range(number):
        disk = Disk(here, chance.randrange(1, 120), chance)
        done = write_until_cut(here, disk, pragmas(synchronous), known)
        following = folder / str(cut + 1)
        following.mkdir()
        disk.after_the_cut(following)
        shutil.rmtree(here)
        here = following
        # With the product's own driver, as it starts again.
        database = sqlite3.connect(here / "bridge.db")
        whole = database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        found = database.execute(COUNT).fetchone()[0] if whole else 0
        database.close()
        damaged += not whole
        committed += done - known
        lost += max(0, done - found)
        # An unacknowledged last one may be there.
        assert found <= done + 1
        known = found
    return committed, lost, damaged


def test_no_acknowledged_write_is_lost_at_power_cuts(
    sqlite_template: Path, tmp_path: Path, figure: Figure
) -> None:
    number = often(25, 200)
    committed, lost, damaged = cuts(sqlite_template, tmp_path / "full", number, "FULL")
    figure(
        power_cuts=number,
        writes_acknowledged_before_them=committed,
        acknowledged_writes_lost_at_power_cuts=lost,
        databases_damaged_by_power_cuts=damaged,
    )
    assert committed > number
    assert (lost, damaged) == (0, 0)


def test_the_simulated_disk_does_lose_what_was_not_synced(
    sqlite_template: Path, tmp_path: Path
) -> None:
    """With NORMAL, which the product does not use, the same cuts lose acknowledged writes."""
    committed, lost, _damaged = cuts(sqlite_template, tmp_path / "normal", 15, "NORMAL")
    assert 0 < lost <= committed
