"""Sparse matrices that grow by rows: a fixed part built for reading, and a small delta.

Rows are slots: an edited document gets a new slot and its old one dies, so nothing that a running
search holds is ever changed under it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array, vstack

# The loop behind `csc_array @ vector`. Called column by column it adds into one array: the public
# way to choose columns copies all their values first, which takes four times as long.
from scipy.sparse._sparsetools import csc_matvec

Floats: TypeAlias = NDArray[np.float64]
Singles: TypeAlias = NDArray[np.float32]
Integers: TypeAlias = NDArray[np.int32]
Booleans: TypeAlias = NDArray[np.bool_]
Cuts: TypeAlias = tuple[NDArray[np.int64], NDArray[np.int64]]


class Buffer:
    """An array that grows at its end; a view taken earlier keeps its length and its values."""

    def __init__(self, values: NDArray[Any]) -> None:
        self._values = values
        self._length = len(values)

    def __len__(self) -> int:
        return self._length

    def view(self) -> NDArray[Any]:
        """Return the values so far, without a copy."""
        return self._values[: self._length]

    def frozen(self) -> Buffer:
        """Return a buffer of the same values that grows on its own."""
        return Buffer(self.view())

    def extend(self, values: NDArray[Any]) -> None:
        """Append values of the same kind."""
        end = self._length + len(values)
        if end > len(self._values):
            grown = np.empty(
                (max(end, 2 * self._length, 16), *self._values.shape[1:]), values.dtype
            )
            grown[: self._length] = self.view()
            self._values = grown
        self._values[self._length : end] = values
        self._length = end


class RowsView:
    """Dense rows at one moment: those of the base, then the added ones."""

    def __init__(self, base: Singles, added: Singles) -> None:
        self.base = base
        self.added = added
        self.width = base.shape[1]

    def take(self, slots: NDArray[np.int64], out: Singles | None = None) -> Singles:
        """Return the rows of slots (slots × width), written to `out` where it is given."""
        rows = np.empty((len(slots), self.width), np.float32) if out is None else out
        fixed = len(self.base)
        if fixed:
            self.base.take(slots, axis=0, out=rows, mode="clip")
        if len(self.added):
            late = slots >= fixed
            rows[late] = self.added[slots[late] - fixed]
        return rows


class GrowingRows:
    """Dense float32 rows by slot; the base is never copied, however many rows are added."""

    def __init__(self, base: Singles) -> None:
        self.base = base
        self._added = Buffer(np.empty((0, base.shape[1]), np.float32))

    def frozen(self) -> GrowingRows:
        """Return the same rows, untouched by later ones."""
        copy = GrowingRows(self.base)
        copy._added = self._added.frozen()
        return copy

    def extend(self, rows: Singles) -> None:
        """Append rows."""
        self._added.extend(rows)

    def view(self) -> RowsView:
        """Return the present rows for reading."""
        return RowsView(self.base, self._added.view())


class MatrixView:
    """What a matrix held at one moment: rows 0 … n-1, readable without a lock."""

    def __init__(self, base: csc_array, delta: csr_array) -> None:
        self.base = base
        self.delta = delta
        self.rows = base.shape[0] + delta.shape[0]
        self.width = delta.shape[1]

    def add(
        self, scores: Singles, columns: Integers, weights: Floats, cuts: Cuts | None = None
    ) -> None:
        """Add weight × value over `columns` to the score of each row of the base.

        cuts: for each column where its first and where its last value of interest lies.
        """
        base = self.base
        starts, ends = (base.indptr[:-1], base.indptr[1:]) if cuts is None else cuts
        fixed = columns < base.shape[1]
        wanted = columns[fixed]
        span, weight = np.zeros(2, base.indices.dtype), np.zeros(1, np.float32)
        for start, end, value in zip(
            starts[wanted].tolist(), ends[wanted].tolist(), weights[fixed].tolist(), strict=True
        ):
            if start < end:
                span[1], weight[0] = end - start, value
                part = base.indices[start:end], base.data[start:end]
                csc_matvec(base.shape[0], 1, span, *part, weight, scores)

    def dot_delta(self, columns: Integers, weights: Floats) -> Singles:
        """Return the sum over `columns` of weight × value, for each row of the delta."""
        dense = np.zeros(self.delta.shape[1], np.float32)
        dense[columns] = weights
        return np.asarray(self.delta @ dense)

    def holders(self, column: int) -> Integers:
        """Return the rows with a value in the column, in ascending order."""
        base, delta = self.base, self.delta
        fixed = np.empty(0, np.int32)
        if column < base.shape[1]:
            fixed = base.indices[base.indptr[column] : base.indptr[column + 1]]
        if not delta.shape[0]:
            return fixed
        entries = np.flatnonzero(delta.indices == column)
        added = np.searchsorted(delta.indptr, entries, side="right") - 1 + base.shape[0]
        return np.concatenate([fixed, added.astype(np.int32)])

    def value(self, row: int, column: int) -> float:
        """Return one value, 0 where there is none."""
        return float(self.values(np.array([row]), column)[0])

    def values(self, rows: NDArray[np.int64], column: int) -> Singles:
        """Return the values of rows in one column (shape: rows), 0 where there is none."""
        holders = self.holders(column)
        found = np.zeros(len(rows), np.float32)
        if not len(holders):
            return found
        places = np.minimum(np.searchsorted(holders, rows), len(holders) - 1)
        held = holders[places] == rows
        found[held] = self._entries(column)[places[held]]
        return found

    def _entries(self, column: int) -> Singles:
        """Return the values of a column, one for each of its holders."""
        base, delta = self.base, self.delta
        fixed = np.empty(0, np.float32)
        if column < base.shape[1]:
            fixed = base.data[base.indptr[column] : base.indptr[column + 1]]
        if not delta.shape[0]:
            return fixed
        return np.concatenate([fixed, delta.data[delta.indices == column]])


class GrowingMatrix:
    """float32 values by (slot, column); `base` is stored by columns unless told otherwise."""

    def __init__(self, base: csc_array | csr_array) -> None:
        self.base = base
        self._columns = Buffer(np.empty(0, np.int32))
        self._values = Buffer(np.empty(0, np.float32))
        self._ends = Buffer(np.zeros(1, np.int64))

    @classmethod
    def empty(cls) -> GrowingMatrix:
        """Return a matrix without rows and columns."""
        return cls(csc_array((0, 0), dtype=np.float32))

    def frozen(self) -> GrowingMatrix:
        """Return the same rows, untouched by later ones."""
        copy = GrowingMatrix(self.base)
        copy._columns, copy._values = self._columns.frozen(), self._values.frozen()
        copy._ends = self._ends.frozen()
        return copy

    def append(self, columns: Integers, values: Singles) -> None:
        """Add one row; `columns` ascend and are distinct."""
        self._columns.extend(columns)
        self._values.extend(values)
        self._ends.extend(np.array([len(self._columns)]))

    def delta(self, width: int) -> csr_array:
        """Return the appended rows (rows × width), without a copy of the values."""
        ends = self._ends.view()
        columns, values = self._columns.view(), self._values.view()
        return csr_array((values, columns, ends.astype(np.int32)), shape=(len(ends) - 1, width))

    def view(self, width: int) -> MatrixView:
        """Return the present state for reading; `width` columns are known."""
        return MatrixView(self.base, self.delta(width))

    def row(self, slot: int) -> tuple[Integers, Singles]:
        """Return the columns and values of one slot (a base must be stored by rows)."""
        fixed = self.base.shape[0]
        if slot < fixed:
            start, end = self.base.indptr[slot : slot + 2]
            return self.base.indices[start:end], self.base.data[start:end]
        start, end = self._ends.view()[slot - fixed : slot - fixed + 2]
        return self._columns.view()[start:end], self._values.view()[start:end]

    def stacked(self, slots: NDArray[np.int64], width: int) -> csr_array:
        """Return the given slots as rows (slots × width), sorted within each row."""
        base = csr_array(self.base)
        base.resize((base.shape[0], width))
        rows = csr_array(vstack([base, self.delta(width)], format="csr")[slots])
        rows.sort_indices()
        return rows


class Keys:
    """Names of columns: each new name gets the next number."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._numbers = {name: number for number, name in enumerate(names)}

    def __len__(self) -> int:
        return len(self._numbers)

    @property
    def names(self) -> list[str]:
        """Return a new list of the names by number."""
        return list(self._numbers)

    def frozen(self) -> Keys:
        """Return the same names, untouched by later ones."""
        return Keys(self._numbers)

    def get(self, name: str) -> int | None:
        """Return the number of a known name."""
        return self._numbers.get(name)

    def add(self, names: Iterable[str]) -> list[int]:
        """Return the numbers of names, known or new."""
        numbers = self._numbers
        return [numbers.setdefault(name, len(numbers)) for name in names]
