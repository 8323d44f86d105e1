"""Every weight of the ranker, in one frozen place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

ALGORITHM_VERSION = "1.3"
"""Names the formulas below; it changes whenever the same data could be ranked differently."""

FIELDS: Mapping[str, float] = MappingProxyType(
    {
        "skills": 2.0,
        "summary": 1.0,
        "projects": 1.0,
        "thesis": 1.0,
        "experience": 1.0,
        "courses": 1.0,
        "studies": 0.5,
        "wishes": 0.5,
    }
)
"""How often a word of each field counts; a field that is not listed counts once."""

LISTED_FIELDS = frozenset({"skills", "studies"})
"""Fields chosen from lists, with names in both languages: they do not tell a profile's language."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Weights and limits of an index; shares lie in [0, 1].

    The published meaning of a score rests on these numbers, so an index keeps one set for life.
    """

    field_weights: Mapping[str, float] = field(default_factory=lambda: FIELDS)
    skills_share: float = 0.7
    """Share of the asked skills in the score, where a vacancy asks for any."""
    must_weight: float = 2.0
    nice_weight: float = 1.0
    text_half: float = 0.1
    """Similarity of texts that gives about half of the points for texts; the nearest profile of a
    vacancy lies at 0.1 to 0.5."""
    saturation: float = 1.5
    """BM25's k1: how soon repeating a word stops paying."""
    length_normalisation: float = 0.75
    """BM25's b: 0 ignores the length of a profile, 1 divides by it."""
    query_saturation: float = 0.5
    """BM25's k3: how soon a word that the vacancy repeats stops gaining; 0 counts it once."""
    latent_share: float = 0.6
    """Share of the latent (LSA) similarity in the similarity of texts."""
    latent_dimensions: int = 100
    latent_emphasis: float = 0.25
    """Power of its singular value by which a dimension weighs beyond its own length: 0 leaves it
    as it is, more lets the strongest count more."""
    latent_minimum: int = 30
    """With fewer documents there is nothing to learn word neighbourhoods from."""
    latent_sample: int = 20_000
    """At most so many documents teach the latent space; all are placed in it."""
    liked_weight: float = 1.0
    """Weight of each liked document beside the vacancy's own text, which has 1."""
    disliked_share: float = 0.2
    """Share that the disliked documents take away."""
    feedback_terms: int = 50
    """Strongest terms taken from a liked or disliked document."""

    def __post_init__(self) -> None:
        shares = ("skills_share", "latent_share", "disliked_share", "latent_emphasis")
        for name in (*shares, "length_normalisation"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise ValueError(f"{name} must lie in [0, 1], not {getattr(self, name)}")
        for name in ("must_weight", "nice_weight", "text_half", "saturation", "liked_weight"):
            if not 0.0 < getattr(self, name) < float("inf"):
                raise ValueError(f"{name} must be positive, not {getattr(self, name)}")
        if not 0.0 <= self.query_saturation < float("inf"):
            raise ValueError(f"query_saturation must not be negative: {self.query_saturation}")
        if any(not 0.0 < weight < float("inf") for weight in self.field_weights.values()):
            raise ValueError("every field weight must be positive")
