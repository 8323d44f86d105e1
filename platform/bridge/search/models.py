"""What changed since an index last looked."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bridge.database import Model
from bridge.personal import Personal


class SearchClock(Model):
    """One row. Its counter is raised inside the transaction that changes a profile: the row's
    lock makes the order of revisions the order of commits, so a reader that has seen revision n
    can never miss a smaller one that commits later. `epoch` is random and this database's alone:
    an index made from another database is not taken for its own."""

    __tablename__ = "search_clock"
    __personal__ = Personal("id revision epoch")

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    revision: Mapped[int] = mapped_column(default=0)
    epoch: Mapped[str] = mapped_column(sa.String(32))


class SearchChange(Model):
    """The last revision of each profile that ever changed. No foreign key: the row outlives an
    erased profile, whose removal every worker's index has yet to see."""

    __tablename__ = "search_change"
    __personal__ = Personal("profile_id revision")

    profile_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    revision: Mapped[int] = mapped_column(sa.BigInteger, unique=True)
