"""What part of the figures is wanted: all of it stands in the address."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.fields import SelectChoice

from bridge.database import utc_now
from bridge.students.queries import directions
from bridge.web.forms import BaseForm
from bridge.web.i18n import local_name

PERIODS = {
    "30": _l("30 days"),
    "90": _l("90 days"),
    "365": _l("a year"),
    "": _l("since the beginning"),
}
DEFAULT_PERIOD = "90"
YEARS = range(1, 7)


class PeriodForm(BaseForm):
    """An unknown value falls back to the default: the address may be old."""

    class Meta(BaseForm.Meta):
        csrf = False

    days = SelectField(
        _l("Period"),
        choices=[SelectChoice(days, label) for days, label in PERIODS.items()],
        default=DEFAULT_PERIOD,
        validate_choice=False,
    )

    def since(self) -> datetime | None:
        """The beginning of the period, None where it has none."""
        chosen = self.days.data if self.days.data in PERIODS else DEFAULT_PERIOD
        self.days.data = chosen
        return utc_now() - timedelta(days=int(chosen)) if chosen else None


class GroupForm(PeriodForm):
    """The same, and of which students the skills are counted."""

    direction = SelectField(_l("Direction of study"), default="", validate_choice=False)
    year = SelectField(_l("Year of study"), default="", validate_choice=False)

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        everybody = SelectChoice("", _l("all"))
        self.direction.choices = [
            everybody,
            *(SelectChoice(str(one.id), f"{one.code} {local_name(one)}") for one in directions()),
        ]
        self.year.choices = [everybody, *(SelectChoice(str(year), str(year)) for year in YEARS)]

    def group(self) -> dict[str, int | None]:
        """The arguments of `queries.market`."""
        return {
            "direction_id": self._number(self.direction),
            "year": self._number(self.year),
        }

    @staticmethod
    def _number(field: SelectField) -> int | None:
        if field.data not in {choice.value for choice in field.choices}:
            field.data = ""
        return int(field.data) if field.data else None
