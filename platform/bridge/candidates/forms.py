"""Forms of the colleagues' notes and tags."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from bridge.web.forms import BaseForm

NOTE_MAX = 2000
TAG_MAX = 40


class NoteForm(BaseForm):
    text = TextAreaField(
        _l("Note"),
        description=_l(
            "For your colleagues only. The student may ask the university for a copy of what is "
            "kept about them, so write what you would say to their face."
        ),
        validators=[
            DataRequired(_l("Write a note.")),
            Length(max=NOTE_MAX, message=_l("Write at most 2,000 characters.")),
        ],
    )


class TagForm(BaseForm):
    name = StringField(
        _l("New tag"),
        validators=[
            DataRequired(_l("Write a tag.")),
            Length(max=TAG_MAX, message=_l("Write at most 40 characters.")),
        ],
    )
