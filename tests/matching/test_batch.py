"""Many queries at once give what one by one they give."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import AnyOf, AtLeast, Contains, Document, HasSkills, IdIn, IdNotIn, Index, Query
from matching.settings import Settings
from tests.matching.corpus import collections, documents, profiles, queries, slugs, vocabulary

conditions = st.lists(
    st.one_of(
        st.builds(AtLeast, st.just("year"), st.integers(0, 5)),
        st.builds(AnyOf, st.just("city"), st.frozensets(st.sampled_from("abc"))),
        st.builds(HasSkills, st.frozensets(slugs, max_size=2)),
        st.builds(Contains, st.sampled_from(["Python", "склад", "ничего"])),
        st.builds(IdIn, st.lists(st.integers(0, 60))),
        st.builds(IdNotIn, st.tuples(st.integers(0, 60))),
    ),
    max_size=3,
)


@settings(max_examples=30)
@given(
    collections(),
    st.lists(profiles, max_size=10),
    st.lists(st.tuples(queries, conditions), max_size=6),
    st.sampled_from([0, 1, 5, 50]),
    st.sampled_from([1, 2]),
)
def test_a_batch_answers_as_single_searches_do(
    fitted: list[Document],
    edits: list[Document],
    asked: list[tuple[Query, list[object]]],
    limit: int,
    threads: int,
) -> None:
    placed = [
        Document(
            d.id, d.fields, d.skills, {"year": float(d.id % 6), "city": frozenset("abc"[d.id % 3])}
        )
        for d in fitted
    ]
    weights = Settings(latent_minimum=5, latent_dimensions=6)
    index = Index(placed, vocabulary=vocabulary(), settings=weights)
    for document in edits:
        index.upsert(document)
    texts, wanted = [query for query, _ in asked], [those for _, those in asked]
    found = index.search_many(texts, wanted, limit=limit, threads=threads)
    assert found == [index.search(query, those, limit=limit) for query, those in asked]


def test_without_conditions_nobody_is_left_out() -> None:
    index = Index(documents())
    found = index.search_many([Query("склад"), Query("Python")])
    assert [ranking.total for ranking in found] == [8, 8]
    assert [ranking.hits[0].id for ranking in found] == ["warehouse", "satellites"]
    assert index.search_many([]) == []


def test_a_batch_that_cannot_be_meant_is_refused() -> None:
    index = Index(documents())
    with pytest.raises(ValueError, match="must not be negative"):
        index.search_many([Query("x")], limit=-1)
    with pytest.raises(ValueError, match="as many lists of conditions as queries"):
        index.search_many([Query("x"), Query("y")], [[]])
