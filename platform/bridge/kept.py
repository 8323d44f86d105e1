"""What was typed into a page whose session has ended meanwhile: shown again, to be sent once more.

Somebody writes for an hour, signs out in another tab or is signed out by the clock, and sends. The
request must not be carried out, since nothing tells whose it is; what was written must not be lost.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from flask import render_template, request

# Fields that no page may show again.
SECRET = re.compile(r"password|code|credential|csrf_token|^(present|new)$")
# From here on a text is worth showing, for whoever would rather copy it.
LONG_TEXT = 30


def is_own_page() -> bool:
    """Whether a page of this site sent the request: what another site makes a browser send was not
    typed here, and must not be offered to be sent once more."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    # Browsers before 2023. Every page asks them to name it (`Referrer-Policy: same-origin`).
    sender = request.headers.get("Origin") or request.headers.get("Referer", "")
    return urlsplit(sender).netloc == request.host


def previous_page() -> str | None:
    """The path of the page of this site from which the request came, as far as it is known."""
    parts = urlsplit(request.headers.get("Referer", ""))
    if parts.netloc != request.host:
        return None
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def kept_page(*, must_sign_in: bool, status: int) -> tuple[str, int] | None:
    """The page that keeps what the form held, passwords left out; None where the request is not
    that of a form of ours. must_sign_in: whether sending again needs an account."""
    if request.method != "POST" or not is_own_page():
        return None
    fields = [
        (name, value) for name, value in request.form.items(multi=True) if not SECRET.search(name)
    ]
    page = render_template(
        "errors/kept.html",
        must_sign_in=must_sign_in,
        action=request.full_path.rstrip("?"),
        fields=fields,
        texts=[value for _name, value in fields if len(value) >= LONG_TEXT],
        had_files=any(file.filename for file in request.files.values()),
        previous=previous_page(),
    )
    return page, status
