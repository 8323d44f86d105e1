"""notices, and letters by account"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: Sequence[str] = ()
depends_on: str | None = None

UNREAD = sa.text("read_at IS NULL")
# New columns of letters with what the letters of before get.
ADDED = (
    ("kind", sa.String(length=64), ""),
    ("html", sa.Text(), ""),
    ("unsubscribe_url", sa.String(length=400), ""),
    ("state", sa.String(length=32), "waiting"),
    ("version", sa.Integer(), "1"),
)


def upgrade() -> None:
    op.create_table(
        "delivery_choice",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("group", sa.String(length=32), nullable=False),
        sa.Column("delivery", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user.id"],
            name=op.f("fk_delivery_choice_user_id_user"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "group", name=op.f("pk_delivery_choice")),
    )
    op.create_table(
        "digest_schedule",
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("time_zone", sa.String(length=40), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user.id"],
            name=op.f("fk_digest_schedule_user_id_user"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_digest_schedule")),
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("digested_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_notice_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index("ix_notice_subject", ["kind", "subject_id"], unique=False)
        batch_op.create_index(
            "ix_notice_unread",
            ["user_id"],
            unique=False,
            sqlite_where=sa.text("read_at IS NULL"),
            postgresql_where=sa.text("read_at IS NULL"),
        )
        batch_op.create_index("ix_notice_user_id", ["user_id", "id"], unique=False)

    op.create_table(
        "outbox_attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mail_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("media_type", sa.String(length=120), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["mail_id"],
            ["outbox_mail.id"],
            name=op.f("fk_outbox_attachment_mail_id_outbox_mail"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_attachment")),
    )
    with op.batch_alter_table("outbox_attachment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outbox_attachment_mail_id"), ["mail_id"], unique=False)

    with op.batch_alter_table("outbox_mail", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_mail_waiting")
        batch_op.alter_column(
            "recipient",
            new_column_name="address",
            existing_type=sa.String(length=254),
            nullable=True,
        )
        batch_op.add_column(sa.Column("user_id", sa.Integer(), nullable=True))
        for name, kind, first in ADDED:
            batch_op.add_column(sa.Column(name, kind, nullable=False, server_default=first))
        batch_op.create_foreign_key(
            batch_op.f("fk_outbox_mail_user_id_user"),
            "user",
            ["user_id"],
            ["id"],
            ondelete="CASCADE",
        )
    # The addresses of accounts are read when a letter leaves; those of others stay with it.
    op.execute('UPDATE outbox_mail SET user_id = (SELECT id FROM "user" WHERE email = address)')
    op.execute("UPDATE outbox_mail SET address = NULL WHERE user_id IS NOT NULL")
    op.execute("UPDATE outbox_mail SET state = 'sent' WHERE sent_at IS NOT NULL")
    op.execute("UPDATE outbox_mail SET state = 'failed' WHERE failed_at IS NOT NULL")
    with op.batch_alter_table("outbox_mail", schema=None) as batch_op:
        for name, kind, _first in ADDED:
            batch_op.alter_column(name, existing_type=kind, server_default=None)
        batch_op.create_index("ix_outbox_mail_waiting", ["state", "next_attempt_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_outbox_mail_user_id"), ["user_id"], unique=False)


def downgrade() -> None:
    op.execute(
        'UPDATE outbox_mail SET address = (SELECT email FROM "user" WHERE "user".id = user_id) '
        "WHERE address IS NULL"
    )
    op.execute("DELETE FROM outbox_mail WHERE address IS NULL OR state = 'dropped'")
    with op.batch_alter_table("outbox_mail", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_outbox_mail_user_id_user"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_outbox_mail_user_id"))
        batch_op.drop_index("ix_outbox_mail_waiting")
        for name, _kind, _first in ADDED:
            batch_op.drop_column(name)
        batch_op.drop_column("user_id")
        batch_op.alter_column(
            "address",
            new_column_name="recipient",
            existing_type=sa.String(length=254),
            nullable=False,
        )
        batch_op.create_index(
            "ix_outbox_mail_waiting", ["sent_at", "next_attempt_at"], unique=False
        )

    with op.batch_alter_table("outbox_attachment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outbox_attachment_mail_id"))

    op.drop_table("outbox_attachment")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index("ix_notice_user_id")
        batch_op.drop_index(
            "ix_notice_unread",
            sqlite_where=sa.text("read_at IS NULL"),
            postgresql_where=sa.text("read_at IS NULL"),
        )
        batch_op.drop_index("ix_notice_subject")

    op.drop_table("notice")
    op.drop_table("digest_schedule")
    op.drop_table("delivery_choice")
