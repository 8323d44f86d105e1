"""What an administrator is given is true: every setting is in the table, the units and the proxy's
configuration are accepted by the programs that read them."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.operations.nginx import EXAMPLE, command, configuration, program
from tests.servers import ROOT, serving

DEPLOY = ROOT / "deploy"
GUIDE = ROOT / "docs" / "administration.md"
# Systemd's own scale: below 2 it calls a service «OK».
EXPOSURE_AT_MOST = 2.0


def read_names(path: Path) -> set[str]:
    """The environment variables that a module reads: literals handed to `.get(…)`, and beside
    `env` to a function of its own."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        gets = isinstance(node.func, ast.Attribute) and node.func.attr == "get"
        passes = any(isinstance(one, ast.Name) and one.id == "env" for one in node.args)
        for argument in node.args if gets or passes else ():
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                found.add(argument.value)
    return {name for name in found if re.fullmatch(r"[A-Z][A-Z_]+", name)}


def documented_names() -> list[str]:
    section = GUIDE.read_text(encoding="utf-8").split("## Settings")[1].split("\n## ")[0]
    first_cells = re.findall(r"^\| (`[^|]+) \|", section, re.MULTILINE)
    return re.findall(r"`([A-Z_]+)`", " ".join(first_cells))


def test_every_setting_is_in_the_table_once_and_nothing_else() -> None:
    bridge = ROOT / "platform" / "bridge"
    read = read_names(bridge / "config.py") | read_names(bridge / "gunicorn_config.py")
    documented = documented_names()
    assert sorted(documented) == sorted(read)


def test_the_example_of_settings_names_known_ones() -> None:
    lines = (DEPLOY / "bridge.env").read_text().splitlines()
    named = {line.split("=")[0] for line in lines if line and not line.startswith("#")}
    assert named <= set(documented_names())


def test_the_guide_names_files_and_addresses_that_exist() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    for name in re.findall(r"\bdeploy/[\w.-]+", text):
        assert (ROOT / name).is_file(), name
    for name in re.findall(r"\]\((\w[\w.-]+\.md)\)", text):
        assert (GUIDE.parent / name).is_file(), name


def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    analyze = program("systemd-analyze")
    for path in [*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")]:
        # The programs lie elsewhere on this machine.
        text = re.sub(r"/opt/bridge/\.venv/bin/\w+", "/bin/true", path.read_text())
        (tmp_path / path.name).write_text(text)
    units = sorted(str(path) for path in tmp_path.iterdir())
    checked = subprocess.run([analyze, "verify", *units], capture_output=True, text=True)
    assert (checked.returncode, checked.stderr) == (0, "")
    for unit in units:
        if unit.endswith(".timer"):
            continue
        judged = subprocess.run(
            [analyze, "security", "--offline=yes", unit], capture_output=True, text=True
        )
        level = re.search(r"Overall exposure level for \S+: ([\d.]+)", judged.stdout)
        assert level is not None, judged.stderr
        assert float(level[1]) <= EXPOSURE_AT_MOST, unit


def test_nginx_accepts_the_example(tmp_path: Path) -> None:
    whole = configuration(tmp_path, EXAMPLE.read_text())
    checked = subprocess.run([*command(whole), "-t"], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr


def test_commands_run_as_the_server_does() -> None:
    """What the guide writes into /usr/local/sbin/bridge-admin has the settings of the unit: with
    another mode systemd would open the folder of the data to everybody at each command."""
    wrapper = GUIDE.read_text(encoding="utf-8").split("exec systemd-run")[1].split("END")[0]
    asked = dict(re.findall(r"--property=(\w+)=(\S+)", wrapper))
    unit = (DEPLOY / "bridge.service").read_text()
    settings = dict(re.findall(r"(?m)^(\w+)=(.*)$", unit))
    assert asked == {
        name: settings[name]
        for name in ("UMask", "EnvironmentFile", "StateDirectory", "StateDirectoryMode")
    }
    assert f"--uid={settings['User']}" in wrapper
    assert f"--setenv={settings['Environment']}" in wrapper
    assert f"--working-directory={settings['WorkingDirectory']}" in wrapper


def test_the_container_copies_what_there_is() -> None:
    lines = (DEPLOY / "Containerfile").read_text().splitlines()
    copied = [
        line.split()[1] for line in lines if line.startswith("COPY ") and "--from" not in line
    ]
    assert copied == [".", "deploy/health.py"]
    for name in copied:
        assert (ROOT / name).exists()
    assert "USER 10001" in lines


def test_the_health_check_asks_as_a_site_of_its_own_name(
    tmp_path: Path, sqlite_template: Path
) -> None:
    shutil.copy(sqlite_template, tmp_path / "bridge.db")
    check = [sys.executable, str(DEPLOY / "health.py")]
    site = {"BASE_URL": "https://bridge.example"}

    def ask(port: int) -> int:
        return subprocess.run(check, env={"PORT": str(port), **site}, timeout=60).returncode

    with serving(tmp_path, WORKERS="1", **site) as server:
        assert ask(server.port) == 0
        # Whoever asks under another name is not answered.
        assert server.get("/readyz", Host="127.0.0.1").status == 400
        server.stop()
        assert ask(server.port) == 1
