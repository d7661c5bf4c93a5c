"""Generations: how an index folder is published whole, by one writer, and found whole by any number of readers.

DIR/CURRENT                  the number of the published generation
DIR/generations/00000012/    its files, never changed after
DIR/generations/.writing/    of a writer at work, or of one that was killed
DIR/lock                     held while writing
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

_CURRENT: Final = "CURRENT"
_WRITING: Final = ".writing"
LOCK: Final = "lock"


def current_generation(directory: Path) -> int | None:
    """Return the number of the published generation, None when there is none."""
    try:
        return int((directory / _CURRENT).read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        return None


def generation_folder(directory: Path, number: int) -> Path:
    """Return the folder of a generation."""
    return directory / "generations" / f"{number:08d}"


def publish(directory: Path, write: Callable[[Path], None]) -> int:
    """Publish a new generation and return its number; the caller holds the lock.

    Readers find the previous generation until the last step, which is atomic, and the next writer removes what a
    killed one left. The previous generation is kept, for readers that are about to open it.

    Args:
        directory: of the index.
        write: writes all files into the folder it is given.
    """
    previous = current_generation(directory)
    number = (previous or 0) + 1
    remove_leftovers(directory)
    writing = directory / "generations" / _WRITING
    writing.mkdir(parents=True)
    write(writing)
    for path in sorted(writing.iterdir()):
        _sync(path)
    _sync(writing)
    writing.rename(generation_folder(directory, number))
    _sync(directory / "generations")
    renewed = directory / f"{_CURRENT}.new"
    renewed.write_text(f"{number}\n", encoding="ascii")
    _sync(renewed)
    renewed.replace(directory / _CURRENT)
    _sync(directory)
    remove_leftovers(directory)
    return number


def remove_leftovers(directory: Path) -> None:
    """Remove every generation but the published one and the one before it; the caller holds the lock."""
    current = current_generation(directory) or 0
    kept = {generation_folder(directory, number) for number in (current, current - 1)}
    folder = directory / "generations"
    for path in sorted(folder.iterdir()) if folder.exists() else []:
        if path not in kept:
            # Where open files cannot be removed, a reader may still hold them; the next writer tries again.
            shutil.rmtree(path, ignore_errors=True)


def _sync(path: Path) -> None:
    """Wait until a file or the entries of a folder are on disk."""
    # Some systems open no folders.
    with contextlib.suppress(PermissionError):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
