"""Deciding a case: the verdict goes to the feature whose matter it is."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from flask_babel import lazy_gettext as _l

from bridge.accounts.models import User
from bridge.cases.models import Batch, Case, CaseKind, CaseState
from bridge.cases.service import approve_first, decide_case, drop_case
from bridge.contacts import service as contacts
from bridge.contacts.models import LIVE, ContactRequest
from bridge.employers import service as employers
from bridge.employers.models import Employer
from bridge.errors import DomainError, NotAllowedError, StaleStateError
from bridge.extensions import db
from bridge.notices.service import notify
from bridge.reports import service as reports
from bridge.reports.models import AbuseReport
from bridge.skills import service as skills
from bridge.skills.models import Skill
from bridge.skills.notices import APPROVED, MERGED, REJECTED
from bridge.vacancies import service as vacancies
from bridge.vacancies.models import Vacancy


class Verdict(enum.StrEnum):
    APPROVE = "approve"
    RETURN = "return"
    REJECT = "reject"
    # of a proposed skill: it is another name of one we have
    MERGE = "merge"
    # of a report of abuse
    NO_BREACH = "no-breach"
    WARN = "warn"
    CLOSE = "close"
    SUSPEND = "suspend"


STATES = {
    Verdict.APPROVE: CaseState.APPROVED,
    Verdict.RETURN: CaseState.RETURNED,
    Verdict.REJECT: CaseState.REJECTED,
    Verdict.MERGE: CaseState.APPROVED,
    Verdict.NO_BREACH: CaseState.REJECTED,
    Verdict.WARN: CaseState.APPROVED,
    Verdict.CLOSE: CaseState.APPROVED,
    Verdict.SUSPEND: CaseState.APPROVED,
}
# These tell somebody what was wrong: by a code and in words.
EXPLAINED = frozenset(
    {Verdict.RETURN, Verdict.REJECT, Verdict.WARN, Verdict.CLOSE, Verdict.SUSPEND}
)
MODELS: dict[CaseKind, type[Employer | Vacancy | ContactRequest | Skill | AbuseReport]] = {
    CaseKind.EMPLOYER: Employer,
    CaseKind.VACANCY: Vacancy,
    CaseKind.CONTACT: ContactRequest,
    CaseKind.SKILL: Skill,
    CaseKind.REPORT: AbuseReport,
}
_SERVICES: dict[CaseKind, ModuleType] = {
    CaseKind.EMPLOYER: employers,
    CaseKind.VACANCY: vacancies,
    CaseKind.CONTACT: contacts,
}


@dataclass(frozen=True, slots=True)
class SkillNames:
    """Under what names a proposed skill goes into the vocabulary."""

    ru: str
    en: str


def verdicts(kind: CaseKind) -> tuple[Verdict, ...]:
    """What can be decided: a proposed skill goes back to nobody, but may be a known one."""
    if kind is CaseKind.SKILL:
        return (Verdict.APPROVE, Verdict.MERGE, Verdict.REJECT)
    if kind is CaseKind.REPORT:
        return (Verdict.NO_BREACH, Verdict.WARN, Verdict.CLOSE, Verdict.SUSPEND)
    return (Verdict.APPROVE, Verdict.RETURN, Verdict.REJECT)


def possible_verdicts(case: Case) -> tuple[Verdict, ...]:
    """Those of the kind that this one allows: a report may be about no contact, or about a
    student."""
    subject = subject_of(case)
    if not isinstance(subject, AbuseReport):
        return verdicts(case.kind)
    may_close = subject.request is not None and subject.request.state in LIVE
    may_suspend = subject.employer is not None and subject.employer.is_working
    impossible = {
        *(() if may_close else (Verdict.CLOSE,)),
        *(() if may_suspend else (Verdict.SUSPEND,)),
    }
    return tuple(verdict for verdict in verdicts(case.kind) if verdict not in impossible)


def subject_of(case: Case) -> Any:
    """The row that the case is about."""
    return db.session.get(MODELS[case.kind], case.subject_id)


def clear(case: Case, *, actor: User) -> None:
    """Take a case out of the queue whose subject is gone; StaleStateError where it is not."""
    if subject_of(case) is not None:
        raise StaleStateError
    drop_case(case.kind, case.subject_id, actor=actor)


def reason_for(verdict: Verdict, reason_code: str, note: str) -> tuple[str, str]:
    """The reason and the note that the verdict is given with; DomainError where they are missing.
    Approving needs none."""
    if verdict not in EXPLAINED:
        return "", ""
    if not (reason_code and note):
        raise DomainError(_l("Returning and rejecting need a reason and a note for the author."))
    return reason_code, note


def needs_another(case: Case, actor: User) -> bool:
    """The actor has approved it, and a second person must."""
    return case.four_eyes and case.first_by_id == actor.id


def decide(
    case: Case,
    verdict: Verdict,
    *,
    actor: User | None,
    reason_code: str = "",
    note: str = "",
    names: SkillNames | None = None,
    merge_into: Skill | None = None,
    batch: Batch | None = None,
) -> None:
    """Close the case and carry the verdict out; StaleStateError where somebody was faster.

    Approving needs no reason; returning and rejecting need one and a note. For skills, approving
    needs `names` and merging `merge_into`. Of a case that needs four eyes the first approval
    leaves it waiting for the second, which must be another's. Without an actor the platform
    decides by the staff's rules. `batch`: see `decide_case`.
    """
    if verdict not in verdicts(case.kind):
        raise DomainError
    reason_code, note = reason_for(verdict, reason_code, note)
    needs_second = verdict is Verdict.APPROVE and case.four_eyes
    if needs_second and (actor is None or needs_another(case, actor)):
        raise NotAllowedError(_l("You have approved this already: the second must be another."))
    if needs_second and actor is not None and case.first_by_id is None:
        approve_first(case, actor=actor, batch=batch)
        return
    # The case first: everybody who locks cases and their subjects does it in this order.
    decide_case(
        case,
        STATES[verdict],
        actor=actor,
        reason_code=reason_code,
        note=note,
        batch=batch,
        only_if=(Case.first_by_id == case.first_by_id,) if needs_second else (),
    )
    subject = subject_of(case)
    if isinstance(subject, AbuseReport):
        _decide_report(subject, verdict, actor, reason_code, note)
    elif isinstance(subject, Skill):
        _decide_skill(subject, verdict, actor, names, merge_into)
    else:
        _carry_out(case.kind, subject, verdict, actor, reason_code, note)


def _carry_out(
    kind: CaseKind, subject: Any, verdict: Verdict, actor: User | None, reason_code: str, note: str
) -> None:
    service = _SERVICES[kind]
    if verdict is Verdict.APPROVE:
        service.approve(subject, actor=actor)
        return
    act = service.return_for_change if verdict is Verdict.RETURN else service.reject
    act(subject, actor=actor, reason_code=reason_code, note=note)


def _decide_report(
    report: AbuseReport, verdict: Verdict, actor: User | None, reason_code: str, note: str
) -> None:
    if actor is None:
        raise NotAllowedError
    if verdict is Verdict.NO_BREACH:
        reports.dismiss(report, actor=actor)
        return
    act = {
        Verdict.WARN: reports.warn,
        Verdict.CLOSE: reports.close_contact,
        Verdict.SUSPEND: reports.suspend_employer,
    }[verdict]
    act(report, actor=actor, reason_code=reason_code, note=note)


def _decide_skill(
    skill: Skill,
    verdict: Verdict,
    actor: User | None,
    names: SkillNames | None,
    merge_into: Skill | None,
) -> None:
    if actor is None:
        raise NotAllowedError
    if verdict is Verdict.APPROVE:
        if names is None:
            raise DomainError
        skills.approve(skill, actor=actor, name_ru=names.ru, name_en=names.en)
        _tell_proposer(skill, APPROVED)
    elif verdict is Verdict.MERGE:
        if merge_into is None:
            raise DomainError
        skills.merge(skill, merge_into, actor=actor)
        _tell_proposer(skill, MERGED)
    else:
        skills.reject(skill, actor=actor)
        _tell_proposer(skill, REJECTED)


def _tell_proposer(proposal: Skill, kind: str) -> None:
    if proposal.proposed_by_id is None:
        return
    proposer = db.session.get(User, proposal.proposed_by_id)
    if proposer is not None:
        notify(proposer, kind, proposal)
