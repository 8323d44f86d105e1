"""Deciding a case: the verdict goes to the feature whose matter it is."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from flask_babel import lazy_gettext as _l

from bridge.accounts.models import User
from bridge.cases.models import Case, CaseKind, CaseState
from bridge.cases.service import decide_case, drop_case
from bridge.contacts import service as contacts
from bridge.contacts.models import ContactRequest
from bridge.employers import service as employers
from bridge.employers.models import Employer
from bridge.errors import DomainError, StaleStateError
from bridge.extensions import db
from bridge.notices.service import notify
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


STATES = {
    Verdict.APPROVE: CaseState.APPROVED,
    Verdict.RETURN: CaseState.RETURNED,
    Verdict.REJECT: CaseState.REJECTED,
    Verdict.MERGE: CaseState.APPROVED,
}
MODELS: dict[CaseKind, type[Employer | Vacancy | ContactRequest | Skill]] = {
    CaseKind.EMPLOYER: Employer,
    CaseKind.VACANCY: Vacancy,
    CaseKind.CONTACT: ContactRequest,
    CaseKind.SKILL: Skill,
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
    return (Verdict.APPROVE, Verdict.RETURN, Verdict.REJECT)


def subject_of(case: Case) -> Any:
    """The row that the case is about."""
    return db.session.get(MODELS[case.kind], case.subject_id)


def clear(case: Case, *, actor: User) -> None:
    """Take a case out of the queue whose subject is gone; StaleStateError where it is not."""
    if subject_of(case) is not None:
        raise StaleStateError
    drop_case(case.kind, case.subject_id, actor=actor)


def decide(
    case: Case,
    verdict: Verdict,
    *,
    actor: User,
    reason_code: str = "",
    note: str = "",
    names: SkillNames | None = None,
    merge_into: Skill | None = None,
) -> None:
    """Close the case and carry the verdict out; StaleStateError where somebody was faster.

    Approving needs no reason; returning and rejecting need one and a note. For skills, approving
    needs `names` and merging `merge_into`.
    """
    if verdict not in verdicts(case.kind):
        raise DomainError
    if verdict in (Verdict.RETURN, Verdict.REJECT) and not (reason_code and note):
        raise DomainError(_l("Returning and rejecting need a reason and a note for the author."))
    if verdict in (Verdict.APPROVE, Verdict.MERGE):
        reason_code = note = ""
    # The case first: everybody who locks cases and their subjects does it in this order.
    decide_case(case, STATES[verdict], actor=actor, reason_code=reason_code, note=note)
    subject = subject_of(case)
    if isinstance(subject, Skill):
        _decide_skill(subject, verdict, actor, names, merge_into)
        return
    service = _SERVICES[case.kind]
    if verdict is Verdict.APPROVE:
        service.approve(subject, actor=actor)
    elif verdict is Verdict.RETURN:
        service.return_for_change(subject, actor=actor, reason_code=reason_code, note=note)
    else:
        service.reject(subject, actor=actor, reason_code=reason_code, note=note)


def _decide_skill(
    skill: Skill,
    verdict: Verdict,
    actor: User,
    names: SkillNames | None,
    merge_into: Skill | None,
) -> None:
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
