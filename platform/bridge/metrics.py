"""What the server counts for Prometheus.

Under gunicorn each worker writes into files of its own in PROMETHEUS_MULTIPROC_DIR, and whichever
answers `/metrics` adds them up; anywhere else the numbers are this process's. What can be read from
the database is not counted here: see `operations.measuring`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, Response, g, request
from prometheus_client import Counter, Gauge, Histogram

NO_ROUTE = "none"

REQUESTS = Counter(
    "bridge_requests_total",
    "Answered requests by the pattern of their address, method and status.",
    ("route", "method", "status"),
)
REQUEST_SECONDS = Histogram(
    "bridge_request_seconds",
    "How long requests took, by the pattern of their address.",
    ("route",),
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
SEARCH_SECONDS = Histogram(
    "bridge_search_seconds",
    "How long the index took for one search on behalf of a vacancy.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
)
REFUSED_PROOFS = Counter(
    "bridge_refused_proofs_total",
    "Passwords, codes and passkeys that did not fit, at sign-in and before what matters.",
    ("factor",),
)
# 0 until the process has searched for the first time.
INDEX_REVISION = Gauge(
    "bridge_search_index_revision",
    "The change of the database that each process's search index has come to.",
    multiprocess_mode="liveall",
)


@contextmanager
def timed_search() -> Iterator[None]:
    with SEARCH_SECONDS.time():
        yield


def init_app(app: Flask) -> None:
    @app.before_request
    def start_clock() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def count(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else NO_ROUTE
        # Whoever asks may invent methods; the numbers of a server must not grow by that.
        method = request.method if request.url_rule else NO_ROUTE
        REQUESTS.labels(route, method, response.status_code).inc()
        if "started" in g:
            REQUEST_SECONDS.labels(route).observe(time.perf_counter() - g.started)
        return response
