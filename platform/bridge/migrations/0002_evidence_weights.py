"""what each kind of evidence counts for"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: Sequence[str] = ()
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "evidence_weights",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stated", sa.Integer(), nullable=False),
        sa.Column("course", sa.Integer(), nullable=False),
        sa.Column("mentor", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_weights")),
    )


def downgrade() -> None:
    op.drop_table("evidence_weights")
