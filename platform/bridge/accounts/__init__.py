"""Accounts: registration, sign-in, sessions, the links that mail brings."""

from flask import Flask


def init_app(app: Flask) -> None:
    # Importing the modules binds Flask-Login's user loader and the routes.
    from bridge.accounts import listeners, sessions, settings
    from bridge.accounts.commands import create_user
    from bridge.accounts.demo_guard import refuse_demo_accounts
    from bridge.accounts.labels import account_badge, role_label
    from bridge.accounts.views import blueprint

    assert sessions
    assert settings
    app.register_blueprint(blueprint)
    app.jinja_env.filters.update(role_label=role_label, account_badge=account_badge)
    app.cli.add_command(create_user)
    refuse_demo_accounts(app)
    listeners.connect()
