"""How a text file is encoded: decided once for the whole file, never per line."""

from __future__ import annotations

import codecs
from pathlib import Path

from ingestion.files import BROKEN_FILE, InputFiles, broken
from models.errors import InvalidInputError

CHUNK = 1 << 16
# How much of a file the last resort, detection by statistics, looks at.
SAMPLE = 1 << 20
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def encoding_of(files: InputFiles, path: Path) -> str:
    """Return the encoding of a file: by its mark, else UTF-8 or Windows-1252 if all of it is that, else detected.

    Raises:
        InvalidInputError: no encoding fits, or the file cannot be read.
    """
    name = files.name(path)
    try:
        with files.open(path) as content:
            start = content.read(CHUNK)
        for mark, encoding in MARKS:
            if start.startswith(mark):
                return encoding
        if (wide := utf16_without_mark(start)) is not None:
            return wide
        for encoding in ("utf-8", "cp1252"):
            if decodes(files, path, encoding):
                return encoding
        return detected(files, path)
    except BROKEN_FILE as error:
        raise broken(name, "to its end", error) from error


def decode_text(content: bytes) -> str:
    """Return the text of a file held whole: by its mark, else UTF-8, else Windows-1252, losing no byte to an error."""
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    wide = utf16_without_mark(content[:CHUNK])
    if wide is not None:
        return content.decode(wide, "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def utf16_without_mark(start: bytes) -> str | None:
    """Return the UTF-16 order of a text whose every second byte is mostly zero."""
    even, odd = start[0::2], start[1::2]
    if even and even.count(0) > 0.4 * len(even):
        return "utf-16-be"
    if odd and odd.count(0) > 0.4 * len(odd):
        return "utf-16-le"
    return None


def decodes(files: InputFiles, path: Path, encoding: str) -> bool:
    """Return whether the whole file, or as much of it as can be read, is in this encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    with files.open(path) as content:
        try:
            while chunk := content.read(CHUNK):
                decoder.decode(chunk)
        except UnicodeDecodeError:
            return False
        except BROKEN_FILE:
            return True
    return True


def detected(files: InputFiles, path: Path) -> str:
    """Return the encoding that statistics find.

    Raises:
        InvalidInputError: they find none.
    """
    from charset_normalizer import from_bytes

    with files.open(path) as content:
        best = from_bytes(content.read(SAMPLE)).best()
    if best is None:
        message = f"'{files.name(path)}' is in no known text encoding; save it as 'CSV UTF-8'"
        raise InvalidInputError(message)
    return best.encoding
