"""The metrics are right, add up over the workers, and are read by nobody else."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from bridge import create_app
from bridge.cases.models import Case, CaseKind
from bridge.config import ConfigurationError, read_config
from bridge.database import utc_now
from bridge.extensions import db
from bridge.jobs.models import JobRun
from bridge.jobs.service import run_due
from bridge.mail.models import MailState, OutboxMail
from bridge.search.index import current_index, live_index
from tests.client import sign_in
from tests.conftest import make_config
from tests.factories import make_employer, make_letter, make_member, make_student, make_vacancy
from tests.servers import serving

TOKEN = "reader-0123456789-abcdefghijklmnop"
Values = dict[tuple[str, frozenset[tuple[str, str]]], float]


def parsed(text: str) -> Values:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(values: Values, name: str, **labels: str) -> float:
    return values.get((name, frozenset(labels.items())), 0.0)


def read(app: Flask) -> Values:
    response = app.test_client().get("/metrics")
    assert response.status_code == 200
    return parsed(response.text)


def put_case(number: int, days: int, **values: object) -> None:
    due = utc_now() + timedelta(days=days)
    db.session.add(
        Case(kind=CaseKind.VACANCY, subject_id=number, title="Вакансия", due_at=due, **values)
    )


def test_what_waits_is_late_or_ran_is_told(app: Flask) -> None:
    make_student()
    make_letter(1, created_at=utc_now() - timedelta(hours=1))
    make_letter(2)
    make_letter(3, state=MailState.FAILED, failed_at=utc_now())
    make_letter(4, state=MailState.SENT, sent_at=utc_now())
    put_case(1, -1)
    put_case(2, 1)
    put_case(3, -1, state="approved", decided_at=utc_now())
    db.session.commit()
    run_due()
    make_letter(5)
    db.session.commit()
    found = read(app)
    assert value(found, "bridge_database_up") == 1
    waiting = db.session.scalar(
        sa.select(sa.func.count()).where(OutboxMail.state == MailState.WAITING)
    )
    db.session.rollback()
    assert value(found, "bridge_outbox_letters", state="waiting") == waiting
    assert value(found, "bridge_outbox_letters", state="failed") == 1
    assert 3600 <= value(found, "bridge_outbox_oldest_seconds") < 3700
    assert value(found, "bridge_cases_waiting", kind="vacancy") == 2
    assert value(found, "bridge_cases_overdue", kind="vacancy") == 1
    assert value(found, "bridge_cases_overdue", kind="contact") == 0
    name = "bridge_job_last_finished_timestamp_seconds"
    ran = {labels for metric, labels in found if metric == name}
    assert len(ran) == len(db.session.scalars(sa.select(JobRun)).all()) > 3
    db.session.rollback()


def test_the_lag_of_the_index_is_what_it_has_yet_to_take_in(app: Flask) -> None:
    make_student()
    db.session.commit()
    current_index()
    # Told by the search, since a worker that searches may never be the one that answers here.
    told = REGISTRY.get_sample_value("bridge_search_index_revision")
    assert told == live_index().revision > 0  # type: ignore[union-attr]
    before = read(app)
    for _number in range(3):
        make_student()
    db.session.commit()
    after = read(app)
    lags = [value(one, "bridge_search_index_lag_changes") for one in (before, after)]
    assert lags == [0, 3]


def test_requests_and_searches_are_counted_by_pattern(app: Flask) -> None:
    vacancy = make_vacancy(make_employer(), must=("python",))
    member = make_member(vacancy.employer)
    make_student(skills=("python",))
    db.session.commit()
    before = read(app)
    client = app.test_client()
    sign_in(client, member.user)
    assert client.get(f"/hr/vacancies/{vacancy.id}/candidates").status_code == 200
    assert client.get("/vacancies/999999").status_code == 404
    assert client.get("/Иванова?q=Анна").status_code == 404
    assert client.open("/Иванова", method="WHATEVER").status_code == 404
    db.session.rollback()
    after = read(app)
    route = "/hr/vacancies/<id:vacancy_id>/candidates"

    def grown(name: str, **labels: str) -> float:
        return value(after, name, **labels) - value(before, name, **labels)

    assert grown("bridge_requests_total", route=route, method="GET", status="200") == 1
    assert grown("bridge_requests_total", route="none", method="none", status="404") == 2
    assert grown("bridge_request_seconds_count", route=route) == 1
    assert grown("bridge_search_seconds_count") >= 1
    assert "Иванова" not in str(after)
    assert "WHATEVER" not in str(after)


@pytest.mark.parametrize(
    ("authorization", "status"),
    [("", 404), ("Bearer nonsense", 404), (f"Basic {TOKEN}", 404), (f"Bearer {TOKEN}", 200)],
)
def test_where_a_token_is_set_nobody_reads_without_it(
    tmp_path: Path, sqlite_template: Path, authorization: str, status: int
) -> None:
    shutil.copy(sqlite_template, tmp_path / "bridge.db")
    app = create_app(make_config(tmp_path, METRICS_TOKEN=TOKEN))
    headers = {"Authorization": authorization} if authorization else {}
    assert app.test_client().get("/metrics", headers=headers).status_code == status


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("10.0.0.5", {}, 404),
        ("", {}, 404),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, 404),
        ("127.0.0.1", {"X-Real-IP": "127.0.0.1"}, 404),
        ("127.0.0.1", {"Forwarded": "for=127.0.0.1"}, 404),
    ],
)
def test_without_a_token_only_this_machine_reads(
    tmp_path: Path, sqlite_template: Path, address: str, headers: dict[str, str], status: int
) -> None:
    shutil.copy(sqlite_template, tmp_path / "bridge.db")
    app = create_app(make_config(tmp_path, PROXY_COUNT="1"))
    client = app.test_client()
    answer = client.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": address})
    assert answer.status_code == status


def test_a_token_that_is_easy_to_guess_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="METRICS_TOKEN is too easy"):
        read_config({"DATA_DIR": str(tmp_path), "METRICS_TOKEN": "secret"})


def test_a_database_that_is_away_is_told_and_breaks_nothing(tmp_path: Path) -> None:
    url = "postgresql://bridge@127.0.0.1:9/none"
    app = create_app(make_config(tmp_path, DATABASE_URL=url))
    found = read(app)
    assert value(found, "bridge_database_up") == 0
    assert value(found, "bridge_requests_total", route="/healthz", method="GET", status="503") == 0


def test_the_workers_numbers_are_added_up(tmp_path: Path, sqlite_template: Path) -> None:
    shutil.copy(sqlite_template, tmp_path / "bridge.db")
    labels = {"route": "/healthz", "method": "GET", "status": "200"}
    with serving(tmp_path, WORKERS="2") as server:
        before = value(parsed(server.get("/metrics").text), "bridge_requests_total", **labels)
        for _number in range(40):
            server.get("/healthz")
        answers = [parsed(server.get("/metrics").text) for _number in range(6)]
        assert [value(one, "bridge_requests_total", **labels) for one in answers] == [
            before + 40
        ] * 6
        assert server.stop() == 0
