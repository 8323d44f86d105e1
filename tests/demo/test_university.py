"""The demo university: whole, plausible, made once, and only where it may be."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from stdnum.ru import inn as russian_inn

from bridge import create_app
from bridge.accounts.models import Role, User
from bridge.accounts.service import authenticate
from bridge.analytics.fairness import FOUR_FIFTHS, by_direction
from bridge.candidates.models import Candidate
from bridge.cases.models import Case, CaseKind, CaseState
from bridge.config import Config
from bridge.contacts.models import (
    LIVE,
    ContactRequest,
    Message,
    RequestState,
    Side,
    ThreadRead,
)
from bridge.database import Model, utc_now
from bridge.demo import content
from bridge.demo.people import PASSWORD
from bridge.employers.models import Employer, EmployerState
from bridge.extensions import alembic, db
from bridge.hiring.models import Hiring, Stage
from bridge.interviews.models import Slot
from bridge.interviews.queries import upcoming
from bridge.mail.models import OutboxMail
from bridge.notices.models import Notice
from bridge.notices.reading import read
from bridge.search.index import current_index
from bridge.skills.models import Skill, SkillState
from bridge.students.completeness import missing_for_publication
from bridge.students.models import Evidence, Profile, ProfileSkill
from bridge.vacancies.models import Vacancy, VacancyState
from matching import Vocabulary
from tests.client import Browser, sign_in, submit
from tests.conftest import make_config
from tests.factories import make_user


def new_app(tmp_path_factory: pytest.TempPathFactory, **environment: str) -> Flask:
    """An application on an empty database of its own that has the vocabulary."""
    app = create_app(make_config(tmp_path_factory.mktemp("demo"), **environment))
    app.test_client_class = Browser
    with app.app_context():
        alembic.upgrade()
    assert app.test_cli_runner().invoke(args=["sync-vocabulary"]).exit_code == 0
    return app


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
)
def university(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    if request.param == "sqlite":
        folder = tmp_path_factory.mktemp("university") / "data"
        shutil.copytree(request.getfixturevalue("demo_data"), folder)
        app = create_app(make_config(folder, BRIDGE_MODE="demo"))
        app.test_client_class = Browser
    else:
        url = request.getfixturevalue("postgresql").create_database("demo")
        app = new_app(tmp_path_factory, BRIDGE_MODE="demo", DATABASE_URL=url)
        result = app.test_cli_runner().invoke(args=["demo"])
        assert result.exit_code == 0, result.output
    with app.app_context():
        yield app
        db.session.rollback()
    with app.app_context():
        db.engine.dispose()


def count(model: type[Model], *conditions: sa.ColumnExpressionArgument[bool]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model).where(*conditions)) or 0


def states(column: sa.orm.InstrumentedAttribute[object]) -> Counter[object]:
    return Counter(db.session.scalars(sa.select(column)))


@pytest.fixture
def rows(university: Flask) -> dict[str, int]:
    tables = Model.metadata.tables.values()
    return {
        table.name: db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
        for table in tables
    }


def test_it_is_as_large_as_promised(rows: dict[str, int]) -> None:
    assert rows["profile"] == 430
    assert rows["employer"] == 35
    assert rows["vacancy"] == 89
    assert count(Employer, Employer.state == EmployerState.APPROVED) == 27
    assert count(Vacancy, Vacancy.state == VacancyState.PUBLISHED) == 70


def test_everybody_is_marked_as_made_up(university: Flask) -> None:
    assert count(User, ~User.is_demo) == 0
    for address, role in (
        ("student@demo.test", Role.STUDENT),
        ("hr@demo.test", Role.MEMBER),
        ("staff@demo.test", Role.STAFF),
        ("admin@demo.test", Role.ADMIN),
    ):
        user = authenticate(address, PASSWORD, network="192.0.2.1")
        assert user is not None
        assert user.role is role
        assert user.email_confirmed_at is not None


def test_every_kind_of_case_waits_and_some_are_overdue(university: Flask) -> None:
    waiting = db.session.scalars(sa.select(Case).where(Case.state == CaseState.WAITING)).all()
    assert {case.kind for case in waiting} == set(CaseKind)
    assert any(case.due_at < utc_now() for case in waiting)
    by_kind = Counter(case.kind for case in waiting)
    assert by_kind[CaseKind.EMPLOYER] == count(Employer, Employer.state == EmployerState.APPLIED)
    assert by_kind[CaseKind.VACANCY] == count(Vacancy, Vacancy.state == VacancyState.SUBMITTED)
    assert by_kind[CaseKind.SKILL] == count(Skill, Skill.state == SkillState.PROPOSED)
    requested = ContactRequest.state == RequestState.REQUESTED
    assert by_kind[CaseKind.CONTACT] == count(ContactRequest, requested)


def test_the_waiting_requests_are_few_and_of_many_vacancies(university: Flask) -> None:
    cases = db.session.scalars(
        sa.select(Case).where(Case.kind == CaseKind.CONTACT, Case.state == CaseState.WAITING)
    ).all()
    requests = [db.session.get_one(ContactRequest, case.subject_id) for case in cases]
    assert 8 <= len(cases) <= 14
    assert max(Counter(request.vacancy_id for request in requests).values()) <= 2
    assert len({request.employer_id for request in requests}) >= 6
    assert len({request.message for request in requests}) >= len(requests) - 1
    flags = {flag["code"] for case in cases for flag in case.flags}
    assert {"mail", "messenger", "disguised", "copied"} <= flags
    clean = [case for case in cases if not case.flags]
    assert 3 <= len(clean) <= len(cases) - 4
    late = [case for case in cases if case.due_at < utc_now()]
    assert 1 <= len(late) <= len(cases) // 2
    assert len({case.opened_at for case in cases}) == len(cases)


def test_requests_are_in_every_state_and_keep_the_rules(university: Flask) -> None:
    assert set(states(ContactRequest.state)) == set(RequestState)
    requests = db.session.scalars(sa.select(ContactRequest)).all()
    for request in requests:
        assert request.candidate.vacancy_id == request.vacancy_id
        assert request.candidate.profile_id == request.profile_id
        assert request.vacancy.employer_id == request.employer_id
        assert request.basis["rank"] >= 1
        assert request.created_at <= request.changed_at <= utc_now()
        assert request.is_open == (request.state in (RequestState.ACCEPTED, RequestState.CLOSED))
        assert bool(request.messages) == request.is_open
    live = Counter((r.vacancy_id, r.profile_id) for r in requests if r.state in LIVE)
    assert set(live.values()) == {1}


def test_nothing_happened_in_the_future_or_before_what_it_rests_on(university: Flask) -> None:
    now = utc_now()
    assert count(Message, Message.created_at > now) == 0
    assert count(OutboxMail, OutboxMail.created_at > now) == 0
    for vacancy in db.session.scalars(sa.select(Vacancy).where(Vacancy.published_at.is_not(None))):
        assert vacancy.published_at is not None
        assert vacancy.created_at <= vacancy.published_at <= now
    early = sa.select(Candidate).join(Vacancy).where(Candidate.created_at < Vacancy.published_at)
    assert db.session.scalars(early).all() == []


def test_the_enterprises_have_valid_numbers(university: Flask) -> None:
    inns = db.session.scalars(sa.select(Employer.inn)).all()
    assert all(russian_inn.is_valid(inn) for inn in inns)


def test_published_profiles_are_complete_and_the_index_has_them(university: Flask) -> None:
    published = db.session.scalars(
        sa.select(Profile).where(Profile.published_at.is_not(None))
    ).all()
    assert 300 <= len(published) < 430
    assert [profile.id for profile in published if missing_for_publication(profile)] == []
    assert len(current_index()) == len(published)


def test_profiles_differ(university: Flask) -> None:
    profiles = db.session.scalars(sa.select(Profile)).all()
    assert len({profile.summary for profile in profiles}) > 0.8 * len(profiles)
    assert len({frozenset(held.skill_id for held in p.skills) for p in profiles}) > 0.99 * len(
        profiles
    )
    assert len({profile.direction_id for profile in profiles}) > 25
    assert set(states(ProfileSkill.evidence)) == set(Evidence)


def test_letters_are_not_sent_again(university: Flask) -> None:
    assert count(OutboxMail, OutboxMail.sent_at.is_(None)) == 0


def test_a_second_run_does_nothing(university: Flask, rows: dict[str, int]) -> None:
    result = university.test_cli_runner().invoke(args=["demo"])
    assert result.exit_code == 0
    assert "already" in result.output
    assert {
        name: db.session.scalar(sa.select(sa.func.count()).select_from(table))
        for name, table in Model.metadata.tables.items()
    } == rows


def test_the_screens_open(university: Flask) -> None:
    pages = {
        "hr@demo.test": ("/hr/vacancies", "/hr/requests", "/company"),
        "student@demo.test": ("/profile", "/requests", "/vacancies"),
        "staff@demo.test": ("/staff/moderation", "/staff/students", "/staff/employers"),
        "admin@demo.test": ("/admin/accounts", "/admin/audit"),
    }
    for address, paths in pages.items():
        client: FlaskClient = university.test_client()
        sign_in(client, db.session.scalars(sa.select(User).where(User.email == address)).one())
        for path in paths:
            assert client.get(path).status_code == 200, path


def test_the_hr_whom_everybody_may_be_has_an_interview_ahead_and_requests_in_every_state(
    university: Flask,
) -> None:
    hr = db.session.scalars(sa.select(User).where(User.email == "hr@demo.test")).one()
    assert db.session.scalars(upcoming(hr)).all() != []
    assert hr.member is not None
    own = ContactRequest.employer_id == hr.member.employer_id
    assert set(db.session.scalars(sa.select(ContactRequest.state).where(own))) == set(RequestState)


def test_whoever_answers_has_read_what_was_written_before(university: Flask) -> None:
    """Only what stands at the end of a thread, from the other side, is new to a side."""
    threads = db.session.scalars(
        sa.select(ContactRequest).where(ContactRequest.id.in_(sa.select(Message.request_id)))
    ).all()
    seen = {
        (row.request_id, row.side): row.message_id
        for row in db.session.scalars(sa.select(ThreadRead))
    }
    answered = 0
    for request in threads:
        for side in Side:
            is_own = [(one.author_id == request.profile.user_id) is (side is Side.STUDENT)
                      for one in request.messages]  # fmt: skip
            if True in is_own[1:]:
                last_own = len(is_own) - 1 - is_own[::-1].index(True)
                answered += 1
                assert seen[request.id, side] >= request.messages[last_own - 1].id
    assert answered > 10


def test_nobody_has_two_interviews_at_once(university: Flask) -> None:
    slots = db.session.scalars(sa.select(Slot).join(Slot.vacancy).order_by(Slot.starts_at)).all()
    by_employer: dict[int, list[Slot]] = {}
    for slot in slots:
        by_employer.setdefault(slot.vacancy.employer_id, []).append(slot)
    assert len(slots) > 10
    for own in by_employer.values():
        for first, second in pairwise(own):
            assert first.starts_at + timedelta(minutes=first.minutes) <= second.starts_at


def test_a_vacancy_of_that_hr_has_people_at_every_stage(university: Flask) -> None:
    hr = db.session.scalars(sa.select(User).where(User.email == "hr@demo.test")).one()
    assert hr.member is not None
    found = db.session.execute(
        sa.select(ContactRequest.vacancy_id, Hiring.state)
        .join(Hiring.request)
        .where(ContactRequest.employer_id == hr.member.employer_id)
    ).all()
    boards = {
        vacancy: {state for other, state in found if other == vacancy} for vacancy, _ in found
    }
    assert set(Stage) in boards.values(), boards


def test_the_fairness_page_has_groups_to_compare(university: Flask) -> None:
    least = university.config["BRIDGE"].group_least
    rates = by_direction(None, least)
    assert len(rates.groups) >= 4
    assert any(group.requested for group in rates.groups)
    assert any((rates.ratio(group) or 0) < FOUR_FIFTHS for group in rates.groups)


def test_no_notice_says_a_title_twice(university: Flask) -> None:
    titles = db.session.scalars(sa.select(Vacancy.title)).all()
    twice, read_ones = [], 0
    for user in db.session.scalars(sa.select(User).order_by(User.id)).all():
        own = db.session.scalars(sa.select(Notice).where(Notice.user_id == user.id)).all()
        with university.test_request_context(), force_locale("ru"):
            for reading in read(own, user):
                read_ones += 1
                text = f"{reading.letter.subject} {reading.letter.lead}" if reading.letter else ""
                twice += [text for title in titles if text.count(title) > 1]
    assert read_ones > 100
    assert twice == []


def test_one_signs_in_with_the_printed_password(university: Flask) -> None:
    client = university.test_client()
    values = {"email": "hr@demo.test", "password": PASSWORD}
    answer = submit(client, "/sign-in", values)
    assert answer.status_code == 303


def test_only_demo_mode_may_have_it(config: Config, app: Flask) -> None:
    assert not config.is_demo
    result = app.test_cli_runner().invoke(args=["demo"])
    assert result.exit_code == 1
    assert "demo mode only" in result.output
    assert count(User) == 0


def test_real_people_are_left_alone(tmp_path_factory: pytest.TempPathFactory) -> None:
    app = new_app(tmp_path_factory, BRIDGE_MODE="demo")
    with app.app_context():
        make_user(Role.STAFF)
        db.session.commit()
        result = app.test_cli_runner().invoke(args=["demo"])
        assert result.exit_code == 1
        assert "real people" in result.output
        assert count(User) == 1
        db.engine.dispose()


def test_the_texts_name_only_skills_and_directions_that_exist() -> None:
    known = Vocabulary.load().concepts.keys()
    codes = {entry["code"] for entry in content.read("directions.toml")["directions"]}
    for field in content.fields():
        named = {*field.core, *field.common, *field.rare}
        named |= {slug for speciality in field.specialities for slug in speciality.skills}
        assert named - known == set(), field.name
        assert field.directions.keys() - codes == set(), field.name
        assert sum(field.directions.values()) == field.students, field.name
    for vacancy in (*content.vacancies(), *content.read("queue.toml")["vacancies"]):
        assert {*vacancy["must"], *vacancy["nice"]} - known == set(), vacancy["title"]
        assert not set(vacancy["must"]) & set(vacancy["nice"]), vacancy["title"]
