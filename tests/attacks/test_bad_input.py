"""Whatever is written into forms and addresses, no answer is an error of the server or slow.

One input a field runs with all tests; FUZZ=1 tries a dozen, others on each database: together well
over ten thousand.
"""

from __future__ import annotations

import os
import random

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bridge.extensions import db
from tests.attacks.answers import Answers
from tests.attacks.damage import BAD
from tests.attacks.pages import Form, client_of, forms_of
from tests.conftest import Figure
from tests.contracts.world import World, make_world

HOMES = ("/", "/vacancies", "/sign-in", "/register", "/forgot", "/employers/apply")
STARTS = {
    "nobody": HOMES,
    "student": ("/profile", "/account", "/requests", "/vacancies"),
    "member": ("/hr/vacancies", "/company", "/account", "/hr/requests"),
    "staff": ("/staff/moderation", "/staff/students", "/staff/employers", "/staff/vacancies"),
    "admin": ("/admin/accounts", "/admin/audit", "/staff/moderation"),
}
# Leaving would end the walk.
LEAVING = ("/sign-out",)
# These forms stand on every page: they are tried once, as the student.
OF_EVERY_PAGE = ("/language", "/appearance", "/account")
# How many of these each field holds: what forms let through is the same on both databases, so a
# part of it says what the second makes of it.
TRIED = {"sqlite": 12, "postgresql": 4} if os.environ.get("FUZZ") == "1" else {}


@pytest.fixture
def world(app: Flask) -> World:
    # The token is a matter of its own; errors must answer as they would for a reader.
    app.config["WTF_CSRF_ENABLED"] = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return make_world()


def send(client: FlaskClient, form: Form, fields: dict[str, list[str]], answers: Answers) -> None:
    plain = {
        name: [value.encode("utf-8", "replace").decode() for value in values]
        for name, values in fields.items()
    }

    def answer() -> TestResponse:
        if form.method == "POST":
            return client.post(form.action, data=plain)
        return client.get(form.action.partition("?")[0], query_string=plain)

    sent = {name: [value[:40] for value in values] for name, values in fields.items()}
    answers.ask(answer, f"{form.method} {form.action} {sent}")
    db.session.rollback()


@pytest.mark.parametrize("kind", STARTS)
def test_no_input_breaks_a_form(app: Flask, world: World, kind: str, figure: Figure) -> None:
    """Each field of each form in turn holds each bad text, the others what stood there; then all
    fields hold it at once."""
    client = client_of(app, world.people[kind])
    database = db.engine.dialect.name
    tried = TRIED.get(database, 1)
    chance = random.Random(f"{kind} {database}")  # noqa: S311
    answers = Answers()
    for form in forms_of(client, STARTS[kind]):
        shared = form.action.startswith(OF_EVERY_PAGE) and kind != "student"
        if form.action in LEAVING or shared:
            continue
        for name in form.fields:
            for bad in chance.sample(BAD, tried):
                send(client, form, {**form.fields, name: [bad]}, answers)
        for bad in chance.sample(BAD, tried):
            send(client, form, {name: [bad] for name in form.fields}, answers)
    answers.tell(figure, f"forms ({kind}, {database})")
    assert answers.wrong == []
