"""Pages: one's own interviews, time zone, and the calendar that other programs subscribe to."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms.fields import SelectChoice

from bridge.database import utc_now
from bridge.extensions import db
from bridge.interviews import feeds, queries
from bridge.interviews.calendars import calendar_of
from bridge.interviews.forms import ZoneForm
from bridge.interviews.pages import interview_view
from bridge.interviews.views import calendar_answer
from bridge.interviews.zones import zone_choices, zone_of
from bridge.notices.queries import schedule_of
from bridge.notices.service import schedule
from bridge.permissions import Permission, requires
from bridge.web.pagination import paginate

blueprint = Blueprint("calendar", __name__)


def _zone_form() -> ZoneForm:
    form = ZoneForm(time_zone=zone_of(current_user.id))
    form.time_zone.choices = [SelectChoice(*choice) for choice in zone_choices(utc_now())]
    return form


def to_index() -> Response:
    return redirect(url_for("calendar.index"), 303)


@blueprint.get("/interviews")
@requires(Permission.VIEW_INTERVIEWS)
def index() -> str:
    return _index(_zone_form())


def _index(form: ZoneForm) -> str:
    zone = zone_of(current_user.id)
    page = paginate(queries.upcoming(current_user))
    return render_template(
        "interviews/index.html",
        page=page,
        shown=[interview_view(interview, current_user, zone) for interview in page.items],
        feed_url=feeds.feed_url(current_user),
        form=form,
    )


@blueprint.post("/interviews/time-zone")
@requires(Permission.VIEW_INTERVIEWS)
def choose_zone() -> Response | tuple[str, int]:
    form = _zone_form()
    if not form.validate():
        return _index(form), 422
    hour = schedule_of(current_user).hour
    schedule(current_user, hour=hour, time_zone=form.time_zone.data)
    db.session.commit()
    flash(_("Times are shown in this time zone now."), "ok")
    return to_index()


@blueprint.post("/interviews/feed")
@requires(Permission.VIEW_INTERVIEWS)
def make_feed() -> Response:
    feeds.make_feed(current_user)
    db.session.commit()
    flash(_("The address of your calendar is made. Earlier ones no longer work."), "ok")
    return to_index()


@blueprint.post("/interviews/feed/revoke")
@requires(Permission.VIEW_INTERVIEWS)
def revoke_feed() -> Response:
    feeds.revoke_feed(current_user)
    db.session.commit()
    flash(_("The address of your calendar no longer works."), "ok")
    return to_index()


@blueprint.get("/calendar/<token>.ics")
@requires(Permission.VIEW_PUBLIC)
def feed(token: str) -> Response:
    """For programs that hold the secret address; read only."""
    owner = feeds.owner_of_feed(token) or abort(404)
    with force_locale(owner.locale):
        content = calendar_of(queries.of_calendar(owner), owner, "PUBLISH")
    return calendar_answer(content, "interviews.ics")
