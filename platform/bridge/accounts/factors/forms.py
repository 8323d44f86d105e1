"""Forms of second factors."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import DataRequired, Length

from bridge.accounts import passwords
from bridge.accounts.factors.passkeys import MAX_LENGTH
from bridge.errors import DomainError
from bridge.web.forms import BaseForm

CODE_MAX_LENGTH = 40


class AuthenticatorForm(BaseForm):
    """The first code of a new application."""

    code = StringField(
        _l("Code from the application"), [DataRequired(), Length(max=CODE_MAX_LENGTH)]
    )


class PasskeyForm(BaseForm):
    """`credential`: what the browser answers, put in by a script."""

    name = StringField(_l("Name of the passkey"), [DataRequired(), Length(max=60)])
    credential = HiddenField(validators=[Length(max=MAX_LENGTH)])


class SecondFactorForm(BaseForm):
    code = StringField(_l("Code"), [Length(max=CODE_MAX_LENGTH)])
    credential = HiddenField(validators=[Length(max=MAX_LENGTH)])


class IdentityForm(BaseForm):
    """Who is at the keyboard? By whichever of them was sent. The names are no fields of other
    forms, whose values are sent along with it."""

    identity_password = PasswordField(_l("Your password"), [Length(max=passwords.MAX_LENGTH)])
    identity_code = StringField(_l("Or a code"), [Length(max=CODE_MAX_LENGTH)])
    identity_credential = HiddenField(validators=[Length(max=MAX_LENGTH)])

    @property
    def was_sent(self) -> bool:
        return any(field.raw_data for field in self if field.name.startswith("identity_"))

    def proves(
        self,
        by_password: Callable[[str], None],
        by_code: Callable[[str], None],
        by_passkey: Callable[[str], None],
    ) -> bool:
        """Whether the check that the filled field calls for passes; its error stands there."""
        if not self.validate():
            return False
        checks = (
            (self.identity_credential, by_passkey),
            (self.identity_code, by_code),
            (self.identity_password, by_password),
        )
        field, check = next((pair for pair in checks if pair[0].data), checks[-1])
        if not field.data:
            field.errors = [_("Enter your password.")]
            return False
        try:
            check(field.data)
        except DomainError as error:
            field.errors = [str(error.message)]
            return False
        return True
