"""The platform with a bare Flask page beside it, at /bare/, on the same server."""

from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from bridge import create_app

bare = Flask("bare", static_folder=None)


@bare.get("/")
def nothing() -> str:
    return "<!doctype html><title>Bare</title><p>Nothing is asked of any database here."


app = create_app()
app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {"/bare": bare})  # type: ignore[method-assign]
