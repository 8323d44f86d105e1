"""One click ends letters of one kind (RFC 8058): from a mail program, which knows no session."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bridge.accounts.models import User
from bridge.audit import AuditEntry
from bridge.contacts import service as contacts
from bridge.extensions import db
from bridge.mail.models import OutboxMail
from bridge.mail.transport import compose
from bridge.notices import service
from bridge.notices.models import Delivery, Group
from bridge.notices.unsubscribing import unsubscribe_url
from tests.client import submit
from tests.conftest import make_config
from tests.contacts.scene import MESSAGE, Scene, make_scene

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def scene(app: Flask) -> Scene:
    return make_scene()


def path(reader: User, group: Group | None) -> str:
    return unsubscribe_url(reader, group).removeprefix("http://localhost")


def chosen(reader: User) -> dict[str, Delivery]:
    db.session.rollback()
    return {group.value: service.delivery_of(reader, group) for group in Group}


def test_a_post_without_session_or_token_ends_that_group_alone(
    client: FlaskClient, scene: Scene
) -> None:
    student = scene.profile.user
    answer = client.post(path(student, Group.REQUESTS), data=ONE_CLICK)
    assert answer.status_code == 200, "an answer must not redirect"
    assert {group for group, one in chosen(student).items() if one is Delivery.NONE} == {"requests"}
    assert client.post(path(student, Group.REQUESTS)).status_code == 200, "twice is the same"
    entries = sa.select(AuditEntry.actor_id, AuditEntry.details).where(
        AuditEntry.action == "user.delivery-chosen"
    )
    assert db.session.execute(entries).all() == [(None, {"group": "requests", "delivery": "none"})]


def test_the_link_itself_only_asks(client: FlaskClient, scene: Scene) -> None:
    student = scene.profile.user
    page = client.get(path(student, Group.REQUESTS))
    assert page.status_code == 200
    assert student.name not in page.text
    assert student.email not in page.text
    assert set(chosen(student).values()) == {Delivery.IMMEDIATE}
    done = submit(client, path(student, Group.REQUESTS))
    assert "No more such letters" in done.text
    assert chosen(student)["requests"] is Delivery.NONE


def test_of_a_digest_it_ends_the_digest(client: FlaskClient, scene: Scene) -> None:
    student = scene.profile.user
    service.choose(student, Group.MESSAGES, Delivery.DIGEST, actor=student)
    db.session.commit()
    assert client.post(path(student, None), data=ONE_CLICK).status_code == 200
    found = chosen(student)
    assert found["messages"] is Delivery.NONE
    assert found["requests"] is Delivery.IMMEDIATE


def test_a_forged_link_does_nothing(client: FlaskClient, scene: Scene) -> None:
    student = scene.profile.user
    good = path(student, Group.REQUESTS)
    for forged in (good[:-1], good[:-3] + "abc", "/notices/unsubscribe/nonsense"):
        assert client.post(forged).status_code == 404
        assert client.get(forged).status_code == 404
    assert set(chosen(student).values()) == {Delivery.IMMEDIATE}


def test_every_other_post_still_needs_its_token(client: FlaskClient, scene: Scene) -> None:
    for address in ("/notices/read", "/notices/settings", "/notices/1/read"):
        assert client.post(address).status_code == 400


def test_letters_carry_the_headers_and_account_letters_do_not(scene: Scene, tmp_path: Path) -> None:
    request = contacts.request_contact(scene.candidate, MESSAGE, actor=scene.member.user)
    contacts.approve(request, actor=scene.staff)
    mail = db.session.scalars(
        sa.select(OutboxMail).where(OutboxMail.kind == "contacts/offer")
    ).one()
    token = mail.unsubscribe_url.rpartition("/")[2]
    https = f"https://bridge.university-with-a-long-name.example/notices/unsubscribe/{token}"
    config = make_config(tmp_path, MAIL_UNSUBSCRIBE="leave@example.ru")
    mail.unsubscribe_url = https
    sent = compose(mail, config).as_bytes().decode()
    # neither cut nor encoded, however long
    assert f"List-Unsubscribe: <{https}>,\r\n <mailto:leave@example.ru?subject={token}>" in sent
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in sent
    mail.unsubscribe_url = ""
    assert "List-Unsubscribe" not in compose(mail, config).as_bytes().decode()
    db.session.rollback()


def test_a_mailbox_that_collects_unsubscriptions_can_carry_them_out(
    app: Flask, scene: Scene
) -> None:
    student = scene.profile.user
    token = path(student, Group.REQUESTS).rpartition("/")[2]
    db.session.rollback()
    run = app.test_cli_runner().invoke
    assert run(args=["unsubscribe", token]).output == "Done.\n"
    assert chosen(student)["requests"] is Delivery.NONE
    assert run(args=["unsubscribe", "nonsense"]).exit_code == 1
