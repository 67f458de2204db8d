"""The folder of backups. Only whole, proven files have a backup's name; all others are swept away."""

import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path

from backup.errors import BackupError, BusyError
from backup.rules import Copy

NAME = re.compile(r"postgres_([a-z]+)_(\d{8}_\d{6})\.dump\.zst\.enc")
STAMP = "%Y%m%d_%H%M%S"
WORDS = {"daily": "backup"}
"""The word of a class in its files' names, where it is not the class's own."""
WORK = ".work"


@dataclass(frozen=True)
class Store:
    """The folder `path`. Moments in names are UTC."""

    path: Path

    def copies(self) -> dict[Copy, Path]:
        """Every backup, the newest first."""
        found = {}
        for path in self.path.iterdir():
            if match := NAME.fullmatch(path.name):
                taken = datetime.strptime(match[2], STAMP).replace(tzinfo=UTC)
                found[Copy(taken, _kept(match[1]))] = path
        return dict(sorted(found.items(), reverse=True))

    def find(self, name: str | None) -> Path:
        """The backup `name`, or the newest. Raises BackupError."""
        known = list(self.copies().values())
        if not known:
            raise BackupError(f"{self.path}: holds no backup")
        chosen = next((path for path in known if path.name == name), None) if name else known[0]
        if chosen is None:
            raise BackupError(f"{name}: there is no such backup; the newest is {known[0].name}")
        return chosen

    @contextmanager
    def work(self) -> Iterator[Path]:
        """An empty folder for what is no backup yet, gone afterwards. Raises BusyError while another run has it."""
        with (self.path / ".lock").open("w") as lock:
            try:
                flock(lock, LOCK_EX | LOCK_NB)
            except BlockingIOError:
                raise BusyError("another run is under way") from None
            folder = self.path / WORK
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(mode=0o700)
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)

    def keep(self, file: Path, taken: datetime, classes: Iterable[str]) -> list[str]:
        """Give a proven file its names, one for each class; it survives a loss of power from then on."""
        names = [f"postgres_{WORDS.get(name, name)}_{taken.strftime(STAMP)}.dump.zst.enc" for name in classes]
        for name in names:
            (self.path / name).unlink(missing_ok=True)
            (self.path / name).hardlink_to(file)
        _sync(self.path)
        return names

    def used(self) -> int:
        """Bytes in backups; one that has several names counts once."""
        return sum({stat.st_ino: stat.st_size for stat in (path.stat() for path in self.copies().values())}.values())

    def free(self) -> int:
        """Bytes that are left."""
        return shutil.disk_usage(self.path).free


def _kept(word: str) -> str:
    return next((name for name, other in WORDS.items() if other == word), word)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
