"""Forms: a course and what it teaches."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, Length, Optional

from bridge.skills.courses import CourseContent
from bridge.skills.models import Course, Skill, SkillState
from bridge.skills.queries import by_slugs
from bridge.skills.service import parse_names
from bridge.skills.vocabulary import vocabulary
from bridge.web.forms import AddressField, VersionedForm
from bridge.web.i18n import local_name

NAME_MAX = 160
NAMES_MAX = 2000
SKILLS_MAX = 30


class CourseForm(VersionedForm):
    name_ru = StringField(_l("Name in Russian"), [DataRequired(), Length(max=NAME_MAX)])
    name_en = StringField(_l("Name in English"), [Length(max=NAME_MAX)])
    place_ru = StringField(
        _l("Where and when, in Russian"),
        [Length(max=NAME_MAX)],
        description=_l("Department, semester, how to enrol."),
    )
    place_en = StringField(
        _l("Where and when, in English"),
        [Length(max=NAME_MAX)],
        description=_l("What stays empty in English is shown in Russian."),
    )
    url = AddressField(_l("Page of the course"), [Optional(), Length(max=300)])
    teaches = TextAreaField(
        _l("Skills that it teaches"),
        [DataRequired(_l("Name at least one skill.")), Length(max=NAMES_MAX)],
        description=_l("Skills of the vocabulary, separated by commas or lines."),
    )

    @classmethod
    def of(cls, course: Course) -> CourseForm:
        """The form filled with a course, or with what was sent instead of it."""
        names = ", ".join(local_name(skill) for skill in course.skills)
        return cls(obj=course, data={"teaches": names})

    def validate_teaches(self, field: Field) -> None:
        names = parse_names(field.data or "")
        if len(names) > SKILLS_MAX:
            raise ValidationError(_("Name at most 30 skills: the most telling ones."))
        unknown = [name for name in names if vocabulary().find(name) is None]
        if unknown:
            raise ValidationError(
                _("The vocabulary does not know: %(names)s.", names=", ".join(unknown))
            )

    def content(self) -> CourseContent:
        found = [vocabulary().find(name) for name in parse_names(self.teaches.data or "")]
        known = by_slugs({concept.slug for concept in found if concept is not None})
        skills: list[Skill] = [
            skill for skill in known.values() if skill.state is SkillState.APPROVED
        ]
        return CourseContent(
            name_ru=self.name_ru.data or "",
            name_en=self.name_en.data or "",
            place_ru=self.place_ru.data or "",
            place_en=self.place_en.data or "",
            url=self.url.data or "",
            skills=sorted(skills, key=lambda skill: skill.id),
        )
