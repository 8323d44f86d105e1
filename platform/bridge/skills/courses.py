"""Courses of the university: the verbs, and which of them teach a skill."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from bridge import audit
from bridge.accounts.models import User
from bridge.database import utc_now
from bridge.extensions import db
from bridge.repeats import await_first_click, just_made
from bridge.skills.models import Course, CourseSkill, Skill


@dataclass(frozen=True, slots=True)
class CourseContent:
    """What staff say of a course; what is empty in English is as in Russian."""

    name_ru: str
    name_en: str
    place_ru: str
    place_en: str
    url: str
    skills: Sequence[Skill]


def add(content: CourseContent, *, actor: User | None) -> Course:
    """A course, or the same one where a double click sends it again."""
    course = Course()
    _write(course, content)
    if actor is not None and (repeated := _repeated(course, actor)) is not None:
        return repeated
    db.session.add(course)
    audit.record("course.added", course, actor=actor)
    return course


def _repeated(course: Course, actor: User) -> Course | None:
    await_first_click(actor)
    alike = sa.select(Course).where(
        Course.name_ru == course.name_ru, Course.removed_at.is_(None), just_made(Course.created_at)
    )
    content = _content_of(course)
    return next((one for one in db.session.scalars(alike) if _content_of(one) == content), None)


def change(course: Course, content: CourseContent, *, actor: User | None) -> bool:
    """Whether it says anything new. StaleDataError at the flush where somebody changed it
    meanwhile."""
    before = _content_of(course)
    _write(course, content)
    if _content_of(course) == before:
        return False
    audit.record("course.changed", course, actor=actor)
    return True


def remove(course: Course, *, actor: User) -> None:
    """Students see it no longer; it can be taken back."""
    if course.removed_at is None:
        course.removed_at = utc_now()
        audit.record("course.removed", course, actor=actor)


def restore(course: Course, *, actor: User) -> None:
    if course.removed_at is not None:
        course.removed_at = None
        audit.record("course.restored", course, actor=actor)


def _content_of(course: Course) -> CourseContent:
    texts = (course.name_ru, course.name_en, course.place_ru, course.place_en, course.url)
    return CourseContent(*texts, skills=sorted(course.skills, key=lambda skill: skill.id))


def _write(course: Course, content: CourseContent) -> None:
    course.name_ru, course.name_en = content.name_ru, content.name_en or content.name_ru
    course.place_ru, course.place_en = content.place_ru, content.place_en or content.place_ru
    course.url = content.url
    course.skills = list(content.skills)


def find_courses(text: str = "") -> sa.Select[Course]:
    """What is taught, by name; text: a part of the name, of the place or of a skill's name."""
    found = (
        sa.select(Course)
        .where(Course.removed_at.is_(None))
        .options(selectinload(Course.skills))
        .order_by(Course.name_ru, Course.id)
    )
    if not text:
        return found
    taught = Course.skills.any(
        Skill.name_ru.icontains(text, autoescape=True)
        | Skill.name_en.icontains(text, autoescape=True)
    )
    columns = (Course.name_ru, Course.name_en, Course.place_ru, Course.place_en)
    return found.where(sa.or_(taught, *(one.icontains(text, autoescape=True) for one in columns)))


def teaching(skill_ids: Collection[int]) -> dict[int, list[Course]]:
    """The courses that teach each of these skills, in one query."""
    found: dict[int, list[Course]] = defaultdict(list)
    if not skill_ids:
        return found
    rows = db.session.execute(
        sa.select(CourseSkill.skill_id, Course)
        .join(Course, Course.id == CourseSkill.course_id)
        .where(CourseSkill.skill_id.in_(skill_ids), Course.removed_at.is_(None))
        .order_by(Course.name_ru, Course.id)
    )
    for skill_id, course in rows:
        found[skill_id].append(course)
    return found
