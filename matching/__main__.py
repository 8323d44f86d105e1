"""`python -m matching rank`: rank candidates given as JSON lines."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from matching.concepts import Vocabulary
from matching.conditions import IdIn
from matching.documents import Document, Id, Query
from matching.index import Index


class InputError(Exception):
    """A line of the input that is not what the protocol asks for."""


def read(lines: Iterable[str]) -> list[dict[str, Any]]:
    """Return the questions, one a line; InputError names the line that is wrong."""
    questions = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            question = json.loads(line)
            _check(question)
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(f"line {number}: {_reason(error)}") from error
        questions.append(question)
    return questions


def _check(question: Any) -> None:
    if not isinstance(question, dict):
        raise TypeError("must be a JSON object")
    if not isinstance(question["query"], str):
        raise TypeError("query must be text")
    question["query_id"]
    if not isinstance(question["candidates"], list):
        raise TypeError("candidates must be a list")
    for candidate in question["candidates"]:
        if not isinstance(candidate["id"], int | str) or not isinstance(candidate["text"], str):
            raise TypeError("a candidate must have an id and a text")


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"not JSON ({error.msg} at column {error.colno})"
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)


def rank(questions: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Answer questions {"query_id", "query", "lang", "candidates"} in order.

    The index holds the candidates of all questions together.
    """
    texts: dict[Id, str] = {
        candidate["id"]: candidate["text"]
        for question in questions
        for candidate in question["candidates"]
    }
    index = Index(
        (Document(id_, {"experience": text}) for id_, text in texts.items()),
        vocabulary=Vocabulary.load(),
    )
    for question in questions:
        ids = {candidate["id"] for candidate in question["candidates"]}
        query = Query(question["query"], language=question.get("lang"))
        ranking = index.search(query, [IdIn(ids)], limit=len(ids))
        scores = {hit.id: hit.score for hit in ranking.hits}
        yield {"query_id": question["query_id"], "scores": scores}


def main() -> int:
    """Run one command and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m matching", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("rank", help='{"query_id","query","lang","candidates":[{"id","text"}]}')
    parser.parse_args()
    try:
        questions = read(sys.stdin)
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    for answer in rank(questions):
        print(json.dumps(answer, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
