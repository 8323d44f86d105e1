"""Accounts: registration, sign-in, sessions, the links that mail brings."""

from datetime import timedelta

from flask import Flask


def init_app(app: Flask) -> None:
    # Importing the modules binds Flask-Login's user loader and the routes.
    from bridge import jobs
    from bridge.accounts import factors, listeners, sessions, settings, throttling
    from bridge.accounts.commands import create_user
    from bridge.accounts.demo_guard import refuse_demo_accounts
    from bridge.accounts.factors import passkeys
    from bridge.accounts.labels import account_badge, role_label
    from bridge.accounts.views import blueprint

    assert sessions
    assert settings
    factors.init_app(app)
    app.register_blueprint(blueprint)
    app.jinja_env.filters.update(role_label=role_label, account_badge=account_badge)
    app.cli.add_command(create_user)
    refuse_demo_accounts(app)
    listeners.connect()
    jobs.register(app, "throttle", every=timedelta(hours=1), run=throttling.forget)
    jobs.register(app, "challenges", every=timedelta(hours=1), run=passkeys.forget_challenges)
