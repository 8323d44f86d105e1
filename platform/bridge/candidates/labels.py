"""Words for what a score is made of."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from bridge.candidates.models import Mark

# Fields of a document (students/documents.py): where a word was found.
FIELDS: dict[str, object] = {
    "skills": _l("skills"),
    "summary": _l("about me"),
    "courses": _l("courses"),
    "projects": _l("projects"),
    "thesis": _l("thesis"),
    "experience": _l("experience"),
    "studies": _l("direction of study"),
    "wishes": _l("wishes"),
}
# Kinds of parts of a score (matching.Part) as the four colours of its bar.
MUST, NICE, TEXTS, LIKENESS = 1, 2, 3, 4
SERIES = {
    "must": MUST,
    "nice": NICE,
    "text": TEXTS,
    "translated": TEXTS,
    "related": TEXTS,
    "liked": LIKENESS,
    "disliked": LIKENESS,
}
SERIES_LABELS: dict[int, object] = {
    MUST: _l("Required skills"),
    NICE: _l("Desired skills"),
    TEXTS: _l("Words of the profile"),
    LIKENESS: _l("Likeness to your marks"),
}
# Of what a table does not show one by one.
REST_LABELS: dict[int, object] = {
    MUST: _l("the remaining required skills together"),
    NICE: _l("the remaining desirable skills together"),
    TEXTS: _l("the remaining words together"),
    LIKENESS: _l("the remaining likeness to your marks"),
}


def field_label(field: str) -> object:
    return FIELDS.get(field, field)


MARKS: dict[Mark, object] = {
    Mark.NONE: "",
    Mark.STAR: _l("in the shortlist"),
    Mark.UNFIT: _l("not a fit"),
}


def mark_label(mark: Mark) -> object:
    return MARKS[mark]
