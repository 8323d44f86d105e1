"""What an employer and the matcher get of a profile: everything useful, nothing that names."""

from __future__ import annotations

import time
from dataclasses import asdict, replace
from datetime import date

import pytest
from flask import Flask

from bridge.accounts.models import Role
from bridge.database import utc_now
from bridge.extensions import db
from bridge.skills.models import SkillState
from bridge.students import queries
from bridge.students.documents import document
from bridge.students.evidence import evidence_weights
from bridge.students.masked import masked_profile
from bridge.students.models import (
    EntryKind,
    Evidence,
    LanguageLevel,
    Profile,
    ProfileEntry,
    ProfileLanguage,
    ProfileSkill,
)
from bridge.students.scrubbing import MARK, Scrubber
from tests.factories import make_skill, make_student, make_user
from tests.queries import count_queries

CANARY = "zq7canary"


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("Камила Галиева", "Я Камила Галиева.", "Я ••• •••."),
        ("Камила Галиева", "с Камилой, о Галиевой, КАМИЛУ", "с •••, о •••, •••"),
        ("Камила Галиева", "Kamila Galiyeva, Galieva K.", "••• •••, ••• K."),
        ("Юлия Щукина", "Yulia, Julia, Iuliia Shchukina; Юлию", "•••, •••, ••• •••; •••"),
        ("Сергей Павлов", "Сергея Павлова, Сергеем; Sergey Pavlov", "••• •••, •••; ••• •••"),
        ("Илья Чайковский", "Ильёй Чайковским, Ilya", "••• •••, •••"),
        ("Анна Иванова-Петрова", "Анне Ивановой-Петровой", "••• •••-•••"),
        ("Ли Ян", "Ли Ян учит Python или C++", "••• ••• учит Python или C++"),
        ("Вера Лев", "верно, версия, левый, веровать", "верно, версия, левый, веровать"),
        ("Роман Белов", "романтика белого света", "романтика белого света"),
        ("", "Текст", "Текст"),
        ("… — !", "Текст — …", "Текст — …"),
    ],
)
def test_names_in_any_case_and_alphabet(name: str, text: str, expected: str) -> None:
    assert Scrubber(name)(text) == expected


@pytest.mark.parametrize(
    "contact",
    [
        "name@mail.ru",
        "n.a-m+e@mail.example.co.uk",
        "+7 (916) 123-45-67",
        "8 916 123 45 67",
        "89161234567",
        "916-123-45-67",
        "+49 30 1234567",
        "https://example.ru/путь?x=1",
        "http://пример.рф",
        "www.example.net/me",
        "t.me/somebody",
        "vk.com/id12345",
        "github.com/somebody/repo",
        "somebody.github.io/page",
        "@somebody",
        "ftp://files.example/x",
    ],
)
def test_contacts_go(contact: str) -> None:
    assert Scrubber("Анна")(f"Пишите: {contact} в любое время") == f"Пишите: {MARK} в любое время"


@pytest.mark.parametrize(
    "text", ["a@b@ivanov", "x-y@mail@mail.рф@ivanov_tg", "вот t.me/a: @b_c_d@e_f_g@ivanov"]
)
def test_what_is_taken_out_lays_no_other_contact_bare(text: str) -> None:
    assert "ivanov" not in Scrubber("Анна")(text)


@pytest.mark.parametrize(
    "text",
    [
        "ASP.NET, Node.js, socket.io, .NET 8, C#, C++",
        "с 01.09.2021 по 30.06.2022, 2019-2023, в 2024 г.",
        "ГОСТ 8.417-2002, ОКВЭД 62.01, версия 3.11.2",
        "бюджет 100 000 000 руб, 12 345 678 циклов, 24.05.01",
        "R&D и CAD/CAM, т.е. всё и т.д.",
    ],
)
def test_what_only_looks_like_a_contact_stays(text: str) -> None:
    assert Scrubber("Анна Ёлкина")(text) == text


@pytest.mark.parametrize(
    "unit", ["a.", "9", "(9", "+7 ", "a@", "-.", "a", "8 ", "www.", "@", "://", "1(", "а-"]
)
def test_no_text_takes_long(unit: str) -> None:
    start = time.process_time()
    Scrubber("Анна Ёлкина", ("secret",))(unit * 10_000)
    assert time.process_time() - start < 1


def canary_profile() -> Profile:
    user = make_user(Role.STUDENT, name=f"Анна {CANARY}", email=f"{CANARY}@example.test")
    profile = make_student(
        user=user,
        student_number=f"{CANARY}-1",
        phone=f"+7 916 {CANARY}",
        messenger=f"Telegram: @{CANARY}",
        city=f"Город {CANARY}",
        summary=f"Я {CANARY}, {CANARY}@example.test, https://site.example/{CANARY}",
        wishes=f"Работать с {CANARY.title()}",
    )
    profile.entries = [
        ProfileEntry(
            kind=kind,
            title=f"Титул {CANARY}",
            organisation=f"Завод {CANARY}",
            text=f"Текст {CANARY}",
            url=f"https://example.test/{CANARY}",
        )
        for kind in EntryKind
    ]
    db.session.flush()
    return profile


def test_nothing_of_the_person_is_left(app: Flask) -> None:
    profile = canary_profile()
    masked = masked_profile(profile)
    assert CANARY not in repr(asdict(replace(masked, direction=None, skills=()))).casefold()
    assert CANARY not in repr(document(profile, evidence_weights())).casefold()
    assert {entry.kind for entry in masked.entries} == set(EntryKind) - {EntryKind.LINK}
    assert masked.entries_of(EntryKind.PROJECT)[0].title == f"Титул {MARK}"


def test_a_city_may_be_called_like_its_inhabitant(app: Flask) -> None:
    profile = make_student(user=make_user(Role.STUDENT, name="Владимир Королёв"), city="г. Королёв")
    assert masked_profile(profile).city == "г. Королёв"
    assert document(profile, evidence_weights()).attributes["city"] == frozenset({"королев"})


def test_the_document_of_a_profile(app: Flask) -> None:
    profile = make_student(
        city="г. Королёв",
        relocation_ready=True,
        study_form=None,
        graduates_on=date(2028, 6, 1),
        wishes="",
    )
    for slug, evidence in (
        ("a", Evidence.STATED),
        ("b", Evidence.COURSE),
        ("c", Evidence.ASSESSED),
    ):
        profile.skills.append(ProfileSkill(skill=make_skill(slug), evidence=evidence))
    proposed = make_skill("~d", state=SkillState.PROPOSED)
    profile.skills.append(ProfileSkill(skill=proposed, evidence=Evidence.STATED))
    profile.languages = [ProfileLanguage(language="en", level=LanguageLevel.B2)]
    profile.entries = [ProfileEntry(kind=EntryKind.COURSE, title="Сопромат", text="Балки")]
    db.session.flush()
    found = document(profile, evidence_weights())
    assert found.id == profile.id
    assert found.fields == {
        "summary": "Люблю проектировать.",
        "courses": "Сопромат\nБалки",
        "skills": "A\nB\nC",
        "studies": "Проектирование ракет\nRocket design",
    }
    assert found.skills == {"a": 0.8, "b": 0.9, "c": 1.0}
    assert found.attributes == {
        "degree": frozenset({"bachelor"}),
        "direction": frozenset({"24.05.01"}),
        "year": 3,
        "graduates": date(2028, 6, 1).toordinal(),
        "city": frozenset({"королев", "*"}),
        "hours": 20,
        "remote": 0.0,
        "relocate": 1.0,
        "ready_for": frozenset({"job", "internship", "practice"}),
        "confirmed": frozenset({"b", "c"}),
        "language:en": 4,
    }


def test_an_empty_profile_has_a_document(app: Flask) -> None:
    profile = Profile(user=make_user(Role.STUDENT))
    db.session.add(profile)
    db.session.flush()
    assert (
        document(profile, evidence_weights()).fields,
        document(profile, evidence_weights()).skills,
    ) == ({}, {})
    assert masked_profile(profile).entries == ()


def test_only_published_profiles_of_active_accounts_in_few_queries(app: Flask) -> None:

    make_student(published=False)
    make_student(user=make_user(Role.STUDENT, deactivated_at=utc_now()))
    for _number in range(5):
        profile = make_student(skills=("python", "git"))
        profile.languages = [ProfileLanguage(language="en", level=LanguageLevel.B2)]
        profile.entries = [ProfileEntry(kind=EntryKind.COURSE, title="Курс")]
    db.session.flush()
    weights = evidence_weights()
    with count_queries() as queried:
        documents = [document(found, weights) for found in db.session.scalars(queries.indexable())]
    assert len(documents) == 5
    # profiles with user and direction; skills; languages; entries
    assert len(queried) == 4
