"""An employer that a student has blocked sees nothing of them, and nothing of the block."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bridge.accounts.models import User
from bridge.blocks import service as blocks
from bridge.blocks.models import EmployerBlock
from bridge.blocks.queries import hidden_profiles
from bridge.candidates.fit import standing
from bridge.candidates.models import Candidate
from bridge.candidates.ranking import Ranking
from bridge.cases.models import CaseState
from bridge.contacts import service as contacts
from bridge.contacts.models import ContactRequest, RequestState
from bridge.employers.models import Employer, EmployerState
from bridge.errors import DomainError
from bridge.extensions import db
from bridge.mail.models import OutboxMail
from bridge.students.models import Profile
from bridge.students.queries import own_profile
from bridge.students.service import withdraw
from bridge.vacancies.models import Vacancy
from tests.client import sign_in, submit
from tests.contacts.scene import MESSAGE, Scene, decide, make_candidate, make_scene
from tests.contacts.test_races import race
from tests.factories import make_direction, make_employer, make_member, make_student, make_vacancy
from tests.queries import count_queries


@pytest.fixture
def scene(app: Flask) -> Scene:
    return make_scene()


def block(scene: Scene) -> None:
    blocks.block(scene.profile, scene.employer, actor=scene.profile.user)
    db.session.commit()


def listed(scene: Scene) -> list[int]:
    vacancy = db.session.get_one(Vacancy, scene.vacancy.id)
    return [int(hit.id) for hit in Ranking(vacancy).of_profiles([scene.profile.id])]


def test_the_student_is_gone_at_once_from_this_employer_alone(app: Flask, scene: Scene) -> None:
    other = make_scene()
    for vacancy in (scene.vacancy, other.vacancy):
        assert Ranking(vacancy).index.count(Ranking(vacancy).eligibility) == 2
    block(scene)
    ranking = Ranking(scene.vacancy)
    assert ranking.index.count(ranking.eligibility) == 1
    assert ranking.explanation(scene.profile.id) is None
    assert not ranking.is_eligible(scene.profile.id)
    assert listed(scene) == []
    assert Ranking(other.vacancy).is_eligible(scene.profile.id)
    blocks.unblock(scene.profile, scene.employer, actor=scene.profile.user)
    db.session.commit()
    assert listed(scene) == [scene.profile.id]


def test_a_list_is_never_short_by_those_who_are_hidden(app: Flask) -> None:
    member = make_member()
    vacancy = make_vacancy(member.employer, must=("python",))
    profiles = [make_student(skills=("python",)) for _ in range(26)]
    db.session.commit()
    first = [int(hit.id) for hit in Ranking(vacancy)._search(Ranking(vacancy).eligibility, 0)[1]]
    for profile in profiles:
        if profile.id in first[:5]:
            blocks.block(profile, member.employer, actor=profile.user)
    db.session.commit()
    ranking = Ranking(vacancy)
    total, hits = ranking._search(ranking.eligibility, 0)
    assert total == 21
    assert len(hits) == 20
    assert {int(hit.id) for hit in hits} & set(first[:5]) == set()
    assert [int(hit.id) for hit in hits][:15] == first[5:]


NUMBERS = re.compile(r'/appearance\?next=[^"]*|name="csrf_token"[^>]*|\b[2456789DFJLNQRVW]{5}\b')


def employer_sees(app: Flask, scene: Scene, request_id: int) -> dict[str, tuple[int, str]]:
    """Every page and act of the employer that could tell, without what differs by chance."""
    client = app.test_client()
    sign_in(client, scene.member.user)
    base = f"/hr/vacancies/{scene.vacancy.id}"
    pseudonym = scene.candidate.pseudonym
    addresses = (
        f"{base}/candidates",
        f"{base}/candidates?marks=all&sort=year",
        f"{base}/candidates?marks=star",
        f"{base}/shortlist",
        f"{base}/candidates/{pseudonym}",
        f"{base}/candidates/{pseudonym}/request",
        f"{base}/compare?c={pseudonym}&c={pseudonym}",
        f"/requests/{request_id}",
        "/hr/requests",
        "/hr/vacancies",
    )
    seen = {}
    for address in addresses:
        answer = client.get(address)
        text = re.sub(r"/(vacancies|requests)/\d+|vacancy=\d+", "", answer.text)
        text = re.sub(r"\b(example|Завод|member|Фамилия|AAA)\S*?\d+|\d\d:\d\d", "", text)
        seen[address.replace(base, "").replace(pseudonym, "").replace(str(request_id), "")] = (
            answer.status_code,
            NUMBERS.sub("", text),
        )
    app.config["WTF_CSRF_ENABLED"] = False
    for act in ("mark/unfit", "mark/star"):
        answer = client.post(f"{base}/candidates/{pseudonym}/{act}")
        seen[act] = answer.status_code, ""
    answer = client.post(f"{base}/candidates/{pseudonym}/request", data={"message": MESSAGE})
    errors = "".join(re.findall(r'id="error-summary".*?</div>', answer.text, re.DOTALL))
    seen["ask"] = answer.status_code, NUMBERS.sub("", errors)
    app.config["WTF_CSRF_ENABLED"] = True
    return seen


def make_pair(number: int) -> tuple[Scene, ContactRequest]:
    """A student of a direction and city of their own, starred, with a request that waits."""
    scene = make_scene()
    scene.employer.name = "АО «Завод»"
    scene.profile.direction = make_direction(f"0{number}.03.0{number}", name_en="Alone")
    scene.candidate.mark = scene.candidate.mark.__class__("star")
    request = contacts.request_contact(scene.candidate, MESSAGE, actor=scene.member.user)
    decide(request, CaseState.APPROVED, scene)
    contacts.approve(request, actor=scene.staff)
    db.session.commit()
    return scene, request


def letters_to(user: User) -> list[str]:
    rows = db.session.scalars(
        sa.select(OutboxMail).where(OutboxMail.recipient == user.email).order_by(OutboxMail.id)
    )
    # Below the line stands a link of the reader's own.
    texts = (f"{one.subject}\n{one.text.partition('--')[0]}" for one in rows)
    return [re.sub(r"\d+", "", NUMBERS.sub("", text)) for text in texts]


def test_a_block_looks_like_a_hidden_profile_to_the_employer(app: Flask) -> None:
    blocking, request = make_pair(1)
    before = employer_sees(app, blocking, request.id)
    blocks.block(blocking.profile, blocking.employer, actor=blocking.profile.user)
    db.session.commit()
    blocked = employer_sees(app, blocking, request.id)
    told = letters_to(blocking.member.user)
    db.session.refresh(request)
    assert (request.state, request.reason_code) == (RequestState.ENDED, "unavailable")
    blocks.unblock(blocking.profile, blocking.employer, actor=blocking.profile.user)
    db.session.commit()

    hiding, other = make_pair(2)
    # The first student is hidden from all, so that the second is as alone as the first was.
    withdraw(db.session.get_one(Profile, blocking.profile.id), actor=blocking.profile.user)
    withdraw(db.session.get_one(Profile, hiding.profile.id), actor=hiding.profile.user)
    db.session.commit()
    hidden = employer_sees(app, hiding, other.id)
    assert blocked.keys() == hidden.keys()
    for address, seen in hidden.items():
        assert blocked[address][0] == seen[0], address
        differences = set(blocked[address][1].splitlines()) ^ set(seen[1].splitlines())
        assert differences == set(), address
    assert told == letters_to(hiding.member.user)
    assert before["/candidates/"][0] == 200
    assert blocked["/candidates/"][0] == 404
    assert blocked["ask"][0] != 303


def test_pending_requests_end_and_open_conversations_stay(scene: Scene) -> None:
    accepted = contacts.request_contact(scene.candidate, MESSAGE, actor=scene.member.user)
    contacts.approve(accepted, actor=scene.staff)
    contacts.accept(accepted, actor=scene.profile.user)
    second = make_vacancy(scene.employer, must=("python",))
    waiting = contacts.request_contact(
        make_candidate(second, scene.profile), MESSAGE, actor=scene.member.user
    )
    elsewhere = make_scene()
    other = contacts.request_contact(
        make_candidate(elsewhere.vacancy, scene.profile), MESSAGE, actor=elsewhere.member.user
    )
    block(scene)
    for request in (accepted, waiting, other):
        db.session.refresh(request)
    assert [accepted.state, waiting.state, other.state] == [
        RequestState.ACCEPTED,
        RequestState.ENDED,
        RequestState.REQUESTED,
    ]


def test_nothing_new_can_be_asked(scene: Scene) -> None:
    block(scene)
    with pytest.raises(DomainError):
        contacts.request_contact(scene.candidate, MESSAGE, actor=scene.member.user)
    assert db.session.scalars(sa.select(ContactRequest)).all() == []


def test_a_request_and_a_block_at_once_leave_nothing_pending(app: Flask) -> None:
    for _ in range(3):
        scene = make_scene()
        candidate, hr = scene.candidate.id, scene.member.user_id
        profile, employer = scene.profile.id, scene.employer.id
        db.session.rollback()

        def ask(candidate: int = candidate, hr: int = hr) -> None:
            contacts.request_contact(
                db.session.get_one(Candidate, candidate),
                MESSAGE,
                actor=db.session.get_one(User, hr),
            )

        def stop(profile: int = profile, employer: int = employer) -> None:
            found = db.session.get_one(Profile, profile)
            blocks.block(found, db.session.get_one(Employer, employer), actor=found.user)

        race(app, [ask, stop, stop])
        states = db.session.scalars(
            sa.select(ContactRequest.state).where(ContactRequest.profile_id == profile)
        ).all()
        assert states in ([], [RequestState.ENDED])
        assert hidden_profiles(employer) == {profile}
        db.session.rollback()


def test_the_student_blocks_and_unblocks_on_the_pages(client: FlaskClient, scene: Scene) -> None:
    hidden = make_employer(state=EmployerState.APPLIED)
    sign_in(client, scene.profile.user)
    page = f"/vacancies/{scene.vacancy.id}"
    action = f"/profile/blocked/{scene.employer.id}"
    assert submit(client, page, action=action).location == page
    assert "you have blocked this enterprise" in client.get(page).text
    assert scene.employer.name in client.get("/profile/blocked").text
    assert submit(client, "/profile/blocked", action=f"{action}/lift").status_code == 303
    assert db.session.scalars(sa.select(EmployerBlock)).all() == []
    assert "You have blocked nobody" in client.get("/profile/blocked").text
    assert client.post(f"/profile/blocked/{hidden.id}").status_code in (400, 404)


def test_the_list_of_blocks_costs_the_same_at_any_length(client: FlaskClient, scene: Scene) -> None:
    sign_in(client, scene.profile.user)

    def cost() -> int:
        with count_queries() as statements:
            client.get("/profile/blocked")
        return len(statements)

    block(scene)
    one = cost()
    profile = db.session.get_one(Profile, scene.profile.id)
    for _ in range(4):
        blocks.block(profile, make_employer(), actor=profile.user)
    db.session.commit()
    assert cost() == one


def test_the_student_s_own_place_is_counted_as_the_employer_sees_it(
    app: Flask, scene: Scene
) -> None:
    other = make_student(skills=("python",))
    make_student(skills=("python",))
    db.session.commit()
    assert standing(scene.vacancy, scene.profile).of == 3
    blocks.block(other, scene.employer, actor=other.user)
    db.session.commit()
    own = own_profile(scene.profile.user)
    assert own is not None
    assert standing(scene.vacancy, own).of == 2
