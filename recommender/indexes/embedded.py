"""The embedded index: one folder on disk, FAISS for meaning and NumPy postings for words."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from models.errors import EncoderMismatchError, IndexMissingError, LockedError
from recommender.analysis import ANALYSIS_VERSION
from recommender.indexes.checks import check_embeddings, check_query
from recommender.indexes.generations import LOCK, current_generation, generation_folder, publish
from recommender.indexes.index import Embeddings, Hit, Passage, WordQuery
from recommender.indexes.merging import merge
from recommender.indexes.snapshot import FORMAT_VERSION, Manifest, Snapshot, read_manifest, write_generation
from recommender.indexes.staging import Staging

# A reader that is slower than two commits in a row finds its generation gone and starts over.
_MAX_TRIES: Final = 5
_REBUILD: Final = "run: releve index --rebuild"


class EmbeddedIndex:
    """Passages in one folder: many readers, one writer, whole generations.

    A commit writes the kept and the new passages as a new generation, so deleted ones are gone and the same passages
    give the same files and the same answers, whatever was committed when. Searches may run in any number of threads
    while one thread writes.

    Source: docs/decisions/0003-word-search-in-numpy.md
    """

    def __init__(self, directory: Path, encoder_id: str | None, dim: int, snapshot: Snapshot | None) -> None:
        self._directory = directory
        self._encoder_id = encoder_id
        self._dim = dim
        self._snapshot = snapshot
        # None starts from nothing; then the first commit replaces whatever is published.
        self._base = snapshot
        self._staging = Staging()
        self._lock = FileLock(directory / LOCK, timeout=0, thread_local=False)
        self._in_block = False

    @classmethod
    def open(cls, directory: Path, encoder_id: str | None, dim: int) -> EmbeddedIndex:
        """Open the published generation.

        Args:
            directory: of the index.
            encoder_id: of the encoder that queries will come from; None for an index of words only.
            dim: length of its embeddings, 0 for none.

        Raises:
            IndexMissingError: nothing is published there.
            EncoderMismatchError: it was made by another encoder or text analysis.
        """
        return cls(directory, encoder_id, dim, _open_current(directory, encoder_id, dim))

    @classmethod
    def create(cls, directory: Path, encoder_id: str | None, dim: int) -> EmbeddedIndex:
        """Start an empty index; its first commit takes the place of what is published, which serves until then."""
        directory.mkdir(parents=True, exist_ok=True)
        return cls(directory, encoder_id, dim, None)

    @property
    def revision(self) -> int:
        """Return the store revision that the published passages follow; 0 when empty."""
        return self._snapshot.manifest.revision if self._snapshot else 0

    @property
    def dim(self) -> int:
        """Return the length of the embeddings; 0 for an index of words only."""
        return self._dim

    @property
    def snapshot(self) -> Snapshot | None:
        """Return the published generation as columns; None when nothing is published."""
        return self._snapshot

    def __len__(self) -> int:
        """Return the number of published passages."""
        return len(self._snapshot.columns) if self._snapshot else 0

    def refresh(self) -> bool:
        """Open the generation published last, if it is another one, and return whether it is.

        Raises:
            IndexMissingError, EncoderMismatchError: as for open; the one that is open stays so.
        """
        snapshot = self._snapshot
        if snapshot is None or snapshot.number == current_generation(self._directory):
            return False
        renewed = _open_current(self._directory, self._encoder_id, self._dim)
        self._snapshot = self._base = renewed
        return True

    @contextmanager
    def writing(self, wait_s: float = 0) -> Iterator[None]:
        """Be the one writer for the length of a block, from what is published now; drop what it leaves uncommitted.

        Args:
            wait_s: how long to wait for another writer.

        Raises:
            LockedError: another process is still writing.
        """
        self._acquire(wait_s)
        self._in_block = True
        try:
            yield
        finally:
            self._in_block = False
            self._staging = Staging()
            self._release()

    def add(self, passages: Sequence[Passage], embeddings: Embeddings | None) -> None:
        """Stage passages for the next commit, in place of what is published of their documents.

        Raises:
            DimensionError: the embeddings have another dim, or another number of rows.
            InvalidInputError: a row is neither of unit length nor zero.
            LockedError: another process is writing.
        """
        embeddings = check_embeddings(embeddings, len(passages), self._dim)
        self._acquire()
        self._staging.add(passages, embeddings)

    def delete(self, document_ids: Collection[str]) -> None:
        """Stage the removal of every passage of these documents; unknown ids are ignored."""
        self._acquire()
        self._staging.remove(document_ids)

    def commit(self, revision: int) -> None:
        """Publish what is staged, all at once, as following this store revision.

        Raises:
            LockedError: another process is writing.
        """
        self._acquire()
        base = self._base
        if base is not None and not self._staging and base.manifest.revision == revision:
            self._release()
            return
        tables = [self._staging.table()]
        if base is not None:
            tables.insert(0, self._staging.published_table(base.columns, base.manifest.labels))
        merged = merge(tables)
        manifest = Manifest(
            format_version=FORMAT_VERSION,
            analysis_version=ANALYSIS_VERSION,
            encoder_id=self._encoder_id,
            dim=self._dim,
            revision=revision,
            passages=len(merged.columns),
            documents=len(merged.columns.id_starts) - 1,
            labels=merged.labels,
        )
        published = base.embeddings.values if base is not None and self._dim else None
        staged = self._staging.embeddings
        publish(self._directory, lambda folder: write_generation(folder, manifest, merged, published, staged))
        self._staging = Staging()
        self._snapshot = self._base = _open_current(self._directory, self._encoder_id, self._dim)
        self._release()

    def search(
        self,
        embedding: Embeddings | None,
        words: WordQuery,
        top_k: int,
        spaces: Collection[str],
        before: datetime | None = None,
    ) -> list[Hit]:
        """Return the best passages by words and the best by meaning; see Index.search.

        The search by meaning is exact up to meaning.CLUSTERED_FROM_ROWS visible passages.
        """
        embedding = check_query(embedding, self._dim)
        snapshot = self._snapshot
        return snapshot.search(embedding, words, top_k, spaces, before) if snapshot else []

    def count_passages(self, terms: Sequence[str], spaces: Collection[str]) -> tuple[int, list[int]]:
        """Return how many passages there are in these spaces, and how many of them hold each term."""
        snapshot = self._snapshot
        return snapshot.count_passages(terms, spaces) if snapshot else (0, [0] * len(terms))

    def _acquire(self, wait_s: float = 0) -> None:
        """Take the lock unless it is ours, and start from what is published now."""
        if self._lock.is_locked:
            return
        try:
            self._lock.acquire(timeout=wait_s)
        except Timeout:
            message = f"Another process is writing this index; wait until it releases {self._directory / LOCK}."
            raise LockedError(message) from None
        if self._base is not None:
            self.refresh()

    def _release(self) -> None:
        if not self._in_block:
            self._lock.release(force=True)


def _open_current(directory: Path, encoder_id: str | None, dim: int) -> Snapshot:
    for _ in range(_MAX_TRIES):
        number = current_generation(directory)
        if number is None:
            message = f"No index in {directory}; run: releve index"
            raise IndexMissingError(message)
        folder = generation_folder(directory, number)
        try:
            manifest = read_manifest(folder)
            _check_made_by(manifest, encoder_id, dim)
            return Snapshot(folder, number, manifest)
        except (OSError, EOFError, ValueError, TypeError) as error:
            damage = error
    message = f"Generation {number} of the index in {directory} is damaged ({damage}); {_REBUILD}"
    raise IndexMissingError(message)


def _check_made_by(manifest: Manifest, encoder_id: str | None, dim: int) -> None:
    made_by = (manifest.encoder_id, manifest.dim)
    if made_by != (encoder_id, dim):
        message = (
            f"The index was made with {_describe(*made_by)}, and {_describe(encoder_id, dim)} was asked for; {_REBUILD}"
        )
        raise EncoderMismatchError(message)
    versions = (manifest.analysis_version, manifest.format_version)
    if versions != (ANALYSIS_VERSION, FORMAT_VERSION):
        message = (
            f"The index has text analysis {versions[0]} and format {versions[1]}, this program "
            f"{ANALYSIS_VERSION} and {FORMAT_VERSION}; {_REBUILD}"
        )
        raise EncoderMismatchError(message)


def _describe(encoder_id: str | None, dim: int) -> str:
    return f"encoder '{encoder_id}' (dim {dim})" if encoder_id is not None else "words only"
