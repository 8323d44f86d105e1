"""The audit log is read by act, actor, object and day."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

import bridge
from bridge import audit
from bridge.accounts.models import Role, User
from bridge.admin.acts import ACTS
from bridge.admin.labels import SUBJECTS
from bridge.admin.references import names_in
from bridge.audit import AuditEntry
from bridge.candidates.models import Candidate
from bridge.candidates.service import new_pseudonym
from bridge.cases.models import Case, CaseKind
from bridge.database import Model, utc_now
from bridge.extensions import db
from tests.client import sign_in
from tests.factories import make_skill, make_student, make_user, make_vacancy
from tests.queries import count_queries

SOURCE = Path(bridge.__file__).parent
# Acts that begin with another word than their object's table.
WITHOUT_TABLE = {"audit_entry", "calendar_feed", "session"}
# States in which rows begin, or that they reach by themselves: no entry tells of them.
UNRECORDED = {
    *("abuse_report.open", "moderation_batch.held", "moderation_case.waiting"),
    *("outbox_mail.sent", "outbox_mail.failed"),
    *("data_export.waiting", "data_export.ready", "data_export.expired"),
}
# Midnight of 2026-05-02 in Moscow.
MIDNIGHT = datetime(2026, 5, 1, 21, 0, tzinfo=UTC)


@pytest.fixture
def staff(app: Flask, client: FlaskClient) -> User:
    sign_in(client, make_user(Role.ADMIN, name="Ада Админ"))
    return make_user(Role.STAFF, name="Пётр Служащий", email="petr@example.com")


def put(action: str, subject_id: int, actor: User | None, at: datetime = MIDNIGHT) -> None:
    subject_type = action.partition(".")[0]
    db.session.add(
        AuditEntry(
            at=at,
            actor_id=actor.id if actor else None,
            action=action,
            subject_type=subject_type,
            subject_id=subject_id,
            details={"from": "submitted"},
        )
    )
    db.session.commit()


def found(client: FlaskClient, query: str) -> list[str]:
    """The acts in the list, in its order, in words."""
    page = client.get(f"/admin/audit?{query}")
    assert page.status_code == 200
    rows = page.text.split('id="list"')[1].split("<tr>")[2:]
    return [row.split('<th scope="row">')[1].split("</th>")[0] for row in rows]


def test_the_log_is_filtered_and_newest_first(app: Flask, client: FlaskClient, staff: User) -> None:
    put("vacancy.published", 7, staff, MIDNIGHT - timedelta(minutes=1))
    put("vacancy.closed", 7, None, MIDNIGHT)
    put("vacancy.published", 8, staff, MIDNIGHT + timedelta(hours=23))
    put("moderation_case.approved", 7, staff, MIDNIGHT + timedelta(days=1))

    every = ["Case approved", "Vacancy published", "Vacancy closed", "Vacancy published"]
    assert found(client, "") == every
    assert found(client, "action=vacancy.closed") == ["Vacancy closed"]
    assert found(client, "subject_type=vacancy&subject_id=7") == [
        "Vacancy closed",
        "Vacancy published",
    ]
    assert found(client, "actor=ПЁТР") == [act for act in every if act != "Vacancy closed"]
    assert found(client, "since=2026-05-02&until=2026-05-02") == [
        "Vacancy published",
        "Vacancy closed",
    ]
    # by the words that are read, and by the codes of the database
    assert found(client, "text=CLOSED") == ["Vacancy closed"]
    assert found(client, "text=submitted moderation") == ["Case approved"]


@pytest.mark.parametrize(
    "query",
    [
        "subject_id=x",
        "subject_id=99999999999999999999",
        "since=yesterday",
        "since=0001-01-01",
        "until=9999-12-31",
        "actor=" + "x" * 300,
    ],
)
def test_a_bad_filter_is_said_and_left_out(
    app: Flask, client: FlaskClient, staff: User, query: str
) -> None:
    put("vacancy.closed", 7, staff)
    assert found(client, query) == ["Vacancy closed"]
    name = query.partition("=")[0]
    assert f'id="{name}-error"' in client.get(f"/admin/audit?{query}").text


@pytest.mark.parametrize("query", ["action=%00", "actor=%00", "subject_type=%00%27", "page=0"])
def test_no_filter_breaks_the_page(
    app: Flask, client: FlaskClient, staff: User, query: str
) -> None:
    put("vacancy.closed", 7, staff)
    assert client.get(f"/admin/audit?{query}").status_code == 200


def test_the_log_takes_few_queries(app: Flask, client: FlaskClient, staff: User) -> None:
    for number in range(60):
        put("vacancy.closed", number + 1, make_user(Role.STAFF) if number % 2 else None)
    with count_queries() as queries:
        assert len(found(client, "")) == 50
    # who reads, the acts, the kinds of object, how many, the page, the names of the vacancies
    assert len(queries) == 7, queries


def test_the_rows_that_entries_name_are_told_by_their_names(
    app: Flask, client: FlaskClient, staff: User
) -> None:
    vacancy = make_vacancy(title="Инженер-баллистик")
    candidate = Candidate(vacancy=vacancy, profile=make_student(), pseudonym=new_pseudonym())
    db.session.add(candidate)
    db.session.flush()
    audit.record("candidate_tag.added", candidate, actor=staff, candidate=candidate.id)
    audit.record("moderation_case.escalated", candidate, actor=None, recipient=staff.id)
    audit.record("skill.merged", make_skill("welding"), actor=staff, skill=make_skill("mig").id)
    # One that is gone keeps its number.
    audit.record("skill.merged", make_skill("welding"), actor=staff, skill=999_999)
    db.session.commit()
    page = client.get("/admin/audit").text
    gone, merged, escalated, tagged = page.split('id="list"')[1].split("<tr>")[2:]
    named = f"{candidate.pseudonym} · Инженер-баллистик"
    link = f'href="/admin/audit?subject_type=candidate&amp;subject_id={candidate.id}">'
    assert tagged.count(f"{link}{named}</a>") == 1
    assert ">Пётр Служащий</a>" in escalated
    assert ">Mig</a>" in merged
    assert ">No. 999999</a>" in gone


def test_a_case_is_told_by_its_title_and_every_kind_of_row_is_looked_up(app: Flask) -> None:
    now = utc_now()
    case = Case(kind=CaseKind.EMPLOYER, subject_id=1, title="АО «Завод»", opened_at=now, due_at=now)
    db.session.add(case)
    db.session.commit()
    entries = [
        AuditEntry(action="any.act", subject_type=name, subject_id=number, details={})
        for name in (*SUBJECTS, "session")
        for number in (case.id, 999_999)
    ]
    with app.test_request_context():
        assert names_in(entries) == {("moderation_case", case.id): "АО «Завод»"}


def test_the_log_is_read_in_words(app: Flask, client: FlaskClient, staff: User) -> None:
    put("vacancy.published", 7, staff)
    put("moderation_case.claimed", 8, staff)
    page = client.get("/admin/audit").text
    claimed, published = page.split('id="list"')[1].split("<tr>")[2:]
    assert "Vacancy No. 7" in published
    assert "before: awaits approval" in " ".join(re.sub("<[^>]+>", "", published).split())
    # A case that is claimed stays what it was.
    assert "before" not in claimed
    assert '<option value="moderation_case.claimed">Case taken to work on</option>' in page
    taken = client.get("/admin/audit.csv").data.decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(taken), delimiter=";"))[2][3:] == [
        *("Vacancy published", "Vacancy No. 7", "before: awaits approval"),
        *("vacancy.published", "vacancy", "7", '{"from": "submitted"}'),
    ]


def test_everything_that_is_recorded_has_its_words(app: Flask) -> None:
    """A literal of a table and an act in the source, or a state that the rows of a table reach."""
    tables = Model.metadata.tables
    # The demonstration names files so.
    paths = [path for path in SOURCE.rglob("*.py") if path.parent.name != "demo"]
    source = "".join(path.read_text(encoding="utf-8") for path in paths)
    acts = {
        f"{subject}.{act}"
        for subject, act in re.findall(r'"([a-z_]+)\.([a-z-]+)"', source)
        if subject in WITHOUT_TABLE or (subject in tables and act not in tables[subject].columns)
    }
    states = {
        f"{name}.{state}"
        for name, table in tables.items()
        if "state" in table.columns and isinstance(table.columns["state"].type, sa.Enum)
        for state in table.columns["state"].type.enums
    }
    assert (acts | states) - set(app.view_functions) - UNRECORDED - set(ACTS) == set()
    assert {act.partition(".")[0] for act in ACTS} - WITHOUT_TABLE - set(SUBJECTS) == set()
