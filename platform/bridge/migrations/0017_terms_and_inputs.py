"""what the vocabulary does not know; what the score of a contact request was made of"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: Sequence[str] = ()
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "unknown_term",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("searches", sa.Integer(), nullable=False),
        sa.Column("vacancies", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unknown_term")),
        sa.UniqueConstraint("key", name=op.f("uq_unknown_term_key")),
    )
    op.create_index(op.f("ix_unknown_term_state"), "unknown_term", ["state"])
    op.add_column("contact_request", sa.Column("inputs", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("contact_request", "inputs")
    op.drop_index(op.f("ix_unknown_term_state"), table_name="unknown_term")
    op.drop_table("unknown_term")
