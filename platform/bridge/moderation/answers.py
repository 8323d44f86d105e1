"""The verbs of ready answers."""

from __future__ import annotations

from typing import Any

from bridge import audit
from bridge.accounts.models import User
from bridge.database import delete_row
from bridge.extensions import db
from bridge.moderation.models import AnswerTemplate


def keep_template(
    template: AnswerTemplate | None, values: dict[str, Any], *, actor: User
) -> AnswerTemplate:
    """Write `values` into the template, or into a new one. StaleDataError where somebody changed
    it meanwhile."""
    action = "created" if template is None else "edited"
    template = template or AnswerTemplate()
    for name, value in values.items():
        setattr(template, name, value)
    db.session.add(template)
    db.session.flush()
    audit.record(f"answer_template.{action}", template, actor=actor)
    return template


def delete_template(template: AnswerTemplate, *, actor: User) -> None:
    audit.record("answer_template.deleted", template, actor=actor)
    delete_row(template)
