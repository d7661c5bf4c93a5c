"""What figures stand on: the content of files, hashed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_SHOWN: Final = 12
"""Hexadecimal digits of a version: enough to tell versions of a file apart, short enough for a table."""


def content_version(paths: Iterable[Path]) -> str:
    """Return a hash of the content of files, whatever their names and order."""
    digests = []
    for path in paths:
        with path.open("rb") as content:
            digests.append(hashlib.file_digest(content, "sha256").digest())
    return hashlib.sha256(b"".join(sorted(digests))).hexdigest()[:_SHOWN]
