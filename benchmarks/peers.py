"""What an engineer would take instead, each asked for the best 20 among the eligible profiles."""

from __future__ import annotations

import atexit
import tempfile
from collections.abc import Callable
from functools import partial

import bm25s
import numpy as np
import psycopg
import qdrant_edge as edge
import tantivy
from numpy.typing import NDArray
from scipy.sparse import csr_array, csr_matrix, diags_array
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.metrics.pairwise import linear_kernel
from sparse_dot_topn import sp_matmul_topn

from matching.synthetic import Corpus
from tests.postgresql import Cluster, find_programs

TOP = 20
Search = Callable[[int], object]
"""Takes the number of a vacancy."""


def tf_idf(corpus: Corpus) -> tuple[csr_array, csr_array]:
    """Return the weights of profiles and vacancies as scikit-learn gives them."""
    transformer = TfidfTransformer(sublinear_tf=True).fit(corpus.profiles)
    return tuple(
        csr_array(transformer.transform(counts), dtype=np.float32)
        for counts in (corpus.profiles, corpus.vacancies)
    )


def _best(scores: NDArray[np.float32], eligible: NDArray[np.bool_]) -> NDArray[np.int64]:
    slots = np.flatnonzero(eligible)
    values = scores[slots]
    return slots[np.argpartition(-values, TOP)[:TOP]]


def scikit_learn(corpus: Corpus) -> dict[str, Search]:
    """The naive way, and the product that it could have been."""
    profiles, vacancies = tf_idf(corpus)
    eligible = corpus.eligible

    def naive(number: int) -> object:
        scores = linear_kernel(vacancies[[number]], profiles).ravel()
        return np.argsort(-np.where(eligible, scores, -1.0))[:TOP]

    def product(number: int) -> object:
        return _best(profiles @ vacancies[[number]].toarray()[0], eligible)

    return {"naive scikit-learn": naive, "CSR matrix @ vector": product}


def dot_topn(corpus: Corpus) -> dict[str, Search]:
    """sparse_dot_topn; the filter as zeroed rows, made beforehand."""
    profiles, vacancies = tf_idf(corpus)
    columns = csr_matrix((diags_array(corpus.eligible.astype(np.float32)) @ profiles).T)
    rows = csr_matrix(vacancies)
    return {"sparse_dot_topn": lambda number: sp_matmul_topn(rows[number], columns, top_n=TOP)}


def bm25(corpus: Corpus) -> dict[str, Search]:
    """bm25s with both of its back ends; its filter is a weight of every document."""
    counts = corpus.profiles
    ids = np.repeat(counts.indices, counts.data.astype(np.int64)).astype(np.int32)
    totals = np.add.reduceat(counts.data.astype(np.int64), counts.indptr[:-1])
    tokens = np.split(ids, np.cumsum(totals)[:-1])
    vocabulary = {word: number for number, word in enumerate(corpus.words)}
    weights = corpus.eligible.astype(np.float32)
    searches: dict[str, Search] = {}
    for backend in ("numpy", "numba"):
        index = bm25s.BM25(backend=backend)
        index.index((tokens, vocabulary), show_progress=False)
        searches[f"bm25s, {backend}"] = partial(_bm25_search, index, corpus, weights)
    return searches


def _bm25_search(
    index: bm25s.BM25, corpus: Corpus, weights: NDArray[np.float32], number: int
) -> object:
    words = list(dict.fromkeys(corpus.queries[number].text.split()))
    return index.retrieve([words], k=TOP, weight_mask=weights, show_progress=False, n_threads=0)


def tantivy_search(corpus: Corpus) -> dict[str, Search]:
    """tantivy on disk, one segment; the conditions as two more clauses."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("text", tokenizer_name="whitespace", index_option="freq")
    builder.add_integer_field("year", indexed=True, fast=True)
    builder.add_integer_field("city", indexed=True, fast=True)
    schema = builder.build()
    index = tantivy.Index(schema, path=tempfile.mkdtemp())
    writer = index.writer(400_000_000, num_threads=1)
    counts, words = corpus.profiles, np.array(corpus.words, object)
    for row in range(counts.shape[0]):
        span = slice(*counts.indptr[row : row + 2])
        repeated = np.repeat(words[counts.indices[span]], counts.data[span].astype(int))
        document = tantivy.Document(text=" ".join(repeated))
        document.add_integer("year", int(corpus.years[row]))
        document.add_integer("city", int(corpus.cities[row]))
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def search(number: int) -> object:
        terms = dict.fromkeys(corpus.queries[number].text.split())
        clauses = [
            (tantivy.Occur.Should, tantivy.Query.term_query(schema, "text", word, "freq"))
            for word in terms
        ]
        years = tantivy.Query.range_query(schema, "year", tantivy.FieldType.Integer, 3, 5)
        cities = tantivy.Query.range_query(schema, "city", tantivy.FieldType.Integer, 1, 3)
        filters = [
            (tantivy.Occur.Must, tantivy.Query.const_score_query(query, 0.0))
            for query in (years, cities)
        ]
        return searcher.search(tantivy.Query.boolean_query([*filters, *clauses]), TOP)

    return {"tantivy": search}


def qdrant(corpus: Corpus) -> dict[str, Search]:
    """Qdrant's engine, in process: sparse vectors and a payload filter."""
    profiles, vacancies = tf_idf(corpus)
    shard = edge.EdgeShard.create(
        tempfile.mkdtemp(),
        edge.EdgeConfig(sparse_vectors={"text": edge.EdgeSparseVectorParams()}),
    )
    for name in ("year", "city"):
        kind = edge.PayloadSchemaType.Integer
        shard.update(edge.UpdateOperation.create_field_index(name, kind))
    for first in range(0, profiles.shape[0], 1000):
        rows = range(first, min(first + 1000, profiles.shape[0]))
        points = [_point(row, profiles, corpus) for row in rows]
        shard.update(edge.UpdateOperation.upsert_points(points))
    shard.optimize()
    years = edge.FieldCondition(key="year", range=edge.RangeFloat(gte=3.0))
    cities = edge.FieldCondition(key="city", match=edge.MatchAny(any=[1, 2, 3]))
    conditions = edge.Filter(must=[years, cities])

    def search(number: int) -> object:
        nearest = edge.Query.Nearest(_sparse(vacancies, number), using="text")
        return shard.search(edge.SearchRequest(query=nearest, limit=TOP, filter=conditions))

    return {"Qdrant's engine": search}


def postgresql(corpus: Corpus) -> dict[str, Search]:
    """PostgreSQL's full text search in a cluster of its own: a GIN index, ts_rank."""
    programs = find_programs()
    if programs is None:
        return {}
    cluster = Cluster(programs)
    cluster.start()
    atexit.register(cluster.stop)
    connection = psycopg.connect(cluster.create_database("speed"), autocommit=True)
    connection.execute("CREATE TABLE profile (id int, year int, city int, words tsvector)")
    counts, words = corpus.profiles, np.array(corpus.words, object)
    with connection.cursor() as cursor, cursor.copy("COPY profile FROM STDIN") as copy:
        for row in range(counts.shape[0]):
            span = slice(*counts.indptr[row : row + 2])
            # A position each time a word occurs.
            repeats = counts.data[span].astype(int).tolist()
            texts = zip(words[counts.indices[span]], repeats, strict=True)
            vector = " ".join(f"{word}:{','.join(map(str, range(1, n + 1)))}" for word, n in texts)
            copy.write_row((row, int(corpus.years[row]), int(corpus.cities[row]), vector))
    connection.execute("CREATE INDEX ON profile USING gin (words)")
    connection.execute("ANALYZE profile")
    connection.execute("SET max_parallel_workers_per_gather = 0")

    def search(number: int) -> object:
        asked = " | ".join(dict.fromkeys(corpus.queries[number].text.split()))
        return connection.execute(
            "SELECT id FROM profile, to_tsquery('simple', %s) asked "
            "WHERE words @@ asked AND year >= 3 AND city IN (1, 2, 3) "
            "ORDER BY ts_rank(words, asked) DESC LIMIT %s",
            (asked, TOP),
        ).fetchall()

    return {"PostgreSQL, ts_rank": search}


PEERS: dict[str, Callable[[Corpus], dict[str, Search]]] = {
    "scikit-learn": scikit_learn,
    "sparse_dot_topn": dot_topn,
    "bm25s": bm25,
    "tantivy": tantivy_search,
    "qdrant": qdrant,
    "postgresql": postgresql,
}


def _sparse(rows: csr_array, row: int) -> edge.SparseVector:
    span = slice(*rows.indptr[row : row + 2])
    return edge.SparseVector(indices=rows.indices[span].tolist(), values=rows.data[span].tolist())


def _point(row: int, profiles: csr_array, corpus: Corpus) -> edge.Point:
    payload = {"year": int(corpus.years[row]), "city": int(corpus.cities[row])}
    return edge.Point(id=row, vector={"text": _sparse(profiles, row)}, payload=payload)
