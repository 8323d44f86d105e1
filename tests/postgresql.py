"""A PostgreSQL cluster of the tests' own."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.ports import free_port


def find_programs() -> Path | None:
    """The folder of initdb and pg_ctl: on the path, or where Debian puts them."""
    on_path = shutil.which("pg_ctl")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    return None


class Cluster:
    """Listens on loopback only. The server refuses to run as root; then it runs as `postgres`,
    or as `nobody`."""

    def __init__(self, programs: Path) -> None:
        self.programs = programs
        self.folder = Path(tempfile.mkdtemp(prefix="bridge-pg-"))
        self.port = free_port()

    def start(self) -> None:
        if os.geteuid() == 0:
            account = self._account()
            os.chown(self.folder, account.pw_uid, account.pw_gid)
        data = str(self.folder / "data")
        self._run(
            "initdb", "-D", data, "-U", "bridge", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"
        )
        self.start_server()

    def start_server(self) -> None:
        """Until it answers."""
        options = (
            f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
        )
        data, log = str(self.folder / "data"), str(self.folder / "log")
        self._run("pg_ctl", "-D", data, "-w", "-l", log, "-o", options, "start")

    def stop_server(self) -> None:
        """As an administrator's restart does: whoever is connected is cut off."""
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-m", "fast", "stop")

    def create_database(self, name: str, template: str = "template1") -> str:
        """A new database, a copy of `template`, to which nobody may be connected; its address."""
        server = ("-h", "127.0.0.1", "-p", str(self.port), "-U", "bridge")
        self._run("createdb", *server, "-T", template, name)
        return f"postgresql://bridge@127.0.0.1:{self.port}/{name}"

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    @staticmethod
    def _account() -> pwd.struct_passwd:
        for name in ("postgres", "nobody"):
            try:
                return pwd.getpwnam(name)
            except KeyError:
                continue
        raise RuntimeError("no account to run the PostgreSQL server as")

    def _run(self, program: str, *arguments: str) -> None:
        account = self._account() if os.geteuid() == 0 else None
        done = subprocess.run(
            [str(self.programs / program), *arguments],
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"{program}: {done.stderr}")
