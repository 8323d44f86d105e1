"""Files made by the test: good ones, disguised ones, bombs."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject


def pdf(pages: int = 1) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def pdf_that_acts(kind: str) -> bytes:
    """Does something of this kind (JavaScript, Launch) when it is opened."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    action = DictionaryObject(
        {NameObject("/S"): NameObject(f"/{kind}"), NameObject("/F"): TextStringObject("calc.exe")}
    )
    writer.root_object[NameObject("/OpenAction")] = action
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def locked_pdf() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.encrypt("secret", algorithm="RC4-128")
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def docx(**further: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<document>Задание</document>")
        for name, content in further.items():
            archive.writestr(name.replace("__", "/"), content)
    return target.getvalue()


def image(kind: str, size: tuple[int, int] = (60, 40)) -> bytes:
    """With the place where it was taken in its EXIF data."""
    picture = Image.new("RGB", size, (200, 30, 30))
    exif = Image.Exif()
    exif[0x010E] = "SECRET-PLACE 55.9N 37.8E"
    target = io.BytesIO()
    picture.save(target, kind, exif=exif)
    return target.getvalue()


def png_bomb(side: int = 30_000) -> bytes:
    """A picture of 900 megapixels in some kilobytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        crc = zlib.crc32(name + data)
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", crc)

    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * (side // 8 + 1) * 1000, 9)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


def docx_bomb() -> bytes:
    """A hundred megabytes of nothing."""
    return docx(word__media__nothing=b"\0" * 100_000_000)


def lying_docx() -> bytes:
    """Says of its largest part that it is small."""
    content = bytearray(docx_bomb())
    size = struct.pack("<I", 100_000_000)
    while (place := content.find(size)) >= 0:
        content[place : place + 4] = struct.pack("<I", 1000)
    return bytes(content)
