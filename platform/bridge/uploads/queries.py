"""Selects: the tables that were brought."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from bridge.extensions import db
from bridge.uploads.models import TableUpload


def uploads_of(kind: str) -> sa.Select[TableUpload]:
    """Those of a kind that staff have brought, the newest first."""
    return (
        sa.select(TableUpload)
        .where(TableUpload.kind == kind)
        .options(joinedload(TableUpload.uploaded_by))
        .order_by(TableUpload.id.desc())
    )


def upload_of(kind: str, upload_id: int) -> TableUpload | None:
    return db.session.scalar(
        sa.select(TableUpload).where(TableUpload.id == upload_id, TableUpload.kind == kind)
    )
