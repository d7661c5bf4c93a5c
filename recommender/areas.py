"""Areas: fields of expertise brought up to date with the store, found anew when its text has grown."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout
from sqlalchemy.orm import Session

from models.area_writing import (
    KnownArea,
    areas_state,
    follow_mergers,
    next_areas_state,
    read_all_placed,
    read_known_areas,
    read_placed,
    write_area_documents,
    write_found_areas,
)
from models.errors import LockedError
from models.queries.area_texts import PlacedDocument, read_changed_threads, read_placed_documents
from models.queries.learning import count_learning_documents
from models.store import Store
from models.tables import AreaStatus
from recommender.area_finding import Finding, find_areas
from recommender.area_placing import Placing
from recommender.area_vectors import DocumentVectors, subject_vectors
from recommender.encoders.choose import load_bundled
from recommender.encoders.encoder import Encoder
from recommender.indexes.embedded import EmbeddedIndex

# Areas are found anew when what can be learned from has changed by this share, and by this many documents.
GROWTH: Final = 0.2
FEWEST_NEW: Final = 10
FILE: Final = "areas.npz"


@dataclass(frozen=True, slots=True)
class AreasReport:
    """What bringing areas up to date did."""

    found: bool
    """Whether areas were found anew; otherwise what is new was placed in those there are."""
    areas: int
    documents: int
    """How many placements of a document changed."""
    seconds: float


def go_on() -> None:
    """Check nothing."""


@dataclass(frozen=True, slots=True)
class AreaUpkeep:
    """What areas are kept up to date from, and the file that keeps where they are among embeddings."""

    store: Store
    index: EmbeddedIndex
    """Its embeddings are used, or the bundled encoder's where it has none; it may be written meanwhile."""
    encoder: Encoder | None
    path: Path
    """It can be lost: areas are then found anew, starting from the store's."""

    def update(
        self, now: datetime, *, find: bool = False, wait_s: float = 0, check: Callable[[], None] = go_on
    ) -> AreasReport:
        """Place what is new or changed, or find areas anew; killed at any moment, the areas are those before or after.

        Args:
            find: find anew even if little has changed.
            wait_s: how long to wait for another process that does the same.
            check: called between steps; what it raises leaves the areas as they were.

        Raises:
            LockedError: another process is still at it.
        """
        started = time.perf_counter()
        lock = FileLock(self.path.with_suffix(".lock"), timeout=wait_s)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with lock:
                found, placing, changed = self._update(now, check, find=find)
        except Timeout:
            message = f"Another process is updating areas; wait until it releases {lock.lock_file}."
            raise LockedError(message) from None
        return AreasReport(found, len(set(placing.area_ids)), changed, time.perf_counter() - started)

    def _update(self, now: datetime, check: Callable[[], None], *, find: bool) -> tuple[bool, Placing, int]:
        encoder = self.encoder or load_bundled()
        placing = Placing.load(self.path)
        # One generation from the beginning to the end: the index may publish another meanwhile.
        published = self.index.snapshot
        revision = published.manifest.revision if published else 0
        with self.store.read() as session:
            vectors = DocumentVectors(session, published, encoder)
            found = find or placing is None or _is_stale(session, placing, encoder, now)
            if found or placing is None:
                placing, changed = _find(self.store, session, vectors, now, check)
            elif placing.revision == revision:
                return False, placing, 0
            else:
                changed = _place_changed(self.store, session, vectors, placing)
        placing = replace(placing, encoder_id=encoder.id, revision=revision)
        placing.save(self.path)
        return found, placing, changed


def _is_stale(session: Session, placing: Placing, encoder: Encoder, now: datetime) -> bool:
    learned = count_learning_documents(session, now.date())
    change = abs(learned - placing.learned)
    return (
        placing.encoder_id != encoder.id
        or placing.store_state != areas_state(session)
        or (change >= FEWEST_NEW and change >= GROWTH * placing.learned)
    )


def _find(
    store: Store, session: Session, vectors: DocumentVectors, now: datetime, check: Callable[[], None]
) -> tuple[Placing, int]:
    """Find areas anew and write them with their documents, all at once."""
    known, before = read_known_areas(session), read_all_placed(session)
    finding: Finding = find_areas(session, now.date(), vectors, (known, before), check)
    documents = read_placed_documents(session)
    check()
    after = _placed(finding.placing, documents, vectors)
    check()
    with store.write() as writing:
        write_found_areas(writing, now, finding.areas, finding.gone)
        follow_mergers(writing)
        state = next_areas_state(writing)
        # Read again: people may have merged areas meanwhile.
        standing = read_all_placed(writing)
        changed = write_area_documents(writing, standing, _followed(after, read_known_areas(writing)), check)
    return replace(finding.placing, store_state=state), changed


def _place_changed(store: Store, session: Session, vectors: DocumentVectors, placing: Placing) -> int:
    """Place the threads with a document that is new, changed or deleted."""
    threads, ids = read_changed_threads(session, placing.revision)
    documents = read_placed_documents(session, threads)
    after = _placed(placing, documents, vectors)
    with store.write() as writing:
        before = read_placed(writing, ids | {document.id for document in documents})
        return write_area_documents(writing, before, _followed(after, read_known_areas(writing)))


def _placed(
    placing: Placing, documents: Sequence[PlacedDocument], vectors: DocumentVectors
) -> dict[tuple[str, str], float]:
    """Return the strength of each area and document; a thread's documents are all where the thread is."""
    _, rows, groups = subject_vectors(documents, vectors)
    tags = [sorted({tag for document in group for tag in document.tags}) for group in groups]
    placed = placing.place(placing.turn(rows, tags))
    return {
        (area, document.id): strength
        for group, areas in zip(groups, placed, strict=True)
        for document in group
        for area, strength in areas.items()
    }


def _followed(placed: Mapping[tuple[str, str], float], known: Mapping[str, KnownArea]) -> dict[tuple[str, str], float]:
    """Return placements with merged areas replaced by what they were merged into."""
    followed: dict[tuple[str, str], float] = {}
    for (area, document), strength in placed.items():
        row = known.get(area)
        moved = row is not None and row.status in (AreaStatus.MERGED, AreaStatus.GONE)
        target = row.merged_into if moved and row is not None else area
        if target is not None and target in known:
            followed[target, document] = max(strength, followed.get((target, document), 0.0))
    return followed
