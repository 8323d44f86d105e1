"""A narrower skill stands for the broader one that is asked for, and counts less than it."""

from __future__ import annotations

from matching import Concept, Document, Index, Query, Vocabulary
from matching.concepts import IMPLIED, Implied

VOCABULARY = Vocabulary(
    [
        Concept("design", "design", "конструирование"),
        Concept("cad", "CAD", "САПР", broader=("design",)),
        Concept("solidworks", "SolidWorks", "SolidWorks", broader=("cad",)),
        Concept("kompas", "Kompas", "Компас", broader=("cad", "design")),
        Concept("welding", "welding", "сварка"),
    ]
)


def test_one_step_up_is_implied() -> None:
    assert VOCABULARY.implied({"solidworks": 0.5, "welding": 1.0, "unknown": 1.0}) == {
        "cad": Implied(IMPLIED * 0.5, "solidworks")
    }


def test_the_best_evidence_counts_and_what_is_held_stays() -> None:
    assert VOCABULARY.implied({"solidworks": 0.5, "kompas": 1.0}) == {
        "cad": Implied(IMPLIED, "kompas"),
        "design": Implied(IMPLIED, "kompas"),
    }
    assert VOCABULARY.implied({"solidworks": 1.0, "cad": 0.3}) == {
        "design": Implied(IMPLIED * 0.3, "cad")
    }
    assert VOCABULARY.implied({}) == {}


def test_who_says_so_comes_first_then_who_implies_it() -> None:
    def held(id_: int, slug: str) -> Document:
        skills = {slug: 0.5}
        implied = {slug: one.evidence for slug, one in VOCABULARY.implied(skills).items()}
        return Document(id_, {"summary": "Студент"}, skills | implied)

    noise = [held(100 + number, "welding") for number in range(10)]
    index = Index([held(1, "cad"), held(2, "solidworks"), held(3, "design"), *noise])
    query = Query("", must=frozenset({"cad"}))
    hits = index.search(query, limit=3).hits
    assert [(hit.id, hit.score) for hit in hits[:2]] == [(1, 0.5), (2, 0.4)]
    assert hits[2].score == 0.0
    assert index.explain(query, 2).matched == ("cad",)
    assert index.explain(query, 3).missing_must == ("cad",)


def test_the_shipped_links_lead_up_to_known_concepts_and_in_no_circle() -> None:
    shipped = Vocabulary.load()
    broader = {slug: concept.broader for slug, concept in shipped.concepts.items()}
    assert {slug for links in broader.values() for slug in links} <= set(broader)
    assert shipped.implied({"solidworks": 1.0})["cad"] == Implied(IMPLIED, "solidworks")
    for slug in broader:
        seen, above = set[str](), set(broader[slug])
        while above:
            assert slug not in above, slug
            seen |= above
            above = {one for lower in above for one in broader[lower]} - seen
