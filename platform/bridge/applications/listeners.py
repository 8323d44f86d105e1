"""What ends elsewhere ends the applications that wait."""

from __future__ import annotations

from bridge import events
from bridge.accounts.models import User
from bridge.applications.models import Application
from bridge.applications.service import (
    close_without_consent,
    end_waiting,
    refuse_request_to_applicant,
)
from bridge.blocks.models import EmployerBlock
from bridge.consents.models import Consent, Purpose
from bridge.contacts.models import ContactRequest, EndReason
from bridge.employers.models import Employer
from bridge.extensions import db
from bridge.students.models import Profile
from bridge.vacancies.models import Vacancy


def on_profile_withdrawn(profile: Profile, *, actor: User | None) -> None:
    end_waiting(profile, EndReason.UNAVAILABLE, actor=actor)


def on_employer_blocked(block: EmployerBlock, *, actor: User | None) -> None:
    end_waiting(block, EndReason.UNAVAILABLE, actor=actor)


def on_vacancy_closed(vacancy: Vacancy, *, actor: User | None) -> None:
    end_waiting(vacancy, EndReason.VACANCY_CLOSED, actor=actor)


def on_employer_suspended(employer: Employer, *, actor: User | None) -> None:
    end_waiting(employer, EndReason.EMPLOYER_SUSPENDED, actor=actor)


def on_account_deactivated(user: User, *, actor: User | None) -> None:
    if user.profile is not None:
        end_waiting(user.profile, EndReason.UNAVAILABLE, actor=actor)


def on_consent_withdrawn(consent: Consent, *, actor: User) -> None:
    if consent.document.purpose is Purpose.APPLICATION and consent.subject_id is not None:
        application = db.session.get_one(Application, consent.subject_id)
        close_without_consent(application, actor=actor)


def on_contact_requested(request: ContactRequest, *, actor: User | None) -> None:
    refuse_request_to_applicant(request)


def connect() -> None:
    """Connecting twice is the same as once."""
    events.profile_withdrawn.connect(on_profile_withdrawn)
    events.employer_blocked.connect(on_employer_blocked)
    events.vacancy_closed.connect(on_vacancy_closed)
    events.employer_suspended.connect(on_employer_suspended)
    events.account_deactivated.connect(on_account_deactivated)
    events.contact_requested.connect(on_contact_requested)
    events.consent_withdrawn.connect(on_consent_withdrawn)
