"""The verbs of an application: the student applies or withdraws, the employer answers."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from bridge import audit
from bridge.accounts.models import User
from bridge.applications import notices, pausing
from bridge.applications.labels import RefusalReason
from bridge.applications.models import Application, ApplicationState
from bridge.blocks.models import EmployerBlock
from bridge.blocks.queries import is_blocked
from bridge.candidates.models import Candidate
from bridge.candidates.ranking import Ranking
from bridge.cases.service import after_working_days
from bridge.consents import service as consents
from bridge.consents.models import ConsentDocument, Purpose
from bridge.contacts import service as contacts
from bridge.contacts.endings import hide_contacts
from bridge.contacts.models import ContactRequest, EndReason, RequestState
from bridge.contacts.queries import concerns
from bridge.database import utc_now
from bridge.employers.models import Employer
from bridge.errors import DomainError
from bridge.extensions import db
from bridge.limits.service import APPLICATION_ANSWER_DAYS, limit
from bridge.students.models import Profile
from bridge.transitions import transition
from bridge.vacancies.models import Vacancy

SENT = (ApplicationState.SENT,)


class AlreadyAppliedError(DomainError):
    status = 409
    message = _l("You have already applied for this vacancy.")


def apply(
    candidate: Candidate,
    message: str,
    *,
    actor: User,
    agreed: ConsentDocument | None = None,
) -> Application:
    """The student behind `candidate` applies: name, contacts and profile open to the employer.
    agreed: the document that the student has read and ticked, where there is one.

    A request of the employer's that has not reached the student yet ends with it. Raises
    DomainError where the vacancy or the profile does not allow it, AlreadyAppliedError,
    ConsentNeededError.
    """
    _check(candidate)
    application = Application(
        candidate=candidate,
        vacancy=candidate.vacancy,
        profile=candidate.profile,
        employer=candidate.vacancy.employer,
        message=message,
        due_at=after_working_days(utc_now(), limit(APPLICATION_ANSWER_DAYS)),
    )
    try:
        with db.session.begin_nested():
            db.session.add(application)
            db.session.flush()
    except IntegrityError as error:
        raise AlreadyAppliedError from error
    if agreed is not None:
        consents.give(actor, agreed, act="application", subject_id=application.id)
        db.session.flush()
    consents.require(actor, Purpose.APPLICATION, application.id)
    audit.record("application.sent", application, actor=actor, opened=list(contacts.OPENED))
    _end_unheard(candidate, actor)
    notices.to_employer(application, "sent")
    return application


def withdraw(application: Application, *, actor: User) -> None:
    """The student takes it back; what the employer has seen stays on record."""
    _move(application, ApplicationState.WITHDRAWN, actor=actor, ended_at=utc_now())
    notices.to_employer(application, "withdrawn")


def close_without_consent(application: Application, *, actor: User) -> None:
    """The student has withdrawn the consent: what waits is taken back, what came of an invitation
    is hidden."""
    if application.state in SENT:
        withdraw(application, actor=actor)
    elif application.request_id is not None:
        hide_contacts(application.request_id, actor=actor)


def invite(application: Application, message: str, *, actor: User) -> ContactRequest:
    """The employer wants to talk: the thread opens as that of an accepted request."""
    _move(application, ApplicationState.INVITED, actor=actor, answered_at=utc_now())
    request = contacts.open_invited(application.candidate, message, actor=actor)
    application.request = request
    db.session.flush()
    notices.to_student(application, "invited")
    return request


def decline(
    application: Application, *, actor: User, reason_code: RefusalReason, note: str = ""
) -> None:
    """The employer says no, in kind words: the letter has them. `note` is for the student."""
    _move(
        application,
        ApplicationState.DECLINED,
        actor=actor,
        answered_at=utc_now(),
        reason_code=reason_code.value,
        note=note,
    )
    notices.to_student(application, "declined")


def end_waiting(
    subject: Profile | Vacancy | Employer | EmployerBlock, reason: EndReason, *, actor: User | None
) -> None:
    """End every application of `subject` that waits; the student is told where it is not the
    student's own doing, the employer where it is."""
    waiting = sa.select(Application).where(
        concerns(subject, Application), Application.state.in_(SENT)
    )
    locked = waiting.order_by(Application.id).with_for_update(of=Application)
    for application in db.session.scalars(locked, execution_options={"populate_existing": True}):
        _move(
            application,
            ApplicationState.ENDED,
            actor=actor,
            reason_code=reason.value,
            ended_at=utc_now(),
        )
        if reason is EndReason.UNAVAILABLE:
            notices.to_employer(application, "withdrawn")
        else:
            notices.to_student(application, "ended")


def refuse_request_to_applicant(request: ContactRequest) -> None:
    """Whoever has applied is answered, not asked; told inside the request's transaction."""
    waits = sa.exists().where(
        Application.candidate_id == request.candidate_id, Application.state.in_(SENT)
    )
    if db.session.scalar(sa.select(waits)):
        raise contacts.AlreadyRequestedError(
            _l("The candidate has applied for this vacancy: answer the application.")
        )


def _check(candidate: Candidate) -> None:
    """Lock what the application rests on; the profile's lock also keeps a request apart that the
    employer is making right now."""
    vacancy, profile = candidate.vacancy, candidate.profile
    for subject in (vacancy.employer, vacancy):
        db.session.refresh(subject, with_for_update={"read": True, "of": type(subject)})
    db.session.refresh(profile, with_for_update={"of": Profile})
    if not vacancy.is_open:
        raise DomainError(_l("This vacancy takes no more applications."))
    if not profile.is_findable:
        raise DomainError(_l("Publish and confirm your profile first: the employer reads it."))
    if is_blocked(profile.id, vacancy.employer_id):
        raise DomainError(_l("You have blocked this enterprise. Unblock it first."))
    if not Ranking(vacancy).is_eligible(profile.id):
        raise DomainError(_l("You do not meet the conditions of this vacancy."))
    if _has(ContactRequest.candidate_id == candidate.id, ContactRequest.state.in_(HEARD)):
        raise DomainError(_l("This enterprise has already written to you: answer its request."))
    refused = Application.state.in_((*SENT, ApplicationState.INVITED, ApplicationState.DECLINED))
    if _has(Application.candidate_id == candidate.id, refused):
        raise AlreadyAppliedError


# A request in one of these has reached the student.
HEARD = (RequestState.APPROVED, RequestState.ACCEPTED)
UNHEARD = (RequestState.REQUESTED, RequestState.RETURNED, RequestState.QUEUED)


def _end_unheard(candidate: Candidate, actor: User) -> None:
    unheard = sa.select(ContactRequest.id).where(
        ContactRequest.candidate_id == candidate.id, ContactRequest.state.in_(UNHEARD)
    )
    for request in contacts.lock_pending(tuple(db.session.scalars(unheard))):
        contacts.end(request, EndReason.APPLIED, actor=actor)


def _has(*conditions: sa.ColumnElement[bool]) -> bool:
    return bool(db.session.scalar(sa.select(sa.exists().where(*conditions))))


def _move(
    application: Application, to: ApplicationState, *, actor: User | None, **values: Any
) -> None:
    reason = {"reason": values["reason_code"]} if values.get("reason_code") else {}
    transition(application, to, allowed_from=SENT, actor=actor, values=values, **reason)
    notices.no_longer_asks_employer(application)
    pausing.resume_if_answered(application.vacancy)
