"""How an edited row is saved: in one commit, or the form comes again with what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from bridge.errors import DomainError, is_collision
from bridge.extensions import db
from bridge.web.forms import VersionedForm


def save_form(form: VersionedForm, present: Callable[[], Any], act: Callable[[], object]) -> int:
    """Validate, `act`, commit: 303 where that went well, else the status of the form's page.

    `present` gives the row that the form edits, as it is now. Where somebody else changed it since
    the form was opened, or does at this moment, the answer is 409 and the form knows the row's
    version: who sends it again knows what they replace. A DomainError stands at its field.
    """
    if not form.validate():
        return 422
    if form.is_current(present()):
        try:
            act()
            db.session.commit()
        except DomainError as error:
            db.session.rollback()
            form.refuse(error)
            return error.status
        except (StaleDataError, IntegrityError) as error:
            db.session.rollback()
            if isinstance(error, IntegrityError) and not is_collision(error):
                raise
        else:
            return 303
    form.take_over(present())
    return 409
