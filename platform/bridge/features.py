"""The features, lowest first: a feature may use those above its line, never those below."""

from __future__ import annotations

from importlib import import_module

from flask import Flask

FEATURES = (
    "jobs",
    "mail",
    "consents",
    "accounts",
    "notices",
    "limits",
    "cases",
    "uploads",
    "skills",
    "search",
    "students",
    "employers",
    "blocks",
    "vacancies",
    "candidates",
    "saved_searches",
    "contacts",
    "applications",
    "hiring",
    "interviews",
    "analytics",
    "reports",
    "moderation",
    "operations",
    "rights",
    "admin",
    "demo",
    "web",
)


def register_features(app: Flask) -> None:
    """Each feature's package offers `init_app(app)`: blueprints, listeners, commands."""
    for name in FEATURES:
        import_module(f"bridge.{name}").init_app(app)
