"""The main navigation of each kind of reader."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from bridge.accounts.models import Role


@dataclass(frozen=True, slots=True)
class Item:
    endpoint: str
    label: object
    icon: str
    # further endpoints under which this item is the current one
    also: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        return url_for(self.endpoint)

    @property
    def current(self) -> bool:
        return request.endpoint == self.endpoint or request.endpoint in self.also

    @property
    def badge(self) -> int:
        """How many things wait for the reader there."""
        count = COUNTS.get(self.endpoint)
        return count() if count else 0


# Endpoint -> what waits there for the present reader; features put theirs in.
COUNTS: dict[str, Callable[[], int]] = {}

OPEN_VACANCIES = Item(
    "vacancies.open_list", _l("Vacancies"), "briefcase", ("vacancies.detail", "vacancies.employer")
)
EMPLOYERS = Item(
    "employers.index",
    _l("Employers"),
    "building-2",
    ("employers.detail", "vacancies.of_employer"),
)
ANALYTICS = Item("analytics.university", _l("Analytics"), "chart-column")
INTERVIEWS = Item(
    "calendar.index",
    _l("Interviews"),
    "calendar",
    ("interviews.change", "interviews.cancel", "calendar.choose_zone"),
)
LIMITS = Item("limits.edit", _l("Terms and limits"), "timer")
VOCABULARY = Item("skills.terms", _l("Vocabulary"), "book-open-check")
MATCHING = Item("students.evidence", _l("Matching"), "sliders-horizontal")
PERSONAL_DATA = Item(
    "consents.documents",
    _l("Personal data"),
    "file-lock",
    (
        "consents.edit",
        "consents.new_version",
        "rights.erasures",
        "rights.erase_person",
        "rights.terms",
    ),
)
ITEMS: dict[Role | None, tuple[Item, ...]] = {
    None: (
        OPEN_VACANCIES,
        Item("employers.apply", _l("For employers"), "building-2"),
    ),
    Role.STUDENT: (
        Item("students.profile", _l("My profile"), "user-round"),
        Item("candidates.for_me", _l("Vacancies for me"), "sparkles"),
        Item(
            "contacts.incoming",
            _l("Requests"),
            "mail",
            ("contacts.detail", "contacts.decline", "contacts.attention", "hiring.decline"),
        ),
        INTERVIEWS,
        Item(
            "applications.mine",
            _l("Applications"),
            "send",
            ("applications.detail", "applications.apply"),
        ),
        Item("candidates.openings", _l("Who looked"), "eye", ("blocks.index",)),
        OPEN_VACANCIES,
    ),
    Role.MEMBER: (
        Item(
            "vacancies.mine",
            _l("Vacancies"),
            "briefcase",
            (
                "candidates.ranked",
                "candidates.shortlist",
                "candidates.detail",
                "candidates.compare",
                "applications.for_vacancy",
                "applications.detail",
                "contacts.create",
                "hiring.board",
                "interviews.plan",
                "vacancies.edit",
            ),
        ),
        Item(
            "contacts.outgoing",
            _l("Requests"),
            "send",
            ("contacts.detail", "contacts.edit", "hiring.decline"),
        ),
        INTERVIEWS,
        Item(
            "employers.company",
            _l("Company"),
            "building-2",
            ("employers.edit", "employers.invite"),
        ),
        Item("analytics.company", _l("Our figures"), "chart-column"),
    ),
    Role.STAFF: (
        Item("moderation.queue", _l("Moderation"), "list-checks", ("moderation.case",)),
        EMPLOYERS,
        Item("students.index", _l("Students"), "graduation-cap", ("students.detail",)),
        ANALYTICS,
        MATCHING,
        LIMITS,
        PERSONAL_DATA,
        VOCABULARY,
        OPEN_VACANCIES,
    ),
    Role.ADMIN: (
        Item("moderation.queue", _l("Moderation"), "list-checks", ("moderation.case",)),
        EMPLOYERS,
        Item("students.index", _l("Students"), "graduation-cap", ("students.detail",)),
        ANALYTICS,
        MATCHING,
        LIMITS,
        PERSONAL_DATA,
        VOCABULARY,
        Item("admin.accounts", _l("Accounts"), "users", ("admin.account",)),
        Item("admin.audit", _l("Audit log"), "scroll-text"),
    ),
}


def navigation() -> tuple[Item, ...]:
    return ITEMS[current_user.role if current_user.is_authenticated else None]


def init_app(app: Flask) -> None:
    app.jinja_env.globals["navigation"] = navigation
