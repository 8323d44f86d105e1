"""The verdict on one case or several, ready answers, settings of the queue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    Field,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange

from bridge.cases.labels import KINDS, PLURALS
from bridge.cases.models import CaseKind
from bridge.cases.reasons import REASONS
from bridge.moderation.models import AnswerTemplate
from bridge.moderation.service import EXPLAINED, Verdict
from bridge.skills.models import Skill, SkillState
from bridge.skills.queries import by_slugs
from bridge.skills.vocabulary import vocabulary
from bridge.web.forms import BaseForm, VersionedForm

NOTE_MAX = 4000


class VerdictForm(BaseForm):
    """`verdict` is what the pressed button says; it decides what else is needed."""

    template = SelectField(_l("Ready answer"), default="", validate_choice=False)
    reason_code = SelectField(_l("Reason"), default="")
    note = TextAreaField(_l("What the author will read"), [Length(max=NOTE_MAX)])
    verdict: Verdict = Verdict.APPROVE

    def __init__(self, kind: CaseKind, templates: Sequence[AnswerTemplate] = ()) -> None:
        super().__init__()
        self.reason_code.choices = _reasons(kind)
        self.template.choices = [
            SelectChoice("", _l("choose an answer")),
            *(
                SelectChoice(
                    str(one.id),
                    one.title,
                    optgroup=str(REASONS[kind].get(one.reason_code, "")),
                )
                for one in templates
            ),
        ]

    def insert(self, template: AnswerTemplate, locale: str) -> None:
        """Put the ready answer below what is written already; its reason counts too."""
        self.reason_code.data = template.reason_code
        written, text = self.note.data or "", template.text(locale)
        self.note.data = text if text in written or not written else f"{written}\n\n{text}"

    def validate_reason_code(self, field: Field) -> None:
        if self.verdict in EXPLAINED and not field.data:
            raise ValidationError(_("Choose a reason: the author will read it."))

    def validate_note(self, field: Field) -> None:
        if self.verdict in EXPLAINED and not field.data:
            raise ValidationError(_("Write a few words: what is wrong and what to do."))


def _reasons(*kinds: CaseKind) -> list[SelectChoice]:
    """The reasons of one kind, or those of several in groups."""
    return [
        SelectChoice("", _l("choose a reason")),
        *(
            SelectChoice(code, label, optgroup=str(KINDS[kind]) if len(kinds) > 1 else None)
            for kind in kinds
            for code, label in REASONS[kind].items()
        ),
    ]


class BulkForm(BaseForm):
    """One verdict on the chosen cases; `kinds`: of which there are some on the page."""

    reason_code = SelectField(_l("Reason"), default="")
    note = TextAreaField(_l("What the authors will read"), [Length(max=NOTE_MAX)])
    verdict: Verdict = Verdict.APPROVE

    def __init__(self, kinds: Sequence[CaseKind]) -> None:
        # A page holds a form for one case too: ids and names of their own.
        super().__init__(prefix="bulk-")
        self.reason_code.choices = _reasons(*kinds)

    def validate_reason_code(self, field: Field) -> None:
        if self.verdict is not Verdict.APPROVE and not field.data:
            raise ValidationError(_("Choose a reason: the author will read it."))

    def validate_note(self, field: Field) -> None:
        if self.verdict is not Verdict.APPROVE and not field.data:
            raise ValidationError(_("Write a few words: what is wrong and what to do."))


class TemplateForm(VersionedForm):
    """A ready answer; the reason is one of the kind of case that it is for."""

    subject = SelectField(_l("For"), [InputRequired(_l("Choose what the answer is for."))])
    title = StringField(
        _l("Name in the list"),
        [InputRequired(_l("Give it a name.")), Length(max=80)],
    )
    text_ru = TextAreaField(
        _l("Text in Russian"), [InputRequired(_l("Write the text.")), Length(max=NOTE_MAX)]
    )
    text_en = TextAreaField(
        _l("Text in English"), [InputRequired(_l("Write the text.")), Length(max=NOTE_MAX)]
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.subject.choices = [
            SelectChoice("", _l("choose a reason")),
            *(
                SelectChoice(f"{kind.value}:{code}", label, optgroup=str(PLURALS[kind]))
                for kind, reasons in REASONS.items()
                for code, label in reasons.items()
            ),
        ]

    @property
    def kind_and_reason(self) -> tuple[CaseKind, str]:
        kind, _colon, code = self.subject.data.partition(":")
        return CaseKind(kind), code


def _number(label: object, least: int, most: int, hint: object = "") -> IntegerField:
    message = _l("Write a whole number from %(least)s to %(most)s.", least=least, most=most)
    checks = [InputRequired(message), NumberRange(least, most, message)]
    return IntegerField(label, checks, description=hint)


class SettingsForm(VersionedForm):
    work_from = _number(_l("The working day begins at, hours"), 0, 23)
    work_to = _number(_l("The working day ends at, hours"), 1, 24)
    claim_minutes = _number(_l("A claimed case is kept for, minutes"), 5, 480)
    undo_seconds = _number(
        _l("A decision on several cases can be taken back for, seconds"), 10, 600
    )
    spot_check_percent = _number(
        _l("Of what passes automatically staff still check, percent"),
        1,
        100,
        _l("Drawn by lot. 100: nothing passes automatically."),
    )

    def validate_work_to(self, field: Field) -> None:
        begins, ends = self.work_from.data, field.data
        if begins is not None and ends is not None and ends <= begins:
            raise ValidationError(_("The day must end after it begins."))

    def values(self) -> dict[str, int]:
        return {
            name: self[name].data
            for name in (
                "work_from",
                "work_to",
                "claim_minutes",
                "undo_seconds",
                "spot_check_percent",
            )
        }


class DayOffForm(BaseForm):
    day = DateField(_l("Day"), [InputRequired(_l("Choose a day."))])
    name = StringField(_l("What for"), [Length(max=80)], description=_l("Not required."))


BOTH_NAMED = _l(
    "You have named a skill that it is the same as: press “Merge”, or empty this field."
)


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
        # Enter in any field presses «Approve».
        if self.verdict is Verdict.APPROVE and field.data:
            raise ValidationError(BOTH_NAMED)

    def merge_into(self) -> Skill | None:
        """The skill of the vocabulary that the typed name means."""
        concept = vocabulary().find(self.merge_name.data or "")
        found = None if concept is None else by_slugs([concept.slug]).get(concept.slug)
        return found if found is not None and found.state is SkillState.APPROVED else None


def _check_given(form: VerdictForm, field: Field) -> None:
    if form.verdict is Verdict.APPROVE and not field.data:
        raise ValidationError(_("An approved skill needs its name in both languages."))
