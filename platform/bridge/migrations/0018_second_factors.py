"""second factors of accounts; budgets of acts in place of single attempts"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: Sequence[str] = ()
depends_on: str | None = None


def _of_user(name: str, *columns: sa.Column[Any] | sa.UniqueConstraint) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f(f"fk_{name}_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    _of_user(
        "authenticator",
        sa.Column("sealed_secret", sa.String(length=255), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_at", moment, nullable=True),
        sa.Column("created_at", moment, nullable=False),
        sa.UniqueConstraint("user_id", name=op.f("uq_authenticator_user_id")),
    )
    _of_user(
        "passkey",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("used_at", moment, nullable=True),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    op.create_index(op.f("ix_passkey_user_id"), "passkey", ["user_id"])
    _of_user(
        "passkey_challenge",
        sa.Column("challenge_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.UniqueConstraint("challenge_hash", name=op.f("uq_passkey_challenge_challenge_hash")),
    )
    op.create_index(op.f("ix_passkey_challenge_user_id"), "passkey_challenge", ["user_id"])
    op.create_index(op.f("ix_passkey_challenge_expires_at"), "passkey_challenge", ["expires_at"])
    _of_user(
        "recovery_code",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("used_at", moment, nullable=True),
        sa.UniqueConstraint("code_hash", name=op.f("uq_recovery_code_code_hash")),
    )
    op.create_index(op.f("ix_recovery_code_user_id"), "recovery_code", ["user_id"])
    op.create_table(
        "throttle",
        sa.Column("rate", sa.String(length=32), nullable=False),
        sa.Column("subject_hash", sa.String(length=64), nullable=False),
        sa.Column("whole_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("rate", "subject_hash", name=op.f("pk_throttle")),
    )
    op.create_index(op.f("ix_throttle_whole_at"), "throttle", ["whole_at"])
    op.drop_table("account_attempt")
    op.add_column("user", sa.Column("second_factor_since", moment, nullable=True))
    with op.batch_alter_table("login_session") as batch:
        batch.add_column(sa.Column("proved_at", moment, nullable=True))
    op.execute("UPDATE login_session SET proved_at = created_at")
    with op.batch_alter_table("login_session") as batch:
        batch.alter_column("proved_at", nullable=False)


def downgrade() -> None:
    op.drop_column("login_session", "proved_at")
    op.drop_column("user", "second_factor_since")
    op.create_table(
        "account_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_attempt")),
    )
    op.create_index("ix_account_attempt_address", "account_attempt", ["kind", "address_hash", "at"])
    op.create_index(op.f("ix_account_attempt_at"), "account_attempt", ["at"])
    for name in ("throttle", "recovery_code", "passkey_challenge", "passkey", "authenticator"):
        op.drop_table(name)
