"""What the next page says of an act that was just done."""

from __future__ import annotations

from flask import flash
from flask_babel import gettext as _


def offer_undo(text: object, address: str, label: str | None = None) -> None:
    """Say `text` on the next page, with a button that posts to `address` and takes the act back.
    label: what stands on the button, «Undo» unless said otherwise."""
    message = {"text": str(text), "action_url": address, "action_label": label or _("Undo")}
    # `components/messages.html` shows it; Flask's annotation knows texts alone.
    flash(message, "ok")  # type: ignore[arg-type]
