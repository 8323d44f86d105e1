"""interviews and their calendars"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: Sequence[str] = ()
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "calendar_feed",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user.id"],
            name=op.f("fk_calendar_feed_user_id_user"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_calendar_feed")),
    )
    op.create_table(
        "interview_slot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("vacancy_id", sa.Integer(), nullable=False),
        sa.Column("offered_by_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("link", sa.String(length=300), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["offered_by_id"],
            ["user.id"],
            name=op.f("fk_interview_slot_offered_by_id_user"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["vacancy_id"],
            ["vacancy.id"],
            name=op.f("fk_interview_slot_vacancy_id_vacancy"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interview_slot")),
    )
    op.create_index(
        op.f("ix_interview_slot_starts_at"), "interview_slot", ["starts_at"], unique=False
    )
    op.create_index(
        op.f("ix_interview_slot_vacancy_id"), "interview_slot", ["vacancy_id"], unique=False
    )
    op.create_table(
        "interview",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["contact_request.id"],
            name=op.f("fk_interview_request_id_contact_request"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["slot_id"],
            ["interview_slot.id"],
            name=op.f("fk_interview_slot_id_interview_slot"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interview")),
        sa.UniqueConstraint("uid", name=op.f("uq_interview_uid")),
    )
    op.create_index(op.f("ix_interview_request_id"), "interview", ["request_id"], unique=False)
    op.create_index(op.f("ix_interview_slot_id"), "interview", ["slot_id"], unique=False)
    op.create_table(
        "slot_invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["contact_request.id"],
            name=op.f("fk_slot_invitation_request_id_contact_request"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["slot_id"],
            ["interview_slot.id"],
            name=op.f("fk_slot_invitation_slot_id_interview_slot"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot_invitation")),
        sa.UniqueConstraint("slot_id", "request_id", name="uq_slot_invitation_slot_id_request_id"),
    )
    op.create_index(
        op.f("ix_slot_invitation_request_id"), "slot_invitation", ["request_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_slot_invitation_request_id"), table_name="slot_invitation")
    op.drop_table("slot_invitation")
    op.drop_index(op.f("ix_interview_slot_id"), table_name="interview")
    op.drop_index(op.f("ix_interview_request_id"), table_name="interview")
    op.drop_table("interview")
    op.drop_index(op.f("ix_interview_slot_vacancy_id"), table_name="interview_slot")
    op.drop_index(op.f("ix_interview_slot_starts_at"), table_name="interview_slot")
    op.drop_table("interview_slot")
    op.drop_table("calendar_feed")
