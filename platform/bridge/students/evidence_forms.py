"""Forms of the staff: how skills are known, and what that counts for."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, IntegerField, SelectField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, NumberRange

from bridge.skills.models import SkillState
from bridge.students.labels import EVIDENCE
from bridge.students.models import Evidence, Profile
from bridge.web.forms import VersionedForm
from bridge.web.i18n import local_name


def _percent(label: object) -> IntegerField:
    message = _l("Give a whole number from 1 to 100.")
    return IntegerField(label, [InputRequired(message), NumberRange(1, 100, message)])


class EvidenceForm(VersionedForm):
    """In hundredths of what an assessed skill counts."""

    stated = _percent(_l("Stated by the student"))
    course = _percent(_l("A course was passed"))
    mentor = _percent(_l("Confirmed by a mentor"))

    def validate_course(self, field: Field) -> None:
        self._not_below(self.stated, field)

    def validate_mentor(self, field: Field) -> None:
        self._not_below(self.course, field)

    @staticmethod
    def _not_below(weaker: Field, field: Field) -> None:
        both = isinstance(weaker.data, int) and isinstance(field.data, int)
        if both and field.data < weaker.data:
            raise ValidationError(_("Stronger evidence must not count less than weaker."))


class VouchingForm(VersionedForm):
    """How each skill of a profile is known: one field a skill, made by `vouching_form`."""

    @property
    def chosen(self) -> dict[int, Evidence]:
        """By the number of the `ProfileSkill`."""
        fields = (field for field in self if isinstance(field, SelectField))
        return {int(field.name.removeprefix("held-")): field.data for field in fields}


def vouching_form(profile: Profile) -> VouchingForm:
    choices = [SelectChoice(member.value, label) for member, label in EVIDENCE.items()]
    fields = {
        f"held-{held.id}": SelectField(
            local_name(held.skill),
            choices=choices,
            coerce=Evidence,
            default=held.evidence,
        )
        for held in profile.skills
        if held.skill.state is SkillState.APPROVED
    }
    form_class: Any = type("VouchingForm", (VouchingForm,), fields)
    form: VouchingForm = form_class(obj=profile)
    return form
