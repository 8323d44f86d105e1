"""Icons of the sprite, put together once each: a long list shows some hundreds of them."""

from __future__ import annotations

from functools import lru_cache

from flask import Flask, g, url_for
from markupsafe import Markup


def icon(name: str, label: object = None, css_class: str = "") -> Markup:
    """The icon of that name. label: what it says where it stands alone; without one it is
    decoration beside a text and hidden from assistive technology."""
    if "sprite" not in g:
        g.sprite = url_for("static", filename="img/icons.svg")
    return _drawn(g.sprite, name, str(label) if label else "", css_class)


@lru_cache(maxsize=2048)
def _drawn(sprite: str, name: str, label: str, css_class: str) -> Markup:
    said = Markup(' role="img" aria-label="{0}"><title>{0}</title>').format(label)
    return Markup('<svg class="{}" width="20" height="20"{}<use href="{}#{}"></use></svg>').format(
        f"icon {css_class}".strip(), said if label else Markup(' aria-hidden="true">'), sprite, name
    )


def init_app(app: Flask) -> None:
    app.jinja_env.globals["drawn_icon"] = icon
