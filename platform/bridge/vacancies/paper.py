"""A vacancy on paper, to be hung up or passed on."""

from __future__ import annotations

from typing import Any

from flask import get_template_attribute
from flask_babel import gettext as _

from bridge.vacancies.labels import KINDS
from bridge.vacancies.models import SkillNeed, Vacancy
from bridge.web.i18n import local_name, short_date
from bridge.web.paper import SMALL, Paper, made_today


def vacancy_pdf(vacancy: Vacancy, url: str) -> bytes:
    """url: where the vacancy is found and applied for."""
    paper = Paper(vacancy.title)
    paper.paragraph(f"{vacancy.employer.name} · {KINDS[vacancy.kind]}", muted=True)
    paper.heading(vacancy.title, 1)
    paper.facts(
        [
            (_("Where the work is done"), _words("place", vacancy)),
            (_("Hours a week"), vacancy.hours_per_week),
            (_("Pay"), _words("pay", vacancy)),
            (_("Applications until"), short_date(vacancy.deadline)),
        ]
    )
    if vacancy.text:
        paper.heading(_("What the work is"), 2)
        paper.paragraph(vacancy.text)
    if vacancy.skills:
        paper.heading(_("Skills"), 2)
        paper.facts(
            (label, ", ".join(local_name(skill) for skill in vacancy.skills_of(need)))
            for need, label in (
                (SkillNeed.MUST, _("Required skills")),
                (SkillNeed.NICE, _("Desirable skills")),
            )
        )
    paper.heading(_("Who is eligible"), 2)
    asked = _eligibility(vacancy)
    paper.facts(asked)
    if not any(value for _label, value in asked):
        paper.paragraph(_("Every student who is ready for this kind of work."))
    if vacancy.employer.about:
        paper.heading(vacancy.employer.name, 2)
        paper.paragraph(vacancy.employer.about)
    paper.ln(3)
    paper.paragraph(url)
    paper.paragraph(made_today(), muted=True, size=SMALL)
    return bytes(paper.output())


def _eligibility(vacancy: Vacancy) -> list[tuple[object, str]]:
    city = vacancy.city if vacancy.city_required else ""
    return [
        (_("Degree"), _words("degrees", vacancy.degrees)),
        (_("Year of study"), _words("years", vacancy.year_from, vacancy.year_to)),
        (_("Graduation"), _words("months", vacancy.graduates_from, vacancy.graduates_to)),
        (_("Languages"), _words("languages", vacancy.languages)),
        (_("City"), _("%(city)s or ready to move there", city=city) if city else ""),
    ]


def _words(macro: str, *values: Any) -> str:
    """What the page of the vacancy says, as plain text."""
    return str(get_template_attribute("vacancies/_parts.html", macro)(*values).striptags())
