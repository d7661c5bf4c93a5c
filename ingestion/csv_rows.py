"""Rows of a CSV file whatever wrote it: encoding, delimiter, stray quotes and over-long lines."""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from ingestion.encodings import encoding_of
from ingestion.files import BROKEN_FILE, InputFiles, broken
from models.errors import InvalidInputError

DELIMITERS = ";,\t"
# A line of a table of people is some hundred characters; csv's own limit for a cell is 131,072.
LINE_CHARACTERS = 1 << 20
ZIP_MAGIC = b"PK\x03\x04"
OLD_EXCEL_MAGIC = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: its cells, or why it cannot be used."""

    line: int
    cells: tuple[str, ...] = ()
    fault: str = ""


class Lines:
    """The lines of a text, numbered, that can be put back."""

    def __init__(self, text: TextIO) -> None:
        self.text = text
        self.number = 0
        self.taken: list[str] = []
        self.put_back: deque[str] = deque()
        self.too_long = False

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> str:
        line = self.put_back.popleft() if self.put_back else self.text.readline(LINE_CHARACTERS)
        if not line:
            raise StopIteration
        if len(line) >= LINE_CHARACTERS and not line.endswith("\n"):
            self.too_long = True
            while line and not line.endswith("\n"):
                line = self.text.readline(LINE_CHARACTERS)
            line = "\n"
        self.number += 1
        self.taken.append(line)
        return line

    def begin(self) -> None:
        """Start to follow which lines a row takes."""
        self.taken.clear()
        self.too_long = False

    def keep_only_first(self) -> None:
        """Put back all lines of the row but the first."""
        self.put_back.extendleft(reversed(self.taken[1:]))
        self.number -= len(self.taken) - 1


class Table:
    """A CSV file: its header, and its rows one by one."""

    def __init__(self, files: InputFiles, path: Path, recognised: Callable[[Sequence[str]], int]) -> None:
        """Find the encoding, and the delimiter with which the most columns are recognised."""
        self.files = files
        self.path = path
        self.name = files.name(path)
        self.encoding = encoding_of(files, path)
        self.refuse_workbook()
        try:
            with open_lines(self.files, self.path, self.encoding) as lines:
                first = next((line for line in lines if line.strip() and not line.lower().startswith("sep=")), "")
        except BROKEN_FILE as error:
            raise broken(self.name, "at all", error) from error
        headers = {mark: tuple(split_line(first, mark)) for mark in DELIMITERS}
        self.delimiter = max(DELIMITERS, key=lambda mark: (recognised(headers[mark]), len(headers[mark])))
        self.header = tuple(cell.strip() for cell in headers[self.delimiter])

    def refuse_workbook(self) -> None:
        """Raise InvalidInputError for a spreadsheet that was not saved as text."""
        with self.path.open("rb") as raw:
            if raw.read(4) in (ZIP_MAGIC, OLD_EXCEL_MAGIC):
                message = f"'{self.name}' is a workbook, not CSV; save it as 'CSV UTF-8' from the spreadsheet"
                raise InvalidInputError(message)

    def rows(self) -> Iterator[Row]:
        """Yield the rows below the header.

        Raises:
            InvalidInputError: the file breaks off.
        """
        line = 0
        try:
            with open_lines(self.files, self.path, self.encoding) as lines:
                header_seen = False
                reader = csv.reader(lines, delimiter=self.delimiter, strict=True)
                while (row := read_row(reader, lines, len(self.header), self.delimiter)) is not None:
                    line = lines.number
                    heads = not header_seen and any(cell.strip() for cell in row.cells)
                    if heads:
                        header_seen = not row.cells[0].lower().startswith("sep=")
                    elif header_seen:
                        yield row
        except BROKEN_FILE as error:
            raise broken(self.name, f"after line {line}", error) from error


@contextmanager
def open_lines(files: InputFiles, path: Path, encoding: str) -> Iterator[Lines]:
    """Open a file's lines."""
    with files.open(path) as content:
        # A wrong byte inside a file of this encoding costs one character, not the row.
        text = io.TextIOWrapper(content, encoding, errors="replace", newline="")
        try:
            yield Lines(text)
        finally:
            text.detach()


def split_line(line: str, delimiter: str) -> list[str]:
    """Return the cells of one line."""
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def read_row(reader: Iterator[list[str]], lines: Lines, width: int, delimiter: str) -> Row | None:
    """Return the next row, None at the end; a quote never closed costs its own line, not those after it."""
    lines.begin()
    start = lines.number + 1
    try:
        cells = next(reader, None)
    except csv.Error:
        # A quotation mark astray: in one line it is read as it stands, over several it was never closed.
        cells = split_line(lines.taken[0], delimiter) if len(lines.taken) == 1 else []
    if cells is None:
        return None
    if lines.too_long:
        return Row(start, fault=f"the line is longer than {LINE_CHARACTERS} characters")
    while len(cells) > width and not cells[-1].strip():
        cells.pop()
    if len(cells) != width and len(lines.taken) > 1:
        lines.keep_only_first()
        return Row(start, fault="a quotation mark opens a cell and is never closed")
    if len(cells) > width:
        return Row(start, fault=f"{len(cells)} cells where the header has {width}")
    return Row(start, tuple(cells) + ("",) * (width - len(cells)))
