"""vacancies whose selection is open, and students who allow their name there"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: Sequence[str] = ()
depends_on: str | None = None


# What holds for the rows that are there: nobody's name is shown.
COLUMNS = (("vacancy", "blind", sa.true()), ("profile", "shows_name", sa.false()))


def upgrade() -> None:
    for table, name, present in COLUMNS:
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column(name, sa.Boolean(), nullable=False, server_default=present))
        with op.batch_alter_table(table) as batch:
            batch.alter_column(name, server_default=None)


def downgrade() -> None:
    for table, name, _present in COLUMNS:
        with op.batch_alter_table(table) as batch:
            batch.drop_column(name)
