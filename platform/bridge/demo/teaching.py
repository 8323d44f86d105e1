"""What the demo university teaches."""

from __future__ import annotations

from collections.abc import Mapping

from bridge.accounts.models import User
from bridge.demo import content
from bridge.skills import courses
from bridge.skills.courses import CourseContent
from bridge.skills.models import Skill


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
