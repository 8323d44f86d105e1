"""Every page that a reader may go to from anywhere: a map of the site, and the list of the command
palette, which is this page shown in a dialog."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_login import current_user

from bridge.accounts.models import Role
from bridge.extensions import db
from bridge.permissions import Permission, can
from bridge.vacancies.models import VacancyState
from bridge.vacancies.queries import find_own
from bridge.web.navigation import navigation, settings

# More nobody picks from a list; the page of vacancies has them all.
VACANCIES_AT_MOST = 100


@dataclass(frozen=True, slots=True)
class Place:
    label: object
    url: str
    icon: str


def places() -> list[tuple[object, list[Place]]]:
    """Heading and places of each group that the present reader has anything in."""
    sections = [Place(item.label, item.url, item.icon) for item in navigation()]
    groups: list[tuple[object, list[Place]]] = [
        (_("Sections"), sections),
        (_("Vacancies"), _own_vacancies()),
        (_("Settings"), _settings()),
        (_("Account"), _account()),
    ]
    return [(heading, found) for heading, found in groups if found]


def _own_vacancies() -> list[Place]:
    """Of a member: a new one, and each by its title, the published ones at their candidates."""
    if current_user.role is not Role.MEMBER:
        return []
    found = db.session.scalars(find_own(current_user).limit(VACANCIES_AT_MOST))
    own = [
        Place(
            vacancy.title,
            url_for(
                "candidates.ranked"
                if vacancy.state is VacancyState.PUBLISHED
                else "vacancies.detail",
                vacancy_id=vacancy.id,
            ),
            "users" if vacancy.state is VacancyState.PUBLISHED else "briefcase",
        )
        for vacancy in found
    ]
    if can(current_user, Permission.EDIT_VACANCY):
        own.insert(0, Place(_("New vacancy"), url_for("vacancies.create"), "plus"))
    return own


def _settings() -> list[Place]:
    return [Place(item.label, item.url, item.icon) for item, _about in settings()]


def _account() -> list[Place]:
    return [
        Place(label, url_for(endpoint), icon)
        for label, endpoint, icon in (
            (_("Notices"), "notices.index", "bell"),
            (_("What you are told of"), "notices.settings", "bell"),
            (_("My account"), "accounts.settings", "settings"),
            (_("My data"), "rights.overview", "file-lock"),
            (_("Version for the visually impaired"), "appearance.edit", "eye"),
            (_("Help"), "web.help_page", "circle-question-mark"),
        )
    ]
