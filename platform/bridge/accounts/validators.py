"""Validators of form fields: an address that can get mail, a password worth having."""

from __future__ import annotations

import re

from flask import current_app
from flask_babel import gettext as _
from wtforms import Field, Form, ValidationError

from bridge.accounts import addresses, passwords


class EmailAddress:
    """Accepts what `normalise_email` does, and puts the normal form into the field."""

    def __call__(self, _form: Form, field: Field) -> None:
        try:
            field.data = addresses.normalise_email(field.data or "")
        except ValueError as error:
            raise ValidationError(
                _("This is not an e-mail address: write it like name@example.ru.")
            ) from error


class PlainName:
    """Refuses a name with an address in it: letters to people who have never heard of us begin
    with the name, and must not carry somebody's advertising."""

    ADDRESS = re.compile(r"[@/\\<>]|\bwww\.|[\w-]{2}\.(?:[a-z]{2,}|рф)\b", re.IGNORECASE)

    def __call__(self, _form: Form, field: Field) -> None:
        if self.ADDRESS.search(field.data or ""):
            raise ValidationError(_("Write a name here, without addresses and links."))


class GoodPassword:
    """Refuses what is short, common, or made of what others know of the place and the person: the
    form's fields named here, and its attribute `person` where the view sets one."""

    def __init__(self, *fields: str) -> None:
        self.fields = fields

    def __call__(self, form: Form, field: Field) -> None:
        person: tuple[str, ...] = getattr(form, "person", ())
        typed = [str(form[name].data or "") for name in self.fields]
        here = passwords.names_of_place(current_app.config["BRIDGE"])
        reason = passwords.weakness(field.data or "", *person, *typed, here=here)
        if reason is not None:
            raise ValidationError(str(reason))
