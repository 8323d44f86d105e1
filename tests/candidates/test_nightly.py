"""The nightly batch: what is new to employers and students, and what is not."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from distributed import LocalCluster
from flask import Flask
from flask.testing import FlaskClient

from bridge.candidates import nightly
from bridge.candidates.models import BestMatch, Candidate, Mark
from bridge.candidates.service import new_pseudonym
from bridge.database import as_of, utc_now
from bridge.employers.models import Employer
from bridge.extensions import db
from bridge.search.service import note_change
from bridge.students.models import Evidence, Profile
from bridge.vacancies.models import Vacancy, VacancyState
from tests.client import sign_in
from tests.factories import make_employer, make_member, make_student, make_vacancy
from tests.queries import count_queries

MINE = "/hr/vacancies"


def kept() -> dict[tuple[int, int], int]:
    rows = db.session.scalars(sa.select(BestMatch).execution_options(populate_existing=True))
    return {(row.vacancy_id, row.profile_id): row.score for row in rows}


def renew() -> None:
    db.session.commit()
    nightly.renew()
    db.session.rollback()


def withdraw(profile: Profile) -> None:
    profile.published_at = None
    note_change(profile.id)
    db.session.commit()


def test_good_and_eligible_ones_of_open_vacancies_are_kept(app: Flask) -> None:
    vacancy = make_vacancy(must=("python",), year_from=3)
    other = make_vacancy(must=("welding",))
    make_vacancy(must=("python",), state=VacancyState.DRAFT)
    yesterday = (utc_now() - timedelta(days=1)).date()
    make_vacancy(must=("python",), deadline=yesterday)
    fits = make_student(skills=("python",))
    make_student(skills=("python",), year_of_study=2)
    make_student(skills=("python",), published=False)
    welder = make_student(skills=("welding",))
    renew()
    assert kept().keys() == {(vacancy.id, fits.id), (other.id, welder.id)}
    index_score = nightly.current_index().explain(nightly.documents.query(vacancy), fits.id).score
    assert kept()[vacancy.id, fits.id] == round(100 * index_score) >= nightly.GOOD


def test_a_second_night_changes_only_what_changed(app: Flask) -> None:
    vacancy, closing = make_vacancy(must=("python",)), make_vacancy(must=("python",))
    stays, leaves = make_student(skills=("python",)), make_student(skills=("python",))
    first = utc_now() - timedelta(days=3)
    with as_of(first):
        renew()
    assert len(kept()) == 4
    closing.state = VacancyState.CLOSED
    leaves.published_at = None
    note_change(leaves.id)
    comes = make_student(skills=("python",))
    renew()
    assert kept().keys() == {(vacancy.id, stays.id), (vacancy.id, comes.id)}
    before = db.session.get_one(BestMatch, (vacancy.id, stays.id)).found_at
    renew()
    assert db.session.get_one(BestMatch, (vacancy.id, stays.id)).found_at == before == first
    assert db.session.get_one(BestMatch, (vacancy.id, comes.id)).found_at > first


def test_only_the_best_fifty_are_kept(app: Flask) -> None:
    make_vacancy(must=("python",))
    for number in range(nightly.BEST + 2):
        thing = ("ракеты", "спутника", "двигателя", "антенны", "станции")[number % 5]
        profile = make_student(skills=("python",), summary=f"Собираю модель {thing}.")
        profile.skills[0].evidence = Evidence.ASSESSED
    renew()
    assert len(kept()) == nightly.BEST


def test_the_employer_sees_how_many_are_new_until_the_list_was_opened(client: FlaskClient) -> None:
    member = make_member()
    vacancy = make_vacancy(member.employer, must=("python",))
    make_vacancy(make_employer(), must=("python",))
    profiles = [make_student(skills=("python",)) for _ in range(5)]
    make_student(skills=("welding",))
    sign_in(client, member.user)
    assert "new good candidate" not in client.get(MINE).text
    renew()
    assert "5 new good candidates" in client.get(MINE).text
    # Withdrawn, no longer eligible, judged already: not new, before the next night comes.
    withdraw(profiles[0])
    profiles[1].ready_for = ["practice"]
    note_change(profiles[1].id)
    for profile, values in ((profiles[2], {"mark": Mark.UNFIT}), (profiles[3], {})):
        opened = {} if values else {"opened_at": utc_now()}
        known = {"vacancy": vacancy, "profile": profile, "pseudonym": new_pseudonym()}
        db.session.add(Candidate(**known, **values, **opened))
    page = client.get(MINE)
    assert "1 new good candidate<" in page.text
    assert all(profile.user.name not in page.text for profile in profiles)
    assert client.get(f"/hr/vacancies/{vacancy.id}/candidates").status_code == 200
    assert "new good candidate" not in client.get(MINE).text
    make_student(skills=("python",))
    renew()
    assert "1 new good candidate<" in client.get(MINE).text


def test_the_list_of_vacancies_asks_the_same_for_any_number(client: FlaskClient) -> None:
    member = make_member()
    employer_id = member.employer_id
    make_student(skills=("python",))
    sign_in(client, member.user)
    counts = set()
    for number in (1, 4):
        for _ in range(number):
            make_vacancy(db.session.get_one(Employer, employer_id), must=("python",))
        renew()
        client.get(MINE)
        with count_queries() as statements:
            assert "1 new good candidate" in client.get(MINE).text
        counts.add(len(statements))
    assert len(counts) == 1


def test_the_student_sees_new_vacancies_where_they_begin(client: FlaskClient) -> None:
    near, far = make_vacancy(title="Near", must=("python",)), make_vacancy(title="Far", must=("a",))
    profile = make_student(skills=("python",))
    make_student(skills=("a",))
    renew()
    sign_in(client, profile.user)
    page = client.get("/profile").text
    assert "New vacancies that fit you" in page
    assert "Near</a>" in page
    assert "Far" not in page
    client.get(f"/vacancies/{far.id}")
    assert "Near</a>" in client.get("/profile").text
    client.get(f"/vacancies/{near.id}")
    assert "New vacancies that fit you" not in client.get("/profile").text


def test_the_first_three_are_named_and_the_list_shows_all(client: FlaskClient) -> None:
    for number in range(5):
        make_vacancy(title=f"Opening {number}", must=("python",))
    profile = make_student(skills=("python",))
    renew()
    sign_in(client, profile.user)
    page = client.get("/profile").text
    assert page.count(">Opening ") == 3
    assert "and 2 more" in page
    client.get("/vacancies/for-me")
    assert "New vacancies that fit you" not in client.get("/profile").text


def test_what_no_longer_holds_is_not_shown_to_the_student(client: FlaskClient) -> None:
    closed, narrowed = (make_vacancy(title=name, must=("python",)) for name in ("Gone", "Narrow"))
    make_vacancy(title="Stays", must=("python",))
    profile = make_student(skills=("python",))
    renew()
    closed.state = VacancyState.CLOSED
    narrowed.year_from = 5
    sign_in(client, profile.user)
    page = client.get("/profile").text
    assert [name in page for name in ("Stays", "Gone", "Narrow")] == [True, False, False]
    with as_of(utc_now() + nightly.NEW_FOR + timedelta(hours=1)):
        assert nightly.new_fits(profile) == []
    withdraw(profile)
    assert "New vacancies that fit you" not in client.get("/profile").text


def test_a_deleted_row_since_the_search_is_left_out(app: Flask) -> None:
    vacancy, profile = make_vacancy(must=("python",)), make_student(skills=("python",))
    db.session.commit()
    best = {vacancy.id: {profile.id: 80, 10_000: 70}, 10_000: {profile.id: 60}}
    nightly._keep(db.session, best)  # type: ignore[arg-type]
    db.session.flush()
    assert kept() == {(vacancy.id, profile.id): 80}
    assert db.session.get(Vacancy, vacancy.id) is vacancy


def test_a_cluster_finds_what_the_process_itself_finds(app: Flask) -> None:
    for _ in range(3):
        make_vacancy(must=("python",))
        make_student(skills=("python",))
    renew()
    alone = kept()
    assert len(alone) == 9
    db.session.execute(sa.delete(BestMatch))
    with LocalCluster(
        n_workers=1, processes=False, protocol="tcp", host="127.0.0.1", dashboard_address=None
    ) as workers:
        address = workers.scheduler_address
        object.__setattr__(app.config["BRIDGE"], "dask_scheduler", address)
        renew()
    assert kept() == alone
