"""What a letter is about, for those who look after letters and may not read them."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

# By the folder of its template.
TOPICS: dict[str, object] = {
    "accounts": _l("The account"),
    "applications": _l("An application"),
    "candidates": _l("The daily limit of profiles"),
    "cases": _l("A case of the queue"),
    "consents": _l("Consents"),
    "contacts": _l("A contact request"),
    "employers": _l("The enterprise"),
    "hiring": _l("A stage after the contact"),
    "interviews": _l("An interview"),
    "notices": _l("Notices of a day"),
    "reports": _l("A report of abuse"),
    "rights": _l("Erasure of data"),
    "saved_searches": _l("New candidates"),
    "skills": _l("A proposed skill"),
    "students": _l("The profile"),
    "vacancies": _l("A vacancy"),
}


def letter_topic(kind: str) -> object:
    """kind: as in `OutboxMail.kind`."""
    return TOPICS.get(kind.partition("/")[0], kind)
