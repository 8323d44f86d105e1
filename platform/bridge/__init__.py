"""Bridge (Мост): the university stands between its students and the enterprises that want them."""

from bridge.app import create_app

__version__ = "0.1.0"

__all__ = ["__version__", "create_app"]
