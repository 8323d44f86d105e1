"""Nothing that tells who a student is reaches an employer before the student agrees.

Canaries sit in every field and text of a profile that could tell; every channel of the employer is
searched for them: pages, headers, files, letters, notices, calendars, the log.
"""

from __future__ import annotations

import logging
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bridge.accounts.models import Role, User
from bridge.candidates.models import Candidate
from bridge.candidates.notes import add_tag, write_note
from bridge.contacts import service
from bridge.contacts.models import ContactRequest, DeclineReason
from bridge.database import as_of, utc_now
from bridge.extensions import db
from bridge.notices.digest import send_digests
from bridge.notices.models import Delivery, Group
from bridge.notices.service import choose, schedule
from bridge.saved_searches.service import alert_of_new_candidates, save
from bridge.skills.models import SkillState
from bridge.students.models import EntryKind, Profile, ProfileEntry, ProfileSkill
from tests.attacks.pages import client_of
from tests.candidates.channels import employer_letters, employer_pages
from tests.client import submit
from tests.conftest import Figure
from tests.contacts.scene import MESSAGE
from tests.factories import make_member, make_skill, make_student, make_user, make_vacancy

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
# Codes and what the platform itself writes.
NOT_OF_THE_STUDENT = {"user.password_hash", "user.locale", "user.appearance"}


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
    ] + [
        ProfileEntry(
            kind=EntryKind.LINK, title=f"Код {FAMILY}", organisation=GIVEN, text=TEXT, url=LINK
        )
    ]
    # A skill that the student proposes and the university has not looked at.
    proposed = f"Метод {FAMILY}"
    profile.skills.append(
        ProfileSkill(
            skill=make_skill(
                "kanareika-method", name_ru=proposed, name_en=proposed, state=SkillState.PROPOSED
            )
        )
    )
    db.session.commit()
    return profile


def columns_without(profile: Profile) -> set[str]:
    """Columns of the student's own words that do not hold the canary."""
    rows = (profile.user, profile, *profile.entries, *(held.skill for held in profile.skills[1:]))
    return {
        f"{row.__tablename__}.{column.key}"
        for row in rows
        for column in sa.inspect(type(row)).columns
        if type(column.type) in (sa.String, sa.Text)
        and f"{row.__tablename__}.{column.key}" not in NOT_OF_THE_STUDENT
        and not CANARIES.search(str(getattr(row, column.key) or ""))
    }


def all_channels(client: FlaskClient, email: str, vacancy_id: int, pseudonym: str) -> list[str]:
    """Where the canary is to be heard."""
    return hits(all_pages(client, email, vacancy_id, pseudonym))


def hits(pages: dict[str, str]) -> list[str]:
    return [address for address, text in pages.items() if CANARIES.search(text)]


def all_pages(client: FlaskClient, email: str, vacancy_id: int, pseudonym: str) -> dict[str, str]:
    """Every address, and the letters to the representative, the daily one and that of a kept search
    among them."""
    with as_of(utc_now() + timedelta(days=1)):
        alert_of_new_candidates()
        send_digests()
    pages = employer_pages(client, vacancy_id, pseudonym)
    pages["letters"] = employer_letters(email)
    return pages


def tell(figure: Figure, pages: dict[str, str]) -> None:
    name = db.engine.dialect.name
    figure(
        **{
            f"answers searched for the canary in blind mode ({name})": len(pages),
            f"hits of the canary in blind mode ({name})": len(hits(pages)),
        }
    )


def work_on(candidate: Candidate, hr: User) -> None:
    """What a representative does besides: a note, a tag, a kept search, a daily letter. Commits."""
    write_note(candidate, "Позвонить осенью.", actor=hr)
    add_tag(candidate, "резерв", actor=hr)
    save(candidate.vacancy, "Все", "marks=all", actor=hr)
    choose(hr, Group.REQUESTS, Delivery.DIGEST, actor=hr)
    schedule(hr, hour=0, time_zone="Europe/Moscow")
    db.session.commit()


def test_the_canary_sits_in_every_field(app: Flask) -> None:
    assert columns_without(make_canary()) == set()


def test_the_canary_is_silent_until_the_student_agrees(
    app: Flask,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    figure: Figure,
) -> None:
    caplog.set_level(logging.DEBUG)
    member = make_member()
    vacancy = make_vacancy(member.employer, must=("python",))
    staff = make_user(Role.STAFF)
    profile = make_canary()
    make_student(skills=("python",), summary="Обычный студент")
    db.session.commit()
    client = client_of(app, member.user)
    base = f"/hr/vacancies/{vacancy.id}"
    client.get(f"{base}/candidates")
    candidate = db.session.scalars(
        sa.select(Candidate).where(Candidate.profile_id == profile.id)
    ).one()
    pseudonym = candidate.pseudonym
    work_on(candidate, member.user)

    def heard() -> list[str]:
        return all_channels(client, member.user.email, vacancy.id, pseudonym)

    assert heard() == []
    # Searching for the name must not find its owner either.
    for name in (GIVEN, FAMILY, "kanareika", NUMBER):
        page = client.get(f"{base}/candidates?q={name}")
        assert pseudonym not in page.text.partition('id="results"')[2]
    submit(client, f"{base}/candidates/{pseudonym}/request", {"message": MESSAGE})
    request = db.session.scalars(sa.select(ContactRequest)).one()
    db.session.commit()
    service.approve(request, actor=staff)
    db.session.commit()
    pages = all_pages(client, member.user.email, vacancy.id, pseudonym)
    tell(figure, pages)
    assert hits(pages) == []
    service.accept(request, actor=profile.user)
    db.session.commit()
    page = f"/requests/{request.id}"
    opened = client.get(page).text
    for text in (f"{FAMILY} {GIVEN}", EMAIL, PHONE, MESSENGER, LINK):
        assert text in opened
    # Elsewhere, and in letters, files and calendars, the student stays a pseudonym.
    listed = {"/hr/requests", f"{base}/board", f"{base}/interviews", "/notices/"}
    own = {address for address in heard() if address.startswith(page)}
    assert sorted(set(heard()) - own - listed) == []
    assert CANARIES.search(caplog.text + "".join(capfd.readouterr())) is None


def test_whoever_declines_stays_unknown(app: Flask) -> None:
    member = make_member()
    vacancy = make_vacancy(member.employer, must=("python",))
    staff = make_user(Role.STAFF)
    profile = make_canary()
    db.session.commit()
    client = client_of(app, member.user)
    client.get(f"/hr/vacancies/{vacancy.id}/candidates")
    candidate = db.session.scalars(sa.select(Candidate)).one()
    request = service.request_contact(candidate, MESSAGE, actor=member.user)
    service.approve(request, actor=staff)
    service.decline(request, actor=profile.user, reason_code=DeclineReason.OTHER, student_note=TEXT)
    db.session.commit()
    assert all_channels(client, member.user.email, vacancy.id, candidate.pseudonym) == []
