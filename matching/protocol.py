"""Questions as JSON lines, and their answers.

A question is {"query_id", "query", "lang", "candidates": [{"id", "text"}, …]}; the index holds the
candidates of all questions together, so that the rarity of words is that of the whole set.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from matching.concepts import Vocabulary
from matching.conditions import IdIn
from matching.documents import Document, Id, Query
from matching.explanation import Explanation
from matching.index import Index


class InputError(Exception):
    """A line or a file that is not what the protocol asks for."""


@dataclass(frozen=True, slots=True)
class Question:
    """One vacancy and the texts of its candidates."""

    query_id: str
    query: Query
    candidates: dict[Id, str]


def read_questions(lines: Iterable[str]) -> list[Question]:
    """Return the questions, one a line; InputError names the line that is wrong."""
    questions = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            questions.append(_question(json.loads(line)))
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise InputError(f"line {number}: {reason(error)}") from error
    return questions


def reason(error: Exception) -> str:
    """Say in a few words what is wrong with the input."""
    if isinstance(error, json.JSONDecodeError):
        return f"not JSON ({error.msg} at column {error.colno})"
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)


def _question(raw: Any) -> Question:
    if not isinstance(raw, dict):
        raise TypeError("must be a JSON object")
    if not isinstance(raw["query"], str):
        raise TypeError("query must be text")
    if not isinstance(raw["candidates"], list):
        raise TypeError("candidates must be a list")
    candidates: dict[Id, str] = {}
    for candidate in raw["candidates"]:
        if not isinstance(candidate, dict):
            raise TypeError("a candidate must be a JSON object")
        if not isinstance(candidate["id"], int | str) or not isinstance(candidate["text"], str):
            raise TypeError("a candidate must have an id and a text")
        candidates[candidate["id"]] = candidate["text"]
    # These come back in the answers, where half a character could not be written.
    json.dumps([raw["query_id"], *candidates], ensure_ascii=False).encode()
    language = raw.get("lang")
    if not isinstance(language, str | None):
        raise TypeError("lang must be text or null")
    return Question(raw["query_id"], Query(raw["query"], language=language), candidates)


def index_of(questions: Iterable[Question]) -> Index:
    """Index the candidates of all questions with the project's own vocabulary."""
    texts = {id_: text for question in questions for id_, text in question.candidates.items()}
    documents = (Document(id_, {"experience": text}) for id_, text in texts.items())
    return Index(documents, vocabulary=_vocabulary())


@cache
def _vocabulary() -> Vocabulary:
    # Whoever asks several times reads its files once.
    return Vocabulary.load()


def scores(question: Question, index: Index) -> dict[Id, float]:
    """Return the score of every candidate."""
    conditions = [IdIn(question.candidates.keys())]
    ranking = index.search(question.query, conditions, limit=len(question.candidates))
    return {hit.id: hit.score for hit in ranking.hits}


def rank(questions: list[Question]) -> Iterator[dict[str, Any]]:
    """Answer {"query_id", "scores": {id: score}} to each question."""
    index = index_of(questions)
    for question in questions:
        yield {"query_id": question.query_id, "scores": scores(question, index)}


def explain(questions: list[Question]) -> Iterator[dict[str, Any]]:
    """Answer {"query_id", "explanations": {id: {"score", "parts", …}}} to each question."""
    index = index_of(questions)
    for question in questions:
        explained = index.explain_many(question.query, question.candidates)
        explanations = {id_: _told(explanation) for id_, explanation in explained.items()}
        yield {"query_id": question.query_id, "explanations": explanations}


def _told(explanation: Explanation) -> dict[str, Any]:
    told = {field.name: getattr(explanation, field.name) for field in fields(explanation)}
    return told | {"parts": [part._asdict() for part in explanation.parts]}
