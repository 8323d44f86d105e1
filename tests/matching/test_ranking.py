"""The bounds cut nothing off: a short page is the head of the whole list, whoever may pass."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.random import Generator, default_rng

from matching import AnyOf, AtLeast, Document, Index, Query, Settings
from matching.latent import SKETCH, sketch
from matching.ranking import kth_largest
from tests.matching.corpus import CONCEPTS, PROFILES, vocabulary

WORDS = " ".join(PROFILES.values()).split()
SIZE = 400
SETTINGS = Settings(latent_dimensions=40)


def text(random: Generator, language: int) -> str:
    words = WORDS[:44] if language else WORDS[44:]
    invented = [f"{'word' if language else 'слово'}{n}" for n in random.integers(0, 200, 25)]
    return " ".join([*random.choice(words, random.integers(1, 12)), *invented])


def document(number: int, random: Generator) -> Document:
    slugs = random.choice([concept.slug for concept in CONCEPTS], 3)
    return Document(
        number,
        {"experience": text(random, number % 3), "skills": str(random.choice(WORDS))},
        {str(slug): float(random.choice([0.4, 0.8, 1.0])) for slug in slugs},
        {"year": float(number % 5), "city": frozenset({str(number % 7)})},
    )


def index() -> Index:
    random = default_rng(3)
    made = Index(
        [document(number, random) for number in range(SIZE)],
        vocabulary=vocabulary(),
        settings=SETTINGS,
    )
    for number in range(0, SIZE, 9):
        made.upsert(document(number, random))
        made.remove(number + 1)
    return made


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("asked", [frozenset(), frozenset({"python", "databases", "cad"})])
def test_a_page_holds_the_best_of_all_by_their_own_explanations(
    seed: int, asked: frozenset[str]
) -> None:
    made = index()
    query = Query(text(default_rng(seed), seed % 2), must=asked)
    examples = {"liked": [2], "disliked": [5, 6]} if seed > 3 else {}
    for conditions in ([], [AtLeast("year", 2), AnyOf("city", frozenset("123"))]):
        whole = made.search(query, conditions, limit=SIZE, **examples)
        expected = [made.explain(query, hit.id, **examples).score for hit in whole.hits]
        assert [hit.score for hit in whole.hits] == pytest.approx(expected, abs=1.1e-6)
        assert len(whole.hits) == whole.total
        for limit, offset in ((1, 0), (3, 0), (5, 4)):
            page = made.search(query, conditions, limit=limit, offset=offset, **examples)
            assert page.hits == whole.hits[offset : offset + limit]
            assert page.total == whole.total


def test_a_preview_gives_the_place_that_the_edit_would_give() -> None:
    made, query = index(), Query("Python данные слово7 слово8", must=frozenset({"python"}))
    random = default_rng(11)
    for number in (3, 8, SIZE + 1):
        draft = document(number, random)
        expected, _ = made.preview(query, draft)
        made.upsert(draft)
        assert expected in made.search(query, limit=SIZE + 1).hits


@given(st.integers(0, 2**32), st.integers(1, 30_000), st.integers(1, 50), st.integers(1, 40))
def test_the_kth_largest_is_found_among_equals_too(
    seed: int, size: int, distinct: int, k: int
) -> None:
    values = default_rng(seed).integers(0, distinct, size).astype(np.float32) ** 3
    assert kth_largest(values, min(k, size)) == np.sort(values)[-min(k, size)]


@given(st.integers(0, 2**32), st.integers(1, 90))
def test_sketches_bound_products_from_above(seed: int, dimensions: int) -> None:
    vectors = default_rng(seed).standard_normal((50, dimensions)).astype(np.float32)
    bounds = sketch(vectors) @ sketch(vectors[:1])[0]
    assert sketch(vectors).shape == (50, min(SKETCH, dimensions + 1))
    assert (bounds >= vectors @ vectors[0] - 1e-3).all()
