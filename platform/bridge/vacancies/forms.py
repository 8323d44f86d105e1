"""Forms: writing a vacancy, importing several."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    Field,
    FieldList,
    FormField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from bridge.database import local_today
from bridge.skills.entry import SkillNamesField
from bridge.skills.service import parse_names
from bridge.students.labels import DEGREES, LEVELS
from bridge.students.models import LanguageLevel
from bridge.vacancies.content import COLUMNS, VacancyContent
from bridge.vacancies.labels import KINDS, WORK_PLACES
from bridge.vacancies.models import SkillNeed, Vacancy, VacancyKind, WorkPlace
from bridge.web.forms import BaseForm, VersionedForm, month_field
from bridge.web.i18n import language_choices, local_name

TEXT_MIN_LENGTH = 80
TEXT_MAX_LENGTH = 10_000
SKILLS_MAX = 30
NAMES_MAX_LENGTH = 3000
LANGUAGE_ROWS = 3
PAY_MAX = 10_000_000


def _choices(labels: dict[Any, object]) -> list[SelectChoice]:
    return [SelectChoice(member.value, label) for member, label in labels.items()]


class LanguageRow(BaseForm):
    """One language asked; a row without a language asks nothing."""

    class Meta(BaseForm.Meta):
        csrf = False

    language = SelectField(_l("Language"), [Optional()])
    level = SelectField(_l("At least"), [Optional()], choices=_choices(LEVELS), default="B1")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language.choices = [
            SelectChoice("", _l("no language")),
            *(SelectChoice(code, name) for code, name in language_choices()),
        ]


def _years(label: object) -> IntegerField:
    return IntegerField(label, [Optional(), NumberRange(1, 6, _l("A year of study is 1 to 6."))])


def _pay(label: object) -> IntegerField:
    message = _l("Pay is a whole number of roubles, up to 10,000,000.")
    return IntegerField(label, [Optional(), NumberRange(0, PAY_MAX, message)])


class VacancyForm(VersionedForm):
    # whether it is to be good enough to submit; a draft may lack what is asked then
    complete = False

    kind = SelectField(
        _l("Kind"),
        choices=_choices(KINDS),
        coerce=VacancyKind,
        default=VacancyKind.INTERNSHIP,
    )
    title = StringField(_l("Title"), [DataRequired(), Length(max=160)])
    text = TextAreaField(_l("What the work is"), [Length(max=TEXT_MAX_LENGTH)])
    must = SkillNamesField(_l("Required skills"), [Length(max=NAMES_MAX_LENGTH)])
    nice = SkillNamesField(_l("Desirable skills"), [Length(max=NAMES_MAX_LENGTH)])
    work_place = SelectField(
        _l("Where the work is done"),
        choices=_choices(WORK_PLACES),
        coerce=WorkPlace,
        default=WorkPlace.ON_SITE,
    )
    city = StringField(_l("City"), [Length(max=80)])
    city_required = BooleanField(_l("Only students of this city or ready to move there"))
    hours_per_week = IntegerField(
        _l("Hours a week"),
        [Optional(), NumberRange(1, 60, _l("Hours a week are 1 to 60."))],
    )
    pay_from = _pay(_l("Pay from, roubles a month"))
    pay_to = _pay(_l("Pay up to, roubles a month"))
    deadline = DateField(_l("Applications until"), [Optional()])
    degrees = SelectMultipleField(
        _l("Degree"),
        choices=_choices(DEGREES),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    year_from = _years(_l("Year of study from"))
    year_to = _years(_l("Year of study to"))
    graduates_from = month_field(_l("Graduates from"), Optional())
    graduates_to = month_field(_l("Graduates up to"), Optional())
    languages = FieldList(
        FormField(LanguageRow), _l("Languages"), min_entries=LANGUAGE_ROWS, max_entries=12
    )

    @classmethod
    def of(cls, vacancy: Vacancy) -> VacancyForm:
        """The form filled with a vacancy, or with what was sent instead of it."""
        names = {need.value: _names(vacancy, need) for need in SkillNeed}
        form = cls(obj=vacancy, data=names)
        if len(vacancy.languages) >= LANGUAGE_ROWS and not form.is_submitted():
            form.languages.append_entry()
        return form

    def validate_must(self, field: Field) -> None:
        _check_names(field)

    def validate_nice(self, field: Field) -> None:
        _check_names(field)
        both = set(parse_names(self.must.data or "")) & set(parse_names(field.data or ""))
        if both:
            raise ValidationError(
                _("Named as required and as desirable at once: %(names)s.",
                  names=", ".join(sorted(both)))
            )  # fmt: skip

    def validate_city(self, field: Field) -> None:
        if self.work_place.data is not WorkPlace.REMOTE and not field.data:
            raise ValidationError(_("Name the city, or choose remote work."))

    def validate_pay_to(self, field: Field) -> None:
        _check_order(self.pay_from, field, _("The upper limit is below the lower one."))

    def validate_year_to(self, field: Field) -> None:
        _check_order(self.year_from, field, _("The last year is before the first."))

    def validate_graduates_to(self, field: Field) -> None:
        _check_order(self.graduates_from, field, _("The last month is before the first."))

    def validate_deadline(self, field: Field) -> None:
        if field.data is not None and field.data < local_today():
            raise ValidationError(_("This day has passed. Choose a later one."))

    def validate_languages(self, field: FieldList) -> None:
        codes = [row["language"] for row in field.data if row["language"]]
        twice = next((code for code in codes if codes.count(code) > 1), None)
        if twice is not None:
            last = [entry for entry in field if entry.form.language.data == twice][-1]
            last.form.language.errors = [_("This language is named twice.")]
            raise ValidationError(_("A language is named twice."))

    def validate(self, extra_validators: Any = None) -> bool:
        valid: bool = super().validate(extra_validators)
        return (not self.complete or self.check_complete()) and valid

    def check_complete(self) -> bool:
        """Whether enough is said to submit it."""
        if len(self.text.data or "") >= TEXT_MIN_LENGTH:
            return True
        self.text.errors = [
            *self.text.errors,
            _("Describe the work in a few sentences (at least 80 characters) to submit it."),
        ]
        return False

    def content_so_far(self) -> VacancyContent | None:
        """What is written, finished or not; None where a list holds what it does not offer, which
        no browser sends."""
        try:
            return self.content() if self.kind.data and self.work_place.data else None
        except ValueError:
            return None

    def content(self) -> VacancyContent:
        return VacancyContent(
            must=tuple(parse_names(self.must.data or "")),
            nice=tuple(parse_names(self.nice.data or "")),
            degrees=tuple(self.degrees.data or ()),
            languages={
                row["language"]: LanguageLevel(row["level"])
                for row in self.languages.data
                if row["language"]
            },
            **{name: self[name].data for name in COLUMNS},
        )


def _names(vacancy: Vacancy, need: SkillNeed) -> str:
    return ", ".join(local_name(skill) for skill in vacancy.skills_of(need))


def _check_names(field: Field) -> None:
    if len(parse_names(field.data or "")) > SKILLS_MAX:
        raise ValidationError(_("Name at most 30 skills: the most telling ones."))


def _check_order(first: Field, last: Field, message: str) -> None:
    if first.data is not None and last.data is not None and last.data < first.data:
        raise ValidationError(message)
