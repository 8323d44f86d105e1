"""What the platform does by itself from time to time.

A feature registers its jobs in `init_app`:

    jobs.register(app, "stale-profiles", every=timedelta(hours=1), run=service.hide_stale)

`run` takes nothing, is called in an application context of its own by one process at a time, and
commits by itself. A process that dies in the middle leaves the job to the next: it must be safe to
run twice.
"""

from __future__ import annotations

from flask import Flask

from bridge.jobs.registry import Job, register

__all__ = ["Job", "init_app", "register"]


def init_app(app: Flask) -> None:
    from bridge.jobs.commands import run_jobs

    app.cli.add_command(run_jobs)
