"""What staff see of a case's subject: the rows its panel shows, and what to look at twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import joinedload, selectinload, undefer

from bridge.accounts.models import Role, User
from bridge.candidates.blindness import blindness
from bridge.candidates.labels import SERIES, SERIES_LABELS, TEXTS
from bridge.candidates.models import Candidate
from bridge.candidates.ranking import Ranking
from bridge.cases.models import Case, CaseKind, CaseState
from bridge.contacts.models import PENDING, ContactRequest
from bridge.contacts.replay import replay
from bridge.employers.models import Employer
from bridge.employers.queries import WITH_MEMBERS
from bridge.extensions import db
from bridge.moderation.queries import has_published
from bridge.moderation.risks import Flag, flags_of, own_hosts
from bridge.moderation.scanning import pieces
from bridge.reports.models import ReportState
from bridge.reports.queries import whole_report
from bridge.skills.models import PROPOSAL_MARK, Skill
from bridge.skills.queries import by_slugs
from bridge.skills.vocabulary import vocabulary
from bridge.students.models import Profile, ProfileSkill
from bridge.vacancies.models import Vacancy
from bridge.vacancies.queries import WHOLE
from bridge.web.labels import Badge

# More unanswered requests to one student than this look like spam.
MANY_REQUESTS = 3
ROLES: dict[Role, object] = {
    Role.STUDENT: _l("a student"),
    Role.MEMBER: _l("a member of an enterprise"),
    Role.STAFF: _l("the university"),
    Role.ADMIN: _l("the university"),
}
# By the table that a report names.
ABOUT: dict[str, object] = {
    "contact_request": _l("the whole contact"),
    "message": _l("one message"),
    "vacancy": _l("the vacancy"),
    "employer": _l("the enterprise as a whole"),
}


@dataclass(frozen=True, slots=True)
class Panel:
    """`template` lies in moderation/panels and gets `subject` and `context`."""

    template: str
    subject: Any
    flags: list[Badge] = field(default_factory=list)
    context: dict[str, Any] = field(default_factory=dict)
    risks: list[Flag] = field(default_factory=list)


def panel_of(case: Case) -> Panel | None:
    """None where what the case was about is gone."""
    try:
        panel = _PANELS[case.kind](case.subject_id)
    except NoResultFound:
        return None
    return replace(panel, risks=flags_of(case)) if case.state is CaseState.WAITING else panel


def _warning(label: object) -> Badge:
    return Badge(label, "warning", "triangle-alert")


def _employer(employer_id: int) -> Panel:
    employer = db.session.get_one(Employer, employer_id, options=[WITH_MEMBERS])
    flags = [Badge(_("The INN agrees with its check digits"), "ok", "circle-check")]
    if not employer.site:
        flags.append(_warning(_("No site is given")))
    if not any(member.user.email_confirmed_at for member in employer.members):
        flags.append(_warning(_("The e-mail is not confirmed yet")))
    if not employer.contact_phone:
        flags.append(_warning(_("No phone is given")))
    about = pieces(employer.about, own_hosts=own_hosts(employer))
    return Panel("employer", employer, flags, {"pieces": about})


def _vacancy(vacancy_id: int) -> Panel:
    vacancy = db.session.get_one(Vacancy, vacancy_id, options=[*WHOLE])
    flags = []
    if not vacancy.employer.is_working:
        flags.append(Badge(_("The enterprise is not working"), "bad", "circle-alert"))
    if vacancy.published_at is not None:
        flags.append(Badge(_("Was published before"), "neutral", "history"))
    elif not has_published(vacancy.employer_id):
        flags.append(Badge(_("First vacancy of the enterprise"), "accent", "sparkles"))
    if vacancy.pay_from is None and vacancy.pay_to is None:
        flags.append(_warning(_("No pay is given")))
    if not vacancy.skills:
        flags.append(_warning(_("No skills are named")))
    context = {
        "pieces": pieces(vacancy.text, own_hosts=own_hosts(vacancy.employer)),
        "blindness": blindness(Ranking(vacancy, learns=False)),
    }
    return Panel("vacancy", vacancy, flags, context)


def _contact(request_id: int) -> Panel:
    request = db.session.get_one(
        ContactRequest,
        request_id,
        options=[
            joinedload(ContactRequest.candidate).joinedload(Candidate.profile),
            joinedload(ContactRequest.profile).joinedload(Profile.user),
            joinedload(ContactRequest.profile).joinedload(Profile.direction),
            joinedload(ContactRequest.profile)
            .selectinload(Profile.skills)
            .joinedload(ProfileSkill.skill),
            joinedload(ContactRequest.vacancy).options(*WHOLE),
            joinedload(ContactRequest.requested_by),
            selectinload(ContactRequest.messages),
            undefer(ContactRequest.inputs),
        ],
    )
    flags = []
    pending = _pending_count(request.profile_id)
    if pending > MANY_REQUESTS:
        flags.append(_warning(_("The student has %(number)s open requests", number=pending)))
    if not request.profile.is_published:
        flags.append(Badge(_("The profile is not published any more"), "bad", "eye-off"))
    if not request.vacancy.is_open:
        flags.append(Badge(_("The vacancy is not open any more"), "bad", "circle-alert"))
    context = {
        "parts": _score_parts(request.basis),
        "replayed": replay(request),
        "pieces": pieces(request.message),
    }
    return Panel("contact", request, flags, context)


def _score_parts(basis: dict[str, Any]) -> list[tuple[object, float, int]]:
    """The score at the time of asking, by colour: label, share in 0..1, series."""
    sums: dict[int, float] = {}
    for kind, share in basis.get("parts", {}).items():
        series = SERIES.get(kind, TEXTS)
        sums[series] = sums.get(series, 0.0) + share
    return [(SERIES_LABELS[series], share, series) for series, share in sorted(sums.items())]


def _pending_count(profile_id: int) -> int:
    select = sa.select(sa.func.count()).where(
        ContactRequest.profile_id == profile_id, ContactRequest.state.in_(PENDING)
    )
    return db.session.scalar(select) or 0


def _report(report_id: int) -> Panel:
    report = whole_report(report_id)
    reporter = report.reporter
    accused: object = _("a student")
    if report.employer is not None:
        accused = report.employer.name
    elif report.request is not None:
        accused = _(
            "%(student)s, candidate %(pseudonym)s",
            student=report.request.profile.user.name,
            pseudonym=report.request.candidate.pseudonym,
        )
    is_open = report.request is not None and report.request.is_open
    return Panel(
        "report",
        report,
        context={
            "about": ABOUT[report.about.partition(":")[0]],
            "reporter": _("a deleted account")
            if reporter is None
            else f"{reporter.name}, {ROLES[reporter.role]}",
            "accused": accused,
            "may_read": is_open and report.state is ReportState.OPEN,
        },
    )


def _skill(skill_id: int) -> Panel:
    skill = db.session.get_one(Skill, skill_id)
    proposer = db.session.get(User, skill.proposed_by_id) if skill.proposed_by_id else None
    used = db.session.scalar(sa.select(sa.func.count()).where(ProfileSkill.skill_id == skill.id))
    return Panel(
        "skill",
        skill,
        context={
            "proposer": _("the platform") if proposer is None else ROLES[proposer.role],
            "profiles": used or 0,
            "similar": _similar(skill),
        },
    )


def _similar(skill: Skill) -> list[Skill]:
    """Approved skills that the proposal may be another name of: by the beginnings of its words."""
    words = skill.slug.removeprefix(PROPOSAL_MARK).split()
    found = {
        concept.slug
        for word in words
        for concept in vocabulary().suggest(word[: max(4, len(word) - 2)], 5)
    }
    return sorted(by_slugs(found).values(), key=lambda other: other.name_ru)[:8]


_PANELS: dict[CaseKind, Callable[[int], Panel]] = {
    CaseKind.EMPLOYER: _employer,
    CaseKind.VACANCY: _vacancy,
    CaseKind.CONTACT: _contact,
    CaseKind.SKILL: _skill,
    CaseKind.REPORT: _report,
}
