"""A program of its own (see `test_parsers`): bytes made up by libFuzzer go to one of our parsers,
led by the branches that they reach.

    python -m tests.attacks.led_input NAME [options of libFuzzer]

It ends with an error, and shows the bytes, where the parser does not keep its promise or takes
longer than -timeout.
"""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["bridge", "matching"]):
    from bridge import create_app
    from tests.attacks.parsers import PARSERS, examples

from tests.conftest import make_config


def main() -> None:
    name = sys.argv.pop(1)
    parser = PARSERS[name][0]

    def run(content: bytes) -> None:
        try:
            parser(content)
        except Exception:
            traceback.print_exc()
            sys.stderr.write(f"The bytes: {content!r}\n")
            sys.stderr.flush()
            os._exit(1)

    with tempfile.TemporaryDirectory() as folder:
        beginnings = Path(folder) / "beginnings"
        beginnings.mkdir()
        for number, content in enumerate(examples(name)):
            (beginnings / str(number)).write_bytes(content)
        app = create_app(make_config(Path(folder)))
        with app.test_request_context(headers={"Accept-Language": "en"}):
            atheris.Setup([*sys.argv, str(beginnings)], run)
            atheris.Fuzz()


if __name__ == "__main__":
    main()
