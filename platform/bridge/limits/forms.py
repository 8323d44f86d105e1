"""The form of all limits."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange

from bridge.limits.service import LIMITS, Limit
from bridge.web.forms import VersionedForm

RANGE_MESSAGE = _l("Give a whole number from %(min)s to %(max)s.")


def limits_form(values: dict[str, Any]) -> VersionedForm:
    """One field a limit; `values`: what they are now, and the row's `version`."""
    fields = {one.name: _field(one) for one in LIMITS}
    form: VersionedForm = type("LimitsForm", (VersionedForm,), fields)(data=values)
    return form


def _field(one: Limit) -> IntegerField:
    return IntegerField(
        one.label,
        description=one.hint,
        validators=[
            InputRequired(_l("Give a number.")),
            NumberRange(one.least, one.most, RANGE_MESSAGE),
        ],
    )
