"""The audit log in words: to what something was done, and its particulars."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from flask import Flask
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from bridge.admin.acts import act_label
from bridge.admin.references import Reference, reference
from bridge.audit import AuditEntry
from bridge.consents.labels import PURPOSES
from bridge.limits.service import LIMITS
from bridge.mail.labels import letter_topic
from bridge.rights import codes
from bridge.rights.collecting import Row
from bridge.rights.columns import column_label
from bridge.rights.labels import table_label
from bridge.rights.reading import attach_words
from bridge.rights.terms import KINDS as TERMS
from bridge.students.labels import ENTRY_KINDS, EVIDENCE, SECTIONS
from bridge.web.i18n import short_date

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
    "course": _l("Course"),
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
    "table_upload": _l("Table"),
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
    "table": _l("what is in it"),
    "skill": _l("skill"),
    "term": _l("what"),
    "unanswered": _l("overdue answers"),
}
FIELDS: dict[str, object] = {
    "claim_minutes": _l("A claimed case is kept for, minutes"),
    "city_required": _l("Only students of this city or ready to move there"),
    "deadline": _l("Applications until"),
    "degrees": _l("Degree"),
    "direction": _l("Direction of study"),
    "graduates_from": _l("Graduates from"),
    "graduates_to": _l("Graduates up to"),
    "hours": _l("Hours a week"),
    "languages": _l("Languages"),
    "links": _l("Links"),
    "marks": _l("Your marks"),
    "must": _l("Required skills"),
    "musts": _l("Holds all required skills"),
    "nice": _l("Desirable skills"),
    "pay_from": _l("Pay from, roubles a month"),
    "pay_to": _l("Pay up to, roubles a month"),
    "q": _l("Search"),
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


VALUES: dict[str, dict[str, object]] = {
    **codes.VALUES,
    "factor": {"authenticator": _l("application that makes codes"), "passkey": _l("passkey")},
    "purpose": codes.by_value(PURPOSES),
    "table": {"students": _l("students"), "courses": _l("courses")},
    "section": SECTIONS | codes.by_value(ENTRY_KINDS),
    "term": {name: kind.label for name, kind in TERMS.items()},
}


def subject_label(name: str) -> object:
    return SUBJECTS.get(name, name)


def subject_of(entry: AuditEntry) -> str:
    return _numbered((entry.subject_type, entry.subject_id))


def _numbered(row: Reference) -> str:
    """«Vacancy No. 12»."""
    table, number = row
    name = str(subject_label(table))
    if table in SINGLE:
        return name
    return str(_("%(object)s No. %(number)s", object=name, number=number))


def particulars(entry: AuditEntry) -> Iterator[tuple[object, str, Reference | None]]:
    """Name and text of each particular that tells something, and the row that it is, if one."""
    for key, value in entry.details.items():
        if value in ("", None, [], {}) or (key == "from" and _stays(entry)):
            continue
        yield NAMES.get(key, key), _text(entry, key, value), reference(key, value)


def _stays(entry: AuditEntry) -> bool:
    """Whether the act is a step within one state, which then needs no mention."""
    states = codes.STATES.get(entry.subject_type, {})
    act = entry.action.partition(".")[2]
    return "to" not in entry.details and act not in states


def _text(entry: AuditEntry, key: str, value: Any) -> str:
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, dict):
        name_of = table_label if key == "rows" else _field
        return "; ".join(f"{_small(name_of(name))}: {one}" for name, one in value.items())
    if isinstance(value, list):
        return ", ".join(_small(_field(name)) for name in value)
    if row := reference(key, value):
        return _numbered(row) if key == "about" else str(_("No. %(number)s", number=row[1]))
    if key == "day":
        return str(short_date(date.fromisoformat(value)))
    if key == "kind":
        return _small(letter_topic(str(value)))
    if key == "reason":
        return str(codes.reason(str(value)) or value)
    if key in ("from", "to"):
        known = codes.STATES.get(entry.subject_type, {})
    else:
        known = VALUES.get(key, {})
    return _small(known.get(str(value), value))


def _field(name: str) -> object:
    return FIELDS.get(name) or column_label(name)


def _small(label: object) -> str:
    """Within a line: a name of a field begins with a capital, an abbreviation keeps its own."""
    text = str(label)
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def _details(row: Row) -> str:
    """Of an entry in the file of one's own data."""
    entry = AuditEntry(**{name: row[name] for name in ("action", "subject_type", "details")})
    return "; ".join(f"{name}: {text}" for name, text, _row in particulars(entry))


def _about(row: Row) -> str:
    found = reference("about", row["about"])
    return _numbered(found) if found else ""


def init_app(app: Flask) -> None:
    entry = AuditEntry.__tablename__
    attach_words(app, "abuse_report", "about", _about)
    attach_words(app, entry, "action", lambda row: act_label(row["action"]))
    attach_words(app, entry, "details", _details)
    attach_words(app, entry, "subject_type", lambda row: subject_label(row["subject_type"]))
    app.jinja_env.filters.update(
        act_label=act_label, audit_subject=subject_of, audit_particulars=particulars
    )
