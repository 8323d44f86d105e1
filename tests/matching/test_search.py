"""Ranking: order, meaning of the score, languages, ties, pages."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import Document, Index, Query, Settings
from tests.matching.corpus import collections, documents, queries, vocabulary


def order(index: Index, query: Query) -> list[object]:
    return [hit.id for hit in index.search(query, limit=100).hits]


def scores(index: Index, query: Query, **examples: list[str]) -> dict[object, float]:
    ranking = index.search(query, limit=100, **examples)
    return {hit.id: hit.score for hit in ranking.hits}


def test_the_profile_that_speaks_of_it_comes_first() -> None:
    index = Index(documents())
    assert order(index, Query("Инженер по расчётам прочности ракет"))[0] == "strength"
    assert order(index, Query("Ищем бухгалтера: отчётность в 1С"))[0] == "accounting"
    assert order(index, Query("Inventory clerk for a warehouse"))[0] == "stock"


def test_a_vacancy_finds_profiles_in_the_other_language() -> None:
    query = Query("Управление запасами на складе")
    assert scores(Index(documents()), query)["stock"] == 0.0
    across = Index(documents(), vocabulary=vocabulary())
    assert set(order(across, query)[:2]) == {"warehouse", "stock"}
    assert scores(across, query)["stock"] > 0.1
    assert set(order(across, Query("Inventory management"))[:2]) == {"warehouse", "stock"}


def test_names_from_lists_do_not_tell_the_language_of_a_profile() -> None:
    listed = {"skills": "управление запасами\ninventory management", "studies": "Экономика"}
    prose = {"experience": "Warehouse clerk, inventory management"}
    index = Index([*documents(), Document("both", {**listed, **prose})], vocabulary=vocabulary())
    assert index.explain(Query("Склад"), "both").by_kind().keys() == {"translated"}


def test_a_glossary_changes_nothing_within_one_language() -> None:
    russian = [document for document in documents() if document.id not in ("english", "stock")]
    query = Query("Управление запасами на складе, базы данных")
    assert scores(Index(russian), query) == scores(Index(russian, vocabulary=vocabulary()), query)


def test_coverage_counts_musts_twice_and_evidence_in_full() -> None:
    index = Index(
        [
            Document("all", {}, {"a": 1.0, "b": 1.0, "c": 1.0}),
            Document("must", {}, {"a": 1.0}),
            Document("stated", {}, {"a": 0.4, "c": 1.0}),
            Document("nice", {}, {"c": 1.0}),
            Document("none", {"summary": "пусто"}, {"d": 1.0}),
        ]
    )
    query = Query("", must=frozenset({"a", "b"}), nice=frozenset({"c"}))
    assert scores(index, query) == {
        "all": 1.0,
        "must": 0.4,
        "stated": 0.36,
        "nice": 0.2,
        "none": 0.0,
    }


def test_skills_and_text_share_the_score() -> None:
    text = {"summary": "телеметрия"}
    index = Index([Document("skill", {}, {"a": 1.0}), Document("both", text, {"a": 1.0})])
    found = scores(index, Query("телеметрия", must=frozenset({"a"})))
    assert found["skill"] == 0.7
    # One word at mean length: BM25 gives 1 / (1 + 1.5) of its maximum.
    assert found["both"] == pytest.approx(0.7 + 0.3 * 0.4 * 1.1 / (0.4 + 0.1), abs=1e-6)


@given(collections(least=1), queries, st.sampled_from([0.01, 0.3, 1e6]))
def test_the_scale_of_the_text_part_changes_no_order_of_texts(
    fitted: list[Document], query: Query, half: float
) -> None:
    words = Query(query.text, language=query.language)
    plain, stretched = (
        Index(fitted, settings=Settings(text_half=value, latent_minimum=3)) for value in (0.1, half)
    )
    first, second = scores(plain, words), scores(stretched, words)
    ranked = order(plain, words)
    assert all(0.0 <= score <= 1.0 for score in second.values())
    for better, worse in pairwise(ranked):
        # Differences in the last decimal may round to a tie.
        assert second[better] >= second[worse] - 2e-6
        assert (first[better] > 0.0) == (second[better] > 0.0) or first[better] < 1e-5


def test_a_skill_asked_twice_is_a_must() -> None:
    query = Query("", must=frozenset({"a"}), nice=frozenset({"a", "b"}))
    assert query.nice == {"b"}


def test_a_word_in_a_weighty_field_counts_more() -> None:
    index = Index(
        [
            Document("skills", {"skills": "гироскоп", "wishes": "покой"}),
            Document("wishes", {"skills": "покой", "wishes": "гироскоп"}),
        ]
    )
    assert order(index, Query("гироскоп")) == ["skills", "wishes"]


def test_a_rare_word_counts_more_than_a_common_one() -> None:
    common = [Document(n, {"summary": "отчёт работа"}) for n in range(5)]
    index = Index([*common, Document("rare", {"summary": "гироскоп работа"})])
    assert order(index, Query("отчёт гироскоп"))[0] == "rare"


def test_ranks_and_pages_continue() -> None:
    index = Index(documents())
    query = Query("Python, обработка данных, склад")
    whole = index.search(query, limit=100)
    pages = [index.search(query, limit=3, offset=offset) for offset in (0, 3, 6, 9)]
    assert sum((page.hits for page in pages), ()) == whole.hits
    assert [hit.rank for hit in whole.hits] == list(range(1, 9))
    assert {page.total for page in pages} == {8}
    assert index.search(query, limit=0).hits == ()


@pytest.mark.parametrize("page", [{"limit": -1}, {"offset": -1}])
def test_a_page_before_the_first_is_refused(page: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="must not be negative"):
        Index(documents()).search(Query("x"), **page)


def test_equal_profiles_tie_and_take_turns() -> None:
    index = Index(Document(n, {"summary": "Сборка узлов"}) for n in range(40))
    firsts = set()
    for number in range(12):
        query = Query(f"сборка узлов, вакансия {number}")
        hits = index.search(query, limit=40).hits
        assert len({hit.score for hit in hits}) == 1
        assert index.search(query, limit=40).hits == hits
        firsts.add(hits[0].id)
    assert len(firsts) > 5


def test_an_edit_does_not_part_equal_profiles() -> None:
    index = Index(Document(n, {"summary": "Сборка узлов"}) for n in range(40))
    index.upsert(Document(7, {"summary": "Сборка узлов"}))
    assert len(set(scores(index, Query("сборка")).values())) == 1


def test_stars_bring_similar_profiles_up_and_rejections_down() -> None:
    noise = [Document(f"noise-{n}", {"summary": f"слово{n} дело{n}"}) for n in range(30)]
    index = Index([*documents(), *noise])
    query = Query("данные")
    plain = scores(index, query)
    liked = scores(index, query, liked=["accounting"])
    disliked = scores(index, query, disliked=["backend"])
    assert liked["warehouse"] > plain["warehouse"]
    assert disliked["satellites"] < plain["satellites"]
    assert scores(index, query, liked=["nobody"], disliked=["nobody"]) == plain


def test_no_example_lifts_a_score_above_one() -> None:
    noise = [Document(n, {"summary": f"слово{n % 9} дело{n % 7}"}) for n in range(60)]
    perfect = Document("perfect", {"summary": "гироскоп " * 5000})
    opposite = Document("opposite", {"summary": "слово1 дело1 " * 50})
    index = Index([*noise, perfect, opposite], settings=Settings(disliked_share=0.9))
    examples = {"liked": ["perfect"], "disliked": ["opposite"]}
    best = index.search(Query("гироскоп"), **examples).hits[0]
    parts = index.explain(Query("гироскоп"), "perfect", **examples).parts
    assert best.id == "perfect"
    assert sum(part.share for part in parts) == pytest.approx(best.score, abs=1e-6)
    assert 0.0 < best.score < 1.0


def test_the_same_name_or_gender_changes_no_order() -> None:
    """Gendered forms share their stems, so the order is blind to them."""
    his = Index(
        [Document(1, {"summary": "инженер, проектировал узлы"}), Document(2, {"summary": "повар"})]
    )
    hers = Index(
        [Document(1, {"summary": "инженер, проектировала узлы"}), Document(2, {"summary": "повар"})]
    )
    query = Query("проектирование узлов")
    assert scores(his, query) == scores(hers, query)


def test_settings_out_of_range_are_refused() -> None:
    with pytest.raises(ValueError, match=r"skills_share must lie in \[0, 1\]"):
        Settings(skills_share=1.5)
    with pytest.raises(ValueError, match="saturation must be positive"):
        Settings(saturation=0.0)
    with pytest.raises(ValueError, match="every field weight must be positive"):
        Settings(field_weights={"skills": -1.0})


def test_an_empty_index_ranks_nobody() -> None:
    assert Index().search(Query("инженер")).total == 0
    assert len(Index()) == 0


def test_progress_is_told() -> None:
    seen: list[tuple[int, int]] = []
    Index(documents()[:3], progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 3), (2, 3), (3, 3)]


@given(collections(), queries, st.integers(0, 60), st.integers(0, 60))
def test_every_score_lies_in_the_unit_range_and_falls(
    profiles: list[Document], query: Query, liked: int, disliked: int
) -> None:
    index = Index(profiles, vocabulary=vocabulary())
    hits = index.search(query, limit=100, liked=[liked], disliked=[disliked]).hits
    assert len(hits) == len(profiles)
    assert all(0.0 <= hit.score <= 1.0 for hit in hits)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
