"""Forms of a contact request."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from bridge.consents.asking import AsksConsent
from bridge.contacts.labels import DECLINE_LABELS, DeclineReason
from bridge.web.forms import BaseForm

REQUEST_LENGTH = (30, 2000)
MESSAGE_LENGTH = (1, 4000)
NOTE_MAX = 1000


class RequestForm(BaseForm):
    """What the student will read. `version` tells an edit that the request has moved on."""

    message = TextAreaField(
        _l("Message to the candidate"),
        description=_l(
            "Say what the work is, what you offer and what happens next. From 30 to 2,000 "
            "characters; your contacts open together with the candidate's."
        ),
        validators=[
            InputRequired(_l("Write what the candidate will read.")),
            Length(*REQUEST_LENGTH, message=_l("Write from 30 to 2,000 characters.")),
        ],
    )
    version = HiddenField()


class AcceptForm(AsksConsent, BaseForm):
    """A button, and the consent where there is a document."""


class DeclineForm(BaseForm):
    reason = RadioField(
        _l("Reason"),
        choices=[SelectChoice(code.value, label) for code, label in DECLINE_LABELS.items()],
        coerce=DeclineReason,
        validators=[InputRequired(_l("Choose a reason."))],
    )
    note = TextAreaField(
        _l("A word to the university"),
        description=_l("Only the university reads it, the enterprise does not. Not required."),
        validators=[Length(max=NOTE_MAX, message=_l("Write at most 1,000 characters."))],
    )


class MessageForm(BaseForm):
    text = TextAreaField(
        _l("Message"),
        validators=[
            InputRequired(_l("Write a message.")),
            Length(*MESSAGE_LENGTH, message=_l("Write from 1 to 4,000 characters.")),
        ],
    )
