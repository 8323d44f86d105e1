"""When each job ran and is to run next."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bridge.database import Model, UtcDateTime
from bridge.personal import Personal


class JobRun(Model):
    """One row a job. `claimed_until` is the lease of the process that runs it; `error` is the kind
    of the last failure, empty after a success."""

    __tablename__ = "job_run"
    __personal__ = Personal("name next_run_at claimed_until started_at finished_at error")

    name: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    next_run_at: Mapped[datetime] = mapped_column(UtcDateTime)
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str] = mapped_column(sa.String(200), default="")
