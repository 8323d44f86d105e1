"""The same people as in the tests of stages."""

from tests.hiring.conftest import app, hr, request_, scene, student

__all__ = ["app", "hr", "request_", "scene", "student"]
