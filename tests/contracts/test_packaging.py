"""The wheel carries all that the pages need, and works away from the checkout."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = ("platform", "matching", "templates", "static")
FILES = ("setup.cfg", "pyproject.toml", "README.md", "LICENSE")
CATALOGUE = "platform/bridge/translations/ru/LC_MESSAGES/messages"
PROGRAM = """
from pathlib import Path
import bridge, matching
from bridge.demo import content
app = bridge.create_app()
home = Path(bridge.__file__).parents[1]
assert Path(matching.__file__).parents[1] == home, matching.__file__
assert Path(app.template_folder).is_relative_to(home), app.template_folder
assert Path(app.static_folder).is_relative_to(home), app.static_folder
with app.app_context():
    bridge.extensions.alembic.upgrade()
client = app.test_client()
page = client.get("/", headers={"Accept-Language": "ru"})
assert page.status_code == 200, page.status_code
assert "Войти" in page.text, "the Russian catalogue is missing"
assert client.get(app.static_url_path + "/css/tokens.css").status_code == 200
assert len(matching.Vocabulary.load().concepts) > 1500
assert len(content.fields()) == 7
print(home)
"""


def run(*command: str, cwd: Path, **environment: str) -> str:
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel's content, built from a copy: building leaves files behind."""
    folder = tmp_path_factory.mktemp("packaging")
    source, target = folder / "source", folder / "site"
    for name in SOURCES:
        shutil.copytree(
            ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__", "*.mo")
        )
    for name in FILES:
        shutil.copy(ROOT / name, source / name)
    catalogue = ["-i", f"{CATALOGUE}.po", "-o", f"{CATALOGUE}.mo"]
    run(sys.executable, "-m", "babel.messages.frontend", "compile", *catalogue, cwd=source)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    build = ["wheel", ".", "--no-deps", "--no-build-isolation", "-w", str(folder)]
    run(*pip, *build, cwd=source)
    (wheel,) = folder.glob("*.whl")
    run(*pip, "install", "--no-deps", "--no-index", "--target", str(target), str(wheel), cwd=folder)
    return target


def test_the_wheel_serves_pages_away_from_the_checkout(installed: Path, tmp_path: Path) -> None:
    home = run(
        sys.executable,
        "-c",
        PROGRAM,
        cwd=tmp_path,
        PYTHONPATH=str(installed),
        DATA_DIR=str(tmp_path / "data"),
        BASE_URL="http://localhost",
    )
    assert home.strip().splitlines()[-1] == str(installed)


def test_the_wheel_holds_every_template_and_style(installed: Path) -> None:
    for name, pattern in (("templates", "*.html"), ("templates", "*.txt"), ("static", "*.css")):
        here = {path.relative_to(ROOT / name) for path in (ROOT / name).rglob(pattern)}
        packaged = installed / "bridge" / name
        assert {path.relative_to(packaged) for path in packaged.rglob(pattern)} == here
