"""the moderation queue: claims, four eyes, flags, bulk decisions, settings, templates"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: Sequence[str] = ()
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "answer_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("reason_code", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("text_ru", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_template")),
    )
    with op.batch_alter_table("answer_template", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answer_template_kind"), ["kind"], unique=False)

    op.create_table(
        "day_off",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_off")),
        sa.UniqueConstraint("day", name=op.f("uq_day_off_day")),
    )
    op.create_table(
        "moderation_settings",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("work_from", sa.Integer(), nullable=False),
        sa.Column("work_to", sa.Integer(), nullable=False),
        sa.Column("claim_minutes", sa.Integer(), nullable=False),
        sa.Column("undo_seconds", sa.Integer(), nullable=False),
        sa.Column("spot_check_percent", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_settings")),
    )
    op.create_table(
        "moderation_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("verdict", sa.String(length=32), nullable=False),
        sa.Column("reason_code", sa.String(length=32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"],
            ["user.id"],
            name=op.f("fk_moderation_batch_actor_id_user"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_batch")),
    )
    with op.batch_alter_table("moderation_batch", schema=None) as batch_op:
        batch_op.create_index("ix_moderation_batch_state_due_at", ["state", "due_at"], unique=False)

    with op.batch_alter_table("employer", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("trusted", sa.Boolean(), nullable=False, server_default=sa.false())
        )

    with op.batch_alter_table("moderation_case", schema=None) as batch_op:
        batch_op.add_column(sa.Column("flags", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(
            sa.Column("flag_count", sa.Integer(), nullable=False, server_default="0")
        )
        batch_op.add_column(
            sa.Column("spot_check", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(
            sa.Column("four_eyes", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(sa.Column("first_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("first_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("claimed_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("escalated_to_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("batch_id", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("automatic", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(sa.Column("working_minutes", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_moderation_case_batch_id"), ["batch_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_moderation_case_first_by_id_user"),
            "user",
            ["first_by_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_moderation_case_escalated_to_id_user"),
            "user",
            ["escalated_to_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_moderation_case_batch_id_moderation_batch"),
            "moderation_batch",
            ["batch_id"],
            ["id"],
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_moderation_case_claimed_by_id_user"),
            "user",
            ["claimed_by_id"],
            ["id"],
            ondelete="SET NULL",
        )
    # The defaults were for the rows that there were.
    with op.batch_alter_table("employer", schema=None) as batch_op:
        batch_op.alter_column("trusted", server_default=None)
    with op.batch_alter_table("moderation_case", schema=None) as batch_op:
        for name in ("flags", "flag_count", "spot_check", "four_eyes", "automatic"):
            batch_op.alter_column(name, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("moderation_case", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_moderation_case_claimed_by_id_user"), type_="foreignkey"
        )
        batch_op.drop_constraint(
            batch_op.f("fk_moderation_case_batch_id_moderation_batch"), type_="foreignkey"
        )
        batch_op.drop_constraint(
            batch_op.f("fk_moderation_case_escalated_to_id_user"), type_="foreignkey"
        )
        batch_op.drop_constraint(
            batch_op.f("fk_moderation_case_first_by_id_user"), type_="foreignkey"
        )
        batch_op.drop_index(batch_op.f("ix_moderation_case_batch_id"))
        batch_op.drop_column("working_minutes")
        batch_op.drop_column("automatic")
        batch_op.drop_column("batch_id")
        batch_op.drop_column("escalated_at")
        batch_op.drop_column("escalated_to_id")
        batch_op.drop_column("claimed_until")
        batch_op.drop_column("claimed_by_id")
        batch_op.drop_column("first_at")
        batch_op.drop_column("first_by_id")
        batch_op.drop_column("four_eyes")
        batch_op.drop_column("spot_check")
        batch_op.drop_column("flag_count")
        batch_op.drop_column("flags")

    with op.batch_alter_table("employer", schema=None) as batch_op:
        batch_op.drop_column("trusted")

    with op.batch_alter_table("moderation_batch", schema=None) as batch_op:
        batch_op.drop_index("ix_moderation_batch_state_due_at")

    op.drop_table("moderation_batch")
    op.drop_table("moderation_settings")
    op.drop_table("day_off")
    with op.batch_alter_table("answer_template", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_answer_template_kind"))

    op.drop_table("answer_template")
