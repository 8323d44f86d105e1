"""How a reader wants to be told."""

from __future__ import annotations

from typing import Any

from babel.dates import get_timezone_location
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField
from wtforms.fields import SelectChoice

from bridge.notices.labels import DELIVERIES, GroupLabel
from bridge.notices.models import Delivery, DigestSchedule, Group
from bridge.web.forms import BaseForm
from bridge.web.i18n import locale_code

# The zones of Russia, from the west to the east.
TIME_ZONES = (
    "Europe/Kaliningrad",
    "Europe/Moscow",
    "Europe/Samara",
    "Asia/Yekaterinburg",
    "Asia/Omsk",
    "Asia/Krasnoyarsk",
    "Asia/Irkutsk",
    "Asia/Yakutsk",
    "Asia/Vladivostok",
    "Asia/Magadan",
    "Asia/Kamchatka",
)


class DeliveryForm(BaseForm):
    """One field for each group, made by `delivery_form`."""

    hour = SelectField(_l("The daily letter comes from"), coerce=int)
    time_zone = SelectField(_l("Time of"))

    @property
    def chosen(self) -> dict[Group, Delivery]:
        return {group: Delivery(self[group.value].data) for group in Group if group.value in self}


def delivery_form(
    labels: dict[Group, GroupLabel],
    present: dict[Group, Delivery],
    schedule: DigestSchedule,
    university_zone: str,
) -> DeliveryForm:
    choices = [SelectChoice(delivery.value, label) for delivery, label in DELIVERIES.items()]
    fields = {
        group.value: RadioField(
            label.name,
            choices=choices,
            default=present.get(group, Delivery.IMMEDIATE).value,
            description=label.hint,
        )
        for group, label in labels.items()
    }
    form_class: Any = type("DeliveryForm", (DeliveryForm,), fields)
    zone = schedule.time_zone or university_zone
    form: DeliveryForm = form_class(hour=schedule.hour, time_zone=zone)
    form.hour.choices = [SelectChoice(hour, f"{hour}:00") for hour in range(24)]
    zones = TIME_ZONES if zone in TIME_ZONES else (zone, *TIME_ZONES)
    form.time_zone.choices = [SelectChoice(name, _city(name)) for name in zones]
    return form


def _city(zone: str) -> str:
    return str(get_timezone_location(zone, locale=locale_code(), return_city=True))
