"""Pages of the student: the vacancies ranked for them."""

from __future__ import annotations

from flask import Flask, abort, render_template, request
from flask_login import current_user

from bridge.accounts.models import Role
from bridge.blocks.queries import blocked_employers
from bridge.candidates.fit import Standing, fits, standing
from bridge.candidates.nightly import new_fits, note_student_saw
from bridge.candidates.queries import openings_of, openings_this_week
from bridge.candidates.views import blueprint
from bridge.database import local_today
from bridge.permissions import Permission, requires
from bridge.skills.courses import teaching
from bridge.students.queries import own_profile
from bridge.vacancies.models import Vacancy
from bridge.web.pagination import PER_PAGE, Page, page_number, paginate


@blueprint.get("/vacancies/for-me")
@requires(Permission.EDIT_PROFILE)
def for_me() -> str:
    """Those that match at all; on request the rest too, which come to 0 points."""
    profile = own_profile(current_user) or abort(404)
    everything = fits(profile)
    matching = [fit for fit in everything if fit.score]
    found = everything if request.args.get("all") else matching
    number = min(page_number(), max(1, -(-len(found) // PER_PAGE)))
    shown = found[(number - 1) * PER_PAGE :][:PER_PAGE]
    note_student_saw(profile)
    missing = [fit.first_missing for fit in shown]
    return render_template(
        "candidates/for_me.html",
        taught=teaching([skill.id for skill in missing if skill is not None]),
        profile=profile,
        page=Page(shown, number, len(found)),
        eligible=sum(not fit.obstacles for fit in found),
        without_match=len(everything) - len(matching),
        shows_all=found is everything,
    )


@blueprint.get("/profile/openings")
@requires(Permission.EDIT_PROFILE)
def openings() -> str:
    """Who opened my profile."""
    profile = own_profile(current_user) or abort(404)
    return render_template(
        "candidates/openings.html",
        page=paginate(openings_of(profile)),
        this_week=openings_this_week(profile),
        blocked=blocked_employers(profile),
        today=local_today(),
    )


def standing_of_reader(vacancy: Vacancy) -> Standing | None:
    """For the page of a vacancy, which knows nothing of candidates; None for who is no student."""
    if not current_user.is_authenticated or current_user.role is not Role.STUDENT:
        return None
    profile = own_profile(current_user)
    if profile is None or not vacancy.is_open:
        return None
    note_student_saw(profile, vacancy)
    return standing(vacancy, profile)


def init_app(app: Flask) -> None:
    """For pages of features below this one."""
    app.jinja_env.globals |= {"standing_of_reader": standing_of_reader, "new_fits": new_fits}
