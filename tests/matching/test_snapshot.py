"""Snapshots: what was saved comes back, what was spoilt is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from matching import AtLeast, Document, Index, Query, Settings, SnapshotError
from tests.matching.corpus import documents, vocabulary

QUERY = Query("Python, склад, данные", must=frozenset({"python"}))


def saved(path: Path) -> Index:
    noise = [
        Document(n, {"summary": f"слово{n} данные"}, {"python": 0.5}, {"year": float(n)})
        for n in range(40)
    ]
    index = Index([*documents(), *noise], vocabulary=vocabulary())
    index.upsert(Document("late", {"summary": "Python на складе"}))
    index.save(path)
    return index


def test_a_loaded_index_ranks_and_explains_as_the_saved_one(tmp_path: Path) -> None:
    index = saved(tmp_path / "index")
    loaded = Index.load(tmp_path / "index", vocabulary=vocabulary())
    assert loaded.search(QUERY, limit=100) == index.search(QUERY, limit=100)
    assert loaded.explain(QUERY, "late") == index.explain(QUERY, "late")
    assert loaded.count([AtLeast("year", 38)]) == 2


def test_a_loaded_index_can_be_edited(tmp_path: Path) -> None:
    index = saved(tmp_path / "index")
    loaded = Index.load(tmp_path / "index", vocabulary=vocabulary())
    for each in (index, loaded):
        each.upsert(Document("late", {"summary": "Балет"}))
        each.remove(3)
    assert loaded.search(QUERY, limit=100) == index.search(QUERY, limit=100)
    for each in (index, loaded):
        each.refresh()
    assert loaded.search(QUERY, limit=100) == index.search(QUERY, limit=100)
    untouched = Index.load(tmp_path / "index", vocabulary=vocabulary())
    assert 3 in untouched


def test_a_second_save_replaces_the_first(tmp_path: Path) -> None:
    index = saved(tmp_path / "index")
    reading = Index.load(tmp_path / "index", vocabulary=vocabulary())
    index.remove("late")
    index.save(tmp_path / "index")
    assert "late" in reading
    assert reading.search(QUERY).hits[0].score > 0
    assert "late" not in Index.load(tmp_path / "index", vocabulary=vocabulary())
    assert len([path for path in (tmp_path / "index").iterdir() if path.is_dir()]) == 1


def test_an_empty_index_is_saved_too(tmp_path: Path) -> None:
    Index().save(tmp_path / "index")
    assert len(Index.load(tmp_path / "index")) == 0


def test_a_missing_or_foreign_snapshot_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="no usable snapshot"):
        Index.load(tmp_path / "nothing")
    saved(tmp_path / "index")
    with pytest.raises(SnapshotError, match="another vocabulary"):
        Index.load(tmp_path / "index")
    with pytest.raises(SnapshotError, match="another settings"):
        Index.load(tmp_path / "index", vocabulary=vocabulary(), settings=Settings(skills_share=0.5))


def test_a_torn_snapshot_is_refused(tmp_path: Path) -> None:
    saved(tmp_path / "index")
    generation = tmp_path / "index" / (tmp_path / "index" / "CURRENT").read_text()
    for path in sorted(generation.iterdir()):
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) // 2])
        with pytest.raises(SnapshotError):
            Index.load(tmp_path / "index", vocabulary=vocabulary())
        path.unlink()
        with pytest.raises(SnapshotError):
            Index.load(tmp_path / "index", vocabulary=vocabulary())
        path.write_bytes(whole)
    assert "late" in Index.load(tmp_path / "index", vocabulary=vocabulary())


def test_a_wrong_byte_anywhere_is_noticed(tmp_path: Path) -> None:
    saved(tmp_path / "index")
    generation = tmp_path / "index" / (tmp_path / "index" / "CURRENT").read_text()
    for path in sorted(generation.iterdir()):
        whole = path.read_bytes()
        # In the header, where numpy would stumble, and in what it describes.
        for place in {20, 60, len(whole) // 2, len(whole) - 1}:
            spoilt = bytearray(whole)
            spoilt[place % len(whole)] ^= 1
            path.write_bytes(spoilt)
            with pytest.raises(SnapshotError):
                Index.load(tmp_path / "index", vocabulary=vocabulary())
        path.write_bytes(whole)
    assert "late" in Index.load(tmp_path / "index", vocabulary=vocabulary())


def test_a_save_that_breaks_off_leaves_the_old_snapshot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = saved(tmp_path / "index")
    index.remove("late")
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        index.save(tmp_path / "index")
    monkeypatch.undo()
    assert "late" in Index.load(tmp_path / "index", vocabulary=vocabulary())
    assert len([path for path in (tmp_path / "index").iterdir() if path.is_dir()]) == 1
