"""What the codes of the database mean, in words: for the audit log and for people's own data."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from bridge.accounts.labels import ROLES
from bridge.accounts.models import TokenPurpose
from bridge.applications import labels as applications
from bridge.candidates.labels import MARKS
from bridge.cases.labels import KINDS as CASE_KINDS
from bridge.cases.labels import STATES as CASE_STATES
from bridge.consents.labels import ACTS as CONSENT_ACTS
from bridge.contacts import labels as contacts
from bridge.contacts.models import Side
from bridge.employers import labels as employers
from bridge.hiring import labels as hiring
from bridge.moderation.service import Verdict
from bridge.notices.labels import DELIVERIES, GROUPS
from bridge.reports.labels import STATES as REPORT_STATES
from bridge.rights.labels import ORIGINS
from bridge.rights.labels import STATES as ERASURE_STATES
from bridge.students.labels import (
    DEGREES,
    ENTRY_KINDS,
    EVIDENCE,
    LEVELS,
    READINESS,
    STUDY_FORMS,
)
from bridge.vacancies.labels import STATES as VACANCY_STATES
from bridge.web.labels import Badge


def by_value(words: Mapping[Any, object]) -> dict[str, object]:
    """The words by the values of an enumeration; of a badge its text."""
    return {
        str(code.value if isinstance(code, enum.Enum) else code): (
            label.label if isinstance(label, Badge) else label
        )
        for code, label in words.items()
    }


SIDES: dict[Side, object] = {
    Side.EMPLOYER: _l("the enterprise"),
    Side.STUDENT: _l("the student"),
}
VERDICTS: dict[Verdict, object] = {
    Verdict.APPROVE: _l("approved"),
    Verdict.RETURN: _l("returned for a change"),
    Verdict.REJECT: _l("rejected"),
}
# By the table: what its states mean.
STATES: dict[str, dict[str, object]] = {
    "abuse_report": by_value(REPORT_STATES),
    "application": by_value(applications.STATES),
    "candidate": by_value(MARKS) | {"none": _l("no mark")},
    "contact_request": by_value(contacts.STATES),
    "data_export": {
        "waiting": _l("is being made"),
        "ready": _l("ready"),
        "expired": _l("expired"),
    },
    "employer": by_value(employers.STATES),
    "erasure_request": by_value(ERASURE_STATES),
    "hiring": by_value(hiring.STAGES),
    "interview": {"booked": _l("booked"), "cancelled": _l("cancelled")},
    "interview_slot": {"open": _l("free"), "taken": _l("taken"), "withdrawn": _l("taken back")},
    "moderation_batch": {
        "held": _l("can still be taken back"),
        "done": _l("carried out"),
        "undone": _l("taken back"),
    },
    "moderation_case": by_value(CASE_STATES),
    "outbox_mail": {
        "waiting": _l("waits to be sent"),
        "sent": _l("sent"),
        "failed": _l("did not arrive"),
        "dropped": _l("given up"),
    },
    "profile": by_value(EVIDENCE),
    "skill": {
        "proposed": _l("proposed"),
        "approved": _l("approved"),
        "rejected": _l("rejected"),
        "merged": _l("merged into another"),
    },
    "unknown_term": {
        "open": _l("open"),
        "taken": _l("proposed as a skill"),
        "dismissed": _l("not a skill"),
    },
    "vacancy": by_value(VACANCY_STATES),
}
# As a student reads their own.
STUDENT_STATES: dict[str, dict[str, object]] = {
    "application": by_value(applications.STUDENT_STATES),
    "contact_request": by_value(contacts.STUDENT_STATES),
}
# By what holds the code: a column, `table.column` where its name says too little, a particular of
# an entry of the log.
VALUES: dict[str, dict[str, object]] = {
    "account_token.purpose": by_value(
        {
            TokenPurpose.CONFIRM: _l("to confirm the e-mail"),
            TokenPurpose.RESET: _l("to set a new password"),
            TokenPurpose.INVITE: _l("to accept an invitation"),
        }
    ),
    "act": CONSENT_ACTS,
    "came_from": STATES["hiring"],
    "degree": by_value(DEGREES),
    "delivery": by_value(DELIVERIES),
    "evidence": STATES["profile"],
    "group": {
        group.value: label.name for labels in GROUPS.values() for group, label in labels.items()
    },
    "level": by_value(LEVELS),
    "mark": STATES["candidate"],
    "moderation_case.kind": by_value(CASE_KINDS),
    "moved_by": by_value(SIDES),
    "origin": by_value(ORIGINS),
    "profile_entry.kind": by_value(ENTRY_KINDS),
    "ready_for": by_value(READINESS),
    "role": by_value(ROLES),
    "side": by_value(SIDES),
    "sight": {"masked": _l("without a name"), "open": _l("with name and contacts")},
    "study_form": by_value(STUDY_FORMS),
    "verdict": by_value(VERDICTS),
}


def reason(code: str) -> object:
    """The phrase for a reason of any side, each feature knows its own; empty for none."""
    known = (
        contacts.reason_label,
        hiring.reason_label,
        applications.application_reason,
        employers.employer_reason_label,
    )
    return next((words for label in known if (words := label(code))), "")
