"""The administrator looks after accounts."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bridge.accounts import service
from bridge.accounts.models import Role, User
from bridge.accounts.passwords import hash_password
from bridge.audit import AuditEntry
from bridge.errors import NotAllowedError
from bridge.extensions import db
from bridge.mail.models import OutboxMail
from bridge.search.models import SearchChange
from tests.client import sign_in, submit
from tests.factories import make_student, make_user
from tests.queries import count_queries

HASH = hash_password("a password of the tests")


@pytest.fixture
def admin(app: Flask, client: FlaskClient) -> User:
    admin = make_user(Role.ADMIN, name="Ада Админ", password_hash=HASH)
    sign_in(client, admin)
    return admin


def actions_on(user: User) -> list[str]:
    return list(
        db.session.scalars(
            sa.select(AuditEntry.action)
            .where(AuditEntry.subject_type == "user", AuditEntry.subject_id == user.id)
            .order_by(AuditEntry.id)
        )
    )


def test_accounts_are_found_by_part_of_name_or_address_and_by_role(
    app: Flask, client: FlaskClient, admin: User
) -> None:
    for name in ("Мария Ёлкина", "Пётр Заводской", "100% Процентов"):
        make_user(Role.STUDENT, name=name)
    make_user(Role.STAFF, name="Пётр Служащий", email="petr@example.com")
    db.session.commit()

    def found(query: str) -> set[str]:
        page = client.get(f"/admin/accounts?{query}").text
        names = ("Ада", "Ёлкина", "Заводской", "Процентов", "Служащий")
        return {name for name in names if name in page.split('id="list"')[1]}

    assert found("") == {"Ада", "Ёлкина", "Заводской", "Процентов", "Служащий"}
    assert found("q=ПЁТР") == {"Заводской", "Служащий"}, "capitals do not matter, also in Russian"
    assert found("q=пётр&role=staff") == {"Служащий"}
    assert found("q=petr@") == {"Служащий"}
    assert found("q=%25") == {"Процентов"}, "a sign of the pattern language is a plain letter"
    assert found("role=nonsense&page=-1") == found("")
    assert "Nothing found" in client.get("/admin/accounts?q=%00zzz").text


def test_the_list_takes_few_queries_however_long(
    app: Flask, client: FlaskClient, admin: User
) -> None:
    for _number in range(25):
        make_user(Role.STUDENT)
    db.session.commit()
    with count_queries() as queries:
        assert client.get("/admin/accounts").status_code == 200
    # who reads, how many, the page, the counts of the tabs
    assert len(queries) == 5, queries


def test_a_colleague_is_invited(app: Flask, client: FlaskClient, admin: User) -> None:
    values = {"name": "Олег Служащий", "email": "Oleg@example.com", "role": "staff"}
    response = submit(client, "/admin/accounts/new", values)
    assert response.status_code == 303
    user = db.session.scalars(sa.select(User).where(User.email == "oleg@example.com")).one()
    assert (user.role, user.password_hash, user.email_confirmed_at) == (Role.STAFF, None, None)
    assert actions_on(user) == ["user.created", "user.invited"]
    letter = db.session.scalars(sa.select(OutboxMail)).one()
    assert letter.recipient == "oleg@example.com"
    assert "Ада Админ" in letter.text
    page = f"/admin/accounts/{user.id}"
    assert submit(client, page, action=f"{page}/invite").status_code == 303
    assert db.session.scalar(sa.select(sa.func.count(OutboxMail.id))) == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("email", "x"), ("email", "taken@example.com"), ("role", "student")],
)
def test_a_bad_invitation_is_not_sent(
    app: Flask, client: FlaskClient, admin: User, field: str, value: str
) -> None:
    make_user(Role.STAFF, email="taken@example.com")
    db.session.commit()
    values = {"name": "Олег", "email": "oleg@example.com", "role": "staff", field: value}
    response = submit(client, "/admin/accounts/new", values)
    assert response.status_code == 422
    assert f'id="{field}-error"' in response.text
    assert db.session.scalar(sa.select(sa.func.count(User.id))) == 2


def test_a_deactivated_person_is_out_at_once_and_comes_back(
    app: Flask, client: FlaskClient, admin: User
) -> None:
    profile = make_student()
    db.session.execute(sa.delete(SearchChange))
    person = app.test_client()
    sign_in(person, profile.user)
    page = f"/admin/accounts/{profile.user_id}"
    assert submit(client, page, action=f"{page}/deactivate").status_code == 303
    assert person.get("/account").status_code == 303
    changed = list(db.session.scalars(sa.select(SearchChange.profile_id)))
    assert changed == [profile.id], "employers must not find who cannot answer"
    db.session.commit()
    assert submit(client, page, action=f"{page}/reactivate").status_code == 303
    db.session.refresh(profile.user)
    assert profile.user.deactivated_at is None
    assert actions_on(profile.user) == ["user.deactivated", "user.reactivated"]


def test_nobody_deactivates_themselves(app: Flask, client: FlaskClient, admin: User) -> None:
    make_user(Role.ADMIN, password_hash=HASH)
    db.session.commit()
    page = f"/admin/accounts/{admin.id}"
    token = client.get("/admin/accounts/new").text.split('name="csrf_token" value="')[1]
    data = {"csrf_token": token.split('"')[0]}
    assert client.post(f"{page}/deactivate", data=data).status_code == 303
    assert "You cannot deactivate your own account." in client.get(page).text
    assert actions_on(admin) == []


def test_the_last_administrator_stays(app: Flask, admin: User) -> None:
    other = make_user(Role.ADMIN, password_hash=HASH)
    make_user(Role.ADMIN, password_hash=None)  # invited, never came
    service.deactivate(other, actor=admin)
    with pytest.raises(service.LastAdminError):
        service.deactivate(admin, actor=other)
    with pytest.raises(NotAllowedError):
        service.deactivate(admin, actor=admin)


def test_to_deactivate_twice_is_one_act(app: Flask, admin: User) -> None:
    user = make_user(Role.STAFF)
    service.deactivate(user, actor=admin)
    service.deactivate(user, actor=admin)
    assert actions_on(user) == ["user.deactivated"]


def test_who_is_not_there_is_not_found(app: Flask, client: FlaskClient, admin: User) -> None:
    for address in ("/admin/accounts/999", "/admin/accounts/99999999999", "/admin/accounts/0"):
        assert client.get(address).status_code == 404


@pytest.mark.parametrize("role", [Role.STUDENT, Role.STAFF])
def test_others_may_not_look(app: Flask, client: FlaskClient, role: Role) -> None:
    sign_in(client, make_user(role))
    for address in ("/admin/accounts", "/admin/accounts/1"):
        assert client.get(address).status_code == 403
    # The audit log is the staff's too.
    audit = 200 if role is Role.STAFF else 403
    assert client.get("/admin/audit").status_code == audit
