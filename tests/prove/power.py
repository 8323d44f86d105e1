"""A disk that loses power: what was not synced may be gone, whole or in part, in any order.

Every write of SQLite goes to a real file, so that it works as ever, and beside that into a list of
what the disk has not been told to keep. A cut leaves the synced bytes and, of each file's others, a
random choice, the last of them torn at a sector.
"""

from __future__ import annotations

import random
from pathlib import Path

import apsw

SECTOR = 512


class PowerCutError(Exception):
    """The machine is off: nothing that SQLite does from now on happens."""


class Disk:
    """cut_after: how many writes and syncs happen before the power goes."""

    def __init__(self, folder: Path, cut_after: int, chance: random.Random) -> None:
        self.folder = folder
        self.left = cut_after
        self.chance = chance
        self.off = False
        # By the file's name: the bytes that are safe, and (offset, bytes) or (size, None) since.
        self.safe: dict[str, bytearray] = {
            path.name: bytearray(path.read_bytes()) for path in folder.iterdir() if path.is_file()
        }
        self.unsafe: dict[str, list[tuple[int, bytes | None]]] = {}

    def count(self) -> None:
        if self.off:
            raise PowerCutError
        self.left -= 1
        if self.left < 0:
            self.off = True
            raise PowerCutError

    def sync(self, name: str) -> None:
        image = self.safe.setdefault(name, bytearray())
        for change in self.unsafe.pop(name, []):
            apply(image, change)

    def after_the_cut(self, folder: Path) -> None:
        """Write what is found when the power is back."""
        for name in {*self.safe, *self.unsafe}:
            image = self.safe.get(name, bytearray())
            changes = self.unsafe.get(name, [])
            kept = [change for change in changes if self.chance.random() < 0.5]
            for number, (offset, data) in enumerate(kept):
                whole = data is None or number < len(kept) - 1
                torn = data if whole or data is None else data[: self._tear(len(data))]
                apply(image, (offset, torn))
            if name.endswith("-shm"):
                continue
            (folder / name).write_bytes(image)

    def _tear(self, length: int) -> int:
        return self.chance.randrange(0, length // SECTOR + 1) * SECTOR


def apply(image: bytearray, change: tuple[int, bytes | None]) -> None:
    offset, data = change
    if data is None:
        del image[offset:]
        return
    if len(image) < offset:
        image.extend(b"\0" * (offset - len(image)))
    image[offset : offset + len(data)] = data


class FileOnDisk(apsw.VFSFile):
    def __init__(self, disk: Disk, filename: object, flags: list[int]) -> None:
        super().__init__("", filename, flags)  # type: ignore[arg-type]
        named = filename.filename() if isinstance(filename, apsw.URIFilename) else filename
        self.name = Path(str(named)).name
        self.disk = disk

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        self.disk.count()
        super().xWrite(data, offset)
        self.disk.unsafe.setdefault(self.name, []).append((offset, bytes(data)))

    def xTruncate(self, size: int) -> None:  # noqa: N802
        self.disk.count()
        super().xTruncate(size)
        self.disk.unsafe.setdefault(self.name, []).append((size, None))

    def xSync(self, flags: int) -> None:  # noqa: N802
        self.disk.count()
        super().xSync(flags)
        self.disk.sync(self.name)


class Machine(apsw.VFS):
    """Registered under `name` for as long as the object lives."""

    def __init__(self, name: str, disk: Disk) -> None:
        super().__init__(name, "")
        self.disk = disk

    def xOpen(self, name: object, flags: list[int]) -> FileOnDisk:  # noqa: N802
        return FileOnDisk(self.disk, name, flags)
