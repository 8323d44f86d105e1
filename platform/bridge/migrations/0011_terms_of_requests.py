"""the attention budget, and what happens when the term of a request passes"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: Sequence[str] = ()
depends_on: str | None = None

OLD_LIVE = sa.text("state IN ('requested', 'returned', 'approved', 'accepted')")
NEW_LIVE = sa.text("state IN ('requested', 'returned', 'queued', 'approved', 'accepted')")


def upgrade() -> None:
    op.create_table(
        "limit_settings",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_limit_settings")),
    )
    op.create_table(
        "attention",
        sa.Column("profile_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("requests_a_week", sa.Integer(), nullable=True),
        sa.Column("is_paused", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["profile_id"],
            ["profile.id"],
            name=op.f("fk_attention_profile_id_profile"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("profile_id", name=op.f("pk_attention")),
    )
    op.drop_index("uq_contact_request_live", table_name="contact_request")
    op.execute("ALTER TABLE contact_request RENAME COLUMN approved_at TO delivered_at")
    op.add_column(
        "contact_request", sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True)
    )
    _create_index(NEW_LIVE)
    op.execute(
        "UPDATE contact_request SET reason_code = 'unavailable'"
        " WHERE reason_code = 'profile-withdrawn'"
    )


def downgrade() -> None:
    op.execute(
        "UPDATE contact_request SET reason_code = 'profile-withdrawn'"
        " WHERE reason_code = 'unavailable'"
    )
    op.execute("UPDATE contact_request SET state = 'ended' WHERE state IN ('queued', 'expired')")
    op.drop_index("uq_contact_request_live", table_name="contact_request")
    op.drop_column("contact_request", "reminded_at")
    op.execute("ALTER TABLE contact_request RENAME COLUMN delivered_at TO approved_at")
    _create_index(OLD_LIVE)
    op.drop_table("attention")
    op.drop_table("limit_settings")


def _create_index(live: sa.TextClause) -> None:
    op.create_index(
        "uq_contact_request_live",
        "contact_request",
        ["vacancy_id", "profile_id"],
        unique=True,
        sqlite_where=live,
        postgresql_where=live,
    )
