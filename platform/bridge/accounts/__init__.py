"""Accounts: registration, sign-in, sessions, the links that mail brings."""

from flask import Flask


def init_app(app: Flask) -> None:
    # Importing the module binds Flask-Login's user loader.
    from bridge.accounts import sessions as _sessions
    from bridge.accounts.views import blueprint

    assert _sessions
    app.register_blueprint(blueprint)
