"""Forms: the sections of a profile, its entries, the staff's list."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    Field,
    FieldList,
    FormField,
    IntegerField,
    MonthField,
    SearchField,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from bridge.consents.asking import AsksConsent
from bridge.database import local_today
from bridge.skills.entry import SkillNamesField
from bridge.students import queries
from bridge.students.labels import DEGREES, LEVELS, READINESS, STUDY_FORMS
from bridge.students.models import Degree, EntryKind, LanguageLevel, Profile, StudyForm
from bridge.web.forms import AddressField, BaseForm, TableForm, VersionedForm, month_field
from bridge.web.i18n import language_choices, local_name

TEXT_MAX_LENGTH = 3000
NAMES_MAX_LENGTH = 4000
LANGUAGE_ROWS = 12
EARLIEST = date(1970, 1, 1)
HORIZON_YEARS = 12


def _choices(labels: dict[Any, object], empty: object | None = None) -> list[SelectChoice]:
    first = [] if empty is None else [SelectChoice("", empty)]
    return first + [SelectChoice(member.value, label) for member, label in labels.items()]


def _text(label: object, description: object = "") -> TextAreaField:
    return TextAreaField(label, [Length(max=TEXT_MAX_LENGTH)], description=description)


def _month(label: object) -> MonthField:
    return month_field(label, Optional(), _within_reason)


def _within_reason(_form: BaseForm, field: Field) -> None:
    if field.data and not EARLIEST <= field.data <= _horizon():
        raise ValidationError(_("Check the year."))


def _horizon() -> date:
    today = local_today()
    return today.replace(year=today.year + HORIZON_YEARS, month=12, day=1)


class PublishForm(AsksConsent, BaseForm):
    """A button, and the consent where there is a document."""


class AboutForm(VersionedForm):
    summary = _text(
        _l("About yourself in a few sentences"),
        _l("What you do well and what you are proud of. No name and no contacts: they are hidden."),
    )
    wishes = _text(_l("What work you would like"))
    phone = TelField(
        _l("Phone"),
        [
            Optional(),
            Length(max=32),
            Regexp(r"^\+?[\d\s()–-]{5,}$", message=_l("Write the number like +7 916 123-45-67.")),
        ],
    )
    messenger = StringField(
        _l("Messenger"), [Length(max=80)], description=_l("For example: Telegram @name")
    )


class StudiesForm(VersionedForm):
    direction_id = SelectField(
        _l("Direction of study"), coerce=lambda value: int(value) if value else None
    )
    degree = SelectField(
        _l("Level of education"),
        choices=_choices(DEGREES, _l("choose")),
        coerce=lambda value: Degree(value) if value else None,
    )
    study_form = SelectField(
        _l("Form of study"),
        choices=_choices(STUDY_FORMS, _l("choose")),
        coerce=lambda value: StudyForm(value) if value else None,
    )
    year_of_study = IntegerField(
        _l("Year of study"),
        [Optional(), NumberRange(1, 6, _l("A year of study is 1 to 6."))],
    )
    graduates_on = _month(_l("Month of graduation"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.direction_id.choices = [
            SelectChoice("", _("choose")),
            *(
                SelectChoice(direction.id, f"{direction.code} {local_name(direction)}")
                for direction in queries.directions()
            ),
        ]

    def validate_graduates_on(self, field: Field) -> None:
        """Nobody graduates before the studies began (in September, `year` school years ago)."""
        year = self.year_of_study.data
        if not field.data or not isinstance(year, int) or self.year_of_study.errors:
            return
        today = local_today()
        began = today.year - year + (1 if today.month >= 9 else 0)
        if field.data < date(began, 10, 1):
            raise ValidationError(_("This is before the studies began: check the year of study."))


class ReadinessForm(VersionedForm):
    city = StringField(_l("City"), [Length(max=80)])
    remote_ready = BooleanField(_l("Ready to work remotely"))
    relocation_ready = BooleanField(_l("Ready to move to another city"))
    hours_per_week = IntegerField(
        _l("Hours a week"), [Optional(), NumberRange(1, 60, _l("Hours a week are 1 to 60."))]
    )
    ready_for = SelectMultipleField(
        _l("Ready for"),
        choices=_choices(READINESS),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


class SkillsForm(VersionedForm):
    names = SkillNamesField(
        _l("Skills"),
        [Length(max=NAMES_MAX_LENGTH)],
        description=_l("Separated by commas or lines, in Russian or English."),
    )


class LanguageRow(BaseForm):
    class Meta(BaseForm.Meta):
        csrf = False

    language = SelectField(_l("Language"), default="")
    level = SelectField(_l("Level"), choices=_choices(LEVELS, _l("choose")), default="")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language.choices = [
            SelectChoice("", _("no language")),
            *(SelectChoice(code, name) for code, name in language_choices()),
        ]

    def validate_level(self, field: Field) -> None:
        if self.language.data and not field.data:
            raise ValidationError(_("Choose the level of this language."))


class LanguagesForm(VersionedForm):
    """Rows without a language are left out."""

    rows = FieldList(FormField(LanguageRow), _l("Languages"), max_entries=LANGUAGE_ROWS)

    def validate_rows(self, _field: Field) -> None:
        seen: set[str] = set()
        for row in self.rows:
            language = row.form.language
            if language.data and language.data in seen:
                language.errors = [*language.errors, _("This language is named twice.")]
                raise ValidationError(_("A language is named twice."))
            seen.add(language.data)

    def levels(self) -> dict[str, LanguageLevel]:
        return {
            row.form.language.data: LanguageLevel(row.form.level.data)
            for row in self.rows
            if row.form.language.data
        }


class EntryForm(VersionedForm):
    """One form for every kind of entry; `of_kind` leaves out what the kind has no use for."""

    title = StringField(_l("Title"), [DataRequired(), Length(max=160)])
    organisation = StringField(_l("Organisation"), [Length(max=160)])
    started_on = _month(_l("Began"))
    ended_on = _month(_l("Ended"))
    text = _text(_l("What you did and what came of it"))
    url: Any = AddressField(_l("Link"), [Optional(), Length(max=300)])

    def validate_ended_on(self, field: Field) -> None:
        began = self.started_on.data if "started_on" in self else None
        if field.data and began and field.data < began:
            raise ValidationError(_("This is before the beginning."))

    def values(self) -> dict[str, object]:
        return {
            name: field.data
            for name, field in self._fields.items()
            if name not in ("version", "csrf_token")
        }


class CourseForm(EntryForm):
    title = StringField(_l("Name of the course"), [DataRequired(), Length(max=160)])
    organisation = StringField(_l("Where it was taken"), [Length(max=160)])
    started_on = None
    url = None


class ProjectForm(EntryForm):
    title = StringField(_l("Name of the project"), [DataRequired(), Length(max=160)])
    organisation = StringField(_l("For whom or where"), [Length(max=160)])


class ThesisForm(EntryForm):
    title = StringField(_l("Topic of the thesis"), [DataRequired(), Length(max=160)])
    organisation = StringField(_l("Department"), [Length(max=160)])
    started_on = None
    ended_on = _month(_l("Defended or to be defended"))
    text = _text(_l("What it is about"))


class ExperienceForm(EntryForm):
    title = StringField(_l("Position"), [DataRequired(), Length(max=160)])
    organisation = StringField(_l("Enterprise"), [DataRequired(), Length(max=160)])
    url = None


class LinkForm(EntryForm):
    title = StringField(_l("What is there"), [DataRequired(), Length(max=160)])
    url = AddressField(_l("Link"), [InputRequired(), Length(max=300)])
    organisation = None
    started_on = None
    ended_on = None
    text = None


ENTRY_FORMS: dict[EntryKind, type[EntryForm]] = {
    EntryKind.COURSE: CourseForm,
    EntryKind.PROJECT: ProjectForm,
    EntryKind.THESIS: ThesisForm,
    EntryKind.EXPERIENCE: ExperienceForm,
    EntryKind.LINK: LinkForm,
}


class RosterForm(TableForm):
    """A roster that staff bring."""

    invites = BooleanField(_l("Invite by letter whoever has not joined"))

    @property
    def is_inviting(self) -> bool:
        return bool(self.invites.data)


class FilterForm(BaseForm):
    """Of the staff's list; lives in the address."""

    class Meta(BaseForm.Meta):
        csrf = False

    q = SearchField(_l("Name, e-mail or number"), [Length(max=100)])
    direction = SelectField(
        _l("Direction of study"), coerce=lambda value: int(value) if value else None
    )
    year = SelectField(
        _l("Year of study"),
        choices=[SelectChoice("", _l("any")), *(SelectChoice(y, str(y)) for y in range(1, 7))],
        coerce=lambda value: int(value) if value else None,
    )
    published = SelectField(
        _l("Seen by employers"),
        default="",
        choices=[
            SelectChoice("", _l("any")),
            SelectChoice("yes", _l("visible to employers")),
            SelectChoice("no", _l("hidden from employers")),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.direction.choices = [
            SelectChoice("", _("any")),
            *(
                SelectChoice(direction.id, f"{direction.code} {local_name(direction)}")
                for direction in queries.directions()
            ),
        ]

    def chosen(self) -> dict[str, Any]:
        """Arguments of `queries.search`; nonsense in an address filters nothing."""
        good = {name: None if field.errors else field.data for name, field in self._fields.items()}
        published = good["published"]
        return {
            "text": good["q"] or "",
            "direction_id": good["direction"],
            "year": good["year"],
            "published": None if not published else published == "yes",
        }


def section_data(profile: Profile, section: str) -> dict[str, Any]:
    """What the form of a section shows at first beyond the profile's columns."""
    if section == "skills":
        return {"names": ", ".join(local_name(held.skill) for held in profile.listed_skills)}
    if section == "languages":
        rows = [{"language": s.language, "level": s.level.value} for s in profile.languages]
        return {"rows": [*rows, {}, {}, {}][:LANGUAGE_ROWS]}
    return {}
