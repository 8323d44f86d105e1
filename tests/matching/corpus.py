"""Small profiles of our own, and ways to make many."""

from __future__ import annotations

from hypothesis import strategies as st

from matching import Concept, Document, Query, Vocabulary

PROFILES = {
    "strength": "Рассчитывал прочность обшивки ракеты, метод конечных элементов, Ansys",
    "composites": "Изготовление деталей из углепластика, намотка, испытания композитов",
    "backend": "Разрабатывал серверную часть на Python, базы данных PostgreSQL",
    "satellites": "Приём телеметрии спутников, обработка данных на Python",
    "accounting": "Бухгалтерский учёт, отчётность, 1С, сверка с поставщиками",
    "warehouse": "Работа на складе, учёт товаров, управление запасами",
    "english": "Backend developer: Python, databases, satellite telemetry processing",
    "stock": "Warehouse clerk, inventory management and deliveries",
}

CONCEPTS = (
    Concept("python", "Python", "Python", ("питон",)),
    Concept("finite-element-method", "finite element method", "метод конечных элементов", ("МКЭ",)),
    Concept("inventory-management", "inventory management", "управление запасами"),
    Concept("warehouse-work", "warehouse", "склад"),
    Concept("databases", "databases", "базы данных", ("БД", "DB")),
    Concept("c-plus-plus", "C++", "C++", ("плюсы",)),
    Concept("c", "C", "C"),
    Concept("cad", "CAD", "САПР", ("computer-aided design",)),
    Concept("cad-cam", "CAD/CAM", "CAD/CAM"),
    Concept("dot-net", ".NET", ".NET"),
    Concept("one-c", "1C", "1С", ("1С:Предприятие",)),
)


def vocabulary() -> Vocabulary:
    """Return a vocabulary of a few concepts."""
    return Vocabulary(CONCEPTS)


def documents() -> list[Document]:
    """Return one document a profile."""
    return [Document(name, {"experience": text}) for name, text in PROFILES.items()]


_words = " ".join(PROFILES.values()).split()
texts = st.lists(st.sampled_from(_words), max_size=25).map(" ".join)
slugs = st.sampled_from([concept.slug for concept in CONCEPTS])
fields = st.dictionaries(
    st.sampled_from(["skills", "summary", "experience", "thesis", "hobby"]), texts, max_size=4
)
evidence = st.dictionaries(slugs, st.floats(0.05, 1.0), max_size=4)
profiles = st.builds(
    Document, id=st.integers(0, 60), fields=fields, skills=evidence, attributes=st.just({})
)
queries = st.builds(
    Query,
    text=texts,
    must=st.frozensets(slugs, max_size=3),
    nice=st.frozensets(slugs, max_size=3),
    language=st.sampled_from([None, "ru", "en"]),
)


def collections(least: int = 0) -> st.SearchStrategy[list[Document]]:
    """Return lists of documents with distinct ids."""
    return st.lists(profiles, min_size=least, max_size=50, unique_by=lambda d: d.id)
