"""The published profiles as documents of the index."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bridge.skills.vocabulary import shipped_vocabulary, vocabulary
from bridge.students.documents import document
from bridge.students.evidence import evidence_weights
from bridge.students.models import Evidence, Profile
from bridge.students.queries import indexable
from matching import Document, Vocabulary

CHUNK = 500
# An attribute of the employer's own filter, beside those of search/attributes.py: the year of
# study as a set of one, since several may be chosen.
STUDY_YEAR = "study-year"

log = logging.getLogger(__name__)


class ProfileSource:
    """See bridge.search.index.Source."""

    def vocabulary(self, session: Session) -> Vocabulary:
        return vocabulary(session)

    def version(self) -> str:
        # Broader skills that the held ones imply are those of the shipped concepts.
        return shipped_vocabulary().version

    def count(self, session: Session) -> int:
        ids = indexable().with_only_columns(sa.func.count(Profile.id)).order_by(None)
        return session.scalar(ids) or 0

    def all(self, session: Session) -> Iterator[Document]:
        found = session.scalars(indexable().execution_options(yield_per=CHUNK))
        return _documents(found, evidence_weights(session))

    def some(self, session: Session, ids: Sequence[int]) -> Iterator[Document]:
        found = session.scalars(indexable().where(Profile.id.in_(ids)))
        return _documents(found, evidence_weights(session))


def _documents(
    profiles: Iterable[Profile], weights: Mapping[Evidence, float]
) -> Iterator[Document]:
    for profile in profiles:
        try:
            plain = document(profile, weights)
        except ValueError:
            # One profile that the matcher refuses must not take the search from everybody. Its
            # text stays out of the log.
            log.error("profile %s cannot be indexed", profile.id)
            continue
        year = profile.year_of_study
        years = frozenset() if year is None else frozenset({str(year)})
        yield replace(plain, attributes={**plain.attributes, STUDY_YEAR: years})
