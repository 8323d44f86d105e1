"""applications of the students' own, and the pause of vacancies that leave them unanswered"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: Sequence[str] = ()
depends_on: str | None = None

LIVE = sa.text("state IN ('sent', 'invited')")
REFERRED = ("candidate", "vacancy", "profile", "employer")


def upgrade() -> None:
    op.add_column("vacancy", sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "contact_request",
        sa.Column("is_from_application", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    with op.batch_alter_table("contact_request", schema=None) as batch_op:
        batch_op.alter_column("is_from_application", server_default=None)
    op.create_table(
        "application",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(f"{name}_id", sa.Integer(), nullable=False) for name in REFERRED),
        sa.Column("request_id", sa.Integer(), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("reason_code", sa.String(length=32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [f"{name}_id"],
                [f"{name}.id"],
                name=op.f(f"fk_application_{name}_id_{name}"),
            )
            for name in REFERRED
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["contact_request.id"],
            name=op.f("fk_application_request_id_contact_request"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
    )
    for name in (*(f"{name}_id" for name in REFERRED), "state"):
        op.create_index(op.f(f"ix_application_{name}"), "application", [name])
    op.create_index(
        "uq_application_live",
        "application",
        ["vacancy_id", "profile_id"],
        unique=True,
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )


def downgrade() -> None:
    op.drop_table("application")
    op.drop_column("contact_request", "is_from_application")
    op.drop_column("vacancy", "paused_at")
