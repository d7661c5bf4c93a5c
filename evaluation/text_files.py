"""Texts that people bring: gzip or plain, with an error that names the file when it is neither."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from models.errors import InvalidInputError


@contextmanager
def open_text(path: Path) -> Iterator[TextIO]:
    """Open a text in UTF-8, decompressed where its name ends in .gz, line ends as they are.

    Raises:
        InvalidInputError: while reading, what it holds is no such text.
    """
    opener: Callable[..., TextIO] = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8-sig", newline="") as lines:
            yield lines
    except (UnicodeDecodeError, gzip.BadGzipFile, EOFError, zlib.error) as error:
        message = f"{path.name} cannot be read as text: {error}; save it as UTF-8, or compress it again."
        raise InvalidInputError(message) from error
