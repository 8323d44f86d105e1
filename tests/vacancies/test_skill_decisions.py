"""What becomes of a vacancy's proposed skill when staff decide on it."""

from __future__ import annotations

import pytest
from flask import Flask

from bridge.accounts.models import Role
from bridge.extensions import db
from bridge.skills import service
from bridge.skills.models import SkillState
from bridge.vacancies.models import SkillNeed, Vacancy
from tests.factories import make_skill, make_user, make_vacancy


def asked(vacancy: Vacancy) -> dict[str, SkillNeed]:
    db.session.expire_all()
    return {row.skill.slug: row.need for row in vacancy.skills}


def test_approved_stays_rejected_goes(app: Flask) -> None:
    staff = make_user(Role.STAFF)
    good, bad = (make_skill(slug, state=SkillState.PROPOSED) for slug in ("~good", "~bad"))
    vacancy = make_vacancy(must=("~good", "~bad"), nice=("git",))
    other = make_vacancy(must=("sql",))
    service.approve(good, actor=staff, name_ru="Добро", name_en="Good")
    service.reject(bad, actor=staff)
    assert asked(vacancy) == {"~good": SkillNeed.MUST, "git": SkillNeed.NICE}
    assert asked(other) == {"sql": SkillNeed.MUST}


@pytest.mark.parametrize(
    ("must", "nice", "expected"),
    [
        (("~same",), (), {"git": SkillNeed.MUST}),
        (("~same", "git"), (), {"git": SkillNeed.MUST}),
        (("~same",), ("git",), {"git": SkillNeed.MUST}),
        (("git",), ("~same",), {"git": SkillNeed.MUST}),
        ((), ("~same",), {"git": SkillNeed.NICE}),
    ],
)
def test_merged_becomes_the_other_in_the_stricter_role(
    app: Flask, must: tuple[str, ...], nice: tuple[str, ...], expected: dict[str, SkillNeed]
) -> None:
    proposal = make_skill("~same", state=SkillState.PROPOSED)
    vacancy = make_vacancy(must=must, nice=nice)
    service.merge(proposal, make_skill("git"), actor=make_user(Role.STAFF))
    assert asked(vacancy) == expected
