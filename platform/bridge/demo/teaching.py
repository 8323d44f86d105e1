"""What the demo university teaches, and whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bridge.accounts.models import User
from bridge.database import as_of
from bridge.demo import content
from bridge.demo.chance import SEED, Chance
from bridge.extensions import db
from bridge.skills import courses
from bridge.skills.courses import CourseContent
from bridge.skills.models import Skill
from bridge.uploads.models import TableUpload, UploadState


def add_courses(skills: Mapping[str, Skill], actor: User) -> None:
    """skills: by slug."""
    for entry in content.read("courses.toml")["courses"]:
        courses.add(
            CourseContent(
                name_ru=entry["ru"],
                name_en=entry["en"],
                place_ru=entry["place_ru"],
                place_en=entry["place_en"],
                url="",
                skills=[skills[slug] for slug in entry["skills"]],
            ),
            actor=actor,
        )


def add_tables(students: int, actor: User) -> None:
    """The lists of the autumn, taken over but for two rows and one."""
    _taken_over(
        "students",
        students,
        [
            {"row": 118, "column": "Почта", "reason": "это не адрес электронной почты"},
            {"row": 302, "column": "Курс", "reason": "курс — от 1 до 6"},
        ],
        actor,
    )
    unknown = "Словарь не знает: основы научных исследований."
    refused = [{"row": 9, "column": "Навыки", "reason": unknown}]
    _taken_over("courses", len(content.read("courses.toml")["courses"]), refused, actor)


def _taken_over(kind: str, created: int, refused: list[dict[str, Any]], actor: User) -> None:
    with as_of(Chance(SEED).office_moment(190)):
        db.session.add(
            TableUpload(
                kind=kind,
                state=UploadState.DONE,
                invites=kind == "students",
                locale="ru",
                uploaded_by_id=actor.id,
                done=created + len(refused),
                total=created + len(refused),
                counts={"created": created, "refused": len(refused)},
                refused=refused,
            )
        )
