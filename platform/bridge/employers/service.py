"""The verbs of an employer: apply, be decided on, be edited, suspended, joined by colleagues."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from bridge import audit, events
from bridge.accounts import service as accounts
from bridge.accounts.models import Role, User
from bridge.accounts.queries import user_by_email
from bridge.accounts.service import Stranger
from bridge.accounts.throttling import LETTER, spend
from bridge.audit import Subject
from bridge.cases.models import CaseKind
from bridge.cases.service import open_case
from bridge.employers.models import Employer, EmployerState, Member
from bridge.employers.notices import REINSTATED, kind_of
from bridge.employers.queries import employer_by_inn
from bridge.errors import DomainError, NotAllowedError
from bridge.extensions import db
from bridge.mail.service import enqueue
from bridge.notices.service import notify_all
from bridge.transitions import transition


class InnTakenError(DomainError):
    status = 409
    field = "inn"
    message = _l(
        "This enterprise is already registered. Ask your colleagues there for an invitation."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyDetails:
    """What an enterprise says of itself; the lengths are those of the columns."""

    name: str
    inn: str
    ogrn: str = ""
    site: str = ""
    city: str = ""
    about: str = ""
    contact_name: str
    contact_phone: str = ""
    cluster_member: bool = False


# What the university checks: only where it has returned the application may a member change it.
VOUCHED = frozenset({"name", "inn", "ogrn", "cluster_member"})


def has_fixed_details(employer: Employer) -> bool:
    """The university is looking at its name and numbers, or has given its word for them: what it
    approves must be what it saw."""
    return employer.state is not EmployerState.RETURNED


def is_inn_taken(inn: str, *, other_than: int | None = None) -> bool:
    return bool(
        db.session.scalar(
            sa.select(sa.exists().where(Employer.inn == inn, Employer.id != (other_than or 0)))
        )
    )


def apply(
    details: CompanyDetails, *, email: str, password: str, position: str, locale: str
) -> Employer | None:
    """Enter an enterprise with its first member and put it into the queue.

    None where the e-mail is known already, or where another application for the enterprise waits
    for the confirmation of its address: then a letter tells, and the applicant must see the same
    page as ever, or a second try would show whether the first one's address was known. Raises
    InnTakenError where the enterprise has come.
    """
    holder = employer_by_inn(details.inn)
    if holder is not None and _has_come(holder):
        raise InnTakenError
    if holder is not None and user_by_email(email) is None:
        _tell_application_waits(Stranger(email, locale, details.contact_name), details.inn)
        return None
    user = accounts.register(
        email, details.contact_name, Role.MEMBER, password=password, locale=locale
    )
    if user is None:
        return None
    employer = Employer(**asdict(details))
    employer.members.append(Member(user=user, position=position))
    db.session.add(employer)
    try:
        _flush_unique_inn()
    except InnTakenError:
        # Somebody was faster: now there is a holder.
        return apply(details, email=email, password=password, position=position, locale=locale)
    audit.record("employer.applied", employer, actor=user)
    _ask_for_approval(employer)
    return employer


def approve(employer: Employer, *, actor: User) -> None:
    _decide(employer, EmployerState.APPROVED, actor=actor)


def return_for_change(employer: Employer, *, actor: User, reason_code: str, note: str = "") -> None:
    _decide(employer, EmployerState.RETURNED, actor=actor, reason_code=reason_code, note=note)


def reject(employer: Employer, *, actor: User, reason_code: str, note: str = "") -> None:
    _decide(employer, EmployerState.REJECTED, actor=actor, reason_code=reason_code, note=note)


def edit(employer: Employer, details: CompanyDetails, *, actor: User) -> None:
    """Write new details; those that the university checks only where it has asked for that.

    Raises InnTakenError.
    """
    if employer.state is EmployerState.REJECTED:
        raise NotAllowedError
    kept = VOUCHED if has_fixed_details(employer) else frozenset[str]()
    if "inn" not in kept and is_inn_taken(details.inn, other_than=employer.id):
        raise InnTakenError
    changed = []
    for name, value in asdict(details).items():
        if name not in kept and getattr(employer, name) != value:
            setattr(employer, name, value)
            changed.append(name)
    if changed:
        _flush_unique_inn()
        audit.record("employer.edited", employer, actor=actor, fields=sorted(changed))


def resubmit(employer: Employer, *, actor: User) -> None:
    """Put an application that was returned into the queue again."""
    transition(
        employer,
        EmployerState.APPLIED,
        allowed_from=(EmployerState.RETURNED,),
        actor=actor,
        values={"reason_code": "", "note": ""},
    )
    _ask_for_approval(employer)


def suspend(employer: Employer, *, actor: User, reason_code: str, note: str) -> None:
    """Stop an employer's work: its vacancies leave the students' sight, pending requests end."""
    transition(
        employer,
        EmployerState.SUSPENDED,
        allowed_from=(EmployerState.APPROVED,),
        actor=actor,
        values={"reason_code": reason_code, "note": note, "trusted": False},
        reason=reason_code,
    )
    events.employer_suspended.send(employer, actor=actor)
    tell_members(employer, kind_of(EmployerState.SUSPENDED))


def set_trusted(employer: Employer, trusted: bool, *, actor: User) -> None:
    """Let its contact requests and further vacancies be approved automatically, or no longer.
    NotAllowedError for one that does not work."""
    if trusted and not employer.is_working:
        raise NotAllowedError
    if employer.trusted != trusted:
        employer.trusted = trusted
        audit.record(f"employer.{'trusted' if trusted else 'distrusted'}", employer, actor=actor)


def reinstate(employer: Employer, *, actor: User) -> None:
    transition(
        employer,
        EmployerState.APPROVED,
        allowed_from=(EmployerState.SUSPENDED,),
        actor=actor,
        values={"reason_code": "", "note": ""},
    )
    tell_members(employer, REINSTATED)


def invite(employer: Employer, *, email: str, name: str, position: str, actor: User) -> None:
    """Ask a colleague to join, by mail.

    Nothing tells the caller whether the address is known: its owner gets a letter in any case.
    A colleague who was invited before and has not come gets the invitation once more.
    """
    if not employer.is_working:
        raise NotAllowedError(_l("Colleagues can be invited once the university has approved you."))
    if spend(LETTER, email):
        return
    known = user_by_email(email)
    if known is None:
        user = accounts.create_user(email, name, Role.MEMBER, actor=actor, locale=actor.locale)
        member = Member(user=user, employer=employer, position=position, invited_by_id=actor.id)
        db.session.add(member)
        db.session.flush()
        audit.record("member.invited", member, actor=actor)
        accounts.invite(user, actor=actor)
    elif _is_awaited(known, employer):
        accounts.invite(known, actor=actor)
    elif known.is_active:
        enqueue(known, "employers/invited-known", employer=employer)


def tell_members(employer: Employer, kind: str, subject: Subject | None = None) -> None:
    """Tell every member of what happened to the employer, or to `subject`, which is theirs."""
    notify_all([member.user for member in employer.members], kind, subject or employer)


def _is_awaited(user: User, employer: Employer) -> bool:
    """Invited by this employer and has not come yet."""
    arrived = user.password_hash is not None or user.email_confirmed_at is not None
    here = user.member is not None and user.member.employer_id == employer.id
    return user.is_active and here and not arrived


def _has_come(employer: Employer) -> bool:
    """Somebody of it has confirmed an address, or the university has decided on it."""
    confirmed = any(member.user.email_confirmed_at for member in employer.members)
    return confirmed or employer.state is not EmployerState.APPLIED


def _tell_application_waits(applicant: Stranger, inn: str) -> None:
    if not spend(LETTER, applicant.email):
        enqueue(applicant, "employers/application-waits", inn=inn)


def _ask_for_approval(employer: Employer) -> None:
    open_case(CaseKind.EMPLOYER, employer.id, title=employer.name, employer_id=employer.id)


def _decide(
    employer: Employer,
    verdict: EmployerState,
    *,
    actor: User,
    reason_code: str = "",
    note: str = "",
) -> None:
    transition(
        employer,
        verdict,
        allowed_from=(EmployerState.APPLIED,),
        actor=actor,
        values={"reason_code": reason_code, "note": note},
        reason=reason_code,
    )
    tell_members(employer, kind_of(verdict))


def _flush_unique_inn() -> None:
    """Two who apply for one enterprise at once: the database lets one through."""
    try:
        db.session.flush()
    except IntegrityError as error:
        db.session.rollback()
        raise InnTakenError from error
