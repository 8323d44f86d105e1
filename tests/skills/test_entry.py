"""A name near to skills of the vocabulary is asked back before it is proposed; without scripts."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from bridge.cases.models import Case
from bridge.extensions import db
from bridge.skills.models import Skill, SkillState
from bridge.students.models import Profile
from bridge.vacancies.models import Vacancy
from tests.client import sign_in, submit
from tests.factories import make_member, make_student


def skills_of(profile: Profile) -> list[tuple[str, SkillState]]:
    db.session.expire_all()
    return sorted((held.skill.slug, held.skill.state) for held in profile.skills)


def save(client: FlaskClient, **data: str) -> tuple[int, str]:
    page = submit(client, "/profile/skills", data)
    return page.status_code, page.text


@pytest.fixture
def profile(client: FlaskClient) -> Profile:
    profile = make_student(published=False)
    db.session.commit()
    sign_in(client, profile.user)
    return profile


def test_an_alias_needs_no_question(client: FlaskClient, profile: Profile) -> None:
    assert save(client, names="Golang, Питон")[0] == 303
    assert skills_of(profile) == [
        ("go-language", SkillState.APPROVED),
        ("python", SkillState.APPROVED),
    ]


def test_a_slip_is_asked_back_and_the_answer_counts(client: FlaskClient, profile: Profile) -> None:
    status, page = save(client, names="Pyton, SolidWorks")
    assert status == 422
    assert 'name="names-pyton" value="Python" checked' in page
    assert 'name="names-solidworks"' not in page
    assert skills_of(profile) == []
    status, _ = save(client, names="Pyton, SolidWorks", **{"names-pyton": "Python"})
    assert status == 303
    assert [slug for slug, _ in skills_of(profile)] == ["python", "solidworks"]
    assert db.session.scalars(sa.select(Case)).all() == []


def test_who_means_something_else_proposes_it_once(client: FlaskClient, profile: Profile) -> None:
    assert save(client, names="Pyton", **{"names-pyton": "="})[0] == 303
    assert skills_of(profile) == [("~pyton", SkillState.PROPOSED)]
    # What is proposed already is not asked again, of nobody.
    assert save(client, names="Pyton, SolidWorks")[0] == 303
    assert len(db.session.scalars(sa.select(Case)).all()) == 1


def test_a_forged_answer_replaces_nothing(client: FlaskClient, profile: Profile) -> None:
    answer = {"names-pyton": "<b>no skill</b>"}
    assert save(client, names="Pyton", **answer)[0] == 303
    assert skills_of(profile) == [("~pyton", SkillState.PROPOSED)]


def test_a_name_near_to_nothing_is_proposed_at_once(client: FlaskClient, profile: Profile) -> None:
    assert save(client, names="вязание крючком")[0] == 303
    assert [slug for slug, _ in skills_of(profile)] == ["~вязаниекрючком"]


def test_a_vacancy_asks_in_both_lists(client: FlaskClient) -> None:
    member = make_member()
    db.session.commit()
    sign_in(client, member.user)
    fields = {"kind": "internship", "title": "Разработчик", "city": "Королёв"}
    fields |= {"must": "Pyton", "nice": "Голэнг, Git"}
    page = submit(client, "/hr/vacancies/new", fields)
    assert page.status_code == 422
    assert 'name="must-pyton" value="Python" checked' in page.text
    assert 'name="nice-голэнг" value="Go (golang)" checked' in page.text
    answers = {"must-pyton": "Python", "nice-голэнг": "="}
    assert submit(client, "/hr/vacancies/new", {**fields, **answers}).status_code == 303
    vacancy = db.session.scalars(sa.select(Vacancy)).one()
    assert {(asked.skill.slug, asked.need.value) for asked in vacancy.skills} == {
        ("python", "must"),
        ("git", "nice"),
        ("~голэнг", "nice"),
    }
    assert len(db.session.scalars(sa.select(Skill).where(Skill.slug.like("~%"))).all()) == 1
