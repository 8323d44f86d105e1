"""Consents: asked where needed, the receipt, a new version, withdrawal and what follows."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bridge.accounts.models import Role, User
from bridge.candidates.models import Candidate
from bridge.candidates.service import new_pseudonym
from bridge.consents import service
from bridge.consents.labels import plain_document, suggestions
from bridge.consents.models import Consent, ConsentDocument, Purpose
from bridge.consents.queries import current_document
from bridge.contacts import service as contacts
from bridge.contacts.models import ContactRequest, RequestState
from bridge.database import as_of, utc_now
from bridge.errors import StaleStateError
from bridge.extensions import db
from bridge.mail.models import OutboxMail
from bridge.students.models import Profile
from bridge.students.service import hide_without_consent
from bridge.students.service import publish as publish_profile
from tests.client import forms_of, sign_in, submit
from tests.factories import make_member, make_student, make_user, make_vacancy

# Shorter than a session.
GRACE = timedelta(days=5)
ASKED = "This needs your consent: read the document and tick the box."


def publish(purpose: Purpose, text: str = "") -> ConsentDocument:
    """A published version, with its text changed where one is given. Commits."""
    texts = suggestions()[purpose.value] | ({"text_en": text} if text else {})
    document = service.draft(purpose, texts, actor=make_user(Role.STAFF))
    service.publish(document, actor=None, grace=GRACE)
    db.session.commit()
    return document


def approved_request(profile: Profile) -> ContactRequest:
    member = make_member()
    vacancy = make_vacancy(member.employer, must=("python",))
    candidate = Candidate(vacancy=vacancy, profile=profile, pseudonym=new_pseudonym())
    db.session.add(candidate)
    db.session.commit()
    request = contacts.request_contact(candidate, "Приглашаем на встречу.", actor=member.user)
    contacts.approve(request, actor=make_user(Role.STAFF))
    db.session.commit()
    return request


def receipts(user: User) -> list[tuple[int, str, bool]]:
    rows = db.session.execute(
        sa.select(Consent.document_id, Consent.act, Consent.withdrawn_at)
        .where(Consent.user_id == user.id)
        .order_by(Consent.id)
    )
    return [(document, act, withdrawn is None) for document, act, withdrawn in rows]


def test_registration_asks_for_one_consent_and_keeps_its_receipt(
    app: Flask, client: FlaskClient
) -> None:
    values = {"name": "Ада Новая", "email": "ada@example.test", "password": "мост через реку"}
    # Nothing is published: nobody is asked.
    assert "consent" not in dict(forms_of(client.get("/register")))["/register"]
    document = publish(Purpose.ACCOUNT)
    publish(Purpose.FOUND)
    page = client.get("/register")
    assert "consent" not in dict(forms_of(page))["/register"], "ticked beforehand"
    assert page.text.count('name="consent"') == 1
    refused = submit(client, "/register", values)
    assert refused.status_code == 422
    assert ASKED in refused.text
    assert "Ада Новая" in refused.text
    assert db.session.scalar(sa.select(User).where(User.email == "ada@example.test")) is None
    assert submit(client, "/register", {**values, "consent": "y"}).status_code == 303
    user = db.session.scalars(sa.select(User).where(User.email == "ada@example.test")).one()
    assert receipts(user) == [(document.id, "register", True)]


def test_a_text_that_changed_meanwhile_is_not_agreed_to(app: Flask, client: FlaskClient) -> None:
    old = publish(Purpose.ACCOUNT)
    publish(Purpose.ACCOUNT, "Another text.")
    values = {"name": "Ада Новая", "email": "ada@example.test", "password": "мост через реку",
              "consent": "y", "consent_document": str(old.id)}  # fmt: skip
    refused = submit(client, "/register", values)
    assert refused.status_code == 422
    assert "The document has changed meanwhile" in refused.text
    with pytest.raises(StaleStateError):
        service.give(make_user(Role.STUDENT), old, act="register")


def test_publication_needs_its_consent_and_withdrawal_hides_at_once(
    app: Flask, client: FlaskClient
) -> None:
    profile = make_student(skills=("python", "welding", "ansys"), published=False)
    document = publish(Purpose.FOUND)
    sign_in(client, profile.user)
    with pytest.raises(service.ConsentNeededError):
        publish_profile(profile, actor=profile.user)
    db.session.rollback()
    refused = submit(client, "/profile", action="/profile/publish")
    assert refused.status_code == 422
    assert ASKED in refused.text
    assert (
        submit(client, "/profile", {"consent": "y"}, action="/profile/publish").status_code == 303
    )
    db.session.refresh(profile)
    assert profile.is_published
    assert receipts(profile.user) == [(document.id, "publish", True)]
    request = approved_request(profile)
    sign_in(client, profile.user)
    consent = db.session.scalars(sa.select(Consent)).one()
    page = f"/consents/{consent.id}/withdraw"
    assert "The profile is hidden from enterprises at once" in client.get(page).text
    assert submit(client, page).location == "/consents"
    db.session.refresh(profile)
    db.session.refresh(request)
    assert not profile.is_published
    assert (request.state, request.reason_code) == (RequestState.ENDED, "unavailable")
    assert receipts(profile.user) == [(document.id, "publish", False)]


def test_each_acceptance_has_a_consent_of_its_own_and_withdrawal_closes_the_contact(
    app: Flask, client: FlaskClient
) -> None:
    profile = make_student(skills=("python",))
    first, second = approved_request(profile), approved_request(profile)
    document = publish(Purpose.CONTACT)
    sign_in(client, profile.user)
    page, accept = f"/requests/{first.id}", f"/requests/{first.id}/accept"
    refused = submit(client, page, action=accept)
    assert refused.status_code == 422
    assert ASKED in refused.text
    assert submit(client, page, {"consent": "y"}, action=accept).status_code == 303
    db.session.refresh(first)
    assert first.state is RequestState.ACCEPTED
    again = submit(client, f"/requests/{second.id}", action=f"/requests/{second.id}/accept")
    assert again.status_code == 422
    consent = db.session.scalars(sa.select(Consent)).one()
    assert (consent.document_id, consent.subject_id) == (document.id, first.id)
    hr = app.test_client()
    assert first.requested_by is not None
    sign_in(hr, first.requested_by)
    assert profile.user.name in hr.get(page).text
    # What this test has read must not hold the lock that the request waits for.
    db.session.rollback()
    submit(client, f"/consents/{consent.id}/withdraw")
    db.session.refresh(first)
    assert (first.state, first.reason_code) == (RequestState.CLOSED, "consent-withdrawn")
    vacancy = f"/hr/vacancies/{first.vacancy_id}"
    shown = [page, "/hr/requests", f"{vacancy}/board", f"{vacancy}/interviews", "/interviews"]
    db.session.rollback()
    for address in shown:
        answer = hr.get(address)
        assert answer.status_code == 200, address
        assert profile.user.name not in answer.text, address
        assert profile.user.email not in answer.text, address


def test_consents_of_one_kind_are_told_apart_by_the_enterprise(
    app: Flask, client: FlaskClient
) -> None:
    profile = make_student(skills=("python",))
    document = publish(Purpose.CONTACT)
    first, second, foreign = (approved_request(profile) for _ in range(3))
    given = [
        service.give(profile.user, document, act="accept", subject_id=request.id)
        for request in (first, second)
    ]
    db.session.commit()
    names = [request.employer.name for request in (first, second, foreign)]
    sign_in(client, profile.user)
    shown = client.get("/consents").text
    assert [shown.count(f"<strong>{name}</strong>") for name in names] == [1, 1, 0]
    for consent, name, other in zip(given, names, reversed(names[:2]), strict=False):
        for page in ("receipt", "withdraw"):
            text = client.get(f"/consents/{consent.id}/{page}").text
            assert (name in text, other in text) == (True, False)


def test_a_new_version_asks_again_and_after_the_term_the_account_waits(
    app: Flask, client: FlaskClient
) -> None:
    first = publish(Purpose.ACCOUNT)
    student = make_student().user
    student.password_hash = "x"
    staff = make_user(Role.STAFF)
    service.give(student, first, act="register")
    db.session.commit()
    assert student.consent_due_at is None
    second = publish(Purpose.ACCOUNT, "The second text.")
    db.session.refresh(student)
    letters = db.session.scalars(sa.select(OutboxMail.recipient)).all()
    assert letters == [student.email]
    sign_in(client, student)
    assert "has a new version" in client.get("/profile").text
    with as_of(utc_now() + GRACE + timedelta(minutes=1)):
        sign_in(client, student)
        assert client.get("/profile").location == "/consents"
        assert client.get("/account/data").status_code == 200
        # Their data may need the password again; that page is on the way to it.
        confirmed = client.get("/account/confirm?next=/account/data")
        assert confirmed.status_code == 200
        assert client.get(f"/documents/{second.id}").status_code == 200
        answer = submit(client, "/consents", action=f"/documents/{second.id}/consent")
        assert answer.location == "/consents"
        assert client.get("/profile").status_code == 303
        submit(client, "/consents", {"consent": "y"}, action=f"/documents/{second.id}/consent")
        assert client.get("/profile").status_code == 200
    assert receipts(student) == [(first.id, "register", True), (second.id, "consents", True)]
    db.session.refresh(staff)
    assert staff.consent_due_at is None


def test_a_new_version_opens_no_account_that_waits_for_a_consent(app: Flask) -> None:
    first = publish(Purpose.ACCOUNT)
    agreed, silent, withdrawn, late = (make_student().user for _person in range(4))
    for user in (agreed, silent, withdrawn, late):
        user.password_hash = "x"
        service.give(user, first, act="register")
    service.withdraw_account(withdrawn)
    late.consent_due_at = utc_now() - timedelta(days=1)
    silent.consent_due_at = utc_now() + timedelta(days=1)
    before = [withdrawn.consent_due_at, late.consent_due_at]
    db.session.commit()
    second = publish(Purpose.ACCOUNT, "The second text.")
    assert [agreed.consent_due_at, silent.consent_due_at] == [second.due_at] * 2
    assert [withdrawn.consent_due_at, late.consent_due_at] == before
    told = db.session.scalars(sa.select(OutboxMail.recipient).order_by(OutboxMail.id)).all()
    assert told == [agreed.email, silent.email]


def test_who_does_not_agree_to_the_new_version_is_hidden_after_the_term(app: Flask) -> None:
    agreed, silent, private = make_student(), make_student(), make_student(published=False)
    document = publish(Purpose.FOUND)
    letters = db.session.scalars(sa.select(OutboxMail.recipient).order_by(OutboxMail.id)).all()
    assert letters == [agreed.user.email, silent.user.email]
    service.give(agreed.user, document, act="publish")
    db.session.commit()
    assert hide_without_consent() == 0
    with as_of(utc_now() + GRACE + timedelta(minutes=1)):
        assert (hide_without_consent(), hide_without_consent()) == (1, 0)
    assert [profile.is_published for profile in (agreed, silent, private)] == [True, False, False]


def test_a_receipt_is_downloaded_and_nobody_elses(app: Flask, client: FlaskClient) -> None:
    document = publish(Purpose.ACCOUNT)
    owner, other = make_student().user, make_student().user
    consent = service.give(owner, document, act="register")
    sign_in(client, owner)
    text = client.get(f"/consents/{consent.id}/receipt").text
    for part in (
        owner.name,
        document.digest,
        consent.given_at.isoformat(),
        "# To whom and for what",
    ):
        assert part in text
    sign_in(client, other)
    for address in (f"/consents/{consent.id}/receipt", f"/consents/{consent.id}/withdraw"):
        assert client.get(address).status_code == 404


def test_the_consent_to_keep_the_account_is_withdrawn_by_erasing_it(
    app: Flask, client: FlaskClient
) -> None:
    document = publish(Purpose.ACCOUNT)
    owner = make_student().user
    consent = service.give(owner, document, act="register")
    sign_in(client, owner)
    assert client.get(f"/consents/{consent.id}/withdraw").location == "/account/erase"


def test_staff_write_and_publish_a_version_once(app: Flask, client: FlaskClient) -> None:
    sign_in(client, make_user(Role.STAFF))
    made = submit(client, "/staff/consents/found/new", {"title_en": "A consent"})
    assert made.status_code == 303
    assert made.location is not None
    edited = submit(client, made.location, {"text_en": "# Why\n\n- <script>one</script>"})
    assert edited.status_code == 303
    assert "<li>&lt;script&gt;one&lt;/script&gt;</li>" in client.get(made.location).text
    assert current_document(Purpose.FOUND) is None
    document = db.session.scalars(sa.select(ConsentDocument)).one()
    assert client.get(f"/documents/{document.id}").status_code == 404
    address = f"/staff/consents/{document.id}/publish"
    assert submit(client, made.location, {"days": "x"}, action=address).status_code == 422
    assert submit(client, made.location, {"days": "7"}, action=address).status_code == 303
    db.session.refresh(document)
    assert current_document(Purpose.FOUND) is document
    assert document.digest == service.digest_of(document)
    assert client.get(made.location).location == f"/documents/{document.id}"
    with pytest.raises(StaleStateError):
        service.edit(document, {"text_en": "Another."}, actor=make_user(Role.STAFF))
    with pytest.raises(StaleStateError):
        service.publish(document, actor=None, grace=GRACE)
    assert "A consent" in client.get("/staff/consents").text


def test_plain_text_becomes_safe_markup() -> None:
    text = "# Head <b>\n\nOne\nTwo & three\n\n# List\n- a\n- <i>b</i>\nAfter"
    assert plain_document(text) == (
        "<h2>Head &lt;b&gt;</h2>\n<p>One<br>Two &amp; three</p>\n<h2>List</h2>\n"
        '<ul class="bullets"><li>a</li><li>&lt;i&gt;b&lt;/i&gt;</li></ul>\n<p>After</p>'
    )
