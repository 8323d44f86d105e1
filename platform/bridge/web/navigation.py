"""The main navigation of each kind of reader."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from bridge.accounts.models import Role
from bridge.permissions import Permission, can


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
STUDENTS = Item(
    "students.index",
    _l("Students"),
    "graduation-cap",
    ("students.detail", "roster.index", "roster.detail"),
)
ANALYTICS = Item("analytics.university", _l("Analytics"), "chart-column", ("fairness.selection",))
INTERVIEWS = Item(
    "calendar.index",
    _l("Interviews"),
    "calendar",
    ("interviews.change", "interviews.cancel", "calendar.choose_zone"),
)
SETTINGS: tuple[tuple[Item, object, Permission], ...] = (
    (
        Item("moderation.queue_settings", _l("Settings of the queue"), "list-checks"),
        _l("Working hours, days off, claims, spot checks"),
        Permission.MODERATE,
    ),
    (
        Item("moderation.templates", _l("Ready answers"), "message-square-text"),
        _l("Texts that are inserted into a decision"),
        Permission.MODERATE,
    ),
    (
        Item("limits.edit", _l("Terms and limits"), "timer"),
        _l("How many requests reach a student, how long answers may take"),
        Permission.MANAGE_LIMITS,
    ),
    (
        Item("students.evidence", _l("Matching"), "sliders-horizontal"),
        _l("What each kind of evidence of a skill counts for"),
        Permission.MANAGE_MATCHING,
    ),
    (
        Item("skills.terms", _l("Vocabulary"), "book-open-check"),
        _l("Words that people look for and the vocabulary lacks"),
        Permission.MANAGE_VOCABULARY,
    ),
    (
        Item("courses.index", _l("Courses"), "graduation-cap"),
        _l("What the university teaches, and which skills"),
        Permission.MANAGE_VOCABULARY,
    ),
    (
        Item("consents.documents", _l("Consents"), "file-lock"),
        _l("The documents that people agree to"),
        Permission.MANAGE_CONSENTS,
    ),
    (
        Item("rights.erasures", _l("Erasures"), "user-x"),
        _l("Who asked to be erased, and when it happens"),
        Permission.ERASE_ACCOUNTS,
    ),
    (
        Item("rights.terms", _l("Terms of keeping"), "archive"),
        _l("When what is no longer needed is deleted"),
        Permission.MANAGE_TERMS,
    ),
    (
        Item("mail.letters", _l("Letters that did not arrive"), "mail-warning"),
        _l("Send them again or drop them"),
        Permission.MANAGE_LETTERS,
    ),
    (
        Item("admin.audit", _l("Audit log"), "scroll-text"),
        _l("Who did what, and when"),
        Permission.VIEW_AUDIT,
    ),
)
SETTINGS_HOME = Item(
    "web.office",
    _l("Settings"),
    "settings",
    (
        *(item.endpoint for item, _about, _permission in SETTINGS),
        "moderation.edit_template",
        "moderation.new_template",
        "courses.create",
        "courses.edit",
        "course_files.index",
        "course_files.detail",
        "consents.edit",
        "consents.new_version",
        "rights.erase_person",
    ),
)
ITEMS: dict[Role | None, tuple[Item, ...]] = {
    None: (
        OPEN_VACANCIES,
        Item("employers.apply", _l("For employers"), "building-2"),
    ),
    Role.STUDENT: (
        Item(
            "students.profile",
            _l("My profile"),
            "user-round",
            (
                "students.confirm_page",
                "students.edit",
                "students.entry_edit",
                "students.entry_new",
                "students.preview",
            ),
        ),
        Item(
            "candidates.for_me",
            _l("Vacancies for me"),
            "sparkles",
            ("vacancies.open_list", "vacancies.detail", "vacancies.employer"),
        ),
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
                "vacancies.create",
                "vacancies.detail",
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
        STUDENTS,
        OPEN_VACANCIES,
        ANALYTICS,
        SETTINGS_HOME,
    ),
    Role.ADMIN: (
        Item("moderation.queue", _l("Moderation"), "list-checks", ("moderation.case",)),
        EMPLOYERS,
        STUDENTS,
        OPEN_VACANCIES,
        ANALYTICS,
        Item("admin.accounts", _l("Accounts"), "users", ("admin.account", "admin.new_account")),
        SETTINGS_HOME,
    ),
}


def navigation() -> tuple[Item, ...]:
    return ITEMS[current_user.role if current_user.is_authenticated else None]


def settings() -> list[tuple[Item, object]]:
    """What the present reader may set or look after, each with what it is about."""
    return [(item, about) for item, about, needed in SETTINGS if can(current_user, needed)]


def init_app(app: Flask) -> None:
    app.jinja_env.globals["navigation"] = navigation
