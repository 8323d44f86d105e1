"""files of threads, and how far each side has read"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: Sequence[str] = ()
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "thread_read",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=32), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["contact_request.id"],
            name=op.f("fk_thread_read_request_id_contact_request"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("request_id", "side", name=op.f("pk_thread_read")),
    )
    op.create_table(
        "message_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["message.id"],
            name=op.f("fk_message_file_message_id_message"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_file")),
    )
    op.create_index(
        op.f("ix_message_file_message_id"), "message_file", ["message_id"], unique=False
    )
    # What was written before counts as read.
    for side in ("student", "employer"):
        op.execute(
            "INSERT INTO thread_read (request_id, side, message_id, read_at)"  # noqa: S608  our own two words
            f" SELECT request_id, '{side}', max(id), max(created_at)"
            " FROM message GROUP BY request_id"
        )


def downgrade() -> None:
    op.drop_index(op.f("ix_message_file_message_id"), table_name="message_file")
    op.drop_table("message_file")
    op.drop_table("thread_read")
