"""Forms of a contact request."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf.file import MultipleFileField
from wtforms import BooleanField, RadioField, SelectField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from bridge.consents.asking import AsksConsent
from bridge.contacts.files import FILE_BYTES, Upload
from bridge.contacts.labels import DECLINE_LABELS
from bridge.contacts.models import DeclineReason
from bridge.web.forms import BaseForm, VersionedForm

REQUEST_LENGTH = (30, 2000)
MESSAGE_LENGTH = 4000
NOTE_MAX = 1000


class RequestForm(VersionedForm):
    """What the student will read."""

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
    """A text, files, or both."""

    text = TextAreaField(
        _l("Message"),
        validators=[Length(max=MESSAGE_LENGTH, message=_l("Write at most 4,000 characters."))],
    )
    files = MultipleFileField(
        _l("Files"),
        description=_l("Up to three: PDF, DOCX, PNG, JPEG or plain text, each up to 5 MB."),
    )

    def validate_text(self, field: TextAreaField) -> None:
        if not field.data and not self.uploads:
            raise ValidationError(_l("Write a message or choose a file."))

    @property
    def uploads(self) -> list[Upload]:
        """Those that were chosen; read once, from the beginning."""
        found = []
        for file in self.files.data or ():
            if file and file.filename:
                file.stream.seek(0)
                # One byte more than allowed tells that it is too large.
                found.append(Upload(file.filename, file.stream.read(FILE_BYTES + 1)))
        return found


class AttentionForm(BaseForm):
    """How many requests a week reach the student: at most the university's limit."""

    requests_a_week = SelectField(
        _l("New requests a week at most"), coerce=lambda value: int(value) if value else None
    )
    is_paused = BooleanField(
        _l("Pause: no new requests for now"),
        description=_l("Your profile stays in the search; what is sent waits until you are back."),
    )

    def __init__(self, most: int, *args: Any, **kwargs: Any) -> None:
        """most: the university's limit."""
        super().__init__(*args, **kwargs)
        self.requests_a_week.choices = [
            SelectChoice(
                "",
                ngettext(
                    "as the university sets: %(num)s a week",
                    "as the university sets: %(num)s a week",
                    most,
                ),
            ),
            *(SelectChoice(number, str(number)) for number in range(1, most)),
        ]
