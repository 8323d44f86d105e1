"""when an application ended without an answer"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0025"
down_revision: str | None = "0024"
branch_labels: Sequence[str] = ()
depends_on: str | None = None


def upgrade() -> None:
    with op.batch_alter_table("application") as batch_op:
        batch_op.add_column(sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
    # The audit log knows it of those that ended before.
    op.execute(
        "UPDATE application SET ended_at = (SELECT max(audit_entry.at) FROM audit_entry "
        "WHERE audit_entry.subject_type = 'application' "
        "AND audit_entry.subject_id = application.id "
        "AND audit_entry.action IN ('application.ended', 'application.withdrawn')) "
        "WHERE state IN ('ended', 'withdrawn')"
    )


def downgrade() -> None:
    with op.batch_alter_table("application") as batch_op:
        batch_op.drop_column("ended_at")
