"""The command that makes an account, the first administrator's among them."""

from __future__ import annotations

import sys

import click
from flask import current_app
from flask.cli import with_appcontext

from bridge.accounts import service
from bridge.accounts.addresses import normalise_email
from bridge.accounts.models import Role
from bridge.accounts.passwords import names_of_place, weakness
from bridge.extensions import db
from bridge.web.i18n import LOCALES

# Members belong to an employer, which invites them.
ROLES = (Role.STUDENT, Role.STAFF, Role.ADMIN)
NAME_MAX_LENGTH = 120


@click.command("create-user")
@click.argument("email")
@click.option("--name", required=True, help="First name and surname.")
@click.option("--role", required=True, type=click.Choice([role.value for role in ROLES]))
@click.option("--locale", default="ru", type=click.Choice(LOCALES), help="Language of the pages.")
@click.option(
    "--password-stdin",
    is_flag=True,
    help="Read the password from standard input; without it an invitation is sent.",
)
@with_appcontext
def create_user(email: str, name: str, role: str, locale: str, password_stdin: bool) -> None:
    """Make an account for EMAIL."""
    name = " ".join(name.split())
    if not 0 < len(name) <= NAME_MAX_LENGTH:
        raise click.BadParameter(f"1 to {NAME_MAX_LENGTH} characters, please.", param_hint="--name")
    try:
        email = normalise_email(email)
    except ValueError as error:
        raise click.BadParameter("this is not an e-mail address.", param_hint="EMAIL") from error
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    if password is not None:
        here = names_of_place(current_app.config["BRIDGE"])
        if (reason := weakness(password, name, email, here=here)) is not None:
            raise click.ClickException(str(reason))
    try:
        user = service.create_user(
            email,
            name,
            Role(role),
            actor=None,
            password=password,
            locale=locale,
            confirmed=password is not None,
        )
    except service.EmailTakenError as error:
        raise click.ClickException(str(error.message)) from error
    if password is None:
        service.invite(user, actor=None)
    db.session.commit()
    click.echo(
        f"Made: {email}, {role}." + ("" if password else " The invitation is in the outbox.")
    )
