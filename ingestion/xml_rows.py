"""Rows of a public dump's XML, streamed: attributes only, in constant memory, entities refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from ingestion.files import BROKEN_FILE, InputFiles, broken
from models.errors import InvalidInputError

# The longest post of a public dump is 64 KiB; a row of this size is a fault or an attack.
ROW_BYTES = 64 * 1024 * 1024


class BoundedReader:
    """Reads a file, refusing to go on when too much came without the end of a row."""

    def __init__(self, content: IO[bytes]) -> None:
        self.content = content
        self.since_row = 0

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes.

        Raises:
            InvalidInputError: the row is too long.
        """
        chunk = self.content.read(size)
        self.since_row += len(chunk)
        if self.since_row > ROW_BYTES:
            message = f"one row is longer than {ROW_BYTES // 1024 // 1024} MiB"
            raise InvalidInputError(message)
        return chunk


def read_rows(files: InputFiles, path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the number, from 1, and the attributes of each `row` element.

    Raises:
        InvalidInputError: the file is not well-formed XML to its end, or declares entities.
    """
    name, number = files.name(path), 0
    try:
        with files.open(path) as content:
            reader = BoundedReader(content)
            events = iterparse(reader, events=("start", "end"), forbid_dtd=True)
            _, root = next(events)
            for event, element in events:
                if event == "end" and element.tag == "row":
                    number += 1
                    reader.since_row = 0
                    yield number, dict(element.attrib)
                if event == "end":
                    root.clear()
    except DefusedXmlException as error:
        message = f"'{name}' declares a document type or entities, which public dumps never do; it was not read"
        raise InvalidInputError(message) from error
    except (ParseError, InvalidInputError, ValueError, *BROKEN_FILE) as error:
        raise broken(name, f"after row {number}", error) from error
