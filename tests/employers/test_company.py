"""A member looks after the enterprise."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bridge.accounts.models import Role, User
from bridge.audit import AuditEntry
from bridge.cases.models import Case
from bridge.database import utc_now
from bridge.employers.models import Employer, EmployerState, Member
from bridge.extensions import db
from bridge.mail.models import OutboxMail
from tests.client import sign_in, submit
from tests.factories import make_employer, make_member, make_student, make_user

RETURNED = {"state": EmployerState.RETURNED, "reason_code": "site-missing", "note": "Где сайт?"}


def member_of(client: FlaskClient, **values: object) -> Member:
    make_member(make_employer(name="АО «Соседи»"))
    member = make_member(make_employer(inn="7707083893", name="АО «Прибор»", **values))
    sign_in(client, member.user)
    return member


def test_page_shows_state_reason_note_and_only_own_colleagues(client: FlaskClient) -> None:
    member = member_of(client, **RETURNED)
    page = client.get("/company").text
    assert "Где сайт?" in page
    assert "The site does not open" in page
    assert member.user.name in page
    assert "Соседи" not in page


@pytest.mark.parametrize("role", [Role.STUDENT, Role.STAFF, Role.ADMIN])
def test_others_may_not_open_it(client: FlaskClient, app: Flask, role: Role) -> None:
    sign_in(client, make_student().user if role is Role.STUDENT else make_user(role))
    for path in ("/company", "/company/edit", "/company/invite"):
        assert client.get(path).status_code == 403


@pytest.mark.parametrize("state", [EmployerState.APPLIED, EmployerState.APPROVED])
def test_what_is_checked_or_was_does_not_change(client: FlaskClient, state: EmployerState) -> None:
    member = member_of(client, state=state)
    page = client.get("/company/edit").text
    assert 'name="inn"' not in page
    response = submit(
        client,
        "/company/edit",
        {"name": "АО «Иное»", "inn": "7736050003", "city": "Мытищи", "cluster_member": "y"},
    )
    assert response.status_code == 303
    db.session.expire_all()
    employer = member.employer
    assert (employer.name, employer.inn, employer.city, employer.cluster_member) == (
        "АО «Прибор»",
        "7707083893",
        "Мытищи",
        False,
    )
    entry = db.session.scalars(
        sa.select(AuditEntry).where(AuditEntry.action == "employer.edited")
    ).one()
    assert (entry.actor_id, entry.details) == (member.user_id, {"fields": ["city"]})


def test_returned_application_is_changed_and_sent_again_in_one_step(client: FlaskClient) -> None:
    member = member_of(client, **RETURNED)
    response = submit(client, "/company/edit", {"site": "https://pribor.example", "resubmit": "1"})
    assert response.status_code == 303
    db.session.expire_all()
    employer = member.employer
    assert (employer.state, employer.site, employer.note) == (
        EmployerState.APPLIED,
        "https://pribor.example",
        "",
    )
    assert db.session.scalars(sa.select(Case.subject_id)).all() == [employer.id]


def test_sending_again_twice_leaves_one_case(client: FlaskClient) -> None:
    member_of(client, **RETURNED)
    token = submit(client, "/company", action="/company/resubmit")
    assert token.status_code == 303
    page = client.get("/company").text
    assert "/company/resubmit" not in page
    with client.session_transaction():
        pass
    response = submit(client, "/company/edit", {"resubmit": "1"})
    assert response.status_code == 303
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Case)) == 1


def test_rejected_enterprise_edits_nothing(client: FlaskClient) -> None:
    member_of(client, state=EmployerState.REJECTED)
    assert submit(client, "/company/edit", {"city": "Мытищи"}).status_code == 403


def test_inn_of_another_is_refused(client: FlaskClient) -> None:
    member_of(client, **RETURNED)
    make_employer(inn="7736050003")
    db.session.commit()
    response = submit(client, "/company/edit", {"inn": "7736050003", "city": "Мытищи"})
    assert response.status_code == 409
    assert 'id="inn-error"' in response.text
    assert "Мытищи" in response.text


def test_two_tabs_the_second_is_told_and_keeps_its_text(client: FlaskClient) -> None:
    member = member_of(client)
    stale = str(member.employer.version)
    assert submit(client, "/company/edit", {"city": "Мытищи"}).status_code == 303
    response = submit(client, "/company/edit", {"about": "Моя правка", "version": stale})
    assert response.status_code == 409
    assert "Моя правка" in response.text
    db.session.expire_all()
    assert member.employer.about == ""
    assert member.employer.city == "Мытищи"


def invite(client: FlaskClient, email: str) -> object:
    values = {"name": "Пётр Сидоров", "email": email, "position": "Рекрутер"}
    response = submit(client, "/company/invite", values)
    assert (response.status_code, response.location) == (303, "/company")
    return client.get("/company").text


def test_invited_colleague_gets_an_account_and_a_letter(client: FlaskClient) -> None:
    member = member_of(client)
    page = invite(client, "new@pribor.test")
    user = db.session.scalars(sa.select(User).where(User.email == "new@pribor.test")).one()
    assert user.member is not None
    assert (user.role, user.member.employer_id, user.member.invited_by_id) == (
        Role.MEMBER,
        member.employer_id,
        member.user_id,
    )
    assert db.session.scalars(sa.select(OutboxMail.recipient)).all() == ["new@pribor.test"]
    # Shown only once the invitation is accepted, so the page cannot tell who has an account.
    assert "Пётр Сидоров" not in str(page)
    user.email_confirmed_at = utc_now()
    db.session.commit()
    assert "Пётр Сидоров" in client.get("/company").text


def test_inviting_a_known_address_looks_the_same_and_makes_nothing(client: FlaskClient) -> None:
    member_of(client)
    new, known = "new@pribor.test", make_student().user.email
    db.session.commit()
    pages = [str(invite(client, email)).replace(email, "") for email in (new, known)]
    shown = [page[page.index("<main") :] for page in pages]
    assert shown[0] == shown[1]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Member)) == 3
    assert db.session.scalars(sa.select(OutboxMail.recipient).order_by(OutboxMail.id)).all() == [
        new,
        known,
    ]


def test_inviting_again_sends_the_invitation_again(client: FlaskClient) -> None:
    member_of(client)
    invite(client, "new@pribor.test")
    invite(client, "new@pribor.test")
    subjects = db.session.scalars(sa.select(OutboxMail.subject)).all()
    assert len(subjects) == 2
    assert len(set(subjects)) == 1


@pytest.mark.parametrize("state", [EmployerState.APPLIED, EmployerState.SUSPENDED])
def test_only_a_working_enterprise_invites(client: FlaskClient, state: EmployerState) -> None:
    member_of(client, state=state)
    values = {"name": "Пётр", "email": "new@pribor.test"}
    assert submit(client, "/company/invite", values).status_code == 403
    assert db.session.scalar(sa.select(sa.func.count()).select_from(OutboxMail)) == 0


def test_bad_invitation_is_refused(client: FlaskClient) -> None:
    member_of(client)
    response = submit(client, "/company/invite", {"name": "", "email": "не адрес"})
    assert response.status_code == 422
    assert 'id="email-error"' in response.text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Employer)) == 2
