"""Pseudonyms: random, unambiguous, of one vacancy, made once."""

from __future__ import annotations

import threading

import sqlalchemy as sa
from flask import Flask

from bridge.candidates.models import ALPHABET, Candidate
from bridge.candidates.service import LENGTH, present
from bridge.extensions import db
from tests.factories import make_student, make_vacancy


def test_they_are_of_one_vacancy_and_stay(app: Flask) -> None:
    first, second = make_vacancy().id, make_vacancy().id
    profiles = [make_student().id for _ in range(30)]
    db.session.commit()
    with app.test_request_context():
        here = present(first, profiles)
        there = present(second, profiles)
        again = present(first, profiles)
    names = {id_: candidate.pseudonym for id_, candidate in here.items()}
    assert len(set(names.values())) == 30
    assert all(len(name) == LENGTH and set(name) <= set(ALPHABET) for name in names.values())
    assert names == {id_: candidate.pseudonym for id_, candidate in again.items()}
    assert names != {id_: candidate.pseudonym for id_, candidate in there.items()}
    # Their order tells nothing of the order of the profiles.
    assert [names[id_] for id_ in profiles] != sorted(names.values())


def test_the_alphabet_has_no_look_alikes() -> None:
    assert not set(ALPHABET) & set("AEIOUYBCHKMPTX013SZG")
    assert len(set(ALPHABET)) == len(ALPHABET) == 16


def test_eight_who_look_at_once_see_the_same_names(app: Flask) -> None:
    vacancy = make_vacancy().id
    profiles = [make_student().id for _ in range(20)]
    db.session.commit()
    db.session.rollback()
    barrier = threading.Barrier(8)
    seen: list[dict[int, str]] = []

    def look() -> None:
        with app.test_request_context():
            barrier.wait()
            found = present(vacancy, profiles)
            seen.append({id_: candidate.pseudonym for id_, candidate in found.items()})

    threads = [threading.Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(seen) == 8
    assert all(names == seen[0] for names in seen)
    assert len(db.session.scalars(sa.select(Candidate)).all()) == 20
