"""Finding: areas learned from what the whole organisation may read, each keeping its identity from then on."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt
from sqlalchemy.orm import Session

from models.area_writing import FoundArea, KnownArea, new_area_ids
from models.queries.area_texts import PlacedDocument
from models.queries.learning import count_learning_documents, read_words_of_names, stream_learning_documents
from models.records import DocumentKind
from models.tables import AreaStatus
from recommender.area_clustering import SMALLEST, find_clusters
from recommender.area_labels import AreaLabel, LabelText, label_areas
from recommender.area_matching import match_areas
from recommender.area_placing import Placing, turned
from recommender.area_vectors import DocumentVectors, Subject, subject_vectors, tag_vectors, unit
from recommender.indexes.index import Embeddings
from recommender.language_odds import likely_language

# Enough texts to tell the areas of any organisation; the others are placed afterwards.
MOST_LEARNED: Final = 20_000
_FEWEST_WITH_TAG: Final = 5
# What labels are made from: the opening and two replies of some of the texts of each area.
_LABEL_CHARS: Final = 1_500
_LABEL_REPLIES: Final = 2
_LABEL_SUBJECTS: Final = 6_000
_FEWEST_LABEL_SUBJECTS: Final = 40

Areas = Mapping[tuple[str, str], float]
"""The strength of each area and document."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Areas as they were found, and how to place texts in them."""

    placing: Placing
    areas: Sequence[FoundArea]
    gone: Mapping[str, str | None]
    """Areas that no text is about any more, each with where its id leads."""


@dataclass(frozen=True, slots=True)
class _Learned:
    subjects: Sequence[Subject]
    vectors: Embeddings
    mean: Embeddings
    tags: Mapping[str, Embeddings]


def find_areas(
    session: Session,
    today: date,
    vectors: DocumentVectors,
    before_now: tuple[Mapping[str, KnownArea], Areas],
    check: Callable[[], None],
) -> Finding:
    """Return the areas of what everyone may read; the same for the same store.

    Args:
        before_now: the areas that the store has, and the documents in them.
        check: called between steps; what it raises ends the finding.
    """
    known, placed = before_now
    documents = _learning_documents(session, today)
    check()
    learned = _learn(documents, vectors)
    check()
    before = _areas_before(learned.subjects, documents, known, placed)
    whole = {area for area in known if _stays_whole(area, known)}
    start, starts = _centroids_of(learned.vectors, before, whole)
    found = find_clusters(learned.vectors, start, check)
    enough = len(learned.vectors) >= 2 * SMALLEST
    count = len(found.centroids) if enough else 0
    clusters = found.labels if enough else np.zeros(0, np.int64)
    matching = match_areas(clusters, count, before if enough else [], whole)
    sizes = np.bincount(clusters, minlength=count)
    fresh = [cluster for cluster in np.argsort(-sizes, kind="stable").tolist() if matching.areas[cluster] is None]
    ids = dict(zip(fresh, new_area_ids(known, len(fresh)), strict=True))
    area_ids = [matching.areas[cluster] or ids[cluster] for cluster in range(count)]
    labels = _labels(session, today, learned.subjects, [area_ids[cluster] for cluster in clusters.tolist()], check)
    left = [place for place, area in enumerate(starts) if area in whole and area not in area_ids]
    kept = [starts[place] for place in left]
    centroids = np.concatenate([found.centroids[:count], start[left]])
    placing = Placing(
        encoder_id="",
        store_state=0,
        revision=0,
        learned=count_learning_documents(session, today),
        area_ids=[*area_ids, *kept],
        centroids=centroids,
        typical=_typical(learned.vectors, clusters, centroids),
        mean=learned.mean,
        tags=learned.tags,
    )
    standing = {area for area, row in known.items() if row.status is AreaStatus.FOUND} - set(placing.area_ids)
    gone = {area: _successor(matching.gone.get(area), area_ids) for area in sorted(standing)}
    return Finding(placing, _found_areas(area_ids, sizes, labels), gone)


def find_unnamed(documents: Sequence[PlacedDocument], vectors: DocumentVectors) -> Placing:
    """Return the areas of these documents alone, found from scratch and left without names; to judge the past.

    The texts of later documents move nothing: what all texts have in common and the tags are learned from these.
    """
    learned = _learn(documents, vectors)
    found = find_clusters(learned.vectors)
    enough = len(learned.vectors) >= 2 * SMALLEST
    centroids = found.centroids if enough else found.centroids[:0]
    return Placing(
        encoder_id="",
        store_state=0,
        revision=0,
        learned=len(documents),
        area_ids=[str(cluster) for cluster in range(len(centroids))],
        centroids=centroids,
        typical=_typical(learned.vectors, found.labels if enough else np.zeros(0, np.int64), centroids),
        mean=learned.mean,
        tags=learned.tags,
    )


def _learning_documents(session: Session, today: date) -> list[PlacedDocument]:
    return [
        PlacedDocument(item.id, (item.thread_id or item.id, item.space_id), tuple(item.tags))
        for item in stream_learning_documents(session, today, 0)
    ]


def _learn(documents: Sequence[PlacedDocument], vectors: DocumentVectors) -> _Learned:
    """Return the subjects that areas are found from, turned for comparison."""
    subjects, rows, groups = subject_vectors(documents, vectors)
    known = np.flatnonzero(np.any(rows != 0, axis=1)).tolist()
    if len(known) > MOST_LEARNED:
        known = sorted(sorted(known, key=lambda row: _mixed(subjects[row]))[:MOST_LEARNED])
    rows = rows[known]
    mean = rows.mean(axis=0) if len(rows) else np.zeros(vectors.dim, np.float32)
    plain = turned(rows, mean, [() for _ in known], {})
    own = [sorted({tag for document in groups[row] for tag in document.tags}) for row in known]
    tags = tag_vectors(own, plain, _FEWEST_WITH_TAG)
    return _Learned([subjects[row] for row in known], turned(rows, mean, own, tags), mean, tags)


def _mixed(subject: Subject) -> bytes:
    return hashlib.blake2b("\n".join(subject).encode(), digest_size=8).digest()


def _areas_before(
    subjects: Sequence[Subject], documents: Sequence[PlacedDocument], known: Mapping[str, KnownArea], placed: Areas
) -> list[str | None]:
    """Return the area that each subject was most squarely in."""
    subject_of = {document.id: document.subject for document in documents}
    best: dict[Subject, tuple[float, str]] = {}
    for (area, document), strength in sorted(placed.items()):
        subject = subject_of.get(document)
        if subject is None or known[area].status in (AreaStatus.MERGED, AreaStatus.GONE):
            continue
        if subject not in best or strength > best[subject][0]:
            best[subject] = strength, area
    return [best[subject][1] if subject in best else None for subject in subjects]


def _stays_whole(area: str, known: Mapping[str, KnownArea]) -> bool:
    """Return whether people decided about an area in a way that no finding may take apart."""
    merged = any(row.merged_into == area and row.status is AreaStatus.MERGED for row in known.values())
    return merged or known[area].named or known[area].status in (AreaStatus.PINNED, AreaStatus.HIDDEN)


def _centroids_of(
    vectors: Embeddings, before: Sequence[str | None], whole: Collection[str]
) -> tuple[Embeddings, list[str]]:
    """Return the centroids of the areas that there were, and the area of each; one kept whole may have several."""
    centroids = [np.zeros((0, vectors.shape[1]), np.float32)]
    areas: list[str] = []
    for area in sorted({area for area in before if area is not None}):
        own = vectors[[place == area for place in before]]
        # What people merged may be about several things: their common centre would be near none of them.
        found = find_clusters(own).centroids if area in whole else unit(own.sum(axis=0, keepdims=True))
        centroids.append(found)
        areas += [area] * len(found)
    return np.concatenate(centroids), areas


def _typical(vectors: Embeddings, clusters: npt.NDArray[np.int64], centroids: Embeddings) -> npt.NDArray[np.float32]:
    """Return the median cosine of the texts of each centroid with it; that of all for a centroid without texts."""
    typical = np.zeros(len(centroids), np.float32)
    for number in range(len(centroids)):
        own = vectors[clusters == number] if len(clusters) else vectors[:0]
        typical[number] = np.median(own @ centroids[number]) if len(own) else 0.0
    usual = float(np.median(typical[typical > 0])) if np.any(typical > 0) else 1.0
    return np.where(typical > 0, typical, usual).astype(np.float32)


def _labels(
    session: Session, today: date, subjects: Sequence[Subject], areas: Sequence[str], check: Callable[[], None]
) -> dict[str, AreaLabel]:
    """Return the label of each area, made from some of its texts."""
    if not areas:
        return {}
    sizes = Counter(areas)
    order = sorted(sizes, key=lambda area: (-sizes[area], len(area), area))
    numbers = {area: number for number, area in enumerate(order)}
    most = max(_FEWEST_LABEL_SUBJECTS, _LABEL_SUBJECTS // len(order))
    chosen: dict[Subject, int] = {}
    taken: defaultdict[str, int] = defaultdict(int)
    for row in sorted(range(len(areas)), key=lambda row: _mixed(subjects[row])):
        if taken[areas[row]] < most:
            taken[areas[row]] += 1
            chosen[subjects[row]] = numbers[areas[row]]
    texts: dict[tuple[Subject, str], LabelText] = {}
    replies: defaultdict[Subject, int] = defaultdict(int)
    for item in stream_learning_documents(session, today, _LABEL_CHARS):
        subject = (item.thread_id or item.id, item.space_id)
        if subject not in chosen or item.kind is DocumentKind.PROFILE:
            continue
        opening = item.id == subject[0]
        replies[subject] += not opening
        if not opening and replies[subject] > _LABEL_REPLIES:
            continue
        language = item.language if item.language in ("fr", "en") else likely_language(item.text) or "en"
        earlier = texts.get((subject, language))
        body = f"{earlier.text}\n{item.text}" if earlier else item.text
        # An answer has the title of its question, and seldom its language.
        title, tags = (item.title, tuple(item.tags)) if opening else ("", ())
        if earlier is not None:
            title, tags = earlier.title or title, (*earlier.tags, *tags)
        texts[subject, language] = LabelText(chosen[subject], language, title, body, tags)
    labels = label_areas(list(texts.values()), len(order), read_words_of_names(session, today), check)
    return dict(zip(order, labels, strict=True))


def _found_areas(
    area_ids: Sequence[str], sizes: npt.NDArray[np.int64], labels: Mapping[str, AreaLabel]
) -> list[FoundArea]:
    totals: defaultdict[str, int] = defaultdict(int)
    for area, size in zip(area_ids, sizes.tolist(), strict=True):
        totals[area] += size
    return [
        FoundArea(area, made.label_fr, made.label_en, made.terms_fr, made.terms_en, totals[area])
        for area, made in labels.items()
    ]


def _successor(cluster: int | None, area_ids: Sequence[str]) -> str | None:
    return area_ids[cluster] if cluster is not None and cluster < len(area_ids) else None
