"""Time that the server takes for HR's first page of candidates, over a university of any size.

    OMP_NUM_THREADS=1 python -m benchmarks.candidates_page [--profiles 10000] [--postgresql]

Invented profiles, each of a field of the common vocabulary, go into a fresh database; then the page
is asked for as HR's browser would ask for it. Printed are medians in milliseconds: the page that
shows everybody for the first time (it also makes their pseudonyms), the same page again, the page
after an edit that the index has to take in; and the list in its other orders, each asked for twice
so that pseudonyms are made beforehand, with their ratio to the order by match.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient
from tqdm import tqdm

from bridge import create_app
from bridge.accounts.models import LoginSession, Role, User
from bridge.accounts.service import create_user
from bridge.accounts.sessions import hash_token
from bridge.config import read_config
from bridge.database import utc_now
from bridge.employers.models import Employer, EmployerState, Member
from bridge.extensions import alembic, db
from bridge.search.index import current_index
from bridge.search.service import note_change
from bridge.skills import service as skills
from bridge.skills.models import Skill
from bridge.skills.vocabulary import shipped_vocabulary
from bridge.students.models import (
    Degree,
    Direction,
    EntryKind,
    Evidence,
    Profile,
    ProfileEntry,
    ProfileSkill,
    Readiness,
)
from bridge.vacancies.models import SkillNeed, Vacancy, VacancyKind, VacancySkill, VacancyState
from matching import Concept
from tests.postgresql import Cluster, find_programs

VACANCIES = 25
FIELDS_OF_STUDY = 40
SKILLS_HELD = 12
PHRASES = ("Изучал {} и применил на практике.", "Разработал раздел: {}.", "Провёл испытания: {}.")
TOKEN = "benchmark"  # noqa: S105
AGAIN = "again"
ORDERS = {
    "senior years first": "?sort=year",
    "more hours first": "?sort=hours",
    "more hours, 1000th page": "?sort=hours&page=1000",
}


def fields_of_study(chance: random.Random) -> list[list[Concept]]:
    """Neighbouring concepts of the vocabulary: its files go by fields."""
    concepts = list(shipped_vocabulary().concepts.values())
    starts = [chance.randrange(len(concepts) - 80) for _ in range(FIELDS_OF_STUDY)]
    return [concepts[start : start + 80] for start in starts]


def prose(field: list[Concept], sentences: int, chance: random.Random) -> str:
    return " ".join(
        chance.choice(PHRASES).format(chance.choice(field).ru) for _ in range(sentences)
    )


def insert(model: type[Any], rows: Iterator[dict[str, Any]], total: int) -> None:
    batch = []
    for row in tqdm(rows, desc=model.__tablename__, total=total, file=sys.stderr):
        batch.append(row)
        if len(batch) == 1000:
            db.session.execute(sa.insert(model), batch)
            batch.clear()
    if batch:
        db.session.execute(sa.insert(model), batch)


def fill(size: int, chance: random.Random) -> None:
    """Write the profiles row by row, past the verbs, which do one at a time."""
    fields = fields_of_study(chance)
    number_of = dict(db.session.execute(sa.select(Skill.slug, Skill.id)).all())
    direction = Direction(code="24.05.01", name_ru="Проектирование ракет", name_en="Rocket design")
    db.session.add(direction)
    db.session.flush()
    now = utc_now()
    field_of = [chance.choice(fields) for _ in range(size)]
    numbers = range(1, size + 1)
    users = (
        {"id": n, "email": f"s{n}@bench.test", "name": f"Имя Фамилия {n}", "role": Role.STUDENT}
        for n in numbers
    )
    insert(User, users, size)
    profiles = (
        {
            "id": n,
            "user_id": n,
            "direction_id": direction.id,
            "degree": Degree.BACHELOR,
            "year_of_study": 1 + n % 5,
            "city": "Королёв",
            "hours_per_week": 10 + n % 30,
            "ready_for": [kind.value for kind in Readiness],
            "summary": prose(field_of[n - 1], 6, chance),
            "published_at": now,
        }
        for n in numbers
    )
    insert(Profile, profiles, size)
    entries = (
        {
            "profile_id": n,
            "kind": kind,
            "title": chance.choice(field_of[n - 1]).ru,
            "text": prose(field_of[n - 1], 5, chance),
        }
        for n in numbers
        for kind in (EntryKind.COURSE, EntryKind.PROJECT, EntryKind.EXPERIENCE)
    )
    insert(ProfileEntry, entries, 3 * size)
    held = (
        {"profile_id": n, "skill_id": number_of[c.slug], "evidence": chance.choice(list(Evidence))}
        for n in numbers
        for c in chance.sample(field_of[n - 1], SKILLS_HELD)
    )
    insert(ProfileSkill, held, SKILLS_HELD * size)
    follow_numbers(User, Profile)
    add_vacancies(fields, number_of, chance)


def follow_numbers(*models: type[Any]) -> None:
    """Rows were written with their numbers, of which PostgreSQL's sequences do not know."""
    if db.engine.dialect.name != "postgresql":
        return
    for model in models:
        sequence = sa.func.pg_get_serial_sequence(f'"{model.__tablename__}"', "id")
        db.session.execute(sa.select(sa.func.setval(sequence, sa.func.max(model.id))))


def add_vacancies(
    fields: list[list[Concept]], number_of: dict[str, int], chance: random.Random
) -> None:
    user = create_user("hr@bench.test", "HR", Role.MEMBER, actor=None, confirmed=True)
    employer = Employer(
        name="АО «Завод»", inn="0000000001", contact_name="HR", state=EmployerState.APPROVED
    )
    db.session.add_all([employer, Member(user=user, employer=employer)])
    for number in range(VACANCIES):
        field = fields[number % len(fields)]
        asked = chance.sample(field, 7)
        vacancy = Vacancy(
            employer=employer,
            kind=VacancyKind.INTERNSHIP,
            title=f"Инженер: {field[0].ru}"[:160],
            text=prose(field, 12, chance),
            year_from=2,
            state=VacancyState.PUBLISHED,
            published_at=utc_now(),
        )
        vacancy.skills = [
            VacancySkill(
                skill_id=number_of[concept.slug],
                need=SkillNeed.MUST if place < 4 else SkillNeed.NICE,
            )
            for place, concept in enumerate(asked)
        ]
        db.session.add(vacancy)
    db.session.add(LoginSession(user_id=user.id, token_hash=hash_token(TOKEN)))
    db.session.commit()


def timed(client: FlaskClient, address: str) -> tuple[float, float]:
    """Milliseconds until the whole page is there: by the clock, and of the processor, which
    neighbours on the machine disturb less."""
    start, busy = time.perf_counter(), time.thread_time()
    response = client.get(address)
    elapsed = (time.perf_counter() - start) * 1000.0, (time.thread_time() - busy) * 1000.0
    assert response.status_code == 200, response.status_code
    assert response.text.count('class="candidate card"') == 20
    return elapsed


def measure(client: FlaskClient, user_id: str, vacancies: list[int]) -> None:
    with client.session_transaction() as session:
        session |= {"_user_id": user_id, "_fresh": True, "login_token": TOKEN}
    times: dict[str, list[tuple[float, float]]] = {}
    for number, vacancy in enumerate(vacancies, start=1):
        address = f"/hr/vacancies/{vacancy}/candidates"
        times.setdefault("shown for the first time", []).append(timed(client, address))
        times.setdefault(AGAIN, []).append(timed(client, address))
        with client.application.app_context():
            note_change(number)
            db.session.commit()
        times.setdefault("after an edit", []).append(timed(client, address))
        for name, order in ORDERS.items():
            timed(client, address + order)
            times.setdefault(name, []).append(timed(client, address + order))
    usual = median(busy for _clock, busy in times[AGAIN][2:])
    for name, values in times.items():
        clock, busy = zip(*values[2:], strict=True)
        print(
            f"{name:24} median {median(clock):6.1f} ms by the clock, worst {max(clock):6.1f}, "
            f"median {median(busy):6.1f} ms of the processor, ratio {median(busy) / usual:4.1f}"
        )


@contextmanager
def database(folder: Path, *, postgresql: bool) -> Iterator[str]:
    if not postgresql:
        yield f"sqlite:///{folder / 'bridge.db'}"
        return
    programs = find_programs()
    if programs is None:
        raise SystemExit("The PostgreSQL server (initdb, pg_ctl) is missing.")
    cluster = Cluster(programs)
    cluster.start()
    try:
        yield cluster.create_database("bridge")
    finally:
        cluster.stop()


def main(size: int, *, postgresql: bool) -> None:
    with tempfile.TemporaryDirectory() as name, database(Path(name), postgresql=postgresql) as url:
        app = create_app(read_config({"DATA_DIR": name, "DATABASE_URL": url}))
        with app.app_context():
            alembic.upgrade()
            skills.sync(shipped_vocabulary().concepts.values())
            fill(size, random.Random(1))  # noqa: S311
            start = time.perf_counter()
            index = current_index()
            print(f"{len(index)} profiles, indexed in {time.perf_counter() - start:.1f} s")
            user = db.session.scalars(sa.select(User).where(User.role == Role.MEMBER)).one()
            vacancies = list(db.session.scalars(sa.select(Vacancy.id).order_by(Vacancy.id)))
            user_id = str(user.get_id())
            db.session.rollback()
        measure(app.test_client(), user_id, vacancies)
        with app.app_context():
            db.engine.dispose()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--profiles", type=int, default=10_000)
    parser.add_argument("--postgresql", action="store_true")
    chosen = parser.parse_args()
    main(chosen.profiles, postgresql=chosen.postgresql)
