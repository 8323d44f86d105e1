"""Ask whether faults are known in the pinned packages: `python tools/audit.py`, or `make audit`.

Exit status 0: none is known; 1: some are, listed with the version that mends each; 2: the
advisories of some or all could not be read. Sent are names and versions of packages only.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FAULTS, NOT_CHECKED = 1, 2


def main(names: list[str]) -> int:
    files = names or [path.name for path in sorted(ROOT.glob("requirements*.txt"))]
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-m", "pip_audit", "--progress-spinner=off", "--disable-pip"]
        command += ["--require-hashes", "--format=json", f"--output={report}"]
        command += [part for name in files for part in ("--requirement", name)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)  # noqa: S603
        if not report.exists():
            lines = done.stderr.strip().splitlines()
            kind = lines[-1].partition(":")[0] if lines else "pip-audit gave no report"
            print(f"Nothing was checked ({kind}).")
            print("Without a connection there are no advisories: run it where there is one.")
            return NOT_CHECKED
        packages = json.loads(report.read_text(encoding="utf-8"))["dependencies"]
    faulty = [package for package in packages if package.get("vulns")]
    for package in faulty:
        for fault in package["vulns"]:
            mended = ", ".join(fault["fix_versions"]) or "no version yet"
            print(f"{package['name']} {package['version']}: {fault['id']}, mended in {mended}")
    skipped = [package["name"] for package in packages if "skip_reason" in package]
    checked = len(packages) - len(skipped)
    print(f"{checked} of {len(packages)} packages were checked, {len(faulty)} have known faults.")
    if skipped:
        print(f"The service does not know, so these were not checked: {', '.join(skipped)}")
    if faulty:
        return FAULTS
    return NOT_CHECKED if skipped else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
