"""A few documents of the server in an embedded collection, weighed as among all.

So they are scored and explained by the very code of the embedded index.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from matching.analysis import Analysed
from matching.collection import Collection
from matching.documents import Id
from matching.latent import LatentSpace
from matching.remote.points import State, Term
from matching.settings import Settings
from matching.sparse import Grown

_NAMING = "\x1fterms"
"""Id of a document that only names the terms, and is taken out at once."""


class Excerpt(Collection):
    """Documents that a search may find, examples and an imagined one, side by side."""

    def __init__(
        self,
        settings: Settings,
        state: State,
        terms: Mapping[str, Term],
        documents: Sequence[Analysed],
    ) -> None:
        """terms: all of the documents, and whatever a query may ask for."""
        super().__init__(settings)
        self.population = state.documents
        self.mean_length = state.mean_length
        self._set_latent(state, terms)
        counted = {name: (1, term.surface) for name, term in terms.items()}
        fields = {next(iter(settings.field_weights), "text"): counted}
        self.add(Analysed(_NAMING, fields, 0, {}, {}, {}))
        self.remove(_NAMING)
        for document in documents:
            self.add(document)
        self._slots = {document.id: slot for slot, document in enumerate(documents, start=1)}
        # Adding has counted them once more.
        self.holders.view()[: len(terms)] = [term.holders for term in terms.values()]

    def slot(self, id_: Id) -> int:
        """Return where a document lies."""
        return self._slots[id_]

    def _set_latent(self, state: State, terms: Mapping[str, Term]) -> None:
        if not state.common:
            return
        common = np.array(state.common)
        nothing = (0.0,) * common.shape[1]
        basis = np.array([term.basis or nothing for term in terms.values()], np.float32)
        idf = np.array([term.idf for term in terms.values()], np.float64)
        self.latent = LatentSpace(basis.reshape(len(terms), common.shape[1]), idf, common)
        self.vectors = Grown(np.empty((0, common.shape[1]), np.float32))
