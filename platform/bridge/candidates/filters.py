"""The employer's own filters: a form whose values live in the address."""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, IntegerField, SelectField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from bridge.candidates.models import Mark
from bridge.candidates.queries import studied_directions
from bridge.candidates.source import STUDY_YEAR
from bridge.search import attributes
from bridge.students.labels import DEGREES
from bridge.students.models import Degree
from bridge.web.forms import BaseForm
from bridge.web.i18n import local_name
from bridge.web.routing import this_page
from matching import (
    AllOf,
    AnyOf,
    AtLeast,
    Condition,
    Contains,
    HasSkills,
    IdIn,
    IdNotIn,
    Query,
)

YEARS = range(1, 7)
# A week; as the profile's form has it.
HOURS = range(1, 61)


class Sort(enum.StrEnum):
    MATCH = "match"
    YEAR = "year"
    HOURS = "hours"


class MarkFilter(enum.StrEnum):
    FITTING = ""
    STARRED = "star"
    UNFIT = "unfit"
    ALL = "all"


class YearsField(SelectMultipleField):
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class FilterForm(BaseForm):
    """Sent by GET: it changes nothing, so it needs no token, and a wrong value is only named."""

    q = StringField(_l("Search in the profiles"), validators=[Length(max=200)])
    musts = BooleanField(_l("Holds all required skills"))
    confirmed = BooleanField(_l("The university has evidence of the required skills"))
    year = YearsField(
        _l("Year of study"),
        choices=[SelectChoice(str(year), str(year)) for year in YEARS],
        validate_choice=False,
    )
    direction = SelectField(_l("Direction of study"), validate_choice=False)
    degree = SelectField(_l("Level of education"), validate_choice=False)
    city = StringField(_l("City"), validators=[Length(max=80)])
    hours = IntegerField(
        _l("Hours a week, at least"),
        validators=[
            Optional(),
            NumberRange(HOURS[0], HOURS[-1], _l("Give a whole number of hours from 1 to 60.")),
        ],
    )
    marks = SelectField(
        _l("Your marks"),
        choices=[
            SelectChoice(MarkFilter.FITTING.value, _l("hide those not a fit")),
            SelectChoice(MarkFilter.STARRED.value, _l("only starred")),
            SelectChoice(MarkFilter.UNFIT.value, _l("only those not a fit")),
            SelectChoice(MarkFilter.ALL.value, _l("all candidates")),
        ],
        validate_choice=False,
    )
    tag = SelectField(_l("Tag"), validate_choice=False)
    sort = SelectField(
        _l("Order"),
        choices=[
            SelectChoice(Sort.MATCH.value, _l("by match")),
            SelectChoice(Sort.YEAR.value, _l("senior years first")),
            SelectChoice(Sort.HOURS.value, _l("more hours first")),
        ],
        validate_choice=False,
    )

    class Meta(BaseForm.Meta):
        csrf = False

    @classmethod
    def read(
        cls,
        employer_id: int,
        tags: Collection[str] = (),
        values: MultiDict[str, str] | None = None,
    ) -> FilterForm:
        """From the present address, or from the `values` of one that was kept, with the choices of
        the profiles that the employer sees. tags: those that the vacancy's candidates bear."""
        form = cls(formdata=request.args if values is None else values)
        form.tag.choices = [
            SelectChoice("", _("any tag")),
            *(SelectChoice(tag, tag) for tag in tags),
        ]
        form.direction.choices = [
            SelectChoice("", _("any direction")),
            *(
                SelectChoice(direction.code, f"{direction.code} {local_name(direction)}")
                for direction in studied_directions(employer_id)
            ),
        ]
        form.degree.choices = [
            SelectChoice("", _("any level")),
            *(SelectChoice(degree.value, DEGREES[degree]) for degree in Degree),
        ]
        form.validate()
        return form

    @property
    def order(self) -> Sort:
        return next((sort for sort in Sort if sort.value == self.sort.data), Sort.MATCH)

    @property
    def mark_filter(self) -> MarkFilter:
        chosen = self.marks.data or ""
        return next((one for one in MarkFilter if one.value == chosen), MarkFilter.FITTING)


@dataclass(frozen=True, slots=True)
class ActiveFilter:
    """One filter in force: the field of the form that sets it, in words, as conditions."""

    field: str
    label: str
    conditions: tuple[Condition, ...]

    def url_without(self) -> str:
        """The present address with this filter taken away."""
        changes: dict[str, str | None] = {self.field: None, "page": None}
        if self.field == "marks":
            changes["marks"] = MarkFilter.ALL.value
        return this_page(**changes)


def active_filters(
    form: FilterForm,
    query: Query,
    marked: Mapping[Mark, tuple[int, ...]],
    tagged: Mapping[str, tuple[int, ...]],
) -> list[ActiveFilter]:
    """Those that are set, in the order of the form; a field in error sets none."""
    return [
        *_match_filters(form, query),
        *_study_filters(form),
        *_mark_filters(form, marked),
        *_tag_filters(form, tagged),
    ]


def _match_filters(form: FilterForm, query: Query) -> Iterator[ActiveFilter]:
    asked = query.must or query.nice
    if form.q.data and not form.q.errors:
        label = _("words “%(text)s”", text=form.q.data)
        yield ActiveFilter("q", label, (Contains(form.q.data),))
    if form.musts.data and query.must:
        yield ActiveFilter("musts", _("all required skills"), (HasSkills(query.must),))
    if form.confirmed.data and asked:
        condition: Condition = (
            AllOf(attributes.CONFIRMED, query.must)
            if query.must
            else AnyOf(attributes.CONFIRMED, query.nice)
        )
        yield ActiveFilter("confirmed", _("evidence of the university"), (condition,))


def _study_filters(form: FilterForm) -> Iterator[ActiveFilter]:
    years = sorted({str(year) for year in YEARS} & set(form.year.data or ()))
    if years:
        label = _("year of study: %(years)s", years=", ".join(years))
        yield ActiveFilter("year", label, (AnyOf(STUDY_YEAR, frozenset(years)),))
    known = {choice.value for choice in form.direction.choices}
    if form.direction.data and form.direction.data in known:
        label = _("direction of study: %(code)s", code=form.direction.data)
        condition = AnyOf(attributes.DIRECTION, frozenset({form.direction.data}))
        yield ActiveFilter("direction", label, (condition,))
    degree = next((one for one in Degree if one.value == form.degree.data), None)
    if degree is not None:
        label = _("level of education: %(degree)s", degree=DEGREES[degree])
        yield ActiveFilter("degree", label, (AnyOf(attributes.DEGREE, frozenset({degree.value})),))
    if form.city.data and not form.city.errors:
        label = _("city: %(city)s", city=form.city.data)
        key = attributes.city_key(form.city.data)
        yield ActiveFilter("city", label, (AnyOf(attributes.CITY, frozenset({key})),))
    if form.hours.data and not form.hours.errors:
        label = _("hours a week: at least %(hours)s", hours=form.hours.data)
        yield ActiveFilter("hours", label, (AtLeast(attributes.HOURS, form.hours.data),))


def _mark_filters(
    form: FilterForm, marked: Mapping[Mark, tuple[int, ...]]
) -> Iterator[ActiveFilter]:
    chosen = form.mark_filter
    if chosen is MarkFilter.STARRED:
        yield ActiveFilter("marks", _("only starred"), (IdIn(marked[Mark.STAR]),))
    elif chosen is MarkFilter.UNFIT:
        yield ActiveFilter("marks", _("only those not a fit"), (IdIn(marked[Mark.UNFIT]),))
    elif chosen is MarkFilter.FITTING and marked[Mark.UNFIT]:
        hidden = IdNotIn(marked[Mark.UNFIT])
        yield ActiveFilter("marks", _("without those not a fit"), (hidden,))


def _tag_filters(form: FilterForm, tagged: Mapping[str, tuple[int, ...]]) -> Iterator[ActiveFilter]:
    if form.tag.data in tagged:
        label = _("tag: %(tag)s", tag=form.tag.data)
        yield ActiveFilter("tag", label, (IdIn(tagged[form.tag.data]),))
