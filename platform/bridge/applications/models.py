"""A student applies for a vacancy; the employer owes an answer."""

from __future__ import annotations

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bridge.candidates.models import Candidate
from bridge.contacts.models import ContactRequest
from bridge.database import Model, UtcDateTime, enum_column, utc_now
from bridge.employers.models import Employer
from bridge.personal import CODE, Owner, Personal
from bridge.students.models import Profile
from bridge.vacancies.models import Vacancy


class ApplicationState(enum.StrEnum):
    SENT = "sent"  # waits for the employer
    INVITED = "invited"  # by the employer: `request` holds the open contact
    DECLINED = "declined"  # by the employer
    WITHDRAWN = "withdrawn"  # by the student
    ENDED = "ended"  # the ground is gone: see reason_code


# In these the employer sees who it is; an application that is over hides its student again.
OPENED = (ApplicationState.SENT, ApplicationState.INVITED)


class Application(Model):
    """To send it is the student's consent to show name, contacts and profile to this employer for
    this vacancy. `message` is what the employer reads, `note` what the student reads."""

    __tablename__ = "application"
    __personal__ = Personal(
        "id candidate_id vacancy_id profile_id employer_id request_id state due_at reminded_at "
        "created_at answered_at ended_at version",
        Owner("profile_id.user_id", clear="message note"),
        kept={"reason_code": CODE},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    candidate_id: Mapped[int] = mapped_column(sa.ForeignKey("candidate.id"), index=True)
    vacancy_id: Mapped[int] = mapped_column(sa.ForeignKey("vacancy.id"), index=True)
    profile_id: Mapped[int] = mapped_column(sa.ForeignKey("profile.id"), index=True)
    employer_id: Mapped[int] = mapped_column(sa.ForeignKey("employer.id"), index=True)
    request_id: Mapped[int | None] = mapped_column(sa.ForeignKey("contact_request.id"))
    message: Mapped[str] = mapped_column(sa.Text)
    state: Mapped[ApplicationState] = mapped_column(
        enum_column(ApplicationState), default=ApplicationState.SENT, index=True
    )
    reason_code: Mapped[str] = mapped_column(sa.String(32), default="")
    note: Mapped[str] = mapped_column(sa.Text, default="")
    # when the employer should have answered
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    # by the employer: an invitation or a refusal
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # without an answer: the student took it back, or the ground was gone
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    candidate: Mapped[Candidate] = relationship(Candidate)
    vacancy: Mapped[Vacancy] = relationship(Vacancy)
    profile: Mapped[Profile] = relationship(Profile)
    employer: Mapped[Employer] = relationship(Employer)
    request: Mapped[ContactRequest | None] = relationship(ContactRequest)

    __table_args__ = (
        # Of a double click one stays: the database decides.
        sa.Index(
            "uq_application_live",
            "vacancy_id",
            "profile_id",
            unique=True,
            sqlite_where=sa.text("state IN ('sent', 'invited')"),
            postgresql_where=sa.text("state IN ('sent', 'invited')"),
        ),
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def is_opened(self) -> bool:
        """The employer sees who it is: until it is over or the student withdraws the consent."""
        hidden = self.request is not None and self.request.hidden_at is not None
        return self.state in OPENED and not hidden
