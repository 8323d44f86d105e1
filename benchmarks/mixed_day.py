"""A mixed day under load: students edit, HR searches, staff decide, all at once, from a process of
their own against gunicorn, beside a bare Flask page on the same server in the same run.

    python -m benchmarks.mixed_day [--profiles 10000] [--seconds 20] [--postgresql]
        [--beside CHECKOUT ...]

`--beside` serves other versions of the program too, one after another on the same data, to see what
a change has brought. Printed are, for each kind of request, how many a second were answered, the
median and the 99th percentile in milliseconds, and errors: whatever is not the answer that a person
would want; also what the server's processes took of the processor. Each client sends its next
request when the last is answered, on a connection that stays open.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import multiprocessing
import random
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlencode

import numpy as np
import psutil
import sqlalchemy as sa
from flask import Flask

from benchmarks.candidates_page import database, fill
from bridge import create_app
from bridge.accounts.models import Role, User
from bridge.accounts.service import create_user
from bridge.cases.models import Case, CaseState
from bridge.config import read_config
from bridge.extensions import alembic, db
from bridge.search.index import live_index
from bridge.skills import service as skills
from bridge.skills.vocabulary import shipped_vocabulary
from bridge.students.models import Profile
from bridge.vacancies import service as vacancies
from bridge.vacancies.models import Vacancy, VacancyState
from tests.client import Browser, forms_of, sign_in
from tests.conftest import SECRET
from tests.servers import ROOT, serving

APPLICATION = "benchmarks.mixed_day_app:app"
STUDENTS, MEMBERS, STAFF = 6, 3, 1
# More than the staff can decide on while several versions are served.
CASES = 1500
WARMING_CASES = 50
BARE_CLIENTS = STUDENTS + MEMBERS + STAFF


@dataclass
class People:
    """Cookies of those who act, and what they act on."""

    students: list[str] = field(default_factory=list)
    members: list[str] = field(default_factory=list)
    staff: list[str] = field(default_factory=list)
    vacancies: list[int] = field(default_factory=list)
    cases: list[int] = field(default_factory=list)


Times = dict[str, list[float]]


class Client:
    """A browser with one connection, one cookie and a watch."""

    def __init__(self, port: int, cookie: str) -> None:
        self.port = port
        self.cookie = cookie
        self.times: Times = defaultdict(list)
        self.errors: dict[str, int] = defaultdict(int)
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(
        self, kind: str, wanted: int, path: str, form: dict[str, list[str]] | None = None
    ) -> str:
        """The page; an answer that is not `wanted` counts as an error."""
        headers = {"Cookie": self.cookie}
        body = urlencode(form, doseq=True).encode() if form else None
        if form:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        start = time.perf_counter()
        try:
            self.connection.request("POST" if form else "GET", path, body, headers)
            answer = self.connection.getresponse()
            text = answer.read().decode()
            status = answer.status
        except (OSError, http.client.HTTPException):
            self.connection.close()
            status, text = 0, ""
        else:
            if kept := (answer.getheader("Set-Cookie") or "").partition(";")[0]:
                self.cookie = kept
        self.times[kind].append((time.perf_counter() - start) * 1000.0)
        self.errors[kind] += status != wanted
        return text


def edit(client: Client, number: int) -> None:
    page = client.ask("a student opens the form", 200, "/profile/about")
    fields = next(
        (one for _target, one in forms_of(SimpleNamespace(text=page)) if "summary" in one),  # type: ignore[arg-type]
        None,
    )
    if fields is not None:
        fields["summary"] = [f"{fields['summary'][0].strip()[:400]} Правка {number}."]
        client.ask("a student saves it", 303, "/profile/about", fields)


def search(client: Client, vacancy: int, number: int) -> None:
    page = 1 + number % 3
    client.ask("HR searches", 200, f"/hr/vacancies/{vacancy}/candidates?page={page}")


def decide(client: Client, case: int) -> None:
    address = f"/staff/moderation/{case}"
    page = client.ask("staff open a case", 200, address)
    for _target, fields in forms_of(SimpleNamespace(text=page)):  # type: ignore[arg-type]
        if "reason_code" in fields:
            client.ask("staff decide it", 303, address, fields | {"verdict": ["approve"]})
            return
    client.errors["staff decide it"] += 1


def act(client: Client, step: Callable[[int], None], until: float) -> None:
    for number in itertools.count():
        if time.monotonic() > until:
            return
        step(number)


def clients_of(port: int, people: People, *, bare: bool) -> Iterator[tuple[Client, Callable]]:  # type: ignore[type-arg]
    if bare:
        for _number in range(BARE_CLIENTS):
            client = Client(port, "")
            yield client, lambda _n, c=client: c.ask("bare page", 200, "/bare/")
        return
    for cookie in people.students:
        client = Client(port, cookie)
        yield client, lambda n, c=client: edit(c, n)
    for place, cookie in enumerate(people.members):
        client = Client(port, cookie)
        own = people.vacancies[place :: len(people.members)]
        yield client, lambda n, c=client, v=own: search(c, v[n % len(v)], n)
    for cookie in people.staff:
        client = Client(port, cookie)
        cases = iter(people.cases)
        yield client, lambda _n, c=client, waiting=cases: decide(c, next(waiting))


def load(port: int, people: People, seconds: float, *, bare: bool) -> dict[str, tuple[Times, int]]:
    """Runs in a process of its own: what each kind of request took, and its errors."""
    pairs = list(clients_of(port, people, bare=bare))
    until = time.monotonic() + seconds
    threads = [threading.Thread(target=act, args=(*pair, until)) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found: dict[str, tuple[list[float], int]] = {}
    for client, _step in pairs:
        for kind, times in client.times.items():
            before, errors = found.get(kind, ([], 0))
            found[kind] = (before + times, errors + client.errors[kind])
    return found  # type: ignore[return-value]


def in_a_process(port: int, people: People, seconds: float, *, bare: bool) -> dict:  # type: ignore[type-arg]
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(load, (port, people, seconds), {"bare": bare})


def prepare(app: Flask, size: int) -> People:
    """Profiles, vacancies, waiting cases, and people who are signed in."""
    skills.sync(shipped_vocabulary().concepts.values())
    fill(size, random.Random(1))  # noqa: S311
    db.session.execute(sa.update(Profile).values(graduates_on=date(2028, 6, 1)))
    member = db.session.scalars(sa.select(User).where(User.role == Role.MEMBER)).one()
    staff = create_user("staff@bench.test", "Staff", Role.STAFF, actor=None, confirmed=True)
    known = db.session.scalars(sa.select(Vacancy)).all()
    for number in range(CASES):
        vacancy = Vacancy(
            employer_id=member.member.employer_id,
            kind=known[0].kind,
            title=f"Инженер {number}",
            text="Расчёты на прочность, чертежи, испытания на стенде.",
            state=VacancyState.DRAFT,
        )
        vacancy.skills = [
            type(one)(skill_id=one.skill_id, need=one.need) for one in known[0].skills
        ]
        db.session.add(vacancy)
        db.session.flush()
        vacancies.submit(vacancy, actor=member)
    db.session.commit()
    students = db.session.scalars(
        sa.select(User).where(User.role == Role.STUDENT).order_by(User.id).limit(STUDENTS)
    ).all()
    waiting = sa.select(Case.id).where(Case.state == CaseState.WAITING).order_by(Case.id)
    people = People(
        students=[cookie_of(app, user) for user in students],
        members=[cookie_of(app, member) for _number in range(MEMBERS)],
        staff=[cookie_of(app, staff) for _number in range(STAFF)],
        vacancies=[vacancy.id for vacancy in known],
        cases=list(db.session.scalars(waiting)),
    )
    db.session.rollback()
    return people


def cookie_of(app: Flask, user: User) -> str:
    client = app.test_client()
    sign_in(client, user)
    cookie = client.get_cookie("bridge")
    assert cookie is not None
    return f"bridge={cookie.value}"


def processor_seconds(workers: list[int]) -> float:
    """Which neighbours on the machine disturb less than the clock."""
    times = [psutil.Process(worker).cpu_times() for worker in workers]
    return sum(one.user + one.system for one in times)


def show(found: dict[str, tuple[list[float], int]], seconds: float, busy: float) -> None:
    for kind, (times, errors) in found.items():
        p50, p99 = np.percentile(times, (50, 99))
        rate = len(times) / seconds
        print(
            f"{kind:28} {rate:8.1f} a second {p50:8.1f} ms p50 {p99:8.1f} ms p99 {errors:4} wrong"
        )
    total = sum(len(times) for times, _errors in found.values())
    wrong = sum(errors for _times, errors in found.values())
    print(f"{'together':28} {total / seconds:8.1f} a second {wrong:38} wrong")
    print(f"{'of the processor':28} {1000.0 * busy / total:8.1f} ms a request\n", flush=True)


def measure(
    program: Path, folder: Path, environment: dict[str, str], people: People, seconds: float
) -> People:
    """Serve one version of the program; the people, without the cases that are decided by now."""
    with serving(folder, program=program, application=APPLICATION, **environment) as server:
        # Each worker loads its index at its first search.
        warming = replace(people, cases=people.cases[:WARMING_CASES])
        in_a_process(server.port, warming, 5, bare=False)
        left = replace(people, cases=people.cases[WARMING_CASES:])
        decided = 0
        for bare in (True, False):
            before = processor_seconds(server.workers)
            found = in_a_process(server.port, left, seconds, bare=bare)
            show(found, seconds, processor_seconds(server.workers) - before)
            decided += len(found.get("staff open a case", ([], 0))[0])
    return replace(left, cases=left.cases[decided:])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--profiles", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--beside", type=Path, action="append", default=[])
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with database(folder, postgresql=chosen.postgresql) as url:
            environment = {"DATABASE_URL": url, "DATA_DIR": name, "SECRET_KEY": SECRET}
            app = create_app(read_config(environment))
            app.test_client_class = Browser
            with app.app_context():
                alembic.upgrade()
                people = prepare(app, chosen.profiles)
                live_index().rebuild()
                db.session.rollback()
                db.engine.dispose()
            for program in (*chosen.beside, ROOT):
                print(f"{chosen.profiles} profiles, {url.split(':')[0]}, 2 workers, {program.name}")
                people = measure(program.absolute(), folder, environment, people, chosen.seconds)


if __name__ == "__main__":
    main()
