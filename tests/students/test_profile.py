"""The student's own profile: filled section by section, published, hidden."""

from __future__ import annotations

import re
import threading
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bridge import events
from bridge.accounts.models import Role, User
from bridge.audit import AuditEntry
from bridge.extensions import db
from bridge.search.models import SearchChange
from bridge.skills.models import SkillState
from bridge.students.completeness import STEPS, completeness
from bridge.students.models import (
    Degree,
    EntryKind,
    Evidence,
    LanguageLevel,
    Profile,
    ProfileEntry,
    ProfileLanguage,
    ProfileSkill,
    StudyForm,
)
from tests.client import forms_of, sign_in, submit
from tests.factories import make_direction, make_member, make_skill, make_student, make_user
from tests.queries import count_queries
from tests.students.tabs import send

TYPED = {"summary", "phone", "messenger", "year_of_study", "graduates_on", "city", "names"}


def fill(profile: Profile) -> None:
    """All that publishing needs."""
    profile.direction = make_direction()
    profile.degree, profile.year_of_study = Degree.BACHELOR, 3
    profile.graduates_on, profile.city, profile.hours_per_week = date(2028, 6, 1), "Королёв", 20
    profile.ready_for = ["job"]
    profile.skills = [ProfileSkill(skill=make_skill(slug)) for slug in ("git", "sql", "linux")]
    db.session.commit()


def actions(profile: Profile) -> list[tuple[str, int | None, dict[str, Any]]]:
    select = sa.select(AuditEntry.action, AuditEntry.actor_id, AuditEntry.details).where(
        AuditEntry.subject_type == "profile", AuditEntry.subject_id == profile.id
    )
    return [(action, actor, details) for action, actor, details in db.session.execute(select)]


def test_the_profile_from_empty_to_published(own: Profile, client: FlaskClient) -> None:
    direction = make_direction()
    db.session.commit()
    page = client.get("/profile")
    assert "Once three sections are filled in, you can publish it." in page.text
    sections = {
        "about": {"summary": "Проектирую.\r\nСчитаю.", "wishes": "Испытания", "phone": "+7 916 1"},
        "studies": {
            "direction_id": str(direction.id),
            "degree": "master",
            "study_form": "full-time",
            "year_of_study": "2",
            "graduates_on": "2028-06",
        },
        "readiness": {
            "city": "Королёв",
            "hours_per_week": "40",
            "ready_for": ["job", "practice"],
            "remote_ready": "y",
        },
        "skills": {"names": "Python, Git\nSQL; Python"},
        "languages": {"rows-0-language": "en", "rows-0-level": "B2", "rows-2-language": ""},
    }
    for section, values in sections.items():
        assert submit(client, f"/profile/{section}", values).status_code == 303, section
    db.session.expire_all()
    assert (own.summary, own.wishes, own.phone) == ("Проектирую.\nСчитаю.", "Испытания", "+7 916 1")
    assert (own.direction_id, own.degree, own.study_form) == (
        direction.id,
        Degree.MASTER,
        StudyForm.FULL_TIME,
    )
    assert (own.year_of_study, own.graduates_on) == (2, date(2028, 6, 1))
    assert (own.city, own.hours_per_week, own.ready_for) == ("Королёв", 40, ["job", "practice"])
    assert (own.remote_ready, own.relocation_ready) == (True, False)
    assert [held.skill.slug for held in own.skills] == ["python", "git", "sql"]
    assert [(s.language, s.level) for s in own.languages] == [("en", LanguageLevel.B2)]
    assert own.published_at is None
    before = db.session.get_one(SearchChange, own.id).revision
    assert submit(client, "/profile", action="/profile/publish").status_code == 303
    db.session.expire_all()
    assert own.published_at is not None
    assert db.session.get_one(SearchChange, own.id).revision > before
    recorded = [(action, details.get("section")) for action, _actor, details in actions(own)]
    changes = [("profile.changed", section) for section in sections]
    assert recorded == [*changes, ("profile.published", None)]
    assert {actor for _action, actor, _details in actions(own)} == {own.user_id}


def cards(client: FlaskClient) -> list[str]:
    """The cards of the profile itself, in their order."""
    page = client.get("/profile").text.partition('id="parts"')[2].partition("lead-column")[0]
    return re.findall(r'<section class="card[^>]*? id="([a-z-]+)"', page)


def offered(client: FlaskClient) -> list[str]:
    """Where the card of what is not filled in yet leads, in its order."""
    page = client.get("/profile").text.partition('id="unfilled"')[2].partition("</section>")[0]
    return re.findall(r'href="/profile/([^"]+)"', page)


def test_an_empty_profile_invites_and_says_what_to_begin_with(
    own: Profile, client: FlaskClient
) -> None:
    assert cards(client) == ["unfilled", "about"]
    basic = ["studies", "skills", "readiness"]
    rest = ["languages", *(f"{kind}/new" for kind in ("project", "course", "experience"))]
    assert offered(client) == [*basic, "studies", *rest, "thesis/new", "link/new"]
    page = client.get("/profile").text
    assert "Three sections, and enterprises can find you" in page
    assert "Nothing here yet" not in page
    assert page.index('id="parts"') < page.index("lead-column"), "first on a phone, too"


def test_what_is_not_filled_in_is_one_card_at_the_end(own: Profile, client: FlaskClient) -> None:
    fill(own)
    own.entries = [ProfileEntry(kind=EntryKind.PROJECT, title="Спутник")]
    own.skills = []
    db.session.commit()
    assert cards(client)[:5] == ["about", "studies", "readiness", "project", "unfilled"]
    assert offered(client) == [
        *("skills", "languages", "course/new", "experience/new", "thesis/new", "link/new")
    ]
    page = client.get("/profile").text
    assert page.index("lead-column") < page.index('id="parts"')
    assert "Before publishing, fill in:" in page
    own.skills = [ProfileSkill(skill=make_skill(slug)) for slug in ("git", "sql", "linux")]
    own.languages = [ProfileLanguage(language="en", level=LanguageLevel.B2)]
    own.entries = [ProfileEntry(kind=kind, title="Запись") for kind in EntryKind]
    db.session.commit()
    assert offered(client) == []
    assert "unfilled" not in client.get("/profile").text


def test_publishing_says_what_is_missing(own: Profile, client: FlaskClient) -> None:
    fill(own)
    assert "Before publishing" not in client.get("/profile").text
    page = client.get("/profile")
    own.city, own.hours_per_week = "", None
    db.session.commit()
    assert page.status_code == 200
    answer = send(client, page, "/profile/publish")
    assert answer.status_code == 303
    db.session.expire_all()
    assert own.published_at is None
    text = client.get("/profile").text
    assert "city or readiness to work remotely, hours a week" in text


def test_withdrawing_works_at_once_and_tells(own: Profile, client: FlaskClient) -> None:
    told: list[tuple[int, int]] = []

    def listen(profile: Profile, *, actor: User) -> None:
        told.append((profile.id, actor.id))

    fill(own)
    submit(client, "/profile", action="/profile/publish")
    page = client.get("/profile")
    before = db.session.get_one(SearchChange, own.id).revision
    with events.profile_withdrawn.connected_to(listen):
        for _twice in range(2):
            answer = send(client, page, "/profile/withdraw")
            assert answer.status_code == 303
    db.session.expire_all()
    assert own.published_at is None
    assert told == [(own.id, own.user_id)]
    assert db.session.get_one(SearchChange, own.id).revision == before + 1
    names = [action for action, _actor, _details in actions(own)]
    assert names == ["profile.published", "profile.withdrawn"]


def test_a_published_profile_keeps_what_it_needs(own: Profile, client: FlaskClient) -> None:
    fill(own)
    submit(client, "/profile", action="/profile/publish")
    answer = submit(client, "/profile/skills", {"names": "Git"})
    assert answer.status_code == 422
    assert "at least three skills" in answer.text
    assert ">Git</textarea>" in answer.text.replace("\r\n", "").replace("\n", "")
    db.session.expire_all()
    assert len(own.skills) == 3


@pytest.mark.parametrize(
    ("section", "values", "message"),
    [
        ("about", {"summary": "щ" * 3001}, "3000"),
        ("about", {"phone": "call me"}, "+7 916"),
        ("about", {"phone": "1" * 33}, "32"),
        ("about", {"messenger": "m" * 81}, "80"),
        ("studies", {"direction_id": "999999"}, "valid choice"),
        ("studies", {"direction_id": "x"}, "coerce"),
        ("studies", {"degree": "doctor"}, "coerce"),
        ("studies", {"year_of_study": "0"}, "1 to 6"),
        ("studies", {"year_of_study": "7"}, "1 to 6"),
        ("studies", {"year_of_study": "9" * 5000}, "integer"),
        ("studies", {"year_of_study": "третий"}, "integer"),
        ("studies", {"graduates_on": "June"}, "2027-06"),
        ("studies", {"graduates_on": "2027-13"}, "2027-06"),
        ("studies", {"graduates_on": "0001-01"}, "Check the year"),
        ("studies", {"graduates_on": "9999-01"}, "Check the year"),
        ("studies", {"graduates_on": "2019-06", "year_of_study": "3"}, "before the studies"),
        ("readiness", {"hours_per_week": "0"}, "1 to 60"),
        ("readiness", {"hours_per_week": "999"}, "1 to 60"),
        ("readiness", {"hours_per_week": "-5"}, "1 to 60"),
        ("readiness", {"city": "г" * 81}, "80"),
        ("readiness", {"ready_for": ["job", "war"]}, "war"),
        ("skills", {"names": "Python, ..."}, "not the name"),
        ("skills", {"names": "ю" * 81}, "80 characters"),
        ("skills", {"names": "Python, " * 1000}, "4000"),
        ("skills", {"names": ", ".join(f"навык{n}" for n in range(61))}, "60 skills"),
        ("languages", {"rows-0-language": "en", "rows-0-level": ""}, "level"),
        ("languages", {"rows-0-language": "xx", "rows-0-level": "B1"}, "valid choice"),
        (
            "languages",
            {
                "rows-0-language": "en",
                "rows-0-level": "B1",
                "rows-1-language": "en",
                "rows-1-level": "B2",
            },
            "named twice",
        ),
    ],
)
def test_bad_input_changes_nothing_and_is_kept(
    own: Profile, client: FlaskClient, section: str, values: dict[str, Any], message: str
) -> None:
    answer = submit(client, f"/profile/{section}", values)
    assert answer.status_code == 422
    assert message in answer.text
    kept = forms_of(answer)[-1][1]
    for name in set(values) & TYPED:
        assert kept[name][0].strip() == values[name].strip(), name
    db.session.expire_all()
    assert (own.version, own.skills, own.languages) == (1, [], [])
    assert actions(own) == []


@pytest.mark.parametrize(
    ("section", "field", "value", "message"),
    [
        ("about", "phone", "позвоните", "Write the number like"),
        ("studies", "graduates_on", "в июне", "Write the year and the month"),
        ("readiness", "hours_per_week", "99", "Hours a week are 1 to 60."),
    ],
)
def test_a_message_stands_at_its_field(
    own: Profile, client: FlaskClient, section: str, field: str, value: str, message: str
) -> None:
    answer = submit(client, f"/profile/{section}", {field: value})
    beside = answer.text.split(f'id="{field}-error"')[1].split("</div>")[0]
    assert message in beside


def test_two_tabs(own: Profile, client: FlaskClient) -> None:
    first, second = client.get("/profile/about"), client.get("/profile/about")
    assert send(client, first, "/profile/about", {"summary": "один"}).status_code == 303
    answer = send(client, second, "/profile/about", {"summary": "другой"})
    assert answer.status_code == 409
    assert "другой" in answer.text
    db.session.expire_all()
    assert own.summary == "один"
    # who has read the warning may save again
    assert send(client, answer, "/profile/about", {"summary": "третий"}).status_code == 303
    db.session.expire_all()
    assert own.summary == "третий"
    skills = client.get("/profile/skills")
    submit(client, "/profile/about", {"summary": "позже"})
    assert send(client, skills, "/profile/skills", {"names": "Git"}).status_code == 409
    for version in ("", "x", "99"):
        assert submit(client, "/profile/about", {"version": version}).status_code == 409


def test_of_eight_writers_one_wins_and_seven_are_told(
    app: Flask, own: Profile, client: FlaskClient
) -> None:
    page = client.get("/profile/about")
    fields = forms_of(page)[-1][1]
    cookies = client.get_cookie("bridge")
    assert cookies is not None
    answers: list[tuple[int, bool]] = []
    barrier = threading.Barrier(8)

    def write(text: str) -> None:
        writer = app.test_client()
        writer.set_cookie("bridge", cookies.value)
        with app.app_context():
            barrier.wait()
            answer = writer.post("/profile/about", data={**fields, "summary": text})
        answers.append((answer.status_code, text in answer.text))

    threads = [threading.Thread(target=write, args=(f"текст{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [(303, False)] + [(409, True)] * 7
    db.session.rollback()
    assert own.version == 2


def test_kept_skills_keep_their_evidence(own: Profile, client: FlaskClient) -> None:
    fill(own)
    own.skills[1].evidence = Evidence.ASSESSED
    db.session.commit()
    assert submit(client, "/profile/skills", {"names": "sql, Новое умение, git"}).status_code == 303
    db.session.expire_all()
    held = [(held.skill.slug, held.evidence) for held in own.skills]
    proposed = own.skills[-1].skill
    assert held == [
        ("git", Evidence.STATED),
        ("sql", Evidence.ASSESSED),
        (proposed.slug, Evidence.STATED),
    ]
    assert (proposed.name_ru, proposed.state) == ("Новое умение", SkillState.PROPOSED)
    assert "Новое умение" in client.get("/profile").text
    assert "Новое умение" not in client.get("/profile/preview").text


def test_markup_is_shown_as_text(own: Profile, client: FlaskClient) -> None:
    evil = '"><script>alert(1)</script>'
    own.entries = [ProfileEntry(kind=EntryKind.PROJECT, title=evil, text=evil, organisation=evil)]
    own.summary = own.wishes = own.city = evil
    db.session.commit()
    pages = (
        "/profile",
        "/profile/preview",
        "/profile/about",
        f"/profile/entries/{own.entries[0].id}",
    )
    for page in pages:
        assert "<script>alert" not in client.get(page).text


@pytest.mark.parametrize("role", [Role.MEMBER, Role.STAFF, Role.ADMIN])
def test_only_students_have_a_profile(app: Flask, client: FlaskClient, role: Role) -> None:
    sign_in(client, make_member().user if role is Role.MEMBER else make_user(role))
    for page in ("/profile", "/profile/preview", "/profile/about", "/profile/course/new"):
        assert client.get(page).status_code == 403


def test_completeness_counts_to_a_hundred(app: Flask) -> None:
    assert sum(step.weight for step in STEPS) == 100
    empty = Profile(user=make_user(Role.STUDENT), ready_for=[], city="", remote_ready=False)
    db.session.add(empty)
    db.session.flush()
    assert (completeness(empty).value, len(completeness(empty).steps)) == (0, len(STEPS))
    profile = make_student(skills=("a", "b", "c"), wishes="")
    found = completeness(profile)
    # studies, readiness, skills and a summary
    assert found.value == 65
    assert found.steps[0].section == "project"


def test_the_page_costs_the_same_however_full(own: Profile, client: FlaskClient) -> None:
    fill(own)
    own.entries = [ProfileEntry(kind=EntryKind.COURSE, title=str(n)) for n in range(20)]
    db.session.commit()
    with count_queries() as queries:
        assert client.get("/profile").status_code == 200
    # the session's user; profile with user and direction; skills; languages; entries; the bell,
    # what the profile newly fits, requests to answer, the next interview
    assert len([q for q in queries if "SELECT" in q]) <= 11
