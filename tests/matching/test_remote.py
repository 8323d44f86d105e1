"""The index on a server answers as the embedded one does: in the client's stand-in of a server and
in Qdrant's real engine."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from qdrant_client import QdrantClient

from matching import (
    AllOf,
    AnyOf,
    AtLeast,
    AtMost,
    Condition,
    Contains,
    Document,
    Explanation,
    HasSkills,
    IdIn,
    IdNotIn,
    Index,
    Lacks,
    Query,
    Settings,
    Vocabulary,
)
from matching.remote import NotPublishedError, SearchUnavailableError, asking
from matching.remote.index import RemoteIndex
from matching.replay import replay
from tests.matching.corpus import CONCEPTS, PROFILES, documents, vocabulary
from tests.matching.edge import EdgeClient
from tests.ports import free_port

pytestmark = pytest.mark.filterwarnings("ignore:Payload indexes have no effect:UserWarning")

SETTINGS = Settings(latent_dimensions=40)
SLUGS = [concept.slug for concept in CONCEPTS]
WORDS = sorted(set(" ".join(PROFILES.values()).replace(",", "").split()))


def made(number: int, dice: random.Random) -> Document:
    """A profile of words of our own, some in each language."""
    words = dice.choices(WORDS[: len(WORDS) // 2] if number % 3 else WORDS, k=dice.randint(1, 25))
    return Document(
        number,
        {"experience": " ".join(words), "summary": dice.choice(WORDS), "hobby": f"слово{number}"},
        {slug: dice.choice((0.4, 0.6, 1.0)) for slug in dice.sample(SLUGS, dice.randint(0, 4))},
        {
            "year": dice.randint(1, 6),
            "language:en": dice.randint(1, 7),
            "city": frozenset(dice.sample("abc", dice.randint(0, 2))),
        },
    )


def many(count: int, dice: random.Random) -> list[Document]:
    return [*documents(), *(made(number, dice) for number in range(count))]


QUERIES = [
    Query("Разработка на Python, базы данных", frozenset({"python"}), frozenset({"databases"})),
    Query("Управление запасами на складе, учёт товаров"),
    Query("", frozenset({"python", "cad"}), frozenset({"c"})),
    Query("Satellite telemetry processing in Python", frozenset({"python"}), language="en"),
    Query("Слово, которого нет ни у кого"),
]
CONDITIONS: list[list[Condition]] = [
    [],
    [AtLeast("year", 3), AtMost("language:en", 5)],
    [AnyOf("city", frozenset("ab")), IdNotIn([3]), IdNotIn(frozenset())],
    [IdNotIn([1, "backend", "nobody"])],
    [AllOf("city", frozenset("ab"))],
    [HasSkills(frozenset({"python"})), Contains("данные")],
    [IdIn([1, 2, 5, "backend", "nobody", 4000])],
    [IdIn([])],
    [AnyOf("city", frozenset())],
    [AtLeast("height", 1)],
    [Lacks("year"), IdNotIn([3])],
    [Lacks("height")],
]


@pytest.fixture(params=["stand-in", "engine"])
def client(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    if request.param == "engine":
        return EdgeClient(tmp_path)
    return QdrantClient(":memory:")


def both(client: Any, count: int = 80, seed: int = 1) -> tuple[Index, RemoteIndex]:
    fitted = many(count, random.Random(seed))  # noqa: S311
    remote = RemoteIndex(client, vocabulary=vocabulary(), settings=SETTINGS)
    remote.publish(lambda: fitted)
    return Index(fitted, vocabulary=vocabulary(), settings=SETTINGS), remote


def same_pages(
    embedded: Index,
    remote: RemoteIndex,
    queries: Sequence[Query] = QUERIES,
    conditions: Sequence[Sequence[Condition]] = CONDITIONS[:2],
    **asked: Any,
) -> None:
    for query, those in product(queries, conditions):
        expected = embedded.search(query, those, **asked)
        found = remote.search(query, those, **asked)
        assert found.total == expected.total
        assert [hit.score for hit in found.hits] == pytest.approx(
            [hit.score for hit in expected.hits], abs=2e-6
        )
        assert [hit.id for hit in found.hits] == [hit.id for hit in expected.hits]


def same_reasons(found: Explanation, expected: Explanation) -> None:
    def parts(explanation: Explanation) -> dict[tuple[object, ...], float]:
        return {(part.kind, part.term, part.field): part.share for part in explanation.parts}

    assert found.score == pytest.approx(expected.score, abs=2e-6)
    assert parts(found) == pytest.approx(parts(expected), abs=1e-6)
    assert (found.matched, found.missing_must) == (expected.matched, expected.missing_must)


def test_the_same_page_under_every_condition(client: Any) -> None:
    embedded, remote = both(client, count=300)
    assert len(remote) == len(embedded) == 308
    same_pages(embedded, remote)
    same_pages(embedded, remote, QUERIES[:1], CONDITIONS, limit=7, offset=3)
    # Beyond the first documents that are fetched, to the last, who share nothing with the question.
    same_pages(embedded, remote, [QUERIES[2]], CONDITIONS[:1], limit=400)


def test_the_same_reasons(client: Any) -> None:
    embedded, remote = both(client)
    for query in QUERIES[:4]:
        ids = [hit.id for hit in embedded.search(query).hits]
        expected = embedded.explain_many(query, [*ids, "nobody"])
        found = remote.explain_many(query, [*ids, "nobody"])
        assert list(found) == list(expected) == ids
        for id_ in ids:
            same_reasons(found[id_], expected[id_])


def test_examples_move_the_same_ones(client: Any) -> None:
    embedded, remote = both(client)
    examples = {"liked": ["accounting", 7], "disliked": ["backend", "nobody"]}
    same_pages(embedded, remote, QUERIES[:1], **examples)
    ids = [hit.id for hit in embedded.search(QUERIES[0], limit=3, **examples).hits]
    found = remote.explain_many(QUERIES[0], ids, **examples)
    for id_, expected in embedded.explain_many(QUERIES[0], ids, **examples).items():
        same_reasons(found[id_], expected)


def test_edits_show_at_once_and_count_the_same(client: Any) -> None:
    embedded, remote = both(client)
    dice = random.Random(5)  # noqa: S311
    for step in range(30):
        id_ = dice.choice([dice.randrange(120), "backend", "accounting"])
        if dice.random() < 0.3:
            embedded.remove(id_)
            remote.remove(id_)
            assert id_ not in remote
        else:
            new = made(dice.randrange(120), dice)
            edited = Document(
                id_, {**new.fields, "thesis": f"новое{step}"}, new.skills, new.attributes
            )
            embedded.upsert(edited)
            remote.upsert(edited)
            assert remote.search(QUERIES[0], [Contains(f"новое{step}")]).hits[0].id == id_
        if step % 10 == 9:
            assert len(remote) == len(embedded)
            same_pages(embedded, remote, QUERIES[:4], CONDITIONS[1:2])
    hits = embedded.search(QUERIES[0]).hits
    for hit in hits[:5]:
        same_reasons(remote.explain(QUERIES[0], hit.id), embedded.explain(QUERIES[0], hit.id))


def test_what_would_be_is_told_the_same(client: Any) -> None:
    embedded, remote = both(client)
    own = Document(5, {"summary": "Python базы данных невиданное"}, {"python": 0.4}, {"year": 4})
    for document in (own, Document("new", own.fields, own.skills)):
        for query in QUERIES[:2]:
            conditions = [AtLeast("year", 2)]
            expected, reasons = embedded.preview(query, document, conditions)
            found, told = remote.preview(query, document, conditions)
            assert (found.id, found.rank) == (expected.id, expected.rank)
            same_reasons(told, reasons)
            kept = replay(remote.record(query, document))
            assert kept.same
            same_reasons(kept.now, reasons)
        found_each = remote.appraise(document, QUERIES)
        for told, reasons in zip(found_each, embedded.appraise(document, QUERIES), strict=True):
            same_reasons(told, reasons)
    assert "new" not in remote
    same_pages(embedded, remote, QUERIES[:1], CONDITIONS[:1])


def test_a_batch_answers_as_single_searches_do(client: Any) -> None:
    _, remote = both(client)
    conditions = CONDITIONS[: len(QUERIES)]
    found = remote.search_many(QUERIES, conditions, limit=5)
    assert found == [
        remote.search(query, those, limit=5)
        for query, those in zip(QUERIES, conditions, strict=True)
    ]
    with pytest.raises(ValueError, match="as many lists"):
        remote.search_many(QUERIES, [[]])


def test_the_first_answers_are_not_taken_for_enough(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However few are fetched at first, the page is the same: the bound asks for more."""
    embedded, remote = both(client)
    monkeypatch.setattr(asking, "FIRST_DEPTH", 1)
    same_pages(embedded, remote, QUERIES[:3], limit=5)


def test_an_index_without_a_latent_space(client: Any) -> None:
    remote = RemoteIndex(client, vocabulary=vocabulary())
    remote.publish(documents)
    embedded = Index(documents(), vocabulary=vocabulary())
    same_pages(embedded, remote, conditions=CONDITIONS[:1])
    empty = RemoteIndex(client)
    empty.publish(list)
    assert empty.search(QUERIES[0]).total == len(empty) == 0
    empty.upsert(documents()[0])
    assert empty.search(Query("прочность ракеты")).hits[0].id == "strength"


def test_marks_are_found_again_and_another_version_is_refused(client: Any) -> None:
    remote = RemoteIndex(client, vocabulary=vocabulary())
    with pytest.raises(NotPublishedError, match="holds no index"):
        remote.search(QUERIES[0])
    remote.publish(documents, revision="a-1")
    assert remote.revision() == "a-1"
    remote.mark("a-2")
    assert RemoteIndex(client, vocabulary=vocabulary()).revision() == "a-2"
    for other in (
        RemoteIndex(client, vocabulary=vocabulary(), made_with="another"),
        RemoteIndex(client, vocabulary=vocabulary(), settings=SETTINGS),
    ):
        with pytest.raises(NotPublishedError, match="another version"):
            other.search(QUERIES[0])


def test_another_vocabulary_reads_queries_and_asks_for_nothing_new(client: Any) -> None:
    embedded, remote = both(client)
    fewer = Vocabulary(CONCEPTS[:3])
    started_later = RemoteIndex(client, vocabulary=fewer, settings=SETTINGS)
    before = [embedded.search(query).hits for query in QUERIES]
    for index in (embedded, remote):
        index.use(fewer)
    assert [embedded.search(query).hits for query in QUERIES] != before
    same_pages(embedded, remote)
    same_pages(embedded, started_later)


def test_a_server_that_does_not_answer() -> None:
    nobody = QdrantClient(
        url=f"http://127.0.0.1:{free_port()}", check_compatibility=False, timeout=2
    )
    with pytest.raises(SearchUnavailableError):
        RemoteIndex(nobody).search(QUERIES[0])
