"""Tables that staff bring in the browser."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bridge.accounts.models import User
from bridge.database import Model, UtcDateTime, enum_column, utc_now
from bridge.personal import Owner, Personal


class UploadState(enum.StrEnum):
    CHECKING = "checking"  # waits for the dry run
    CHECKED = "checked"  # somebody reads the report and decides
    APPLYING = "applying"
    DONE = "done"
    DROPPED = "dropped"  # by somebody, or by the platform when its time was over


class TableUpload(Model):
    """A table that staff brought, of one of `kinds`: first a dry run, then it is taken over. `done`
    of `total` rows.

    counts: outcome -> rows; refused: the first rows that cannot be taken over, as
    `{"row": number, "column": header, "reason": words}`, which never repeat a student's cell. The
    file may name people: it goes once taken over or dropped, after a day, and when anybody is
    erased.
    """

    __tablename__ = "table_upload"
    __personal__ = Personal(
        "id state invites uploaded_by_id created_at moved_at done total version",
        Owner("uploaded_by_id", download="state created_at"),
        kept={
            "content": "removed within a day, and whenever a student is erased",
            "kind": "one of the platform's own",
            "locale": "one of the platform's own",
            "counts": "numbers",
            "refused": "numbers of rows, headers of columns and the platform's own words",
        },
        hidden="content",
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(32))
    state: Mapped[UploadState] = mapped_column(
        enum_column(UploadState), default=UploadState.CHECKING, index=True
    )
    # of students: whether those who have not joined get a letter
    invites: Mapped[bool] = mapped_column(default=False)
    # of the report
    locale: Mapped[str] = mapped_column(sa.String(5))
    uploaded_by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user.id", ondelete="SET NULL")
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    # when it came to its present state
    moved_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, int]] = mapped_column(sa.JSON, default=dict)
    refused: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)
    # big, so it is read only where it is wanted
    content: Mapped[bytes | None] = mapped_column(sa.LargeBinary, deferred=True)
    version: Mapped[int] = mapped_column(default=1)

    uploaded_by: Mapped[User | None] = relationship(User)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def is_at_work(self) -> bool:
        return self.state in (UploadState.CHECKING, UploadState.APPLYING)
