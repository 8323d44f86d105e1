"""Forms: applying, the details of a company, inviting, suspending."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from stdnum.exceptions import ValidationError as NumberError
from stdnum.ru import inn as inn_number
from stdnum.ru import ogrn as ogrn_number
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    PasswordField,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional, Regexp

from bridge.accounts import addresses
from bridge.accounts.validators import EmailAddress, GoodPassword, PlainName
from bridge.consents.asking import AsksConsent
from bridge.employers.labels import SUSPENSION_REASONS
from bridge.employers.service import CompanyDetails
from bridge.web.forms import AddressField, BaseForm, VersionedForm

TEXT_MAX_LENGTH = 4000
PHONE = r"\+?[\d\s()–-]{5,}(\s*(доб\.?|ext\.?)\s*\d+)?"


def without_spaces(value: str | None) -> str:
    return "".join((value or "").split())


class CompanyForm(VersionedForm):
    name = StringField(_l("Name of the enterprise"), [DataRequired(), Length(max=160)])
    inn = StringField(_l("INN"), [DataRequired(), Length(max=12)], filters=[without_spaces])
    ogrn = StringField(_l("OGRN"), [Optional(), Length(max=15)], filters=[without_spaces])
    site = AddressField(_l("Site"), [Optional(), Length(max=200)])
    city = StringField(_l("City"), [Length(max=80)])
    about = TextAreaField(_l("About the enterprise"), [Length(max=TEXT_MAX_LENGTH)])
    cluster_member = BooleanField(_l("Member of the Regional Cluster “North-East”"))
    contact_name = StringField(_l("Contact person"), [DataRequired(), Length(max=120), PlainName()])
    contact_phone = TelField(
        _l("Phone"),
        [
            Optional(),
            Length(max=32),
            Regexp(rf"^{PHONE}$", message=_l("Write the number like +7 495 123-45-67.")),
        ],
    )

    def validate_inn(self, field: Field) -> None:
        try:
            inn_number.validate(field.data)
        except NumberError as error:
            raise ValidationError(
                _("Check the INN: it has 10 or 12 digits, and the last ones must agree.")
            ) from error

    def validate_ogrn(self, field: Field) -> None:
        try:
            ogrn_number.validate(field.data)
        except NumberError as error:
            raise ValidationError(
                _("Check the OGRN: it has 13 or 15 digits, and the last one must agree.")
            ) from error

    def details(self) -> CompanyDetails:
        names = CompanyDetails.__slots__
        return CompanyDetails(**{name: self[name].data for name in names})


class ApplicationForm(AsksConsent, CompanyForm):
    """An application also makes the account of the person who sends it."""

    contact_name = StringField(
        _l("First name and surname"), [DataRequired(), Length(max=120), PlainName()]
    )
    position = StringField(_l("Position"), [DataRequired(), Length(max=120)])
    email = EmailField(
        _l("Work e-mail"), [DataRequired(), Length(max=addresses.MAX_LENGTH), EmailAddress()]
    )
    password = PasswordField(
        _l("Password"), [InputRequired(), GoodPassword("contact_name", "email", "name")]
    )


class InvitationForm(BaseForm):
    name = StringField(_l("First name and surname"), [DataRequired(), Length(max=120), PlainName()])
    email = EmailField(
        _l("Work e-mail"), [DataRequired(), Length(max=addresses.MAX_LENGTH), EmailAddress()]
    )
    position = StringField(_l("Position"), [Length(max=120)])


class SuspensionForm(BaseForm):
    reason_code = SelectField(
        _l("Reason"),
        [DataRequired()],
        choices=[
            SelectChoice("", _l("choose a reason")),
            *(SelectChoice(code, label) for code, label in SUSPENSION_REASONS.items()),
        ],
    )
    note = TextAreaField(
        _l("What the enterprise will read"), [DataRequired(), Length(max=TEXT_MAX_LENGTH)]
    )
