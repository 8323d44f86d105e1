"""Every score splits into reasons that add up to it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import Document, IdIn, Index, Query, Settings
from tests.matching.corpus import collections, documents, profiles, queries, vocabulary

ids = st.lists(st.integers(0, 60), max_size=3)


@given(collections(least=1), st.lists(profiles, max_size=5), queries, ids, ids, st.booleans())
def test_parts_add_up_to_the_score_that_the_ranking_gave(
    fitted: list[Document],
    edits: list[Document],
    query: Query,
    liked: list[int],
    disliked: list[int],
    latent: bool,
) -> None:
    weights = Settings(latent_minimum=3, latent_dimensions=8 if latent else 1)
    index = Index(fitted, vocabulary=vocabulary(), settings=weights)
    for document in edits:
        index.upsert(document)
    for hit in index.search(query, limit=100, liked=liked, disliked=disliked).hits:
        explained = index.explain(query, hit.id, liked=liked, disliked=disliked)
        assert sum(part.share for part in explained.parts) == pytest.approx(hit.score, abs=1e-6)
        assert explained.score == pytest.approx(hit.score, abs=1.01e-6)
        shares = [part.share for part in explained.parts]
        assert shares == sorted(shares, reverse=True)
        assert sum(explained.by_kind().values()) == pytest.approx(sum(shares), abs=1e-9)


def test_skills_are_named_with_what_is_missing() -> None:
    index = Index([Document(1, {"summary": "x"}, {"a": 0.5, "c": 1.0, "z": 1.0})])
    query = Query("", must=frozenset({"a", "b"}), nice=frozenset({"c", "d"}))
    explained = index.explain(query, 1)
    assert explained.matched == ("a", "c")
    assert explained.missing_must == ("b",)
    assert explained.missing_nice == ("d",)
    assert [(part.kind, part.term, part.field) for part in explained.parts] == [
        ("must", "a", None),
        ("nice", "c", None),
    ]
    assert explained.score == pytest.approx((2 * 0.5 + 1.0) / 6, abs=1e-6)


def test_a_word_is_shown_as_the_vacancy_writes_it_and_split_over_fields() -> None:
    index = Index([Document(1, {"skills": "гироскопы", "courses": "гироскоп гироскоп"})])
    first, second = index.explain(Query("Настройка Гироскопов"), 1).parts
    assert (first.kind, first.term) == ("text", "Гироскопов")
    assert {first.field, second.field} == {"skills", "courses"}
    assert first.share == pytest.approx(second.share)  # 1 × weight 2 against 2 × weight 1


def test_kinds_of_reasons() -> None:
    noise = [Document(n, {"summary": f"слово{n} дело{n} данные"}) for n in range(40)]
    index = Index([*documents(), *noise], vocabulary=vocabulary())
    query = Query("Управление запасами, склад")
    assert index.explain(query, "stock").by_kind()["translated"] > 0
    assert index.explain(query, "warehouse").by_kind()["text"] > 0
    assert "related" in index.explain(query, "warehouse").by_kind()
    starred = index.explain(query, "warehouse", liked=["accounting"])
    assert starred.by_kind()["liked"] > 0
    rejected = index.explain(Query("Python"), "satellites", disliked=["backend"])
    assert rejected.by_kind()["disliked"] < 0


def test_an_unlike_profile_has_no_reasons() -> None:
    explained = Index(documents()).explain(Query("балет"), "stock")
    assert (explained.score, explained.parts) == (0.0, ())


def test_an_absent_document_cannot_be_explained() -> None:
    index = Index(documents())
    index.remove("stock")
    with pytest.raises(KeyError):
        index.explain(Query("склад"), "stock")


def test_a_page_is_explained_as_its_documents_are_one_by_one() -> None:
    index = Index(documents(), vocabulary=vocabulary())
    query = Query("Склад", must=frozenset({"python"}))
    wanted = ["stock", "absent", "warehouse", "stock"]
    assert index.explain_many(query, wanted, liked=["accounting"]) == {
        name: index.explain(query, name, liked=["accounting"]) for name in ("stock", "warehouse")
    }


@given(collections(least=1), profiles, queries)
def test_a_preview_is_what_the_edit_would_bring(
    fitted: list[Document], edit: Document, query: Query
) -> None:
    index = Index(fitted, vocabulary=vocabulary(), settings=Settings(latent_minimum=3))
    before = index.search(query, limit=100)
    hit, explained = index.preview(query, edit)
    assert index.search(query, limit=100) == before
    index.upsert(edit)
    after = {found.id: found for found in index.search(query, limit=100).hits}
    assert hit == after[edit.id]
    assert explained == index.explain(query, edit.id)


def test_one_document_is_appraised_for_many_queries_as_each_would_explain_it() -> None:
    index = Index(documents(), vocabulary=vocabulary(), settings=Settings(latent_minimum=3))
    asked = [Query("Склад"), Query("Python", must=frozenset({"python"})), Query("")]
    draft = Document("draft", {"summary": "Склад и Python"}, {"python": 0.8})
    edited = Document("stock", {"summary": "Склад"}, {"python": 0.8})
    for document in (draft, edited):
        found = index.appraise(document, asked)
        assert found == [index.preview(query, document)[1] for query in asked]
    assert "draft" not in index


def test_adding_a_skill_moves_a_student_up() -> None:
    index = Index(Document(n, {}, {"python": n / 20, "cad": 0.5}) for n in range(1, 21))
    query = Query("", must=frozenset({"python", "cad"}))
    now, _ = index.preview(query, Document(3, {}, {"python": 3 / 20, "cad": 0.5}))
    assert now == index.search(query, offset=now.rank - 1, limit=1).hits[0]
    assert now.rank == 18
    moved, explained = index.preview(query, Document(3, {}, {"python": 0.62, "cad": 0.5}))
    assert moved.rank == 9
    assert explained.missing_must == ()
    among_few, _ = index.preview(query, Document(3, {}), [IdIn([1, 2, 3])])
    assert (among_few.rank, among_few.score) == (3, 0.0)
