"""The source protocol: what every import format gives, and what it says of the personal data it takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from models.records import AnyRecord


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something a source could not use, with where it is and why."""

    file: str
    line: int | None
    reason: str
    ids: tuple[str, ...] | None = None
    """Ids that a pruning import must not take for gone; None when it is unknown what stood there."""

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}, line {self.line}"
        return f"{place}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Item:
    """One step through a source (a line, a row, a post, a file): the records it holds and what had to be left."""

    file: str
    line: int | None
    records: tuple[AnyRecord, ...] = ()
    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonalFields:
    """The personal data of a format: what is taken, and what is dropped at the door."""

    taken: tuple[str, ...]
    dropped: tuple[str, ...] = ()


class Source(Protocol):
    """Something to import. Reading it twice gives the same items in the same order."""

    format: str
    path: Path
    personal_fields: PersonalFields

    @property
    def bytes_total(self) -> int:
        """Return the size of the files on disk."""
        ...

    @property
    def bytes_read(self) -> int:
        """Return how much of them the current reading has gone through."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what the reader of the report should know about the source as a whole."""
        ...

    def default_name(self) -> str:
        """Return the name of the source when the user gives none."""
        ...

    def fingerprint(self) -> str:
        """Return what names this exact input: files, sizes, times of change and reading options."""
        ...

    def read(self, start: int = 0) -> Iterator[Item]:
        """Yield the items from number `start` on; those before it are passed over cheaply.

        Raises:
            InvalidInputError: the source cannot be read any further; the message says where it breaks.
        """
        ...
