"""Bring the demo university up: database, vocabulary, content, index, then the server.

`make run` calls it inside the virtual environment. Everything it prepares is left as it is when
already there, so a second start takes seconds and keeps the data.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import click
from flask.cli import ScriptInfo

STARTING_SECONDS = 60
SIGN_IN = """
Bridge is running: {address}

  sign in as      with
  a student       student@demo.test
  HR              hr@demo.test
  staff           staff@demo.test
  administrator   admin@demo.test
  password        demo-demo-demo

The data lie in {folder}. Ctrl-C ends it.
"""


def check_port(port: int) -> None:
    """Stop, saying what to do, where the port is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            sys.exit(f"Port {port} cannot be used ({error.strerror}). Another one: make run PORT=…")


def prepare(data_dir: Path) -> None:
    """Run the platform's own commands that make it ready, each of which may run again."""
    from bridge import create_app

    app = create_app()
    info = ScriptInfo(create_app=lambda: app)
    commands = ["db upgrade", "sync-vocabulary", "demo"]
    if not (data_dir / "index").exists():
        commands.append("reindex")
    for number, command in enumerate(commands, start=1):
        print(f"[{number}/{len(commands)}] {command}", flush=True)
        with app.app_context():
            app.cli.main(command.split(), obj=info, standalone_mode=False)


def own_the_terminal() -> None:
    """Become the terminal's foreground group, so that Ctrl-C comes here and not to make, which
    would report it as a failure."""
    if not sys.stdin.isatty() or os.tcgetpgrp(sys.stdin.fileno()) != os.getpgrp():
        return
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    os.setpgid(0, 0)
    os.tcsetpgrp(sys.stdin.fileno(), os.getpgid(0))


def announce(address: str, data_dir: Path) -> None:
    """Print how to sign in, once the server answers."""
    for _attempt in range(STARTING_SECONDS * 5):
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=5):  # noqa: S310
                print(SIGN_IN.format(address=address, folder=data_dir), flush=True)
                return
        except (OSError, urllib.error.URLError):
            time.sleep(0.2)


def serve(address: str, data_dir: Path) -> int:
    """Run gunicorn until it ends; its exit status."""
    os.environ.setdefault("ACCESS_LOG", str(data_dir / "access.log"))
    command = [sys.executable, "-m", "gunicorn", "-c", "python:bridge.gunicorn_config", "wsgi:app"]
    # In a group of its own Ctrl-C does not reach it: a SIGTERM lets it finish what it answers.
    server = subprocess.Popen(command, process_group=0)  # noqa: S603
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: server.terminate())
    threading.Thread(target=announce, args=(address, data_dir), daemon=True).start()
    return server.wait()


def main() -> int:
    os.environ["BRIDGE_MODE"] = "demo"
    port = os.environ.setdefault("PORT", "8000")
    if not port.isdecimal() or not 0 < int(port) < 65536:
        sys.exit(f"PORT must be a number from 1 to 65535, not {port!r}.")
    data_dir = Path(os.environ.get("DATA_DIR") or "data").absolute()
    os.environ["DATA_DIR"] = str(data_dir)
    check_port(int(port))
    own_the_terminal()
    try:
        prepare(data_dir)
    except (KeyboardInterrupt, click.Abort):
        print("Stopped. The next start goes on from here.")
        return 0
    except click.ClickException as error:
        error.show()
        return 1
    return serve(f"http://127.0.0.1:{port}", data_dir)


if __name__ == "__main__":
    sys.exit(main())
