"""The bounds cut nothing off: a short page is the head of the whole list, whoever may pass."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.random import Generator, default_rng

from matching import AnyOf, AtLeast, Document, IdIn, Index, Query, Settings, narrowing
from matching.latent import coordinates
from matching.narrowing import Bound, kth_largest
from tests.matching.corpus import CONCEPTS, PROFILES, vocabulary

WORDS = " ".join(PROFILES.values()).split()
SIZE = 400
SETTINGS = Settings(latent_dimensions=40)


@pytest.fixture(autouse=True)
def _few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let hundreds be narrowed down and sampled as millions are."""
    monkeypatch.setattr(narrowing, "ENOUGH", 1)
    monkeypatch.setattr(narrowing, "LEADERS", 2)
    monkeypatch.setattr(narrowing, "SAMPLE", 50)


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


def test_a_page_is_full_at_any_selectivity() -> None:
    """Down to 0.01 %: never short where documents exist, exactly the eligible ones."""
    random = default_rng(5)
    size, query = 10_000, Query("слово7 слово8 слово9 Python данные")
    made = Index(
        Document(n, {"summary": text(random, n % 4)}, {}, {"draw": float(n)}) for n in range(size)
    )
    for share in (0.0001, *(10 ** random.uniform(-4, 0, 8)).tolist()):
        passing = random.choice(size, max(1, round(share * size)), replace=False).tolist()
        whole = made.search(query, [IdIn(passing)], limit=size)
        page = made.search(query, [IdIn(passing)], limit=20)
        assert {hit.id for hit in whole.hits} == set(passing)
        assert page.hits == whole.hits[:20]
        least = size - len(passing)
        ranged = made.search(query, [AtLeast("draw", least)], limit=20)
        assert ranged.total == len(passing)
        assert len(ranged.hits) == min(20, len(passing))
        assert all(hit.id >= least for hit in ranged.hits)


@given(st.integers(0, 2**32), st.integers(1, 30_000), st.integers(1, 50), st.integers(1, 40))
def test_the_kth_largest_is_found_among_equals_too(
    seed: int, size: int, distinct: int, k: int
) -> None:
    values = default_rng(seed).integers(0, distinct, size).astype(np.float32) ** 3
    assert kth_largest(values, min(k, size)) == np.sort(values)[-min(k, size)]


@given(st.integers(0, 2**32), st.integers(1, 90), st.integers(0, 90))
def test_a_few_coordinates_bound_products_from_above(
    seed: int, dimensions: int, known: int
) -> None:
    random = default_rng(seed)
    # Some directions lie in few coordinates, as real ones do.
    vectors = random.standard_normal((60, dimensions)) ** random.choice([1, 3, 9])
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    direction = 0.5 * vectors[0].astype(np.float64)
    bound, steps = Bound(direction), coordinates(vectors)
    first = bound.order[:known]
    products = bound.scaled[first] @ steps[first].astype(np.float32)
    squares = (steps[first].astype(np.float32) ** 2).sum(axis=0)
    upper = products + bound.rest(squares, known)
    assert (upper >= vectors @ direction - 1e-6).all()
    if known >= dimensions:
        assert (
            upper <= vectors @ direction + 0.5 * (dimensions / 127 + dimensions**0.5 / 127)
        ).all()
