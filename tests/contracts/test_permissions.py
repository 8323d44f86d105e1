"""Every address × every kind of person × own, foreign and absent objects."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from bridge.accounts.models import User
from bridge.extensions import db
from bridge.permissions import Permission, can, declared_permission
from tests.client import sign_in
from tests.conftest import Figure
from tests.contracts.world import Values, World, make_world

# What belongs to nobody in particular, so that any of its values will do.
FREE: dict[str, object] = {
    "token": "nonsense",
    "kind": "project",
    "section": "about",
    "purpose": "found",
    "mark": "star",
    "stage": "hired",
    "way": "off",
    "selection": "open",
    "ending": "csv",
    "language": "ru",
    "audience": "student",
    "name": "funnel",
    "filename": "img/logo.svg",
}
ABSENT: Values = {"pseudonym": "ZZZZZZZZ"}
ABSENT_ID = 999_999_999
# The objects of these are the staff's to see, whoever they belong to, or anybody's.
OF_ALL = {
    Permission.VIEW_PUBLIC,
    Permission.SIGN_IN,
    Permission.REPORT_VACANCY,
    Permission.BLOCK_EMPLOYER,
    Permission.APPLY,
    Permission.MODERATE,
    Permission.READ_REPORTED_THREAD,
    Permission.MANAGE_EMPLOYERS,
    Permission.MANAGE_STUDENTS,
    Permission.ERASE_ACCOUNTS,
    Permission.MANAGE_CONSENTS,
    Permission.MANAGE_MATCHING,
    Permission.MANAGE_LIMITS,
    Permission.MANAGE_LETTERS,
    Permission.MANAGE_ACCOUNTS,
    Permission.VIEW_AUDIT,
    Permission.MANAGE_TERMS,
}
JUNK = ("%00", "%27%22%3C", "-1", "9" * 30, "%F0%9F%9A%80", "%25_")
FILTERS = """q page state kind role city direction year published sort c next to action actor
subject_type subject_id since until must tab mark degree hours language level field min
version tag request format name query text"""


@pytest.fixture
def world(app: Flask) -> World:
    # The token is a matter of forms, tested with them; here it would hide what lies behind it.
    app.config["WTF_CSRF_ENABLED"] = False
    # A page that breaks must answer 500 as it would for a reader, and be listed with the others.
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return make_world()


def rules(app: Flask, method: str) -> Iterator[Rule]:
    for rule in app.url_map.iter_rules():
        if method in (rule.methods or ()):
            yield rule


def build(app: Flask, rule: Rule, values: Values) -> str:
    known = {**FREE, **values}
    if rule.endpoint.startswith("course_files."):
        # The same pages as the roster's, of another kind of table.
        known["upload_id"] = known.get("course_file_id", ABSENT_ID)
    arguments = {name: known.get(name, ABSENT_ID) for name in rule.arguments}
    return app.url_map.bind("localhost").build(rule.endpoint, arguments)


def answer(app: Flask, person: User | None, method: str, address: str) -> tuple[int, str]:
    """Status, and where to, of a request in a session of its own."""
    client: FlaskClient = app.test_client()
    if person is not None:
        sign_in(client, person)
    response = client.open(address, method=method)
    response.close()
    db.session.rollback()
    return response.status_code, response.location or ""


def may(person: User | None, permission: Permission) -> bool:
    if person is not None:
        db.session.refresh(person)
    allowed = can(person, permission)
    db.session.rollback()
    return allowed


Judge = Callable[[bool, int, str], bool]


def walk(app: Flask, world: World, values: Values, fits: Judge) -> list[str]:
    """What does not fit, over every address, method and person: readings first."""
    wrong = []
    for method in ("GET", "POST"):
        for rule in rules(app, method):
            permission = declared_permission(app, rule.endpoint)
            assert permission is not None
            for name, person in world.people.items():
                allowed = may(person, permission)
                address = build(app, rule, values)
                status, location = answer(app, person, method, address)
                if not fits(allowed, status, location):
                    wrong.append(f"{name}: {method} {rule.rule} ({rule.endpoint}): {status}")
    return wrong


def refused(status: int, location: str) -> bool:
    return status == 403 or (status == 303 and location.startswith("/sign-in"))


def test_every_address_declares_its_permission(app: Flask) -> None:
    silent = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if declared_permission(app, rule.endpoint) is None
    }
    assert silent == set()


def tell(figure: Figure, ids: str, asked: int, wrong: list[str]) -> None:
    which = f"{ids} ids, {db.engine.dialect.name}"
    figure(
        **{
            f"answers of the access matrix ({which})": asked,
            f"wrong answers of the access matrix ({which})": len(wrong),
        }
    )


def test_who_may_not_is_refused_and_nothing_breaks(
    app: Flask, world: World, figure: Figure
) -> None:
    asked = 0

    def fits(allowed: bool, status: int, location: str) -> bool:
        nonlocal asked
        asked += 1
        return status < 500 and refused(status, location) is not allowed

    wrong = walk(app, world, world.own, fits)
    tell(figure, "own", asked, wrong)
    assert wrong == []


def test_what_is_absent_is_not_found(app: Flask, world: World, figure: Figure) -> None:
    wrong, asked = [], 0
    for method in ("GET", "POST"):
        for rule in rules(app, method):
            permission = declared_permission(app, rule.endpoint)
            assert permission is not None
            if not any(name in world.own for name in rule.arguments):
                continue
            for name, person in world.people.items():
                if may(person, permission):
                    status, _ = answer(app, person, method, build(app, rule, ABSENT))
                    asked += 1
                    if status != 404:
                        wrong.append(f"{name}: {method} {rule.rule}: {status}")
    tell(figure, "absent", asked, wrong)
    assert wrong == []


def test_what_belongs_to_others_is_not_found(app: Flask, world: World, figure: Figure) -> None:
    wrong, asked = [], 0
    mixed = {**world.own, "pseudonym": world.foreign["pseudonym"]}
    for method in ("GET", "POST"):
        for rule in rules(app, method):
            permission = declared_permission(app, rule.endpoint)
            assert permission is not None
            if permission in OF_ALL or not any(name in world.own for name in rule.arguments):
                continue
            worlds = [world.foreign, *([mixed] if "pseudonym" in rule.arguments else [])]
            for name in ("student", "member"):
                person = world.people[name]
                for values in worlds if may(person, permission) else ():
                    status, _ = answer(app, person, method, build(app, rule, values))
                    asked += 1
                    if status not in (403, 404):
                        wrong.append(f"{name}: {method} {rule.rule}: {status}")
    tell(figure, "foreign", asked, wrong)
    assert wrong == []


def test_junk_in_the_address_breaks_no_page(app: Flask, world: World) -> None:
    broken = []
    for rule in rules(app, "GET"):
        permission = declared_permission(app, rule.endpoint)
        assert permission is not None
        readers = [person for person in world.people.values() if may(person, permission)]
        for junk in JUNK:
            query = "&".join(f"{name}={junk}" for name in FILTERS.split())
            address = f"{build(app, rule, world.own)}?{query}"
            status, _ = answer(app, readers[-1], "GET", address)
            if status >= 500:
                broken.append(f"{rule.rule} with {junk}: {status}")
    assert broken == []
