"""The figures as pages and as files."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, current_app, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from bridge.analytics import queries
from bridge.analytics.figures import steps
from bridge.analytics.forms import GroupForm, PeriodForm
from bridge.cases.labels import PLURALS
from bridge.database import utc_now
from bridge.permissions import Permission, requires
from bridge.web.i18n import local_name
from bridge.web.spreadsheets import csv_response

blueprint = Blueprint("analytics", __name__)
WEEKS = 12
SKILLS_SHOWN = 25
# A drawing of more is no longer taken in.
SKILLS_DRAWN = 12
SKILLS_IN_FILE = 500


@blueprint.get("/staff/analytics")
@requires(Permission.VIEW_ANALYTICS)
def university() -> str:
    form = GroupForm(request.args)
    since = form.since()
    market = queries.market(**form.group(), limit=SKILLS_SHOWN)
    return render_template(
        "analytics/university.html",
        form=form,
        steps=steps(queries.funnel(since)),
        weeks=_weeks(),
        decisions=queries.decisions(since),
        kinds=PLURALS,
        answers=queries.answers(since),
        market=market,
        drawn=[
            (local_name(one.skill), market.wanted_share(one), market.held_share(one))
            for one in market.skills[:SKILLS_DRAWN]
        ],
        query=_query(form),
    )


@blueprint.get("/staff/analytics/<name>.csv")
@requires(Permission.VIEW_ANALYTICS)
def university_file(name: str) -> Response:
    form = GroupForm(request.args)
    since = form.since()
    if name == "skills":
        return _skills_file(form)
    if name == "decisions":
        header = (_("What"), _("Decided"), _("Median, hours"), _("On time"))
        rows = [
            (str(PLURALS[one.kind]), one.count, round(one.median_hours, 1), round(one.on_time, 3))
            for one in queries.decisions(since)
        ]
        return csv_response(name, header, rows)
    return _common_file(name, form, None)


@blueprint.get("/company/analytics")
@requires(Permission.VIEW_COMPANY)
def company() -> str:
    form = PeriodForm(request.args)
    since = form.since()
    employer_id = _own_employer_id()
    return render_template(
        "analytics/company.html",
        form=form,
        steps=steps(queries.funnel(since, employer_id)),
        weeks=_weeks(employer_id),
        answers=queries.answers(since, employer_id),
        query=_query(form),
    )


@blueprint.get("/company/analytics/<name>.csv")
@requires(Permission.VIEW_COMPANY)
def company_file(name: str) -> Response:
    return _common_file(name, PeriodForm(request.args), _own_employer_id())


def _common_file(name: str, form: PeriodForm, employer_id: int | None) -> Response:
    since = form.since()
    if name == "funnel":
        header = (_("Step"), _("Candidates"), _("Of the first step"), _("Of the step before"))
        rows: list[tuple[object, ...]] = [
            (str(step.label), step.count, round(step.of_first, 4), _rounded(step.of_previous))
            for step in steps(queries.funnel(since, employer_id))
        ]
    elif name == "weeks":
        header = (_("Week from"), _("Vacancies published"), _("Requests"), _("Students agreed"))
        rows = [
            (week.monday.isoformat(), week.vacancies, week.requests, week.agreed)
            for week in _weeks(employer_id)
        ]
    else:
        abort(404)
    return csv_response(name, header, rows)


def _skills_file(form: GroupForm) -> Response:
    found = queries.market(**form.group(), limit=SKILLS_IN_FILE)
    header = (
        _("Skill"),
        _("Vacancies that ask for it"),
        _("of these as a must"),
        _("Students who hold it"),
        _("of these confirmed"),
        _("Vacancies in all"),
        _("Students in all"),
    )
    rows = [
        (
            local_name(one.skill),
            *(one.wanted, one.wanted_as_must, one.held, one.confirmed),
            *(found.vacancies, found.students),
        )
        for one in found.skills
    ]
    return csv_response("skills", header, rows)


def _rounded(share: float | None) -> float | str:
    return "" if share is None else round(share, 4)


def _weeks(employer_id: int | None = None) -> list[queries.Week]:
    zone = ZoneInfo(current_app.config["BRIDGE"].time_zone)
    return queries.weeks(utc_now(), WEEKS, zone, employer_id)


def _own_employer_id() -> int:
    if current_user.member is None:
        abort(404)
    return int(current_user.member.employer_id)


def _query(form: PeriodForm) -> dict[str, Any]:
    """The arguments of the address, for the links to the files."""
    return {field.name: field.data for field in form if field.data}
