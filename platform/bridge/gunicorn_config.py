"""How gunicorn serves the platform: `gunicorn -c python:bridge.gunicorn_config wsgi:app`.

HOST, PORT, WORKERS and ACCESS_LOG (a file, or `-` for standard output) come from the environment;
gunicorn's own options on the command line win over what stands here.

The first process never loads the platform: each worker does, so that a reload (SIGHUP) takes a new
version.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from gunicorn.glogging import Logger


def _number(env: Mapping[str, str], name: str, default: int, most: int) -> int:
    """A setting of the server's own; ends it with a sentence where it will not do."""
    value = env.get(name, str(default))
    if not (value.isascii() and value.isdecimal() and 1 <= int(value) <= most):
        sys.exit(
            f"Bridge does not start. {name} must be a whole number from 1 to {most}, not {value!r}."
        )
    return int(value)


# Before anything is made that would be left behind.
env = os.environ
bind = f"{env.get('HOST', '127.0.0.1')}:{_number(env, 'PORT', 8000, 65535)}"
workers = _number(env, "WORKERS", 2, 256)
# Not on a disk, which may stall.
_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
# Before anything imports prometheus_client, which looks for it then.
os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="bridge-metrics-", dir=_MEMORY)


class RequestLogger(Logger):
    """Writes a line a request, and gunicorn's own lines in the same form, without addresses of
    people, query strings and whatever else was typed."""

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta) -> None:
        if not self.access_log_enabled:
            return
        from bridge.logs import REQUEST_ID, ROUTE

        fields = {
            "method": environ["REQUEST_METHOD"] if ROUTE in environ else None,
            "route": environ.get(ROUTE),
            "status": int(str(resp.status).split()[0]),
            "milliseconds": round(request_time.total_seconds() * 1000, 1),
            "bytes": resp.sent,
            "request_id": environ.get(REQUEST_ID),
        }
        self.access_log.info("request", extra=fields)

    def warning(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        if str(msg).startswith("Invalid request from ip="):
            # The rest of it is the address and what was sent.
            msg, args = "a request that is not HTTP was refused", ()
        super().warning(msg, *args, **kwargs)

    def exception(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        if str(msg).startswith("Error handling request"):
            # Its arguments are the address with the query.
            msg, args = "a request failed", ()
        super().exception(msg, *args, **kwargs)

    def _set_handler(self, log: Any, output: Any, fmt: Any, stream: Any = None) -> None:
        from bridge.logs import formatter

        ours = formatter(production=os.environ.get("BRIDGE_MODE") == "production")
        super()._set_handler(log, output, ours, stream)


worker_class = "gthread"
threads = 4
# A worker that has not answered for so long is replaced; the slowest page takes a second.
timeout = 60
graceful_timeout = 30
# Seconds that an idle connection, the reverse proxy's above all, stays open for the next request.
keepalive = 5
worker_tmp_dir = _MEMORY
control_socket_disable = True
logger_class = RequestLogger
accesslog = os.environ.get("ACCESS_LOG", "-")
loglevel = "warning"


def on_starting(_server: Any) -> None:
    """Refuse bad settings in one sentence, before any worker does with a traceback."""
    attempt = multiprocessing.get_context("fork").Process(target=_read_settings)
    attempt.start()
    attempt.join()
    if attempt.exitcode:
        on_exit(_server)
        sys.exit(attempt.exitcode)


def _read_settings() -> None:
    from bridge import create_app
    from bridge.config import ConfigurationError, read_config

    try:
        # Production is also refused for what its database holds; elsewhere to load the whole
        # platform would only double the time of the start.
        if read_config().mode == "production":
            create_app()
    except ConfigurationError as error:
        sys.exit(f"Bridge does not start. {error.message}")


def post_fork(server: Any, _worker: Any) -> None:
    """What the first process has loaded of the platform for these settings may be of an older
    version; with --preload it has loaded all of it, on purpose."""
    if server.cfg.preload_app:
        return
    for name in [name for name in sys.modules if name.split(".")[0] == "bridge"]:
        del sys.modules[name]


def post_worker_init(worker: Any) -> None:
    """Each worker sends the letters that wait and runs the jobs that are due; leases keep two from
    doing the same."""
    from bridge.jobs.service import start_jobs
    from bridge.mail.sender import start_sender

    start_sender(worker.wsgi)
    start_jobs(worker.wsgi)


def child_exit(_server: Any, worker: Any) -> None:
    """What a process that ended has counted stays, what it is does not."""
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(_server: Any) -> None:
    shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)
