"""Concepts: found by name, found in texts, suggested while typing."""

from __future__ import annotations

import pytest

from matching import Concept, Vocabulary
from matching.concepts import read_concepts, read_glossary
from tests.matching.corpus import CONCEPTS, vocabulary

HEADER = "slug,en,ru,aliases,broader,related\n"


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("python", "python"),
        ("ПИТОН", "python"),
        ("мкэ", "finite-element-method"),
        ("Метод  Конечных Элементов", "finite-element-method"),
        ("С++", "c-plus-plus"),
        (".net", "dot-net"),
        ("1C: предприятие", "one-c"),
        ("cad / cam", "cad-cam"),
        ("c", "c"),
    ],
)
def test_a_name_or_alias_is_found_however_it_is_spelt(name: str, slug: str) -> None:
    found = vocabulary().find(name)
    assert found is not None
    assert found.slug == slug


def test_other_names_are_not_found() -> None:
    assert [vocabulary().find(name) for name in ("pytho", "", "метод", "++")] == [None] * 4


def test_concepts_are_counted_in_any_inflection() -> None:
    text = "Знаю методы конечных элементов и базу данных. Расчёт методом конечных элементов"
    assert vocabulary().detect(text) == {"finite-element-method": 2, "databases": 1}


def test_the_longest_name_wins() -> None:
    assert vocabulary().detect("CAD/CAM, CAD") == {"cad-cam": 1, "cad": 1}


def test_nothing_is_found_inside_a_word() -> None:
    assert vocabulary().detect("складной, CADENCE, monopython, 1С-ник?") == {"one-c": 1}


def test_abbreviations_of_two_letters_count_in_capitals_only() -> None:
    assert vocabulary().detect("бд db") == {}
    assert vocabulary().detect("cad сапр") == {"cad": 2}
    assert vocabulary().detect("БД DB CAD САПР") == {"databases": 2, "cad": 2}


def test_a_single_letter_is_neither_an_initial_nor_a_part_of_a_sign() -> None:
    assert vocabulary().detect("C. Ivanov, R&C, vitamin c, Objective-C") == {}
    assert vocabulary().detect("Python, C, C++") == {"python": 1, "c": 1, "c-plus-plus": 1}


def test_suggestions_begin_as_typed_and_name_each_concept_once() -> None:
    suggested = [concept.slug for concept in vocabulary().suggest("c")]
    assert suggested == ["c", "c-plus-plus", "cad", "cad-cam"]
    assert [concept.slug for concept in vocabulary().suggest("ПИТ")] == ["python"]
    assert [concept.slug for concept in vocabulary().suggest("c", limit=1)] == ["c"]
    assert vocabulary().suggest("") == vocabulary().suggest("ъъ") == []


def test_the_version_follows_the_content() -> None:
    assert vocabulary().version == Vocabulary(reversed(CONCEPTS)).version
    assert vocabulary().version != Vocabulary(CONCEPTS[:-1]).version


def test_two_concepts_may_not_share_a_slug() -> None:
    with pytest.raises(ValueError, match="two concepts have the slug 'python'"):
        Vocabulary([CONCEPTS[0], CONCEPTS[0]])


def test_the_first_of_two_claims_to_a_name_counts() -> None:
    both = Vocabulary([Concept("one", "Alpha", "Альфа"), Concept("two", "alpha", "Бета")])
    found = both.find("ALPHA")
    assert found is not None
    assert found.slug == "one"


def test_a_file_is_read_with_its_lists() -> None:
    text = HEADER + "cad,CAD,САПР,computer-aided design; КАД,design,cam;cae\n"
    assert list(read_concepts(text, "x.csv")) == [
        Concept("cad", "CAD", "САПР", ("computer-aided design", "КАД"), ("design",), ("cam", "cae"))
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("slug,en\ncad,CAD\n", "x.csv: the columns must be"),
        (HEADER + "cad,CAD,САПР\n", "x.csv:2: a row must have 6 cells"),
        (HEADER + "cad,CAD,САПР,,,\ncae,,МКЭ,,,\n", "x.csv:3: slug, en and ru"),
    ],
)
def test_a_bad_file_is_refused_with_its_line(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        list(read_concepts(text, "x.csv"))


def test_the_shipped_vocabulary_loads() -> None:
    assert Vocabulary.load().version == Vocabulary.load().version


def test_single_words_are_translated_as_the_names_use_them() -> None:
    names = Vocabulary(
        [
            Concept("risk", "risk management", "управление рисками"),
            Concept("quality", "quality management", "управление качеством"),
            Concept("audit", "quality audit", "аудит качества"),
        ]
    )
    english = names.translations["en"]
    best = {word: max(found, key=lambda key: found[key]) for word, found in english.items()}
    assert best == {"управлен": "manag", "риск": "risk", "качеств": "qualiti", "ауд": "audit"}
    assert all(0.2 <= chance <= 1.0 for found in english.values() for chance in found.values())
    assert max(names.translations["ru"]["audit"]) == "ауд"
    assert Vocabulary([]).translations == {"en": {}, "ru": {}}


def test_the_glossary_stands_above_what_names_let_one_guess() -> None:
    guessing = Concept("groups", "abstract algebra", "теория групп")
    with_words = Vocabulary([guessing], [(("группа",), ("group", "team"))])
    assert with_words.translations["en"]["групп"] == {"group": 0.5, "team": 0.5}
    assert with_words.translations["ru"]["team"] == {"групп": 1.0}
    assert "algebra" in Vocabulary([guessing]).translations["en"]["групп"]
    assert with_words.version != Vocabulary([guessing]).version


def test_several_words_of_a_glossary_translate_nothing_back() -> None:
    made = Vocabulary([], [(("сырьё",), ("raw material",))])
    assert made.translations["en"]["сыр"] == {"raw": 1.0, "materi": 1.0}
    assert made.translations["ru"] == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("russian,english\nцех,shop\n", "g.csv: the columns must be ru,en"),
        ("ru,en\nцех,\n", "g.csv:2: ru and en must be given"),
        ("ru,en\nцех\n", "g.csv:2: ru and en must be given"),
        ("ru,en\nцех,shop,floor\n", "g.csv:2: ru and en must be given"),
    ],
)
def test_a_bad_glossary_is_refused_with_its_line(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        list(read_glossary(text, "g.csv"))
