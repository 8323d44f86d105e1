"""What all tests share: an application on a fresh database, on SQLite and on PostgreSQL.

PostgreSQL is a cluster of the tests' own, made from the server's programs in a temporary folder
and stopped at the end. Where the programs are missing the tests say so and are skipped; with
REQUIRE_ALL=1 (CI) a missing program is a failure.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings
from jinja2 import FileSystemBytecodeCache

# Every table, before a test's own imports: a select over some of them needs to know all.
from bridge import create_app, models  # noqa: F401
from bridge.config import Config, read_config
from bridge.database import Model
from bridge.extensions import alembic, db
from tests.client import Browser
from tests.lending import Applications
from tests.postgresql import Cluster, find_programs
from tests.prepared import SECRET, demo_data, with_vocabulary

__all__ = ["SECRET", "demo_data", "with_vocabulary"]

# The same examples at every run, so that a failure is the change's and not the dice's; FUZZ=1
# throws new ones. No deadline: a shared machine is slow at times.
settings.register_profile(
    "bridge", deadline=None, max_examples=60, derandomize=os.environ.get("FUZZ") != "1"
)
settings.load_profile("bridge")

# With PROVE=1 (`make prove`) what figures count is done as often as security demands.
PROVE = os.environ.get("PROVE") == "1"
# Called with what a test has counted, by name: the report of `make prove` prints it.
Figure = Callable[..., None]

# Where the database decides how things go, by folder or file: these run on both in `make test` too.
ON_BOTH = {
    "contacts",
    "rights",
    "search",
    *("test_backups.py", "test_lost_updates.py", "test_migrations.py", "test_races.py"),
    # There is nothing to restart on SQLite.
    "test_postgresql_restarts.py",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what a short run may leave out: the second database where the first says enough."""
    for item in items:
        if not ON_BOTH.intersection(item.path.parts) and item.get_closest_marker("postgresql"):
            item.add_marker("repeated")


def missing(what: str) -> None:
    """Skip, or fail where CI demands that everything runs."""
    if os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(f"{what} is missing, and REQUIRE_ALL is set")
    pytest.skip(f"{what} is missing")


def often(short: int, full: int) -> int:
    """How often to do what a figure counts."""
    return full if PROVE else short


def make_config(data_dir: Path, **environment: str) -> Config:
    """A configuration as the environment would give it, marked as a test's."""
    values = {"DATA_DIR": str(data_dir), "SECRET_KEY": SECRET, "BASE_URL": "http://localhost"}
    config = read_config(values | environment)
    object.__setattr__(config, "testing", True)
    return config


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    programs = find_programs()
    if programs is None:
        missing("the PostgreSQL server (initdb, pg_ctl)")
    assert programs is not None
    cluster = Cluster(programs)
    cluster.start()
    yield cluster
    cluster.stop()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated empty database, copied for each test."""
    folder = tmp_path_factory.mktemp("template")
    app = create_app(make_config(folder))
    with app.app_context():
        alembic.upgrade()
        db.engine.dispose()
    return folder / "bridge.db"


@pytest.fixture(scope="session")
def postgresql_url(postgresql: Cluster, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A migrated database of the cluster; each test empties it before it starts."""
    url = postgresql.create_database("bridge")
    app = create_app(make_config(tmp_path_factory.mktemp("pg"), DATABASE_URL=url))
    with app.app_context():
        alembic.upgrade()
        db.engine.dispose()
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty, migrated database."""
    if request.param == "sqlite":
        target = tmp_path / "bridge.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), target)
        return f"sqlite:///{target}"
    url: str = request.getfixturevalue("postgresql_url")
    empty_database(url)
    return url


def empty_database(url: str) -> None:
    """Leave a migrated PostgreSQL database as it was after its migrations.

    TRUNCATE takes several times as long: it makes every table anew, most of which hold nothing.
    """
    engine = sa.create_engine(sa.make_url(url).set(drivername="postgresql+psycopg"))
    tables = [name for name in Model.metadata.tables if name != "search_clock"]
    filled = (f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")" for name in tables)
    with engine.begin() as connection:
        # As a replica would: foreign keys and triggers do not ask for an order.
        connection.exec_driver_sql("SET session_replication_role = replica")
        for name in connection.exec_driver_sql(" UNION ALL ".join(filled)).scalars().all():
            connection.exec_driver_sql(f'DELETE FROM "{name}"')
        connection.exec_driver_sql("SELECT setval(seqrelid, seqstart, false) FROM pg_sequence")
        connection.exec_driver_sql("UPDATE search_clock SET revision = 0")
    engine.dispose()


@pytest.fixture
def config(database_url: str, tmp_path: Path) -> Config:
    return make_config(tmp_path, DATABASE_URL=database_url)


@pytest.fixture(scope="session")
def applications(tmp_path_factory: pytest.TempPathFactory) -> Applications:
    return Applications(FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates"))))


@contextmanager
def within(app: Flask) -> Iterator[Flask]:
    """The application at work; afterwards nothing holds its database."""
    with app.app_context():
        yield app
        db.session.rollback()
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(config: Config, applications: Applications) -> Iterator[Flask]:
    with within(applications.lend(config)) as app:
        yield app


@pytest.fixture
def own_app(config: Config) -> Iterator[Flask]:
    """As `app`, for a test that adds an address to it."""
    app = create_app(config)
    app.test_client_class = Browser
    with within(app):
        yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without scripts. CSRF is on: fetch the page, then post with its token, as
    `tests.client.submit` does."""
    return app.test_client()


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Figure:
    def note(**counted: object) -> None:
        for name, value in counted.items():
            record_property(name.replace("_", " "), value)

    return note
