"""Words, stems, keys of names, language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import language_of, normalise
from matching.text import count_terms, words


def keys(text: str) -> list[str]:
    return list(count_terms(text))


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("C++", "с++"),
        ("1С", "1C"),
        ("1С:Предприятие", "1c предприятие"),
        ("CAD/CAM", "cad cam"),
        ("Учёт", "учет"),
        ("Node.js", "NodeJS"),
        ("Рython", "Python"),
        ("машинное  обучение", "Машинное-обучение"),
    ],
)
def test_spellings_of_one_name_share_a_key(name: str, same: str) -> None:
    assert normalise(name) == normalise(same)


def test_names_that_differ_by_a_sign_keep_apart() -> None:
    names = ["C", "C++", "C#", ".NET", "NET", "1С", "CAD", "CAD/CAM", "R&D", "R", "F#"]
    assert len({normalise(name) for name in names}) == len(names)


def test_a_name_of_punctuation_alone_has_an_empty_key() -> None:
    assert normalise(" -/… ") == ""


def test_inflections_share_a_term() -> None:
    assert keys("Управление запасами") == keys("управлению запасов")
    assert keys("developing databases") == keys("developed database")


def test_stop_words_numbers_and_single_letters_carry_nothing() -> None:
    assert keys("и с 2024 the a в 5 Я") == []


def test_short_and_long_words() -> None:
    assert keys("C++ C# .NET 1С 3D") == ["c++", "c#", ".net", "1c", "3d"]
    assert keys("x" * 65) == []


def test_surfaces_are_kept_as_written() -> None:
    assert count_terms("Испытания КОМПОЗИТОВ, испытаний") == {
        "испытан": (2, "Испытания"),
        "композит": (1, "КОМПОЗИТОВ"),
    }


def test_words_know_their_place() -> None:
    text = "Пишу на C++, R&D."
    assert [text[word.start : word.end] for word in words(text)] == ["Пишу", "на", "C++", "R&D"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Разработчик Python, Django, PostgreSQL, Docker", "ru"),
        ("Python, Django, PostgreSQL", "en"),
        ("Inginer electric", "en"),
        ("🚀 2024", "en"),
        ("", "en"),
    ],
)
def test_language(text: str, language: str) -> None:
    assert language_of(text) == language


@given(st.text())
def test_any_text_has_terms_and_a_key(text: str) -> None:
    assert all(key and surface for key, (_, surface) in count_terms(text).items())
    assert normalise(normalise(text)) == normalise(text)
