"""Tricky sentences: what the shipped vocabulary must find in them, and what it must not."""

from __future__ import annotations

import pytest

from matching import Vocabulary

FOUND = {
    # stems that lie too near to each other
    "The machine was loaded with parts": "",
    "machining of parts, CNC machines": "machining cnc",
    "engine design and its engineers": "",
    "design engineer": "engineering-design",
    "I love engineering": "",
    "an electronic document": "",
    "electronics": "electronics",
    "we market cars": "",
    "marketing": "marketing",
    "program manager of a summer programme": "",
    "a puppet theatre": "",
    "unit tests, tests automation": "unit-testing test-automation",
    "databases and drones": "databases unmanned-aircraft",
    # names of one or two letters
    "Go, Rust, Python": "go-language rust-language python",
    "Let us Go home": "",
    "разработчик на Go": "go-language",
    "C, C++": "c-language c-plus-plus",
    "знаю C и C++": "c-language c-plus-plus",
    "Plan C is ready, витамин C": "",
    "C. Ivanov, C developer": "c-language",
    "statistics in R": "statistics r-language",
    "группа R": "",
    "R&D": "research-and-development",
    # ordinary words that are names too
    "flask of water, rust on the hull, to react swiftly": "",
    "Flask, Rust, React, Swift": "flask-framework rust-language react swift-language",
    "опыт с react и redux": "react redux",
    "scratch the surface": "",
    "овен по гороскопу": "",
    # abbreviations
    "ЧПУ, чпу, чпушник": "cnc",
    "сапр и плис, мкэ": "cad fpga finite-element-method",
    "vhdl and fem": "vhdl finite-element-method",
    "по эхо узнал": "",
    "a cam in my hand": "",
    "CAM": "cam",
    "иду на ТО": "",
    # one name in several spellings
    "Java Script, JavaScript": "javascript",
    "python3, Python 3": "python",
    "PCAD, P-CAD": "pcad",
    "Power Point": "powerpoint",
    "power point of the day": "",
    "Рython": "python",
    # inflections of Russian names, longest name first
    "методами конечных элементов": "finite-element-method",
    "работаю на станках с ЧПУ": "cnc",
    "наладчику станков с ЧПУ": "cnc-setup",
    "управлением проектами": "project-management",
}


@pytest.fixture(scope="module")
def shipped() -> Vocabulary:
    return Vocabulary.load()


@pytest.mark.parametrize(("text", "slugs"), FOUND.items())
def test_a_text_names_these_and_no_others(shipped: Vocabulary, text: str, slugs: str) -> None:
    assert sorted(shipped.detect(text)) == sorted(slugs.split())


def test_every_concept_is_found_by_its_own_names(shipped: Vocabulary) -> None:
    """But for the names that stand for a skill in company alone."""
    unfound = [
        name
        for concept in shipped.concepts.values()
        for name in (concept.ru, concept.en)
        if len(name) > 2 and concept.slug not in shipped.detect(name)
    ]
    assert unfound == []


@pytest.mark.parametrize(
    ("typed", "slug"),
    [
        ("Голэнг", "go-language"),
        ("Golang 1.21", "go-language"),
        ("Pyton", "python"),
        ("солидворк", "solidworks"),
        ("Solidworx", "solidworks"),
        ("постгрескл", "postgresql"),
        ("автокадд", "autocad"),
        ("Управление проэктами", "project-management"),
        ("mashine learning", "machine-learning"),
        ("САПР Компас 3D", "kompas-3d"),
        ("эксел", "excel"),
    ],
)
def test_a_name_with_a_slip_is_near_to_its_concept(
    shipped: Vocabulary, typed: str, slug: str
) -> None:
    assert shipped.find(typed) is None
    assert slug in [concept.slug for concept in shipped.near(typed)]
    assert len(shipped.near(typed, limit=1)) == 1


@pytest.mark.parametrize("typed", ["вязание", "йога", "ъъ", "", "...", "🚀"])
def test_nothing_is_near_to_what_is_no_skill(shipped: Vocabulary, typed: str) -> None:
    assert shipped.near(typed) == []


def test_suggestions_know_the_other_alphabet_and_slips(shipped: Vocabulary) -> None:
    assert [concept.slug for concept in shipped.suggest("солидворкс", 1)] == ["solidworks"]
    assert [concept.slug for concept in shipped.suggest("кубер", 1)] == ["kubernetes"]
    assert [concept.slug for concept in shipped.suggest("pyton", 1)] == ["python"]
