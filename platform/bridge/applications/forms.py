"""Forms of an application."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from bridge.applications.labels import REFUSAL_LABELS, RefusalReason
from bridge.consents.asking import AsksConsent
from bridge.web.forms import BaseForm

MESSAGE_LENGTH = (20, 1500)
LENGTH_MESSAGE = _l("Write from 20 to 1,500 characters.")
NOTE_MAX = 600


class ApplicationForm(AsksConsent, BaseForm):
    message = TextAreaField(
        _l("A few words to the enterprise"),
        description=_l("Why this work and what you would start with. From 20 to 1,500 characters."),
        validators=[
            InputRequired(_l("Write a few words.")),
            Length(*MESSAGE_LENGTH, message=LENGTH_MESSAGE),
        ],
    )


class InvitationForm(BaseForm):
    message = TextAreaField(
        _l("Invitation"),
        description=_l("When and how you would like to talk. It begins the conversation here."),
        validators=[
            InputRequired(_l("Write what the student will read.")),
            Length(*MESSAGE_LENGTH, message=LENGTH_MESSAGE),
        ],
    )


class RefusalForm(BaseForm):
    reason = RadioField(
        _l("Reason"),
        choices=[SelectChoice(code.value, label) for code, label in REFUSAL_LABELS.items()],
        coerce=RefusalReason,
        validators=[InputRequired(_l("Choose a reason."))],
    )
    note = TextAreaField(
        _l("A word to the student"),
        description=_l("What would help next time. Not required."),
        validators=[Length(max=NOTE_MAX, message=_l("Write at most 600 characters."))],
    )
