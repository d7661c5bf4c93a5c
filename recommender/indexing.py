"""Indexing: brings the index up to the store's revision, document by document changed."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from models.queries.changes import IndexedDocument, current_revision, stream_changes
from models.store import Store
from recommender.analysis import analyse
from recommender.encoders.encoder import Encoder
from recommender.indexes.index import Index, Passage
from recommender.passages import split_passages

# Documents read from the store at a time.
DOCUMENTS_PER_BATCH = 2_000
# A first build this large publishes now and then, so that a kill costs at most this much work.
DOCUMENTS_PER_COMMIT = 200_000


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What bringing the index up to date did."""

    documents: int
    """Documents read: new, changed or deleted since the last time."""
    passages: int
    """Passages the index holds now."""
    seconds: float


def update_index(
    store: Store, index: Index, encoder: Encoder | None = None, on_progress: Callable[[int, int], None] | None = None
) -> IndexReport:
    """Index everything whose revision is above the index's own; killed at any moment, the next call goes on.

    Args:
        on_progress: called with the revisions done and to do.
    """
    started = time.perf_counter()
    documents = uncommitted = 0
    first = revision = index.revision
    with store.read() as session:
        latest = current_revision(session)
        for batch in stream_changes(session, first, DOCUMENTS_PER_BATCH):
            index.delete([document.id for document in batch])
            add_documents(index, encoder, [document for document in batch if not document.deleted])
            revision = batch[-1].revision
            documents += len(batch)
            uncommitted += len(batch)
            if uncommitted >= DOCUMENTS_PER_COMMIT:
                index.commit(revision)
                uncommitted = 0
            if on_progress:
                on_progress(revision - first, latest - first)
    if uncommitted or index.revision < latest or not len(index):
        index.commit(latest)
    return IndexReport(documents, len(index), time.perf_counter() - started)


def add_documents(index: Index, encoder: Encoder | None, documents: Sequence[IndexedDocument]) -> None:
    """Stage the passages of documents, with their embeddings when there is an encoder."""
    passages: list[Passage] = []
    texts: list[str] = []
    for document in documents:
        title_terms = analyse(" ".join([document.title, *document.tags]), document.language)
        for start, end in split_passages(document.text):
            part = document.text[start:end]
            passages.append(
                Passage(
                    document.id,
                    start,
                    end,
                    document.space_id,
                    document.kind,
                    document.created_at,
                    title_terms,
                    analyse(part, document.language),
                    document.language or "",
                )
            )
            if encoder is not None:
                texts.append(f"{document.title}\n{part}")
    if passages:
        index.add(passages, encoder.encode(texts) if encoder is not None else None)
