"""Selects of reports."""

from __future__ import annotations

import sqlalchemy as sa
from flask_login import current_user
from sqlalchemy.orm import joinedload

from bridge.candidates.models import Candidate
from bridge.contacts.models import ContactRequest, Message
from bridge.extensions import db
from bridge.reports.models import AbuseReport, ReportState
from bridge.students.models import Profile


def own_reports(
    *, request_id: int | None = None, vacancy_id: int | None = None
) -> list[AbuseReport]:
    """What the present reader has reported of this request or this vacancy, the latest first."""
    column = AbuseReport.request_id if request_id is not None else AbuseReport.vacancy_id
    return list(
        db.session.scalars(
            sa.select(AbuseReport)
            .where(AbuseReport.reporter_id == current_user.id, column == (request_id or vacancy_id))
            .order_by(AbuseReport.id.desc())
        )
    )


def open_report(reporter_id: int, about: str) -> AbuseReport | None:
    return db.session.scalar(
        sa.select(AbuseReport).where(
            AbuseReport.reporter_id == reporter_id,
            AbuseReport.about == about,
            AbuseReport.state == ReportState.OPEN,
        )
    )


def whole_report(report_id: int) -> AbuseReport:
    """With what the staff's page of it shows; NoResultFound where it is gone."""
    return db.session.get_one(
        AbuseReport,
        report_id,
        options=[
            joinedload(AbuseReport.reporter),
            joinedload(AbuseReport.employer),
            joinedload(AbuseReport.vacancy),
            joinedload(AbuseReport.message).joinedload(Message.author),
            joinedload(AbuseReport.request).options(
                joinedload(ContactRequest.candidate).joinedload(Candidate.vacancy),
                joinedload(ContactRequest.employer),
                joinedload(ContactRequest.profile).joinedload(Profile.user),
            ),
        ],
    )
