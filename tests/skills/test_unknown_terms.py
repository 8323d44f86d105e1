"""What employers look for and the vocabulary lacks: counted without a trace of who, decided."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bridge.accounts.models import Role, User
from bridge.cases.models import Case, CaseKind
from bridge.database import only_reading
from bridge.errors import StaleStateError
from bridge.extensions import db
from bridge.search.index import current_index
from bridge.skills import queries, service, unknown
from bridge.skills.models import Skill, SkillState, TermState, UnknownTerm
from bridge.skills.vocabulary import vocabulary
from bridge.vacancies import documents
from bridge.vacancies import service as vacancies
from bridge.vacancies.models import VacancyState
from tests.client import sign_in, submit
from tests.factories import make_member, make_student, make_user, make_vacancy
from tests.queries import count_queries
from tests.races import race


def counted() -> dict[str, tuple[int, int]]:
    db.session.rollback()
    rows = db.session.scalars(sa.select(UnknownTerm).order_by(UnknownTerm.id))
    return {row.name: (row.searches, row.vacancies) for row in rows}


def make_term(name: str = "Фазовращатель", **values: int) -> UnknownTerm:
    term = UnknownTerm(key=name.casefold(), name=name, **{"searches": 2, **values})
    db.session.add(term)
    db.session.commit()
    return term


def search(client: FlaskClient, *texts: str) -> None:
    vacancy = make_vacancy(make_member().employer)
    sign_in(client, vacancy.employer.members[0].user)
    for text in texts:
        query = {"q": text}
        answer = client.get(f"/hr/vacancies/{vacancy.id}/candidates", query_string=query)
        assert answer.status_code == 200


def test_a_search_for_something_unknown_is_counted_under_one_name(client: FlaskClient) -> None:
    search(client, "Фазовращатель", "фазовращатель ", "ФАЗОВРАЩАТЕЛЬ")
    assert counted() == {"Фазовращатель": (3, 0)}


@pytest.mark.parametrize(
    "text",
    [
        "Python",
        "опыт с Python",
        "и на с",
        "12",
        "🚀",
        "someone@example.ru",
        "t.me/someone",
        "example.ru",
        "+7 916 123-45-67",
        "один два три четыре пять слов",
        "ю" * 90,
        "Снегирёва",
        "снегирёва",
        "Анна снегирёва",
    ],
)
def test_known_skills_names_of_people_and_contacts_are_not_kept(app: Flask, text: str) -> None:
    make_user(Role.STUDENT, name="Снегирёва Анна")
    db.session.commit()
    unknown.note_search(text)
    assert counted() == {}


def test_what_is_proposed_already_is_not_collected(app: Flask) -> None:
    service.find_or_propose("Фазовращатель", actor=None)
    db.session.commit()
    unknown.note_search("фазовращатель")
    assert counted() == {}


def test_a_vacancy_gives_the_tools_it_names_once(app: Flask) -> None:
    employer = make_member().employer
    vacancy = make_vacancy(employer, state=VacancyState.DRAFT, published_at=None)
    vacancy.text = "Пишем на Python для Zorgan5, Zorgan5 и БКЦВ. Наш цех. Звоните: a@zorgan.ru"
    vacancies.submit(vacancy, actor=None)
    vacancies.approve(vacancy, actor=None)
    db.session.commit()
    assert counted() == {"Zorgan5": (0, 1), "БКЦВ": (0, 1)}


def test_the_search_on_the_list_counts_its_first_page(client: FlaskClient) -> None:
    vacancy = make_vacancy(make_member().employer)
    db.session.commit()
    sign_in(client, vacancy.employer.members[0].user)
    address = f"/hr/vacancies/{vacancy.id}/candidates"
    assert client.get(f"{address}?q=фазовращатель").status_code == 200
    assert client.get(f"{address}?q=фазовращатель&page=2").status_code == 200
    assert client.get(f"{address}?q={'ю' * 300}").status_code == 200
    assert counted() == {"фазовращатель": (1, 0)}


def test_taken_up_it_waits_in_the_queue_as_a_proposal(client: FlaskClient) -> None:
    term, staff = make_term(), make_user(Role.STAFF)
    make_term("Noise", searches=1)
    db.session.commit()
    sign_in(client, staff)
    page = client.get("/staff/terms")
    assert "Фазовращатель" in page.text
    assert "Noise" not in page.text
    answer = submit(client, "/staff/terms", action=f"/staff/terms/{term.id}/take")
    skill = db.session.scalars(sa.select(Skill).where(Skill.slug == "~фазовращатель")).one()
    case = db.session.scalars(sa.select(Case).where(Case.kind == CaseKind.SKILL)).one()
    assert (answer.status_code, answer.location) == (303, f"/staff/moderation/{case.id}")
    assert (skill.state, case.subject_id) == (SkillState.PROPOSED, skill.id)
    assert "Фазовращатель" not in client.get("/staff/terms").text
    with pytest.raises(StaleStateError):
        unknown.dismiss(term, actor=staff)


def test_a_dismissal_lasts_and_can_be_taken_back(client: FlaskClient) -> None:
    term, staff = make_term(), make_user(Role.STAFF)
    db.session.commit()
    sign_in(client, staff)
    submit(client, "/staff/terms", action=f"/staff/terms/{term.id}/dismiss")
    assert f"/staff/terms/{term.id}/dismiss" not in client.get("/staff/terms").text
    search(client, "Фазовращатель")
    assert counted() == {"Фазовращатель": (3, 0)}
    unknown.reopen(db.session.get_one(UnknownTerm, term.id), actor=staff)
    assert db.session.get_one(UnknownTerm, term.id).state is TermState.OPEN


def test_the_list_takes_the_same_queries_however_long(client: FlaskClient) -> None:
    make_term()
    sign_in(client, make_user(Role.STAFF))
    client.get("/staff/terms")
    with count_queries() as few:
        client.get("/staff/terms")
    for number in range(12):
        make_term(f"Прибор{number}")
    with count_queries() as many:
        assert client.get("/staff/terms").status_code == 200
    assert len(many) == len(few)
    found = db.session.scalars(queries.unknown_terms(2)).all()
    assert len(found) == 13


def test_an_approved_skill_is_read_in_texts_at_once(app: Flask) -> None:
    """By the index that a worker already has, without `reindex`."""
    for number in range(3):
        student = make_student(summary=f"Assembled a phase shifter, number {number}")
    vacancy = make_vacancy(make_member().employer, title="Настройщик", text="Фазовращатель")
    skill = service.find_or_propose("Фазовращатель", actor=None)
    db.session.commit()
    index, query = current_index(), documents.query(vacancy)
    assert index.explain(query, student.id).score == 0.0
    staff = make_user(Role.STAFF)
    service.approve(skill, actor=staff, name_ru="Фазовращатель", name_en="phase shifter")
    db.session.commit()
    assert current_index() is index
    assert index.explain(query, student.id).by_kind()["translated"] > 0.0


def test_a_search_reads_with_what_was_approved_after_its_request_began(app: Flask) -> None:
    student = make_student(summary="Assembled a phase shifter")
    vacancy = make_vacancy(make_member().employer, title="Настройщик", text="Фазовращатель")
    skill_id = service.find_or_propose("Фазовращатель", actor=None).id
    staff_id = make_user(Role.STAFF).id
    db.session.commit()
    query = documents.query(vacancy)
    current_index()

    def approve() -> None:
        skill, staff = db.session.get_one(Skill, skill_id), db.session.get_one(User, staff_id)
        service.approve(skill, actor=staff, name_ru="Фазовращатель", name_en="phase shifter")

    with only_reading():
        assert db.session.get_one(Skill, skill_id).state is SkillState.PROPOSED
        assert race(app, [approve]) == ["done"]
        index = current_index()
    assert index.explain(query, student.id).by_kind()["translated"] > 0.0


def test_a_merged_proposal_is_another_name_of_its_skill(app: Flask) -> None:
    python = service.find_or_propose("Python", actor=None)
    proposal = service.find_or_propose("Удавчик", actor=None)
    service.merge(proposal, python, actor=make_user(Role.STAFF))
    db.session.commit()
    found = vocabulary().find("удавчик")
    assert found is not None
    assert found.slug == "python"
    assert service.find_or_propose("Удавчик", actor=None).id == python.id
    assert dict(vocabulary().detect("писал на удавчике")) == {"python": 1}
