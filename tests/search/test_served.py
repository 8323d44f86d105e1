"""The index on a server follows the database, and pages say it where the server is silent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from bridge import create_app
from bridge.accounts.models import Role
from bridge.config import ConfigurationError
from bridge.extensions import db
from bridge.search import served as serving
from bridge.search.index import current_index, live_index
from bridge.search.live import LiveIndex
from bridge.search.models import SearchClock
from bridge.search.served import ServedIndex
from bridge.search.service import note_change
from bridge.skills import service as skills
from bridge.vacancies import documents
from matching import Query
from matching.remote import NotPublishedError
from matching.remote.index import RemoteIndex
from tests.client import Stranger, sign_in
from tests.conftest import make_config
from tests.factories import make_member, make_student, make_user, make_vacancy
from tests.ports import free_port

pytestmark = [
    pytest.mark.filterwarnings("ignore:Payload indexes have no effect:UserWarning"),
    pytest.mark.postgresql,
    pytest.mark.parametrize("database_url", ["postgresql"], indirect=True),
]


def application(tmp_path: Path, database_url: str, search_url: str) -> Iterator[Flask]:
    app = create_app(make_config(tmp_path, DATABASE_URL=database_url, SEARCH_URL=search_url))
    app.test_client_class = Stranger
    with app.app_context():
        yield app
        db.session.rollback()
        db.engine.dispose()


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    yield from application(tmp_path, database_url, f"qdrant://{tmp_path}/server")


@pytest.fixture
def silent(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    yield from application(tmp_path, database_url, f"qdrant://127.0.0.1:{free_port()}")


def same_as_embedded(app: Flask) -> list[int]:
    """Who is found for a vacancy, by the server as by an index made anew."""
    vacancy = make_vacancy(must=("python",))
    db.session.commit()
    asked = documents.query(vacancy), documents.eligibility(vacancy)
    served = current_index()
    assert isinstance(served, RemoteIndex)
    embedded = LiveIndex(live_index()._source, Path(app.instance_path) / "other").current()
    found, expected = (index.search(*asked).hits for index in (served, embedded))
    assert [hit.id for hit in found] == [hit.id for hit in expected]
    return sorted(int(hit.id) for hit in found)


def test_edits_publishing_and_withdrawing_show_at_once(served: Flask) -> None:
    first, second = make_student(skills=("python",)), make_student(skills=("welding",))
    hidden = make_student(skills=("python",), published=False)
    assert same_as_embedded(served) == [first.id, second.id]
    hidden.published_at = first.published_at
    first.published_at = None
    for changed in (hidden, first):
        note_change(changed.id)
    assert same_as_embedded(served) == [second.id, hidden.id]
    third = make_student(skills=("python", "sql"), summary="Совсем новые слова: гироскоп.")
    assert same_as_embedded(served) == [second.id, hidden.id, third.id]


def test_a_new_epoch_is_published_anew(served: Flask) -> None:
    first = make_student(skills=("python",))
    assert same_as_embedded(served) == [first.id]
    # A restored backup: this profile never was, as far as the change log knows.
    unknown = make_student(skills=("python",))
    db.session.execute(sa.text("DELETE FROM search_change"))
    db.session.execute(sa.update(SearchClock).values(epoch="another", revision=0))
    assert same_as_embedded(served) == [first.id, unknown.id]
    assert len(live_index().rebuild()) == 2
    assert same_as_embedded(served) == [first.id, unknown.id]


def test_a_decision_about_a_skill_reaches_every_process(
    served: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    student = make_student(summary="Assembled a phase shifter")
    vacancy = make_vacancy(make_member().employer, title="Настройщик", text="Фазовращатель")
    skill = skills.find_or_propose("Фазовращатель", actor=None)
    db.session.commit()
    query, running = documents.query(vacancy), current_index()
    other_process = ServedIndex(live_index()._source, "")
    # Of a server on disk only one client may be open.
    other_process._client = live_index()._client  # type: ignore[union-attr]
    assert other_process.current().explain(query, student.id).score == 0.0
    names = {"name_ru": "Фазовращатель", "name_en": "phase shifter"}
    skills.approve(skill, actor=make_user(Role.STAFF), **names)
    db.session.commit()

    started_later = ServedIndex(live_index()._source, "")
    started_later._client = live_index()._client  # type: ignore[union-attr]
    indexes = [process.current() for process in (live_index(), other_process, started_later)]
    assert indexes[0] is running
    shares = [index.explain(query, student.id).by_kind()["translated"] for index in indexes]
    assert shares == [shares[0]] * 3
    assert shares[0] > 0.0

    # Nothing is left to be sent: nobody waits for the lock again.
    monkeypatch.setattr(serving, "LOCK", "nobody takes it")
    current_index()


def test_documents_of_another_version_are_refused(
    served: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_student(skills=("python",))
    db.session.commit()
    assert len(current_index().search(Query("Python")).hits) == 1
    source = live_index()._source
    monkeypatch.setattr(source, "version", lambda: "another")
    upgraded = ServedIndex(source, "")
    upgraded._client = live_index()._client  # type: ignore[union-attr]
    with pytest.raises(NotPublishedError):
        upgraded.current().search(Query("Python"))
    upgraded.rebuild()
    assert len(upgraded.current().search(Query("Python")).hits) == 1


def test_the_employer_gets_the_same_list(served: Flask) -> None:
    member = make_member()
    vacancy = make_vacancy(member.employer, must=("python",))
    profile = make_student(skills=("python",))
    client = served.test_client()
    sign_in(client, member.user)
    page = client.get(f"/hr/vacancies/{vacancy.id}/candidates")
    assert page.status_code == 200
    assert page.text.count('class="candidate__name"') == 1
    assert profile.user.name not in page.text


def test_where_the_server_is_silent_the_page_says_so_and_others_work(silent: Flask) -> None:
    member = make_member()
    vacancy = make_vacancy(member.employer, must=("python",))
    make_student(skills=("python",))
    client = silent.test_client()
    sign_in(client, member.user)
    page = client.get(f"/hr/vacancies/{vacancy.id}/candidates")
    assert page.status_code == 503
    assert "The search does not answer" in page.text
    assert client.get("/hr/vacancies").status_code == 200
    assert client.get(f"/vacancies/{vacancy.id}").status_code == 200


def test_a_server_needs_a_database_for_several_machines(tmp_path: Path, database_url: str) -> None:
    with pytest.raises(ConfigurationError, match="SQLite is for one"):
        make_config(tmp_path, SEARCH_URL="qdrant://search.example:6333")
    with pytest.raises(ConfigurationError, match="SEARCH_URL must be"):
        make_config(tmp_path, DATABASE_URL=database_url, SEARCH_URL="http://search.example")
