"""The doctor names each fault and what to do, and is content where there is none."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from flask import Flask

from bridge import create_app
from bridge.database import utc_now
from bridge.extensions import alembic, db
from bridge.jobs import register
from bridge.jobs.registry import jobs_of
from bridge.jobs.service import run_due
from bridge.mail.models import OutboxMail
from bridge.operations.doctor import Level, examine
from tests.conftest import make_config
from tests.factories import make_student


def faults() -> dict[str, str]:
    return {one.check: one.text for one in examine() if one.level is not Level.OK}


def test_a_healthy_platform_has_only_its_mode_to_be_warned_of(app: Flask) -> None:
    make_student()
    db.session.commit()
    run_due()
    assert set(faults()) == {"mode"}
    found = app.test_cli_runner().invoke(args=["doctor"])
    assert found.exit_code == 0
    assert "1 profiles can be found" in found.output


def test_what_has_stopped_or_failed_is_named(app: Flask) -> None:
    def fail() -> None:
        raise ValueError

    jobs_of(app).clear()
    register(app, "broken", every=timedelta(days=1), run=fail)
    run_due()
    long_ago = utc_now() - timedelta(hours=1)
    for number, values in enumerate(({}, {"failed_at": utc_now()}, {"sent_at": utc_now()})):
        mail = OutboxMail(
            recipient="person@example.ru",
            subject="Письмо",
            text="",
            message_id=f"<{number}@localhost>",
            next_attempt_at=long_ago,
            **values,
        )
        db.session.add(mail)
    (app.config["BRIDGE"].data_dir / "secret-key").write_text("secret")
    db.session.commit()
    found = faults()
    assert found["jobs"].startswith("failed when last run: broken;")
    assert found["mail"].startswith("1 letters wait too long")
    assert found["secret"].startswith("others can read secret-key")
    result = app.test_cli_runner().invoke(args=["doctor"])
    assert result.exit_code == 1
    assert "person@example.ru" not in result.output


def test_an_old_schema_is_a_fault_that_stops_the_other_checks(app: Flask) -> None:
    alembic.downgrade("0001")
    db.session.rollback()
    found = examine()
    assert found[-1].check == "database"
    assert "db upgrade" in found[-1].text
    client = app.test_client()
    assert client.get("/readyz").status_code == 503
    alembic.upgrade()
    db.session.rollback()
    assert client.get("/readyz").status_code == 200


def test_a_database_that_does_not_answer_is_a_fault(tmp_path: Path) -> None:
    app = create_app(make_config(tmp_path, DATABASE_URL="postgresql://bridge@127.0.0.1:9/none"))
    with app.app_context():
        assert faults()["database"] == "could not be checked (OperationalError)"
    assert app.test_client().get("/readyz").status_code == 503
    assert app.test_client().get("/healthz").status_code == 200
