"""Files of a thread: taken by what they are, checked under limits, handed to the two sides only."""

from __future__ import annotations

import io
import time

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.http import parse_options_header
from werkzeug.test import TestResponse

from bridge.accounts.models import Role
from bridge.contacts import files, service
from bridge.contacts.files import CheckedFile, FileRefusedError, Upload, clean_name, inspect
from bridge.contacts.models import ContactRequest, FileKind, Message, MessageFile
from bridge.extensions import db
from tests.client import forms_of
from tests.contacts.scene import Scene
from tests.factories import make_member, make_student, make_user
from tests.hiring.conftest import signed_in
from tests.threads import samples


def kinds(*uploads: Upload) -> list[FileKind]:
    return [file.kind for file in inspect(uploads)]


def refusal(content: bytes, name: str = "file.pdf") -> str:
    with pytest.raises(FileRefusedError) as caught:
        inspect([Upload(name, content)])
    return str(caught.value.message)


def test_a_file_is_what_it_holds_not_what_it_is_called() -> None:
    assert kinds(Upload("a.txt", samples.pdf()), Upload("b.exe", samples.docx())) == [
        FileKind.PDF,
        FileKind.DOCX,
    ]
    assert kinds(
        Upload("a.pdf", samples.image("PNG")),
        Upload("b", samples.image("JPEG")),
        Upload("c.html", "Задание: <b>x</b>\n".encode()),
    ) == [FileKind.PNG, FileKind.JPEG, FileKind.TXT]
    (text,) = inspect([Upload("page.html", b"<script>alert(1)</script>")])
    assert text.name == "page.html.txt"


def test_what_is_not_one_of_the_kinds_is_refused() -> None:
    for content in (b"MZ\x90\0\x03", b"\x7fELF\x02", b"GIF89a\x01\0", "Привет".encode("cp1251")):
        assert refusal(content) == f"file.pdf: {files.REFUSALS['unknown']}"
    assert refusal(b"") == "file.pdf: The file is empty."
    assert refusal(b"a" * (files.FILE_BYTES + 1)) == "file.pdf: The file is larger than 5 MB."
    for content in (b"%PDF-1.7 nonsense", b"PK\x03\x04nonsense", b"\xff\xd8\xffnonsense"):
        assert refusal(content) == f"file.pdf: {files.REFUSALS['broken']}"
    assert refusal(samples.locked_pdf()) == f"file.pdf: {files.REFUSALS['encrypted']}"


def test_what_runs_by_itself_is_refused() -> None:
    macro = samples.docx(word__vbaProject__bin=b"x").replace(b"vbaProject/bin", b"vbaProject.bin")
    for content in (samples.pdf_that_acts("JavaScript"), samples.pdf_that_acts("Launch"), macro):
        assert refusal(content) == f"file.pdf: {files.REFUSALS['active']}"


def test_bombs_are_refused_in_time() -> None:
    started = time.monotonic()
    for content in (
        samples.png_bomb(),
        samples.docx_bomb(),
        samples.lying_docx(),
        samples.pdf(pages=201),
    ):
        assert len(content) < files.FILE_BYTES
        reason = refusal(content)
        assert reason in {f"file.pdf: {files.REFUSALS[code]}" for code in ("too-long", "broken")}
    assert time.monotonic() - started < 4 * files.CHECK_SECONDS


def test_pictures_lose_what_they_tell_of_their_place() -> None:
    for kind, content in (("PNG", samples.image("PNG")), ("JPEG", samples.image("JPEG"))):
        assert b"SECRET-PLACE" in content
        (file,) = inspect([Upload("a", content)])
        assert b"SECRET-PLACE" not in file.content
        with Image.open(io.BytesIO(file.content)) as picture:
            assert (picture.format, picture.size) == (kind, (60, 40))


def test_names_are_cleaned() -> None:
    cases = {
        "../../etc/passwd": "passwd.pdf",
        "C:\\Users\\me\\Резюме.PDF": "Резюме.pdf",
        "invoice\u202efdp.exe": "invoicefdp.exe.pdf",
        'a"b\r\nSet-Cookie: x.pdf': "a_bSet-Cookie_ x.pdf",
        "...": "file.pdf",
        "ж" * 300: "ж" * 96 + ".pdf",
    }
    assert {name: clean_name(name, FileKind.PDF) for name in cases} == cases


def post_message(
    client: FlaskClient, request_id: int, text: str, *uploads: tuple[str, bytes]
) -> TestResponse:
    page = client.get(f"/requests/{request_id}")
    token = forms_of(page)[0][1]["csrf_token"][0]
    data = {
        "csrf_token": token,
        "text": text,
        "files": [FileStorage(io.BytesIO(content), filename=name) for name, content in uploads],
    }
    return client.post(
        f"/requests/{request_id}/messages", data=data, content_type="multipart/form-data"
    )


def test_a_file_reaches_the_other_side_and_nobody_else(
    app: Flask, scene: Scene, request_: ContactRequest, hr: FlaskClient, student: FlaskClient
) -> None:
    content = samples.docx()
    assert post_message(hr, request_.id, "", ("задание.docx", content)).status_code == 303
    (file,) = db.session.scalars(sa.select(MessageFile)).all()
    address = f"/requests/{request_.id}/files/{file.id}"
    page = student.get(f"/requests/{request_.id}").text
    assert address in page
    assert "задание.docx" in page
    answer = student.get(address)
    assert answer.data == content
    headers = answer.headers
    # As servers send it: they refuse what is not latin-1.
    sent = headers["Content-Disposition"].encode("latin-1").decode("latin-1")
    assert parse_options_header(sent) == ("attachment", {"filename": "задание.docx"})
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert headers["Content-Type"] == files.TYPES[FileKind.DOCX][0]
    for stranger in (make_member().user, make_student().user):
        assert signed_in(app, stranger).get(address).status_code == 404
    assert signed_in(app, make_user(Role.STAFF)).get(address).status_code == 403
    assert app.test_client().get(address).status_code == 303
    # By the number of the file alone nothing is found: it belongs to its thread.
    assert student.get(f"/requests/{request_.id + 1}/files/{file.id}").status_code == 404


def test_files_sent_one_after_the_other_all_arrive_and_a_double_click_sends_none_twice(
    scene: Scene, request_: ContactRequest, hr: FlaskClient
) -> None:
    sent = [("a.docx", samples.docx()), ("b.pdf", samples.pdf(2)), ("b.pdf", samples.pdf(3))]
    for one in (sent[0], sent[0], sent[1], sent[1], sent[2]):
        assert post_message(hr, request_.id, "", one).status_code == 303
    found = db.session.scalars(sa.select(MessageFile).order_by(MessageFile.id)).all()
    assert [(file.name, file.content) for file in found] == sent


def test_a_refused_file_keeps_the_text(request_: ContactRequest, student: FlaskClient) -> None:
    answer = post_message(student, request_.id, "Моё резюме", ("cv.pdf", b"MZ\x90\0"))
    assert answer.status_code == 422
    assert "Моё резюме" in answer.text
    assert "cv.pdf: Only PDF" in answer.text
    assert db.session.scalars(sa.select(Message)).all() == []
    assert post_message(student, request_.id, "").status_code == 422
    many = [(f"{number}.txt", b"text") for number in range(files.FILES_A_MESSAGE + 1)]
    assert "At most 3 files" in post_message(student, request_.id, "x", *many).text


def test_a_thread_holds_so_much_and_no_more(scene: Scene, request_: ContactRequest) -> None:
    content = b"a" * files.FILE_BYTES
    whole = [CheckedFile(f"{number}.txt", FileKind.TXT, content) for number in range(3)]
    for text in ("one", "two"):
        service.write_message(request_, text, whole, actor=scene.member.user)
    with pytest.raises(FileRefusedError):
        service.write_message(
            request_, "", [CheckedFile("x.txt", FileKind.TXT, b"x")], actor=scene.profile.user
        )


def test_only_messages_may_be_large(request_: ContactRequest, student: FlaskClient) -> None:
    page = student.get(f"/requests/{request_.id}")
    token = forms_of(page)[0][1]["csrf_token"]
    for way, size, status in (
        ("messages", files.SUBMISSION_BYTES + 1, 413),
        ("close", 2_000_000, 413),
        # Allowed in size; it then proves to be shorter than it said.
        ("messages", 2_000_000, 400),
    ):
        answer = student.post(
            f"/requests/{request_.id}/{way}",
            data={"csrf_token": token},
            environ_overrides={"CONTENT_LENGTH": str(size)},
        )
        assert (way, answer.status_code) == (way, status)
