"""sizes, colours and keys of the pages, kept with the account"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: Sequence[str] = ()
depends_on: str | None = None


def upgrade() -> None:
    op.add_column("user", sa.Column("appearance", sa.String(length=200), nullable=True))


def downgrade() -> None:
    op.drop_column("user", "appearance")
