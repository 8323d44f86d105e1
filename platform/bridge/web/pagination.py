"""Pages of a list; the page's number lives in the address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from flask import request

from bridge.extensions import db
from bridge.web.routing import this_page

T = TypeVar("T")
PER_PAGE = 20
# An address may ask for page 10^30; no list of ours has more pages than this.
LAST_PAGE = 100_000


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    items: Sequence[T]
    number: int
    total: int
    per_page: int = PER_PAGE

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.per_page))

    def url_for(self, number: int) -> str:
        """This address with another page number, its filters kept."""
        return this_page(page=str(number) if number > 1 else None)


def page_number() -> int:
    """The asked page, 1 where the address holds none or nonsense."""
    value = request.args.get("page", "1")
    # Python refuses to read a number of thousands of digits.
    is_number = value.isascii() and value.isdecimal() and len(value) <= 30
    return min(int(value), LAST_PAGE) if is_number and int(value) else 1


def paginate(select: sa.Select[Any], per_page: int = PER_PAGE) -> Page[Any]:
    """One page of an ORM select of one entity: two queries, whatever its length."""
    total = db.session.scalar(
        sa.select(sa.func.count()).select_from(select.order_by(None).subquery())
    )
    number = min(page_number(), max(1, -(-(total or 0) // per_page)))
    rows = db.session.scalars(select.limit(per_page).offset((number - 1) * per_page)).unique().all()
    return Page(rows, number, total or 0, per_page)
