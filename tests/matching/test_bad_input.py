"""Whatever comes in has a defined answer or a clear error."""

from __future__ import annotations

import pytest

from matching import Contains, Document, Index, Query
from tests.matching.corpus import documents


@pytest.mark.parametrize("evidence", [float("nan"), 0.0, -1.0, 1.5, float("inf")])
def test_evidence_lies_in_the_unit_range(evidence: float) -> None:
    with pytest.raises(ValueError, match=r"evidence of 'a' in document 1 must lie in \(0, 1\]"):
        Document(1, {}, {"a": evidence})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "Москва", ["Москва"], None])
def test_an_attribute_is_a_number_or_a_set(value: object) -> None:
    with pytest.raises(ValueError, match="attribute 'city' of document 1"):
        Document(1, {}, {}, {"city": value})  # type: ignore[dict-item]


def test_texts_are_texts_and_ids_are_ids() -> None:
    with pytest.raises(ValueError, match="field 'summary' of document 1 must be text"):
        Document(1, {"summary": None})  # type: ignore[dict-item]
    with pytest.raises(ValueError, match="a document id must be"):
        Document(1.5, {})  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="the text of a query must be"):
        Query(None)  # type: ignore[arg-type]


def test_too_many_fields_are_refused_and_change_nothing() -> None:
    index = Index(documents())
    before = index.search(Query("склад"))
    with pytest.raises(ValueError, match="at most 32 different fields"):
        index.upsert(Document("wide", {f"field-{n}": "склад" for n in range(40)}))
    assert index.search(Query("склад")) == before
    index.upsert(Document("narrow", {"summary": "склад запчастей"}))
    index.refresh()
    assert "narrow" in index


def test_odd_texts_are_ranked() -> None:
    odd = {
        "empty": "",
        "emoji": "🚀🛰️ 👩‍🚀",
        "mixed": "Рython рaзработчик 東京 مهندس",
        "signs": "\x00\ud800 <b>&amp;</b> ''; -- %s",
        "long": "склад" * 100_000,
        "digits": "1234567890 " * 50,
    }
    index = Index([*documents(), *(Document(id_, {"summary": text}) for id_, text in odd.items())])
    assert index.search(Query("разработчик Python")).hits[0].score > 0
    assert index.count([Contains("python разработчик")]) == 1
    for text in odd.values():
        assert index.search(Query(text), limit=50).total == 14
        assert index.count([Contains(text)]) >= 0
    assert index.explain(Query("склад"), "long").parts == ()


def test_ten_megabytes_of_text_are_one_document() -> None:
    text = "проверка большого текста о складе и запасах " * 120_000
    assert len(text.encode()) > 9_000_000
    index = Index(documents())
    index.upsert(Document("large", {"summary": text}))
    assert index.search(Query(text)).hits[0].id == "large"
    assert index.search(Query("прочность ракеты")).hits[0].id == "strength"


def test_one_document_and_a_query_without_words() -> None:
    index = Index([Document(1, {"summary": "склад"})])
    assert index.search(Query("склад")).hits[0].score == pytest.approx(0.4 * 1.1 / 0.5)
    assert index.search(Query("!!!")).hits[0].score == 0.0


def test_an_unknown_skill_is_missing_everywhere() -> None:
    index = Index([Document(1, {"summary": "склад"}, {"a": 1.0})])
    query = Query("", must=frozenset({"a", "unheard-of"}))
    assert index.search(query).hits[0].score == 0.5
    assert index.explain(query, 1).missing_must == ("unheard-of",)
