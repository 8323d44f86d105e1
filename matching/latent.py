"""The latent space: words that keep the same company come close to each other.

Latent semantic analysis (Deerwester et al. 1990) on BM25 weights: scikit-learn's TruncatedSVD finds
the directions, a document lies at the unit vector of its weighted words. Directions along which
documents differ more weigh more (a power of the singular value, after Caron 2001). New documents
are folded in; their similarity stays a sum over their words.

A direction that all documents of a language share tells none of them apart, but would set the
languages apart: questions leave it out (after Mu & Viswanath 2018, "All-but-the-Top").
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array
from sklearn.decomposition import TruncatedSVD
from sklearn.preprocessing import normalize

from matching.settings import Settings
from matching.sparse import Floats, Integers, Singles, Slots
from matching.text import LANGUAGES

STEPS = 127
"""A coordinate of a unit vector is rounded to a multiple of 1 / STEPS."""


def coordinates(vectors: Singles) -> NDArray[np.int8]:
    """Return the coordinates of unit vectors in steps, dimension by dimension (dimensions × n).

    What a search reads of most documents: one byte of each of a few dimensions.
    """
    steps = np.empty(vectors.shape[::-1], np.int8)
    for first in range(0, len(vectors), 8192):
        block = slice(first, first + 8192)
        steps[:, block] = np.rint(vectors[block].T * STEPS)
    return steps


@dataclass(frozen=True, slots=True)
class LatentSpace:
    """basis: terms × dimensions; idf: of the terms when the space was fitted.

    common: languages × dimensions, the unit vector that the documents of a language share.
    """

    basis: Singles
    idf: Floats
    common: Floats

    @property
    def dimensions(self) -> int:
        """Return the number of dimensions."""
        return int(self.basis.shape[1])

    @classmethod
    def fit(
        cls, impacts: csr_array, idf: Floats, languages: NDArray[np.uint8], settings: Settings
    ) -> LatentSpace | None:
        """Learn the space from impacts (documents × terms) and the documents' languages.

        None where the documents are too few.
        """
        rank = min(settings.latent_dimensions, impacts.shape[0] - 1, impacts.shape[1] - 1)
        if impacts.shape[0] < settings.latent_minimum or rank < 2:
            return None
        step = -(-impacts.shape[0] // settings.latent_sample)
        sample = normalize(impacts[::step].astype(np.float64) @ diags_array(idf))
        svd = TruncatedSVD(min(rank, sample.shape[0] - 1), random_state=0).fit(sample)
        strength = svd.singular_values_ / svd.singular_values_[0]
        scaled = svd.components_.T * strength**settings.latent_emphasis
        basis = np.ascontiguousarray(scaled, dtype=np.float32)
        placed = normalize(sample @ basis)
        sums = [placed[languages[::step] == code].sum(axis=0) for code in range(len(LANGUAGES))]
        return cls(basis, idf, normalize(np.array(sums, np.float64)))

    def place_all(self, impacts: csr_array) -> Singles:
        """Return the unit vectors (documents × dimensions) of many documents."""
        scaled = impacts @ diags_array(self.idf.astype(np.float32))
        return np.asarray(normalize(scaled @ self.basis), dtype=np.float32)

    def place(self, terms: Integers, weights: Floats) -> Floats:
        """Return the unit vector of weighted terms; terms unknown to the space count nothing."""
        known = terms < len(self.basis)
        vector: Floats = weights[known] @ self.basis[terms[known]].astype(np.float64)
        length = float(np.linalg.norm(vector))
        return vector / length if length > 1e-9 else np.zeros(self.dimensions)

    def telling(self, direction: Floats, language: str) -> Floats:
        """Return the part of a direction that tells the documents of a language apart."""
        common = self.common[LANGUAGES.index(language)]
        remaining: Floats = direction - (direction @ common) * common
        return remaining

    def document_weights(self, terms: Integers, impacts: Singles) -> Floats:
        """Return what each term of a document weighs in this space (0 for unknown terms)."""
        known = terms < len(self.basis)
        weights = np.zeros(len(terms))
        weights[known] = impacts[known] * self.idf[terms[known]]
        return weights

    def shares(
        self, starts: Slots, terms: Integers, impacts: Singles, directions: list[Floats]
    ) -> list[Floats]:
        """Return each term's share of the products of its document and the directions.

        Document n has the terms starts[n] … starts[n + 1] - 1.
        """
        weights = self.document_weights(terms, impacts)
        rows = self.basis.take(terms, axis=0, mode="clip").astype(np.float64)
        size = (len(starts) - 1, len(terms))
        sums = csr_array((weights, np.arange(len(terms)), starts), shape=size) @ rows
        lengths = np.linalg.norm(sums, axis=1)
        scales = np.divide(1.0, lengths, out=np.zeros_like(lengths), where=lengths > 1e-9)
        weights *= np.repeat(scales, np.diff(starts))
        return [weights * (rows @ direction) for direction in directions]
