"""How gunicorn serves the platform: `gunicorn -c python:bridge.gunicorn_config wsgi:app`.

PORT, WORKERS and ACCESS_LOG (a file, or `-` for standard output) come from the environment;
gunicorn's own options on the command line win over what stands here.
"""

from __future__ import annotations

import os
import re
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from gunicorn.glogging import Logger

# What a part of our own addresses looks like. Longer ones are secrets of somebody's mail (a reset
# link); others were typed, and hold whatever people type: names, addresses, line ends.
OWN_PART = re.compile(r"[\w.-]{0,24}", re.ASCII)


def without_secrets(path: str) -> str:
    """The path of a request as the log may keep it: one line, no single-use links, no names."""
    return "/".join(part if OWN_PART.fullmatch(part) else "…" for part in path.split("/"))


class AccessLogger(Logger):
    """Writes neither addresses of people nor query strings nor single-use links."""

    def atoms(
        self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta
    ) -> dict[str, Any]:
        atoms: dict[str, Any] = super().atoms(resp, req, environ, request_time)
        return {**atoms, "U": without_secrets(environ["PATH_INFO"])}


bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WORKERS", "2"))
worker_class = "gthread"
threads = 4
# A worker that has not answered for so long is replaced; the slowest page takes a second.
timeout = 60
graceful_timeout = 30
# Seconds that an idle connection, the reverse proxy's above all, stays open for the next request.
keepalive = 5
# The workers' heartbeat file must not lie on a disk that may stall.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
control_socket_disable = True
logger_class = AccessLogger
accesslog = os.environ.get("ACCESS_LOG", "-")
access_log_format = "%(t)s %(m)s %(U)s %(s)s %(B)s %(M)sms"
loglevel = "warning"


def on_starting(_server: Any) -> None:
    """Refuse bad settings in one sentence, before any worker does with a traceback."""
    from bridge import create_app
    from bridge.config import ConfigurationError

    try:
        create_app()
    except ConfigurationError as error:
        sys.exit(f"Bridge does not start. {error.message}")


def post_worker_init(worker: Any) -> None:
    """Each worker sends the letters that wait and runs the jobs that are due; leases keep two from
    doing the same."""
    from bridge.jobs.service import start_jobs
    from bridge.mail.sender import start_sender

    start_sender(worker.wsgi)
    start_jobs(worker.wsgi)
