"""The base of all forms."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from flask import has_request_context, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from wtforms import (
    Field,
    Form,
    HiddenField,
    MonthField,
    PasswordField,
    StringField,
    TextAreaField,
    URLField,
    ValidationError,
)

from bridge.errors import DomainError
from bridge.web.routing import parts_of

# Control characters but tab and line end, NUL above all (PostgreSQL refuses it), and those that
# turn the direction of writing: with them a text may show another one than it holds.
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069]")

_HOST = re.compile(r"[\w-]+(\.[\w-]+)+")


def clean_text(value: Any) -> Any:
    """Composed characters, nothing invisible, one kind of line end, no outer space."""
    if not isinstance(value, str):
        return value
    lines = re.sub("\r\n?|[\x85\u2028\u2029]", "\n", value)
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", lines)).strip()


def clean_line(value: Any) -> Any:
    """The same on one line: no browser sends line ends from such a field."""
    text = clean_text(value)
    return re.sub(r"[\n\t]+", " ", text) if isinstance(text, str) else text


def month_field(label: object, *validators: object) -> MonthField:
    """A month; where a browser has no control for it, a plain field takes either writing."""
    return MonthField(
        label,
        validators,
        format=["%Y-%m", "%m.%Y"],
        invalid_value_message=_l("Write the year and the month like 2027-06."),
        render_kw={"placeholder": "2027-06"},
    )


class AddressField(URLField):
    """An address of the web, and of nothing else that a browser would follow."""

    def __init__(
        self, label: object, validators: Any = None, filters: Any = (), **options: Any
    ) -> None:
        super().__init__(label, validators, filters=[*filters, full_address], **options)

    def pre_validate(self, form: Form) -> None:
        if self.data and not is_web_address(self.data):
            raise ValidationError(_("Write an address like https://example.ru/page."))


def full_address(value: str | None) -> str:
    """`example.ru` means the same as `https://example.ru`."""
    text = value or ""
    return f"https://{text}" if text and "://" not in text else text


def is_web_address(text: str) -> bool:
    """Whether it leads to a named host, by HTTP, in nobody's name."""
    if re.search(r"\s", text):
        return False
    parts = parts_of(text)
    try:
        port = parts.port
    except ValueError:
        return False
    named = _HOST.fullmatch(parts.hostname or "") and "@" not in parts.netloc
    return parts.scheme in ("http", "https") and bool(named) and port != 0


class BaseForm(FlaskForm):
    """Cleans every text field but passwords before it is validated."""

    class Meta(FlaskForm.Meta):
        def bind_field(self, form: Form, unbound_field: Any, options: dict[str, Any]) -> Field:
            field_class = unbound_field.field_class
            if issubclass(field_class, StringField) and not issubclass(field_class, PasswordField):
                many = issubclass(field_class, TextAreaField | HiddenField)
                clean = clean_text if many else clean_line
                filters = [clean, *unbound_field.kwargs.get("filters", ())]
                return unbound_field.bind(form=form, **{**options, "filters": filters})
            return unbound_field.bind(form=form, **options)

        def wrap_formdata(self, form: Form, formdata: Any) -> Any:
            # Flask-WTF would read a body of JSON too, however deep it is nested.
            given = formdata is None or isinstance(formdata, MultiDict)
            if not given and has_request_context() and request.is_json:
                return ImmutableMultiDict()
            return super().wrap_formdata(form, formdata)

    def refuse(self, error: DomainError) -> None:
        """Show what the rules do not allow at its field, or above all fields."""
        if error.field:
            self[error.field].errors = [str(error.message)]
        else:
            self.form_errors.append(str(error.message))


class TableForm(BaseForm):
    """A table that staff bring."""

    file = FileField(
        _l("File"),
        [FileRequired(_l("Choose a file."))],
        description=_l("CSV or XLSX, up to 20 MB."),
    )

    @property
    def is_inviting(self) -> bool:
        """Whether whom it names are to get a letter."""
        return False


class VersionedForm(BaseForm):
    """Edits a row that has a `version`, or None for one that is yet to be: of two who edit at once
    the later one is told.

    `saving.save_form` is how a view saves it.
    """

    version = HiddenField()

    def is_current(self, row: Any) -> bool:
        return row is None or str(self.version.data) == str(row.version)

    def take_over(self, row: Any) -> None:
        if row is not None:
            self.version.data = str(row.version)
        self.form_errors.append(
            _("Somebody changed this meanwhile. What you wrote is kept: compare and save again.")
        )
