"""The résumé on paper: open for the student and whom they agreed to know, blind for the rest."""

from __future__ import annotations

import io
import re

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader

from bridge.audit import AuditEntry
from bridge.contacts import service
from bridge.extensions import db
from bridge.students.models import EntryKind, ProfileEntry
from tests.candidates.test_canary import EMAIL, FAMILY, GIVEN, LINK, PHONE, TEXT, make_canary
from tests.client import Stranger, sign_in
from tests.contacts.scene import MESSAGE, make_candidate, make_scene
from tests.factories import make_member


@pytest.fixture
def app(app: Flask) -> Flask:
    app.test_client_class = Stranger
    return app


def reader_of(client: FlaskClient, address: str) -> PdfReader:
    answer = client.get(address)
    assert (answer.status_code, answer.content_type) == (200, "application/pdf"), address
    return PdfReader(io.BytesIO(answer.data))


def text_of(reader: PdfReader) -> str:
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in reader.pages))


def kinds_of(reader: PdfReader) -> list[str]:
    """The kinds of the document's elements, in the order in which they are read out."""
    tree = reader.root_object["/StructTreeRoot"]["/K"][0]
    return [str(element.get_object()["/S"]) for element in tree["/K"]]


def test_a_student_takes_the_own_resume_in_both_languages(app: Flask) -> None:
    profile = make_canary()
    client = app.test_client()
    sign_in(client, profile.user)
    russian = reader_of(client, "/profile/resume-ru.pdf")
    assert russian.root_object["/Lang"] == "ru"
    assert russian.metadata is not None
    assert russian.metadata.title == f"Резюме: {FAMILY} {GIVEN}"
    assert bool(russian.root_object["/ViewerPreferences"]["/DisplayDocTitle"])
    text = text_of(russian)
    for part in (f"{FAMILY} {GIVEN}", EMAIL, PHONE, LINK, "Считаю прочность", "Опыт работы"):
        assert part in text
    english = text_of(reader_of(client, "/profile/resume-en.pdf"))
    assert "Experience" in english
    assert "Опыт работы" not in english
    assert client.get("/profile/resume-de.pdf").status_code == 404


def test_a_long_title_of_a_link_stands_above_its_address(app: Flask) -> None:
    profile = make_canary()
    title, address = "Репозиторий дипломного проекта на GitHub", "https://example.test/diploma"
    profile.entries.append(ProfileEntry(kind=EntryKind.LINK, title=title, url=address))
    profile.phone = "+7 912 345-67-89"
    db.session.commit()
    client = app.test_client()
    sign_in(client, profile.user)
    places: dict[str, float] = {}

    def note(text: str, _matrix: object, place: list[float], *_font: object) -> None:
        if text.strip():
            places[text.strip()] = place[5]

    reader_of(client, "/profile/resume-ru.pdf").pages[0].extract_text(visitor_text=note)
    assert places[title] > places[address]
    assert places["Телефон"] == places["+7 912 345-67-89"]


def test_what_a_resume_says_can_be_read_out(app: Flask) -> None:
    profile = make_canary()
    profile.entries.append(
        ProfileEntry(kind=EntryKind.PROJECT, title="Длинный", text=f"{TEXT}\n" * 60)
    )
    db.session.commit()
    client = app.test_client()
    sign_in(client, profile.user)
    reader = reader_of(client, "/profile/resume-ru.pdf")
    assert len(reader.pages) > 2
    kinds = kinds_of(reader)
    assert kinds[:2] == ["/H1", "/P"]
    assert set(kinds) == {"/H1", "/H2", "/H3", "/P"}
    for page in reader.pages:
        content = page.get_contents()
        assert content is not None
        data = content.get_data()
        # Whatever was begun on a page is ended on it.
        assert data.count(b" BDC") + data.count(b" BMC") == data.count(b"EMC")


def test_the_enterprise_gets_the_open_resume_after_the_acceptance_only(app: Flask) -> None:
    scene, profile = make_scene(), make_canary()
    candidate = make_candidate(scene.vacancy, profile)
    request = service.request_contact(candidate, MESSAGE, actor=scene.member.user)
    service.approve(request, actor=scene.staff)
    hr, stranger = app.test_client(), app.test_client()
    sign_in(hr, scene.member.user)
    sign_in(stranger, make_member().user)
    address = f"/requests/{request.id}/resume-ru.pdf"
    assert hr.get(address).status_code == 404
    service.accept(request, actor=profile.user)
    assert FAMILY in text_of(reader_of(hr, address))
    assert stranger.get(address).status_code == 404
    taken = db.session.scalars(
        sa.select(AuditEntry).where(AuditEntry.action == "candidate.resume-taken")
    ).all()
    assert [(row.actor_id, row.subject_id, row.details) for row in taken] == [
        (scene.member.user_id, candidate.id, {"sight": "open"})
    ]
