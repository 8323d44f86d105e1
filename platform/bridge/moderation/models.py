"""What staff keep for their answers."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bridge.cases.models import CaseKind
from bridge.database import Model, enum_column
from bridge.personal import Personal


class AnswerTemplate(Model):
    """A ready text for one reason of one kind of case, in both languages: the author of the case
    gets it in their own."""

    __tablename__ = "answer_template"
    __personal__ = Personal("id kind reason_code title text_ru text_en version")

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[CaseKind] = mapped_column(enum_column(CaseKind), index=True)
    reason_code: Mapped[str] = mapped_column(sa.String(32))
    title: Mapped[str] = mapped_column(sa.String(80))
    text_ru: Mapped[str] = mapped_column(sa.Text)
    text_en: Mapped[str] = mapped_column(sa.Text)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    def text(self, locale: str) -> str:
        return self.text_ru if locale == "ru" else self.text_en
