"""Imports: a source into the store in batches, each one transaction with its progress, so that a kill loses nothing."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ingestion.batch_writing import write_records
from ingestion.report import ImportReport
from ingestion.source import Item, Skipped, Source
from models.errors import InvalidInputError
from models.imports import ImportInput, begin_import, finish_import, prune, remember_items, save_progress
from models.names import make_id, slug
from models.records import AnyRecord, DocumentRecord, PersonRecord
from models.store import Store
from models.tables import ORGANISATION_SPACE
from models.writing import Writer, WriteResult

# A batch ends at the first of these. Larger batches import no faster (measured: 500 to 5,000 items within 3 %) and
# redo more after a kill.
BATCH_ITEMS = 500
BATCH_RECORDS = 2_000
BATCH_CHARACTERS = 4_000_000
# Prefixes of ids that the store uses itself.
RESERVED_NAMES = frozenset({"email", "private"})


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import is."""

    items: int
    bytes_read: int
    bytes_total: int


@dataclass(slots=True)
class Batch:
    """Items to be written together."""

    items: int = 0
    characters: int = 0
    records: list[AnyRecord] = field(default_factory=list)
    places: list[Item] = field(default_factory=list)
    """Where each record comes from."""
    skipped: list[Skipped] = field(default_factory=list)

    def add(self, item: Item) -> None:
        """Take an item in."""
        self.items += 1
        self.records.extend(item.records)
        self.places.extend([item] * len(item.records))
        self.skipped.extend(item.skipped)
        self.characters += sum(len(record.text) for record in item.records if isinstance(record, DocumentRecord))

    def full(self) -> bool:
        """Return whether it is time to write."""
        return (
            self.items >= BATCH_ITEMS
            or len(self.records) >= BATCH_RECORDS
            or self.characters >= BATCH_CHARACTERS
            or len(self.skipped) >= BATCH_RECORDS
        )


def run_import(
    store: Store,
    source: Source,
    *,
    name: str | None = None,
    space: str = ORGANISATION_SPACE,
    prune: bool = False,
    on_progress: Callable[[Progress], None] | None = None,
) -> ImportReport:
    """Import a source, or resume its interrupted import, and return what became of it.

    Args:
        name: the source's name in the store; the source's own default if None.
        space: name or id of the space of documents that name none.
        prune: delete what this source brought earlier and no longer holds.
        on_progress: called after every batch.

    Raises:
        InvalidInputError: the source breaks off; what came before is stored and the import stays resumable.
    """
    return Importer(store, source, name=name, space=space, prune=prune).run(on_progress)


class Importer:
    """One import of one source."""

    def __init__(self, store: Store, source: Source, *, name: str | None, space: str, prune: bool) -> None:
        self.store = store
        self.source = source
        self.name = checked_name(name or source.default_name())
        self.space = space
        self.prune = prune
        self.report = ImportReport(self.name, source.format)
        self.import_id = 0

    def run(self, on_progress: Callable[[Progress], None] | None) -> ImportReport:
        """Import to the end."""
        started = time.perf_counter()
        self.begin()
        for batch in self.batches():
            self.write(batch)
            if on_progress:
                on_progress(Progress(self.report.items, self.source.bytes_read, self.source.bytes_total))
        self.finish()
        self.report.notes.extend(self.source.notes)
        self.report.seconds = time.perf_counter() - started
        return self.report

    def begin(self) -> None:
        """Open the import, or take up an interrupted one of the same input, space and pruning."""
        asked = f"{self.source.fingerprint()}\0{self.space}\0{self.prune}"
        fingerprint = hashlib.blake2b(asked.encode(), digest_size=16).hexdigest()
        with self.store.write() as session:
            given = ImportInput(source=self.name, format=self.source.format, fingerprint=fingerprint)
            checkpoint = begin_import(session, given)
            Writer(session, self.name, self.space)  # a misspelt space stops here, before anything is read
        self.import_id = checkpoint.import_id
        self.report.take_up(checkpoint.position, checkpoint.counts)

    def batches(self) -> Iterator[Batch]:
        """Yield the source's items in batches; when the source breaks off, what it gave comes first.

        Raises:
            InvalidInputError: the source broke off.
        """
        batch = Batch()
        try:
            for item in self.source.read(self.report.items):
                batch.add(item)
                if batch.full():
                    yield batch
                    batch = Batch()
        except InvalidInputError as error:
            yield batch
            kept = self.report.new + self.report.changed + self.report.unchanged
            message = (
                f"{error}. What came before is stored ({kept} records of '{self.name}'), nothing was pruned; "
                "put the file right and run the same import again"
                if kept
                else f"{error}. Nothing was imported"
            )
            raise InvalidInputError(message) from error
        yield batch

    def write(self, batch: Batch) -> None:
        """Write a batch and how far it brings the import, in one transaction."""
        with self.store.write() as session:
            result = write_records(session, self.name, self.space, batch.records)
            self.count(batch, result)
            if self.prune:
                kept = {make_id(self.name, id_) for skip in batch.skipped for id_ in skip.ids or ()}
                remember_items(session, self.import_id, result.seen | kept)
            save_progress(session, self.import_id, self.report.items, self.report.counts())

    def count(self, batch: Batch, result: WriteResult) -> None:
        """Bring the report up to date."""
        self.report.items += batch.items
        self.report.read += len(batch.records)
        self.report.add(result)
        for position, reason in sorted(result.refused):
            place, record = batch.places[position], batch.records[position]
            ids = (record.id,) if isinstance(record, (DocumentRecord, PersonRecord)) else ()
            batch.skipped.append(Skipped(place.file, place.line, reason, ids))
        for skipped in batch.skipped:
            self.report.skip(skipped)

    def finish(self) -> None:
        """Delete what is gone, if asked to and if nothing unreadable may have been it; close the import."""
        with self.store.write() as session:
            if self.prune and self.report.unidentified:
                self.report.notes.append(
                    f"nothing was pruned: {self.report.unidentified} skipped items may be documents stored earlier; "
                    "put them right and import again"
                )
            elif self.prune:
                self.report.pruned = prune(session, self.import_id, self.name)
            finish_import(session, self.import_id)


def checked_name(name: str) -> str:
    """Return the source's name if ids can begin with it.

    Raises:
        InvalidInputError: they cannot.
    """
    if slug(name) != name or name in RESERVED_NAMES:
        example = f"{slug(name)}-import" if name in RESERVED_NAMES else slug(name)
        message = f"'{name}' cannot name a source; use letters a-z, digits, '-', '_' and '.', for example '{example}'"
        raise InvalidInputError(message)
    return name
