"""What ends elsewhere ends the requests that nobody has answered yet."""

from __future__ import annotations

from bridge import events
from bridge.accounts.models import User
from bridge.blocks.models import EmployerBlock
from bridge.consents.models import Consent, Purpose
from bridge.contacts.endings import close_open, end_pending, hide_contacts
from bridge.contacts.models import EndReason
from bridge.employers.models import Employer
from bridge.students.models import Profile
from bridge.vacancies.models import Vacancy


def on_profile_withdrawn(profile: Profile, *, actor: User | None) -> None:
    end_pending(profile, EndReason.UNAVAILABLE, actor=actor)


def on_vacancy_closed(vacancy: Vacancy, *, actor: User | None) -> None:
    end_pending(vacancy, EndReason.VACANCY_CLOSED, actor=actor)


def on_employer_suspended(employer: Employer, *, actor: User | None) -> None:
    end_pending(employer, EndReason.EMPLOYER_SUSPENDED, actor=actor)


def on_employer_blocked(block: EmployerBlock, *, actor: User | None) -> None:
    """To the employer it is as if the profile were hidden from everybody."""
    end_pending(block, EndReason.UNAVAILABLE, actor=actor)


def on_account_deactivated(user: User, *, actor: User | None) -> None:
    """Who cannot sign in cannot answer."""
    if user.profile is not None:
        end_pending(user.profile, EndReason.UNAVAILABLE, actor=actor)


def on_account_erasing(user: User, *, actor: User | None) -> None:
    """The other side learns that nobody is there any more."""
    if user.profile is not None:
        close_open(user.profile, EndReason.ACCOUNT_ERASED, actor=actor)


def on_consent_withdrawn(consent: Consent, *, actor: User) -> None:
    """The enterprise no longer sees who the student is."""
    if consent.document.purpose is Purpose.CONTACT and consent.subject_id is not None:
        hide_contacts(consent.subject_id, actor=actor)


def connect() -> None:
    """Connecting twice is the same as once."""
    events.profile_withdrawn.connect(on_profile_withdrawn)
    events.vacancy_closed.connect(on_vacancy_closed)
    events.employer_suspended.connect(on_employer_suspended)
    events.employer_blocked.connect(on_employer_blocked)
    events.account_deactivated.connect(on_account_deactivated)
    events.account_erasing.connect(on_account_erasing)
    events.consent_withdrawn.connect(on_consent_withdrawn)
