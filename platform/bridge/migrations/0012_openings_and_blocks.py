"""who opened a profile, day by day, and which employers a student has blocked"""

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op
from flask import current_app

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: Sequence[str] = ()
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "employer_block",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("employer_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["employer_id"], ["employer.id"], name=op.f("fk_employer_block_employer_id_employer")
        ),
        sa.ForeignKeyConstraint(
            ["profile_id"],
            ["profile.id"],
            name=op.f("fk_employer_block_profile_id_profile"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employer_block")),
        sa.UniqueConstraint(
            "profile_id", "employer_id", name=op.f("uq_employer_block_profile_id_employer_id")
        ),
    )
    op.create_index(op.f("ix_employer_block_employer_id"), "employer_block", ["employer_id"])
    opening = op.create_table(
        "profile_opening",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sight", sa.String(length=32), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_id"],
            ["candidate.id"],
            name=op.f("fk_profile_opening_candidate_id_candidate"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profile_opening")),
        sa.UniqueConstraint(
            "candidate_id",
            "day",
            "sight",
            name=op.f("uq_profile_opening_candidate_id_day_sight"),
        ),
    )
    op.create_index(op.f("ix_profile_opening_day"), "profile_opening", ["day"])
    _copy_first_openings(opening)


def _copy_first_openings(opening: sa.Table) -> None:
    """What was known so far: the first opening of each candidate."""
    moment = sa.column("opened_at", sa.DateTime(timezone=True))
    candidate = sa.table("candidate", sa.column("id"), moment)
    rows = op.get_bind().execute(
        sa.select(candidate.c.id, candidate.c.opened_at).where(moment.is_not(None))
    )
    zone = ZoneInfo(current_app.config["BRIDGE"].time_zone)
    known = [
        {
            "candidate_id": candidate_id,
            "day": _aware(opened_at).astimezone(zone).date(),
            "sight": "masked",
            "times": 1,
            "last_at": _aware(opened_at),
        }
        for candidate_id, opened_at in rows
    ]
    op.bulk_insert(opening, known)


def _aware(moment: datetime) -> datetime:
    """SQLite keeps no time zone; what is in it is UTC."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def downgrade() -> None:
    op.drop_table("profile_opening")
    op.drop_table("employer_block")
