"""stages after the acceptance of a contact request"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: Sequence[str] = ()
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "hiring",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("came_from", sa.String(length=32), nullable=True),
        sa.Column("moved_by", sa.String(length=32), nullable=False),
        sa.Column("reason_code", sa.String(length=32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["contact_request.id"],
            name=op.f("fk_hiring_request_id_contact_request"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hiring")),
        sa.UniqueConstraint("request_id", name=op.f("uq_hiring_request_id")),
    )
    op.create_index(op.f("ix_hiring_state"), "hiring", ["state"])
    # Whoever agreed before is in the first stage.
    op.execute(
        "INSERT INTO hiring"
        " (request_id, state, moved_by, reason_code, note, changed_at, version)"
        " SELECT id, 'contact', 'student', '', '', accepted_at, 1"
        " FROM contact_request WHERE accepted_at IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_hiring_state"), table_name="hiring")
    op.drop_table("hiring")
