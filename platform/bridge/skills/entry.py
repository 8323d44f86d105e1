"""Entry of skills by name: before a name is proposed, the vocabulary offers what may be meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import has_request_context, request
from flask_babel import gettext as _
from wtforms import TextAreaField, ValidationError

from bridge.skills.queries import proposed_keys
from bridge.skills.service import parse_names
from bridge.skills.vocabulary import vocabulary
from bridge.web.i18n import locale_code
from matching import normalise

# The answer of somebody who means none of the skills offered; no name of a skill is like it.
NEW = "="


@dataclass(frozen=True, slots=True)
class Doubt:
    """A typed name that no skill bears, and those that may be meant.

    control: name of the control that answers; offers: display names; chosen: one of them or NEW.
    """

    name: str
    control: str
    offers: tuple[str, ...]
    chosen: str


class SkillNamesField(TextAreaField):
    """Names of skills separated by commas or lines.

    A name near to skills of the vocabulary is asked back once, beside the field: the answers
    replace the names in `data`. `parse_names` reads it afterwards.
    """

    data: str | None
    doubts: Sequence[Doubt] = ()

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        if validation_stopped or self.errors:
            return
        names, doubts = self._settled(parse_names(self.data or ""))
        self.data = ", ".join(names)
        self.doubts = doubts
        open_ = [doubt.name for doubt in doubts if doubt.control not in request.form]
        if open_:
            raise ValidationError(
                _(
                    "The vocabulary does not know: %(names)s. Choose what is meant.",
                    names=", ".join(open_),
                )
            )

    def _settled(self, names: Sequence[str]) -> tuple[list[str], list[Doubt]]:
        """The names as answered, and those that are not answered or meant as new."""
        if not has_request_context():
            # A command, which nobody can be asked in: a name that is not known is a proposal.
            return list(names), []
        known = vocabulary()
        unknown = [name for name in names if known.find(name) is None]
        proposed = proposed_keys([normalise(name) for name in unknown])
        settled, doubts = [], []
        for name in names:
            if name not in unknown or normalise(name) in proposed:
                settled.append(name)
                continue
            control = f"{self.name}-{normalise(name)}"
            answer = request.form.get(control, "")
            if answer and known.find(answer) is not None:
                settled.append(answer)
                continue
            settled.append(name)
            russian = locale_code() == "ru"
            offers = tuple(one.ru if russian else one.en for one in known.near(name))
            if offers:
                doubts.append(Doubt(name, control, offers, NEW if answer else offers[0]))
        return settled, doubts
