"""Forms: signing in and up, passwords, one's own account."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, Field, HiddenField, PasswordField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from bridge.accounts import addresses, passwords
from bridge.accounts.validators import EmailAddress, GoodPassword, PlainName
from bridge.consents.asking import AsksConsent
from bridge.web.forms import BaseForm, VersionedForm
from bridge.web.i18n import NAMES

NAME_MAX_LENGTH = 120


def _email(*checks: object) -> EmailField:
    return EmailField(_l("E-mail"), [DataRequired(), Length(max=addresses.MAX_LENGTH), *checks])


def _name() -> StringField:
    return StringField(
        _l("First name and surname"),
        [DataRequired(), Length(max=NAME_MAX_LENGTH), PlainName()],
    )


def _password(label: object) -> PasswordField:
    return PasswordField(label, [InputRequired(), Length(max=passwords.MAX_LENGTH)])


def _locale() -> SelectField:
    choices = [SelectChoice(code, name) for code, name in NAMES.items()]
    return SelectField(_l("Language"), choices=choices)


class SignInForm(BaseForm):
    email = _email()
    password = _password(_l("Password"))
    next = HiddenField()


class RegistrationForm(AsksConsent, BaseForm):
    name = _name()
    email = _email(EmailAddress())
    password = PasswordField(_l("Password"), [InputRequired(), GoodPassword("name", "email")])
    locale = _locale()


class EmailForm(BaseForm):
    """Asks for a letter to an address."""

    email = _email()


class InvitationForm(AsksConsent, BaseForm):
    name = _name()
    password = PasswordField(_l("Password"), [InputRequired(), GoodPassword("name")])
    person: tuple[str, ...] = ()


class ResetForm(AsksConsent, BaseForm):
    password = PasswordField(_l("New password"), [InputRequired(), GoodPassword()])
    person: tuple[str, ...] = ()


class AccountForm(VersionedForm):
    name = _name()
    locale = _locale()


class PasswordChangeForm(BaseForm):
    present = _password(_l("Present password"))
    new = PasswordField(_l("New password"), [InputRequired(), GoodPassword()])
    person: tuple[str, ...] = ()

    def validate_new(self, field: Field) -> None:
        if field.data == self.present.data:
            raise ValidationError(_("This is the present password. Take another."))
