"""The version for the visually impaired: the same pages with other sizes and colours.

What the reader chooses is kept in a cookie of its own, so that it works before signing in and
without scripts, and with the account, which goes before: so it is the same in every browser. The
page carries it as data attributes on <html>; the style sheet does the rest.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, current_app, g, redirect, render_template, request
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response
from wtforms import HiddenField, RadioField
from wtforms.fields import SelectChoice

from bridge.accounts.service import keep_appearance
from bridge.extensions import db
from bridge.permissions import Permission, requires
from bridge.web.forms import BaseForm
from bridge.web.routing import safe_path

COOKIE = "appearance"
COOKIE_SECONDS = 365 * 24 * 3600
# Longer than any cookie of ours; what is cut off falls back to the defaults.
COOKIE_MAX_LENGTH = 200

blueprint = Blueprint("appearance", __name__)


class FontSize(enum.StrEnum):
    NORMAL = "normal"
    LARGE = "large"
    HUGE = "huge"


class Scheme(enum.StrEnum):
    SYSTEM = "system"
    BLACK_ON_WHITE = "black-on-white"
    WHITE_ON_BLACK = "white-on-black"
    BLUE = "blue"


class Spacing(enum.StrEnum):
    NORMAL = "normal"
    WIDE = "wide"
    HUGE = "huge"


class Switch(enum.StrEnum):
    ON = "on"
    OFF = "off"


class Theme(enum.StrEnum):
    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True, kw_only=True)
class Appearance:
    """One reader's choice; the defaults are the ordinary version."""

    font_size: FontSize = FontSize.NORMAL
    scheme: Scheme = Scheme.SYSTEM
    spacing: Spacing = Spacing.NORMAL
    images: Switch = Switch.ON
    theme: Theme = Theme.SYSTEM
    hotkeys: Switch = Switch.ON

    @classmethod
    def from_cookie(cls, value: str | None) -> Appearance:
        """Read a cookie, which may hold anything: each unknown value is its default."""
        chosen = dict(parse_qsl((value or "")[:COOKIE_MAX_LENGTH]))
        known: dict[str, Any] = {}
        for name, default in asdict(cls()).items():
            kind: type[enum.StrEnum] = type(default)
            known[name] = next((value for value in kind if value == chosen.get(name)), default)
        return cls(**known)

    def to_cookie(self) -> str:
        return urlencode(asdict(self))

    def attributes(self) -> Markup:
        """Data attributes for <html>, such as `data-font-size="large"`."""
        return Markup(" ").join(
            Markup('data-{}="{}"').format(name.replace("_", "-"), value)
            for name, value in asdict(self).items()
        )


def _radio(label: object, options: Mapping[enum.StrEnum, object]) -> RadioField:
    choices = [SelectChoice(value.value, text) for value, text in options.items()]
    return RadioField(label, choices=choices, coerce=type(next(iter(options))))


class AppearanceForm(BaseForm):
    font_size = _radio(
        _l("Font size"),
        {
            FontSize.NORMAL: _l("normal size"),
            FontSize.LARGE: _l("one and a half times"),
            FontSize.HUGE: _l("twice as large"),
        },
    )
    scheme = _radio(
        _l("Colours"),
        {
            Scheme.SYSTEM: _l("ordinary colours"),
            Scheme.BLACK_ON_WHITE: _l("black on white"),
            Scheme.WHITE_ON_BLACK: _l("white on black"),
            Scheme.BLUE: _l("dark blue on light blue"),
        },
    )
    spacing = _radio(
        _l("Letter spacing"),
        {
            Spacing.NORMAL: _l("normal spacing"),
            Spacing.WIDE: _l("wide spacing"),
            Spacing.HUGE: _l("very wide spacing"),
        },
    )
    images = _radio(
        _l("Pictures"), {Switch.ON: _l("show pictures"), Switch.OFF: _l("hide pictures")}
    )
    theme = _radio(
        _l("Theme"),
        {
            Theme.SYSTEM: _l("as on the device"),
            Theme.LIGHT: _l("light theme"),
            Theme.DARK: _l("dark theme"),
        },
    )
    hotkeys = _radio(
        _l("Keyboard shortcuts"), {Switch.ON: _l("shortcuts on"), Switch.OFF: _l("shortcuts off")}
    )
    next = HiddenField()

    def chosen(self) -> Appearance:
        return Appearance(**{field.name: self[field.name].data for field in fields(Appearance)})


@blueprint.app_template_global("appearance")
def present_appearance() -> Appearance:
    kept = request.cookies.get(COOKIE)
    # A page about a broken database asks it nothing.
    if not g.get("database_down") and current_user and current_user.is_authenticated:
        kept = current_user.appearance or kept
    return Appearance.from_cookie(kept)


@blueprint.get("/appearance")
@requires(Permission.VIEW_PUBLIC)
def edit() -> str:
    form = AppearanceForm(obj=present_appearance())
    form.next.data = safe_path(request.args.get("next")).rstrip("?")
    return render_template("appearance/edit.html", form=form)


@blueprint.post("/appearance")
@requires(Permission.VIEW_PUBLIC)
def save() -> Response | tuple[str, int]:
    form = AppearanceForm()
    if "reset" not in request.form and not form.validate():
        return render_template("appearance/edit.html", form=form), 422
    appearance = Appearance() if "reset" in request.form else form.chosen()
    if current_user.is_authenticated:
        keep_appearance(current_user, appearance.to_cookie())
        db.session.commit()
    response = redirect(safe_path(form.next.data), 303)
    response.set_cookie(
        COOKIE,
        appearance.to_cookie(),
        max_age=COOKIE_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["BRIDGE"].is_https,
    )
    return response
