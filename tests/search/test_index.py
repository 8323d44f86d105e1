"""The index follows the database: at once, in every process, over restarts and torn files."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from bridge.config import Config
from bridge.extensions import db
from bridge.search import changes
from bridge.search.index import current_index, live_index
from bridge.search.live import LiveIndex
from bridge.search.models import SearchChange, SearchClock
from bridge.search.service import note_change
from bridge.students.models import Profile, ProfileSkill
from bridge.vacancies import documents
from matching import Query
from tests.factories import make_skill, make_student, make_vacancy
from tests.queries import count_queries

QUERY = Query("Python и расчёты на прочность", must=frozenset({"python"}))


def found() -> list[int]:
    """The profiles that hold the skill asked for, in the process of the test."""
    db.session.commit()
    index = current_index()
    hits = index.search(QUERY, limit=100).hits
    return sorted(int(hit.id) for hit in hits if index.explain(QUERY, hit.id).matched)


def test_edits_publishing_and_withdrawing_show_at_once(app: Flask) -> None:
    first = make_student(skills=("python",))
    second = make_student(skills=("welding",))
    third = make_student(skills=("python",), published=False)
    assert found() == [first.id]
    second.skills.append(ProfileSkill(skill=make_skill("python")))
    note_change(second.id)
    third.published_at = first.published_at
    note_change(third.id)
    assert found() == [first.id, second.id, third.id]
    first.published_at = None
    note_change(first.id)
    assert found() == [second.id, third.id]
    third.user.deactivated_at = second.published_at
    note_change(third.id)
    assert found() == [second.id]


def test_an_erased_profile_is_gone(app: Flask) -> None:
    profile = make_student(skills=("python",))
    other = make_student(skills=("python",))
    assert found() == [profile.id, other.id]
    number = profile.id
    db.session.delete(profile)
    note_change(number)
    assert found() == [other.id]


def test_what_is_not_committed_is_not_found(app: Flask) -> None:
    make_student(skills=("python",))
    assert len(found()) == 1
    make_student(skills=("python",))
    # Inside the writing transaction, which on SQLite holds the lock.
    assert len(current_index()) == 1
    db.session.rollback()
    assert len(found()) == 1


def test_many_changes_come_in_batches(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    make_student(skills=("python",))
    found()
    for _ in range(7):
        make_student(skills=("python",))
    monkeypatch.setattr(changes, "BATCH", 3)
    db.session.commit()
    with count_queries() as queries:
        assert len(found()) == 8
    assert sum("FROM search_change" in query for query in queries) > 2


def test_a_restored_database_is_read_anew(app: Flask) -> None:
    keep = make_student(skills=("python",))
    lose = make_student(skills=("python",))
    assert found() == [keep.id, lose.id]
    # As a backup from before the second student would look.
    db.session.execute(sa.update(Profile).where(Profile.id == lose.id).values(published_at=None))
    db.session.execute(sa.update(SearchClock).values(revision=1))
    assert found() == [keep.id]


def test_another_database_in_the_same_place_is_read_anew(app: Flask) -> None:
    make_student(skills=("python",))
    found()
    db.session.execute(sa.update(Profile).values(published_at=None))
    db.session.execute(sa.update(SearchClock).values(epoch="another"))
    assert found() == []


def fresh_live(app: Flask) -> LiveIndex:
    """As a worker that starts now would have it."""
    from bridge.search.index import attach

    attach(app, live_index()._source)
    return live_index()


def test_a_snapshot_is_loaded_and_followed(app: Flask) -> None:
    first = make_student(skills=("python",))
    db.session.commit()
    output = app.test_cli_runner().invoke(args=["reindex"])
    assert output.exit_code == 0, output.output
    assert "1 published profiles are indexed." in output.output
    second = make_student(skills=("python",))
    first.published_at = None
    note_change(first.id)
    db.session.commit()
    live = fresh_live(app)
    built: list[int] = []
    original = live._source.all
    live._source.all = lambda session: built.append(1) or original(session)  # type: ignore
    try:
        assert found() == [second.id]
    finally:
        del live._source.all  # type: ignore[method-assign]
    assert built == []


@pytest.mark.parametrize("damage", ["cut", "emptied", "junk", "missing"])
def test_a_torn_snapshot_is_not_used(app: Flask, config: Config, damage: str) -> None:
    profile = make_student(skills=("python",))
    db.session.commit()
    live_index().rebuild()
    files = [path for path in (config.data_dir / "index").rglob("*") if path.is_file()]
    assert files
    for path in files:
        data = path.read_bytes()
        if damage == "missing":
            path.unlink()
        else:
            path.write_bytes(
                {"cut": data[: len(data) // 2], "emptied": b"", "junk": b"?" * 99}[damage]
            )
    fresh_live(app)
    assert found() == [profile.id]


def test_a_newer_snapshot_than_the_database_is_not_used(app: Flask, config: Config) -> None:
    profile = make_student(skills=("python",))
    make_student(skills=("python",))
    db.session.commit()
    live_index().rebuild()
    db.session.execute(sa.update(Profile).where(Profile.id != profile.id).values(published_at=None))
    db.session.execute(sa.update(SearchClock).values(revision=1))
    db.session.commit()
    fresh_live(app)
    assert found() == [profile.id]


def test_reindexing_a_restored_backup_reaches_those_who_knew_more(app: Flask) -> None:
    keep = make_student(skills=("python",))
    lose = make_student(skills=("python",))
    assert found() == [keep.id, lose.id]
    worker = live_index()
    # As a backup from before the second student, in which as much was changed since.
    db.session.execute(sa.delete(SearchChange).where(SearchChange.profile_id == lose.id))
    db.session.execute(sa.update(Profile).where(Profile.id == lose.id).values(published_at=None))
    db.session.execute(sa.update(SearchClock).values(revision=1))
    db.session.commit()
    fresh_live(app)
    assert app.test_cli_runner().invoke(args=["reindex"]).exit_code == 0
    note_change(keep.id)
    note_change(keep.id)
    db.session.commit()
    assert len(worker.current()) == 1


def test_one_snapshot_is_kept(app: Flask, config: Config) -> None:
    for _ in range(2):
        make_student()
        db.session.commit()
        live_index().rebuild()
    assert len(list((config.data_dir / "index").iterdir())) == 1


WORKER = """
import json, sys
from pathlib import Path
from bridge import create_app
from bridge.extensions import db
from bridge.search.index import current_index
from tests.conftest import make_config
from matching import Query

app = create_app(make_config(Path(sys.argv[1]), DATABASE_URL=sys.argv[2]))
query = Query("Python", must=frozenset({"python"}))
for line in sys.stdin:
    with app.app_context():
        index = current_index()
        hits = index.search(query, limit=100).hits
        held = [hit.id for hit in hits if index.explain(query, hit.id).matched]
        print(json.dumps(sorted(held)), flush=True)
"""


@pytest.fixture
def workers(app: Flask, config: Config) -> Iterator[list[subprocess.Popen[str]]]:
    url = config.database_url.render_as_string(hide_password=False)
    root = Path(__file__).parents[2]
    started = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, str(config.data_dir), url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=root,
            env={"PYTHONPATH": f"{root / 'platform'}:{root}", "PATH": "/usr/bin:/bin"},
        )
        for _ in range(2)
    ]
    yield started
    for worker in started:
        # Closes its input, which ends it.
        worker.communicate(timeout=30)


def ask(worker: subprocess.Popen[str]) -> list[int]:
    assert worker.stdin is not None
    assert worker.stdout is not None
    worker.stdin.write("\n")
    worker.stdin.flush()
    answer: list[int] = json.loads(worker.stdout.readline())
    return answer


def test_two_processes_see_every_edit_at_once(
    app: Flask, workers: list[subprocess.Popen[str]]
) -> None:
    first = make_student(skills=("python",))
    db.session.commit()
    assert [ask(worker) for worker in workers] == [[first.id]] * 2
    second = make_student(skills=("python",))
    db.session.commit()
    assert [ask(worker) for worker in workers] == [[first.id, second.id]] * 2
    first.published_at = None
    note_change(first.id)
    db.session.commit()
    assert [ask(worker) for worker in workers] == [[second.id]] * 2


def test_a_vacancy_asks_the_index_for_its_students(app: Flask) -> None:
    fitting = make_student(skills=("python",), year_of_study=4)
    make_student(skills=("python",), year_of_study=1)
    vacancy = make_vacancy(must=("python",), year_from=3)
    db.session.commit()
    ranking = current_index().search(documents.query(vacancy), documents.eligibility(vacancy))
    assert [hit.id for hit in ranking.hits] == [fitting.id]
