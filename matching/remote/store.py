"""Documents, terms and state as the server holds them, and edits of all three together."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

from matching.analysis import Analysed
from matching.concepts import Vocabulary
from matching.documents import Id, Query
from matching.reading import Reading, read
from matching.remote import NotPublishedError
from matching.remote.points import (
    State,
    Term,
    document_of,
    document_point,
    point_id,
    term_id,
    terms_of,
)
from matching.remote.server import Server, state_point, term_of, term_point
from matching.settings import ALGORITHM_VERSION, Settings

FORMAT = 1
"""Changes with what the points hold."""


class Reader(NamedTuple):
    """How queries are read."""

    vocabulary: Vocabulary | None
    read: Callable[[Query], Reading]


class Store:
    """What is on the server, in the matcher's words."""

    def __init__(self, server: Server, made_with: str, settings: Settings) -> None:
        self.server = server
        self.settings = settings
        self.identity = _identity(made_with, settings)
        self._known: tuple[str, dict[str, Term]] = ("", {})

    def use(self, vocabulary: Vocabulary | None) -> None:
        """Read queries with this vocabulary from now on; no document is read with one."""
        settings = self.settings
        cached = lru_cache(maxsize=256)(lambda query: read(query, vocabulary, settings))
        # In one step: a question that is under way keeps both.
        self.reader = Reader(vocabulary, cached)

    def state(self) -> State:
        """Return what all documents share; NotPublishedError where it is of another version."""
        state = self.server.state()
        if state.identity != self.identity:
            raise NotPublishedError("the index on the server was made by another version")
        return state

    def documents(self, ids: Iterable[Id]) -> list[Analysed]:
        """Return those of the documents that there are, in order, each once."""
        points = {point_id(id_): id_ for id_ in dict.fromkeys(ids)}
        payloads = self.server.payloads(points)
        return [document_of(payloads[point]) for point in points if point in payloads]

    def terms(self, names: Iterable[str]) -> dict[str, Term]:
        """Return the terms that there are as they stand now."""
        points = {term_id(name): name for name in names}
        found = self.server.payloads(points)
        return {name: term_of(found[id_]) for id_, name in points.items() if id_ in found}

    def known_terms(self, names: Iterable[str], state: State) -> dict[str, Term]:
        """Return terms that may be as they stood when they were first asked for: what the last
        publication says of them never changes."""
        if self._known[0] != state.publication:
            self._known = (state.publication, {})
        known, wanted = self._known[1], set(names)
        known |= self.terms(wanted - known.keys())
        return {name: known[name] for name in wanted if name in known}

    def edit(self, id_: Id, new: Analysed | None) -> None:
        """Replace a document, or remove it (None); searches see it when this returns."""
        old = next(iter(self.documents([id_])), None)
        if old is None and new is None:
            return
        state = self.state()
        terms, state = counted(old, new, self.terms(_concerned(old, new)), state)
        points = [term_point(name, term) for name, term in terms.items()]
        if new is None:
            self.server.delete(point_id(id_))
        else:
            points.append(document_point(new, terms, state, self.settings))
        self.server.put([*points, state_point(state)])


def counted(
    old: Analysed | None, new: Analysed | None, terms: dict[str, Term], state: State
) -> tuple[dict[str, Term], State]:
    """Return terms and state as they are once the new document stands in the old one's place.

    terms: those that there are of both documents.
    """
    lost, won = (terms_of(one) if one else set() for one in (old, new))
    found = dict(terms)
    for name, surface in _surfaces(new):
        term = found.get(name) or Term(surface, 0)
        found[name] = replace(term, surface=min(term.surface, surface, key=len))
    for names, change in ((lost - won, -1), (won - lost, 1)):
        for name in names:
            found[name] = replace(found[name], holders=found[name].holders + change)
    documents = state.documents + (new is not None) - (old is not None)
    return found, replace(state, documents=documents)


def _concerned(*documents: Analysed | None) -> set[str]:
    return {name for document in documents if document for name in terms_of(document)}


def _surfaces(document: Analysed | None) -> Iterable[tuple[str, str]]:
    for counted_ in document.fields.values() if document else ():
        for name, (_, surface) in counted_.items():
            yield name, surface


def _identity(made_with: str, settings: Settings) -> str:
    weights = {name: getattr(settings, name) for name in settings.__dataclass_fields__}
    weights["field_weights"] = dict(settings.field_weights)
    named = json.dumps([FORMAT, ALGORITHM_VERSION, made_with, weights], sort_keys=True)
    return blake2b(named.encode(), digest_size=16).hexdigest()
