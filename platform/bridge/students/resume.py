"""A profile as a résumé on paper: with the student's name, or blind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from flask_babel import force_locale
from flask_babel import gettext as _

from bridge.skills.models import SkillState
from bridge.students.labels import (
    DEGREES,
    ENTRY_KINDS,
    EVIDENCE,
    LEVELS,
    READINESS,
    STUDY_FORMS,
)
from bridge.students.masked import MaskedEntry, MaskedProfile
from bridge.students.models import EntryKind, Evidence, Profile, ProfileEntry, Readiness
from bridge.web.i18n import capital, language_name, local_name, month
from bridge.web.paper import SMALL, Paper, made_today

# As a résumé is read: what was done before what was heard.
ORDER = (EntryKind.EXPERIENCE, EntryKind.PROJECT, EntryKind.THESIS, EntryKind.COURSE)
Contacts = Sequence[tuple[object, object]]


def open_resume(profile: Profile, language: str) -> bytes:
    """With name and contacts: for the student, and for whom they have agreed to know."""
    with force_locale(language):
        contacts = [
            (_("E-mail"), profile.user.email),
            (_("Telephone"), profile.phone),
            (_("Messenger"), profile.messenger),
            *((entry.title, entry.url) for entry in profile.entries_of(EntryKind.LINK)),
        ]
        return _draw(profile, profile.user.name, contacts, "")


def blind_resume(profile: MaskedProfile, pseudonym: str, language: str) -> bytes:
    """As an employer may see it before the student agrees; it takes no other profile."""
    with force_locale(language):
        note = _("Name, photo and contacts are hidden until the student agrees to a contact.")
        return _draw(profile, _("Candidate %(pseudonym)s", pseudonym=pseudonym), (), note)


def _draw(shown: Profile | MaskedProfile, name: str, contacts: Contacts, note: str) -> bytes:
    paper = Paper(_("Résumé: %(name)s", name=name))
    paper.heading(name, 1)
    paper.paragraph(_headline(shown))
    paper.paragraph(note, muted=True, size=SMALL)
    paper.facts(contacts)
    if shown.summary:
        paper.heading(_("About me"), 2)
        paper.paragraph(shown.summary)
    _draw_skills(paper, shown)
    for kind in ORDER:
        _draw_entries(paper, str(ENTRY_KINDS[kind]), shown.entries_of(kind))
    paper.heading(_("Studies and readiness"), 2)
    paper.facts(_studies(shown))
    if shown.wishes:
        paper.heading(_("Wishes"), 2)
        paper.paragraph(shown.wishes)
    paper.ln(3)
    paper.paragraph(made_today(), muted=True, size=SMALL)
    return bytes(paper.output())


def _headline(shown: Profile | MaskedProfile) -> str:
    parts = (
        local_name(shown.direction),
        _("year %(year)s", year=shown.year_of_study) if shown.year_of_study else "",
        shown.city,
    )
    return " · ".join(part for part in parts if part)


def _draw_skills(paper: Paper, shown: Profile | MaskedProfile) -> None:
    """By what they are known from, the surest first; only what the university has approved."""
    known: dict[Evidence, list[str]] = defaultdict(list)
    for held in shown.skills:
        if held.skill.state is SkillState.APPROVED:
            known[held.evidence].append(local_name(held.skill))
    if known:
        paper.heading(_("Skills"), 2)
    paper.facts(
        (capital(EVIDENCE[evidence]), ", ".join(known[evidence]))
        for evidence in reversed(Evidence)
        if evidence in known
    )


def _draw_entries(
    paper: Paper, heading: str, entries: Sequence[ProfileEntry | MaskedEntry]
) -> None:
    if entries:
        paper.heading(heading, 2)
    for entry in entries:
        paper.heading(entry.title, 3)
        time = " – ".join(filter(None, (month(entry.started_on), month(entry.ended_on))))
        paper.paragraph(", ".join(filter(None, (entry.organisation, time))), muted=True)
        paper.paragraph(entry.text)


def _studies(shown: Profile | MaskedProfile) -> list[tuple[object, object]]:
    return [
        (_("Level of education"), DEGREES[shown.degree] if shown.degree else ""),
        (_("Form of study"), STUDY_FORMS[shown.study_form] if shown.study_form else ""),
        (_("Month of graduation"), month(shown.graduates_on)),
        (_("Hours a week"), shown.hours_per_week),
        (
            _("Ready for"),
            ", ".join(str(READINESS[kind]) for kind in Readiness if kind in shown.ready_for),
        ),
        (_("Remote work"), _("ready") if shown.remote_ready else ""),
        (_("Moving"), _("ready to move") if shown.relocation_ready else ""),
        (
            _("Languages"),
            "; ".join(
                f"{language_name(one.language)} – {LEVELS[one.level]}" for one in shown.languages
            ),
        ),
    ]
