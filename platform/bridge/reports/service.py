"""The verbs of a report: make it, judge it, read the thread that it is about."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from bridge import audit
from bridge.accounts.models import Role, User
from bridge.accounts.queries import is_moderator
from bridge.cases.models import CaseKind
from bridge.cases.service import open_case
from bridge.contacts.endings import close_by_university
from bridge.contacts.models import ContactRequest, Message
from bridge.database import utc_now, writing
from bridge.employers import service as employers
from bridge.employers.models import Employer
from bridge.errors import DomainError
from bridge.extensions import db
from bridge.notices.service import notify, notify_all, settle
from bridge.reports.models import AbuseReport, ReportState
from bridge.reports.notices import DECIDED, MADE, WARNING
from bridge.reports.queries import open_report
from bridge.transitions import transition
from bridge.vacancies.models import Vacancy

# How the suspension of an employer after a report is recorded.
SUSPENSION_REASON = "complaints"
Subject = ContactRequest | Message | Vacancy | Employer


def report(
    subject: Subject, *, actor: User, reason_code: str, text: str, seen_in: Subject | None = None
) -> AbuseReport:
    """Bring `subject` to the university, or find the open report of it that `actor` has made.
    seen_in: the request or vacancy where the actor met the employer that is reported."""
    about = f"{subject.__tablename__}:{subject.id}"
    known = open_report(actor.id, about)
    if known is not None:
        return known
    made = AbuseReport(
        reporter_id=actor.id,
        about=about,
        reason_code=reason_code,
        text=text,
        **{**_leads(seen_in), **_leads(subject)},
    )
    if made.request is not None and actor.role is Role.MEMBER and not isinstance(subject, Employer):
        made.employer = None  # the other side of a contact is a student then
    try:
        with db.session.begin_nested():
            db.session.add(made)
            db.session.flush()
    except IntegrityError:
        # A double click: its first half was faster.
        found = open_report(actor.id, about)
        if found is None:
            raise
        return found
    audit.record("abuse_report.made", made, actor=actor, about=about, reason=reason_code)
    open_case(CaseKind.REPORT, made.id, title=_title(made), employer_id=made.employer_id)
    _tell_staff(made)
    return made


def dismiss(made: AbuseReport, *, actor: User) -> None:
    """There was no breach of the rules."""
    _judge(made, ReportState.NO_BREACH, actor)


def warn(made: AbuseReport, *, actor: User, reason_code: str, note: str) -> None:
    """Tell the other side what it must not do; nothing else changes. The note is that of the
    case, whence the letter takes it."""
    _judge(made, ReportState.WARNED, actor, reason_code)
    _tell_accused(made)


def close_contact(made: AbuseReport, *, actor: User, reason_code: str, note: str) -> None:
    """End the request or the conversation for both sides. DomainError where it has none or it
    has ended."""
    if made.request is None:
        raise DomainError(_l("The report is about no contact that could be closed."))
    _judge(made, ReportState.CONTACT_CLOSED, actor, reason_code)
    close_by_university(made.request, actor=actor)
    _tell_accused(made)


def suspend_employer(made: AbuseReport, *, actor: User, reason_code: str, note: str) -> None:
    """Stop the employer's work on the platform; StaleStateError where it does not work."""
    if made.employer is None:
        raise DomainError(_l("The report is about no enterprise."))
    _judge(made, ReportState.SUSPENDED, actor, reason_code)
    employers.suspend(made.employer, actor=actor, reason_code=SUSPENSION_REASON, note=note)


def note_reading(made: AbuseReport, *, actor: User) -> None:
    """Record, in a transaction of its own, that a member of the staff read the thread."""
    with writing() as session:
        session.add(
            audit.entry("abuse_report.thread-read", made, actor=actor, request=made.request_id)
        )


def _leads(subject: Subject | None) -> dict[str, Any]:
    """The rows that lead to what is reported."""
    if isinstance(subject, Message):
        return {**_leads(subject.request), "message": subject}
    if isinstance(subject, ContactRequest):
        return {"employer": subject.employer, "vacancy": subject.vacancy, "request": subject}
    if isinstance(subject, Vacancy):
        return {"employer": subject.employer, "vacancy": subject}
    return {} if subject is None else {"employer": subject}


def _title(made: AbuseReport) -> str:
    """What the queue shows; names no student."""
    if made.about.startswith("employer:") and made.employer is not None:
        return made.employer.name
    if made.request is not None:
        return f"{made.request.candidate.pseudonym} · {made.request.vacancy.title}"
    return "" if made.vacancy is None else made.vacancy.title


def _judge(made: AbuseReport, to: ReportState, actor: User, reason_code: str = "") -> None:
    transition(
        made,
        to,
        allowed_from=(ReportState.OPEN,),
        actor=actor,
        values={"decided_at": utc_now()},
        reason=reason_code,
    )
    settle(MADE, made)
    if made.reporter is not None:
        notify(made.reporter, DECIDED, made)


def _tell_accused(made: AbuseReport) -> None:
    if made.employer is not None:
        employers.tell_members(made.employer, WARNING, made)
    elif made.request is not None:
        notify(made.request.profile.user, WARNING, made)


def _tell_staff(made: AbuseReport) -> None:
    staff = sa.select(User).where(is_moderator())
    notify_all(db.session.scalars(staff).all(), MADE, made)
