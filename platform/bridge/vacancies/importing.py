"""Vacancies from a table, one a row; the rules are those of the form."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

import sqlalchemy as sa
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from bridge import audit
from bridge.employers.models import Employer
from bridge.extensions import db
from bridge.imports import Outcome, RowError, first_error
from bridge.students.models import Degree
from bridge.tables import Row
from bridge.vacancies import service
from bridge.vacancies.content import SkillsError, VacancyContent, write_content
from bridge.vacancies.forms import VacancyForm
from bridge.vacancies.models import Vacancy, VacancyKind, VacancyState, WorkPlace

# Our column -> the headers it may stand under.
COLUMNS: dict[str, tuple[str, ...]] = {
    "employer_inn": ("ИНН работодателя", "ИНН", "inn"),
    "external_number": ("Номер вакансии", "Номер", "number"),
    "kind": ("Вид", "Вид вакансии"),
    "title": ("Название", "Должность"),
    "text": ("Описание", "Текст", "description"),
    "must": ("Обязательные навыки", "required skills"),
    "nice": ("Желательные навыки", "desirable skills"),
    "work_place": ("Место работы", "Формат работы", "work place"),
    "city": ("Город",),
    "city_required": ("Только из города",),
    "hours_per_week": ("Часов в неделю", "hours"),
    "pay_from": ("Оплата от",),
    "pay_to": ("Оплата до",),
    "deadline": ("Срок", "Приём до"),
    "degrees": ("Уровень образования", "Уровни образования", "degree"),
    "year_from": ("Курс от",),
    "year_to": ("Курс до",),
    "graduates_from": ("Выпуск от",),
    "graduates_to": ("Выпуск до",),
    "languages": ("Языки", "language"),
}
REQUIRED = ("employer_inn", "external_number", "kind", "title")
_KINDS = {
    "работа": VacancyKind.JOB,
    "вакансия": VacancyKind.JOB,
    "стажировка": VacancyKind.INTERNSHIP,
    "практика": VacancyKind.PRACTICE,
    "целевое место": VacancyKind.TARGETED,
    "целевое обучение": VacancyKind.TARGETED,
    "проект": VacancyKind.PROJECT,
    "вкр": VacancyKind.PROJECT,
} | {kind.value: kind for kind in VacancyKind}
_PLACES = {
    "": WorkPlace.ON_SITE,
    "офис": WorkPlace.ON_SITE,
    "на предприятии": WorkPlace.ON_SITE,
    "гибрид": WorkPlace.HYBRID,
    "частично удалённо": WorkPlace.HYBRID,
    "удалённо": WorkPlace.REMOTE,
    "удалёнка": WorkPlace.REMOTE,
} | {place.value: place for place in WorkPlace}
_DEGREES = {
    "спо": Degree.COLLEGE,
    "бакалавриат": Degree.BACHELOR,
    "бакалавр": Degree.BACHELOR,
    "специалитет": Degree.SPECIALIST,
    "специалист": Degree.SPECIALIST,
    "магистратура": Degree.MASTER,
    "магистр": Degree.MASTER,
    "аспирантура": Degree.POSTGRADUATE,
    "аспирант": Degree.POSTGRADUATE,
} | {degree.value: degree for degree in Degree}
# The last of each are a cell's own truth value, as programs write it.
_TRUTHS = dict.fromkeys(("", "нет", "no", "0", "-", "–", "ложь", "false"), "") | dict.fromkeys(
    ("да", "yes", "1", "+", "истина", "true"), "y"
)
_DAYS = ("%Y-%m-%d", "%d.%m.%Y")
_MONTHS = ("%Y-%m", "%m.%Y")
_LANGUAGES = {
    "английский": "en",
    "немецкий": "de",
    "французский": "fr",
    "испанский": "es",
    "итальянский": "it",
    "китайский": "zh",
    "японский": "ja",
    "корейский": "ko",
    "русский": "ru",
}


def importer(*, publish: bool) -> Callable[[Row], Outcome]:
    """What takes over one row: by employer and number a new vacancy, or new content of one."""

    def import_row(row: Row) -> Outcome:
        employer = _employer(row.values["employer_inn"])
        number = row.values["external_number"]
        if not 0 < len(number) <= 40:
            raise RowError(_("a number of 1 to 40 characters is needed"), "external_number")
        content = _content(row.values, publish=publish)
        vacancy = db.session.scalar(
            sa.select(Vacancy).where(
                Vacancy.employer_id == employer.id, Vacancy.external_number == number
            )
        )
        try:
            if vacancy is None:
                outcome, vacancy = Outcome.CREATED, service.create(employer, content, actor=None)
                vacancy.external_number = number
            else:
                outcome = _update(vacancy, content)
        except SkillsError as error:
            raise RowError(error.message, error.field) from error
        if publish and vacancy.state is not VacancyState.PUBLISHED:
            service.publish_imported(vacancy, actor=None)
            return outcome if outcome is Outcome.CREATED else Outcome.UPDATED
        return outcome

    return import_row


def _employer(inn: str) -> Employer:
    employer = db.session.scalar(sa.select(Employer).where(Employer.inn == inn))
    if employer is None:
        raise RowError(_("no enterprise with this INN is registered"), "employer_inn")
    if not employer.is_working:
        raise RowError(_("the enterprise is not approved or is suspended"), "employer_inn")
    return employer


def _update(vacancy: Vacancy, content: VacancyContent) -> Outcome:
    if vacancy.state not in service.EDITABLE:
        raise RowError(_("the vacancy awaits approval, is rejected or closed"))
    changed = write_content(vacancy, content, actor=None)
    if not changed:
        return Outcome.UNCHANGED
    audit.record("vacancy.imported", vacancy, actor=None, fields=sorted(changed))
    return Outcome.UPDATED


def _content(values: Mapping[str, str], *, publish: bool) -> VacancyContent:
    """The row as the form would have sent it, checked as the form checks."""
    sent = MultiDict({name: values.get(name, "") for name in COLUMNS})
    for name, known in (("kind", _KINDS), ("work_place", _PLACES)):
        sent[name] = _known(sent[name], known, name)
    sent.setlist("degrees", [_known(part, _DEGREES, "degrees") for part in _parts(sent["degrees"])])
    if not _known(sent["city_required"], _TRUTHS, "city_required"):
        del sent["city_required"]
    sent["deadline"] = _day(sent["deadline"], "deadline", _DAYS)
    for name in ("graduates_from", "graduates_to"):
        sent[name] = _day(sent[name], name, _DAYS + _MONTHS)[:7]
    for number, (language, level) in enumerate(_languages(sent.pop("languages"))):
        sent[f"languages-{number}-language"] = language
        sent[f"languages-{number}-level"] = level
    form = VacancyForm(formdata=sent, meta={"csrf": False})
    form.complete = publish
    if not form.validate():
        column, reason = first_error(form.errors)
        raise RowError(reason, column)
    return form.content()


def _known(value: str, known: Mapping[str, str], column: str) -> str:
    plain = " ".join(value.casefold().split())
    found = known.get(plain, known.get(plain.replace("е", "ё")))
    if found is None:
        raise RowError(_("“%(value)s” is not known here", value=value[:60]), column)
    return str(found)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[,;\n]", text) if part.strip()]


def _day(text: str, column: str, patterns: Sequence[str]) -> str:
    """In ISO form. A month alone is no day to close a vacancy on."""
    if not text:
        return ""
    for pattern in patterns:
        try:
            found: date = datetime.strptime(text, pattern).date()  # noqa: DTZ007  a day, no moment
        except ValueError:
            continue
        return found.isoformat()
    raise RowError(_("“%(value)s” is not a day like 30.06.2027", value=text[:60]), column)


def _languages(text: str) -> list[tuple[str, str]]:
    """«английский B2, de A2» as codes and levels."""
    found = []
    for part in _parts(text):
        name, _space, level = part.rpartition(" ")
        name = name.strip().casefold()
        code = _LANGUAGES.get(name, name)
        if not code:
            raise RowError(_("write languages like “en B2, de A2”"), "languages")
        found.append((code, level if level.casefold() == "native" else level.upper()))
    return found
