"""Every form sent eight times at once: no error of the server, nothing made twice."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bridge import repeats
from bridge.candidates.models import CandidateNote
from bridge.consents.models import ConsentDocument
from bridge.database import Model, utc_now
from bridge.extensions import db
from bridge.skills.models import Course
from tests.attacks.pages import Form, client_of, forms_of
from tests.attacks.test_bad_input import LEAVING, OF_EVERY_PAGE, STARTS
from tests.contacts.scene import make_scene
from tests.contracts.world import World, make_world
from tests.factories import make_skill

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
    "teaches": "Python",
    "note": "Поправьте, пожалуйста.",
    "reason": "other",
    "reason_code": "other",
    "name_ru": "Новейший навык",
    "name_en": "Newest skill",
    "started_on": "2026-01-15",
}
# What was done and who was told, counted of every click that did something; letters and notices
# have a row for each reader, and each letter that invites its own link.
LOGS = {
    "audit_entry", "outbox_mail", "outbox_attachment", "account_token", "notice", "throttle",
    "passkey_challenge",
}  # fmt: skip
# Parts of what a form makes, of which one form may send several.
PARTS = {"saved_search_match", "profile_skill", "vacancy_skill", "course_skill"}


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
        name: db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
        for name, table in Model.metadata.tables.items()
        if name not in LOGS | PARTS
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
    wrong, effective = [], 0
    forms = [form for form in forms_of(client, STARTS[kind]) if form.method == "POST"]
    for form in forms:
        shared = form.action.startswith(OF_EVERY_PAGE) and kind != "student"
        if form.action in LEAVING or shared:
            continue
        before = rows()
        statuses = click(app, cookie.value, form)
        made = rows() - before
        effective += bool(made)
        if max(statuses) >= 500 or any(count > 1 for count in made.values()):
            wrong.append(f"{form.action}: {Counter(statuses)}, made {dict(made)}")
    assert not wrong, "\n".join(wrong)
    assert len(forms) > 3
    assert effective >= 1


@pytest.mark.parametrize("model", [CandidateNote, Course, ConsentDocument])
def test_eight_clicks_make_one_row(app: Flask, model: type[Model]) -> None:
    """The same text again, when the clicks are long over, makes another."""
    app.config["WTF_CSRF_ENABLED"] = False
    scene = make_scene()
    candidate = f"/hr/vacancies/{scene.vacancy.id}/candidates/{scene.candidate.pseudonym}"
    texts = ("title_ru", "title_en", "text_ru", "text_en")
    person, action, fields = {
        CandidateNote: (scene.member.user, f"{candidate}/notes", {"text": "Позвонить осенью."}),
        Course: (scene.staff, "/staff/courses/new", {"name_ru": "Прочность", "teaches": "Python"}),
        ConsentDocument: (
            scene.staff,
            "/staff/consents/found/new",
            dict.fromkeys(texts, "Согласие"),
        ),
    }[model]
    make_skill("python")
    db.session.commit()
    client = client_of(app, person)
    cookie = client.get_cookie("bridge")
    assert cookie is not None
    form = Form(action, action, "POST", {name: [value] for name, value in fields.items()})
    before = rows()
    assert Counter(click(app, cookie.value, form)) == {303: CLICKS}
    assert (rows() - before)[model.__tablename__] == 1
    db.session.execute(sa.update(model).values(created_at=utc_now() - repeats.TERM * 2))
    assert client.post(action, data=fields).status_code == 303
    assert (rows() - before)[model.__tablename__] == 2
