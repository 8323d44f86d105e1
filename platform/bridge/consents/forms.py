"""Forms of the staff's documents."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from bridge.consents.service import GRACE_DAYS
from bridge.web.forms import BaseForm, VersionedForm


def _title(label: object) -> StringField:
    return StringField(label, [DataRequired(), Length(max=200)])


def _text(label: object) -> TextAreaField:
    return TextAreaField(label, [DataRequired(), Length(max=20_000)])


class DocumentForm(VersionedForm):
    title_ru = _title(_l("Title in Russian"))
    text_ru = _text(_l("Text in Russian"))
    title_en = _title(_l("Title in English"))
    text_en = _text(_l("Text in English"))

    def texts(self) -> dict[str, str]:
        return {name: value for name, value in self.data.items() if name[-3:] in ("_ru", "_en")}


class PublishForm(BaseForm):
    days = IntegerField(
        _l("Days to agree anew"),
        [InputRequired(), NumberRange(0, 365, _l("Give a whole number from 0 to 365."))],
        default=GRACE_DAYS,
    )
