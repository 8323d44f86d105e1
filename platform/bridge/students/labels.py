"""Names of what a profile is made of."""

from __future__ import annotations

from flask import Flask
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from bridge.students.models import (
    Degree,
    EntryKind,
    Evidence,
    LanguageLevel,
    Profile,
    Readiness,
    StudyForm,
)
from bridge.web.labels import Badge

DEGREES: dict[Degree, object] = {
    Degree.COLLEGE: _l("Vocational education"),
    Degree.BACHELOR: _l("Bachelor"),
    Degree.SPECIALIST: _l("Specialist"),
    Degree.MASTER: _l("Master"),
    Degree.POSTGRADUATE: _l("Postgraduate"),
}
STUDY_FORMS: dict[StudyForm, object] = {
    StudyForm.FULL_TIME: _l("full-time"),
    StudyForm.PART_TIME: _l("part-time, in the evenings"),
    StudyForm.EXTRAMURAL: _l("by correspondence"),
}
READINESS: dict[Readiness, object] = {
    Readiness.JOB: _l("Job"),
    Readiness.INTERNSHIP: _l("Internship"),
    Readiness.PRACTICE: _l("Practical training"),
    Readiness.TARGETED: _l("Targeted place"),
    Readiness.PROJECT: _l("Thesis or R&D project"),
}
LEVELS: dict[LanguageLevel, object] = {
    LanguageLevel.A1: _l("A1, beginner"),
    LanguageLevel.A2: _l("A2, elementary"),
    LanguageLevel.B1: _l("B1, intermediate"),
    LanguageLevel.B2: _l("B2, upper intermediate"),
    LanguageLevel.C1: _l("C1, advanced"),
    LanguageLevel.C2: _l("C2, proficient"),
    LanguageLevel.NATIVE: _l("native"),
}
EVIDENCE: dict[Evidence, object] = {
    Evidence.STATED: _l("stated by the student"),
    Evidence.COURSE: _l("course passed"),
    Evidence.MENTOR: _l("confirmed by a mentor"),
    Evidence.ASSESSED: _l("independently assessed"),
}
ENTRY_KINDS: dict[EntryKind, object] = {
    EntryKind.COURSE: _l("Courses"),
    EntryKind.PROJECT: _l("Projects"),
    EntryKind.THESIS: _l("Thesis"),
    EntryKind.EXPERIENCE: _l("Experience"),
    EntryKind.LINK: _l("Links"),
}
# Of the form of a profile.
SECTIONS: dict[str, object] = {
    "about": _l("About me"),
    "studies": _l("Studies"),
    "readiness": _l("Readiness to work"),
    "skills": _l("Skills"),
    "languages": _l("Languages"),
}
PUBLISHED = Badge(_l("visible to employers"), "ok", "eye")
STALE = Badge(_l("out of the search: not confirmed"), "warning", "clock-alert")
WEEKS_IN_TWO_MONTHS = 9
WEEKS_IN_A_MONTH = 4.35
HIDDEN = Badge(_l("hidden from employers"), "neutral", "eye-off")


def degree_label(degree: Degree) -> object:
    return DEGREES[degree]


def study_form_label(form: StudyForm) -> object:
    return STUDY_FORMS[form]


def readiness_label(readiness: Readiness | str) -> object:
    return READINESS[Readiness(readiness)]


def language_level_label(level: LanguageLevel) -> object:
    return LEVELS[level]


def evidence_label(evidence: Evidence) -> object:
    return EVIDENCE[evidence]


def entry_kind_label(kind: EntryKind) -> object:
    """The plural, as a heading."""
    return ENTRY_KINDS[kind]


def profile_badge(profile: Profile) -> Badge:
    if profile.is_published and profile.stale_at is not None:
        return STALE
    return PUBLISHED if profile.is_published else HIDDEN


def confirmed_label(weeks: int) -> str:
    """How long ago the student said that the profile is right."""
    if weeks < 1:
        return str(_("confirmed this week"))
    if weeks < WEEKS_IN_TWO_MONTHS:
        return str(ngettext("confirmed %(num)s week ago", "confirmed %(num)s weeks ago", weeks))
    months = round(weeks / WEEKS_IN_A_MONTH)
    return str(ngettext("confirmed %(num)s month ago", "confirmed %(num)s months ago", months))


def init_app(app: Flask) -> None:
    filters = (
        degree_label,
        study_form_label,
        readiness_label,
        language_level_label,
        evidence_label,
        entry_kind_label,
        profile_badge,
        confirmed_label,
    )
    app.jinja_env.filters.update({function.__name__: function for function in filters})
