"""Text in, ranked and explained candidates out.

    from matching import Document, Index, Query, Vocabulary

    index = Index(
        [
            Document(1, {"summary": "Считаю прочность обшивки в Ansys"}, {"cae": 0.8}),
            Document(2, {"experience": "Python developer, satellite telemetry"}),
        ],
        vocabulary=Vocabulary.load(),
    )
    vacancy = Query("Инженер-прочнист: расчёты конструкций", must=frozenset({"cae"}))
    for hit in index.search(vacancy).hits:
        print(hit.rank, hit.id, round(100 * hit.score), index.explain(vacancy, hit.id).parts[:3])

The formulas are in `weights`, `latent` and `scoring`, the numbers in `Settings`.
"""

from matching.concepts import Concept, Vocabulary
from matching.conditions import (
    AllOf,
    AnyOf,
    AtLeast,
    AtMost,
    Condition,
    Contains,
    HasSkills,
    IdIn,
    IdNotIn,
    Lacks,
)
from matching.documents import Document, Id, Query
from matching.explanation import Explanation
from matching.index import Hit, Index, Ranking
from matching.parts import Part, Parts
from matching.replay import Replay, ReplayError, replay
from matching.settings import ALGORITHM_VERSION, FIELDS, Settings
from matching.snapshot import SnapshotError
from matching.text import language_of, normalise

__all__ = [
    "ALGORITHM_VERSION",
    "FIELDS",
    "AllOf",
    "AnyOf",
    "AtLeast",
    "AtMost",
    "Concept",
    "Condition",
    "Contains",
    "Document",
    "Explanation",
    "HasSkills",
    "Hit",
    "Id",
    "IdIn",
    "IdNotIn",
    "Index",
    "Lacks",
    "Part",
    "Parts",
    "Query",
    "Ranking",
    "Replay",
    "ReplayError",
    "Settings",
    "SnapshotError",
    "Vocabulary",
    "language_of",
    "normalise",
    "replay",
]
