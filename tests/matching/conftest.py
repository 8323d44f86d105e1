"""Property tests run without a deadline: a shared machine is slow at times."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("matching", deadline=None, max_examples=60)
settings.load_profile("matching")
