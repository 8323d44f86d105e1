"""Nothing that tells who a student is reaches an employer before the student agrees.

Canaries sit in every field and text of a profile that could tell; every page and letter of the
employer is searched for them.
"""

from __future__ import annotations

import io
import re
import zipfile

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader

from bridge.accounts.models import Role
from bridge.candidates.models import Candidate
from bridge.contacts import service
from bridge.contacts.models import ContactRequest
from bridge.extensions import db
from bridge.mail.models import OutboxMail
from bridge.students.models import EntryKind, Profile, ProfileEntry
from tests.client import sign_in, submit
from tests.contacts.scene import MESSAGE
from tests.factories import make_member, make_student, make_user, make_vacancy

GIVEN, FAMILY = "Канария", "Желтопёрова"
EMAIL = "kanareika@birds.example"
PHONE = "+7 912 345-67-89"
MESSENGER = "@kanareika_tg"
NUMBER = "ЗК-777123"
LINK = "https://code.example/kanareika-repo"
TEXT = (
    f"Меня зовут {GIVEN} {FAMILY}, Zheltopyorova. Пишите {EMAIL}, звоните {PHONE} или "
    f"89123456789, в телеграме {MESSENGER}, {LINK}. Студенческий {NUMBER}. Считаю прочность."
)
# Any of these in an answer tells who the student is.
CANARIES = re.compile(
    r"канари|желтоп|zhelt|kanar|birds\.example|912\D{0,3}345|9123456789|777123|code\.example",
    re.IGNORECASE,
)


def make_canary() -> Profile:
    kinds = (EntryKind.COURSE, EntryKind.PROJECT, EntryKind.THESIS, EntryKind.EXPERIENCE)
    profile = make_student(
        user=make_user(Role.STUDENT, name=f"{FAMILY} {GIVEN}", email=EMAIL),
        skills=("python",),
        phone=PHONE,
        messenger=MESSENGER,
        student_number=NUMBER,
        summary=TEXT,
        wishes=f"Хочу, чтобы спросили {GIVEN}: {TEXT}",
        city=f"Королёв, {FAMILY}",
    )
    profile.entries = [
        ProfileEntry(
            kind=kind,
            title=f"Работа {FAMILY}",
            organisation=f"Лаборатория, {GIVEN}",
            text=TEXT,
            url=LINK,
        )
        for kind in kinds
    ] + [ProfileEntry(kind=EntryKind.LINK, title=f"Код {FAMILY}", url=LINK)]
    db.session.commit()
    return profile


def employer_pages(client: FlaskClient, vacancy_id: int, pseudonym: str) -> dict[str, str]:
    """Every page of the employer on which the student may occur, headers included."""
    base = f"/hr/vacancies/{vacancy_id}"
    addresses = [
        f"{base}/candidates",
        f"{base}/candidates?marks=all&q=прочность&sort=year",
        # Searching for the name must not find its owner either.
        f"{base}/shortlist",
        f"{base}/candidates/{pseudonym}",
        f"{base}/candidates/{pseudonym}/request",
        f"{base}/compare?c={pseudonym}&c={pseudonym}",
        "/hr/requests",
        f"{base}/board",
        f"{base}/interviews",
        "/interviews",
        "/hr/vacancies",
        "/company",
        "/notices/",
        *(
            f"/requests/{number}"
            for number in db.session.scalars(sa.select(ContactRequest.id)).all()
        ),
    ]
    pages = {}
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code in (200, 303), address
        pages[address] = f"{answer.headers}{answer.text}"
    return pages


def employer_files(client: FlaskClient, vacancy_id: int, pseudonym: str) -> dict[str, str]:
    """What every download of the list and the candidate's holds: headers, texts, metadata, and all
    parts of it."""
    base = f"/hr/vacancies/{vacancy_id}"
    addresses = [f"{base}/candidates.{ending}?marks=all" for ending in ("csv", "xlsx", "pdf")]
    addresses += [f"{base}/candidates/{pseudonym}/resume-{one}.pdf" for one in ("ru", "en")]
    found = {}
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200
        ending = re.split(r"[.?]", address)[1]
        found[address] = f"{answer.headers}{_inside(ending, answer.data)}"
    return found


def _inside(ending: str, content: bytes) -> str:
    if ending == "csv":
        return content.decode("utf-8-sig")
    if ending == "xlsx":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = [archive.read(name).decode("utf-8") for name in archive.namelist()]
        return "\n".join((*parts, *archive.namelist()))
    reader = PdfReader(io.BytesIO(content))
    texts = [page.extract_text() for page in reader.pages]
    return "\n".join((*texts, str(reader.metadata), str(reader.xmp_metadata), repr(content)))


def employer_letters(email: str) -> str:
    rows = db.session.scalars(sa.select(OutboxMail).where(OutboxMail.recipient == email))
    return "\n".join(f"{letter.subject}\n{letter.text}\n{letter.html}" for letter in rows)


def test_the_canary_is_silent_until_the_student_agrees(app: Flask, client: FlaskClient) -> None:
    member = make_member()
    vacancy = make_vacancy(member.employer, must=("python",))
    staff = make_user(Role.STAFF)
    profile = make_canary()
    make_student(skills=("python",), summary="Обычный студент")
    sign_in(client, member.user)
    client.get(f"/hr/vacancies/{vacancy.id}/candidates")
    pseudonym = db.session.scalars(
        sa.select(Candidate.pseudonym).where(Candidate.profile_id == profile.id)
    ).one()

    def leaks() -> list[str]:
        pages = employer_pages(client, vacancy.id, pseudonym)
        pages["letters"] = employer_letters(member.user.email)
        pages |= employer_files(client, vacancy.id, pseudonym)
        return [address for address, text in pages.items() if CANARIES.search(text)]

    assert leaks() == []
    for name in (GIVEN, FAMILY, "kanareika", NUMBER):
        page = client.get(f"/hr/vacancies/{vacancy.id}/candidates?q={name}")
        assert pseudonym not in page.text.partition('id="results"')[2]
    submit(
        client,
        f"/hr/vacancies/{vacancy.id}/candidates/{pseudonym}/request",
        {"message": MESSAGE},
    )
    request = db.session.scalars(sa.select(ContactRequest)).one()
    assert leaks() == []
    service.approve(request, actor=staff)
    assert leaks() == []
    service.accept(request, actor=profile.user)
    page = f"/requests/{request.id}"
    opened = client.get(page).text
    assert f"{FAMILY} {GIVEN}" in opened
    for text in (EMAIL, PHONE, MESSENGER, LINK):
        assert text in opened
    # Elsewhere, and in letters and subject lines, the student stays a pseudonym.
    base = f"/hr/vacancies/{vacancy.id}"
    listed = {"/hr/requests", f"{base}/board", f"{base}/interviews", "/notices/"}
    assert sorted(set(leaks()) - {page} - listed) == []


def test_whoever_declines_stays_unknown(app: Flask, client: FlaskClient) -> None:
    from bridge.contacts.labels import DeclineReason

    member = make_member()
    vacancy = make_vacancy(member.employer, must=("python",))
    staff = make_user(Role.STAFF)
    profile = make_canary()
    sign_in(client, member.user)
    client.get(f"/hr/vacancies/{vacancy.id}/candidates")
    candidate = db.session.scalars(sa.select(Candidate)).one()
    request = service.request_contact(candidate, MESSAGE, actor=member.user)
    service.approve(request, actor=staff)
    service.decline(request, actor=profile.user, reason_code=DeclineReason.OTHER, student_note=TEXT)
    pages = employer_pages(client, vacancy.id, candidate.pseudonym)
    pages["letters"] = employer_letters(member.user.email)
    pages |= employer_files(client, vacancy.id, candidate.pseudonym)
    assert [address for address, text in pages.items() if CANARIES.search(text)] == []
