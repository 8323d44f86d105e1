"""The factory: configuration, extensions, features, errors, commands."""

from __future__ import annotations

import hashlib
from inspect import iscoroutinefunction
from pathlib import Path

from flask import Flask, request
from werkzeug.middleware.proxy_fix import ProxyFix

from bridge import errors, logs, metrics, models, permissions
from bridge.commands import Commands
from bridge.config import Config, ConfigurationError, read_config
from bridge.database import Model, prepare_engine, render_item
from bridge.extensions import alembic, babel, csrf, db, login_manager
from bridge.features import register_features
from bridge.web import headers, i18n, navigation, routing
from bridge.web.cookies import SessionCookies

__all__ = ["asset_root", "create_app", "models"]


def asset_root(name: str) -> Path:
    """Where `templates` or `static` lie: inside the package of a wheel, else at the top of the
    checkout."""
    here = Path(__file__).parent
    packaged = here / name
    return packaged if packaged.is_dir() else here.parents[1] / name


def content_digest(folder: Path) -> str:
    """A short name of what the files of a folder hold; it changes when any of them does."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(f"{path.relative_to(folder)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def create_app(config: Config | None = None) -> Flask:
    config = config or read_config()
    try:
        config.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"DATA_DIR ({config.data_dir}) cannot be made: {error.strerror}."
        ) from error
    app = Flask(
        "bridge",
        template_folder=str(asset_root("templates")),
        static_folder=str(asset_root("static")),
        # The address names the content, so browsers may keep it for ever.
        static_url_path=f"/static/{content_digest(asset_root('static'))}",
        # Flask would put it into `platform/`.
        instance_path=str(config.data_dir),
    )
    app.cli = Commands("bridge")
    app.config.from_mapping(config.to_flask())
    app.session_interface = SessionCookies()
    app.config["ALEMBIC"] = {"script_location": str(Path(__file__).parent / "migrations")}
    app.config["ALEMBIC_CONTEXT"] = {
        "render_as_batch": True,
        "render_item": render_item,
        # SQLite can; Alembic assumes it cannot, and a failed migration would stay half-done.
        "transactional_ddl": True,
    }
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(Path(__file__).parent / "translations")
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    _trust_proxies(app, config.proxy_count)
    # First: what follows may refuse a request, which is counted and logged all the same.
    logs.init_app(app)
    metrics.init_app(app)
    _bind_extensions(app)
    routing.init_app(app)
    errors.init_app(app)
    permissions.init_app(app)
    headers.init_app(app)
    navigation.init_app(app)
    register_features(app)
    return app


def _trust_proxies(app: Flask, count: int) -> None:
    if count:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=count, x_proto=count, x_host=count
        )
    told: list[int] = []

    @app.before_request
    def compare_with_what_is_there() -> None:
        """Told once a process: a visitor may send the header too, where nothing depends on it."""
        addresses = request.headers.get("X-Forwarded-For")
        if addresses is None or told:
            return
        named = addresses.count(",") + 1
        if not count or named < count:
            told.append(named)
            text = "a proxy names %s addresses, PROXY_COUNT is %s: people may count as one network"
            app.logger.warning(text, named, count)


def _bind_extensions(app: Flask) -> None:
    db.init_app(app)
    # Of async sessions we have none. To close them the extension would start an event loop in a
    # thread after every request, which also fails while the interpreter ends.
    app.teardown_appcontext_funcs = [
        function for function in app.teardown_appcontext_funcs if not iscoroutinefunction(function)
    ]
    with app.app_context():
        prepare_engine(db.engine)
    alembic.metadatas = {"default": Model.metadata}
    alembic.init_app(app)
    babel.init_app(app, locale_selector=i18n.select_locale)
    i18n.init_app(app)
    csrf.init_app(app)
    login_manager.init_app(app)
