"""A kept decision gives its score again, whatever became of the index."""

from __future__ import annotations

import json
import zlib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import (
    Document,
    Index,
    Query,
    ReplayError,
    Settings,
    Vocabulary,
    replay,
)
from tests.matching.corpus import collections, documents, profiles, queries, vocabulary

QUERY = Query("Склад: управление запасами, учёт", frozenset({"python"}), frozenset({"cad"}))
OTHERS = Settings(skills_share=0.4, latent_share=0.3, latent_minimum=5, field_weights={"x": 3.0})


@given(collections(), profiles, queries, st.sampled_from([Settings(latent_minimum=2), OTHERS]))
@settings(max_examples=40)
def test_a_record_gives_score_and_parts_again(
    others: list[Document], document: Document, query: Query, weights: Settings
) -> None:
    index = Index(others, vocabulary=vocabulary(), settings=weights)
    kept = index.record(query, document)
    index.upsert(document)
    expected = index.explain(query, document.id)
    found = replay(kept)
    assert found.then == expected.score
    assert found.same
    assert found.now.score == pytest.approx(expected.score, abs=1e-6)
    assert found.now.by_kind() == pytest.approx(expected.by_kind(), abs=1e-6)
    assert found.now.missing_must == expected.missing_must


def test_later_edits_vocabularies_and_settings_change_nothing() -> None:
    index = Index(documents(), vocabulary=vocabulary(), settings=Settings(latent_minimum=3))
    document = replace(documents()[7], skills={"python": 0.8})
    kept = index.record(QUERY, document)
    then = replay(kept).now
    assert "translated" in then.by_kind()
    index.upsert(Document("stock", {"summary": "something else"}))
    index.use(Vocabulary([]))
    index.refresh()
    assert replay(kept).now == then
    assert replay(kept).same
    assert replay(index.record(QUERY, document)).now != then


def test_a_record_holds_no_other_document() -> None:
    index = Index(documents(), settings=Settings(latent_minimum=3))
    text = zlib.decompress(index.record(Query("склад"), documents()[0])).decode()
    assert "прочность" in text
    assert "бухгалтер" not in text
    assert "углепласт" not in text


def test_a_changed_score_is_noticed() -> None:
    kept = json.loads(zlib.decompress(Index(documents()).record(QUERY, documents()[5])))
    kept["score"] += 2e-6
    assert not replay(zlib.compress(json.dumps(kept).encode())).same


@pytest.mark.parametrize("kept", [b"", b"x", zlib.compress(b'{"format": 9}')])
def test_what_is_no_record_is_refused(kept: bytes) -> None:
    with pytest.raises(ReplayError):
        replay(kept)


@pytest.mark.parametrize(
    "changed",
    [
        {"terms": [444]},
        {"query": "text"},
        {"settings": []},
        {"documents": 10**400},
        {"holders": [None]},
        {"plain": {"чертеж": []}},
        {"document": {"fields": {"experience": 5}, "skills": {}}},
    ],
)
def test_a_value_of_a_wrong_kind_is_refused(changed: dict[str, object]) -> None:
    kept = json.loads(zlib.decompress(Index(documents()).record(QUERY, documents()[5])))
    with pytest.raises(ReplayError):
        replay(zlib.compress(json.dumps(kept | changed).encode()))
