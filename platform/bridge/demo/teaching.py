"""What the demo university teaches, and whom."""

from __future__ import annotations

from collections.abc import Mapping

from bridge.accounts.models import User
from bridge.database import as_of
from bridge.demo import content
from bridge.demo.chance import SEED, Chance
from bridge.extensions import db
from bridge.skills import courses
from bridge.skills.courses import CourseContent
from bridge.skills.models import Skill
from bridge.students.models import RosterUpload, UploadState


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


def add_roster(students: int, actor: User) -> None:
    """The list of the autumn, taken over but for two rows."""
    refused = [
        {"row": 118, "column": "Почта", "reason": "это не адрес электронной почты"},
        {"row": 302, "column": "Курс", "reason": "курс — от 1 до 6"},
    ]
    with as_of(Chance(SEED).office_moment(190)):
        db.session.add(
            RosterUpload(
                state=UploadState.DONE,
                invites=True,
                locale="ru",
                uploaded_by_id=actor.id,
                done=students + len(refused),
                total=students + len(refused),
                counts={"created": students, "refused": len(refused)},
                refused=refused,
            )
        )
