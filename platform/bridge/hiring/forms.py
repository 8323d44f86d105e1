"""The form of a refusal."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from bridge.contacts.models import Side
from bridge.hiring.labels import (
    EMPLOYER_REASONS,
    STUDENT_REASONS,
    EmployerReason,
    StudentReason,
)
from bridge.web.forms import BaseForm

NOTE_MAX = 1000


class DeclineForm(BaseForm):
    reason = RadioField(
        _l("Reason"), validate_choice=True, validators=[InputRequired(_l("Choose a reason."))]
    )
    note = TextAreaField(
        _l("A word to the other side"),
        description=_l("They will read it. Not required, but a reason helps more than silence."),
        validators=[Length(max=NOTE_MAX, message=_l("Write at most 1,000 characters."))],
    )

    @classmethod
    def of(cls, side: Side) -> DeclineForm:
        form = cls()
        labels = EMPLOYER_REASONS if side is Side.EMPLOYER else STUDENT_REASONS
        form.reason.choices = [SelectChoice(code.value, label) for code, label in labels.items()]
        return form

    def chosen(self, side: Side) -> EmployerReason | StudentReason:
        codes = EmployerReason if side is Side.EMPLOYER else StudentReason
        return codes(self.reason.data)
