"""What somebody met on the platform and found to be wrong."""

from __future__ import annotations

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bridge.accounts.models import User
from bridge.contacts.models import ContactRequest, Message
from bridge.database import Model, UtcDateTime, enum_column, utc_now
from bridge.employers.models import Employer
from bridge.personal import CODE, Owner, Personal
from bridge.vacancies.models import Vacancy


class ReportState(enum.StrEnum):
    OPEN = "open"
    NO_BREACH = "no-breach"
    WARNED = "warned"
    CONTACT_CLOSED = "contact-closed"
    SUSPENDED = "suspended"  # the employer


class AbuseReport(Model):
    """`about` names what is reported, such as "message:12": of one person, one open report of one
    thing. The columns behind it are those that lead there: a message has its request too."""

    __tablename__ = "abuse_report"
    __personal__ = Personal(
        "id reporter_id employer_id vacancy_id request_id message_id state created_at decided_at "
        "version",
        Owner("reporter_id", clear="text", download="about reason_code text state created_at"),
        kept={
            "about": "the name of a table and a number",
            "reason_code": CODE,
        },
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reporter_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user.id", ondelete="SET NULL"), index=True
    )
    about: Mapped[str] = mapped_column(sa.String(40))
    # whose act is reported; None: a student's
    employer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("employer.id"), index=True)
    vacancy_id: Mapped[int | None] = mapped_column(sa.ForeignKey("vacancy.id"), index=True)
    request_id: Mapped[int | None] = mapped_column(sa.ForeignKey("contact_request.id"), index=True)
    message_id: Mapped[int | None] = mapped_column(sa.ForeignKey("message.id", ondelete="SET NULL"))
    reason_code: Mapped[str] = mapped_column(sa.String(32))
    text: Mapped[str] = mapped_column(sa.Text)
    state: Mapped[ReportState] = mapped_column(enum_column(ReportState), default=ReportState.OPEN)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    reporter: Mapped[User | None] = relationship(User)
    employer: Mapped[Employer | None] = relationship(Employer)
    vacancy: Mapped[Vacancy | None] = relationship(Vacancy)
    request: Mapped[ContactRequest | None] = relationship(ContactRequest)
    message: Mapped[Message | None] = relationship(Message)

    __table_args__ = (
        sa.Index(
            "uq_abuse_report_open",
            "reporter_id",
            "about",
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        ),
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
