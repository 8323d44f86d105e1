"""Who a student is decides nothing: only what they can, study and want."""

from __future__ import annotations

from flask import Flask

from bridge.accounts.models import Role
from bridge.database import Model
from bridge.extensions import db
from bridge.search.index import current_index, live_index
from bridge.students.models import EntryKind, Profile, ProfileEntry
from matching import Hit, Query
from tests.factories import make_student, make_user

NAMES = (
    ("Анна Иванова", "anna.ivanova@example.test", "@anna_iv"),
    ("Магомед Гасанов", "gasanov@example.test", "@maga05"),
    ("Пётр Сидоров", "sidorov1998@example.test", "@petr_sid"),
    ("Гульнара Хабибуллина", "gulnara@example.test", "@gulya"),
)
TEXTS = (
    ("python", "Анализ данных телеметрии на Python, машинное обучение."),
    ("python", "Веб-сервисы и базы данных, писали вместе с группой."),
    ("welding", "Сварка корпусов, контроль швов, чтение чертежей."),
    ("matlab", "Моделирование движения ракеты, обработка телеметрии."),
)
QUERIES = (
    Query("Обработка телеметрии на Python", must=frozenset({"python"})),
    Query("Сварщик корпусов, чтение чертежей", nice=frozenset({"welding"})),
)
# What nobody may be selected by; a column of such a name would be the first step.
FORBIDDEN = {"sex", "gender", "age", "birth", "birthday", "born", "nationality", "citizenship"}


def write(names: tuple[tuple[str, str, str], ...]) -> list[Profile]:
    """The same four students under these names, between others."""
    profiles = []
    for (name, email, telegram), (skill, text) in zip(names, TEXTS, strict=True):
        user = make_user(Role.STUDENT, name=name, email=email)
        profile = make_student(user=user, skills=(skill,), summary=text, messenger=telegram)
        written = f"{name} начинал(а) с кружка ракетного моделирования."
        entry = ProfileEntry(profile=profile, kind=EntryKind.PROJECT, title="Кружок", text=written)
        db.session.add(entry)
        make_student(skills=("welding", "python"))
        profiles.append(profile)
    db.session.commit()
    return profiles


def ranked(query: Query) -> list[Hit]:
    return [
        Hit(hit.id, hit.rank, hit.score) for hit in current_index().search(query, limit=50).hits
    ]


def test_names_swapped_change_neither_scores_nor_order(app: Flask) -> None:
    profiles = write(NAMES)
    live_index().rebuild()
    before = [ranked(query) for query in QUERIES]
    assert before[0][0].id == profiles[0].id
    assert before[0][0].score > before[0][-1].score
    for shift in (1, 2, 3):
        people = [*NAMES[shift:], *NAMES[:shift]]
        for number, profile in enumerate(profiles):
            # No address may stand twice, not even for a moment.
            profile.user.email = f"{number}-{shift}@example.test"
        db.session.flush()
        for profile, (name, email, telegram) in zip(profiles, people, strict=True):
            profile.user.name, profile.user.email, profile.messenger = name, email, telegram
            profile.entries[0].text = f"{name} начинал(а) с кружка ракетного моделирования."
        db.session.commit()
        live_index().rebuild()
        assert [ranked(query) for query in QUERIES] == before
        db.session.rollback()


def test_a_name_finds_nobody(app: Flask) -> None:
    write(NAMES)
    live_index().rebuild()
    index = current_index()
    for name, email, telegram in NAMES:
        for word in (name, email, telegram.lstrip("@")):
            assert {hit.score for hit in index.search(Query(word), limit=50).hits} == {0.0}


def test_no_column_asks_what_nobody_may_be_selected_by() -> None:
    asked = {
        f"{table.name}.{column.name}"
        for table in Model.metadata.sorted_tables
        for column in table.columns
        if FORBIDDEN.intersection(column.name.split("_"))
    }
    assert asked == set()
