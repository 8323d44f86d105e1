"""What the machines around the server ask for."""

from __future__ import annotations

import hmac
import ipaddress

from flask import Blueprint, Response, abort, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST

from bridge.config import Config
from bridge.operations.measuring import exposition
from bridge.permissions import Permission, requires

blueprint = Blueprint("operations", __name__)
# A proxy before the server sets one of these; then the nearest address is the proxy's.
FORWARDED = ("X-Forwarded-For", "X-Real-IP", "Forwarded")


@blueprint.get("/metrics")
@requires(Permission.READ_METRICS)
def metrics() -> Response:
    """For whoever has the token or, where none is set, for programs of this machine."""
    config: Config = current_app.config["BRIDGE"]
    allowed = _has_token(config.metrics_token) if config.metrics_token else _is_from_here()
    if not allowed:
        abort(404)
    return Response(exposition(), content_type=CONTENT_TYPE_LATEST)


def _has_token(token: str) -> bool:
    authorization = request.authorization
    if authorization is None or authorization.type != "bearer":
        return False
    return hmac.compare_digest((authorization.token or "").encode(), token.encode())


def _is_from_here() -> bool:
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
