"""Every form sent eight times at once: no error of the server, nothing made twice."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bridge.cases.models import Case
from bridge.contacts.models import ContactRequest, Message
from bridge.database import Model
from bridge.employers.models import Employer, Member
from bridge.extensions import db
from bridge.skills.models import Skill
from bridge.students.models import ProfileEntry
from bridge.vacancies.models import Vacancy
from tests.attacks.pages import Form, client_of, forms_of
from tests.attacks.test_bad_input import LEAVING, OF_EVERY_PAGE, STARTS
from tests.contracts.world import World, make_world

CLICKS = 8
# What a person would write, by the name of the field; the rest stays as the page had it.
WRITTEN = {
    "name": "Анна Новая",
    "email": "anna.novaya@example.test",
    "password": "семь бобров под мостом",
    "present": "семь бобров под мостом",
    "new": "восемь бобров под мостом",
    "inn": "7707083893",
    "contact_name": "Анна Новая",
    "position": "Кадровик",
    "title": "Расчёт обшивки",
    "text": "Считаем прочность обшивки вместе с наставником.",
    "message": "Приглашаем на встречу, ответьте, пожалуйста.",
    "names": "python, новейший навык",
    "note": "Поправьте, пожалуйста.",
    "reason": "other",
    "reason_code": "other",
    "name_ru": "Новейший навык",
    "name_en": "Newest skill",
    "started_on": "2026-01-15",
}
# One row at most is made by one form, however often it is sent.
MADE_ONCE: tuple[type[Model], ...] = (
    Case, ContactRequest, Employer, Member, Message, ProfileEntry, Skill, Vacancy,
)  # fmt: skip


@pytest.fixture
def world(app: Flask) -> World:
    app.config["WTF_CSRF_ENABLED"] = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return make_world()


def filled(form: Form) -> dict[str, list[str]]:
    return {
        name: [WRITTEN[name]] if name in WRITTEN else values for name, values in form.fields.items()
    }


def click(app: Flask, cookie: str, form: Form) -> list[int]:
    """The status of each of the answers."""
    barrier = Barrier(CLICKS)
    data = filled(form)

    def once(_number: int) -> int:
        client = FlaskClient(app, app.response_class)
        client.set_cookie("bridge", cookie)
        barrier.wait()
        return client.post(form.action, data=data).status_code

    with ThreadPoolExecutor(CLICKS) as pool:
        return list(pool.map(once, range(CLICKS)))


def rows() -> Counter[str]:
    counts = {
        model.__tablename__: db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0
        for model in MADE_ONCE
    }
    db.session.rollback()
    return Counter(counts)


@pytest.mark.parametrize(
    "kind",
    [
        "student",
        *(pytest.param(kind, marks=pytest.mark.repeated) for kind in ("member", "staff", "admin")),
    ],
)
def test_eight_clicks_are_one(app: Flask, world: World, kind: str) -> None:
    client = client_of(app, world.people[kind])
    cookie = client.get_cookie("bridge")
    assert cookie is not None
    wrong = []
    forms = [form for form in forms_of(client, STARTS[kind]) if form.method == "POST"]
    for form in forms:
        shared = form.action.startswith(OF_EVERY_PAGE) and kind != "student"
        if form.action in LEAVING or shared:
            continue
        before = rows()
        statuses = click(app, cookie.value, form)
        made = rows() - before
        if max(statuses) >= 500 or any(count > 1 for count in made.values()):
            wrong.append(f"{form.action}: {Counter(statuses)}, made {dict(made)}")
    assert not wrong, "\n".join(wrong)
    assert len(forms) > 3
