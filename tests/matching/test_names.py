"""Names in arrays answer as a dictionary would, after any edits."""

from __future__ import annotations

from zlib import crc32

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matching import Id
from matching.names import Ids, IdTable, Keys, StringTable, Surfaces

names = st.lists(st.text(max_size=6), unique=True, max_size=30)
ids = st.one_of(st.integers(-3, 9), st.sampled_from(["3", "a", "ё", 2**63, -(2**70), "int:3"]))


@given(names, names)
def test_a_table_finds_its_strings_and_no_others(held: list[str], asked: list[str]) -> None:
    table = StringTable.of(held)
    numbers = {name: number for number, name in enumerate(held)}
    assert list(table) == held
    assert [table[number] for number in range(len(table))] == held
    assert table.find([*held, *asked]) == [numbers.get(name) for name in [*held, *asked]]


def test_strings_of_one_hash_are_told_apart() -> None:
    assert crc32(b"plumless") == crc32(b"buckeroo")
    table = StringTable.of(["a", "buckeroo", "b"])
    assert table.find(["plumless", "buckeroo"]) == [None, 1]
    assert StringTable.of(["buckeroo", "plumless"]).find(["plumless", "buckeroo"]) == [1, 0]


@given(names, names, names)
def test_new_names_get_the_next_numbers(held: list[str], added: list[str], more: list[str]) -> None:
    keys = Keys(held)
    keys.add(added)
    frozen = keys.frozen()
    keys.add(more)
    numbers = {name: number for number, name in enumerate(dict.fromkeys([*held, *added, *more]))}
    assert keys.names == list(numbers)
    assert keys.find([*more, "nobody"]) == [*map(numbers.get, more), numbers.get("nobody")]
    assert frozen.names == list(dict.fromkeys([*held, *added]))


def test_the_shortest_form_is_shown() -> None:
    surfaces = Surfaces(["расчётами", "узел"])
    frozen = surfaces.frozen()
    surfaces.show(0, "расчёт")
    surfaces.show(1, "узлами")
    surfaces.show(2, "новое")
    assert [surfaces[number] for number in range(3)] == ["расчёт", "узел", "новое"]
    assert frozen[0] == "расчётами"


@given(st.lists(ids, unique=True, max_size=8), st.lists(st.tuples(ids, st.booleans()), max_size=20))
def test_ids_follow_edits(held: list[Id], edits: list[tuple[Id, bool]]) -> None:
    index, expected = Ids(IdTable.of(held)), {id_: slot for slot, id_ in enumerate(held)}
    for id_, added in edits:
        assert index.remove(id_) == expected.pop(id_, None)
        if added:
            expected[id_] = len(index)
            index.add(id_)
    assert index.documents == len(expected)
    assert {id_: index.slot(id_) for id_ in expected} == expected
    assert [index[slot] for slot in expected.values()] == list(expected)
    assert [index.slot(id_) for id_, _ in edits] == [expected.get(id_) for id_, _ in edits]
    ordered = index.ordered()
    assert sorted(ordered.tolist()) == sorted(expected.values())
    table = index.taken(ordered)
    assert [table[slot] for slot in range(len(table))] == [index[slot] for slot in ordered]
    assert all(table.find(id_) is not None for id_ in expected)
    integers = [id_ for id_ in expected if isinstance(id_, int) and abs(id_) < 2**63]
    assert table.values[: len(integers)].tolist() == sorted(integers)
    assert not np.any(table.textual[: len(integers)])
