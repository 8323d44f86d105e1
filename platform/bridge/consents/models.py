"""Documents that people consent to, one for each purpose, and what proves that they did."""

from __future__ import annotations

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bridge.database import Model, UtcDateTime, enum_column, utc_now
from bridge.personal import CODE, Owner, Personal


class Purpose(enum.StrEnum):
    ACCOUNT = "account"  # students: keeping an account and a profile
    FOUND = "found"  # students: being found by partner enterprises, without a name
    CONTACT = "contact"  # students: opening name and contacts to one enterprise that asks
    APPLICATION = "application"  # students: opening them by an application of their own
    NAMED = "named"  # students: being found by name where the university has opened a vacancy
    MEMBER = "member"  # representatives of enterprises: keeping an account


# Without these there is no account of the kind; the others are asked when they are needed.
OF_ACCOUNTS = (Purpose.ACCOUNT, Purpose.MEMBER)


class ConsentDocument(Model):
    """One version of the document of a purpose. A draft can be edited; once published it stays as
    it is, and a change is a new version. `digest` is the SHA-256 of the four texts. People who
    agreed to an earlier version have until `due_at` to agree to this one."""

    __tablename__ = "consent_document"
    __personal__ = Personal(
        "id purpose number title_ru title_en text_ru text_en digest created_at published_at due_at "
        "version"
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[Purpose] = mapped_column(enum_column(Purpose))
    number: Mapped[int]
    title_ru: Mapped[str] = mapped_column(sa.String(200))
    title_en: Mapped[str] = mapped_column(sa.String(200))
    text_ru: Mapped[str] = mapped_column(sa.Text)
    text_en: Mapped[str] = mapped_column(sa.Text)
    digest: Mapped[str] = mapped_column(sa.String(64), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (sa.UniqueConstraint("purpose", "number"),)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    def name(self, locale: str) -> str:
        return self.title_ru if locale == "ru" else self.title_en

    def text(self, locale: str) -> str:
        return self.text_ru if locale == "ru" else self.text_en


class Consent(Model):
    """The receipt: who agreed to which version, when and by which act of theirs. A consent to open
    the contacts is for one contact request or one application, whose number is `subject_id`."""

    __tablename__ = "consent"
    __personal__ = Personal(
        "id user_id document_id subject_id given_at withdrawn_at",
        Owner("user_id"),
        kept={"act": CODE},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), index=True)
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("consent_document.id"), index=True)
    subject_id: Mapped[int | None]
    act: Mapped[str] = mapped_column(sa.String(32))
    given_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    document: Mapped[ConsentDocument] = relationship(ConsentDocument)
