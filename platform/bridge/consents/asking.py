"""Asking for one consent inside the form of the act that needs it."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField

from bridge.consents.models import ConsentDocument
from bridge.consents.service import ConsentNeededError


class AsksConsent:
    """Mixed into a form. `ask` decides whether there is anything to agree to: where there is not,
    the fields go. Never ticked beforehand, for one document and nothing else."""

    consent = BooleanField(_l("Consent"))
    consent_document = HiddenField()

    def ask(self, document: ConsentDocument | None) -> None:
        form: Any = self
        self.document = document
        if document is None:
            del form.consent
            del form.consent_document
        elif form.consent_document.raw_data is None:
            # Nothing was sent to this form, whatever was sent to another of the page.
            form.consent_document.data = str(document.id)

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        form: Any = self
        fine = bool(super().validate(*args, **kwargs))  # type: ignore[misc]
        document = getattr(self, "document", None)
        if document is None:
            return fine
        if form.consent_document.data != str(document.id):
            form.consent.errors = [_("The document has changed meanwhile: read it and tick again.")]
            form.consent_document.data, form.consent.data = str(document.id), False
            return False
        if not form.consent.data:
            form.consent.errors = [ConsentNeededError.message]
            return False
        return fine
