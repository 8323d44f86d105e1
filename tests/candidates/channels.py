"""Everything through which an employer can learn of a student: every address that a representative
may open, taken from the map of routes so that a later one is covered without a word here; files
unpacked; letters with what travels in them."""

from __future__ import annotations

import io
import itertools
import zipfile
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient
from pypdf import PdfReader
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from bridge.accounts.models import User
from bridge.applications.models import Application
from bridge.candidates.models import CandidateNote, CandidateTag
from bridge.contacts.models import ContactRequest, MessageFile
from bridge.extensions import db
from bridge.interviews.models import Interview, Slot
from bridge.mail.models import OutboxMail
from bridge.notices.models import Notice
from bridge.permissions import Permission, can, declared_permission
from bridge.saved_searches.models import SavedSearch
from bridge.vacancies.models import Vacancy

# By their names in addresses: rows of the employer's world.
ROWS: dict[str, Any] = {
    "request_id": ContactRequest,
    "application_id": Application,
    "interview_id": Interview,
    "slot_id": Slot,
    "file_id": MessageFile,
    "notice_id": Notice,
    "search_id": SavedSearch,
    "note_id": CandidateNote,
    "tag_id": CandidateTag,
}
FIXED: dict[str, tuple[object, ...]] = {
    "ending": ("csv", "xlsx", "pdf"),
    "name": ("funnel",),
    "token": ("nonsense",),
    "language": ("ru", "en"),
}
# One's own account, which holds the representative's own data, and the programs that watch.
ELSEWHERE = {"static", "web.healthz", "web.readyz", "rights.download"}


def employer_pages(client: FlaskClient, vacancy_id: int, pseudonym: str) -> dict[str, str]:
    """Headers and content of every address that the signed-in representative may open."""
    app = client.application
    vacancy = db.session.get_one(Vacancy, vacancy_id)
    (member,) = vacancy.employer.members
    known = FIXED | {
        "vacancy_id": (vacancy_id,),
        "employer_id": (vacancy.employer_id,),
        "pseudonym": (pseudonym,),
        **{name: tuple(db.session.scalars(sa.select(model.id))) for name, model in ROWS.items()},
    }
    addresses = [
        address
        for rule in app.url_map.iter_rules()
        if is_open_to(member.user, rule, app)
        for address in addresses_of(rule, known, app)
    ]
    base = f"/hr/vacancies/{vacancy_id}"
    addresses += [
        f"{base}/candidates?marks=all&q=прочность&sort=year",
        f"{base}/compare?c={pseudonym}&c={pseudonym}",
        *(f"{base}/candidates.{ending}?marks=all" for ending in FIXED["ending"]),
    ]
    db.session.rollback()
    pages = {}
    for address in sorted(addresses):
        answer = client.get(address)
        # 404: an address whose objects do not belong together; 410: a term that is over.
        assert answer.status_code in (200, 302, 303, 404, 410), f"{address}: {answer.status_code}"
        pages[address] = f"{answer.headers}{inside(answer)}"
    return pages


def is_open_to(user: User, rule: Rule, app: Any) -> bool:
    permission = declared_permission(app, rule.endpoint)
    return (
        "GET" in (rule.methods or ())
        and rule.endpoint not in ELSEWHERE
        and permission not in (None, Permission.SIGN_IN)
        and can(user, permission)
    )


def addresses_of(rule: Rule, known: dict[str, tuple[Any, ...]], app: Any) -> Iterator[str]:
    """With every choice of the values that are known; none where one has no value."""
    names = sorted(rule.arguments)
    adapter = app.url_map.bind("localhost")
    for values in itertools.product(*(known.get(name, ()) for name in names)):
        yield adapter.build(rule.endpoint, dict(zip(names, values, strict=True)))


def inside(answer: TestResponse) -> str:
    """The text of an answer; all parts, names and metadata of a file."""
    kind = answer.mimetype
    if kind == "application/pdf":
        reader = PdfReader(io.BytesIO(answer.data))
        texts = [page.extract_text() for page in reader.pages]
        return "\n".join((*texts, str(reader.metadata), str(reader.xmp_metadata)))
    if answer.data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
            parts = [archive.read(name).decode("utf-8") for name in archive.namelist()]
        return "\n".join((*parts, *archive.namelist()))
    return answer.data.decode("utf-8-sig")


def employer_letters(email: str) -> str:
    """Every letter to this address: subject, both forms, addresses in it, what is attached."""
    rows = db.session.scalars(sa.select(OutboxMail).where(OutboxMail.recipient == email))
    return "\n".join(
        "\n".join(
            (
                letter.subject,
                letter.text,
                letter.html,
                letter.unsubscribe_url,
                *(f"{file.name}\n{file.content.decode()}" for file in letter.attachments),
            )
        )
        for letter in rows
    )
