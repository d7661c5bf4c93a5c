"""Files as sources read them: unpacked when gzip, counted for the progress bar, cut into lines of bounded length."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from models.errors import InvalidInputError
from models.names import slug

GZIP_MAGIC = b"\x1f\x8b"
# The longest line seen in 40 public communities is 2 MiB; one of 16 MiB is a broken export.
LINE_BYTES = 16 * 1024 * 1024
# File names that say what a file holds and not whose it is: their folder names the source.
GENERIC_STEMS = frozenset({"threads", "records", "people", "posts", "data"})
BROKEN_FILE = (EOFError, OSError, zlib.error)
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
UTF8_MARK = b"\xef\xbb\xbf"


class InputFiles:
    """The files of a source, with how much of them has been read."""

    def __init__(self, root: Path, paths: Sequence[Path]) -> None:
        self.root = root
        self.paths = tuple(paths)
        self.bytes_total = sum(path.stat().st_size for path in self.paths)
        self.closed_bytes = 0
        self.current: IO[bytes] | None = None

    @property
    def bytes_read(self) -> int:
        """Return how many bytes on disk have been gone through."""
        return self.closed_bytes + (self.current.tell() if self.current else 0)

    def name(self, path: Path) -> str:
        """Return the name of a file in reports: without the folders above the source."""
        return path.name if path.parent == self.root.parent else path.relative_to(self.root).as_posix()

    def fingerprint(self, *options: str) -> str:
        """Return a digest of the files' names, sizes and times of change, and of the reading options."""
        digest = hashlib.blake2b(digest_size=16)
        for option in (str(self.root.resolve()), *options):
            digest.update(option.encode("utf-8", "surrogateescape") + b"\0")
        for path in self.paths:
            stat = path.stat()
            digest.update(f"{self.name(path)}|{stat.st_size}|{stat.st_mtime_ns}\0".encode("utf-8", "surrogateescape"))
        return digest.hexdigest()

    def rewind(self) -> None:
        """Count from zero again."""
        self.closed_bytes = 0

    @contextmanager
    def open(self, path: Path) -> Iterator[IO[bytes]]:
        """Open one file, unpacked if it is gzip, and follow how far it is read."""
        with path.open("rb") as raw:
            self.current = raw
            try:
                with unpacked(raw) as content:
                    yield content
            finally:
                self.closed_bytes += raw.tell()
                self.current = None


@contextmanager
def unpacked(raw: IO[bytes]) -> Iterator[IO[bytes]]:
    """Give the content of a file, through gzip when its first bytes say so; its name does not matter."""
    magic = raw.read(len(GZIP_MAGIC))
    raw.seek(0)
    if magic == GZIP_MAGIC:
        with gzip.open(raw, "rb") as content:
            yield content  # type: ignore[misc]  # a GzipFile reads like any binary file
    else:
        yield raw


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file, numbered from 1."""

    file: str
    number: int
    content: bytes | None
    """Without its end; None when the line is longer than the limit."""


def read_lines(files: InputFiles, limit: int = LINE_BYTES) -> Iterator[Line]:
    """Yield the lines of all files in order; a line over the limit is passed without being held.

    Raises:
        InvalidInputError: a file breaks off, or is not in an encoding that has lines of UTF-8.
    """
    files.rewind()
    for path in files.paths:
        name = files.name(path)
        number = 0
        try:
            with files.open(path) as content:
                while chunk := content.readline(limit + 1):
                    number += 1
                    whole = len(chunk) <= limit
                    while not whole and not chunk.endswith(b"\n") and chunk:
                        chunk = content.readline(limit)
                    if number == 1:
                        chunk = without_mark(chunk, name)
                    yield Line(name, number, chunk.rstrip(b"\r\n") if whole else None)
        except BROKEN_FILE as error:
            raise broken(name, f"after line {number}", error) from error


def without_mark(first_line: bytes, name: str) -> bytes:
    """Return the first line without its byte order mark; refuse UTF-16."""
    if first_line.startswith(UTF16_MARKS):
        message = f"'{name}' is UTF-16; save it as UTF-8"
        raise InvalidInputError(message)
    return first_line.removeprefix(UTF8_MARK)


def broken(name: str, place: str, error: BaseException) -> InvalidInputError:
    """Return the error for a file that cannot be read to its end."""
    return InvalidInputError(f"'{name}' cannot be read {place}: {str(error) or type(error).__name__}")


def too_long(line: Line) -> str:
    """Return why an over-long line is skipped."""
    return f"the line is longer than {LINE_BYTES // 1024 // 1024} MiB; a line holds one item"


def name_of(path: Path) -> str:
    """Return the default name of the source at a path: the folder's name, or the file's unless it is generic."""
    resolved = path.resolve()
    if resolved.is_dir():
        return slug(resolved.name)
    stem = resolved.name.split(".")[0]
    return slug(resolved.parent.name if stem.lower() in GENERIC_STEMS or not stem else stem)


def require(path: Path) -> Path:
    """Return the path if something is there.

    Raises:
        InvalidInputError: nothing is.
    """
    if not path.exists():
        message = f"No file or folder '{path}'; check the path"
        raise InvalidInputError(message)
    return path
