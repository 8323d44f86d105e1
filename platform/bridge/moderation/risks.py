"""Risk flags of a case: what to look at twice, and why."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from bridge.accounts.models import User
from bridge.cases.models import Case, CaseKind, CaseState
from bridge.contacts.models import ContactRequest
from bridge.database import utc_now
from bridge.employers.models import Employer, Member
from bridge.extensions import db
from bridge.moderation.scanning import ContactData, find_contact_data, host_of
from bridge.vacancies.models import Vacancy
from bridge.web.labels import Badge

NEW_DAYS = 30
# More requests of one employer within a day than this are many.
MANY_A_DAY = 10
# So many earlier requests with nearly the same message are copies.
COPIES = 3
COPIES_DAYS = 30
COMPARED_AT_MOST = 100
# Of the sequences of this many words that two messages hold, this share is common to both.
SHINGLE, ALIKE = 4, 0.7
# Mailboxes that anybody can open.
FREE_MAIL = frozenset(
    """
    mail.ru bk.ru list.ru inbox.ru internet.ru xmail.ru yandex.ru ya.ru yandex.com rambler.ru
    lenta.ru autorambler.ru gmail.com googlemail.com outlook.com hotmail.com live.com yahoo.com
    icloud.com me.com mac.com proton.me protonmail.com pm.me gmx.de gmx.net aol.com zoho.com
    tutanota.com vk.com qip.ru pochta.ru hotbox.ru mail.com
    """.split()  # noqa: SIM905  a list of so many quoted words is harder to read
)


class Risk(enum.StrEnum):
    NEW_EMPLOYER = "new-employer"
    FREE_MAIL = "free-mail"
    MAIL = "mail"
    PHONE = "phone"
    MESSENGER = "messenger"
    LINK = "link"
    DISGUISED = "disguised"
    MANY_REQUESTS = "many-requests"
    COPIED = "copied"


# Where there is a detail, it stands behind the phrase.
LABELS: dict[Risk, object] = {
    Risk.NEW_EMPLOYER: _l("New enterprise"),
    Risk.FREE_MAIL: _l("Free mailbox"),
    Risk.MAIL: _l("E-mail in the text"),
    Risk.PHONE: _l("Telephone in the text"),
    Risk.MESSENGER: _l("Messenger in the text"),
    Risk.LINK: _l("Link in the text"),
    Risk.DISGUISED: _l("Disguised contact in the text"),
    Risk.MANY_REQUESTS: _l("Many requests"),
    Risk.COPIED: _l("The same message to many"),
}


@dataclass(frozen=True, slots=True)
class Flag:
    """`detail`: a mail domain, or a number of days, requests or places in the text."""

    risk: Risk
    detail: str | int

    @property
    def badge(self) -> Badge:
        return Badge(_phrase(self.risk, self.detail), "warning", "triangle-alert")

    @classmethod
    def read(cls, row: dict[str, Any]) -> Flag:
        return cls(Risk(row["code"]), row["detail"])

    def row(self) -> dict[str, Any]:
        return {"code": self.risk.value, "detail": self.detail}


def _phrase(risk: Risk, detail: str | int) -> object:
    if risk is Risk.NEW_EMPLOYER:
        return _("New enterprise, %(days)s days", days=detail)
    if risk is Risk.FREE_MAIL:
        return _("Free mailbox at %(domain)s", domain=detail)
    if risk is Risk.MANY_REQUESTS:
        return _("%(number)s requests within a day", number=detail)
    if risk is Risk.COPIED:
        return _("The same message as in %(number)s other requests", number=detail)
    return LABELS[risk]


def flags_of(case: Case) -> list[Flag]:
    """As they are now; none where the subject of the case is gone."""
    return list(_FINDERS[case.kind](case.subject_id))


def own_hosts(employer: Employer) -> frozenset[str]:
    """Where the enterprise may send its readers."""
    return frozenset({host_of(employer.site)} - {""}) if employer.site else frozenset()


def _employer(employer_id: int) -> Iterator[Flag]:
    employer = db.session.get(Employer, employer_id)
    if employer is None:
        return
    first = db.session.scalar(
        sa.select(User)
        .join(Member, Member.user_id == User.id)
        .where(Member.employer_id == employer_id)
        .order_by(Member.id)
        .limit(1)
    )
    yield from _free_mail(first)
    yield from _contact_data(employer.about, employer)


def _vacancy(vacancy_id: int) -> Iterator[Flag]:
    vacancy = db.session.get(Vacancy, vacancy_id)
    if vacancy is None:
        return
    yield from _new(vacancy.employer)
    author = vacancy.created_by_id and db.session.get(User, vacancy.created_by_id)
    yield from _free_mail(author or None)
    yield from _contact_data(f"{vacancy.title}\n{vacancy.text}", vacancy.employer)


def _contact(request_id: int) -> Iterator[Flag]:
    request = db.session.get(ContactRequest, request_id)
    if request is None:
        return
    yield from _new(request.employer)
    yield from _free_mail(request.requested_by)
    # A link to the enterprise's own site bypasses the platform as any other does.
    yield from _contact_data(request.message, None)
    yield from _many(request)
    yield from _copied(request)


def _nothing(_subject_id: int) -> Iterator[Flag]:
    return iter(())


def _new(employer: Employer) -> Iterator[Flag]:
    approved_at = db.session.scalar(
        sa.select(sa.func.min(Case.decided_at)).where(
            Case.kind == CaseKind.EMPLOYER,
            Case.subject_id == employer.id,
            Case.state == CaseState.APPROVED,
        )
    )
    days = (utc_now() - (approved_at or employer.created_at)).days
    if days < NEW_DAYS:
        yield Flag(Risk.NEW_EMPLOYER, days)


def _free_mail(user: User | None) -> Iterator[Flag]:
    domain = "" if user is None else user.email.rpartition("@")[2]
    if domain in FREE_MAIL:
        yield Flag(Risk.FREE_MAIL, domain)


def _contact_data(text: str, employer: Employer | None) -> Iterator[Flag]:
    hosts = own_hosts(employer) if employer is not None else frozenset()
    found = [one.kind for one in find_contact_data(text, own_hosts=hosts)]
    for kind in ContactData:
        if kind in found:
            yield Flag(Risk(kind.value), found.count(kind))


def _many(request: ContactRequest) -> Iterator[Flag]:
    number = db.session.scalar(
        sa.select(sa.func.count()).where(
            ContactRequest.employer_id == request.employer_id,
            ContactRequest.created_at > request.created_at - timedelta(days=1),
            ContactRequest.created_at <= request.created_at,
        )
    )
    if number is not None and number > MANY_A_DAY:
        yield Flag(Risk.MANY_REQUESTS, number)


def _copied(request: ContactRequest) -> Iterator[Flag]:
    others = db.session.scalars(
        sa.select(ContactRequest.message)
        .where(
            ContactRequest.employer_id == request.employer_id,
            ContactRequest.id != request.id,
            ContactRequest.created_at > request.created_at - timedelta(days=COPIES_DAYS),
        )
        .order_by(ContactRequest.id.desc())
        .limit(COMPARED_AT_MOST)
    )
    own = _shingles(request.message)
    alike = sum(_similarity(own, _shingles(message)) >= ALIKE for message in others)
    if alike >= COPIES:
        yield Flag(Risk.COPIED, alike)


def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return frozenset(
        tuple(words[start : start + SHINGLE]) for start in range(max(1, len(words) - SHINGLE + 1))
    )


def _similarity(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> float:
    """Jaccard's: the share of what either holds that both hold."""
    return len(one & other) / len(one | other)


_FINDERS = {
    CaseKind.EMPLOYER: _employer,
    CaseKind.VACANCY: _vacancy,
    CaseKind.CONTACT: _contact,
    CaseKind.SKILL: _nothing,
    CaseKind.REPORT: _nothing,
}
