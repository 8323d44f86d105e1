"""Completion of skill names."""

from __future__ import annotations

from flask import Blueprint, jsonify, request
from werkzeug.wrappers import Response

from bridge.permissions import Permission, requires
from bridge.skills.service import NAME_MAX
from bridge.skills.vocabulary import vocabulary
from bridge.web.i18n import locale_code

blueprint = Blueprint("skills", __name__)

SUGGESTIONS = 8


@blueprint.get("/skills")
@requires(Permission.PROPOSE_SKILL)
def suggest() -> Response:
    """Skills one of whose names, in either language, begins with `q`: a JSON list of objects with
    the name in the reader's language, the other name, and the slug."""
    prefix = request.args.get("q", "")[:NAME_MAX]
    russian = locale_code() == "ru"
    found = vocabulary().suggest(prefix, SUGGESTIONS)
    return jsonify(
        [
            {
                "slug": concept.slug,
                "name": concept.ru if russian else concept.en,
                "other": concept.en if russian else concept.ru,
            }
            for concept in found
        ]
    )
