"""uploads of any table, not of rosters alone"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0023"
down_revision: str | None = "0022"
branch_labels: Sequence[str] = ()
depends_on: str | None = None

SHARED = (
    "state, invites, locale, uploaded_by_id, created_at, moved_at, done, total, counts, refused, "
    "content, version"
)


def create(name: str, *own: sa.Column[str]) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        *own,
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("invites", sa.Boolean(), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("refused", sa.JSON(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["uploaded_by_id"],
            ["user.id"],
            name=op.f(f"fk_{name}_uploaded_by_id_user"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    op.create_index(op.f(f"ix_{name}_state"), name, ["state"])


def upgrade() -> None:
    create("table_upload", sa.Column("kind", sa.String(length=32), nullable=False))
    op.execute(
        f"INSERT INTO table_upload (kind, {SHARED}) "  # noqa: S608  names of our own
        f"SELECT 'students', {SHARED} FROM roster_upload ORDER BY id"
    )
    op.drop_table("roster_upload")


def downgrade() -> None:
    create("roster_upload")
    op.execute(
        f"INSERT INTO roster_upload ({SHARED}) SELECT {SHARED} "  # noqa: S608  as above
        "FROM table_upload WHERE kind = 'students' ORDER BY id"
    )
    op.drop_table("table_upload")
