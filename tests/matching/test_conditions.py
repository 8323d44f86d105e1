"""Hard filters are exact, on fitted and on freshly edited documents alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import (
    AllOf,
    AnyOf,
    AtLeast,
    AtMost,
    Condition,
    Contains,
    Document,
    HasSkills,
    IdIn,
    IdNotIn,
    Index,
    Lacks,
    Query,
)


def profile(number: int) -> Document:
    """Return a profile whose every attribute follows from its number; some lack some."""
    attributes: dict[str, float | frozenset[str]] = {}
    if number % 4:
        attributes["year"] = float(number % 4)
    if number % 3:
        cities = ["Королёв", "Мытищи", "Москва"]
        attributes["cities"] = frozenset(cities[: number % 3])
    skills = {slug: 0.5 for slug in ("python", "cad") if number % 2 or slug == "cad"}
    text = "Испытания двигателей" if number % 5 == 0 else "Бухгалтерский учёт"
    return Document(number, {"summary": text}, skills, attributes)


def test_conditions_one_by_one() -> None:
    index = Index(map(profile, range(12)))
    for number in (1, 5, 12, 13):
        index.upsert(profile(number))
    index.remove(4)
    cases: list[tuple[Condition, set[int]]] = [
        (AtLeast("year", 3), {3, 7, 11}),
        (AtMost("year", 1), {1, 5, 9, 13}),
        (AtLeast("height", 0), set()),
        (Lacks("year"), {0, 8, 12}),
        (Lacks("height"), {0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13}),
        (AnyOf("cities", frozenset({"Мытищи", "Тверь"})), {2, 5, 8, 11}),
        (AllOf("cities", frozenset({"Мытищи", "Королёв"})), {2, 5, 8, 11}),
        (AllOf("cities", frozenset({"Тверь"})), set()),
        (AnyOf("cities", frozenset()), set()),
        (HasSkills(frozenset({"python", "cad"})), {1, 3, 5, 7, 9, 11, 13}),
        (HasSkills(frozenset({"rust"})), set()),
        (Contains("двигателя испытание"), {0, 5, 10}),
        (Contains("двигателя балет"), set()),
        (IdIn([3, 4, 5, 99, "3"]), {3, 5}),
    ]
    for condition, expected in cases:
        ranking = index.search(Query("учёт"), [condition], limit=50)
        assert {hit.id for hit in ranking.hits} == expected, condition
        assert ranking.total == index.count([condition]) == len(expected), condition


def test_conditions_that_ask_for_nothing_let_all_pass() -> None:
    index = Index(map(profile, range(6)))
    for condition in (AllOf("cities", frozenset()), HasSkills(frozenset()), Contains(" и – ")):
        assert index.count([condition]) == 6
    assert index.count([]) == 6
    assert index.count([IdNotIn((2,))]) == 5
    assert index.count([IdNotIn(("2",))]) == 6


def test_those_who_are_left_out_leave_the_list_full() -> None:
    index = Index(map(profile, range(12)))
    query = Query("Python")
    whole = [hit.id for hit in index.search(query, limit=12).hits]
    hidden = whole[:3]
    found = index.search(query, [IdNotIn(hidden)], limit=5)
    assert (found.total, [hit.id for hit in found.hits]) == (9, whole[3:8])
    assert index.count([IdNotIn([*hidden, 99, "0"])]) == 9
    assert index.count([IdNotIn(())]) == 12
    assert index.count([IdIn(whole[2:5]), IdNotIn(hidden)]) == 2
    index.upsert(profile(20))
    assert index.count([IdNotIn([20])]) == 12


def test_something_else_is_not_a_condition() -> None:
    with pytest.raises(TypeError, match="not a condition: 'year > 3'"):
        Index([profile(1)]).count(["year > 3"])  # type: ignore[list-item]


@given(
    st.lists(st.tuples(st.integers(0, 15), st.booleans()), max_size=25),
    st.integers(0, 4),
    st.integers(0, 4),
    st.booleans(),
)
def test_all_conditions_together_after_any_edits(
    edits: list[tuple[int, bool]], least: int, most: int, refresh: bool
) -> None:
    index = Index(map(profile, range(8)))
    expected = set(range(8))
    for number, added in edits:
        if added:
            index.upsert(profile(number))
            expected.add(number)
        else:
            index.remove(number)
            expected.discard(number)
    if refresh:
        index.refresh()
    conditions = [AtLeast("year", least), AtMost("year", most), HasSkills(frozenset({"python"}))]
    expected = {n for n in expected if n % 2 and least <= n % 4 <= most}
    ranking = index.search(Query("испытания"), conditions, limit=100)
    assert {hit.id for hit in ranking.hits} == expected
    assert ranking.total == len(expected)
