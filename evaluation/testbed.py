"""Testbed: threads or a test collection in a store of its own with its index, as the product would hold them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from ingestion.importing import run_import
from ingestion.source import Item
from ingestion.sources.threads import ThreadsSource
from models.access import Viewer
from models.errors import EncoderMismatchError, IndexMissingError
from models.queries.documents import list_space_ids
from models.records import AnyRecord, DocumentKind, DocumentRecord
from models.store import Store
from models.writing import Writer
from recommender.encoders.encoder import Encoder
from recommender.indexes.embedded import EmbeddedIndex
from recommender.indexing import update_index
from recommender.traces import Traces, TraceView

SOURCE: Final = "testbed"
# Undated threads are taken to be this far apart, in the order of their file, and their answers to follow at once.
_UNDATED_START: Final = datetime(2000, 1, 1, tzinfo=UTC)
_UNDATED_STEP: Final = timedelta(hours=1)
_UNDATED_ANSWER: Final = timedelta(seconds=1)
_RECORDS_PER_WRITE: Final = 5_000
_FILLED: Final = "filled"


@dataclass
class Testbed:
    """A store with its index and its traces; asked as someone of the organisation without a community."""

    __test__ = False  # for pytest: no test, whatever its name

    store: Store
    index: EmbeddedIndex
    encoder: Encoder | None
    traces: Traces
    folder: tempfile.TemporaryDirectory[str] | None = None

    @classmethod
    def of_threads(cls, path: Path, encoder: Encoder | None, keep: Path | None = None) -> Self:
        """Import a file of threads; undated ones in the order of the file.

        Args:
            keep: folder that keeps the store and the index; what it kept before is taken as it is.
        """
        return cls._made(lambda store: run_import(store, DatedThreads(path), name=SOURCE), encoder, keep)

    @classmethod
    def of_records(cls, records: Sequence[AnyRecord], encoder: Encoder | None, keep: Path | None = None) -> Self:
        """Write records; see of_threads."""
        return cls._made(lambda store: _write_records(store, records), encoder, keep)

    @classmethod
    def _made(cls, fill: Callable[[Store], object], encoder: Encoder | None, keep: Path | None) -> Self:
        """Return a testbed in a folder of its own, filled unless one that is kept is complete."""
        folder = tempfile.TemporaryDirectory(prefix="releve-evaluation-") if keep is None else None
        home = Path(folder.name) if folder else keep or Path()
        encoder_id, dim = (encoder.id, encoder.dim) if encoder else (None, 0)
        filled = home / _FILLED
        store = Store.create(home)
        if not filled.exists():
            fill(store)
            filled.touch()
        place = home / "index"
        try:
            index = EmbeddedIndex.open(place, encoder_id, dim)
        except (IndexMissingError, EncoderMismatchError):
            index = EmbeddedIndex.create(place, encoder_id, dim)
        with index.writing():
            update_index(store, index, encoder)
        return cls.of_store(store, index, encoder, folder)

    @classmethod
    def of_store(
        cls,
        store: Store,
        index: EmbeddedIndex,
        encoder: Encoder | None,
        folder: tempfile.TemporaryDirectory[str] | None = None,
    ) -> Self:
        """Take a store and its index as they are."""
        traces = Traces()
        with store.read() as session:
            traces.refresh(session)
        return cls(store, index, encoder, traces, folder)

    def spaces(self, viewer: Viewer | None = None) -> list[str]:
        """Return the ids of the spaces the viewer may read today."""
        with self.store.read() as session:
            return list_space_ids(session, viewer or Viewer(), datetime.now(UTC).date())

    def view(self) -> TraceView:
        """Return the traces of everyone in the organisation's open spaces."""
        return self.traces.view(self.spaces())

    def close(self) -> None:
        """Close the store, and remove the folder if it was made for this."""
        self.store.close()
        if self.folder is not None:
            self.folder.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


class DatedThreads(ThreadsSource):
    """A file of threads where undated ones get moments that keep their order."""

    def read(self, start: int = 0) -> Iterator[Item]:
        """Yield one item per line."""
        for number, item in enumerate(super().read(start), start=start):
            asked = _UNDATED_START + number * _UNDATED_STEP
            records: list[AnyRecord] = []
            for place, record in enumerate(item.records):
                if isinstance(record, DocumentRecord) and record.created_at is None:
                    after = place * _UNDATED_ANSWER if record.kind is DocumentKind.ANSWER else timedelta()
                    record = record.model_copy(update={"created_at": _first_date(item, asked) + after})
                records.append(record)
            yield replace(item, records=tuple(records))


def _first_date(item: Item, otherwise: datetime) -> datetime:
    """Return when a thread was opened, if it says so."""
    first = item.records[0]
    return first.created_at if isinstance(first, DocumentRecord) and first.created_at else otherwise


def _write_records(store: Store, records: Sequence[AnyRecord]) -> None:
    for start in range(0, len(records), _RECORDS_PER_WRITE):
        with store.write() as session:
            Writer(session, SOURCE).write(records[start : start + _RECORDS_PER_WRITE])
