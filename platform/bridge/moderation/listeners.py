"""What the platform does with a case before anybody sees it: flags, four eyes, automatic
approval."""

from __future__ import annotations

from random import SystemRandom

from bridge import events
from bridge.accounts.models import User
from bridge.cases.models import Case, CaseKind
from bridge.cases.settings import present_settings
from bridge.employers.models import Employer
from bridge.extensions import db
from bridge.moderation.queries import has_published
from bridge.moderation.risks import flags_of
from bridge.moderation.service import Verdict, decide

# Not to be foreseen by those whose requests are drawn.
_lot = SystemRandom()


def on_case_opened(case: Case, *, actor: User | None) -> None:
    flags = flags_of(case)
    case.flags = [flag.row() for flag in flags]
    case.flag_count = len(flags)
    is_first = case.kind is CaseKind.VACANCY and not has_published(case.employer_id)
    case.four_eyes = is_first
    if _may_pass(case):
        case.spot_check = _lot.random() * 100 < present_settings().spot_check_percent
    db.session.flush()
    if _may_pass(case) and not case.spot_check:
        decide(case, Verdict.APPROVE, actor=actor)


def _may_pass(case: Case) -> bool:
    """A trusted employer's contact request, or vacancy other than the first, with nothing to look
    at twice."""
    if case.kind not in (CaseKind.CONTACT, CaseKind.VACANCY) or case.employer_id is None:
        return False
    employer = db.session.get_one(Employer, case.employer_id)
    return employer.trusted and employer.is_working and not case.four_eyes and not case.flag_count


def connect() -> None:
    """Connecting twice is the same as once."""
    events.case_opened.connect(on_case_opened)
