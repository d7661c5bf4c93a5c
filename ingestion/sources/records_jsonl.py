"""Records: the project's own format, one record of `models.records` as JSON per line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson
from pydantic import ValidationError

from ingestion.building import explain_all
from ingestion.file_source import FileSource
from ingestion.files import Line, read_lines, require, too_long
from ingestion.language import with_language
from ingestion.seen import FirstSeen, repeated
from ingestion.source import Item, PersonalFields, Skipped
from models.errors import InvalidInputError
from models.records import RECORD_ADAPTER, AnyRecord, CommunityRecord, DocumentRecord, PersonRecord, UnitRecord

# The types that others refer to by id; a second line of the same type and id would silently replace the first.
RECORDS_WITH_ID = (UnitRecord, PersonRecord, DocumentRecord, CommunityRecord)
# What a pruning import follows.
PRUNED_TYPES = frozenset({"person", "document"})


class RecordsSource(FileSource):
    """A file of records, or a folder of such files."""

    format = "records"
    personal_fields = PersonalFields(
        taken=(*PersonRecord.model_fields, "departures", "memberships", "contributions to documents"),
        dropped=("nothing silently: a line with any other field is refused",),
    )

    def __init__(self, path: Path) -> None:
        super().__init__(path, record_files(require(path)))

    def read(self, start: int = 0) -> Iterator[Item]:
        """Yield one item per line; lines before `start` only give their ids."""
        reader = RecordReader()
        for number, line in enumerate(read_lines(self.files)):
            item = reader.item(line, detect=number >= start)
            if number >= start:
                yield item


def record_files(path: Path) -> list[Path]:
    """Return the files of records at a path, in the order of their names."""
    if not path.is_dir():
        return [path]
    found = sorted(file for file in path.iterdir() if file.name.endswith((".jsonl", ".jsonl.gz")) and file.is_file())
    if not found:
        message = f"'{path}' holds no .jsonl or .jsonl.gz file"
        raise InvalidInputError(message)
    return found


class RecordReader:
    """Reads lines of records, knowing which ids came before."""

    def __init__(self) -> None:
        self.ids = FirstSeen()
        self.emails = FirstSeen()

    def item(self, line: Line, *, detect: bool) -> Item:
        """Return the record of one line.

        Args:
            detect: whether to find out the language of a document that does not say it.
        """
        if line.content is None:
            return refused(line, too_long(line))
        if not line.content.strip():
            return Item(line.file, line.number)
        try:
            record = RECORD_ADAPTER.validate_json(line.content)
        except ValidationError as error:
            return refused(line, explain_all(error), ids_in(line.content))
        if isinstance(record, RECORDS_WITH_ID):
            first = self.ids.check(f"{record.type} {record.id}", line.number)
            if first is not None:
                return refused(line, repeated(record.id, first), ())
        if isinstance(record, PersonRecord) and record.email:
            return self.person(line, record, record.email)
        if detect and isinstance(record, DocumentRecord):
            record = with_language(record)
        return Item(line.file, line.number, (record,))

    def person(self, line: Line, record: PersonRecord, email: str) -> Item:
        """Return a person, without an address that another person of the file already has."""
        first = self.emails.check(email, line.number)
        if first is None:
            return Item(line.file, line.number, (record,))
        reason = f"'{record.id}': {repeated(email, first, 'e-mail address')}; left out"
        without: AnyRecord = record.model_copy(update={"email": None})
        return Item(line.file, line.number, (without,), (Skipped(line.file, line.number, reason, ()),))


def refused(line: Line, reason: str, ids: tuple[str, ...] | None = None) -> Item:
    """Return the item of a line that gives nothing."""
    return Item(line.file, line.number, skipped=(Skipped(line.file, line.number, reason, ids),))


def ids_in(content: bytes) -> tuple[str, ...] | None:
    """Return what a refused line would have stored, as far as it can be read."""
    try:
        record = orjson.loads(content)
    except orjson.JSONDecodeError:
        return None
    kind, record_id = (record.get("type"), record.get("id")) if isinstance(record, dict) else (None, None)
    if not isinstance(kind, str):
        return None
    if kind in PRUNED_TYPES:
        return (record_id.strip(), f"profile/{record_id.strip()}") if isinstance(record_id, str) else None
    return ()
