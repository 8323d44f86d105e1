"""Help and the map of the site: for each reader their own, open to whoever wants the others'."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bridge.accounts.models import Role, User
from bridge.extensions import db
from bridge.limits.service import LIMITS, REQUESTS_A_WEEK, present_settings, set_limits
from bridge.vacancies.models import VacancyState
from tests.client import Stranger, sign_in
from tests.factories import make_member, make_student, make_user, make_vacancy

OWN = {
    Role.STUDENT: "/help/student",
    Role.MEMBER: "/help/employer",
    Role.STAFF: "/help/university",
    Role.ADMIN: "/help/university",
}


@pytest.fixture
def app(app: Flask) -> Flask:
    app.test_client_class = Stranger
    return app


def person(role: Role) -> User:
    if role is Role.MEMBER:
        return make_member().user
    return make_student().user if role is Role.STUDENT else make_user(role)


@pytest.mark.parametrize("role", list(Role))
def test_everybody_gets_their_own_help_first(client: FlaskClient, role: Role) -> None:
    user = person(role)
    db.session.commit()
    sign_in(client, user)
    page = client.get("/help").text
    assert re.findall(r'href="(/help/\w+)" aria-current="page"', page) == [OWN[role]]
    for address in set(OWN.values()):
        assert client.get(address).status_code == 200


def test_help_names_the_limits_in_force(client: FlaskClient) -> None:
    staff = make_user(Role.STAFF)
    assert "At most 3 requests a week reach you" in client.get("/help/student").text
    values = {one.name: one.default for one in LIMITS} | {REQUESTS_A_WEEK.name: 7}
    set_limits(values, version=present_settings().version, actor=staff)
    db.session.commit()
    assert "At most 7 requests a week reach you" in client.get("/help/student").text
    assert "/help/student" in client.get("/help").text


def test_the_map_leads_only_where_its_reader_may_go(app: Flask) -> None:
    foreign = make_vacancy(title="Чужая вакансия")
    member = make_member()
    draft = make_vacancy(member.employer, title="Черновик", state=VacancyState.DRAFT)
    offered = make_vacancy(member.employer, title="Открытая")
    people = [member.user, *(person(role) for role in (Role.STUDENT, Role.STAFF, Role.ADMIN))]
    db.session.commit()
    addresses = {}
    for user in people:
        client = app.test_client()
        sign_in(client, user)
        main = client.get("/pages").text.partition('id="places"')[2].partition("</main>")[0]
        addresses[user.role] = re.findall(r'href="([^"]+)"', main)
        assert len(addresses[user.role]) > 5
        for address in addresses[user.role]:
            assert client.get(address).status_code == 200, (user.role, address)
    own = set(addresses[Role.MEMBER])
    assert {
        "/hr/vacancies/new",
        f"/vacancies/{draft.id}",
        f"/hr/vacancies/{offered.id}/candidates",
    } < own
    assert f"/vacancies/{foreign.id}" not in own
    assert f"/hr/vacancies/{foreign.id}/candidates" not in own
    assert app.test_client().get("/pages").status_code == 303
