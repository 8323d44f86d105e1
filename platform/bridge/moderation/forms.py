"""The verdict on a case."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.validators import Length

from bridge.cases.models import CaseKind
from bridge.cases.reasons import REASONS
from bridge.moderation.service import Verdict
from bridge.skills.models import Skill, SkillState
from bridge.skills.queries import by_slugs
from bridge.skills.vocabulary import vocabulary
from bridge.web.forms import BaseForm


class VerdictForm(BaseForm):
    """`verdict` is what the pressed button says; it decides what else is needed."""

    reason_code = SelectField(_l("Reason"), default="")
    note = TextAreaField(_l("What the author will read"), [Length(max=4000)])
    verdict: Verdict = Verdict.APPROVE

    def __init__(self, kind: CaseKind) -> None:
        super().__init__()
        self.reason_code.choices = [
            SelectChoice("", _l("choose a reason")),
            *(SelectChoice(code, label) for code, label in REASONS[kind].items()),
        ]

    def validate_reason_code(self, field: Field) -> None:
        if self.verdict in (Verdict.RETURN, Verdict.REJECT) and not field.data:
            raise ValidationError(_("Choose a reason: the author will read it."))

    def validate_note(self, field: Field) -> None:
        if self.verdict in (Verdict.RETURN, Verdict.REJECT) and not field.data:
            raise ValidationError(_("Write a few words: what is wrong and what to do."))


class SkillVerdictForm(VerdictForm):
    name_ru = StringField(_l("Name in Russian"), [Length(max=120)])
    name_en = StringField(_l("Name in English"), [Length(max=120)])
    merge_name = StringField(_l("Is the same as"), [Length(max=120)])

    def validate_name_ru(self, field: Field) -> None:
        _check_given(self, field)

    def validate_name_en(self, field: Field) -> None:
        _check_given(self, field)

    def validate_merge_name(self, field: Field) -> None:
        if self.verdict is Verdict.MERGE and self.merge_into() is None:
            raise ValidationError(_("The vocabulary has no such skill: choose one of the list."))

    def merge_into(self) -> Skill | None:
        """The skill of the vocabulary that the typed name means."""
        concept = vocabulary().find(self.merge_name.data or "")
        found = None if concept is None else by_slugs([concept.slug]).get(concept.slug)
        return found if found is not None and found.state is SkillState.APPROVED else None


def _check_given(form: VerdictForm, field: Field) -> None:
    if form.verdict is Verdict.APPROVE and not field.data:
        raise ValidationError(_("An approved skill needs its name in both languages."))
