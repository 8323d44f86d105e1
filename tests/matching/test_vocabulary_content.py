"""The common skills vocabulary as shipped: read with the csv module alone, so that a fault of
the content is never hidden by the code that loads it."""

import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "matching" / "vocabulary"
COLUMNS = ["slug", "en", "ru", "aliases", "broader", "related"]
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)


class Row(NamedTuple):
    """One line of a vocabulary file, with its place for the message of a failure."""

    place: str
    slug: str
    en: str
    ru: str
    aliases: list[str]
    broader: list[str]
    related: list[str]


def split(field: str) -> list[str]:
    return field.split(";") if field else []


def read_rows() -> Iterator[Row]:
    for path in sorted(FOLDER.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.reader(file, strict=True)
            assert next(reader) == COLUMNS, path.name
            for cells in reader:
                place = f"{path.name}:{reader.line_num}"
                assert len(cells) == len(COLUMNS), place
                slug, en, ru, aliases, broader, related = cells
                yield Row(place, slug, en, ru, split(aliases), split(broader), split(related))


def key(name: str) -> str:
    """Names that differ only by case, ё, spaces or punctuation are the same name to a reader."""
    return re.sub(r"[^\w+#&]", "", name.casefold().replace("ё", "е"))


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return list(read_rows())


def test_there_are_enough_concepts(rows: list[Row]) -> None:
    assert len(rows) >= 1500


def test_slugs_are_well_formed_and_unique(rows: list[Row]) -> None:
    places = defaultdict(list)
    for row in rows:
        places[row.slug].append(row.place)
    assert [row.place for row in rows if not SLUG.fullmatch(row.slug)] == []
    assert {slug: found for slug, found in places.items() if len(found) > 1} == {}


def test_both_names_are_present_and_in_their_language(rows: list[Row]) -> None:
    assert [row.place for row in rows if not row.en or CYRILLIC.search(row.en)] == []
    assert [row.place for row in rows if row.ru != row.en and not CYRILLIC.search(row.ru)] == []


def test_values_are_trimmed(rows: list[Row]) -> None:
    untidy = [
        (row.place, value)
        for row in rows
        for value in (row.slug, row.en, row.ru, *row.aliases, *row.broader, *row.related)
        if not value or value != " ".join(value.split())
    ]
    assert untidy == []


def test_no_name_belongs_to_two_concepts(rows: list[Row]) -> None:
    owners = defaultdict(set)
    for row in rows:
        for name in (row.en, row.ru, *row.aliases):
            owners[key(name)].add(row.slug)
    assert {name: slugs for name, slugs in owners.items() if len(slugs) > 1} == {}


def test_aliases_add_something(rows: list[Row]) -> None:
    repeated = []
    for row in rows:
        seen = {key(row.en), key(row.ru)}
        for alias in row.aliases:
            if key(alias) in seen:
                repeated.append((row.place, alias))
            seen.add(key(alias))
    assert repeated == []


def test_links_lead_to_other_concepts(rows: list[Row]) -> None:
    slugs = {row.slug for row in rows}
    broken = [
        (row.place, link)
        for row in rows
        for link in (*row.broader, *row.related)
        if link not in slugs or link == row.slug
    ]
    assert broken == []


def test_no_concept_is_both_broader_and_related(rows: list[Row]) -> None:
    assert [row.place for row in rows if set(row.broader) & set(row.related)] == []


def test_broader_links_have_no_cycle(rows: list[Row]) -> None:
    order = list(TopologicalSorter({row.slug: row.broader for row in rows}).static_order())
    assert len(order) == len(rows)


def test_the_glossary_names_each_word_once_in_its_language() -> None:
    with (FOLDER.parent / "glossary.csv").open(encoding="utf-8", newline="") as file:
        words = list(csv.DictReader(file, strict=True))
    assert len(words) >= 600
    assert len({key(word["ru"]) for word in words}) == len(words)
    assert [word for word in words if not CYRILLIC.search(word["ru"])] == []
    assert [word for word in words if CYRILLIC.search(word["en"]) or not word["en"]] == []
