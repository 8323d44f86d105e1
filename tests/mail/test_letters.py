"""What a letter is made of: one template gives the text and the HTML; accounts, not addresses."""

from __future__ import annotations

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
from bridge.mail.service import enqueue
from bridge.notices.kinds import KINDS
from bridge.notices.labels import GROUPS
from bridge.notices.models import Group
from tests.factories import make_employer, make_user
from tests.mail.letters import html_of, text_of

TEMPLATES = Path(__file__).parents[2] / "templates" / "emails"
# No notices: about the account, sent whatever the reader has chosen; and the digest itself.
NO_NOTICES = {
    *("accounts/already-registered", "accounts/confirm", "accounts/invitation"),
    *("accounts/password-changed", "accounts/reset", "accounts/no-account"),
    "accounts/factors-changed",
    # to people who have no account there, or have it elsewhere
    *("employers/application-waits", "employers/invited-known"),
    *("rights/erasure-asked", "rights/erased", "consents/new-version"),
    "notices/digest",
    # each search has its own switch and its own link to end it
    "saved_searches/new",
}
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
    db.session.commit()
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


def test_what_is_written_to_a_closed_account_reaches_it_unless_it_is_erased(app: Flask) -> None:
    closed, erased = (make_user(Role.STUDENT, deactivated_at=utc_now()) for _ in range(2))
    for reader in (closed, erased):
        enqueue(reader, "accounts/password-changed")
    erased.erased_at = utc_now()
    db.session.commit()
    assert send_waiting() == (1, 0)
    assert [letter["To"] for letter in sent(app)] == [closed.email]


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


def test_every_text_is_of_a_registered_kind_and_every_kind_has_one(app: Flask) -> None:
    written = {
        str(path.relative_to(TEMPLATES))[: -len(".txt")] for path in TEMPLATES.glob("*/*.txt")
    }
    assert written - set(KINDS) == NO_NOTICES
    assert set(KINDS) - written == set(), "these kinds have no text"


def test_every_reader_can_choose_for_every_group(app: Flask) -> None:
    chosen = {group for labels in GROUPS.values() for group in labels}
    assert chosen == set(Group) >= {kind.group for kind in KINDS.values()}
