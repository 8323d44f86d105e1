"""since when a profile is confirmed, asked about, and out of the search"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: Sequence[str] = ()
depends_on: str | None = None

COLUMNS = ("confirmed_at", "freshness_asked_at", "stale_at")


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("profile", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_profile_freshness_asked_at"), "profile", ["freshness_asked_at"])
    # The last edit is the last that the students have said so far.
    op.execute("UPDATE profile SET confirmed_at = updated_at WHERE published_at IS NOT NULL")


def downgrade() -> None:
    op.drop_index(op.f("ix_profile_freshness_asked_at"), table_name="profile")
    for name in COLUMNS:
        op.drop_column("profile", name)
