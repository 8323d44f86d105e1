"""What a letter is made of: one template gives the text and the HTML; accounts, not addresses."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from bridge.accounts.models import Role, User
from bridge.database import utc_now
from bridge.extensions import db
from bridge.mail.letters import quote, read_letter
from bridge.mail.models import Attachment, MailState, OutboxMail
from bridge.mail.sender import send_waiting
from bridge.mail.service import enqueue, forget_old
from tests.factories import make_employer, make_user
from tests.mail.letters import html_of, text_of

TEMPLATES = Path(__file__).parents[2] / "templates" / "emails"
CALENDAR = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"


def sent(app: Flask) -> list[EmailMessage]:
    """What was written into files, the oldest first."""
    folder = app.config["BRIDGE"].data_dir / "mail"
    files = sorted(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
    letters = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in files]
    assert all(isinstance(letter, EmailMessage) for letter in letters)
    return letters  # type: ignore[return-value]


def test_text_and_html_say_the_same(app: Flask) -> None:
    reader = make_user(Role.MEMBER, name="Анна <b>Петрова</b>", locale="ru")
    employer = make_employer(name="АО «Завод»", reason_code="rules", note="Раз.\n\n<i>Два</i>.")
    enqueue(reader, "employers/returned", employer=employer)
    db.session.commit()
    assert send_waiting() == (1, 0)
    (letter,) = sent(app)
    assert letter.get_content_type() == "multipart/alternative"
    text, html = text_of(letter), html_of(letter)
    assert text.startswith("Здравствуйте, Анна <b>Петрова</b>!")
    assert "> Раз.\n\n> <i>Два</i>." in text
    assert "http://localhost/company" in text
    assert "Анна &lt;b&gt;Петрова&lt;/b&gt;" in html
    assert "&lt;i&gt;Два&lt;/i&gt;." in html
    assert '<a href="http://localhost/company"' in html
    assert '<html lang="ru">' in html
    assert "<img" not in html
    assert "<script" not in html


def test_nobody_s_words_become_a_part_of_ours(app: Flask) -> None:
    forged = quote("\x01Нажмите\x05https://evil.example\n\n\x03ещё")
    assert forged == "\x02Нажмитеhttps://evil.example\n\n\x02ещё"
    employer = make_employer(name="\x01Завод\x05https://evil.example", note="")
    letter = read_letter("employers/approved", recipient=None, employer=employer)
    assert [part.kind for part in letter.parts] == ["paragraph", "button"]
    assert letter.url == "http://localhost/hr/vacancies"


def test_the_address_is_read_when_the_letter_leaves(app: Flask) -> None:
    reader = make_user(Role.STUDENT, email="old@example.ru")
    enqueue(reader, "accounts/password-changed")
    db.session.commit()
    reader.email = "new@example.ru"
    db.session.commit()
    assert send_waiting() == (1, 0)
    assert [letter["To"] for letter in sent(app)] == ["new@example.ru"]


def test_closed_and_erased_accounts_get_nothing(app: Flask) -> None:
    closed, erased, other = (make_user(Role.STUDENT) for _ in range(3))
    for reader in (closed, erased, other):
        enqueue(
            reader,
            "accounts/password-changed",
            attachments=[Attachment(name="a.ics", media_type="text/calendar", content=CALENDAR)],
        )
    closed.deactivated_at = utc_now()
    db.session.flush()
    db.session.execute(sa.delete(User).where(User.id == erased.id))
    db.session.commit()
    assert send_waiting() == (1, 0)
    assert [letter["To"] for letter in sent(app)] == [other.email]
    db.session.expire_all()
    rows = db.session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id)).all()
    assert [(row.user_id, row.state, row.text + row.html) for row in rows] == [
        (closed.id, MailState.DROPPED, ""),
        (other.id, MailState.SENT, ""),
    ]
    kept = db.session.scalars(sa.select(Attachment.mail_id)).all()
    assert kept == [], "what went or goes nowhere keeps no file"


def test_attachments_travel_with_their_type(app: Flask) -> None:
    reader = make_user(Role.STUDENT)
    kind = "text/calendar; method=REQUEST; charset=utf-8"
    file = Attachment(name="встреча.ics", media_type=kind, content=CALENDAR)
    enqueue(reader, "accounts/password-changed", attachments=[file])
    db.session.commit()
    assert send_waiting() == (1, 0)
    (letter,) = sent(app)
    assert letter.get_content_type() == "multipart/mixed"
    (part,) = letter.iter_attachments()
    assert (part.get_filename(), part.get_content_type()) == ("встреча.ics", "text/calendar")
    assert part.get_param("method") == "REQUEST"
    assert part.get_payload(decode=True) == CALENDAR
    assert "was changed just now" in text_of(letter)


def test_letters_are_forgotten_after_a_month(app: Flask) -> None:
    reader = make_user(Role.STUDENT)
    ages = {"old": 31, "new": 29}
    for state in MailState:
        for age, days in ages.items():
            db.session.add(
                OutboxMail(
                    user_id=reader.id,
                    subject=f"{state.value} {age}",
                    text="",
                    message_id=f"<{state.value}-{age}>",
                    state=state,
                    created_at=utc_now() - timedelta(days=days),
                )
            )
    db.session.commit()
    assert forget_old() == 3
    left = set(db.session.scalars(sa.select(OutboxMail.subject)))
    assert left == {"waiting old", *(f"{state.value} new" for state in MailState)}


@pytest.mark.parametrize(
    "path",
    sorted(path for path in TEMPLATES.glob("*/*.txt")),
    ids=lambda path: str(path.relative_to(TEMPLATES)),
)
def test_templates_leave_greeting_signature_and_links_to_the_frame(path: Path) -> None:
    """So that every letter looks alike, and each also reads well in the list of notices."""
    source = path.read_text()
    for belongs_elsewhere in ("Hello, ", "university()", "{{ base_url }}"):
        assert belongs_elsewhere not in source, "see mail/letters.py and templates/emails/frame.*"
