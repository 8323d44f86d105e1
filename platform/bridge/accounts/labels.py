"""Names of roles and states of an account."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from bridge.accounts.models import Role, User
from bridge.web.labels import Badge

ROLES: dict[Role, object] = {
    Role.STUDENT: _l("Student"),
    Role.MEMBER: _l("Enterprise representative"),
    Role.STAFF: _l("University staff"),
    Role.ADMIN: _l("Administrator"),
}


def role_label(role: Role) -> object:
    return ROLES[role]


def account_badge(user: User) -> Badge:
    if user.erased_at:
        return Badge(_l("erased"), "neutral", "user-x")
    if user.deactivated_at:
        return Badge(_l("deactivated"), "bad", "circle-x")
    if not user.password_hash:
        return Badge(_l("invited"), "accent", "mail")
    if not user.email_confirmed_at:
        return Badge(_l("e-mail not confirmed"), "warning", "clock")
    return Badge(_l("active"), "ok", "circle-check")
