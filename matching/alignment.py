"""Words and their translations, learnt from names that mean the same.

IBM's first alignment model (Brown et al. 1993, "The Mathematics of Statistical Machine
Translation"): every word of a name is the translation of one word of the other name, and the
probabilities are those under which the given pairs are most likely (expectation maximisation).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

ROUNDS = 10
LEAST = 0.2
"""Rarer translations are chance meetings of words in a few names."""


def align(
    pairs: Iterable[tuple[Sequence[str], Sequence[str]]],
) -> dict[str, dict[str, float]]:
    """Return source word -> target word -> probability, those of at least LEAST.

    pairs: the words of a source name and of a target name with the same meaning.
    """
    links: dict[tuple[str, str], int] = {}
    link, target = [], []
    targets = 0
    for source_words, target_words in pairs:
        for target_word in target_words:
            for source_word in source_words:
                link.append(links.setdefault((source_word, target_word), len(links)))
                target.append(targets)
            targets += 1
    numbers: dict[str, int] = {}
    source = np.array([numbers.setdefault(word, len(numbers)) for word, _ in links], np.int64)
    chance = _maximised(np.array(link, np.int64), np.array(target, np.int64), source)
    found: dict[str, dict[str, float]] = {}
    for (source_word, target_word), probability in zip(links, chance.tolist(), strict=True):
        if probability >= LEAST:
            found.setdefault(source_word, {})[target_word] = probability
    return found


def _maximised(
    link: NDArray[np.int64], target: NDArray[np.int64], source: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the probability of each link, given its occurrences and its source word."""
    chance = np.ones(len(source))
    for _ in range(ROUNDS if len(source) else 0):
        each = chance[link]
        expected = each / np.bincount(target, weights=each)[target]
        counts = np.bincount(link, weights=expected)
        chance = counts / np.bincount(source, weights=counts)[source]
    return chance
