"""How a letter leaves: through an SMTP server, or into a file where there is none."""

from __future__ import annotations

import ipaddress
import os
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage, Message
from email.policy import SMTP, Policy
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, unquote, urlsplit

import idna

from bridge.config import Config
from bridge.mail.models import Attachment, OutboxMail

TIMEOUT_SECONDS = 20


class InsecureServerError(smtplib.SMTPException):
    """The server offers no encryption, and a password would have to be sent."""


class Transport(Protocol):
    def send(self, message: EmailMessage) -> None:
        """Hand the letter over, or raise OSError or SMTPException."""


class SmtpTransport:
    def __init__(self, server: smtplib.SMTP) -> None:
        self.server = server

    def send(self, message: EmailMessage) -> None:
        self.server.send_message(message)


class FileTransport:
    """Each letter is a file of `folder`, whole or absent."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, message: EmailMessage) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        target = self.folder / f"{message['Message-ID'].strip('<>')}.eml"
        aside = target.with_suffix(".part")
        aside.write_bytes(message.as_bytes())
        os.replace(aside, target)


@contextmanager
def open_transport(config: Config) -> Iterator[Transport]:
    """One connection for as many letters as are sent inside the block."""
    if config.mail_url == "file":
        yield FileTransport(config.data_dir / "mail")
        return
    server = _connect(urlsplit(config.mail_url))
    try:
        yield SmtpTransport(server)
    finally:
        try:
            server.quit()
        except (smtplib.SMTPException, OSError):
            server.close()


def _connect(url: SplitResult) -> smtplib.SMTP:
    """smtps:// is encrypted from the start, smtp:// as soon as the server offers it."""
    host = url.hostname or "localhost"
    if url.scheme == "smtps":
        context = ssl.create_default_context()
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, url.port or 465, timeout=TIMEOUT_SECONDS, context=context
        )
    else:
        server = smtplib.SMTP(host, url.port or 25, timeout=TIMEOUT_SECONDS)
    try:
        _secure(server, url, host)
    except BaseException:
        server.close()
        raise
    return server


def _secure(server: smtplib.SMTP, url: SplitResult, host: str) -> None:
    server.ehlo()
    # On this machine nothing can be overheard, and such servers have home-made certificates.
    encrypted = url.scheme == "smtps" or _is_loopback(host)
    if not encrypted and server.has_extn("starttls"):
        server.starttls(context=ssl.create_default_context())
        server.ehlo()
        encrypted = True
    if url.username:
        if not encrypted:
            raise InsecureServerError
        server.login(unquote(url.username), unquote(url.password or ""))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def compose(mail: OutboxMail, config: Config) -> EmailMessage:
    """The letter as it travels: text, HTML where there is some, attachments."""
    message = EmailMessage(policy=_POLICY)
    message["From"] = _address(config.mail_from)
    message["To"] = _address(mail.recipient)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = mail.message_id
    # Answering machines do not answer it (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    if mail.unsubscribe_url:
        _offer_to_unsubscribe(message, mail.unsubscribe_url, config)
    message.set_content(mail.text)
    if mail.html:
        message.add_alternative(mail.html, subtype="html")
    for attachment in mail.attachments:
        _attach(message, attachment)
    return message


def _offer_to_unsubscribe(message: EmailMessage, url: str, config: Config) -> None:
    """RFC 2369, and RFC 8058 where the address is https, as it demands."""
    ways = [f"<{url}>"]
    if config.mail_unsubscribe:
        token = url.rpartition("/")[2]
        ways.append(f"<mailto:{config.mail_unsubscribe}?subject={token}>")
    message["List-Unsubscribe"] = ", ".join(ways)
    if url.startswith("https://"):
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def _attach(message: EmailMessage, attachment: Attachment) -> None:
    kind = Message()
    kind["Content-Type"] = attachment.media_type
    message.add_attachment(
        attachment.content,
        maintype=kind.get_content_maintype(),
        subtype=kind.get_content_subtype(),
        filename=attachment.name,
        params=dict((kind.get_params() or [])[1:]),
    )


class _AddressesOfLists(UnstructuredHeader, BaseHeader):
    """`List-Unsubscribe` holds addresses longer than a line: one a line, never cut or encoded."""

    max_count = 1

    def fold(self, *, policy: Policy) -> str:
        lines = f",{policy.linesep} ".join(str(self).split(", "))
        return f"{self.name}: {lines}{policy.linesep}"


_headers = HeaderRegistry()
_headers.map_to_type("list-unsubscribe", _AddressesOfLists)
_POLICY = SMTP.clone(header_factory=_headers)


def _address(value: str) -> Address:
    """A Cyrillic domain is written the way that every server understands (IDNA 2008: Python's own
    codec is of 2003 and turns some domains into those of other people); ValueError where it has
    no such form."""
    name, address = parseaddr(value)
    local, _, domain = address.rpartition("@")
    if not domain.isascii():
        domain = idna.encode(domain, uts46=True).decode("ascii")
    return Address(name, local, domain)
