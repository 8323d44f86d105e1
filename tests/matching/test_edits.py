"""Edits show at once, a refresh equals a fresh fit, threads do not disturb each other."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import Contains, Document, Index, Query, Settings
from tests.matching.corpus import collections, documents, profiles, queries, vocabulary

edits = st.lists(st.one_of(profiles, st.integers(0, 60)), max_size=30)


@given(collections(), edits, queries)
def test_after_a_refresh_scores_equal_those_of_a_fresh_fit(
    fitted: list[Document], changes: list[Document | int], query: Query
) -> None:
    weights = Settings(latent_minimum=5, latent_dimensions=6)
    index = Index(fitted, vocabulary=vocabulary(), settings=weights)
    present = {document.id: document for document in fitted}
    for change in changes:
        if isinstance(change, Document):
            index.upsert(change)
            present[change.id] = change
        else:
            index.remove(change)
            present.pop(change, None)
    assert len(index) == len(present)
    assert index.edits == len(changes)
    assert {hit.id for hit in index.search(query, limit=100).hits} == set(present)
    index.refresh()
    fresh = Index(reversed(present.values()), vocabulary=vocabulary(), settings=weights)
    refreshed = index.search(query, limit=100)
    expected = {hit.id: hit.score for hit in fresh.search(query, limit=100).hits}
    assert {hit.id: hit.score for hit in refreshed.hits} == pytest.approx(expected, abs=1e-6)
    assert index.edits == 0


def test_an_edit_is_seen_by_the_next_search() -> None:
    index = Index(documents())
    query = Query("Сварка титана")
    index.upsert(Document("welder", {"summary": "Сварка титановых баков"}))
    assert index.search(query).hits[0].id == "welder"
    assert "welder" in index
    index.upsert(Document("welder", {"summary": "Пою в хоре"}))
    assert index.search(query, [Contains("сварка")]).total == 0
    assert index.search(query).total == 9
    index.remove("welder")
    index.remove("welder")
    assert index.search(query).total == len(index) == 8
    assert "welder" not in index


def test_an_index_may_begin_empty() -> None:
    index = Index()
    for document in documents():
        index.upsert(document)
    before = index.search(Query("прочность ракеты")).hits[0].id
    index.refresh()
    assert before == index.search(Query("прочность ракеты")).hits[0].id == "strength"


def test_of_two_documents_with_one_id_the_later_counts() -> None:
    index = Index([Document(1, {"summary": "альфа"}), Document(1, {"summary": "бета"})])
    assert len(index) == 1
    assert index.count([Contains("бета")]) == 1
    assert index.count([Contains("альфа")]) == 0


def test_a_number_and_its_digits_are_two_ids() -> None:
    index = Index([Document(1, {"summary": "альфа"}), Document("1", {"summary": "бета"})])
    assert [hit.id for hit in index.search(Query("бета")).hits] == ["1", 1]


def test_threads_search_edit_and_refresh_together() -> None:
    noise = [Document(n, {"summary": f"данные слово{n % 7}"}) for n in range(60)]
    index = Index([*documents(), *noise])
    done = threading.Event()

    def search() -> int:
        searches = 0
        while not done.is_set():
            ranking = index.search(Query("Python данные"), limit=500)
            assert ranking.total == len(ranking.hits)
            # An edited profile is replaced in one step: never absent, never twice.
            assert [hit.id for hit in ranking.hits].count("backend") == 1
            assert index.explain(Query("Python"), "backend").parts
            searches += 1
        return searches

    def edit(first: int) -> None:
        for n in range(first, first + 80):
            index.upsert(Document(n, {"summary": f"данные новое{n}"}))
            index.upsert(Document("backend", {"summary": f"Python данные редакция{n}"}))
            index.remove(n - 1)

    with ThreadPoolExecutor(4) as pool:
        searchers = [pool.submit(search) for _ in range(2)]
        editors = [pool.submit(edit, 1000), pool.submit(edit, 2000)]
        for _ in range(5):
            index.refresh()
        for editor in editors:
            editor.result()
        done.set()
        assert all(searcher.result() > 0 for searcher in searchers)
    index.refresh()
    assert len(index) == 8 + 60 + 2
    assert index.count([Contains("новое1079")]) == 1
