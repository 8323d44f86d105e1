"""What one enterprise, one student and one browser may do in a day or a minute, and no more."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from bridge.accounts.models import Role
from bridge.accounts.throttling import spend
from bridge.cases.models import Case, CaseKind
from bridge.contacts.models import ContactRequest
from bridge.database import as_of, utc_now
from bridge.extensions import db
from bridge.limits.models import LimitSettings
from bridge.limits.service import ONLY_ROW, REQUESTS_A_DAY
from bridge.skills.models import Skill
from bridge.skills.service import PROPOSING, TooManyProposalsError, find_or_propose
from bridge.skills.views import SUGGESTING
from tests.attacks.pages import client_of
from tests.client import submit
from tests.contacts.scene import MESSAGE, make_candidate
from tests.factories import make_employer, make_member, make_student, make_user, make_vacancy

TOMORROW = timedelta(days=1)


def count(model: type[ContactRequest] | type[Skill]) -> int:
    found = db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0
    db.session.rollback()
    return found


def test_an_enterprise_sends_a_day_s_requests_and_no_more(app: Flask) -> None:
    most = REQUESTS_A_DAY.least
    db.session.add(LimitSettings(id=ONLY_ROW, values={REQUESTS_A_DAY.name: most}))
    employer, other = make_employer(), make_employer()
    first, second, foreign = make_member(employer), make_member(employer), make_member(other)
    vacancy, theirs = make_vacancy(employer), make_vacancy(other)
    profiles = [make_student(skills=("python",)) for _ in range(most + 1)]
    pages = [
        f"/hr/vacancies/{of.id}/candidates/{make_candidate(of, profile).pseudonym}/request"
        for of, profile in [*((vacancy, one) for one in profiles), (theirs, profiles[0])]
    ]
    db.session.commit()
    clients = [client_of(app, member.user) for member in (first, second)]
    # Colleagues share the budget; what was refused for another reason costs nothing of it.
    for number, page in enumerate(pages[:most]):
        assert submit(clients[number % 2], page, {"message": MESSAGE}).status_code == 303
        assert submit(clients[0], pages[most], {"message": ""}).status_code == 422
    refused = submit(clients[1], pages[most], {"message": MESSAGE})
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 3600
    assert MESSAGE in refused.text, "what was written is kept"
    assert count(ContactRequest) == most
    assert submit(client_of(app, foreign.user), pages[-1], {"message": MESSAGE}).status_code == 303
    with as_of(utc_now() + TOMORROW):
        again = client_of(app, second.user)
        assert submit(again, pages[most], {"message": MESSAGE}).status_code == 303
    assert count(ContactRequest) == most + 2


def test_a_person_proposes_a_day_s_skills_and_no_more(app: Flask) -> None:
    profile, other, staff = make_student(), make_student(), make_user(Role.STAFF)
    member = make_member()
    for number in range(PROPOSING.limit):
        find_or_propose(f"Ыъ{number} ремесло", actor=profile.user)
    db.session.commit()
    student = client_of(app, profile.user)
    # What the vocabulary knows, and what somebody has proposed already, is no proposal.
    known = submit(student, "/profile/skills", {"names": "Python, SQL, Git, Ыъ1 ремесло"})
    assert known.status_code == 303
    before = count(Skill)
    refused = submit(student, "/profile/skills", {"names": "Python, SQL, Git, Ыъщ промысел"})
    assert refused.status_code == 429
    assert "as many new skills as one may in a day" in refused.text
    assert "Ыъщ промысел" in refused.text, "what was written is kept"
    assert count(Skill) == before
    for free in (other.user, member.user, staff):
        find_or_propose(f"Ыъщ промысел {free.id}", actor=free)
    with pytest.raises(TooManyProposalsError):
        find_or_propose("Ыъщ промысел", actor=profile.user)
    with as_of(utc_now() + TOMORROW):
        find_or_propose("Ыъщ промысел", actor=profile.user)
    cases = sa.select(sa.func.count()).where(Case.kind == CaseKind.SKILL)
    assert db.session.scalar(cases) == PROPOSING.limit + 4


def test_a_browser_asks_for_suggestions_as_fast_as_people_type(app: Flask) -> None:
    user, other = make_student().user, make_student().user
    db.session.commit()
    now = utc_now()
    with as_of(now):
        for _ in range(SUGGESTING.limit - 1):
            assert spend(SUGGESTING, user.id) == 0
        client = client_of(app, user)
        assert client.get("/skills?q=pyth").status_code == 200
        refused = client.get("/skills?q=pyth")
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
        assert client_of(app, other).get("/skills?q=pyth").status_code == 200
    with as_of(now + timedelta(seconds=1)):
        assert client.get("/skills?q=pyth").status_code == 200
