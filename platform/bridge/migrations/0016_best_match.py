"""the best candidates of each vacancy as of last night"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: Sequence[str] = ()
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "best_match",
        sa.Column("vacancy_id", sa.Integer(), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("employer_saw_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("student_saw_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["profile_id"],
            ["profile.id"],
            name=op.f("fk_best_match_profile_id_profile"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["vacancy_id"],
            ["vacancy.id"],
            name=op.f("fk_best_match_vacancy_id_vacancy"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("vacancy_id", "profile_id", name=op.f("pk_best_match")),
    )
    op.create_index(op.f("ix_best_match_profile_id"), "best_match", ["profile_id"])


def downgrade() -> None:
    op.drop_table("best_match")
