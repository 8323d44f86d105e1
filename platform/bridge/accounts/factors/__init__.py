"""Second factors: codes of an authenticator application, passkeys, recovery codes."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    # Importing the modules binds their routes to the blueprint of accounts.
    from bridge.accounts.factors import gate, signing_in, views
    from bridge.accounts.factors.commands import reset_factors

    assert signing_in
    assert views
    app.cli.add_command(reset_factors)
    gate.init_app(app)
