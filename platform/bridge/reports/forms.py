"""The form of a report."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from bridge.cases.models import CaseKind
from bridge.cases.reasons import REASONS
from bridge.web.forms import BaseForm

TEXT_LENGTH = (10, 2000)


class ReportForm(BaseForm):
    """`about`: one of the things that can be reported from this page."""

    about = RadioField(_l("What is it about?"), [InputRequired(_l("Choose what it is about."))])
    reason_code = SelectField(
        _l("What is wrong?"),
        [InputRequired(_l("Choose what is wrong."))],
        choices=[
            SelectChoice("", _l("choose a reason")),
            *(SelectChoice(code, label) for code, label in REASONS[CaseKind.REPORT].items()),
        ],
    )
    text = TextAreaField(
        _l("What happened"),
        description=_l("Only the university reads it. From 10 to 2,000 characters."),
        validators=[
            InputRequired(_l("Say what happened.")),
            Length(*TEXT_LENGTH, message=_l("Write from 10 to 2,000 characters.")),
        ],
    )

    def __init__(self, choices: Sequence[tuple[str, object]]) -> None:
        super().__init__()
        self.about.choices = [SelectChoice(value, label) for value, label in choices]
        if not self.is_submitted():
            self.about.data = choices[0][0]
