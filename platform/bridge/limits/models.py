"""What the staff have set."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bridge.database import Model
from bridge.personal import Personal


class LimitSettings(Model):
    """One row; `values` holds those limits that are not the defaults, by their names."""

    __tablename__ = "limit_settings"
    __personal__ = Personal("id values version")

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    values: Mapped[dict[str, int]] = mapped_column(sa.JSON, default=dict)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
