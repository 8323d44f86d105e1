"""nginx with the configuration that is shipped, as far as possible on any machine."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.ports import free_port
from tests.servers import ROOT

EXAMPLE = ROOT / "deploy" / "nginx.conf"
STARTING_SECONDS = 60


def program(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if found is None:
        pytest.skip(f"{name} is missing")
    return found


def configuration(folder: Path, site: str) -> Path:
    """A whole configuration around a site, with a certificate that nobody trusts. Everything that
    nginx writes lies in the folder."""
    request = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=x"
    keys = ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
    subprocess.run([program("openssl"), *request.split(), *keys], check=True, capture_output=True)
    site = site.replace("/etc/ssl/bridge", str(folder)).replace("/var/log/nginx", str(folder))
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    # Else its workers could not read what root has made here.
    user = "user root;" if os.geteuid() == 0 else ""
    whole = folder / "nginx.conf"
    whole.write_text(
        f"{user} pid {folder}/pid; error_log {folder}/error.log; events {{}}\n"
        f"http {{ access_log off;\n{places}{site}\n}}\n"
    )
    return whole


def command(whole: Path) -> list[str]:
    return [program("nginx"), "-c", str(whole), "-e", str(whole.parent / "error.log")]


@contextmanager
def proxying(folder: Path, upstream: int) -> Iterator[tuple[int, int]]:
    """The shipped site in front of a port of this machine; its ports of http and of https."""
    plain, secure = free_port(), free_port()
    site = re.sub(r"(?m)^.*listen \[::\].*\n", "", EXAMPLE.read_text())
    site = site.replace("listen 80;", f"listen 127.0.0.1:{plain};")
    site = site.replace("listen 443 ", f"listen 127.0.0.1:{secure} ")
    site = site.replace("http://127.0.0.1:8000", f"http://127.0.0.1:{upstream}")
    whole = configuration(folder, site)
    process = subprocess.Popen([*command(whole), "-g", "daemon off;"])
    try:
        # The file is written when it listens.
        until = time.monotonic() + STARTING_SECONDS
        while not (folder / "pid").exists() and process.poll() is None:
            assert time.monotonic() < until, "nginx does not start"
            time.sleep(0.02)
        yield plain, secure
    finally:
        process.terminate()
        process.wait(timeout=STARTING_SECONDS)
