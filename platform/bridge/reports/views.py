"""Pages: reporting abuse, and reading what was reported."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from bridge.accounts.models import Role
from bridge.contacts.models import ContactRequest, Message
from bridge.contacts.pages import conversation
from bridge.contacts.queries import visible_request
from bridge.extensions import db
from bridge.permissions import Permission, check, requires
from bridge.reports import service
from bridge.reports.forms import ReportForm
from bridge.reports.models import AbuseReport, ReportState
from bridge.reports.queries import whole_report
from bridge.reports.service import Subject
from bridge.vacancies.models import Vacancy
from bridge.vacancies.queries import WHOLE, visible_vacancies
from bridge.web.i18n import short_datetime

blueprint = Blueprint("reports", __name__)

Answer = str | Response | tuple[str, int]
# value of the form -> what it stands for in words, and the row
Choices = Mapping[str, tuple[object, Subject]]


@blueprint.route("/requests/<id:request_id>/report", methods=["GET", "POST"])
@requires(Permission.REPORT_CONTACT)
def of_request(request_id: int) -> Answer:
    found = visible_request(current_user, request_id) or abort(404)
    check(Permission.REPORT_CONTACT, found)
    back = url_for("contacts.detail", request_id=request_id)
    return _report(_of_request(found), seen_in=found, back=back)


@blueprint.route("/vacancies/<id:vacancy_id>/report", methods=["GET", "POST"])
@requires(Permission.REPORT_VACANCY)
def of_vacancy(vacancy_id: int) -> Answer:
    select = visible_vacancies(current_user).where(Vacancy.id == vacancy_id).options(*WHOLE)
    vacancy = db.session.scalar(select) or abort(404)
    check(Permission.REPORT_VACANCY, vacancy)
    choices: Choices = {
        "vacancy": (_("This vacancy"), vacancy),
        "employer": (_("The enterprise as a whole"), vacancy.employer),
    }
    back = url_for("vacancies.detail", vacancy_id=vacancy_id)
    return _report(choices, seen_in=vacancy, back=back)


def _of_request(found: ContactRequest) -> Choices:
    """The message that the address names first, then the contact and, for a student, the
    enterprise."""
    choices: dict[str, tuple[object, Subject]] = {}
    number = request.args.get("message", "")
    for message in found.messages if found.is_open else ():
        if str(message.id) == number and message.author_id != current_user.id:
            label = _("The message of %(when)s", when=short_datetime(message.created_at))
            choices["message"] = (label, message)
    if current_user.role is Role.STUDENT:
        choices["request"] = (_("The request and the conversation"), found)
        choices["employer"] = (_("The enterprise as a whole"), found.employer)
    else:
        choices["request"] = (_("The candidate's conduct in this contact"), found)
    return choices


def _report(choices: Choices, *, seen_in: ContactRequest | Vacancy, back: str) -> Answer:
    form = ReportForm([(value, label) for value, (label, _subject) in choices.items()])
    if not form.is_submitted():
        return _page(form, choices, back)
    if not form.validate():
        return _page(form, choices, back), 422
    service.report(
        choices[form.about.data][1],
        actor=current_user,
        reason_code=form.reason_code.data,
        text=form.text.data,
        seen_in=seen_in,
    )
    db.session.commit()
    flash(_("Thank you. The university will look into it and write to you."), "ok")
    return redirect(back, 303)


def _page(form: ReportForm, choices: Choices, back: str) -> str:
    message = choices["message"][1] if "message" in choices else None
    quoted = message.text if isinstance(message, Message) else None
    return render_template("reports/create.html", form=form, back=back, quoted=quoted)


@blueprint.get("/staff/reports/<id:report_id>/thread")
@requires(Permission.READ_REPORTED_THREAD)
def thread(report_id: int) -> str:
    """The conversation that was reported, as long as the report waits. Reading it is recorded."""
    if db.session.get(AbuseReport, report_id) is None:
        abort(404)
    found = whole_report(report_id)
    check(Permission.READ_REPORTED_THREAD, found)
    if found.request is None or found.state is not ReportState.OPEN:
        abort(404)
    service.note_reading(found, actor=current_user)
    return render_template(
        "reports/thread.html",
        report=found,
        said=conversation(found.request, current_user),
    )
