"""Walking through the pages without a browser: sign in, read a form, submit it."""

from __future__ import annotations

import io
import secrets
from html.parser import HTMLParser
from typing import Any

from flask import g
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bridge.accounts.models import LoginSession, User
from bridge.accounts.sessions import hash_token
from bridge.extensions import db


class Browser(FlaskClient):
    """Requests inside a test share the test's application context and so its database session;
    what extensions remember there for one request (the user, the CSRF token, the language) must
    not reach the next. It asks for English, in which the tests read the pages."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        for name in set(g) - {"_sqlalchemy_sessions"}:
            g.pop(name)
        # Read at once, or a static file stays open until somebody closes the answer.
        kwargs.setdefault("buffered", True)
        return super().open(*args, **kwargs)


class Stranger(Browser):
    """A browser that shares nothing with the test but the database: what the test has written is
    committed before a request, and the request's session ends with it, as in the server."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        db.session.commit()
        try:
            return super().open(*args, **kwargs)
        finally:
            db.session.rollback()


def sign_in(client: FlaskClient, user: User) -> None:
    """Give the client a session of `user`, as a successful sign-in would. Commits."""
    token = secrets.token_urlsafe(32)
    db.session.add(LoginSession(user_id=user.id, token_hash=hash_token(token)))
    db.session.commit()
    with client.session_transaction() as session:
        session["_user_id"] = user.get_id()
        session["_fresh"] = True
        session["login_token"] = token
        # Of an earlier one, perhaps long ago.
        session.pop("seen", None)


class _Fields(HTMLParser):
    """The name and value of every form control of a page, form by form."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, list[str]]]] = []
        self._select: str | None = None
        self._textarea: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "form":
            self.forms.append((values.get("action") or "", {}))
        elif self.forms:
            self._control(tag, values)

    def _control(self, tag: str, values: dict[str, str | None]) -> None:
        fields = self.forms[-1][1]
        name = values.get("name")
        if tag == "option" and self._select is not None and "selected" in values:
            fields.setdefault(self._select, []).append(values.get("value") or "")
        if not name:
            return
        if tag == "select":
            self._select = name
        elif tag == "textarea":
            self._textarea = name
            fields.setdefault(name, [""])
        elif tag == "input":
            kind = values.get("type")
            if kind in ("checkbox", "radio") and "checked" not in values:
                return
            if kind not in ("submit", "file"):
                fields.setdefault(name, []).append(values.get("value") or "")

    def handle_data(self, data: str) -> None:
        if self._textarea is not None:
            field = self.forms[-1][1][self._textarea]
            field[0] += data.removeprefix("\n") if not field[0] else data

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = None
        elif tag == "textarea":
            self._textarea = None


def forms_of(response: TestResponse) -> list[tuple[str, dict[str, list[str]]]]:
    parser = _Fields()
    parser.feed(response.text)
    return parser.forms


def submit(
    client: FlaskClient,
    page: str,
    values: dict[str, Any] | None = None,
    *,
    action: str | None = None,
) -> TestResponse:
    """Open `page`, take the form whose action is `action` (default: the one that posts to the
    page itself or, failing that, has an empty action), change `values`, post it. Its CSRF token
    and everything untouched is sent as the page had it. A value of None removes a field."""
    response = client.get(page)
    assert response.status_code == 200, f"{page}: {response.status_code}"
    wanted = (action,) if action else (page, page.split("?")[0], "")
    found = [(target, fields) for target, fields in forms_of(response) if target in wanted]
    assert found, f"{page} has no form for {wanted}: {[t for t, _ in forms_of(response)]}"
    target, fields = found[-1]
    data: dict[str, Any] = {**fields, **(values or {})}
    return client.post(
        target or page, data={name: value for name, value in data.items() if value is not None}
    )


def bring_table(client: FlaskClient, page: str, *lines: str, **values: str) -> TestResponse:
    """Upload a CSV of these lines, as Excel writes it, by the form of a page."""
    content = "\n".join(lines).encode("cp1251")
    token = forms_of(client.get(page))[-1][1]["csrf_token"]
    file = (io.BytesIO(content), "table.csv")
    return client.post(page, data={"csrf_token": token, "file": file, **values})
