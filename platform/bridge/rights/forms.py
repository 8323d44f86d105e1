"""Forms of one's rights: each asks for the password once more."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, PasswordField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from bridge.accounts import passwords
from bridge.rights.terms import KINDS, MAX_DAYS
from bridge.web.forms import BaseForm


class PasswordForm(BaseForm):
    password = PasswordField(
        _l("Your password"), [InputRequired(), Length(max=passwords.MAX_LENGTH)]
    )


class EraseForm(PasswordForm):
    at_once = BooleanField(_l("Erase at once: I will not change my mind"))


class WrittenRequestForm(BaseForm):
    reference = StringField(
        _l("Number and date of the written request"), [DataRequired(), Length(max=120)]
    )
    at_once = BooleanField(_l("Erase at once, without the days to change one's mind"))


def _days(label: object) -> IntegerField:
    message = _l("Give a whole number of days, 36,500 at most.")
    return IntegerField(label, [InputRequired(message), NumberRange(0, MAX_DAYS, message)])


class TermsForm(BaseForm):
    """A term in days for each of `terms.KINDS`."""

    def days(self) -> dict[str, int]:
        return {name: self.data[name] for name in KINDS}


for _name, _kind in KINDS.items():
    setattr(TermsForm, _name, _days(_kind.label))
