"""Courses from a table, one a row; the rules are those of the form."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from bridge.extensions import db
from bridge.imports import Outcome, RowError, first_error
from bridge.skills import courses
from bridge.skills.courses import CourseContent
from bridge.skills.forms import CourseForm
from bridge.skills.models import Course
from bridge.tables import Row
from bridge.uploads.kinds import Kind

COLUMNS: dict[str, tuple[str, ...]] = {
    "name_ru": ("Название", "Дисциплина", "Курс", "Название по-русски", "name"),
    "teaches": ("Навыки", "Чему учит", "skills"),
    "name_en": ("Название по-английски", "name in English"),
    "place_ru": ("Где и когда", "Кафедра", "place"),
    "place_en": ("Где и когда по-английски", "place in English"),
    "url": ("Страница", "Ссылка", "Адрес страницы", "page"),
}
REQUIRED = ("name_ru", "teaches")


class CourseImport:
    """Takes rows over, one call a row; remembers which names the file had. A course is known by its
    Russian name; what the file has no column for stays as it is."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    def __call__(self, row: Row) -> Outcome:
        """RowError names the column and what is wrong with it."""
        name = " ".join(row.values["name_ru"].split())
        course = _find(name)
        content = _content(course, {**row.values, "name_ru": name})
        first = self._seen.setdefault(name, row.number)
        if first != row.number:
            raise RowError(_("the same as in row %(number)s", number=first), "name_ru")
        if course is None:
            courses.add(content, actor=None)
            return Outcome.CREATED
        changed = courses.change(course, content, actor=None)
        return Outcome.UPDATED if changed else Outcome.UNCHANGED


def _find(name: str) -> Course | None:
    """The course that students see under the name; RowError where there are several."""
    found = db.session.scalars(
        sa.select(Course).where(Course.name_ru == name, Course.removed_at.is_(None)).limit(2)
    ).all()
    if len(found) > 1:
        raise RowError(_("several courses are called so: give them names of their own"), "name_ru")
    return found[0] if found else None


def _content(course: Course | None, values: Mapping[str, str]) -> CourseContent:
    """The row as the form would have sent it, checked as the form checks."""
    present = CourseForm.of(course).data if course is not None else {}
    sent = {name: values.get(name, present.get(name) or "") for name in COLUMNS}
    form = CourseForm(formdata=MultiDict(sent), meta={"csrf": False})
    if not form.validate():
        column, reason = first_error(form.errors)
        raise RowError(reason, column)
    return form.content()


KIND = Kind("courses", COLUMNS, REQUIRED, lambda _upload: CourseImport())
