"""Selects of what people ask of their data."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, undefer

from bridge.accounts.models import User
from bridge.database import utc_now
from bridge.extensions import db
from bridge.rights.models import ERASABLE, DataExport, ErasureRequest, ExportState


def erasable_account(user_id: int) -> User | None:
    """An account that the staff may erase."""
    return db.session.scalar(
        sa.select(User).where(User.id == user_id, User.role.in_(ERASABLE), User.erased_at.is_(None))
    )


def own_exports(user: User) -> list[DataExport]:
    """The person's last files, the latest first."""
    return list(
        db.session.scalars(
            sa.select(DataExport)
            .where(DataExport.user_id == user.id)
            .order_by(DataExport.id.desc())
            .limit(5)
        )
    )


def own_export(user: User, export_id: int) -> DataExport | None:
    """A file of the person's that can be downloaded now, with its content."""
    return db.session.scalar(
        sa.select(DataExport)
        .where(
            DataExport.id == export_id,
            DataExport.user_id == user.id,
            DataExport.state == ExportState.READY,
            DataExport.expires_at > utc_now(),
        )
        .options(undefer(DataExport.content))
    )


def erasures() -> sa.Select[Any]:
    """All requests for erasure, the latest first."""
    return (
        sa.select(ErasureRequest)
        .options(joinedload(ErasureRequest.user))
        .order_by(ErasureRequest.id.desc())
    )
