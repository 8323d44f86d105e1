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
from matching.sparse import Floats, Integers, Singles
from matching.text import LANGUAGES

SKETCH = 32
"""Numbers of a sketch: two lines of the processor's cache."""


def sketch(vectors: Singles) -> Singles:
    """Return the first coordinates of vectors and the length of their rest (n × SKETCH or less).

    The product of two sketches is never below that of the vectors (Cauchy-Schwarz on the rest), and
    the first coordinates of a latent space hold most of it: a cheap bound.
    """
    rest = np.linalg.norm(vectors[:, SKETCH - 1 :], axis=1, keepdims=True)
    return np.ascontiguousarray(np.hstack([vectors[:, : SKETCH - 1], rest]))


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

    def shares(self, terms: Integers, impacts: Singles, direction: Floats) -> Floats:
        """Return each term's share of the scalar product of a document and a direction."""
        weights = self.document_weights(terms, impacts)
        known = terms < len(self.basis)
        rows = self.basis[terms[known]].astype(np.float64)
        length = float(np.linalg.norm(weights[known] @ rows))
        shares = np.zeros(len(terms))
        if length > 1e-9:
            shares[known] = weights[known] * (rows @ direction) / length
        return shares
