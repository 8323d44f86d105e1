"""The audit log in words: to what something was done, and its particulars."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from flask import Flask
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from bridge.accounts.labels import ROLES
from bridge.admin.acts import act_label
from bridge.applications import labels as applications
from bridge.audit import AuditEntry
from bridge.candidates.labels import MARKS
from bridge.cases.labels import STATES as CASE_STATES
from bridge.consents.labels import ACTS as CONSENT_ACTS
from bridge.consents.labels import PURPOSES
from bridge.contacts import labels as contacts
from bridge.employers import labels as employers
from bridge.hiring import labels as hiring
from bridge.limits.service import LIMITS
from bridge.mail.labels import letter_topic
from bridge.notices.labels import DELIVERIES, GROUPS
from bridge.reports.labels import STATES as REPORT_STATES
from bridge.rights import labels as rights
from bridge.rights.terms import KINDS as TERMS
from bridge.students.labels import ENTRY_KINDS, EVIDENCE, SECTIONS
from bridge.vacancies.labels import STATES as VACANCY_STATES
from bridge.web.i18n import short_date
from bridge.web.labels import Badge

SUBJECTS: dict[str, object] = {
    "abuse_report": _l("Report of abuse"),
    "answer_template": _l("Ready answer"),
    "application": _l("Application"),
    "candidate": _l("Candidate"),
    "candidate_note": _l("Note"),
    "candidate_tag": _l("Tag"),
    "consent": _l("Consent"),
    "consent_document": _l("Document"),
    "contact_request": _l("Contact request"),
    "data_export": _l("File with one's own data"),
    "day_off": _l("Day off"),
    "employer": _l("Enterprise"),
    "employer_block": _l("Block of an enterprise"),
    "erasure_request": _l("Request for erasure"),
    "evidence_weights": _l("Weights of evidence"),
    "hiring": _l("Stage"),
    "interview": _l("Interview"),
    "interview_slot": _l("Time for interviews"),
    "limit_settings": _l("Terms and limits"),
    "login_session": _l("Sign-in"),
    "member": _l("Enterprise representative"),
    "message": _l("Message"),
    "moderation_batch": _l("Decision on several"),
    "moderation_case": _l("Case"),
    "moderation_settings": _l("Settings of the queue"),
    "outbox_mail": _l("Letter"),
    "profile": _l("Profile"),
    "skill": _l("Skill"),
    "term": _l("Terms of keeping"),
    "unknown_term": _l("Word"),
    "user": _l("Account"),
    "vacancy": _l("Vacancy"),
}
# There is one of each: a number would tell nothing.
SINGLE = {"evidence_weights", "limit_settings", "moderation_settings", "term"}
# What a particular is called.
NAMES: dict[str, object] = {
    "from": _l("before"),
    "to": _l("after"),
    "about": _l("about"),
    "act": _l("how"),
    "automatic": _l("automatically"),
    "candidate": _l("candidate"),
    "candidates": _l("candidates"),
    "day": _l("day"),
    "delivery": _l("letters"),
    "digest": _l("checksum"),
    "employer": _l("enterprise"),
    "entries": _l("entries"),
    "factor": _l("what"),
    "fields": _l("what"),
    "files": _l("files"),
    "filters": _l("filters"),
    "format": _l("kind of file"),
    "group": _l("notices of"),
    "is_paused": _l("resting from requests"),
    "kind": _l("about"),
    "opened": _l("opened to the enterprise"),
    "origin": _l("asked for"),
    "purpose": _l("purpose"),
    "reason": _l("reason"),
    "recipient": _l("asked account"),
    "request": _l("contact request"),
    "requests": _l("candidates invited"),
    "requests_a_week": _l("requests a week"),
    "role": _l("role"),
    "rows": _l("rows"),
    "section": _l("what"),
    "sight": _l("what was seen"),
    "skill": _l("skill"),
    "term": _l("what"),
    "unanswered": _l("overdue answers"),
}
NUMBERS = {"candidate", "employer", "recipient", "request", "skill"}
FIELDS: dict[str, object] = {
    "about": _l("about the enterprise"),
    "claim_minutes": _l("A claimed case is kept for, minutes"),
    "cluster_member": _l("Member of the Regional Cluster “North-East”"),
    "contact_name": _l("Contact person"),
    "contact_phone": _l("Phone"),
    "city_required": _l("Only students of this city or ready to move there"),
    "deadline": _l("Applications until"),
    "degrees": _l("Degree"),
    "direction": _l("Direction of study"),
    "graduates_from": _l("Graduates from"),
    "graduates_to": _l("Graduates up to"),
    "hours": _l("Hours a week"),
    "inn": _l("INN"),
    "languages": _l("Languages"),
    "links": _l("Links"),
    "marks": _l("Your marks"),
    "must": _l("Required skills"),
    "musts": _l("Holds all required skills"),
    "nice": _l("Desirable skills"),
    "ogrn": _l("OGRN"),
    "pay_from": _l("Pay from, roubles a month"),
    "pay_to": _l("Pay up to, roubles a month"),
    "q": _l("Search"),
    "site": _l("Site"),
    "skills": _l("Skills"),
    "spot_check_percent": _l("Of what passes automatically staff still check, percent"),
    "tag": _l("Tag"),
    "text": _l("What the work is"),
    "undo_seconds": _l("A decision on several cases can be taken back for, seconds"),
    "work_from": _l("The working day begins at, hours"),
    "work_place": _l("Where the work is done"),
    "work_to": _l("The working day ends at, hours"),
    "year": _l("Year of study"),
    "year_from": _l("Year of study from"),
    "year_to": _l("Year of study to"),
    **{one.name: one.label for one in LIMITS},
    **{evidence.value: label for evidence, label in EVIDENCE.items()},
}


def _codes(words: Mapping[Any, object]) -> dict[str, object]:
    """The words by the values of an enumeration; of a badge its text."""
    return {
        str(code.value if isinstance(code, enum.Enum) else code): (
            label.label if isinstance(label, Badge) else label
        )
        for code, label in words.items()
    }


# What a code means: by the kind of object for states, by the particular for the rest.
STATES: dict[str, dict[str, object]] = {
    "abuse_report": _codes(REPORT_STATES),
    "application": _codes(applications.STATES),
    "candidate": _codes(MARKS) | {"none": _l("no mark")},
    "contact_request": _codes(contacts.STATES),
    "employer": _codes(employers.STATES),
    "erasure_request": _codes(rights.STATES),
    "hiring": _codes(hiring.STAGES),
    "interview": {"booked": _l("booked"), "cancelled": _l("cancelled")},
    "interview_slot": {"open": _l("free"), "taken": _l("taken"), "withdrawn": _l("taken back")},
    "moderation_batch": {
        "held": _l("can still be taken back"),
        "done": _l("carried out"),
        "undone": _l("taken back"),
    },
    "moderation_case": _codes(CASE_STATES),
    "outbox_mail": {
        "waiting": _l("waits to be sent"),
        "failed": _l("did not arrive"),
        "dropped": _l("given up"),
    },
    "profile": _codes(EVIDENCE),
    "skill": {"proposed": _l("proposed"), "approved": _l("approved")},
    "unknown_term": {
        "open": _l("open"),
        "taken": _l("proposed as a skill"),
        "dismissed": _l("not a skill"),
    },
    "vacancy": _codes(VACANCY_STATES),
}
VALUES: dict[str, dict[str, object]] = {
    "act": CONSENT_ACTS,
    "delivery": _codes(DELIVERIES),
    "factor": {"authenticator": _l("application that makes codes"), "passkey": _l("passkey")},
    "group": {
        group.value: label.name for labels in GROUPS.values() for group, label in labels.items()
    },
    "origin": _codes(rights.ORIGINS),
    "purpose": _codes(PURPOSES),
    "role": _codes(ROLES),
    "section": SECTIONS | _codes(ENTRY_KINDS),
    "sight": {"masked": _l("without a name"), "open": _l("with name and contacts")},
    "term": {name: kind.label for name, kind in TERMS.items()},
}


def subject_label(name: str) -> object:
    return SUBJECTS.get(name, name)


def subject_of(entry: AuditEntry) -> str:
    """«Vacancy No. 12»."""
    name = str(subject_label(entry.subject_type))
    if entry.subject_type in SINGLE:
        return name
    return str(_("%(object)s No. %(number)s", object=name, number=entry.subject_id))


def particulars(entry: AuditEntry) -> Iterator[tuple[object, str]]:
    """Name and text of each particular that tells something."""
    for key, value in entry.details.items():
        if value in ("", None, [], {}) or (key == "from" and _stays(entry)):
            continue
        yield NAMES.get(key, key), _text(entry, key, value)


def _stays(entry: AuditEntry) -> bool:
    """Whether the act is a step within one state, which then needs no mention."""
    states = STATES.get(entry.subject_type, {})
    act = entry.action.partition(".")[2]
    return "to" not in entry.details and act not in states


def _text(entry: AuditEntry, key: str, value: Any) -> str:
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, dict):
        name_of = rights.table_label if key == "rows" else _field
        return "; ".join(f"{_small(name_of(name))}: {one}" for name, one in value.items())
    if isinstance(value, list):
        return ", ".join(_small(_field(name)) for name in value)
    if key in NUMBERS:
        return str(_("No. %(number)s", number=value))
    if key == "day":
        return str(short_date(date.fromisoformat(value)))
    if key == "about":
        name, _colon, number = str(value).partition(":")
        return str(_("%(object)s No. %(number)s", object=subject_label(name), number=number))
    if key == "kind":
        return _small(letter_topic(str(value)))
    if key == "reason":
        return str(_reason(str(value)))
    known = STATES.get(entry.subject_type, {}) if key in ("from", "to") else VALUES.get(key, {})
    return _small(known.get(str(value), value))


def _field(name: str) -> object:
    return FIELDS.get(name) or rights.column_label(name)


def _small(label: object) -> str:
    """Within a line: a name of a field begins with a capital, an abbreviation keeps its own."""
    text = str(label)
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def _reason(code: str) -> object:
    """Of any side: each feature knows its own."""
    known = (
        contacts.reason_label,
        hiring.reason_label,
        applications.application_reason,
        employers.employer_reason_label,
    )
    return next((words for label in known if (words := label(code))), code)


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(
        act_label=act_label, audit_subject=subject_of, audit_particulars=particulars
    )
