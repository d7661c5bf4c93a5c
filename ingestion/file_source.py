"""What the sources made of files have in common."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ingestion.files import InputFiles, name_of, require


class FileSource:
    """A source read from files under one path."""

    format: str

    def __init__(self, path: Path, files: Sequence[Path]) -> None:
        self.path = require(path)
        self.files = InputFiles(path, files)
        self.notes: tuple[str, ...] = ()

    @property
    def bytes_total(self) -> int:
        """Return the size of the files on disk."""
        return self.files.bytes_total

    @property
    def bytes_read(self) -> int:
        """Return how much of them the current reading has gone through."""
        return self.files.bytes_read

    def default_name(self) -> str:
        """Return the folder's name, or the file's unless it is generic."""
        return name_of(self.path)

    def fingerprint(self) -> str:
        """Return what names this exact input."""
        return self.files.fingerprint(self.format)
