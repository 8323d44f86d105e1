"""The example in the library's docstring runs as it stands."""

from __future__ import annotations

import subprocess
import sys
from textwrap import dedent

import matching


def test_the_example_of_the_docstring_runs() -> None:
    lines = str(matching.__doc__).splitlines()
    code = dedent("\n".join(line for line in lines if line.startswith("    ") or not line))
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, encoding="utf-8"
    )
    first, second = done.stdout.splitlines()
    assert first.startswith("1 1 ")
    assert "kind='must', term='cae'" in first
    assert second.startswith("2 2 ")


def test_the_public_names_exist() -> None:
    assert [name for name in matching.__all__ if not hasattr(matching, name)] == []
