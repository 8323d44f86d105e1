"""Which schema the database has and which this program needs."""

from __future__ import annotations

import sqlalchemy as sa

from bridge.database import reading
from bridge.extensions import alembic


def present_revision() -> str:
    """The schema's revision, empty for a database without one.

    Read by a select, not through Alembic, whose connection would stay open: it is asked by probes.
    """
    with reading() as session:
        if not sa.inspect(session.connection()).has_table("alembic_version"):
            return ""
        found = session.scalar(sa.text("SELECT version_num FROM alembic_version"))
        return str(found or "")


def needed_revision() -> str:
    """The newest revision that this program knows."""
    return str(alembic.script_directory.get_current_head())


def known_revisions() -> set[str]:
    """Every revision that this program can bring up to date."""
    return {script.revision for script in alembic.script_directory.walk_revisions()}


def schema_trouble(present: str) -> str | None:
    """What to do about a schema that is not the one that this program needs; None where it is."""
    needed = needed_revision()
    if present == needed:
        return None
    return (
        f"the schema is {present or 'missing'}, this program needs {needed}: "
        "run `flask --app wsgi db upgrade`"
    )
