"""The command for an administrator whom nobody else can let in again."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from bridge.accounts.factors import service
from bridge.accounts.queries import user_by_email
from bridge.errors import StaleStateError
from bridge.extensions import db


@click.command("reset-factors")
@click.argument("email")
@with_appcontext
def reset_factors(email: str) -> None:
    """Remove the second factors of EMAIL, who has lost them, and sign that account out."""
    user = user_by_email(email)
    if user is None:
        raise click.ClickException("there is no account with this address.")
    try:
        service.reset_factors(user, actor=None)
    except StaleStateError as error:
        raise click.ClickException(str(error.message)) from error
    db.session.commit()
    click.echo(f"{user.email} signs in by the password alone; a letter tells the owner.")
