"""Names of what the platform holds of a person, and of what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask
from flask_babel import lazy_gettext as _l

from bridge.accounts.models import User
from bridge.rights.models import ErasureOrigin, ErasureRequest, ErasureState
from bridge.rights.rows import Share, shares
from bridge.web.labels import Badge

TABLES: dict[str, object] = {
    "user": _l("Account"),
    "login_session": _l("Sign-ins"),
    "account_token": _l("Links from letters"),
    "authenticator": _l("Application that makes codes"),
    "passkey": _l("Passkeys"),
    "passkey_challenge": _l("Questions to a passkey"),
    "recovery_code": _l("Recovery codes"),
    "audit_entry": _l("Entries of the audit log"),
    "outbox_mail": _l("Letters"),
    "profile": _l("Profile"),
    "profile_skill": _l("Skills"),
    "profile_language": _l("Languages"),
    "profile_entry": _l("Courses, projects, theses, experience, links"),
    "candidate": _l("Vacancies for which the profile was shown"),
    "contact_request": _l("Contact requests"),
    "message": _l("Messages"),
    "moderation_case": _l("The university's notes on requests"),
    "employer": _l("Contact person of an enterprise"),
    "member": _l("Representative of an enterprise"),
    "skill": _l("Proposals to the vocabulary"),
    "vacancy": _l("Vacancies written"),
    "erasure_request": _l("Requests for erasure"),
    "consent": _l("Consents"),
    "data_export": _l("Files with one's data"),
    "notice": _l("Notices"),
    "hiring": _l("Stages after the contact"),
    "interview": _l("Interviews"),
    "abuse_report": _l("Reports of abuse"),
    "application": _l("Applications"),
    "attention": _l("How many requests a week"),
    "best_match": _l("The nightly choice of vacancies"),
    "calendar_feed": _l("Address of the calendar"),
    "candidate_note": _l("Notes of enterprises"),
    "candidate_tag": _l("Tags of enterprises"),
    "delivery_choice": _l("Which letters are wanted"),
    "digest_schedule": _l("Hour of the daily letter"),
    "employer_block": _l("Blocked enterprises"),
    "interview_slot": _l("Times for interviews"),
    "message_file": _l("Files of conversations"),
    "moderation_batch": _l("Decisions on several cases"),
    "outbox_attachment": _l("Attachments of letters"),
    "profile_opening": _l("Openings of the profile"),
    "saved_search": _l("Saved searches"),
    "saved_search_match": _l("Finds of saved searches"),
    "slot_invitation": _l("Times offered for an interview"),
    "table_upload": _l("Tables brought"),
    "thread_read": _l("What was read of conversations"),
}
DELETED = Badge(_l("deleted"), "neutral", "trash-2")
EMPTIED = Badge(_l("texts emptied, figures stay"), "neutral", "eraser")
STAYS = Badge(_l("stays without a name"), "neutral", "user-x")
STATES = {
    ErasureState.WAITING: Badge(_l("waits for its day"), "warning", "clock"),
    ErasureState.CANCELLED: Badge(_l("cancelled"), "neutral", "undo-2"),
    ErasureState.DONE: Badge(_l("erased"), "ok", "circle-check"),
}
ORIGINS = {
    ErasureOrigin.SELF: _l("by the person"),
    ErasureOrigin.WRITTEN: _l("on a written request"),
    ErasureOrigin.TERM: _l("by a retention term"),
}


@dataclass(frozen=True, slots=True)
class Fate:
    """What erasure does with one kind of rows: how many there are now, and a badge."""

    label: object
    rows: int
    badge: Badge


def fates(user: User) -> list[Fate]:
    """What of the person goes and what stays, kind by kind, what goes first."""
    order = [DELETED, EMPTIED, STAYS]
    found: dict[str, tuple[int, Badge]] = {}
    for share in shares(user):
        rows, badge = found.get(share.table.name, (0, STAYS))
        found[share.table.name] = (
            rows + len(share.keys),
            min(badge, _badge(share), key=order.index),
        )
    listed = [Fate(table_label(name), rows, badge) for name, (rows, badge) in found.items()]
    return sorted(listed, key=lambda fate: (order.index(fate.badge), str(fate.label)))


def table_label(name: str) -> object:
    return TABLES.get(name, name.replace("_", " "))


def _badge(share: Share) -> Badge:
    if share.owner.delete:
        return DELETED
    return EMPTIED if share.owner.clear or share.owner.replace else STAYS


def erasure_badge(request: ErasureRequest) -> Badge:
    return STATES[request.state]


def erasure_origin(request: ErasureRequest) -> object:
    return ORIGINS[request.origin]


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(erasure_badge=erasure_badge, erasure_origin=erasure_origin)
