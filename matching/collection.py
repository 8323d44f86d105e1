"""The documents as numbers: what an index holds, without locks and without formulas of ranking."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array

from matching.analysis import Analysed
from matching.documents import Id
from matching.latent import LatentSpace, sketch
from matching.settings import Settings
from matching.sparse import (
    Booleans,
    Buffer,
    Floats,
    GrowingMatrix,
    GrowingRows,
    Integers,
    Keys,
    MatrixView,
    RowsView,
    Singles,
)
from matching.text import LANGUAGES
from matching.weights import (
    FIELD_LIMIT,
    impacts_of,
    inverse_document_frequency,
    mean_length,
    row_sums,
    saturate,
    term_frequencies,
)


@dataclass(frozen=True, slots=True)
class View:
    """The collection at one moment; slots 0 … size-1, of which `alive` are documents.

    cuts: (languages + 1) × terms: the compacted documents of language n hold a term in the places
    cuts[n] … cuts[n + 1] - 1 of its column of impacts. Vectors and sketches: see `latent`.
    """

    impacts: MatrixView
    evidence: MatrixView
    flags: MatrixView
    alive: Booleans
    languages: NDArray[np.uint8]
    ties: NDArray[np.uint64]
    vectors: RowsView
    sketches: RowsView
    cuts: NDArray[np.int64]
    numbers: Mapping[str, Floats]
    documents: int
    slot_of: Mapping[Id, int]
    ids: list[Id]

    @property
    def size(self) -> int:
        """Return the number of slots, dead ones too."""
        return len(self.alive)


@dataclass(frozen=True, slots=True)
class Row:
    """One document, term by term: `codes` and `counts` by field, the rest summed over fields."""

    codes: Integers
    counts: Singles
    terms: Integers
    impacts: Singles


class Collection:
    """Encoded documents; edits append, `compacted` builds the fixed part anew."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.terms = Keys()
        self.surfaces: list[str] = []
        self.fields = Keys()
        self.skills = Keys()
        self.flags = Keys()
        self.counts = GrowingMatrix(csr_array((0, 0), dtype=np.float32))
        self.impacts = GrowingMatrix.empty()
        self.evidence = GrowingMatrix.empty()
        self.flagged = GrowingMatrix.empty()
        self.ids: list[Id] = []
        self.slot_of: dict[Id, int] = {}
        self.alive = Buffer(np.empty(0, bool))
        self.languages = Buffer(np.empty(0, np.uint8))
        self.ties = Buffer(np.empty(0, np.uint64))
        self.numbers: dict[str, Buffer] = {}
        self.holders = Buffer(np.empty(0, np.int64))
        self.mean_length = 0.0
        self.latent: LatentSpace | None = None
        self.vectors = GrowingRows(np.empty((0, 0), np.float32))
        self.sketches = GrowingRows(np.empty((0, 0), np.float32))
        self.cuts: NDArray[np.int64] = np.zeros((len(LANGUAGES) + 1, 0), np.int64)

    def add(self, document: Analysed) -> None:
        """Append a document; one with the same id dies."""
        codes, counts = self._encode(document.fields)
        self.remove(document.id)
        slot = len(self.ids)
        self.counts.append(codes, counts)
        row = self._row(codes, counts)
        self.impacts.append(row.terms, row.impacts)
        self.evidence.append(*_sorted_row(self.skills, document.skills))
        self.flagged.append(*_sorted_row(self.flags, document.flags))
        self.holders.view()[row.terms] += 1
        for name, value in document.numbers.items():
            column = self.numbers.setdefault(name, Buffer(np.empty(0)))
            column.extend(np.append(np.full(slot - len(column), np.nan), value))
        self.ties.extend(np.array([_tie_key(document.id)], np.uint64))
        self.languages.extend(np.array([document.language], np.uint8))
        if self.latent:
            weights = self.latent.document_weights(row.terms, row.impacts)
            vector = self.latent.place(row.terms, weights).astype(np.float32)[None, :]
            self.vectors.extend(vector)
            self.sketches.extend(sketch(vector))
        self.ids.append(document.id)
        self.alive.extend(np.ones(1, bool))
        self.slot_of[document.id] = slot

    def remove(self, id_: Id) -> None:
        """Let a document die; nothing happens where there is none."""
        slot = self.slot_of.pop(id_, None)
        if slot is not None:
            self.alive.view()[slot] = False
            self.holders.view()[np.unique(self.counts.row(slot)[0] // FIELD_LIMIT)] -= 1

    def row(self, slot: int) -> Row:
        """Return one document in numbers."""
        return self._row(*self.counts.row(slot))

    def rows(self, slots: NDArray[np.int64]) -> tuple[NDArray[np.int64], Integers, Singles]:
        """Return the terms and impacts of documents: (row starts, terms, impacts)."""
        rows = [self.counts.row(slot) for slot in slots.tolist()]
        codes = np.concatenate([np.empty(0, np.int32), *(codes for codes, _ in rows)])
        counts = np.concatenate([np.empty(0, np.float32), *(counts for _, counts in rows)])
        starts = np.cumsum([0, *(len(codes) for codes, _ in rows)])
        weighted = counts * self.field_weights()[codes % FIELD_LIMIT]
        starts, terms, frequencies = term_frequencies(starts, codes, weighted)
        lengths = np.repeat(row_sums(frequencies, starts), np.diff(starts))
        return starts, terms, saturate(frequencies, lengths, self.mean_length, self.settings)

    def field_weights(self) -> Floats:
        """Return the weight of every field number."""
        weights = self.settings.field_weights
        known = [weights.get(name, 1.0) for name in self.fields.names]
        return np.array(known + [1.0] * (FIELD_LIMIT - len(known)))

    def idf(self, columns: Integers) -> Floats:
        """Return the present inverse document frequencies of terms."""
        return inverse_document_frequency(len(self.slot_of), self.holders.view()[columns])

    def view(self) -> View:
        """Return the present state for reading while others write."""
        return View(
            impacts=self.impacts.view(len(self.terms)),
            evidence=self.evidence.view(len(self.skills)),
            flags=self.flagged.view(len(self.flags)),
            alive=self.alive.view().copy(),
            languages=self.languages.view(),
            ties=self.ties.view(),
            vectors=self.vectors.view(),
            sketches=self.sketches.view(),
            cuts=self.cuts,
            numbers={name: values.view() for name, values in self.numbers.items()},
            documents=len(self.slot_of),
            slot_of=self.slot_of,
            ids=self.ids,
        )

    def frozen(self) -> Collection:
        """Return a copy that later edits leave alone; the arrays are shared."""
        new = Collection(self.settings)
        for name in ("terms", "fields", "skills", "flags", "counts", "impacts", "evidence"):
            setattr(new, name, getattr(self, name).frozen())
        for name in ("flagged", "languages", "ties", "vectors", "sketches"):
            setattr(new, name, getattr(self, name).frozen())
        # An edit changes these two in place.
        new.alive = Buffer(self.alive.view().copy())
        new.holders = Buffer(self.holders.view().copy())
        new.numbers = {name: values.frozen() for name, values in self.numbers.items()}
        new.surfaces, new.ids, new.slot_of = [*self.surfaces], [*self.ids], {**self.slot_of}
        new.mean_length, new.latent, new.cuts = self.mean_length, self.latent, self.cuts
        return new

    def compacted(self) -> Collection:
        """Return the same documents in canonical order, weighted and placed as a whole.

        The result depends on the documents alone, not on the edits that led to them. Documents of
        one language follow each other: each language is searched with words of its own.
        """
        slots = np.array([self.slot_of[id_] for id_ in sorted(self.slot_of, key=_order)], np.int64)
        slots = slots[np.argsort(self.languages.view()[slots], kind="stable")]
        new = Collection(self.settings)
        new.languages = Buffer(self.languages.view()[slots])
        new._take_terms(self, slots)
        new._take_flags(self, slots)
        new.ids = [self.ids[slot] for slot in slots]
        new.slot_of = {id_: slot for slot, id_ in enumerate(new.ids)}
        new.alive = Buffer(np.ones(len(slots), bool))
        new.ties = Buffer(self.ties.view()[slots])
        return new

    def _encode(
        self, fields: Mapping[str, Mapping[str, tuple[int, str]]]
    ) -> tuple[Integers, Singles]:
        if len({*self.fields.names, *fields}) > FIELD_LIMIT:
            raise ValueError(f"an index holds at most {FIELD_LIMIT} different fields")
        codes = [np.empty(0, np.int32)]
        counts = [np.empty(0, np.float32)]
        for field, counted in zip(self.fields.add(fields), fields.values(), strict=True):
            columns = self.terms.add(counted)
            self._show(columns, counted)
            codes.append(np.array(columns, np.int32) * FIELD_LIMIT + field)
            counts.append(np.array([number for number, _ in counted.values()], np.float32))
        self.holders.extend(np.zeros(len(self.terms) - len(self.holders), np.int64))
        order = np.argsort(all_codes := np.concatenate(codes))
        return all_codes[order], np.concatenate(counts)[order]

    def _show(self, columns: list[int], counted: Mapping[str, tuple[int, str]]) -> None:
        """Keep the shortest form of each term: it is most often the word's base form."""
        surfaces = self.surfaces
        for column, (_, surface) in zip(columns, counted.values(), strict=True):
            if column == len(surfaces):
                surfaces.append(surface)
            elif len(surface) < len(surfaces[column]):
                surfaces[column] = surface

    def _row(self, codes: Integers, counts: Singles) -> Row:
        weighted = counts * self.field_weights()[codes % FIELD_LIMIT]
        starts = np.array([0, len(codes)])
        _, found, frequencies = term_frequencies(starts, codes, weighted)
        length = np.full(len(found), frequencies.sum())
        impacts = saturate(frequencies, length, self.mean_length, self.settings)
        return Row(codes, counts, found, impacts)

    def _take_terms(self, old: Collection, slots: NDArray[np.int64]) -> None:
        raw = old.counts.stacked(slots, len(old.terms) * FIELD_LIMIT)
        names, fields = old.terms.names, old.fields.names
        kept = sorted(np.unique(raw.indices // FIELD_LIMIT).tolist(), key=names.__getitem__)
        self.terms = Keys(names[column] for column in kept)
        self.surfaces = [old.surfaces[column] for column in kept]
        used = sorted(np.unique(raw.indices % FIELD_LIMIT).tolist(), key=fields.__getitem__)
        self.fields = Keys(fields[field] for field in used)
        column_of = _renumbering(kept, len(old.terms))
        field_of = _renumbering(used, FIELD_LIMIT)
        raw.indices = (
            column_of[raw.indices // FIELD_LIMIT] * FIELD_LIMIT
            + field_of[raw.indices % FIELD_LIMIT]
        )
        raw.resize((len(slots), len(kept) * FIELD_LIMIT))
        raw.has_sorted_indices = False
        raw.sort_indices()
        self.counts = GrowingMatrix(raw)
        self._weigh(raw)

    def _weigh(self, raw: csr_array) -> None:
        weights = self.field_weights()
        self.mean_length = mean_length(
            row_sums(raw.data * weights[raw.indices % FIELD_LIMIT], raw.indptr)
        )
        impacts = impacts_of(raw, len(self.terms), weights, self.settings)
        self.impacts = GrowingMatrix(csc_array(impacts))
        self.cuts = _cuts(self.impacts.base, impacts, self.languages.view())
        self.holders = Buffer(np.bincount(impacts.indices, minlength=len(self.terms)))
        idf = inverse_document_frequency(raw.shape[0], self.holders.view())
        self.latent = LatentSpace.fit(impacts, idf, self.languages.view(), self.settings)
        if self.latent:
            vectors = self.latent.place_all(impacts)
            self.vectors, self.sketches = GrowingRows(vectors), GrowingRows(sketch(vectors))

    def _take_flags(self, old: Collection, slots: NDArray[np.int64]) -> None:
        self.skills, self.evidence = _compacted(old.skills, old.evidence, slots)
        self.flags, self.flagged = _compacted(old.flags, old.flagged, slots)
        for name, column in old.numbers.items():
            missing = np.full(len(old.ids) - len(column), np.nan)
            values = np.append(column.view(), missing)[slots]
            if not np.isnan(values).all():
                self.numbers[name] = Buffer(values)


def _cuts(columns: csc_array, rows: csr_array, languages: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return where each language begins in each column; the rows are in the languages' order."""
    cuts = np.tile(columns.indptr[:-1].astype(np.int64), (len(LANGUAGES) + 1, 1))
    for code in range(len(LANGUAGES)):
        end = rows.indptr[np.searchsorted(languages, code, side="right")]
        cuts[code + 1] += np.bincount(rows.indices[:end], minlength=rows.shape[1])
    return cuts


def _sorted_row(keys: Keys, values: Mapping[str, float]) -> tuple[Integers, Singles]:
    row = sorted(zip(keys.add(values), values.values(), strict=True))
    columns = np.array([column for column, _ in row], np.int32)
    return columns, np.array([value for _, value in row], np.float32)


def _compacted(
    keys: Keys, matrix: GrowingMatrix, slots: NDArray[np.int64]
) -> tuple[Keys, GrowingMatrix]:
    rows = matrix.stacked(slots, len(keys))
    names = keys.names
    kept = sorted(np.unique(rows.indices).tolist(), key=names.__getitem__)
    return Keys(names[column] for column in kept), GrowingMatrix(csc_array(rows[:, kept]))


def _renumbering(kept: list[int], width: int) -> Integers:
    numbers = np.zeros(width, np.int32)
    numbers[kept] = np.arange(len(kept), dtype=np.int32)
    return numbers


def _order(id_: Id) -> tuple[str, Any]:
    return ("int", int(id_)) if isinstance(id_, int) else ("str", id_)


def _tie_key(id_: Id) -> int:
    name = "{}:{}".format(*_order(id_))
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big")
