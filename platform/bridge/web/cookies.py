"""The session's cookie, which style sheets, scripts and pictures neither read nor set."""

from __future__ import annotations

import flask
from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin


class SessionCookies(SecureCookieSessionInterface):
    """Flask would renew the cookie of whoever is signed in with every file, in an answer that all
    on the way may keep, and browsers would fetch every file anew for every cookie."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if _is_file(app, request):
            # Not None, which the page of an error could not write to.
            return SecureCookieSession()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not _is_file(app, flask.request):
            super().save_session(app, session, response)


def _is_file(app: Flask, request: Request) -> bool:
    """By its address: the session is opened before the endpoint is known."""
    return request.path.startswith(f"{app.static_url_path}/")
