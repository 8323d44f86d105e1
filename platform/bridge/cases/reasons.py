"""Why a case was returned or rejected: a code to count by, a phrase for the author to read."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from bridge.cases.models import CaseKind

OTHER = "other"

REASONS: dict[CaseKind, dict[str, object]] = {
    CaseKind.EMPLOYER: {
        "details-wrong": _l("The details of the enterprise do not agree"),
        "contact-missing": _l("The contact person cannot be reached"),
        "site-missing": _l("The site does not open or belongs to somebody else"),
        "not-partner": _l("The university does not work with this enterprise"),
        "duplicate": _l("The enterprise is already on the platform"),
        OTHER: _l("Another reason"),
    },
    CaseKind.VACANCY: {
        "unclear-duties": _l("It is not clear what the work is"),
        "pay-unclear": _l("The pay or the conditions are unclear"),
        "skills-excessive": _l("More is required than the work needs"),
        "wrong-kind": _l("The kind of vacancy is wrong"),
        "discrimination": _l("The requirements are discriminatory"),
        "duplicate-vacancy": _l("There already is such a vacancy"),
        "not-for-students": _l("It does not suit students and graduates"),
        OTHER: _l("Another reason"),
    },
    CaseKind.CONTACT: {
        "message-empty": _l("The message does not say what is offered"),
        "message-improper": _l("The tone or content of the message is improper"),
        "contacts-in-message": _l("The message carries contacts that bypass the platform"),
        "other-vacancy": _l("The message is about another vacancy"),
        "too-many": _l("Too many requests at once"),
        OTHER: _l("Another reason"),
    },
    CaseKind.SKILL: {
        "skill-exists": _l("The vocabulary has this skill under another name"),
        "skill-unclear": _l("It is not clear what skill is meant"),
        "not-a-skill": _l("This is not a skill"),
        OTHER: _l("Another reason"),
    },
    CaseKind.REPORT: {
        "insult": _l("Rude, insulting or threatening words"),
        "spam": _l("Mass messages or advertising"),
        "asks-money": _l("Money is asked for"),
        "asks-data": _l("Documents or data are asked for that the work does not need"),
        "bypass": _l("One is led away from the platform"),
        "false-offer": _l("The work is not what was promised"),
        "unfair": _l("Discrimination"),
        OTHER: _l("Another reason"),
    },
}

_LABELS = {code: label for reasons in REASONS.values() for code, label in reasons.items()}


def reason_label(code: str) -> object:
    """The phrase for a code of any kind, empty for no code or an unknown one."""
    return _LABELS.get(code, "")
