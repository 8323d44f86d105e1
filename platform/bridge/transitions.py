"""Every change of state goes through here: checked, conditional, audited."""

from __future__ import annotations

import enum
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import sqlalchemy as sa

from bridge import audit
from bridge.errors import StaleStateError
from bridge.extensions import db

if TYPE_CHECKING:
    from bridge.accounts.models import User


class Stateful(Protocol):
    __tablename__: str
    id: Any
    state: Any
    version: Any


def transition(
    subject: Stateful,
    to: enum.Enum,
    *,
    allowed_from: Collection[enum.Enum],
    actor: User | None,
    values: dict[str, Any] | None = None,
    only_if: Sequence[sa.ColumnElement[bool]] = (),
    action: str = "",
    **details: Any,
) -> None:
    """Move `subject` to state `to` and set `values` with it, if it still is in one of
    `allowed_from` and meets the conditions `only_if`; else raise StaleStateError. Of two who try
    at once exactly one succeeds: the UPDATE names what it may start from. Writes the audit row,
    whose action is that of the new state or, for a step within one state, `action`. Does not
    commit.
    """
    db.session.flush()
    model = type(subject)
    before = subject.state
    updated = db.session.execute(
        sa.update(model)
        .where(model.id == subject.id, model.state.in_(allowed_from), *only_if)
        .values(state=to, version=model.version + 1, **(values or {}))
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(subject)
    if updated.rowcount != 1:  # type: ignore[attr-defined]
        raise StaleStateError
    audit.record(
        f"{subject.__tablename__}.{action or to.value}",
        subject,
        actor=actor,
        **{"from": before.value, **details},
    )
