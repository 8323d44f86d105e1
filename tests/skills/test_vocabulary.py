"""The vocabulary in the database: synchronised, proposed, decided, completed."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bridge.accounts.models import Role, User
from bridge.audit import AuditEntry
from bridge.cases.models import Case, CaseKind
from bridge.errors import DomainError, StaleStateError
from bridge.extensions import db
from bridge.search.models import SearchChange
from bridge.skills import queries, service
from bridge.skills.models import Skill, SkillState
from bridge.skills.vocabulary import shipped_vocabulary, vocabulary
from bridge.students.models import Evidence, ProfileSkill
from tests.client import sign_in
from tests.factories import make_member, make_skill, make_student, make_user
from tests.queries import count_queries

OWN = "Юстировка звёздных датчиков"


def test_sync_makes_the_rows_equal_to_the_files(app: Flask) -> None:
    used = make_skill("no-longer-shipped")
    make_skill("never-used")
    make_skill("python", name_ru="Питон", name_en="Snake")
    proposal = service.find_or_propose(OWN, actor=None)
    make_student(skills=(used.slug,))
    db.session.commit()
    result = app.test_cli_runner().invoke(args=["sync-vocabulary"])
    assert result.exit_code == 0, result.output
    db.session.expire_all()
    concepts = shipped_vocabulary().concepts
    rows = {skill.slug: skill for skill in db.session.scalars(sa.select(Skill))}
    assert set(rows) == {*concepts, used.slug, proposal.slug}
    assert (rows["python"].name_ru, rows["python"].name_en) == (
        concepts["python"].ru,
        concepts["python"].en,
    )
    again = app.test_cli_runner().invoke(args=["sync-vocabulary"])
    assert f"unchanged: {len(concepts)}" in again.output


@pytest.mark.parametrize("name", ["Python", "  pYTHON ", "питон", "Питон"])
def test_names_and_aliases_find_the_shipped_skill(app: Flask, name: str) -> None:
    make_skill("noise")
    found = service.find_or_propose(name, actor=None)
    assert (found.slug, found.state) == ("python", SkillState.APPROVED)
    assert service.find_or_propose(name, actor=None).id == found.id
    assert list(db.session.scalars(sa.select(Case))) == []


def test_an_unknown_name_becomes_one_proposal_with_one_case(app: Flask) -> None:
    member = make_member()
    skill = service.find_or_propose(f"  {OWN} ", actor=member.user)
    again = service.find_or_propose(OWN.upper().replace("Ё", "Е"), actor=make_user(Role.STUDENT))
    assert again.id == skill.id
    assert (skill.name_ru, skill.name_en, skill.state) == (OWN, OWN, SkillState.PROPOSED)
    assert skill.proposed_by_id == member.user_id
    cases = db.session.execute(
        sa.select(Case.kind, Case.subject_id, Case.title, Case.employer_id)
    ).all()
    assert cases == [(CaseKind.SKILL, skill.id, OWN, member.employer_id)]
    actions = db.session.execute(sa.select(AuditEntry.action, AuditEntry.actor_id)).all()
    assert actions == [("skill.proposed", member.user_id)]


@pytest.mark.parametrize("name", ["", "  ", "...", "—", "ю" * 81, "ﷺ" * 20])
def test_what_cannot_be_a_name_is_refused(app: Flask, name: str) -> None:
    with pytest.raises(service.SkillNameError):
        service.find_or_propose(name, actor=None)


def test_names_of_a_text_area() -> None:
    text = "Python, C++;  C#\n\npython ,,1С;  метод  конечных элементов\r\n—"
    assert service.parse_names(text) == [
        "Python",
        "C++",
        "C#",
        "1С",
        "метод конечных элементов",
        "—",
    ]


def test_approval_enters_the_vocabulary_of_every_process(app: Flask) -> None:
    staff = make_user(Role.STAFF)
    skill = service.find_or_propose(OWN, actor=None)
    assert vocabulary().find(OWN) is None
    for names in (("", "Alignment"), ("Имя", "…"), ("Имя", "python"), ("питон", "Alignment")):
        with pytest.raises(DomainError):
            service.approve(skill, actor=staff, name_ru=names[0], name_en=names[1])
    service.approve(skill, actor=staff, name_ru="Наладка звёзд", name_en="Star tracker alignment")
    for name in ("наладка звезд", "star tracker alignment"):
        concept = vocabulary().find(name)
        assert concept is not None
        assert concept.slug == skill.slug
    # what was typed at first still finds it
    assert service.find_or_propose(OWN, actor=None).id == skill.id
    assert queries.by_slugs([skill.slug, "unknown"]) == {skill.slug: skill}
    with pytest.raises(StaleStateError):
        service.reject(skill, actor=staff)
    with count_queries() as counted:
        vocabulary()
    assert len(counted) == 1


def test_merging_moves_the_holders_and_the_name(app: Flask) -> None:
    staff, target = make_user(Role.STAFF), make_skill("optics")
    skill = service.find_or_propose(OWN, actor=None)
    one, both, neither = make_student(), make_student(skills=("optics",)), make_student()
    both.skills[0].evidence = Evidence.MENTOR
    for profile in (one, both):
        profile.skills.append(ProfileSkill(skill=skill, evidence=Evidence.STATED))
    db.session.flush()
    with pytest.raises(DomainError):
        service.merge(skill, skill, actor=staff)
    service.merge(skill, target, actor=staff)
    db.session.commit()
    db.session.expire_all()
    held = {
        profile: [(held.skill.slug, held.evidence) for held in profile.skills]
        for profile in (one, both, neither)
    }
    assert held == {
        one: [("optics", Evidence.STATED)],
        both: [("optics", Evidence.MENTOR)],
        neither: [],
    }
    assert service.find_or_propose(OWN, actor=None).id == target.id


def test_a_rejected_name_is_not_proposed_again(app: Flask) -> None:
    profile = make_student()
    skill = service.find_or_propose(OWN, actor=profile.user)
    profile.skills.append(ProfileSkill(skill=skill, evidence=Evidence.STATED))
    db.session.flush()
    service.reject(skill, actor=make_user(Role.STAFF))
    with pytest.raises(service.SkillNameError, match=OWN):
        service.find_or_propose(OWN, actor=None)
    assert profile.listed_skills == []


def test_eight_who_propose_at_once_make_one_skill(app: Flask) -> None:
    actor_id = make_user(Role.STUDENT).id
    db.session.commit()
    barrier, found = threading.Barrier(8), []

    def propose() -> None:
        with app.app_context():
            actor = db.session.get_one(User, actor_id)
            db.session.rollback()
            barrier.wait()
            found.append(service.find_or_propose(OWN, actor=actor).id)
            db.session.commit()

    threads = [threading.Thread(target=propose) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Case)) == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Skill)) == 1


def test_completion_by_prefix_in_both_languages(app: Flask, client: FlaskClient) -> None:
    assert client.get("/skills?q=pyth").status_code == 303
    sign_in(client, make_user(Role.STUDENT, locale="ru"))
    for prefix in ("pyth", "Пит"):
        names = [skill["name"] for skill in client.get("/skills", query_string={"q": prefix}).json]
        assert "Python" in names
    for nonsense in ("", "%", "щщщ", "a" * 5000, "\x00"):
        answer = client.get("/skills", query_string={"q": nonsense})
        assert (answer.status_code, answer.json) == (200, [])
    assert len(client.get("/skills?q=c").json) == 8


def test_holders_of_an_approved_skill_are_indexed_anew(app: Flask) -> None:
    holder, _other = make_student(), make_student()
    skill = service.find_or_propose(OWN, actor=None)
    holder.skills.append(ProfileSkill(skill=skill, evidence=Evidence.STATED))
    before = _revisions()
    service.approve(skill, actor=make_user(Role.STAFF), name_ru=OWN, name_en=OWN)
    after = _revisions()
    assert [number for number in after if after[number] > before[number]] == [holder.id]


def _revisions() -> dict[int, int]:
    rows = db.session.execute(sa.select(SearchChange.profile_id, SearchChange.revision))
    return dict(rows.all())
