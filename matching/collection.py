"""The documents as numbers: what an index holds, without locks and without formulas of ranking."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array

from matching.analysis import Analysed
from matching.conditions import Condition
from matching.documents import Id
from matching.latent import LatentSpace, coordinates
from matching.names import Ids, IdTable, Keys, Surfaces, id_name
from matching.settings import Settings
from matching.sparse import (
    Buffer,
    Floats,
    GrowingMatrix,
    Grown,
    GrownView,
    Integers,
    MatrixView,
    Rows,
    Singles,
    Slots,
)
from matching.text import LANGUAGES
from matching.weights import (
    FIELD_LIMIT,
    impacts_of,
    inverse_document_frequency,
    lengths_of,
    mean_length,
    row_sums,
    saturate,
    term_frequencies,
)

_GROWING = (
    *("terms", "surfaces", "fields", "skills", "flags", "counts", "impacts", "evidence"),
    *("flagged", "ids", "dead", "languages", "ties", "vectors"),
)
"""Parts of a collection that edits only append to."""


@dataclass(frozen=True, slots=True)
class View:
    """The collection at one moment; slots 0 … size-1, of which all but the `dead` are documents.

    cuts: (languages + 1) × terms: the compacted documents of language n hold a term in the places
    cuts[n] … cuts[n + 1] - 1 of its column of impacts. coordinates: see `latent.coordinates`.
    """

    impacts: MatrixView
    evidence: MatrixView
    flags: MatrixView
    dead: Slots
    languages: GrownView
    ties: GrownView
    vectors: GrownView
    coordinates: NDArray[np.int8]
    cuts: NDArray[np.int64]
    numbers: Mapping[str, GrownView]
    ids: Ids
    documents: int

    @property
    def fixed(self) -> int:
        """Return the number of slots that were compacted; they come first."""
        return int(self.impacts.fixed)

    @property
    def size(self) -> int:
        """Return the number of slots, dead ones too."""
        return int(self.impacts.rows)


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
        self.surfaces = Surfaces()
        self.fields = Keys()
        self.skills = Keys()
        self.flags = Keys()
        self.counts = GrowingMatrix(csr_array((0, 0), dtype=np.float32))
        self.impacts = GrowingMatrix.empty()
        self.evidence = GrowingMatrix.empty()
        self.flagged = GrowingMatrix.empty()
        self.ids = Ids(IdTable.of([]))
        self.dead = Buffer(np.empty(0, np.int64))
        self.languages = Grown(np.empty(0, np.uint8))
        self.ties = Grown(np.empty(0, np.uint64))
        self.numbers: dict[str, Grown] = {}
        self.holders = Buffer(np.empty(0, np.int32))
        self.mean_length = 0.0
        # Where the documents are an excerpt of many: how many those are. `holders` and
        # `mean_length` are then theirs too.
        self.population: int | None = None
        self.latent: LatentSpace | None = None
        self.vectors = Grown(np.empty((0, 0), np.float32))
        self.coordinates: NDArray[np.int8] = np.empty((0, 0), np.int8)
        self.cuts: NDArray[np.int64] = np.zeros((len(LANGUAGES) + 1, 0), np.int64)
        self.met: dict[Condition, NDArray[np.uint8]] = {}

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
            if name not in self.numbers:
                self.numbers[name] = Grown(np.full(self.counts.base.shape[0], np.nan))
            column = self.numbers[name]
            column.extend(np.append(np.full(slot - len(column), np.nan), value))
        self.ties.extend(np.array([_tie_key(document.id)], np.uint64))
        self.languages.extend(np.array([document.language], np.uint8))
        if self.latent:
            weights = self.latent.document_weights(row.terms, row.impacts)
            self.vectors.extend(self.latent.place(row.terms, weights).astype(np.float32)[None, :])
        self.ids.add(document.id)

    def remove(self, id_: Id) -> None:
        """Let a document die; nothing happens where there is none."""
        slot = self.ids.remove(id_)
        if slot is not None:
            self.dead.extend(np.array([slot]))
            self.holders.view()[np.unique(self.counts.row(slot)[0] // FIELD_LIMIT)] -= 1

    def row(self, slot: int) -> Row:
        """Return one document in numbers."""
        return self._row(*self.counts.row(slot))

    def rows(self, slots: Slots) -> tuple[NDArray[np.int64], Integers, Singles]:
        """Return the terms and impacts of documents: (row starts, terms, impacts)."""
        return self.weighted(self.counts.taken(slots))

    def weighted(self, rows: Rows) -> tuple[NDArray[np.int64], Integers, Singles]:
        """Return the terms and impacts of counted rows, like `rows`."""
        weighted = rows.values * self.field_weights()[rows.columns % FIELD_LIMIT]
        starts, terms, frequencies = term_frequencies(rows.starts, rows.columns, weighted)
        lengths = np.repeat(row_sums(frequencies, starts), np.diff(starts))
        return starts, terms, saturate(frequencies, lengths, self.mean_length, self.settings)

    def field_weights(self) -> Floats:
        """Return the weight of every field number."""
        weights = self.settings.field_weights
        known = [weights.get(name, 1.0) for name in self.fields.names]
        return np.array(known + [1.0] * (FIELD_LIMIT - len(known)))

    @property
    def documents(self) -> int:
        """Return how many documents the statistics speak of."""
        return self.ids.documents if self.population is None else self.population

    def idf(self, columns: Integers) -> Floats:
        """Return the present inverse document frequencies of terms."""
        return inverse_document_frequency(self.documents, self.holders.view()[columns])

    def view(self) -> View:
        """Return the present state for reading while others write."""
        return View(
            impacts=self.impacts.view(len(self.terms)),
            evidence=self.evidence.view(len(self.skills)),
            flags=self.flagged.view(len(self.flags)),
            dead=self.dead.view(),
            languages=self.languages.view(),
            ties=self.ties.view(),
            vectors=self.vectors.view(),
            coordinates=self.coordinates,
            cuts=self.cuts,
            numbers={name: values.view() for name, values in self.numbers.items()},
            ids=self.ids,
            documents=self.ids.documents,
        )

    def frozen(self) -> Collection:
        """Return a copy that later edits leave alone; the compacted part is shared."""
        new = Collection(self.settings)
        for name in _GROWING:
            setattr(new, name, getattr(self, name).frozen())
        # An edit changes these counts in place.
        new.holders = Buffer(self.holders.view().copy())
        new.numbers = {name: values.frozen() for name, values in self.numbers.items()}
        for name in ("mean_length", "population", "latent", "coordinates", "cuts", "met"):
            setattr(new, name, getattr(self, name))
        return new

    def compacted(self) -> Collection:
        """Return the same documents in canonical order, weighted and placed as a whole.

        The result depends on the documents alone, not on the edits that led to them. Documents of
        one language follow each other: each language is searched with words of its own.
        """
        slots = self.ids.ordered()
        slots = slots[np.argsort(self.languages.take(slots), kind="stable")]
        new = Collection(self.settings)
        new.languages = Grown(self.languages.take(slots))
        new._take_terms(self, slots)
        new._take_flags(self, slots)
        new.ids = Ids(self.ids.taken(slots))
        new.ties = Grown(self.ties.take(slots))
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
            for column, (_, surface) in zip(columns, counted.values(), strict=True):
                self.surfaces.show(column, surface)
            codes.append(np.array(columns, np.int32) * FIELD_LIMIT + field)
            counts.append(np.array([number for number, _ in counted.values()], np.float32))
        self.holders.extend(np.zeros(len(self.terms) - len(self.holders), np.int32))
        order = np.argsort(all_codes := np.concatenate(codes))
        return all_codes[order], np.concatenate(counts)[order]

    def _row(self, codes: Integers, counts: Singles) -> Row:
        weighted = counts * self.field_weights()[codes % FIELD_LIMIT]
        starts = np.array([0, len(codes)])
        _, found, frequencies = term_frequencies(starts, codes, weighted)
        length = np.full(len(found), frequencies.sum())
        impacts = saturate(frequencies, length, self.mean_length, self.settings)
        return Row(codes, counts, found, impacts)

    def _take_terms(self, old: Collection, slots: Slots) -> None:
        raw = old.counts.stacked(slots, len(old.terms) * FIELD_LIMIT)
        names, fields = old.terms.names, old.fields.names
        terms, numbers = raw.indices // FIELD_LIMIT, raw.indices % FIELD_LIMIT
        kept = sorted(_present(terms, len(names)), key=names.__getitem__)
        used = sorted(_present(numbers, FIELD_LIMIT), key=fields.__getitem__)
        self.terms = Keys(names[column] for column in kept)
        self.surfaces = Surfaces(old.surfaces[column] for column in kept)
        self.fields = Keys(fields[field] for field in used)
        column_of, field_of = _renumbering(kept, len(names)), _renumbering(used, FIELD_LIMIT)
        raw.indices = column_of[terms] * np.int32(FIELD_LIMIT) + field_of[numbers]
        raw.resize((len(slots), len(kept) * FIELD_LIMIT))
        raw.has_sorted_indices = False
        raw.sort_indices()
        self.counts = GrowingMatrix(raw)
        self._weigh(raw)

    def _weigh(self, raw: csr_array) -> None:
        weights = self.field_weights()
        self.mean_length = mean_length(lengths_of(raw, weights))
        impacts = impacts_of(raw, len(self.terms), weights, self.mean_length, self.settings)
        self.impacts = GrowingMatrix(csc_array(impacts))
        languages = self.languages.base
        self.cuts = _cuts(self.impacts.base, impacts, languages)
        self.holders = Buffer(np.diff(self.impacts.base.indptr))
        idf = inverse_document_frequency(raw.shape[0], self.holders.view())
        self.latent = LatentSpace.fit(impacts, idf, languages, self.settings)
        if self.latent:
            self.vectors = Grown(self.latent.place_all(impacts))
            self.coordinates = coordinates(self.vectors.base)

    def _take_flags(self, old: Collection, slots: Slots) -> None:
        self.skills, self.evidence = _compacted(old.skills, old.evidence, slots)
        self.flags, self.flagged = _compacted(old.flags, old.flagged, slots)
        for name, column in old.numbers.items():
            column = column.frozen()
            column.extend(np.full(len(old.ids) - len(column), np.nan))
            values = column.take(slots)
            if not np.isnan(values).all():
                self.numbers[name] = Grown(values)


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


def _compacted(keys: Keys, matrix: GrowingMatrix, slots: Slots) -> tuple[Keys, GrowingMatrix]:
    rows = matrix.stacked(slots, len(keys))
    names = keys.names
    kept = sorted(_present(rows.indices, len(names)), key=names.__getitem__)
    return Keys(names[column] for column in kept), GrowingMatrix(csc_array(rows[:, kept]))


def _present(numbers: Integers, width: int) -> list[int]:
    """Return which of the numbers 0 … width-1 occur."""
    present = np.zeros(width, bool)
    present[numbers] = True
    return np.flatnonzero(present).tolist()


def _renumbering(kept: list[int], width: int) -> Integers:
    numbers = np.zeros(width, np.int32)
    numbers[kept] = np.arange(len(kept), dtype=np.int32)
    return numbers


def _tie_key(id_: Id) -> int:
    digest = hashlib.blake2b(id_name(id_).encode("utf-8", "surrogatepass"), digest_size=8)
    return int.from_bytes(digest.digest(), "big")
