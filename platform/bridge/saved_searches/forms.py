"""The form that keeps a search."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField
from wtforms.validators import DataRequired, Length

from bridge.web.forms import BaseForm


class SaveForm(BaseForm):
    name = StringField(
        _l("Name of the search"),
        validators=[
            DataRequired(_l("Give the search a name.")),
            Length(max=80, message=_l("Write at most 80 characters.")),
        ],
    )
    query = HiddenField(validators=[Length(max=4000)])
