"""Forms of interviews. Times are entered on the clock of a named time zone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    FieldList,
    Form,
    FormField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    Optional,
    ValidationError,
)
from wtforms.widgets import CheckboxInput, ListWidget

from bridge.contacts.models import ContactRequest
from bridge.contacts.pages import candidate_name
from bridge.database import utc_now
from bridge.errors import DomainError
from bridge.interviews.models import Interview
from bridge.interviews.service import Meeting
from bridge.interviews.zones import to_local, to_utc, zone_choices
from bridge.web.forms import AddressField, BaseForm, VersionedForm

TIMES_AT_ONCE = 5
LENGTHS = (15, 30, 45, 60, 90, 120)
NOTE_MAX = 1000
BAD_DATE = _l("Write the date like 2027-06-30.")
BAD_TIME = _l("Write the time like 16:30.")


def date_field(*validators: Any) -> DateField:
    """A day; where a browser has no control for it, a plain field takes either writing."""
    return DateField(
        _l("Date"),
        validators,
        format=["%Y-%m-%d", "%d.%m.%Y"],
        invalid_value_message=BAD_DATE,
    )


def time_field(*validators: Any) -> TimeField:
    return TimeField(
        _l("Time"), validators, format=["%H:%M", "%H:%M:%S"], invalid_value_message=BAD_TIME
    )


class MeetingForm(BaseForm):
    """Where, how long, on whose clock."""

    minutes = SelectField(
        _l("Length"),
        coerce=int,
        choices=[SelectChoice(length, _l("%(num)s min", num=length)) for length in LENGTHS],
        default=45,
    )
    time_zone = SelectField(_l("Time zone"))
    place = StringField(
        _l("Place"),
        description=_l("An address and how to get in. Give a place, a link, or both."),
        validators=[Length(max=200, message=_l("Write at most 200 characters."))],
    )
    link = AddressField(
        _l("Link to the video call"),
        [Optional(), Length(max=300, message=_l("Write at most 300 characters."))],
    )

    def prepare(self, zone: str) -> None:
        self.time_zone.choices = [SelectChoice(*choice) for choice in zone_choices(utc_now())]
        if not self.is_submitted() and not self.time_zone.data:
            self.time_zone.data = zone

    def validate_place(self, field: StringField) -> None:
        if not field.data and not self.link.data:
            raise ValidationError(_l("Say where: give a place or a link."))

    @property
    def meeting(self) -> Meeting:
        return Meeting(
            self.minutes.data, self.place.data or "", self.link.data or "", self.time_zone.data
        )


class TimeForm(Form):
    """One offered time; both parts empty: none."""

    day = date_field(Optional())
    at = time_field(Optional())

    def validate(self, extra_validators: Any = None) -> bool:
        """An empty field ends its own checks, so that the pair is looked at here."""
        is_valid = bool(super().validate(extra_validators))
        if is_valid and (self.day.data is None) is not (self.at.data is None):
            self.at.errors = [_l("Give both the date and the time.")]
            return False
        return is_valid


class RequestsField(SelectMultipleField):
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class OfferForm(MeetingForm):
    """Several times at once, to one or several candidates."""

    times = FieldList(FormField(TimeForm), min_entries=TIMES_AT_ONCE, max_entries=TIMES_AT_ONCE)
    invited = RequestsField(
        _l("Offer to"), coerce=int, validators=[DataRequired(_l("Choose at least one candidate."))]
    )

    def prepare_for(self, zone: str, requests: Sequence[ContactRequest], chosen: int) -> None:
        self.prepare(zone)
        self.invited.choices = [
            SelectChoice(request.id, candidate_name(request)) for request in requests
        ]
        if not self.is_submitted():
            self.invited.data = [request.id for request in requests if chosen in (0, request.id)]

    def moments(self) -> list[datetime]:
        """In UTC; NoSuchTimeError for a time that the clock jumps over."""
        return [
            to_utc(entry.day.data, entry.at.data, self.time_zone.data)
            for entry in self.times
            if entry.day.data and entry.at.data is not None
        ]


class ChangeForm(MeetingForm, VersionedForm):
    """Another time or place."""

    day = date_field(InputRequired(_l("Give the date.")))
    at = time_field(InputRequired(_l("Give the time.")))

    @classmethod
    def of(cls, interview: Interview) -> ChangeForm:
        slot = interview.slot
        local = to_local(slot.starts_at, slot.time_zone)
        form = cls(
            minutes=slot.minutes,
            place=slot.place,
            link=slot.link,
            time_zone=slot.time_zone,
            day=local.date(),
            at=local.time(),
            version=interview.version,
        )
        if slot.minutes not in LENGTHS:
            form.minutes.choices = [
                *form.minutes.choices,
                SelectChoice(slot.minutes, _l("%(num)s min", num=slot.minutes)),
            ]
        form.prepare(slot.time_zone)
        return form

    def moment(self) -> datetime:
        if self.day.data is None or self.at.data is None:
            raise DomainError
        return to_utc(self.day.data, self.at.data, self.time_zone.data)


class CancelForm(BaseForm):
    note = TextAreaField(
        _l("A word to the other side"),
        description=_l("They will read it. Not required."),
        validators=[Length(max=NOTE_MAX, message=_l("Write at most 1,000 characters."))],
    )


class ZoneForm(BaseForm):
    time_zone = SelectField(_l("My time zone"))
