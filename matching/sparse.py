"""Sparse matrices that grow by rows: a fixed base built for reading, and a small delta.

Rows are slots: an edited document gets a new slot and its old one dies, so nothing that a running
search holds is ever changed under it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array, vstack

# The loops behind `csc_array @ vector` and `csr_array @ vector`. The first adds chosen columns into
# one array: the public way to choose columns copies all their values first, which takes four times
# as long.
from scipy.sparse._sparsetools import csc_matvec, csr_matvec

Floats: TypeAlias = NDArray[np.float64]
Singles: TypeAlias = NDArray[np.float32]
Integers: TypeAlias = NDArray[np.int32]
Booleans: TypeAlias = NDArray[np.bool_]
Slots: TypeAlias = NDArray[np.int64]
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
                (max(end, 2 * self._length, 16), *self._values.shape[1:]), self._values.dtype
            )
            grown[: self._length] = self.view()
            self._values = grown
        self._values[self._length : end] = values
        self._length = end


class Grown:
    """The values of one kind by slot: those of the base, never copied, then the added ones."""

    def __init__(self, base: NDArray[Any]) -> None:
        self.base = base
        self._added = Buffer(np.empty((0, *base.shape[1:]), base.dtype))

    def __len__(self) -> int:
        return len(self.base) + len(self._added)

    def frozen(self) -> Grown:
        """Return the same values, untouched by later ones."""
        copy = Grown(self.base)
        copy._added = self._added.frozen()
        return copy

    def extend(self, values: NDArray[Any]) -> None:
        """Append values, one for each further slot."""
        self._added.extend(values)

    def view(self) -> GrownView:
        """Return the present values for reading."""
        return GrownView(self.base, self._added.view())

    def take(self, slots: Slots) -> NDArray[Any]:
        """Return the values of slots."""
        return self.view().take(slots)


@dataclass(frozen=True, slots=True)
class GrownView:
    """Values by slot at one moment."""

    base: NDArray[Any]
    added: NDArray[Any]

    def take(self, slots: Slots) -> NDArray[Any]:
        """Return the values of slots (the first axis is that of the slots)."""
        fixed = len(self.base)
        if not fixed:
            return self.added[slots]
        found = self.base.take(slots, axis=0, mode="clip")
        if len(self.added):
            late = np.flatnonzero(slots >= fixed)
            found[late] = self.added[slots[late] - fixed]
        return found


@dataclass(frozen=True, slots=True)
class Rows:
    """Sparse rows one after another: row n has the entries starts[n] … starts[n + 1] - 1."""

    starts: NDArray[Any]
    columns: Integers
    values: Singles

    def __len__(self) -> int:
        return len(self.starts) - 1

    def dot(self, vector: Singles) -> Singles:
        """Return the product of each row and a vector that is as wide as the rows."""
        products = np.zeros(len(self), np.float32)
        starts = self.starts.astype(np.int32)
        csr_matvec(len(self), len(vector), starts, self.columns, self.values, vector, products)
        return products

    def taken(self, rows: Slots) -> Rows:
        """Return some of the rows, copied."""
        first = self.starts[rows].astype(np.int64)
        lengths = self.starts[rows + 1] - first
        starts = np.concatenate([[0], np.cumsum(lengths)])
        places = np.arange(starts[-1]) + np.repeat(first - starts[:-1], lengths)
        return Rows(starts, self.columns[places], self.values[places])


class MatrixView:
    """What a matrix held at one moment: rows 0 … n-1, readable without a lock."""

    def __init__(self, base: csc_array, delta: Rows, width: int) -> None:
        self.base = base
        self.delta = delta
        self.fixed = int(base.shape[0])
        self.rows = self.fixed + len(delta)
        self.width = width

    def add(
        self, scores: Singles, columns: Integers, weights: Floats, cuts: Cuts | None = None
    ) -> None:
        """Add weight × value over `columns` to the score of each row of the base.

        cuts: for each column where its first and where its last value of interest lies.
        """
        base = self.base
        starts, ends = (base.indptr[:-1], base.indptr[1:]) if cuts is None else cuts
        known = columns < base.shape[1]
        wanted, weight = columns[known], weights[known]
        order = np.argsort(starts[wanted])[::-1]
        if not len(order):
            return
        # One call for all: the wanted columns from the last to the first, so that a gap between two
        # of them ends before it begins and holds nothing.
        bounds = np.empty(2 * len(order), base.indices.dtype)
        bounds[::2], bounds[1::2] = starts[wanted[order]], ends[wanted[order]]
        factors = np.zeros(len(bounds) - 1, np.float32)
        factors[::2] = weight[order]
        csc_matvec(self.fixed, len(factors), bounds, base.indices, base.data, factors, scores)

    def dot_delta(self, columns: Integers, weights: Floats) -> Singles:
        """Return the sum over `columns` of weight × value, for each row of the delta."""
        if not len(self.delta):
            return np.zeros(0, np.float32)
        dense = np.zeros(self.width, np.float32)
        dense[columns] = weights
        return self.delta.dot(dense)

    def base_holders(self, column: int) -> Integers:
        """Return the rows of the base with a value in the column, ascending."""
        base = self.base
        if column >= base.shape[1]:
            return np.empty(0, np.int32)
        return np.asarray(base.indices[base.indptr[column] : base.indptr[column + 1]])

    def delta_holders(self, column: int) -> Slots:
        """Return the rows of the delta, counted from its first, with a value in the column."""
        entries = np.flatnonzero(self.delta.columns == column)
        return np.searchsorted(self.delta.starts, entries, side="right") - 1

    def value(self, row: int, column: int) -> float:
        """Return one value, 0 where there is none."""
        return float(self.values(np.array([row]), column)[0])

    def values(self, rows: Slots, column: int) -> Singles:
        """Return the values of rows in one column (shape: rows), 0 where there is none."""
        found = np.zeros(len(rows), np.float32)
        holders = self.base_holders(column)
        if len(holders):
            places = np.minimum(np.searchsorted(holders, rows), len(holders) - 1)
            held = holders[places] == rows
            found[held] = self.base.data[self.base.indptr[column] + places[held]]
        late = np.flatnonzero(rows >= self.fixed)
        if len(late):
            added = np.zeros(len(self.delta), np.float32)
            added[self.delta_holders(column)] = self.delta.values[self.delta.columns == column]
            found[late] = added[rows[late] - self.fixed]
        return found


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

    def delta(self) -> Rows:
        """Return the appended rows."""
        ends = self._ends.view()
        return Rows(ends, self._columns.view()[: ends[-1]], self._values.view()[: ends[-1]])

    def view(self, width: int) -> MatrixView:
        """Return the present state for reading; `width` columns are known."""
        return MatrixView(self.base, self.delta(), width)

    def taken(self, slots: Slots) -> Rows:
        """Return the rows of slots (a base must be stored by rows)."""
        fixed, delta = self.base.shape[0], self.delta()
        base = Rows(self.base.indptr, self.base.indices, self.base.data)
        if not len(delta) or (slots < fixed).all():
            return base.taken(slots)
        late = slots >= fixed
        early, added = base.taken(slots[~late]), delta.taken(slots[late] - fixed)
        order = np.empty(len(slots), np.int64)
        order[np.concatenate([np.flatnonzero(~late), np.flatnonzero(late)])] = np.arange(len(slots))
        starts = np.concatenate([early.starts, early.starts[-1] + added.starts[1:]])
        columns = np.concatenate([early.columns, added.columns])
        return Rows(starts, columns, np.concatenate([early.values, added.values])).taken(order)

    def row(self, slot: int) -> tuple[Integers, Singles]:
        """Return the columns and values of one slot (a base must be stored by rows)."""
        fixed = self.base.shape[0]
        if slot < fixed:
            start, end = self.base.indptr[slot : slot + 2]
            return self.base.indices[start:end], self.base.data[start:end]
        start, end = self._ends.view()[slot - fixed : slot - fixed + 2]
        return self._columns.view()[start:end], self._values.view()[start:end]

    def stacked(self, slots: Slots, width: int) -> csr_array:
        """Return the given slots as rows (slots × width), sorted within each row."""
        base = csr_array(self.base)
        base.resize((base.shape[0], width))
        delta = self.delta()
        parts = (delta.values, delta.columns, delta.starts.astype(np.int32))
        added = csr_array(parts, shape=(len(delta), width))
        rows = csr_array(vstack([base, added], format="csr")[slots])
        rows.sort_indices()
        return rows
