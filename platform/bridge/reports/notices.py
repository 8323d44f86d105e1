"""What people are told about reports. The accused never learn from a letter who reported."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from bridge.accounts.models import Role, User
from bridge.cases.models import Case, CaseKind
from bridge.extensions import db
from bridge.notices.kinds import Told, register
from bridge.notices.models import Group
from bridge.reports.models import AbuseReport

MADE, DECIDED, WARNING = "reports/made", "reports/decided", "reports/warning"


def init_app() -> None:
    register(Group.QUEUE, _for_staff, MADE)
    register(Group.REQUESTS, _for_reporter, DECIDED)
    register(Group.REQUESTS, _for_accused, WARNING)


def _for_staff(report_ids: Collection[int], reader: User) -> Mapping[int, Told]:
    if reader.role not in (Role.STAFF, Role.ADMIN):
        return {}
    titles = dict(
        db.session.execute(
            sa.select(Case.subject_id, Case.title).where(
                Case.kind == CaseKind.REPORT, Case.subject_id.in_(report_ids)
            )
        ).all()
    )
    return {
        report.id: Told({"report": report, "title": titles.get(report.id, "")})
        for report in db.session.scalars(_reports(report_ids))
    }


def _for_reporter(report_ids: Collection[int], reader: User) -> Mapping[int, Told]:
    own = _reports(report_ids).where(AbuseReport.reporter_id == reader.id)
    return {report.id: Told({"report": report}) for report in db.session.scalars(own)}


def _for_accused(report_ids: Collection[int], _reader: User) -> Mapping[int, Told]:
    """Whoever got the notice is told what the university wrote, and nothing of the report."""
    cases = sa.select(Case).where(Case.kind == CaseKind.REPORT, Case.subject_id.in_(report_ids))
    decided = {case.subject_id: case for case in db.session.scalars(cases)}
    reports = _reports(report_ids).options(joinedload(AbuseReport.employer))
    return {
        report.id: Told(
            {
                "state": report.state,
                "reason_code": decided[report.id].reason_code if report.id in decided else "",
                "note": decided[report.id].note if report.id in decided else "",
            }
        )
        for report in db.session.scalars(reports)
    }


def _reports(report_ids: Collection[int]) -> sa.Select[AbuseReport]:
    return sa.select(AbuseReport).where(AbuseReport.id.in_(report_ids))
