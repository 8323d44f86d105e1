"""How often employers choose the students of each group: a page and a file."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from bridge.analytics import fairness
from bridge.analytics.fairness import FOUR_FIFTHS, Group, Rates
from bridge.analytics.forms import PeriodForm
from bridge.permissions import Permission, requires
from bridge.students.labels import DEGREES, STUDY_FORMS
from bridge.students.models import Degree, Profile, StudyForm
from bridge.web.i18n import local_name
from bridge.web.spreadsheets import csv_response

blueprint = Blueprint("fairness", __name__)


def _sections(form: PeriodForm) -> tuple[tuple[str, str, Rates], ...]:
    """(anchor, heading, figures) of each way to form groups."""
    since, least = form.since(), current_app.config["BRIDGE"].group_least
    directions = fairness.by_direction(since, least)
    values = (
        ("degrees", _("By level of education"), Profile.degree),
        ("years", _("By year of study"), Profile.year_of_study),
        ("forms", _("By form of study"), Profile.study_form),
    )
    return (
        ("directions", _("By direction of study"), directions),
        *(
            (anchor, heading, fairness.by_value(column, since, least))
            for anchor, heading, column in values
        ),
    )


def _name(group: Group) -> str:
    match group.key:
        case StudyForm():
            return str(STUDY_FORMS[group.key])
        case Degree():
            return str(DEGREES[group.key])
        case int():
            return str(_("year %(year)s", year=group.key))
    return f"{group.key.code} {local_name(group.key)}"


@blueprint.get("/staff/analytics/fairness")
@requires(Permission.VIEW_ANALYTICS)
def selection() -> str:
    form = PeriodForm(request.args)
    return render_template(
        "analytics/fairness.html",
        form=form,
        sections=_sections(form),
        name_of=_name,
        least=current_app.config["BRIDGE"].group_least,
        four_fifths=FOUR_FIFTHS,
        query={"days": form.days.data},
    )


@blueprint.get("/staff/analytics/fairness.csv")
@requires(Permission.VIEW_ANALYTICS)
def selection_file() -> Response:
    header = (
        _("Groups"),
        _("Group"),
        _("Students"),
        _("Shown"),
        _("Starred"),
        _("Requested"),
        _("Accepted"),
        _("Share requested"),
        _("Against the highest"),
    )
    rows = [
        (
            *(heading, _name(group), group.students, group.shown, group.starred),
            *(group.requested, group.accepted, round(group.rate, 4)),
            "" if (ratio := rates.ratio(group)) is None else round(ratio, 4),
        )
        for _anchor, heading, rates in _sections(PeriodForm(request.args))
        for group in rates.groups
    ]
    return csv_response("selection", header, rows)
