"""Rank and explain candidates given as JSON lines, or measure the ranking and its speed."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from matching.bench import LEAST, bench
from matching.evaluation import evaluate
from matching.protocol import InputError, explain, rank, read_questions


def main() -> int:
    """Run one command; the exit status is 2 where its input is wrong."""
    arguments = _parser().parse_args()
    try:
        if arguments.command == "bench":
            for row in bench(arguments.profiles):
                print(row, flush=True)
            return 0
        if arguments.command == "evaluate":
            for metric, value in evaluate(arguments.data).items():
                print(f"{metric:9} {value:.4f}")
            return 0
        questions = read_questions(sys.stdin)
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    answer = rank if arguments.command == "rank" else explain
    for answered in answer(questions):
        print(json.dumps(answered, ensure_ascii=False))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m matching", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    line = '{"query_id", "query", "lang", "candidates": [{"id", "text"}]}'
    commands.add_parser("rank", help=f"standard input: {line} a line; scores out")
    commands.add_parser("explain", help="the same input; each score's parts out")
    judged = commands.add_parser("evaluate", help="nDCG@10, MAP and Spearman on a judged set")
    judged.add_argument("--data", type=Path, required=True, help="folder of the set")
    speed = commands.add_parser("bench", help="how fast search, edits and refreshes are here")
    speed.add_argument("--profiles", type=_profiles, default=10_000, help="how many (10000)")
    return parser


def _profiles(text: str) -> int:
    number = int(text)
    if number < LEAST:
        raise argparse.ArgumentTypeError(f"give at least {LEAST}")
    return number


if __name__ == "__main__":
    sys.exit(main())
