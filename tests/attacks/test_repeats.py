"""What a double click sends twice is made once; the same text later is meant."""

from __future__ import annotations

from flask import Flask

from bridge import repeats
from bridge.candidates.notes import remove_note, write_note
from bridge.consents import service as consents
from bridge.consents.models import Purpose
from bridge.database import as_of, utc_now
from bridge.extensions import db
from bridge.skills import courses
from tests.contacts.scene import make_scene
from tests.factories import make_skill


def test_the_same_at_once_is_one_row_and_later_another(app: Flask) -> None:
    scene = make_scene()
    hr, staff = scene.member.user, scene.staff
    content = courses.CourseContent("Прочность", "", "", "", "", [make_skill("python")])
    texts = dict.fromkeys(("title_ru", "title_en", "text_ru", "text_en"), "Согласие")
    acts = (
        lambda: write_note(scene.candidate, "Позвонить осенью.", actor=hr),
        lambda: courses.add(content, actor=staff),
        lambda: consents.draft(Purpose.FOUND, texts, actor=staff),
    )
    for act in acts:
        first, second = act(), act()
        db.session.flush()
        assert second is first
        with as_of(utc_now() + repeats.TERM * 2):
            assert act() is not first
    note = acts[0]()
    remove_note(note, actor=hr)
    assert acts[0]() is not note
    assert consents.draft(Purpose.CONTACT, texts, actor=staff).number == 1
