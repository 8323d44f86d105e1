"""Pages here write in transactions of their own, so each request needs a session of its own."""

from tests.candidates.conftest import app

__all__ = ["app"]
