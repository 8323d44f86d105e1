"""The doctor names each fault and what to do, and is content where there is none."""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from bridge import create_app
from bridge.accounts.models import Role
from bridge.database import utc_now
from bridge.extensions import alembic, db
from bridge.jobs import register
from bridge.jobs.registry import jobs_of
from bridge.jobs.service import run_due
from bridge.mail.models import OutboxMail
from bridge.operations import deployment
from bridge.operations.doctor import examine
from bridge.operations.findings import Level
from tests.conftest import make_config
from tests.factories import make_student, make_user

PRODUCTION = {
    "BRIDGE_MODE": "production",
    "BASE_URL": "https://bridge.example",
    "MAIL_URL": "smtp://127.0.0.1:25",
}


def faults() -> dict[str, str]:
    return {one.check: one.text for one in examine() if one.level is not Level.OK}


def test_a_healthy_platform_has_only_its_mode_to_be_warned_of(app: Flask) -> None:
    make_student()
    make_user(Role.ADMIN, password_hash="-")
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
        told = faults()["database"]
        assert told.startswith("the database does not answer, see DATABASE_URL: ")
        assert "Connection refused" in told
    assert app.test_client().get("/readyz").status_code == 503
    assert app.test_client().get("/healthz").status_code == 200


@pytest.mark.parametrize(
    ("check", "change", "level", "text"),
    [
        ("proxy", {}, Level.FAULT, "PROXY_COUNT is 0"),
        ("proxy", {"PROXY_COUNT": "1"}, Level.OK, "1 in front"),
        ("proxy", {"BRIDGE_MODE": "local", "BASE_URL": "http://localhost"}, Level.OK, "none is"),
        ("storage", {}, Level.OK, "on a disk of this machine"),
        ("storage", {"DATABASE_URL": "postgresql://b@db.example/b"}, Level.FAULT, "in clear"),
        ("storage", {"DATABASE_URL": "postgresql://b@127.0.0.1/b"}, Level.OK, "nobody"),
        (
            "storage",
            {"DATABASE_URL": "postgresql://b@db.example/b?sslmode=verify-full"},
            Level.OK,
            "nobody on the way",
        ),
    ],
)
def test_mistakes_of_a_deployment_are_seen(
    tmp_path: Path, check: str, change: dict[str, str], level: Level, text: str
) -> None:
    values = {"DATABASE_URL": f"sqlite:///{tmp_path / 'bridge.db'}", **PRODUCTION, **change}
    with create_app(make_config(tmp_path, **values)).app_context():
        found = getattr(deployment, check)()
    assert (found[0], text in found[1]) == (level, True), found


def test_data_that_everybody_can_read_are_seen(tmp_path: Path) -> None:
    path = tmp_path / "bridge.db"
    path.touch()
    with create_app(make_config(tmp_path)).app_context():
        for folder, file, level in (
            (0o755, 0o644, Level.WARNING),
            (0o700, 0o644, Level.OK),
            (0o755, 0o600, Level.OK),
        ):
            tmp_path.chmod(folder)
            path.chmod(file)
            assert deployment.folder()[0] is level
    tmp_path.chmod(0o700)


def test_sqlite_on_the_network_is_seen(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(
        "/dev/sda1 / ext4 rw 0 0\n"
        "server:/export /var/lib nfs4 rw 0 0\n"
        "/dev/sdb1 /var/lib/local xfs rw 0 0\n"
    )
    kinds = [
        deployment.file_system_of(Path(path), mounts)
        for path in ("/bridge.db", "/var/lib/bridge/bridge.db", "/var/lib/local/bridge.db")
    ]
    assert kinds == ["ext4", "nfs4", "xfs"]
    assert kinds[1].startswith(deployment.NETWORKS)
    assert not any(kind.startswith(deployment.NETWORKS) for kind in (kinds[0], kinds[2]))
    assert deployment.file_system_of(tmp_path, tmp_path / "absent") == ""


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_has_no_second_factor_is_counted(app: Flask, tmp_path: Path, database_url: str) -> None:
    assert deployment.accounts()[1].startswith("no administrator can sign in yet")
    make_user(Role.ADMIN, password_hash="-")
    make_user(Role.STAFF, password_hash="-", second_factor_since=utc_now())
    make_user(Role.STUDENT, password_hash="-")
    db.session.commit()
    assert deployment.accounts()[0] is Level.OK, "outside production nobody needs one"
    db.session.rollback()
    for wanted, level in (("optional", Level.WARNING), ("required", Level.OK)):
        values = {**PRODUCTION, "DATABASE_URL": database_url, "SECOND_FACTOR": wanted}
        with create_app(make_config(tmp_path, **values)).app_context():
            found = deployment.accounts()
            db.session.rollback()
        assert found[0] is level
        assert found[1].startswith("1 of the staff") is (level is Level.WARNING)


@pytest.mark.parametrize(
    ("count", "addresses", "told"),
    [
        ("0", "203.0.113.7", True),
        ("1", "203.0.113.7", False),
        ("2", "203.0.113.7", True),
        ("1", "198.51.100.9, 203.0.113.7", False),
        ("0", None, False),
    ],
)
def test_proxies_that_do_not_fit_the_setting_are_told_of_once(
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    count: str,
    addresses: str | None,
    told: bool,
) -> None:
    app = create_app(make_config(tmp_path, PROXY_COUNT=count))
    caplog.set_level(logging.WARNING, logger="bridge")
    for _ in range(2):
        headers = {} if addresses is None else {"X-Forwarded-For": addresses}
        assert app.test_client().get("/healthz", headers=headers).status_code == 200
    lines = [one.getMessage() for one in caplog.records if "PROXY_COUNT" in one.getMessage()]
    assert len(lines) == told
    assert "203.0.113.7" not in caplog.text, "no address reaches the log"
