"""The log: one JSON object a line in production, a readable line elsewhere.

No line holds what people sent or who they are: not an address of the network, not a path as it was
typed, not a query, and of an exception its kind and where it came from, never its words. Each line
of a request bears its number, which the answer bears too (`X-Request-ID`).
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
import uuid
from typing import Any

import structlog
from flask import Flask, Response, g, request
from structlog.contextvars import bind_contextvars, merge_contextvars, unbind_contextvars
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, Processor

# Under these names gunicorn finds in a request's environment what only the application knows.
ROUTE, REQUEST_ID = "bridge.route", "bridge.request_id"
_GIVEN_ID = re.compile(r"[0-9a-f]{16,64}", re.ASCII)


def _without_words(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Of an exception its kind and its frames: its message may repeat a row or a form."""
    # What the standard library's own formatters leave on a record, the words among it.
    for name in ("message", "asctime", "exc_text"):
        event.pop(name, None)
    found = event.pop("exc_info", None)
    error = found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        event["error"] = type(error).__qualname__
        event["frames"] = frames_of(error)
    return event


def frames_of(error: BaseException) -> list[str]:
    """Where an error came from, the outermost call first: no line of it holds a value."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


def _in_order(_logger: Any, _method: str, event: EventDict) -> EventDict:
    first = ("time", "level", "logger", "event", "request_id")
    return {**{name: event[name] for name in first if name in event}, **event}


def formatter(*, production: bool, colors: bool = False) -> logging.Formatter:
    """What turns a record of the standard library's `logging` into a line."""
    before: list[Processor] = [
        merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        _without_words,
    ]
    last: Processor
    if production:
        last = structlog.processors.JSONRenderer(serializer=_to_json)
    else:
        last = structlog.dev.ConsoleRenderer(
            colors=colors, timestamp_key="time", pad_event_to=0, pad_level=False
        )
    after = [ProcessorFormatter.remove_processors_meta, _in_order, last]
    return ProcessorFormatter(foreign_pre_chain=before, processors=after)


def _to_json(event: Any, **options: Any) -> str:
    return json.dumps(event, ensure_ascii=False, **options)


def init_app(app: Flask) -> None:
    config = app.config["BRIDGE"]
    if not config.testing:
        _set_up(production=config.mode == "production")

    @app.before_request
    def begin() -> None:
        # A number from outside is taken from our own proxy alone.
        given = request.headers.get("X-Request-ID", "") if config.proxy_count else ""
        g.request_id = given if _GIVEN_ID.fullmatch(given) else uuid.uuid4().hex
        bind_contextvars(request_id=g.request_id)
        request.environ[REQUEST_ID] = g.request_id
        if request.url_rule is not None:
            request.environ[ROUTE] = request.url_rule.rule

    @app.after_request
    def tell(response: Response) -> Response:
        if "request_id" in g:
            response.headers["X-Request-ID"] = g.request_id
        return response

    @app.teardown_request
    def end(_error: BaseException | None) -> None:
        unbind_contextvars("request_id")


def _set_up(*, production: bool) -> None:
    """Let all loggers of the process write to standard error; a second call changes nothing."""
    root = logging.getLogger()
    if any(isinstance(handler.formatter, ProcessorFormatter) for handler in root.handlers):
        return
    handler = logging.StreamHandler()
    handler.setFormatter(formatter(production=production, colors=sys.stderr.isatty()))
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    for name in ("alembic", "sqlalchemy"):
        # Flask-Alembic has given them handlers of their own: each line would come twice.
        logging.getLogger(name).handlers.clear()
