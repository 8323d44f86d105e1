"""The domain's exceptions and the one map from them to pages."""

from __future__ import annotations

import errno

from flask import Flask, g, render_template, request
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import (
    HTTPException,
    InternalServerError,
    SecurityError,
    ServiceUnavailable,
)

from bridge import logs
from bridge.extensions import db, login_manager
from bridge.kept import previous_page, typed

# The primary result code of SQLite and the class of PostgreSQL for a disk without room.
SQLITE_FULL = 13
POSTGRESQL_DISK_FULL = "53100"
NO_SPACE = (errno.ENOSPC, errno.EDQUOT)


class DomainError(Exception):
    """Something the rules of the platform do not allow; `message` is for the reader."""

    status = 422
    message: object = _l("This cannot be done.")
    # the field of the form that it is about; empty: all of it
    field: str = ""
    # seconds after which it may be tried again
    retry_after: int | None = None

    def __init__(self, message: object | None = None) -> None:
        super().__init__(str(self.message) if message is None else str(message))
        if message is not None:
            self.message = message

    @property
    def headers(self) -> dict[str, str]:
        return {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}


class NotAllowedError(DomainError):
    """The actor may not do this to the object, though they may see it."""

    status = 403
    message = _l("You may not do this.")


class StaleStateError(DomainError):
    """The object is no longer in the state the act needs: somebody was faster."""

    status = 409
    message = _l("Somebody has already changed this: look at its present state.")


# What may go well a moment later, just as it was sent.
PASSING = {429, 500, 503, 507}
# Unique values and foreign keys, as PostgreSQL and SQLite name them.
COLLISIONS = {
    "23505",
    "23503",
    "SQLITE_CONSTRAINT_UNIQUE",
    "SQLITE_CONSTRAINT_PRIMARYKEY",
    "SQLITE_CONSTRAINT_FOREIGNKEY",
}

TEXTS = {
    400: (_l("The request was not understood"), _l("Go back, check what you sent and try again.")),
    403: (_l("This page is not for your account"), _l("Sign in with another account or go back.")),
    404: (
        _l("There is no such page"),
        _l("It may have been moved or withdrawn, or the address has a typing error."),
    ),
    405: (_l("This address is not opened this way"), _l("Go back and use the button there.")),
    409: (
        _l("Somebody was faster"),
        _l("What you were changing was changed meanwhile. Open it again and look."),
    ),
    410: (_l("The link is no longer good"), _l("This link was used before or is too old.")),
    413: (_l("That is too large"), _l("Send a smaller file or a shorter text.")),
    429: (_l("That was too much at once"), _l("Wait a few minutes and try again.")),
    500: (
        _l("Something broke on our side"),
        _l("Nothing of yours was changed. The administrators will find it in the log."),
    ),
    503: (
        _l("The database does not answer"),
        _l("Nothing was saved. Wait a minute and send it again."),
    ),
    507: (
        _l("The disk of the server is full"),
        _l(
            "Nothing was saved; reading goes on. Keep what you wrote and tell the administrators: "
            "they have to make room."
        ),
    ),
}


def error_page(
    status: int, text: object | None = None, title: object | None = None
) -> tuple[str, int]:
    usual, default = TEXTS.get(status, TEXTS[500 if status >= 500 else 400])
    form = typed()
    may_pass = status in PASSING and form is not None and not form.has_secrets
    return render_template(
        "errors/error.html",
        code=status,
        title=title or usual,
        text=text or default,
        # What the log calls this request.
        reference=g.get("request_id") if status >= 500 else None,
        # Where it was sent from: the page that asks for a link to a page again has one.
        previous=previous_page() if request.method == "POST" else None,
        typed=form,
        may_be_sent_again=may_pass,
    ), status


def _status_of(error: DBAPIError) -> int:
    """What to answer: the disk is full, the database is away, or we have asked nonsense."""
    original = error.orig
    full = (
        getattr(original, "sqlite_errorcode", None) == SQLITE_FULL
        or getattr(original, "sqlstate", None) == POSTGRESQL_DISK_FULL
    )
    if full:
        return 507
    # PostgreSQL's driver has several names for a connection that is gone.
    away = isinstance(error, OperationalError) or error.connection_invalidated
    return 503 if away else 500


def _ask_nobody_who_reads() -> None:
    """The page must not ask a database that is away: Flask-Login would, for every template."""
    g.database_down = True
    g._login_user = login_manager.anonymous_user()


def _forget_transaction() -> None:
    """Give up what the request has written; a connection that is gone needs no word of it."""
    try:
        db.session.rollback()
    except DBAPIError:
        db.session.invalidate()


def log_without_values(app: Flask, error: BaseException) -> None:
    """Log where an error came from and its kind. Its message stays out: a database's repeats the
    row that it refused."""
    frames = logs.frames_of(error)
    app.logger.error("unexpected %s", type(error).__qualname__, extra={"frames": frames})


def is_collision(error: IntegrityError) -> bool:
    """Whether another request made the same row, or removed one that this row needs; everything
    else that a database refuses is a mistake of the program."""
    state = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorname", "")
    return state in COLLISIONS


def init_app(app: Flask) -> None:
    _of_the_database(app)
    _end_quietly(app)
    app.log_exception = lambda info: log_without_values(app, info[1])  # type: ignore

    @app.errorhandler(DomainError)
    def domain_error(error: DomainError) -> tuple[str, int, dict[str, str]]:
        db.session.rollback()
        return *error_page(error.status, error.message), error.headers

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> tuple[str, int] | HTTPException:
        if error.code is None or error.code < 400:
            return error
        if error.code == InternalServerError.code:
            # The page asks who is reading; a session that a broken flush left behind cannot tell.
            db.session.rollback()
        return error_page(error.code)

    @app.errorhandler(SecurityError)
    def foreign_host(_error: SecurityError) -> tuple[str, int, dict[str, str]]:
        # For a Host header that is not ours Flask builds no addresses, so no page either.
        return "No such site here.\n", 400, {"Content-Type": "text/plain; charset=utf-8"}


def _end_quietly(app: Flask) -> None:
    @app.teardown_appcontext
    def end_transaction(_error: BaseException | None) -> None:
        # Before the extension closes the session, which would fail on a connection that went away
        # after the page was made, and turn that page into an error.
        if "_sqlalchemy_sessions" in g:
            _forget_transaction()


def _of_the_database(app: Flask) -> None:
    @app.errorhandler(StaleDataError)
    def stale_row(_error: StaleDataError) -> tuple[str, int]:
        # Two requests changed one row at once, on a page that has no form to show again.
        db.session.rollback()
        return error_page(StaleStateError.status, StaleStateError.message)

    @app.errorhandler(IntegrityError)
    def refused_row(error: IntegrityError) -> tuple[str, int]:
        db.session.rollback()
        if not is_collision(error):
            log_without_values(app, error)
            return error_page(500)
        return error_page(StaleStateError.status, StaleStateError.message)

    @app.errorhandler(DBAPIError)
    def database_error(error: DBAPIError) -> tuple[str, int]:
        status = _status_of(error)
        if status == InternalServerError.code:
            raise error
        # Only the kind goes to the log: the statement's parameters are personal.
        app.logger.error("database error: %s", type(error.orig).__name__)
        _forget_transaction()
        if status == ServiceUnavailable.code:
            _ask_nobody_who_reads()
        return error_page(status)

    @app.errorhandler(OSError)
    def system_error(error: OSError) -> tuple[str, int]:
        if error.errno not in NO_SPACE:
            raise error
        app.logger.error("no space is left on the disk")
        _forget_transaction()
        return error_page(507)
