"""Taking over the university's roster: one row, one student.

Only what the university knows is written, never what the student wrote: the city of the roster
fills an empty one, names and addresses change only until the student has joined.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import TypeVar

import sqlalchemy as sa
from flask_babel import gettext as _

from bridge.accounts import service as accounts
from bridge.accounts.addresses import normalise_email
from bridge.accounts.models import AccountToken, Role, TokenPurpose, User
from bridge.extensions import db
from bridge.imports import Outcome, RowError
from bridge.students import service
from bridge.students.models import Degree, Direction, Profile, StudyForm
from bridge.tables import Row
from bridge.uploads.kinds import Kind

T = TypeVar("T")

COLUMNS: dict[str, tuple[str, ...]] = {
    "student_number": ("номер зачётной книжки", "зачётка", "номер", "student number"),
    "name": ("ФИО", "студент", "имя и фамилия", "full name"),
    "email": ("электронная почта", "почта", "e-mail"),
    "direction_code": ("код направления", "код специальности", "шифр", "direction code"),
    "direction_name": ("направление", "направление подготовки", "специальность", "direction"),
    "degree": ("уровень образования", "уровень", "степень", "квалификация"),
    "study_form": ("форма обучения", "форма", "study form"),
    "year_of_study": ("курс", "year", "year of study"),
    "graduates_on": ("выпуск", "дата выпуска", "окончание", "graduation"),
    "city": ("город",),
}
REQUIRED = ("student_number", "name", "email")
DEGREES = {
    Degree.COLLEGE: ("колледж", "спо", "среднее"),
    Degree.BACHELOR: ("бакалавр",),
    Degree.SPECIALIST: ("специал",),
    Degree.MASTER: ("магистр",),
    Degree.POSTGRADUATE: ("аспирант", "phd"),
}
STUDY_FORMS = {
    StudyForm.PART_TIME: ("очно-заоч", "вечерн", "evening"),
    StudyForm.EXTRAMURAL: ("заоч", "correspondence"),
    StudyForm.FULL_TIME: ("очн", "дневн"),
}
LENGTHS = {
    "student_number": 32,
    "name": 120,
    "direction_code": 12,
    "direction_name": 160,
    "city": 80,
}
MONTH = (
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})(-\d{1,2})?"),
    re.compile(r"(\d{1,2}\.)?(?P<month>\d{1,2})\.(?P<year>\d{4})"),
    re.compile(r"(?P<year>\d{4})"),
)
# Where only the year is known: the month of most graduations.
GRADUATION_MONTH = "6"


class RosterImport:
    """Takes rows over, one call a row; remembers which numbers and addresses the file named.

    is_inviting: send the link to each student who has not joined and was not invited yet.
    """

    def __init__(self, *, is_inviting: bool = False) -> None:
        self.is_inviting = is_inviting
        self._seen: dict[tuple[str, str], int] = {}

    def __call__(self, row: Row) -> Outcome:
        """RowError names the column and what is wrong with it."""
        values = _Values(row.values)
        number = values.text("student_number")
        address = values.parsed("email", normalise_email, _("this is no e-mail address"))
        self._refuse_second(row, student_number=number, email=address)
        profile = _find(number, address)
        is_new = profile is None
        if profile is None:
            user = accounts.create_user(address, values.text("name"), Role.STUDENT, actor=None)
            profile = user.profile or service.create_profile(user)
        changed = _take_over(profile, values, number, address)
        if changed and not is_new:
            service.note_roster(profile)
        if self.is_inviting and _may_be_invited(profile.user):
            service.invite(profile, actor=None)
        if is_new:
            return Outcome.CREATED
        return Outcome.UPDATED if changed else Outcome.UNCHANGED

    def _refuse_second(self, row: Row, **keys: str) -> None:
        for column, key in keys.items():
            first = self._seen.setdefault((column, key), row.number)
            if first != row.number:
                raise RowError(_("the same as in row %(number)s", number=first), column)


class _Values:
    """The cells of one row, checked."""

    def __init__(self, cells: Mapping[str, str]) -> None:
        self._cells = cells

    def text(self, column: str) -> str:
        value = " ".join(self._cells.get(column, "").split())
        if not value and column in REQUIRED:
            raise RowError(_("is empty"), column)
        if len(value) > LENGTHS.get(column, len(value)):
            raise RowError(_("is longer than %(max)s characters", max=LENGTHS[column]), column)
        return value

    def parsed(self, column: str, parse: Callable[[str], T], message: str) -> T:
        try:
            return parse(self.text(column))
        except ValueError as error:
            raise RowError(message, column) from error

    def optional(self, column: str, parse: Callable[[str], T], message: str) -> T | None:
        return self.parsed(column, parse, message) if self._cells.get(column) else None


def _find(number: str, address: str) -> Profile | None:
    """The profile of the number, else of the address; RowError where the two disagree."""
    owner = db.session.scalar(sa.select(User).where(User.email == address))
    profile = db.session.scalar(sa.select(Profile).where(Profile.student_number == number))
    if owner is not None and owner.role is not Role.STUDENT:
        raise RowError(_("the address belongs to an account that is no student's"), "email")
    if profile is None:
        profile = owner.profile if owner is not None else None
        if profile is not None and profile.student_number is not None:
            raise RowError(_("the address belongs to a student with another number"), "email")
    elif owner is not None and owner.id != profile.user_id:
        raise RowError(_("the address belongs to a student with another number"), "email")
    return profile


def _take_over(profile: Profile, values: _Values, number: str, address: str) -> bool:
    """Write what the row says; whether anything changed."""
    roster = {
        "student_number": number,
        "direction": _direction(values),
        "degree": values.optional("degree", _degree, _("there is no such level of education")),
        "study_form": values.optional(
            "study_form", _study_form, _("there is no such form of study")
        ),
        "year_of_study": values.optional("year_of_study", _year, _("a year of study is 1 to 6")),
        "graduates_on": values.optional("graduates_on", _month, _("write it like 2027-06")),
        "city": None if profile.city else values.text("city"),
    }
    different = {
        name: value for name, value in roster.items() if value and getattr(profile, name) != value
    }
    for name, value in different.items():
        setattr(profile, name, value)
    renamed = accounts.name_owner(profile.user, name=values.text("name"), email=address)
    db.session.flush()
    return bool(different) or renamed


def _direction(values: _Values) -> Direction | None:
    code, name = values.text("direction_code"), values.text("direction_name")
    if not code:
        return None
    found = db.session.scalar(sa.select(Direction).where(Direction.code == code))
    if found is None:
        if not name:
            raise RowError(_("is needed for a direction that the platform does not know yet"),
                           "direction_name")  # fmt: skip
        found = Direction(code=code, name_ru=name, name_en=name)
        db.session.add(found)
    return found


def _degree(text: str) -> Degree:
    return _matching(text, Degree, DEGREES)


def _study_form(text: str) -> StudyForm:
    return _matching(text, StudyForm, STUDY_FORMS)


def _matching(text: str, kind: Callable[[str], T], words: Mapping[T, tuple[str, ...]]) -> T:
    """The member whose value the text is or with one of whose words it begins; ValueError."""
    folded = text.casefold()
    for member, beginnings in words.items():
        if folded.startswith(beginnings):
            return member
    return kind(folded)


def _year(text: str) -> int:
    year = int(re.sub(r"\s*(курс|year)$", "", text.casefold()))
    if not 1 <= year <= 6:
        raise ValueError(text)
    return year


def _month(text: str) -> date:
    found = next(filter(None, (pattern.fullmatch(text) for pattern in MONTH)), None)
    if found is None:
        raise ValueError(text)
    parts = found.groupdict(default="")
    month = date(int(parts["year"]), int(parts.get("month", GRADUATION_MONTH)), 1)
    if not 1990 <= month.year <= 2100:
        raise ValueError(text)
    return month


def _may_be_invited(user: User) -> bool:
    if user.password_hash is not None or not user.is_active:
        return False
    invited = sa.select(AccountToken.id).where(
        AccountToken.user_id == user.id, AccountToken.purpose == TokenPurpose.INVITE
    )
    return db.session.scalar(invited.limit(1)) is None


KIND = Kind(
    "students",
    COLUMNS,
    REQUIRED,
    lambda upload: RosterImport(is_inviting=upload.invites),
)
