"""Load a set of real vacancies and résumés into the platform, so that HR's screen ranks them:

    DATA_DIR=/tmp/quality python benchmarks/load_quality_set.py --data FOLDER

FOLDER holds `queries.jsonl` ({"query_id", "text", …}, one vacancy a line) and `docs.jsonl`
({"doc_id", "text"}, one résumé a line). Each résumé becomes a published profile under an invented
name, its text the description of one experience; each vacancy becomes a published vacancy of one
employer. The database, that of the environment's settings, is migrated first; loading a set again
adds nothing.
"""

from __future__ import annotations

import argparse
import json
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from tqdm import tqdm

from bridge import create_app
from bridge.accounts.models import Role, User
from bridge.accounts.service import create_user
from bridge.database import utc_now
from bridge.employers.models import Employer, EmployerState, Member
from bridge.extensions import alembic, db
from bridge.search.index import live_index
from bridge.search.service import note_change
from bridge.students.models import EntryKind, ProfileEntry, Readiness
from bridge.vacancies.models import Vacancy, VacancyKind, VacancyState, WorkPlace

COMMIT_EVERY = 200
TITLE_MAX = 160


def lines(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def title_of(text: str, query_id: str) -> str:
    """The first line that says something, cut to what the column holds."""
    first = next((line.strip() for line in text.splitlines() if line.strip()), query_id)
    return first[:TITLE_MAX]


def add_member(name: str, address: str, password: str) -> Member:
    user = create_user(address, "HR", Role.MEMBER, actor=None, password=password, confirmed=True)
    # The INN of nobody: those of real enterprises do not begin with zeros.
    others = db.session.scalar(sa.select(sa.func.count()).select_from(Employer)) or 0
    employer = Employer(
        name=f"Quality set {name}",
        inn=f"{others + 1:010}",
        contact_name="HR",
        state=EmployerState.APPROVED,
    )
    member = Member(user=user, employer=employer)
    db.session.add(member)
    return member


def add_vacancies(member: Member, queries: list[dict[str, Any]]) -> None:
    for query in queries:
        db.session.add(
            Vacancy(
                employer=member.employer,
                created_by_id=member.user.id,
                external_number=str(query["query_id"])[:40],
                kind=VacancyKind.JOB,
                title=title_of(query["text"], str(query["query_id"])),
                text=query["text"],
                work_place=WorkPlace.REMOTE,
                state=VacancyState.PUBLISHED,
                published_at=utc_now(),
            )
        )


def add_profiles(name: str, documents: list[dict[str, Any]]) -> Iterator[int]:
    """Yields the number of each profile made."""
    for number, document in enumerate(documents, start=1):
        address = f"{name}-{number}@quality.test".replace("_", "-")
        user = create_user(address, f"Candidate {number}", Role.STUDENT, actor=None)
        profile = user.profile
        assert profile is not None
        profile.student_number = f"{name}:{document['doc_id']}"[:32]
        profile.remote_ready = True
        profile.ready_for = [kind.value for kind in Readiness]
        profile.published_at = utc_now()
        entry = ProfileEntry(kind=EntryKind.EXPERIENCE, title="Résumé", text=document["text"])
        profile.entries.append(entry)
        db.session.flush()
        note_change(profile.id)
        yield number


def load(folder: Path) -> None:
    name = folder.resolve().name
    address, password = f"hr-{name}@quality.test".replace("_", "-"), secrets.token_urlsafe(9)
    if db.session.scalar(sa.select(User.id).where(User.email == address)):
        print(f"The set {name} is loaded already; its HR is {address}.")
        return
    member = add_member(name, address, password)
    queries, documents = lines(folder / "queries.jsonl"), lines(folder / "docs.jsonl")
    add_vacancies(member, queries)
    for number in tqdm(add_profiles(name, documents), total=len(documents), unit=" résumés"):
        if number % COMMIT_EVERY == 0:
            db.session.commit()
    db.session.commit()
    live_index().rebuild()
    first = db.session.scalars(
        sa.select(Vacancy.id).where(Vacancy.employer_id == member.employer_id).order_by(Vacancy.id)
    ).first()
    print(f"{len(documents)} résumés and {len(queries)} vacancies. Start the server and open")
    print(f"    /hr/vacancies/{first}/candidates")
    print(f"signed in as {address} with the password {password}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="folder of the set")
    folder: Path = parser.parse_args().data
    for file in ("queries.jsonl", "docs.jsonl"):
        if not (folder / file).is_file():
            parser.error(f"{folder} has no {file}")
    app = create_app()
    with app.app_context():
        alembic.upgrade()
        load(folder)


if __name__ == "__main__":
    main()
