"""The contact in three consents: the employer asks, the university approves, the student agrees."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bridge.accounts.models import User
from bridge.candidates.models import Candidate
from bridge.database import Model, UtcDateTime, enum_column, utc_now
from bridge.employers.models import Employer
from bridge.personal import CODE, Owner, Personal
from bridge.students.models import Profile
from bridge.vacancies.models import Vacancy


class RequestState(enum.StrEnum):
    REQUESTED = "requested"  # waits for staff
    RETURNED = "returned"  # waits for the employer's change
    REJECTED = "rejected"  # by staff
    QUEUED = "queued"  # approved by staff, waits until the student's week has room
    APPROVED = "approved"  # delivered: waits for the student
    DECLINED = "declined"  # by the student
    ACCEPTED = "accepted"  # names and thread are open
    WITHDRAWN = "withdrawn"  # by the employer
    EXPIRED = "expired"  # the student did not answer in time
    ENDED = "ended"  # the ground is gone or a term has passed: see reason_code
    CLOSED = "closed"  # the thread is finished


class DeclineReason(enum.StrEnum):
    """Why the student said no; the employer sees the label, never the student's own words."""

    NOT_INTERESTED = "not-interested"
    BUSY = "busy"
    OTHER_OFFER = "other-offer"
    CONDITIONS = "conditions"
    OTHER = "other"


class EndReason(enum.StrEnum):
    """What ended a request or a conversation from outside."""

    # Whatever made the student unavailable: what it was is not the employer's to know.
    UNAVAILABLE = "unavailable"
    VACANCY_CLOSED = "vacancy-closed"
    EMPLOYER_SUSPENDED = "employer-suspended"
    BREACH = "breach"
    # the employer did not change a returned request in time
    NOT_CHANGED = "not-changed"
    # the student has applied, which needs no request
    APPLIED = "applied"
    # the student's weeks had no room for it
    NOT_DELIVERED = "not-delivered"
    ACCOUNT_ERASED = "account-erased"
    EXPIRED = "expired"
    CONSENT_WITHDRAWN = "consent-withdrawn"


class Side(enum.StrEnum):
    """Of an accepted request."""

    EMPLOYER = "employer"
    STUDENT = "student"


class FileKind(enum.StrEnum):
    PDF = "pdf"
    DOCX = "docx"
    PNG = "png"
    JPEG = "jpeg"
    TXT = "txt"


# one of these a student and vacancy at a time
PENDING = (
    RequestState.REQUESTED,
    RequestState.RETURNED,
    RequestState.QUEUED,
    RequestState.APPROVED,
)
LIVE = (*PENDING, RequestState.ACCEPTED)
# A request in one of these leaves no room for another to the same student for the same vacancy:
# it is under way, was declined or left unanswered, or has opened the contacts.
FINAL = (*LIVE, RequestState.DECLINED, RequestState.EXPIRED, RequestState.CLOSED)
_LIVE_ROWS = sa.text(f"state IN ({', '.join(repr(state.value) for state in LIVE)})")


class ContactRequest(Model):
    """`message` is what the student will read. The student's private words to the university
    about a refusal are in `student_note` and never shown to the employer."""

    __tablename__ = "contact_request"
    __personal__ = Personal(
        "id candidate_id vacancy_id profile_id employer_id requested_by_id state due_at created_at "
        "changed_at is_from_application delivered_at reminded_at accepted_at hidden_at version",
        Owner("profile_id.user_id", clear="message note student_note basis inputs"),
        Owner("requested_by_id", download="vacancy_id message state created_at changed_at"),
        kept={"reason_code": CODE},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    candidate_id: Mapped[int] = mapped_column(sa.ForeignKey("candidate.id"), index=True)
    vacancy_id: Mapped[int] = mapped_column(sa.ForeignKey("vacancy.id"), index=True)
    profile_id: Mapped[int] = mapped_column(sa.ForeignKey("profile.id"), index=True)
    employer_id: Mapped[int] = mapped_column(sa.ForeignKey("employer.id"), index=True)
    requested_by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user.id", ondelete="SET NULL")
    )
    message: Mapped[str] = mapped_column(sa.Text)
    state: Mapped[RequestState] = mapped_column(
        enum_column(RequestState), default=RequestState.REQUESTED, index=True
    )
    # of the last step that has one
    reason_code: Mapped[str] = mapped_column(sa.String(32), default="")
    # what staff wrote to the employer when returning or rejecting
    note: Mapped[str] = mapped_column(sa.Text, default="")
    student_note: Mapped[str] = mapped_column(sa.Text, default="")
    # when the present step should be done
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # score, rank, algorithm and profile version at the time of asking
    basis: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    # what the score was made of, as `matching.replay` reads it; personal, so erased with the basis
    inputs: Mapped[bytes | None] = mapped_column(sa.LargeBinary, deferred=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    # the student had applied and was invited: the employer never asked
    is_from_application: Mapped[bool] = mapped_column(default=False)
    # since then the student knows of it
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # of the present step: a reminder was sent
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # the student has withdrawn the consent to this contact
    hidden_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    candidate: Mapped[Candidate] = relationship(Candidate)
    vacancy: Mapped[Vacancy] = relationship(Vacancy)
    profile: Mapped[Profile] = relationship(Profile)
    employer: Mapped[Employer] = relationship(Employer)
    requested_by: Mapped[User | None] = relationship(User)
    messages: Mapped[list[Message]] = relationship(
        back_populates="request", order_by="Message.id", cascade="all, delete-orphan"
    )

    __table_args__ = (
        # A double click or two colleagues at once leave one live request: the database decides.
        sa.Index(
            "uq_contact_request_live",
            "vacancy_id",
            "profile_id",
            unique=True,
            sqlite_where=_LIVE_ROWS,
            postgresql_where=_LIVE_ROWS,
        ),
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @hybrid_property
    def is_open(self) -> bool:
        """Names and contacts are known to both sides; what was opened stays recorded, and shown
        until the student withdraws the consent."""
        return self.accepted_at is not None and self.hidden_at is None

    @is_open.inplace.expression
    @classmethod
    def _is_open(cls) -> sa.ColumnElement[bool]:
        return sa.and_(cls.accepted_at.is_not(None), cls.hidden_at.is_(None))

    @hybrid_property
    def goes_on(self) -> bool:
        """The contact is open and was not closed for good: a conversation that one of its two sides
        has finished may still lead to an interview."""
        ended = self.state is RequestState.CLOSED and self.reason_code in set(EndReason)
        return self.is_open and not ended

    @goes_on.inplace.expression
    @classmethod
    def _goes_on(cls) -> sa.ColumnElement[bool]:
        ended = sa.and_(cls.state == RequestState.CLOSED, cls.reason_code.in_(set(EndReason)))
        return sa.and_(cls.is_open, sa.not_(ended))


class Message(Model):
    """Plain text in the thread of an accepted request."""

    __tablename__ = "message"
    # What a representative wrote is the student's correspondence too: the author's name goes, the
    # words stay as long as the student does.
    __personal__ = Personal(
        "id request_id author_id created_at",
        Owner("request_id.profile_id.user_id", clear="text"),
        Owner("author_id", download="text created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(
        sa.ForeignKey("contact_request.id", ondelete="CASCADE"), index=True
    )
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    text: Mapped[str] = mapped_column(sa.Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

    request: Mapped[ContactRequest] = relationship(back_populates="messages")
    author: Mapped[User | None] = relationship(User)
    files: Mapped[list[MessageFile]] = relationship(
        order_by="MessageFile.id", cascade="all, delete-orphan"
    )


class MessageFile(Model):
    """A file of a message, as it was checked: `kind` is what it is, whatever it was called. In the
    database, so that a backup has it, erasure finds it and no server hands it out by itself."""

    __tablename__ = "message_file"
    __personal__ = Personal(
        "id message_id name kind size content",
        Owner("message_id.request_id.profile_id.user_id", delete=True),
        Owner("message_id.author_id", download="id name kind size content"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(
        sa.ForeignKey("message.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(sa.String(100))
    kind: Mapped[FileKind] = mapped_column(enum_column(FileKind))
    size: Mapped[int] = mapped_column()
    # megabytes: read only where the file is handed out
    content: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)


class ThreadRead(Model):
    """How far a side has read: up to the message of that number."""

    __tablename__ = "thread_read"
    __personal__ = Personal(
        "request_id side message_id read_at",
        Owner("request_id.profile_id.user_id", delete=True),
    )

    request_id: Mapped[int] = mapped_column(
        sa.ForeignKey("contact_request.id", ondelete="CASCADE"), primary_key=True
    )
    side: Mapped[Side] = mapped_column(enum_column(Side), primary_key=True)
    message_id: Mapped[int] = mapped_column()
    read_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class Attention(Model):
    """How many requests a student lets through. No row: as many a week as the university sets.
    The row is also what deliveries to the student lock, so that they come one after another."""

    __tablename__ = "attention"
    __personal__ = Personal(
        "profile_id requests_a_week is_paused version", Owner("profile_id.user_id", delete=True)
    )

    profile_id: Mapped[int] = mapped_column(
        sa.ForeignKey("profile.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    # fewer than the university's limit; None: the limit itself
    requests_a_week: Mapped[int | None]
    is_paused: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
