"""The base of all forms."""

from __future__ import annotations

import unicodedata
from typing import Any

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import Field, Form, HiddenField, PasswordField, StringField


def clean_text(value: Any) -> Any:
    """Composed characters, no NUL (PostgreSQL refuses it), one kind of line end, no outer space."""
    if not isinstance(value, str):
        return value
    text = unicodedata.normalize("NFC", value).replace("\x00", "")
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


class BaseForm(FlaskForm):
    """Cleans every text field but passwords before it is validated."""

    class Meta(FlaskForm.Meta):
        def bind_field(self, form: Form, unbound_field: Any, options: dict[str, Any]) -> Field:
            field_class = unbound_field.field_class
            if issubclass(field_class, StringField) and not issubclass(field_class, PasswordField):
                filters = [clean_text, *unbound_field.kwargs.get("filters", ())]
                return unbound_field.bind(form=form, **{**options, "filters": filters})
            return unbound_field.bind(form=form, **options)


class VersionedForm(BaseForm):
    """Edits a row that has a `version`: of two who edit at once the later one is told.

    The view answers 409 with the form where `is_current` is False or the flush raises
    StaleDataError, after `take_over`: who then sends it again knows what they replace.
    """

    version = HiddenField()

    def is_current(self, row: Any) -> bool:
        return str(self.version.data) == str(row.version)

    def take_over(self, row: Any) -> None:
        self.version.data = str(row.version)
        self.form_errors.append(
            _("Somebody changed this meanwhile. What you wrote is kept: compare and save again.")
        )
