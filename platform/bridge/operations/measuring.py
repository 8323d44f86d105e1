"""What the database tells Prometheus at each look: what waits, what is late, what ran when."""

from __future__ import annotations

import os
from collections.abc import Iterator

import sqlalchemy as sa
from flask import current_app
from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from bridge.cases.models import Case, CaseKind, CaseState
from bridge.database import reading, utc_now
from bridge.jobs.models import JobRun
from bridge.jobs.registry import jobs_of
from bridge.mail.models import MailState, OutboxMail
from bridge.search.changes import clock

INDEX_REVISION_NAME = "bridge_search_index_revision"


def exposition() -> bytes:
    """All metrics in the text format of Prometheus."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        counted = CollectorRegistry()
        MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
    else:
        counted = REGISTRY
    read = CollectorRegistry(auto_describe=False)
    read.register(FromDatabase(_revisions(counted)))
    return generate_latest(counted) + generate_latest(read)


def _revisions(registry: CollectorRegistry) -> list[int]:
    """How far the index of each living process has come, where it has one."""
    return [
        int(sample.value)
        for metric in registry.collect()
        if metric.name == INDEX_REVISION_NAME
        for sample in metric.samples
        if sample.value
    ]


class FromDatabase(Collector):
    """Reads in one short transaction; where the database does not answer it says just that.

    revisions: of the indexes of the living processes.
    """

    def __init__(self, revisions: list[int]) -> None:
        self.revisions = revisions

    def collect(self) -> Iterator[Metric]:
        found: list[Metric] = []
        try:
            with reading() as session:
                found = [
                    *_letters(session),
                    *_cases(session),
                    *_jobs(session),
                    *self._index(session),
                ]
        except DBAPIError:
            found = []
        yield GaugeMetricFamily(
            "bridge_database_up", "1 if the database answers.", value=float(bool(found))
        )
        yield from found

    def _index(self, session: Session) -> Iterator[Metric]:
        _epoch, revision = clock(session)
        # After the restoration of a backup the clock starts from an earlier number.
        lag = max((max(revision - one, 0) for one in self.revisions), default=0)
        yield GaugeMetricFamily(
            "bridge_search_index_lag_changes",
            "Changes that the index of the slowest process takes in before its next search.",
            value=lag,
        )


def _letters(session: Session) -> Iterator[Metric]:
    states = (MailState.WAITING, MailState.FAILED)
    counted = sa.select(OutboxMail.state, sa.func.count()).where(OutboxMail.state.in_(states))
    counts = {row[0]: row[1] for row in session.execute(counted.group_by(OutboxMail.state))}
    letters = GaugeMetricFamily(
        "bridge_outbox_letters", "Letters that wait or were given up.", labels=("state",)
    )
    for state in states:
        letters.add_metric((state.value,), counts.get(state, 0))
    yield letters
    oldest = session.scalar(
        sa.select(sa.func.min(OutboxMail.created_at)).where(OutboxMail.state == MailState.WAITING)
    )
    age = (utc_now() - oldest).total_seconds() if oldest else 0.0
    yield GaugeMetricFamily(
        "bridge_outbox_oldest_seconds", "How long the oldest of them has waited.", value=age
    )


def _cases(session: Session) -> Iterator[Metric]:
    waiting = sa.select(Case.kind, sa.func.count()).where(Case.state == CaseState.WAITING)
    for name, text, selected in (
        ("bridge_cases_waiting", "Cases of the moderation queue that wait.", waiting),
        (
            "bridge_cases_overdue",
            "Those of them whose deadline has passed.",
            waiting.where(Case.due_at < utc_now()),
        ),
    ):
        counts = {row[0]: row[1] for row in session.execute(selected.group_by(Case.kind))}
        family = GaugeMetricFamily(name, text, labels=("kind",))
        for kind in CaseKind:
            family.add_metric((kind.value,), counts.get(kind, 0))
        yield family


def _jobs(session: Session) -> Iterator[Metric]:
    finished = GaugeMetricFamily(
        "bridge_job_last_finished_timestamp_seconds", "When each job last ended.", labels=("job",)
    )
    failed = GaugeMetricFamily("bridge_job_failed", "1 if it failed then.", labels=("job",))
    rows = {row.name: row for row in session.scalars(sa.select(JobRun))}
    for name in sorted(jobs_of(current_app)):
        row = rows.get(name)
        if row is not None and row.finished_at is not None:
            finished.add_metric((name,), row.finished_at.timestamp())
            failed.add_metric((name,), float(bool(row.error)))
    yield finished
    yield failed
