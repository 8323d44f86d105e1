"""The staff's pages: finding students, vouching for skills, inviting."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bridge.accounts.models import Role, User
from bridge.audit import AuditEntry
from bridge.extensions import db
from bridge.mail.models import OutboxMail
from bridge.search.models import SearchChange
from bridge.skills.models import SkillState
from bridge.students.models import Evidence, Profile, ProfileSkill
from tests.client import forms_of, sign_in, submit
from tests.factories import make_direction, make_member, make_skill, make_student, make_user
from tests.queries import count_queries

EVERYBODY = ["Анна Ёлкина", "Борис Мягков", "Вера 100%"]


@pytest.fixture
def staff(app: Flask, client: FlaskClient) -> User:
    user = make_user(Role.STAFF)
    sign_in(client, user)
    return user


def named(name: str) -> User:
    return make_user(Role.STUDENT, name=name)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", EVERYBODY),
        ("q=ёлкина", ["Анна Ёлкина"]),
        ("q=БОРИС", ["Борис Мягков"]),
        ("q=мЯГКоВ", ["Борис Мягков"]),
        ("q=a-2", ["Борис Мягков"]),
        ("q=мягков борис", ["Борис Мягков"]),
        ("q=A-2", ["Борис Мягков"]),
        ("q=VERA@", ["Вера 100%"]),
        ("q=%25", ["Вера 100%"]),
        ("q=_", []),
        ("year=4", ["Борис Мягков"]),
        ("published=no", ["Вера 100%"]),
        ("published=yes&year=3", ["Анна Ёлкина"]),
        ("direction=2", ["Борис Мягков"]),
        (
            "direction=x&year=99&published=maybe&page=7",
            EVERYBODY,
        ),
        ("direction=" + "9" * 30, EVERYBODY),
    ],
)
def test_finding_students(staff: User, client: FlaskClient, query: str, names: list[str]) -> None:
    make_student(user=named("Анна Ёлкина"), student_number="A-1")
    make_student(
        user=named("Борис Мягков"),
        student_number="A-2",
        year_of_study=4,
        direction=make_direction("09.03.01"),
    )
    vera = make_user(Role.STUDENT, name="Вера 100%", email="vera@example.test")
    make_student(user=vera, published=False)
    db.session.commit()
    page = client.get(f"/staff/students?{query}")
    assert page.status_code == 200
    assert [name for name in EVERYBODY if f">{name}<" in page.text] == names


def test_the_list_has_pages_and_a_fixed_cost(staff: User, client: FlaskClient) -> None:
    for _number in range(25):
        make_student(skills=("git",))
    db.session.commit()
    for page, rows in (("", 20), ("?page=2", 5), ("?page=99", 5)):
        with count_queries() as queries:
            text = client.get(f"/staff/students{page}").text
        assert text.count('scope="row"') == rows
        # the session's user, directions, the count, the page
        assert len(queries) == 5


def test_evidence_is_raised_by_one_form_audited_and_indexed(
    staff: User, client: FlaskClient
) -> None:
    profile, other = make_student(skills=("git", "sql", "cad")), make_student(skills=("git",))
    db.session.commit()
    git, sql, _cad = profile.skills
    page = f"/staff/students/{profile.id}"
    before = db.session.get_one(SearchChange, profile.id).revision
    changes = {f"held-{git.id}": "mentor", f"held-{sql.id}": "course"}
    # A foreign skill is none of the form's fields.
    foreign = {f"held-{other.skills[0].id}": "mentor"}
    for _twice in range(2):
        assert submit(client, page, changes | foreign, action=f"{page}/skills").status_code == 303
    db.session.expire_all()
    assert [held.evidence for held in profile.skills] == ["mentor", "course", "stated"]
    assert other.skills[0].evidence is Evidence.STATED
    entries = db.session.execute(
        sa.select(AuditEntry.actor_id, AuditEntry.details)
        .where(AuditEntry.action == "profile.evidence", AuditEntry.subject_id == profile.id)
        .order_by(AuditEntry.id)
    ).all()
    assert entries == [
        (staff.id, {"skill": git.skill_id, "from": "stated", "to": "mentor"}),
        (staff.id, {"skill": sql.skill_id, "from": "stated", "to": "course"}),
    ]
    assert db.session.get_one(SearchChange, profile.id).revision > before
    rumour = submit(client, page, {f"held-{git.id}": "rumour"}, action=f"{page}/skills")
    assert rumour.status_code == 422
    assert "error-summary" in rumour.text


def test_who_comes_later_is_told_and_keeps_what_they_chose(
    staff: User, client: FlaskClient
) -> None:
    profile = make_student(skills=("git", "sql"))
    db.session.commit()
    git, sql = (held.id for held in profile.skills)
    page, profile_id = f"/staff/students/{profile.id}", profile.id
    (mine,) = (fields for target, fields in forms_of(client.get(page)) if "/skills" in target)
    earlier = submit(client, page, {f"held-{git}": "course"}, action=f"{page}/skills")
    assert earlier.status_code == 303
    late = client.post(f"{page}/skills", data={**mine, f"held-{sql}": "mentor"})
    assert late.status_code == 409
    assert "Somebody changed this meanwhile" in late.text
    (kept,) = (fields for target, fields in forms_of(late) if "/skills" in target)
    assert (kept[f"held-{git}"], kept[f"held-{sql}"]) == (["stated"], ["mentor"])
    db.session.expire_all()
    held = db.session.get_one(Profile, profile_id).skills
    assert [one.evidence for one in held] == [Evidence.COURSE, Evidence.STATED]
    assert client.post(f"{page}/skills", data=kept).status_code == 303
    db.session.expire_all()
    held = db.session.get_one(Profile, profile_id).skills
    assert [one.evidence for one in held] == [Evidence.STATED, Evidence.MENTOR]


def test_a_proposal_cannot_be_vouched_for(staff: User, client: FlaskClient) -> None:
    profile = make_student()
    skill = make_skill("~own", state=SkillState.PROPOSED)
    profile.skills = [ProfileSkill(skill=skill, evidence=Evidence.STATED)]
    db.session.commit()
    page = client.get(f"/staff/students/{profile.id}")
    assert "awaits a decision" in page.text
    (fields,) = (fields for target, fields in forms_of(page) if "/skills" in target)
    name = f"held-{profile.skills[0].id}"
    assert name not in fields
    action = f"/staff/students/{profile.id}/skills"
    assert client.post(action, data={**fields, name: "mentor"}).status_code == 303
    db.session.expire_all()
    assert profile.skills[0].evidence is Evidence.STATED


def test_invitation_until_the_student_has_joined(staff: User, client: FlaskClient) -> None:
    profile = make_student()
    db.session.commit()
    page = f"/staff/students/{profile.id}"
    listed = client.get(page)
    assert submit(client, page, action=f"{page}/invite").status_code == 303
    mails = db.session.scalars(sa.select(OutboxMail.recipient))
    assert list(mails) == [profile.user.email]
    profile.user.password_hash = "x"
    db.session.commit()
    token = {"csrf_token": forms_of(listed)[-1][1]["csrf_token"]}
    assert client.post(f"{page}/invite", data=token).status_code == 303
    assert "already joined" in client.get(page).text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(OutboxMail)) == 1


@pytest.mark.parametrize("role", [Role.STUDENT, Role.MEMBER, None])
def test_only_staff_see_students(app: Flask, client: FlaskClient, role: Role | None) -> None:
    profile = make_student()
    db.session.commit()
    if role is not None:
        sign_in(client, make_member().user if role is Role.MEMBER else make_user(role))
    refused = 303 if role is None else 403
    for page in ("/staff/students", f"/staff/students/{profile.id}"):
        assert client.get(page).status_code == refused


def test_an_absent_student(staff: User, client: FlaskClient) -> None:
    assert client.get("/staff/students/999999").status_code == 404
