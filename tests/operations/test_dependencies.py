"""Packages are pinned with hashes, the bill of materials names them all, and the documents about
safety name what exists."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Figure
from tests.servers import ROOT

FILES = sorted(ROOT.glob("requirements*.txt"))
PIN = re.compile(r"[a-z0-9.-]+==[\w.+!]+ \\")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_package_is_pinned_with_hashes_and_nothing_names_an_index(path: Path) -> None:
    lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    assert [line for line in lines if not PIN.fullmatch(line) and not HASH.fullmatch(line)] == []
    for before, line in zip(lines, [*lines[1:], ""], strict=True):
        assert not PIN.fullmatch(before) or HASH.fullmatch(line), before
    assert "://" not in path.read_text()


def test_one_package_has_one_version() -> None:
    found: dict[str, set[str]] = {}
    for path in FILES:
        for name, version in re.findall(r"^([a-z0-9.-]+)==(\S+)", path.read_text(), re.MULTILINE):
            found.setdefault(name, set()).add(version)
    assert {name: versions for name, versions in found.items() if len(versions) > 1} == {}


def test_the_bill_of_materials_names_every_package_with_its_hashes(tmp_path: Path) -> None:
    pytest.importorskip("cyclonedx", reason="of requirements-tools.txt")
    program = [sys.executable, str(ROOT / "tools" / "bill_of_materials.py")]
    contents = []
    for name in ("one.json", "two.json"):
        subprocess.run([*program, str(tmp_path / name)], check=True, capture_output=True)
        contents.append((tmp_path / name).read_text())
    assert contents[0] == contents[1]
    bill = json.loads(contents[0])
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    named = {(one["name"], one["version"]) for one in bill["components"]}
    pins = re.findall(r"^([a-z0-9.-]+)==(\S+)", (ROOT / "requirements.txt").read_text(), re.M)
    assert set(pins) < named
    assert all(one["hashes"] for one in bill["components"])


@pytest.mark.parametrize("name", ["docs/asvs.md", "SECURITY.md"])
def test_the_documents_name_files_that_exist(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    for path in re.findall(r"`((?:tests|bridge|deploy)/[\w./-]+)`", text):
        real = ROOT / ("platform/" + path if path.startswith("bridge/") else path)
        assert real.exists(), path


def test_every_item_of_the_checklist_has_its_proof_or_reason(figure: Figure) -> None:
    text = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([\d.,– ]+) \| [12]", text, re.M)
    items = [item for row in rows for item in re.findall(r"\d+\.\d+\.\d+", row)]
    unmet = re.findall(r"^\| ([\d.,– ]+) \| [12].*\*\*open\*\*", text, re.M)
    figure(ASVS_items_with_a_test_or_a_reason=len(items), ASVS_items_open=len(unmet))
    assert unmet == []
    assert len(items) > 120
    assert sorted(items) == sorted(set(items))
