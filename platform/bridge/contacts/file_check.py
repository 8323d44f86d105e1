"""A program of its own: reads a file from standard input, says what it is, writes it out clean.

Run by `files.inspect` within the limits of `bridge.limited`. It imports nothing of the platform and
opens nothing but its input. Output: one line of JSON, {"kind": …} or {"refused": …}, then the
content to keep.
"""

from __future__ import annotations

import io
import json
import sys
import warnings
import zipfile
from collections.abc import Callable
from typing import Any

# Beyond these nobody writes a résumé or a task; a bomb does.
PAGES = 200
PIXELS = 40_000_000
UNPACKED_BYTES = 60 * 1024 * 1024
ENTRIES = 2000
JPEG_QUALITY = 90


class RefusedError(Exception):
    """Why the file is not taken: a code that the page puts into words."""


def as_pdf(content: bytes) -> bytes:
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted:
        raise RefusedError("encrypted")
    if not 0 < len(reader.pages) <= PAGES:
        raise RefusedError("too-long")
    root: Any = reader.trailer["/Root"]
    names: Any = root.get("/Names", {})
    active = "/JavaScript" in names or "/EmbeddedFiles" in names or "/AA" in root
    action: Any = root.get("/OpenAction", {})
    if active or (hasattr(action, "get") and action.get("/S") in ("/JavaScript", "/Launch")):
        raise RefusedError("active")
    return content


def as_docx(content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
        names = {entry.filename for entry in entries}
        if "word/document.xml" not in names or "[Content_Types].xml" not in names:
            raise RefusedError("unknown")
        if any(name.lower().endswith(("vbaproject.bin", ".exe", ".dll")) for name in names):
            raise RefusedError("active")
        if len(entries) > ENTRIES or sum(entry.file_size for entry in entries) > UNPACKED_BYTES:
            raise RefusedError("too-long")
        # What an entry says of its own size may be a lie: unpack, counting.
        unpacked = 0
        for entry in entries:
            with archive.open(entry) as stream:
                while chunk := stream.read(1 << 16):
                    unpacked += len(chunk)
                    if unpacked > UNPACKED_BYTES:
                        raise RefusedError("too-long")
    return content


def as_image(kind: str) -> Callable[[bytes], bytes]:
    """Decoded and encoded anew: what else the file held (a place, another file) is gone."""

    def check(content: bytes) -> bytes:
        from PIL import Image, ImageOps

        Image.MAX_IMAGE_PIXELS = PIXELS
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(content), formats=[kind]) as image:
                upright = ImageOps.exif_transpose(image)
                upright.load()
        except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
            raise RefusedError("too-long") from error
        if kind == "JPEG" and upright.mode not in ("RGB", "L"):
            upright = upright.convert("RGB")
        # A new image: none of the old one's texts and profiles comes along.
        clean = Image.frombytes(upright.mode, upright.size, upright.tobytes())
        if upright.mode == "P":
            clean.putpalette(upright.getpalette() or [])
        target = io.BytesIO()
        clean.save(target, kind, **({"quality": JPEG_QUALITY} if kind == "JPEG" else {}))
        return target.getvalue()

    return check


def as_text(content: bytes) -> bytes:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RefusedError("unknown") from error
    if any(ord(char) < 32 and char not in "\t\r\n\f" for char in text):
        raise RefusedError("unknown")
    return content


# What a file begins with -> its kind and how it is checked; anything else must be plain text.
KINDS: tuple[tuple[bytes, str, Callable[[bytes], bytes]], ...] = (
    (b"%PDF-", "pdf", as_pdf),
    (b"PK\x03\x04", "docx", as_docx),
    (b"\x89PNG\r\n\x1a\n", "png", as_image("PNG")),
    (b"\xff\xd8\xff", "jpeg", as_image("JPEG")),
)


def check(content: bytes) -> tuple[str, bytes]:
    for beginning, kind, checked in KINDS:
        if content.startswith(beginning):
            return kind, checked(content)
    return "txt", as_text(content)


def main() -> None:
    content = sys.stdin.buffer.read()
    answer: dict[str, str]
    clean = b""
    try:
        kind, clean = check(content)
        answer = {"kind": kind}
    except RefusedError as error:
        answer = {"refused": str(error)}
    except MemoryError:
        answer = {"refused": "too-long"}
    except Exception:
        # Whatever a library says of a broken file: it is broken.
        answer = {"refused": "broken"}
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + clean)


if __name__ == "__main__":
    main()
