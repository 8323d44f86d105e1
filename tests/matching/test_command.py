"""The command line: JSON lines in and out, bad lines named."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from matching.protocol import InputError, read_questions


def run(*arguments: str, lines: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "matching", *arguments],
        input=lines,
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )


def question(query_id: str, query: str, **texts: str) -> str:
    candidates = [{"id": id_, "text": text} for id_, text in texts.items()]
    return json.dumps(
        {"query_id": query_id, "query": query, "lang": "ru", "candidates": candidates},
        ensure_ascii=False,
    )


def test_rank_answers_each_line() -> None:
    lines = [
        question("q1", "расчёт прочности", a="Прочность обшивки", b="Учёт на складе", c=""),
        "",
        question("q2", "складской учёт", b="Учёт на складе"),
    ]
    done = run("rank", lines="\n".join(lines))
    assert (done.returncode, done.stderr) == (0, "")
    first, second = map(json.loads, done.stdout.splitlines())
    assert first["query_id"] == "q1"
    assert first["scores"].keys() == {"a", "b", "c"}
    assert max(first["scores"], key=first["scores"].get) == "a"
    assert second["scores"].keys() == {"b"}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line 2: not JSON"),
        ("[]", "line 2: must be a JSON object"),
        ('{"query_id": "x", "candidates": []}', "line 2: 'query' is missing"),
        ('{"query_id": "x", "query": 5, "candidates": []}', "line 2: query must be text"),
        ('{"query_id": "x", "query": "y", "candidates": [{"id": "a"}]}', "'text' is missing"),
        ('{"query_id": "x", "query": "y", "candidates": 7}', "line 2: candidates must be a list"),
        ("[" * 100_000, "line 2: maximum recursion depth"),
        ('{"query_id": "\\ud800", "query": "y", "candidates": []}', "line 2: .*surrogates"),
    ],
)
def test_a_bad_line_is_named(line: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_questions([question("q1", "x", a="y"), line])


def test_bad_input_ends_the_command_with_its_line() -> None:
    done = run("rank", lines=question("q1", "x", a="y") + "\n{")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("line 2: not JSON")


def test_no_questions_no_answers() -> None:
    assert run("rank", lines="").stdout == ""


def test_explain_gives_the_parts_of_each_score() -> None:
    line = question("q1", "расчёт прочности", a="Прочность обшивки", b="Учёт на складе")
    ranked = json.loads(run("rank", lines=line).stdout)["scores"]
    explained = json.loads(run("explain", lines=line).stdout)["explanations"]
    assert {id_: answer["score"] for id_, answer in explained.items()} == pytest.approx(ranked)
    assert [part["term"] for part in explained["a"]["parts"]] == ["прочности"]
    assert explained["b"]["parts"] == []


@pytest.fixture
def judged(tmp_path: Path) -> Path:
    texts = {"a": "Прочность обшивки", "b": "Прочность", "c": "Склад", "d": "Учёт на складе"}
    rows = [json.dumps({"doc_id": id_, "text": text}) for id_, text in texts.items()]
    (tmp_path / "docs.jsonl").write_text("\n".join(rows))
    query = {"query_id": "q", "lang": "ru", "text": "прочность обшивки", "candidates": list("abcd")}
    (tmp_path / "queries.jsonl").write_text(json.dumps(query))
    (tmp_path / "qrels.csv").write_text("query_id,doc_id,grade\nq,a,2\nq,b,1\n")
    return tmp_path


def test_evaluate_measures_a_judged_set(judged: Path) -> None:
    done = run("evaluate", "--data", str(judged), lines="")
    assert done.stdout.splitlines()[:2] == ["nDCG@10   1.0000", "MAP       1.0000"]
    (judged / "qrels.csv").write_text("query_id,doc_id,grade\nq,a,1\nq,b,2\n")
    (judged / "meta.json").write_text('{"relevant_from": 2}')
    done = run("evaluate", "--data", str(judged), lines="")
    assert done.stdout.splitlines()[1] == "MAP       0.5000"


@pytest.mark.parametrize("spoilt", ["docs.jsonl", "queries.jsonl", "qrels.csv"])
def test_evaluate_names_a_set_that_is_none(judged: Path, spoilt: str) -> None:
    (judged / spoilt).write_text("{\n1,2")
    done = run("evaluate", "--data", str(judged), lines="")
    assert (done.returncode, done.stdout) == (2, "")
    assert str(judged) in done.stderr
    assert "Traceback" not in done.stderr
