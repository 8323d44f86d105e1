"""How good a ranking is, on a folder of judged vacancies and profiles.

The folder holds queries.jsonl {"query_id", "lang", "text", "candidates": [doc_id, …]}, docs.jsonl
{"doc_id", "text"}, qrels.csv query_id,doc_id,grade (a missing pair has grade 0) and, where grades
below some g do not count as relevant, meta.json {"relevant_from": g}.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np
from scipy.stats import spearmanr
from sklearn.metrics import average_precision_score, ndcg_score

from matching.documents import Id, Query
from matching.protocol import InputError, Question, index_of, reason, scores


def evaluate(folder: Path) -> dict[str, float]:
    """Return the means over the vacancies of nDCG@10, MAP and, for graded sets, Spearman's rho.

    A vacancy without a relevant profile counts for none of them. Raises InputError for a folder
    that is not such a set.
    """
    try:
        questions, grades, relevant_from = _load(folder)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{folder}: {reason(error)}") from error
    index = index_of(questions)
    measured: dict[str, list[float]] = {}
    for question in questions:
        found = scores(question, index)
        judged = grades.get(question.query_id, {})
        gains = np.array([judged.get(str(id_), 0.0) for id_ in found])
        for metric, value in _measure(gains, np.array(list(found.values())), relevant_from):
            measured.setdefault(metric, []).append(value)
    return {metric: mean(values) for metric, values in measured.items()}


def _measure(
    gains: np.ndarray[Any, Any], found: np.ndarray[Any, Any], relevant_from: float
) -> list[tuple[str, float]]:
    values = []
    if len(gains) > 1 and gains.any():
        values.append(("nDCG@10", float(ndcg_score([gains], [found], k=10))))
    if (gains >= relevant_from).any():
        values.append(("MAP", float(average_precision_score(gains >= relevant_from, found))))
    if len(np.unique(gains)) > 2 and len(np.unique(found)) > 1:
        values.append(("Spearman", float(spearmanr(gains, found).statistic)))
    return values


def _load(folder: Path) -> tuple[list[Question], dict[str, dict[str, float]], float]:
    texts = {row["doc_id"]: row["text"] for row in _rows(folder / "docs.jsonl")}
    questions = []
    for row in _rows(folder / "queries.jsonl"):
        candidates: dict[Id, str] = {id_: texts[id_] for id_ in row["candidates"]}
        query = Query(row["text"], language=row.get("lang"))
        questions.append(Question(row["query_id"], query, candidates))
    grades: dict[str, dict[str, float]] = {}
    with (folder / "qrels.csv").open(encoding="utf-8", newline="") as file:
        for judgement in csv.DictReader(file):
            of_query = grades.setdefault(judgement["query_id"], {})
            of_query[judgement["doc_id"]] = float(judgement["grade"])
    meta = folder / "meta.json"
    settings = json.loads(meta.read_text(encoding="utf-8")) if meta.exists() else {}
    return questions, grades, float(settings.get("relevant_from", 1.0))


def _rows(path: Path) -> list[dict[str, Any]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]
