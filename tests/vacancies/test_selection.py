"""Open selections: the staff open one, employers see the names of those students who allow it, and
of nobody else; contacts stay hidden."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bridge.accounts.models import Role
from bridge.audit import AuditEntry
from bridge.candidates.models import Candidate
from bridge.consents.models import Consent, Purpose
from bridge.consents.service import ConsentNeededError
from bridge.database import as_of, utc_now
from bridge.employers.models import Member
from bridge.extensions import db
from bridge.students.models import Profile
from bridge.students.service import hide_without_consent, show_name
from bridge.vacancies.models import Vacancy
from bridge.vacancies.service import set_blind
from tests.attacks.pages import client_of
from tests.client import forms_of, submit
from tests.consents.test_consents import ASKED, GRACE, publish, receipts
from tests.factories import make_member, make_student, make_user, make_vacancy

SHOWN, SHY = "Светлана Открытая", "Пётр Закрытый"


def make_sides() -> tuple[Member, Vacancy, list[Profile]]:
    member = make_member()
    vacancy = make_vacancy(member.employer, must=("python",))
    profiles = [
        make_student(
            user=make_user(Role.STUDENT, name=name, email=f"secret{number}@example.test"),
            skills=("python",),
            summary=f"Меня зовут {name}, secret{number}@example.test.",
            phone="+7 912 345-67-89",
        )
        for number, name in enumerate((SHOWN, SHY))
    ]
    show_name(profiles[0], actor=profiles[0].user)
    db.session.commit()
    return member, vacancy, profiles


def texts(client: FlaskClient, vacancy: Vacancy) -> dict[str, str]:
    """Whatever the employer may open of the two."""
    base = f"/hr/vacancies/{vacancy.id}"
    client.get(f"{base}/candidates")
    names = db.session.scalars(sa.select(Candidate.pseudonym).order_by(Candidate.profile_id)).all()
    query = "&".join(f"c={name}" for name in names)
    addresses = [
        f"{base}/candidates",
        f"{base}/compare?{query}",
        *(f"{base}/candidates/{name}" for name in names),
        *(f"{base}/candidates/{name}/request" for name in names),
        f"{base}/candidates.csv",
        "/hr/requests",
        "/notices/",
    ]
    return {address: client.get(address).text for address in addresses}


def test_an_open_selection_shows_only_who_allows_it(app: Flask) -> None:
    member, vacancy, _profiles = make_sides()
    other = make_vacancy(member.employer, must=("python",))
    set_blind(vacancy, False, actor=make_user(Role.STAFF))
    db.session.commit()
    client = client_of(app, member.user)
    found = texts(client, vacancy)
    named = [address for address, text in found.items() if SHOWN in text]
    first = next(iter(address for address in found if "/candidates/" in address))
    base = f"/hr/vacancies/{vacancy.id}"
    assert named == [
        f"{base}/candidates",
        next(address for address in found if "/compare" in address),
        first,
        f"{first}/request",
    ]
    for text in found.values():
        assert SHY.split()[0] not in text
        assert "secret" not in text
        assert "345-67-89" not in text
    assert "The university has opened this selection" in found[f"{base}/candidates"]
    assert SHOWN not in client.get(f"/hr/vacancies/{other.id}/candidates").text


def test_only_staff_open_a_selection_and_it_is_logged(app: Flask) -> None:
    member, vacancy, _profiles = make_sides()
    staff = make_user(Role.STAFF)
    db.session.commit()
    page, action = f"/vacancies/{vacancy.id}", f"/staff/vacancies/{vacancy.id}/selection/open"
    client = client_of(app, member.user)
    assert action not in client.get(page).text
    client = client_of(app, staff)
    assert submit(client, page, action=action).status_code == 303
    db.session.refresh(vacancy)
    assert not vacancy.blind
    client = client_of(app, member.user)
    assert SHOWN in client.get(f"/hr/vacancies/{vacancy.id}/candidates").text
    client = client_of(app, staff)
    back = f"/staff/vacancies/{vacancy.id}/selection/blind"
    assert submit(client, page, action=back).status_code == 303
    acts = sa.select(AuditEntry.action, AuditEntry.actor_id).where(
        AuditEntry.action.in_(("vacancy.opened", "vacancy.blind"))
    )
    rows = db.session.execute(acts.order_by(AuditEntry.id)).all()
    assert [tuple(row) for row in rows] == [
        ("vacancy.opened", staff.id),
        ("vacancy.blind", staff.id),
    ]
    client = client_of(app, member.user)
    assert SHOWN not in client.get(f"/hr/vacancies/{vacancy.id}/candidates").text


def test_students_read_it_before_they_apply_or_publish(app: Flask) -> None:
    _member, vacancy, (shown, shy) = make_sides()
    staff = make_user(Role.STAFF)
    db.session.commit()
    line = "Open selection: the enterprise sees the names of students who allow it."
    pages = (f"/vacancies/{vacancy.id}", f"/vacancies/{vacancy.id}/apply")
    client = client_of(app, shown.user)
    assert [page for page in pages if line in client.get(page).text] == []
    db.session.rollback()
    set_blind(db.session.get_one(Vacancy, vacancy.id), False, actor=staff)
    db.session.commit()
    for profile, own in ((shown, "You allow your name."), (shy, "You are seen under a pseudonym.")):
        client = client_of(app, profile.user)
        for page in pages:
            text = client.get(page).text
            assert line in text
            assert own in text
    assert "For some vacancies the university opens the selection." in client.get("/profile").text


def test_the_name_needs_its_consent_and_goes_with_it(app: Flask) -> None:
    profile = make_student(skills=("python",))
    document = publish(Purpose.NAMED)
    with pytest.raises(ConsentNeededError):
        show_name(profile, actor=profile.user)
    db.session.rollback()
    client = client_of(app, profile.user)
    refused = submit(client, "/profile", action="/profile/name")
    assert (refused.status_code, ASKED in refused.text) == (422, True)
    given = submit(client, "/profile", {"naming-consent": "y"}, action="/profile/name")
    assert given.status_code == 303
    db.session.refresh(profile)
    assert profile.shows_name
    assert receipts(profile.user) == [(document.id, "named", True)]
    # Hiding it in the profile takes the consent back, and the other way round.
    assert submit(client, "/profile", action="/profile/name/hide").status_code == 303
    db.session.refresh(profile)
    assert not profile.shows_name
    assert receipts(profile.user) == [(document.id, "named", False)]
    submit(client, "/profile", {"naming-consent": "y"}, action="/profile/name")
    consent = db.session.scalars(sa.select(Consent).order_by(Consent.id.desc())).first()
    assert consent is not None
    assert submit(client, f"/consents/{consent.id}/withdraw").status_code == 303
    db.session.refresh(profile)
    assert not profile.shows_name
    assert profile.is_published


def test_whoever_lets_the_term_of_a_new_version_pass_is_hidden(app: Flask) -> None:
    silent, agreed = (make_student(skills=("python",)) for _ in range(2))
    for profile in (silent, agreed):
        show_name(profile, actor=profile.user)
    document = publish(Purpose.NAMED)
    db.session.add(Consent(user_id=agreed.user_id, document=document, act="named"))
    db.session.commit()
    assert hide_without_consent() == 0
    with as_of(utc_now() + GRACE * 2):
        assert hide_without_consent() == 1
    assert (silent.shows_name, agreed.shows_name) == (False, True)
    assert silent.is_published


def test_of_two_consents_of_one_page_each_has_its_own_box_and_document(app: Flask) -> None:
    profile = make_student(skills=("python", "welding", "ansys"), published=False)
    found, named = publish(Purpose.FOUND), publish(Purpose.NAMED)
    client = client_of(app, profile.user)
    refused = submit(client, "/profile", action="/profile/name")
    assert refused.status_code == 422
    assert re.findall(r'id="([\w-]*consent)"', refused.text) == ["consent", "naming-consent"]
    assert 'href="#naming-consent"' in refused.text
    forms = dict(forms_of(refused))
    assert forms["/profile/publish"]["consent_document"] == [str(found.id)]
    assert forms["/profile/name"]["naming-consent_document"] == [str(named.id)]
    # The other box, ticked on the page of the error, is taken for what it is.
    answer = client.post("/profile/publish", data={**forms["/profile/publish"], "consent": "y"})
    assert answer.status_code == 303
    assert receipts(profile.user) == [(found.id, "publish", True)]
