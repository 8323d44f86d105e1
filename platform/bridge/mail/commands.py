"""The command that sends what waits."""

from __future__ import annotations

import signal

import click
from flask import current_app
from flask.cli import with_appcontext

from bridge.mail.sender import mail_sender, send_waiting


@click.command("send-mail")
@click.option("--follow", is_flag=True, help="Stay and send whatever comes, until Ctrl-C.")
@with_appcontext
def send_mail(follow: bool) -> None:
    """Send the letters that wait in the outbox."""
    if not follow:
        sent, failed = send_waiting()
        click.echo(f"Sent: {sent}. Not sent: {failed}.")
        if failed:
            raise click.exceptions.Exit(1)
        return
    sender = mail_sender(current_app._get_current_object())  # type: ignore[attr-defined]
    signal.signal(signal.SIGTERM, lambda *_: sender.stop())
    click.echo("Sending letters as they come; Ctrl-C ends it.")
    try:
        sender.run()
    except KeyboardInterrupt:
        click.echo("Ended.")
