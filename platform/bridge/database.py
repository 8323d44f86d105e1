"""What all tables share: the declarative base, the column types, how a transaction begins."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from types import ModuleType
from typing import Any, Literal, TypeVar
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import current_app, g, has_app_context, has_request_context, request
from sqlalchemy import orm
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection, Dialect
from sqlalchemy.orm.exc import StaleDataError

from bridge.extensions import db, rebuilding_tables

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    # With NORMAL a power cut loses acknowledged writes.
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=30000",
    # What is deleted or replaced is overwritten in the file, not just left unused.
    "secure_delete=ON",
)


class Model(orm.DeclarativeBase):
    """Base of all tables. Every constraint has a name, so that a migration can speak of it."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(sa.TypeDecorator[datetime]):
    """A moment, always aware and in UTC; SQLite itself keeps no time zone."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


E = TypeVar("E", bound=enum.Enum)
M = TypeVar("M", bound=Model)


def enum_column(kind: type[E]) -> sa.Enum:
    """An enum kept as its value in a plain string column, which a new member does not alter."""
    return sa.Enum(
        kind,
        native_enum=False,
        create_constraint=False,
        length=32,
        values_callable=lambda members: [member.value for member in members],
    )


_as_of: ContextVar[datetime | None] = ContextVar("as_of", default=None)


def utc_now() -> datetime:
    return _as_of.get() or datetime.now(UTC)


@contextmanager
def as_of(moment: datetime) -> Iterator[None]:
    """Let the block happen at `moment` instead of now: what it writes and decides is dated so.

    For tests of deadlines and for the past of the demo university.
    """
    token = _as_of.set(moment)
    try:
        yield
        db.session.flush()
    finally:
        _as_of.reset(token)


def local_today() -> date:
    """Today where the university is: deadlines are days of its calendar."""
    return utc_now().astimezone(ZoneInfo(current_app.config["BRIDGE"].time_zone)).date()


def render_item(kind: str, item: object, _context: object) -> str | Literal[False]:
    """How a column type of ours is written into a migration: as the plain type below it, so that
    old migrations do not depend on today's code."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, sa.Enum):
        return f"sa.String(length={item.length})"
    return False


@contextmanager
def writing() -> Iterator[orm.Session]:
    """A short transaction of its own that may write inside a request that only reads (a GET).

    Committed at the end of the block, rolled back when it raises.
    """
    with _kind_of_transaction(writes=True), db.sessionmaker() as session, session.begin():
        yield session


@contextmanager
def reading() -> Iterator[orm.Session]:
    """A short transaction of its own that only reads and sees the newest commits, also inside a
    request that writes: there a second one of the usual kind would wait for the first for ever.
    """
    with _kind_of_transaction(writes=False), db.sessionmaker() as session, session.begin():
        yield session


@contextmanager
def recording() -> Iterator[orm.Session]:
    """For what is counted on the way, whether the request reads or writes: the request's own
    session where it may write, else a short transaction as of `writing`."""
    if only_reads():
        with writing() as session:
            yield session
    else:
        yield db.session


@contextmanager
def writing_after_all() -> Iterator[None]:
    """Let a request that only read write by its own session, once it is known what: what it has
    read is read anew. Committed at the end of the block."""
    db.session.rollback()
    with _kind_of_transaction(writes=True):
        yield
        db.session.commit()


@contextmanager
def only_reading() -> Iterator[None]:
    """Let a job only read by the session at hand, however long it takes: outside a request a
    transaction of SQLite is one that writes, and keeps everybody else who writes waiting."""
    db.session.rollback()
    with _kind_of_transaction(writes=False):
        yield
        db.session.rollback()


@contextmanager
def _kind_of_transaction(*, writes: bool) -> Iterator[None]:
    before = g.get("writes")
    g.writes = writes
    try:
        yield
    finally:
        g.writes = before


def put(model: type[M], key: dict[str, Any], **values: Any) -> M:
    """Write the row of `key`, there already or not, now and in one statement: of two processes
    that do it at once neither fails."""
    statement = dialect_of(db.session).insert(model).values(**key, **values)
    statement = statement.on_conflict_do_update(index_elements=list(key), set_=values)
    row: M = db.session.scalars(
        statement.returning(model), execution_options={"populate_existing": True}
    ).one()
    return row


def delete_row(row: Model) -> None:
    """Delete one row now, and what the database deletes with it. StaleDataError where somebody was
    faster."""
    mapper = orm.object_mapper(row)
    own = zip(mapper.primary_key, mapper.primary_key_from_instance(row), strict=True)
    statement = sa.delete(mapper.class_).where(*(column == value for column, value in own))
    if db.session.execute(statement).rowcount != 1:  # type: ignore[attr-defined]
        raise StaleDataError


def prepare_engine(engine: sa.Engine) -> None:
    """Make SQLite durable and its writers queue instead of fail. PostgreSQL needs nothing."""
    if engine.dialect.name != "sqlite":
        return

    @sa.event.listens_for(engine, "connect")
    def connect(connection: DBAPIConnection, _record: object) -> None:
        # The driver must not begin transactions by itself: begin() below does.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in SQLITE_PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
        # SQLite's own knows ASCII alone: a search for «завод» would not find «Завод».
        connection.create_function("lower", 1, _lower, deterministic=True)

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        checked = not rebuilding_tables.get()
        if connection.info.setdefault("foreign_keys", True) is not checked:
            connection.exec_driver_sql(f"PRAGMA foreign_keys={'ON' if checked else 'OFF'}")
            connection.info["foreign_keys"] = checked
        # A transaction that reads first and writes later fails under load with «database is
        # locked»; one that takes the write lock at once waits for its turn.
        connection.exec_driver_sql("BEGIN" if only_reads() else "BEGIN IMMEDIATE")


def dialect_of(session: orm.Session) -> ModuleType:
    """Where this database's `insert` with an ON CONFLICT clause comes from."""
    return sqlite if session.get_bind().dialect.name == "sqlite" else postgresql


def _lower(text: str | None) -> str | None:
    return None if text is None else str(text).lower()


def only_reads() -> bool:
    """Whether a transaction that begins now is of a request that may not write."""
    chosen = g.get("writes") if has_app_context() else None
    if chosen is not None:
        return not chosen
    return has_request_context() and request.method in SAFE_METHODS
