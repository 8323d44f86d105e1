"""Students who write into their profiles over HTTP, and remember what was acknowledged."""

from __future__ import annotations

import threading
import time
from collections import Counter
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from bridge import create_app
from bridge.config import Config
from bridge.extensions import db
from bridge.search.index import attach, live_index
from bridge.students.models import Profile
from matching import Query
from tests.client import Browser, forms_of, sign_in
from tests.factories import make_student
from tests.servers import Server

# Each writer's word, so that each has its own results in the search.
WORDS = ("сварка", "баллистика", "турбины", "оптика", "сопротивление", "гироскопы")
PAGE = "/profile/about"


class Writer(threading.Thread):
    """Writes numbers, one after another: into a text of the profile, as a student does."""

    def __init__(self, server: Server, profile_id: int, word: str, cookie: str) -> None:
        super().__init__(daemon=True)
        self.server = server
        self.profile_id = profile_id
        self.word = word
        self.headers = {"Cookie": cookie, "Accept-Language": "ru"}
        self.statuses: Counter[int] = Counter()
        self.unanswered = 0
        # The number that an answer last confirmed, and each that was gone when looked at next.
        self.acknowledged = 0
        self.lost: list[tuple[int, int]] = []
        self.last_error_at = 0.0
        self.last_page = ""
        self._stopping = threading.Event()

    def stop(self) -> None:
        self._stopping.set()
        self.join(60)

    def run(self) -> None:
        number = 0
        while not self._stopping.is_set():
            number += 1
            try:
                self._write(number)
            except OSError:
                self.unanswered += 1
                self.last_error_at = time.monotonic()
                time.sleep(0.01)

    def _write(self, number: int) -> None:
        page = self.server.get(PAGE, **self.headers)
        if not self._is_well(page.status, page.text, 200):
            return
        # The session now holds what the token of the form is compared with.
        if kept := page.headers.get("set-cookie", "").partition(";")[0]:
            self.headers["Cookie"] = kept
        target, fields = next(form for form in forms_of(page) if "summary" in form[1])  # type: ignore[arg-type]
        shown = written_number(fields["summary"][0])
        if shown < self.acknowledged:
            self.lost.append((self.acknowledged, shown))
        written = self.next_number(shown, number)
        fields["summary"] = [f"{self.word} {written}"]
        answer = self.server.post_form(target or PAGE, fields, self.headers)
        if self._is_well(answer.status, answer.text, 303):
            self.acknowledged = written

    def next_number(self, _shown: int, number: int) -> int:
        """What to write instead of the number that the page showed, at the so-manieth time."""
        return number

    def _is_well(self, status: int, text: str, wanted: int) -> bool:
        self.statuses[status] += 1
        if status == wanted:
            return True
        self.last_error_at, self.last_page = time.monotonic(), text
        time.sleep(0.02)
        return False


class Tab(Writer):
    """One of several windows in which the same student counts up: read, add one, write."""

    def next_number(self, shown: int, _number: int) -> int:
        return shown + 1


def written_number(summary: str) -> int:
    last = summary.split()[-1] if summary else ""
    return int(last) if last.isdecimal() else 0


def make_writers(app: Flask, number: int) -> list[tuple[int, str, str]]:
    """Students who are signed in: their profile, their word, their cookie."""
    found = []
    for word in WORDS[:number]:
        profile = make_student(summary=f"{word} 0", skills=("python", "cad", "cae"))
        db.session.commit()
        client = app.test_client()
        assert isinstance(client, Browser)
        sign_in(client, profile.user)
        cookie = client.get_cookie("bridge")
        assert cookie is not None
        found.append((profile.id, word, f"bridge={cookie.value}"))
    return found


def start(
    server: Server, students: list[tuple[int, str, str]], kind: type[Writer] = Writer
) -> list[Writer]:
    writers = [kind(server, *student) for student in students]
    for writer in writers:
        writer.start()
    return writers


def lost_writes(writers: list[Writer]) -> int:
    """Acknowledged writes that are not in the database, now or at any look before."""
    lost = sum(len(writer.lost) for writer in writers)
    db.session.rollback()
    for writer in writers:
        summary = db.session.scalar(sa.select(Profile.summary).filter_by(id=writer.profile_id))
        lost += written_number(summary or "") < writer.acknowledged
    db.session.rollback()
    return lost


def index_differs(config: Config) -> list[str]:
    """Where an index that follows the change log from its snapshot, as a worker that starts now
    has it, differs from one made from the database alone."""
    app = create_app(config)
    with app.app_context():
        source = live_index()._source
        followed = live_index().current()
        followed.refresh()
        # In a folder without snapshots.
        attach_at(app, source, config.data_dir / "nothing")
        built = live_index().current()
        wrong = []
        if len(followed) != len(built):
            wrong.append(f"{len(followed)} profiles instead of {len(built)}")
        for word in WORDS:
            query = Query(f"{word} python", must=frozenset({"python"}))
            results = [
                [(hit.id, round(hit.score, 6)) for hit in index.search(query, limit=100).hits]
                for index in (followed, built)
            ]
            if results[0] != results[1]:
                wrong.append(word)
        db.session.rollback()
        db.engine.dispose()
    return wrong


def attach_at(app: Flask, source: object, folder: Path) -> None:
    attach(app, source)  # type: ignore[arg-type]
    live_index()._folder = folder  # type: ignore[union-attr]
