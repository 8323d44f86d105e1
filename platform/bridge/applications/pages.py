"""What the employer's pages show of those who have applied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bridge.applications.models import Application
from bridge.candidates.cards import CandidateCard, cards
from bridge.candidates.ranking import Ranking
from bridge.database import utc_now
from bridge.students.models import EntryKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """The person behind an application that waits or was answered with an invitation."""

    name: str
    email: str
    phone: str
    messenger: str
    links: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Ranked:
    """An application with its student's card; None where the profile left the search."""

    application: Application
    card: CandidateCard | None

    @property
    def is_overdue(self) -> bool:
        return self.application.due_at <= utc_now()


def open_name(application: Application) -> str:
    """The student's name, empty where it is not open any more."""
    return application.profile.user.name if application.is_opened else ""


def applicant(application: Application) -> Applicant | None:
    """None where nothing of the person is open any more."""
    if not application.is_opened:
        return None
    profile = application.profile
    return Applicant(
        name=profile.user.name,
        email=profile.user.email,
        phone=profile.phone,
        messenger=profile.messenger,
        links=tuple(
            (entry.title, entry.url) for entry in profile.entries_of(EntryKind.LINK) if entry.url
        ),
    )


def ranked(ranking: Ranking, applications: Sequence[Application]) -> list[Ranked]:
    """The applications in the order of the match, with its reasons; those whose profile has left
    the search come last."""
    hits = ranking.of_profiles([one.profile_id for one in applications]) if applications else ()
    found = {card.pseudonym: card for card in cards(ranking, hits)}
    both = [Ranked(one, found.get(one.candidate.pseudonym)) for one in applications]
    return sorted(both, key=lambda one: one.card.position or 0 if one.card else len(both) + 1)
