"""Markup in every text that people write is shown as text on every page of every reader."""

from __future__ import annotations

from html.parser import HTMLParser

import sqlalchemy as sa
from flask import Flask

from bridge.accounts.models import Role, User
from bridge.contacts import service as contacts
from bridge.contacts.models import ContactRequest, RequestState
from bridge.database import Model
from bridge.extensions import db
from tests.attacks.pages import client_of, walk
from tests.attacks.test_bad_input import STARTS
from tests.contracts.world import make_world

PAYLOAD = "\"'></textarea></title><xss onload=alert(1)>{{7*7}}"
# What is chosen from a list, checked by its form or made by the platform is nobody's free text.
CHECKED = {
    "email",
    "inn",
    "ogrn",
    "site",
    "url",
    "pseudonym",
    "slug",
    "code",
    "token_hash",
    "epoch",
}


class Planted(HTMLParser):
    """Elements and attributes that only the payload can have brought, and links that run."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "xss":
            self.found.append(tag)
        for name, value in attrs:
            runs = (value or "").strip().lower().startswith(("javascript:", "data:", "vbscript:"))
            if name.startswith("on") or (name in ("href", "src", "action") and runs):
                self.found.append(f"{tag} {name}={value}")


def plant() -> None:
    """Put the payload into every column that holds free text."""
    for table in ("user", "employer", "member", "vacancy", "profile", "profile_entry", "skill",
                  "moderation_case", "contact_request", "message", "direction"):  # fmt: skip
        columns = [
            column
            for column in Model.metadata.tables[table].columns
            if type(column.type) in (sa.String, sa.Text)
            and column.name not in CHECKED
            and not column.name.endswith(("hash", "_code", "locale"))
            and not column.foreign_keys
        ]
        fitting = [c for c in columns if (getattr(c.type, "length", None) or 999) >= len(PAYLOAD)]
        db.session.execute(
            sa.update(Model.metadata.tables[table]).values(dict.fromkeys(fitting, PAYLOAD))
        )


def test_what_people_write_is_never_markup(app: Flask) -> None:
    world = make_world()
    student, member = world.people["student"], world.people["member"]
    assert student is not None
    assert member is not None
    for request in db.session.scalars(sa.select(ContactRequest)):
        if request.state is not RequestState.ACCEPTED:
            contacts.accept(request, actor=request.profile.user)
        contacts.write_message(request, PAYLOAD, actor=request.profile.user)
    plant()
    db.session.commit()
    wrong, seen = [], 0
    for kind, person in world.people.items():
        client = client_of(app, person)
        for address, text, _forms in walk(client, STARTS[kind]):
            parser = Planted()
            parser.feed(text)
            seen += "&lt;xss" in text
            if parser.found or "<xss" in text:
                wrong.append(f"{kind}: {address}: {parser.found}")
    assert wrong == []
    assert seen > 20
    assert db.session.scalar(sa.select(User.name).where(User.role == Role.ADMIN)) == PAYLOAD
