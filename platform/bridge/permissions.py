"""Who may do what: one table, deny by default.

A view names its permission with `@requires(...)`; a request to a view that names none is
refused. A permission on an object is asked with `can(user, permission, object)` after the object
was loaded through a query that already hides what the viewer must not see.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from flask import Flask, abort, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response

from bridge.accounts.models import Role, User
from bridge.errors import error_page
from bridge.kept import SIGN_IN, kept_page

Predicate = Callable[[User | None, Any], bool]
P = ParamSpec("P")
R = TypeVar("R")


class Permission(enum.Enum):
    VIEW_PUBLIC = "view-public"
    SIGN_IN = "sign-in"
    READ_METRICS = "read-metrics"
    OWN_ACCOUNT = "own-account"
    READ_NOTICES = "read-notices"
    ERASE_OWN = "erase-own"
    # students
    EDIT_PROFILE = "edit-profile"
    PROPOSE_SKILL = "propose-skill"
    BLOCK_EMPLOYER = "block-employer"
    APPLY = "apply"
    OWN_APPLICATION = "own-application"
    ANSWER_REQUEST = "answer-request"
    VIEW_STUDENT_REQUESTS = "view-student-requests"
    CHOOSE_INTERVIEW = "choose-interview"
    # members of an employer
    VIEW_COMPANY = "view-company"
    EDIT_COMPANY = "edit-company"
    EDIT_VACANCY = "edit-vacancy"
    VIEW_CANDIDATES = "view-candidates"
    REQUEST_CONTACT = "request-contact"
    PLAN_INTERVIEW = "plan-interview"
    ANSWER_APPLICATION = "answer-application"
    # both sides of an accepted request
    WRITE_MESSAGE = "write-message"
    VIEW_THREAD = "view-thread"
    VIEW_APPLICATION = "view-application"
    REPORT_CONTACT = "report-contact"
    REPORT_VACANCY = "report-vacancy"
    MOVE_STAGE = "move-stage"
    VIEW_INTERVIEWS = "view-interviews"
    # staff
    MODERATE = "moderate"
    READ_REPORTED_THREAD = "read-reported-thread"
    MANAGE_EMPLOYERS = "manage-employers"
    MANAGE_STUDENTS = "manage-students"
    ERASE_ACCOUNTS = "erase-accounts"
    MANAGE_CONSENTS = "manage-consents"
    MANAGE_MATCHING = "manage-matching"
    MANAGE_LETTERS = "manage-letters"
    VIEW_ANALYTICS = "view-analytics"
    MANAGE_LIMITS = "manage-limits"
    MANAGE_VOCABULARY = "manage-vocabulary"
    VIEW_AUDIT = "view-audit"
    # administrators
    MANAGE_ACCOUNTS = "manage-accounts"
    MANAGE_TERMS = "manage-terms"


def _anyone(_user: User | None, _object: Any) -> bool:
    return True


def _role(*roles: Role) -> Predicate:
    def holds(user: User | None, _object: Any) -> bool:
        return user is not None and user.role in roles

    return holds


def _signed_in(user: User | None, _object: Any) -> bool:
    return user is not None


def _own_profile(user: User | None, profile: Any) -> bool:
    """The profile is the student's own."""
    if user is None or user.role is not Role.STUDENT:
        return False
    return profile is None or profile.user_id == user.id


def _own_employer(user: User | None, subject: Any) -> bool:
    """The employer, or what belongs to it (`employer_id`), is the member's own."""
    if user is None or user.role is not Role.MEMBER or user.member is None:
        return False
    if subject is None:
        return True
    employer_id = getattr(subject, "employer_id", subject.id)
    return bool(employer_id == user.member.employer_id)


def _working_employer(user: User | None, subject: Any) -> bool:
    """As above, and the university has approved the employer and has not suspended it."""
    return (
        _own_employer(user, subject)
        and user is not None
        and user.member is not None
        and user.member.employer.is_working
    )


def _own_request(user: User | None, request_: Any) -> bool:
    if user is None or user.role is not Role.STUDENT:
        return False
    return request_ is None or request_.profile.user_id == user.id


def _side_of_thread(user: User | None, request_: Any) -> bool:
    if request_ is None:
        return user is not None and user.role in (Role.STUDENT, Role.MEMBER)
    return _own_request(user, request_) or _own_employer(user, request_)


_staff = _role(Role.STAFF, Role.ADMIN)

TABLE: dict[Permission, Predicate] = {
    Permission.VIEW_PUBLIC: _anyone,
    Permission.SIGN_IN: _anyone,
    # Programs, which have no account: the view asks for a token or the machine's own address.
    Permission.READ_METRICS: _anyone,
    Permission.OWN_ACCOUNT: _signed_in,
    Permission.READ_NOTICES: _signed_in,
    # The staff act for the university, which keeps who decided what.
    Permission.ERASE_OWN: _role(Role.STUDENT, Role.MEMBER),
    Permission.EDIT_PROFILE: _own_profile,
    Permission.PROPOSE_SKILL: _role(Role.STUDENT, Role.MEMBER, Role.STAFF, Role.ADMIN),
    Permission.BLOCK_EMPLOYER: _role(Role.STUDENT),
    Permission.APPLY: _role(Role.STUDENT),
    Permission.OWN_APPLICATION: _own_request,
    Permission.ANSWER_REQUEST: _own_request,
    Permission.VIEW_STUDENT_REQUESTS: _own_request,
    Permission.CHOOSE_INTERVIEW: _own_request,
    Permission.VIEW_COMPANY: _own_employer,
    Permission.EDIT_COMPANY: _own_employer,
    Permission.EDIT_VACANCY: _working_employer,
    Permission.VIEW_CANDIDATES: _working_employer,
    Permission.REQUEST_CONTACT: _working_employer,
    Permission.PLAN_INTERVIEW: _working_employer,
    Permission.ANSWER_APPLICATION: _working_employer,
    Permission.WRITE_MESSAGE: _side_of_thread,
    Permission.VIEW_THREAD: _side_of_thread,
    Permission.VIEW_APPLICATION: _side_of_thread,
    Permission.REPORT_CONTACT: _side_of_thread,
    Permission.REPORT_VACANCY: _role(Role.STUDENT, Role.MEMBER),
    Permission.MOVE_STAGE: _side_of_thread,
    Permission.VIEW_INTERVIEWS: _side_of_thread,
    Permission.MODERATE: _staff,
    Permission.READ_REPORTED_THREAD: _staff,
    Permission.MANAGE_EMPLOYERS: _staff,
    Permission.MANAGE_STUDENTS: _staff,
    Permission.ERASE_ACCOUNTS: _staff,
    Permission.MANAGE_CONSENTS: _staff,
    Permission.MANAGE_MATCHING: _staff,
    Permission.MANAGE_LETTERS: _staff,
    Permission.VIEW_ANALYTICS: _staff,
    Permission.MANAGE_LIMITS: _staff,
    Permission.MANAGE_VOCABULARY: _staff,
    Permission.VIEW_AUDIT: _staff,
    Permission.MANAGE_ACCOUNTS: _role(Role.ADMIN),
    Permission.MANAGE_TERMS: _role(Role.ADMIN),
}


def can(user: Any, permission: Permission, object_: Any = None) -> bool:
    """Whether `user` (a User, or an anonymous one) holds `permission` on `object_`."""
    person = user if getattr(user, "is_authenticated", False) else None
    return TABLE[permission](person, object_)


def check(permission: Permission, object_: Any) -> None:
    """Answer 403 unless the present user holds `permission` on `object_`."""
    if not can(current_user, permission, object_):
        abort(403)


def requires(permission: Permission) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare the permission that a view needs; stands directly above the function."""

    def declare(view: Callable[P, R]) -> Callable[P, R]:
        view.permission = permission  # type: ignore[attr-defined]
        return view

    return declare


def declared_permission(app: Flask, endpoint: str) -> Permission | None:
    if endpoint == "static":
        return Permission.VIEW_PUBLIC
    return getattr(app.view_functions.get(endpoint), "permission", None)


def _lacks_account(permission: Permission | None) -> bool:
    """Whether nobody is signed in and the view is not for everybody."""
    return not current_user.is_authenticated and not (permission and can(None, permission))


def init_app(app: Flask) -> None:
    @app.before_request
    def guard() -> Response | tuple[str, int] | None:
        if request.endpoint is None:
            return None
        permission = declared_permission(app, request.endpoint)
        if permission is not None and can(current_user, permission):
            return None
        if current_user.is_authenticated or permission is None:
            abort(403)
        kept = kept_page(403, SIGN_IN)
        if kept is not None:
            return kept
        back = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("accounts.sign_in", next=back), 303)

    @app.errorhandler(CSRFError)
    def another_session(_error: CSRFError) -> Response | tuple[str, int]:
        """Sent from a page of a session that is over, or by another site."""
        if request.endpoint == "accounts.sign_out" and not current_user.is_authenticated:
            return redirect(url_for("web.home"), 303)
        permission = declared_permission(app, request.endpoint or "")
        kept = kept_page(400, SIGN_IN if _lacks_account(permission) else None)
        text = _("The page was open for too long or in another session. Open it anew.")
        return kept or error_page(400, text)

    app.jinja_env.globals.update(can=can, Permission=Permission)
