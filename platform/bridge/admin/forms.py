"""Forms of the administrator."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, EmailField, Field, Form, IntegerField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import (
    DataRequired,
    Length,
    NumberRange,
    Optional,
    ValidationError,
)

from bridge.accounts.addresses import MAX_LENGTH as EMAIL_MAX_LENGTH
from bridge.accounts.labels import ROLES
from bridge.accounts.models import Role
from bridge.accounts.validators import EmailAddress
from bridge.admin.acts import act_label
from bridge.admin.labels import subject_label
from bridge.admin.queries import AuditFilter
from bridge.web.forms import BaseForm
from bridge.web.i18n import NAMES

# Students register or are imported; members are invited by their enterprise.
MADE_HERE = (Role.STAFF, Role.ADMIN)
EARLIEST = date(2000, 1, 1)
LATEST = date(2999, 12, 31)


class NewAccountForm(BaseForm):
    name = StringField(_l("First name and surname"), [DataRequired(), Length(max=120)])
    email = EmailField(_l("E-mail"), [DataRequired(), Length(max=EMAIL_MAX_LENGTH), EmailAddress()])
    role = SelectField(
        _l("Role"), choices=[SelectChoice(role.value, ROLES[role]) for role in MADE_HERE]
    )
    locale = SelectField(
        _l("Language"), choices=[SelectChoice(code, name) for code, name in NAMES.items()]
    )


class AuditForm(BaseForm):
    """Filters of the log, in the address; what is wrong in it is said and left out."""

    class Meta(BaseForm.Meta):
        csrf = False

    action = SelectField(_l("Act"), [Optional()])
    actor = StringField(_l("Who: name or e-mail"), [Length(max=254)])
    subject_type = SelectField(_l("Kind of object"), [Optional()])
    subject_id = IntegerField(_l("Number of the object"), [Optional(), NumberRange(1, 999_999_999)])
    text = StringField(_l("Word of the entry"), [Length(max=100)])
    since = DateField(_l("From the day"), [Optional()])
    until = DateField(_l("Up to the day"), [Optional()])

    def __init__(self, *args: Any, actions: list[str], subject_types: list[str], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.action.choices = _with_all(actions, act_label)
        self.subject_type.choices = _with_all(subject_types, subject_label)

    def validate_since(self, field: Field) -> None:
        _check_date(self, field)

    def validate_until(self, field: Field) -> None:
        _check_date(self, field)

    def wanted(self) -> AuditFilter:
        """What the valid fields say."""
        self.validate()
        return AuditFilter(
            **{
                field.name: field.data
                for field in self
                if field.data is not None and not field.errors
            }
        )


def _with_all(codes: list[str], label: Callable[[str], object]) -> list[SelectChoice]:
    """In the order of their words."""
    named = sorted((str(label(code)), code) for code in codes)
    return [SelectChoice("", _("all")), *(SelectChoice(code, words) for words, code in named)]


def _check_date(_form: Form, field: Field) -> None:
    if field.data is not None and not EARLIEST <= field.data <= LATEST:
        raise ValidationError(_("There is nothing in the log of that time."))
