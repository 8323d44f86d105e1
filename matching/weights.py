"""The formulas: what a word weighs in a document and in a query.

Document side, BM25's saturation over weighted fields (Robertson & Zaragoza 2009, "The Probabilistic
Relevance Framework", section 3.4 and 3.5): with tf = sum over fields of field weight × count,

    impact = tf / (tf + k1 (1 - b + b length / mean length))        in [0, 1)

Query side, with BM25's saturation too (k3), so that a vacancy gains little by repeating a word:

    weight = count (1 + k3) / (count + k3) × idf      idf = ln(1 + (N - n + 1/2) / (n + 1/2))

divided by the sum over the query; a translated word may count less than once. So the lexical
similarity, the sum of weight × impact, lies in [0, 1): it is the share of the vacancy's weighted
words that the profile holds. No inverse document frequency enters the document side, so an edit
changes no other document's impacts.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from matching.settings import Settings
from matching.sparse import Floats, Integers, Singles

FIELD_LIMIT = 32
"""A word in a field is coded as term number × FIELD_LIMIT + field number."""

BLOCK = 4096
"""Rows weighed at once: what lies between counts and impacts stays in the processor's cache."""


def term_frequencies(
    starts: NDArray[np.int64], codes: Integers, weighted: Floats
) -> tuple[NDArray[np.int64], Integers, Floats]:
    """Add up the fields of each term; rows as in a CSR matrix, codes ascending in each row.

    Returns (row starts, terms, frequencies).
    """
    terms = codes // FIELD_LIMIT
    first = np.ones(len(terms), bool)
    first[1:] = terms[1:] != terms[:-1]
    first[starts[:-1][np.diff(starts) > 0]] = True
    places = np.flatnonzero(first)
    frequencies = np.add.reduceat(weighted, places) if len(places) else np.empty(0)
    return np.searchsorted(places, starts), terms[places].astype(np.int32), frequencies


def saturate(frequencies: Floats, length: Floats, mean: float, settings: Settings) -> Singles:
    """Return the impacts of terms in documents of the given weighted lengths."""
    b = settings.length_normalisation
    relative = length / mean if mean > 0.0 else np.ones_like(length)
    scale = settings.saturation * (1.0 - b + b * relative)
    return (frequencies / (frequencies + scale)).astype(np.float32)


def lengths_of(raw: csr_array, field_weights: Floats) -> Floats:
    """Return the weighted lengths of raw counts (rows × coded columns)."""
    return np.concatenate(
        [np.empty(0), *(row_sums(each, starts) for starts, _, each in _blocks(raw, field_weights))]
    )


def impacts_of(
    raw: csr_array, width: int, field_weights: Floats, mean: float, settings: Settings
) -> csr_array:
    """Return the impacts (rows × width terms) of raw counts (rows × coded columns)."""
    sizes, terms, impacts = [np.zeros(1, np.int64)], [np.empty(0, np.int32)], [raw.data[:0]]
    for starts, codes, weighted in _blocks(raw, field_weights):
        starts, found, frequencies = term_frequencies(starts, codes, weighted)
        rows = np.diff(starts)
        lengths = np.repeat(row_sums(frequencies, starts), rows)
        sizes.append(rows)
        terms.append(found)
        impacts.append(saturate(frequencies, lengths, mean, settings))
    ends = np.cumsum(np.concatenate(sizes)).astype(np.int32)
    parts = np.concatenate(impacts), np.concatenate(terms), ends
    return csr_array(parts, shape=(raw.shape[0], width))


def _blocks(
    raw: csr_array, field_weights: Floats
) -> Iterator[tuple[NDArray[np.int64], Integers, Floats]]:
    """Yield rows a few at a time: (row starts, codes, weighted counts)."""
    for first in range(0, raw.shape[0], BLOCK):
        starts = raw.indptr[first : first + BLOCK + 1].astype(np.int64)
        span = slice(starts[0], starts[-1])
        codes = raw.indices[span]
        yield starts - starts[0], codes, raw.data[span] * field_weights[codes % FIELD_LIMIT]


def row_sums(values: Floats, starts: NDArray[np.int64]) -> Floats:
    """Return the sum of each row."""
    rows = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    return np.asarray(np.bincount(rows, values, len(starts) - 1), np.float64)


def mean_length(lengths: Floats) -> float:
    """Return the mean length of the documents that have any text."""
    return float(lengths[lengths > 0].mean()) if (lengths > 0).any() else 0.0


def inverse_document_frequency(documents: int, holders: NDArray[np.int64]) -> Floats:
    """Return BM25's idf; rarer words weigh more, none weighs less than nothing."""
    return np.log1p((documents - holders + 0.5) / (holders + 0.5))


def query_weights(counts: Floats, idf: Floats, settings: Settings) -> Floats:
    """Return the weights of a query's terms, before they are divided by their sum."""
    k3 = settings.query_saturation
    weights: Floats = counts * (1.0 + k3) / (counts + k3) * idf
    return weights
