"""Files of a thread: what is taken, how it is checked, how it is handed out."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy.orm import undefer

from bridge import limited
from bridge.accounts.models import User
from bridge.contacts.models import ContactRequest, FileKind, Message, MessageFile
from bridge.contacts.queries import visible_requests
from bridge.errors import DomainError
from bridge.extensions import db

MEGABYTE = 1024 * 1024
FILE_BYTES = 5 * MEGABYTE
FILES_A_MESSAGE = 3
THREAD_BYTES = 30 * MEGABYTE
# Of a whole submission: the files, and the form around them.
SUBMISSION_BYTES = FILES_A_MESSAGE * FILE_BYTES + MEGABYTE
CHECK_SECONDS = 10
NAME_LENGTH = 100
PROGRAM = Path(__file__).with_name("file_check.py")
TYPES = {
    FileKind.PDF: ("application/pdf", ".pdf"),
    FileKind.DOCX: (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ".docx",
    ),
    FileKind.PNG: ("image/png", ".png"),
    FileKind.JPEG: ("image/jpeg", ".jpg"),
    FileKind.TXT: ("text/plain; charset=utf-8", ".txt"),
}
ACCEPTED = ".pdf,.docx,.png,.jpg,.jpeg,.txt"
REFUSALS = {
    "unknown": _l("Only PDF, DOCX, PNG, JPEG and plain text in UTF-8 are taken."),
    "encrypted": _l("The file is protected by a password."),
    "too-long": _l("The file unpacks into far too much."),
    "active": _l("The file holds programs or other files."),
    "broken": _l("The file is damaged."),
}


class FileRefusedError(DomainError):
    """Which of the files, and why."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came: its name is whatever the sender's machine called it."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class CheckedFile:
    name: str
    kind: FileKind
    content: bytes


def inspect(uploads: Sequence[Upload]) -> list[CheckedFile]:
    """Each file, checked by its content in a process of its own; FileRefusedError names the one
    that is not taken and why. Needs no database: call it before anything is locked."""
    if len(uploads) > FILES_A_MESSAGE:
        raise FileRefusedError(
            ngettext(
                "At most %(num)s file goes with a message.",
                "At most %(num)s files go with a message.",
                FILES_A_MESSAGE,
            )
        )
    return [_inspected(upload) for upload in uploads]


def _inspected(upload: Upload) -> CheckedFile:
    if not upload.content:
        raise _refused(upload, _("The file is empty."))
    if len(upload.content) > FILE_BYTES:
        raise _refused(upload, _("The file is larger than 5 MB."))
    kind, content = _checked(upload)
    if len(content) > FILE_BYTES:
        raise _refused(upload, _("The file is larger than 5 MB."))
    return CheckedFile(clean_name(upload.name, kind), kind, content)


def _checked(upload: Upload) -> tuple[FileKind, bytes]:
    written = limited.run(PROGRAM, upload.content, seconds=CHECK_SECONDS) or b""
    line, _separator, content = written.partition(b"\n")
    # A process that its limits killed says nothing.
    answer = json.loads(line) if line else {"refused": "too-long"}
    if "refused" in answer:
        raise _refused(upload, REFUSALS[answer["refused"]])
    return FileKind(answer["kind"]), content


def _refused(upload: Upload, reason: object) -> FileRefusedError:
    return FileRefusedError(f"{_plain(upload.name) or _('File')}: {reason}")


def clean_name(name: str, kind: FileKind) -> str:
    """The name that the file is handed out under: no path, nothing invisible, nothing that turns
    the direction of writing, and the ending that belongs to what the file is."""
    stem = re.sub(r"\.(pdf|docx|png|jpe?g|txt)$", "", _plain(name), flags=re.IGNORECASE)
    ending = TYPES[kind][1]
    return (stem[: NAME_LENGTH - len(ending)].strip(". ") or "file") + ending


def _plain(name: str) -> str:
    base = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    shown = "".join(
        char for char in base if unicodedata.category(char)[0] not in "CZ" or char == " "
    )
    return re.sub(r'[<>:"|?*]+', "_", shown).strip()[:NAME_LENGTH]


def add_files(request: ContactRequest, message: Message, files: Sequence[CheckedFile]) -> None:
    """Keep checked files with a message; DomainError where the thread holds too much already.
    The request is locked by then, so that two messages cannot both just fit."""
    if not files:
        return
    held = (
        db.session.scalar(
            sa.select(sa.func.coalesce(sa.func.sum(MessageFile.size), 0))
            .join(Message, Message.id == MessageFile.message_id)
            .where(Message.request_id == request.id)
        )
        or 0
    )
    if held + sum(len(file.content) for file in files) > THREAD_BYTES:
        raise FileRefusedError(_("The files of a conversation may be 30 MB together."))
    message.files = [
        MessageFile(name=file.name, kind=file.kind, size=len(file.content), content=file.content)
        for file in files
    ]


def visible_file(viewer: User, request_id: int, file_id: int) -> MessageFile | None:
    """A file of a thread of the viewer's, with its content."""
    own = visible_requests(viewer).where(ContactRequest.id == request_id, ContactRequest.is_open)
    return db.session.scalar(
        sa.select(MessageFile)
        .join(Message, Message.id == MessageFile.message_id)
        .where(
            MessageFile.id == file_id,
            Message.request_id.in_(own.with_only_columns(ContactRequest.id)),
        )
        .options(undefer(MessageFile.content))
    )
