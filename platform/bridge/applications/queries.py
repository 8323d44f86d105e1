"""Selects of applications, as each side may see them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy.orm import joinedload

from bridge.accounts.models import Role, User
from bridge.applications.labels import APPLIED
from bridge.applications.models import Application, ApplicationState
from bridge.candidates.cards import RequestNote
from bridge.contacts.queries import request_notes
from bridge.database import utc_now
from bridge.extensions import db
from bridge.students.models import Profile
from bridge.students.queries import PROFILE_PARTS
from bridge.vacancies.models import Vacancy
from bridge.vacancies.queries import WHOLE


def visible_applications(viewer: User) -> sa.Select[Any]:
    """A student's own; those to a member's employer; nobody else sees any."""
    select = sa.select(Application)
    if viewer.role is Role.STUDENT:
        return select.where(Application.profile.has(Profile.user_id == viewer.id))
    employer_id = viewer.member.employer_id if viewer.member else 0
    return select.where(Application.employer_id == employer_id)


def visible_application(viewer: User, application_id: int) -> Application | None:
    """One with everything that its page shows."""
    whole = joinedload(Application.profile)
    found: Application | None = db.session.scalar(
        visible_applications(viewer)
        .where(Application.id == application_id)
        .options(
            joinedload(Application.candidate),
            joinedload(Application.request),
            joinedload(Application.vacancy).options(*WHOLE),
            *(whole.options(part) for part in PROFILE_PARTS),
        )
    )
    return found


def own_applications(viewer: User) -> sa.Select[Any]:
    """The student's list, the latest first."""
    return (
        visible_applications(viewer)
        .options(joinedload(Application.vacancy).joinedload(Vacancy.employer))
        .order_by(Application.id.desc())
    )


def applications_for(vacancy: Vacancy, *, waiting: bool) -> sa.Select[Any]:
    """Those for one vacancy: that wait, the oldest first, or that are done, the latest first."""
    select = (
        sa.select(Application)
        .where(Application.vacancy_id == vacancy.id)
        .options(
            joinedload(Application.candidate),
            joinedload(Application.request),
            joinedload(Application.profile).joinedload(Profile.user),
        )
    )
    if waiting:
        return select.where(Application.state == ApplicationState.SENT).order_by(Application.id)
    return select.where(Application.state != ApplicationState.SENT).order_by(Application.id.desc())


def latest_of(profile: Profile, vacancy: Vacancy) -> Application | None:
    """The student's last application for the vacancy."""
    return db.session.scalar(
        sa.select(Application)
        .where(Application.profile_id == profile.id, Application.vacancy_id == vacancy.id)
        .order_by(Application.id.desc())
        .limit(1)
    )


def overdue_of(vacancy_id: int) -> int:
    """How many for the vacancy the employer should have answered by now."""
    return (
        db.session.scalar(
            sa.select(sa.func.count()).where(
                Application.vacancy_id == vacancy_id,
                Application.state == ApplicationState.SENT,
                Application.due_at <= utc_now(),
            )
        )
        or 0
    )


def notes(candidate_ids: Collection[int]) -> dict[int, RequestNote]:
    """What the employer's list shows of a candidate: the latest contact request, or that they
    have applied and wait for an answer."""
    waiting = db.session.execute(
        sa.select(Application.candidate_id, Application.id).where(
            Application.candidate_id.in_(candidate_ids),
            Application.state == ApplicationState.SENT,
        )
    )
    applied = {
        candidate_id: RequestNote(
            badge=APPLIED,
            url=url_for("applications.detail", application_id=application_id),
            blocks=True,
            open_label=_l("Read the application"),
        )
        for candidate_id, application_id in waiting
    }
    return {**request_notes(candidate_ids), **applied}


def count_awaiting_member() -> int:
    """Applications that wait for the present member's employer."""
    select = visible_applications(current_user).where(Application.state == ApplicationState.SENT)
    return db.session.scalar(select.with_only_columns(sa.func.count())) or 0
