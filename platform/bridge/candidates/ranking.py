"""The index asked on behalf of one vacancy."""

from __future__ import annotations

from typing import Any

from bridge.candidates.models import Candidate
from bridge.search.index import current_index
from bridge.vacancies import documents
from matching import ALGORITHM_VERSION


def basis(candidate: Candidate) -> dict[str, Any] | None:
    """On what the employer decided, to be kept with the contact request and replayed later: the
    score and rank among all eligible, marks left aside, and the versions of everything that made
    them. None where the candidate is not eligible (any more).
    """
    vacancy, profile = candidate.vacancy, candidate.profile
    index = current_index()
    query, conditions = documents.query(vacancy), documents.eligibility(vacancy)
    ranking = index.search(query, conditions, limit=len(index))
    hit = next((hit for hit in ranking.hits if hit.id == profile.id), None)
    if hit is None:
        return None
    parts = index.explain(query, profile.id).by_kind()
    return {
        "score": round(hit.score, 6),
        "rank": hit.rank,
        "of": ranking.total,
        "parts": {kind: round(share, 6) for kind, share in sorted(parts.items())},
        "algorithm": ALGORITHM_VERSION,
        "vocabulary": index.vocabulary.version if index.vocabulary else "",
        "profile_version": profile.version,
        "vacancy_version": vacancy.version,
    }
