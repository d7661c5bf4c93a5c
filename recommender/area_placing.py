"""Placing: which areas a text is in, and how squarely; what that needs is kept in a file beside the index."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from recommender.area_vectors import unit
from recommender.indexes.index import Embeddings

_FORMAT: Final = 1
# What the tags of a text add to what it says.
_TAGS_SHARE: Final = 0.4
# A text is in the areas nearly as near as the nearest, three at most, unless even that is half as near as usual.
_NEARLY: Final = 0.85
_MOST_AREAS: Final = 3
_LEAST_STRENGTH: Final = 0.5
_SECOND: Final = 0.9


@dataclass(frozen=True, slots=True)
class Placing:
    """Where areas are among the embeddings of texts."""

    encoder_id: str
    store_state: int
    """The state of the areas that this follows; see models.area_writing.areas_state."""
    revision: int
    """Of the store, up to which documents are placed."""
    learned: int
    """How many documents could be learned from when areas were last found."""
    area_ids: Sequence[str]
    """Of each centroid; an area may have several."""
    centroids: Embeddings
    typical: Embeddings
    """Shape (centroids,): the median cosine of the texts of each with it."""
    mean: Embeddings
    """What all texts have in common, shape (dim,)."""
    tags: Mapping[str, Embeddings]

    def turn(self, vectors: Embeddings, tags: Sequence[Collection[str]]) -> Embeddings:
        """Return vectors of subjects as they compare with the centroids: what is common taken out, tags put in."""
        return turned(vectors, self.mean, tags, self.tags)

    def place(self, turned_vectors: Embeddings) -> list[dict[str, float]]:
        """Return the areas of each text with a strength in (0, 1]; empty for a text that fits none."""
        if not len(self.centroids) or not len(turned_vectors):
            return [{} for _ in turned_vectors]
        placed = []
        known = np.any(turned_vectors != 0, axis=1)
        for start in range(0, len(turned_vectors), 4_096):
            cosines = np.round(turned_vectors[start : start + 4_096] @ self.centroids.T, 5)
            for row, own in enumerate(cosines):
                placed.append(self._areas(own) if known[start + row] else {})
        return placed

    def _areas(self, cosines: Embeddings) -> dict[str, float]:
        order = np.argsort(-cosines, kind="stable")[: 2 * _MOST_AREAS]
        best = float(cosines[order[0]])
        areas: dict[str, float] = {}
        most = 1.0
        for number in order:
            cosine = float(cosines[number])
            if cosine <= 0 or cosine < _NEARLY * best or len(areas) == _MOST_AREAS:
                break
            strength = round(min(most, cosine / max(float(self.typical[number]), 1e-6)), 3)
            if strength >= _LEAST_STRENGTH:
                areas.setdefault(self.area_ids[number], strength)
            # The nearest stays the first: a text has one area that is its own.
            most = min(most, strength) * _SECOND
        return areas

    def save(self, path: Path) -> None:
        """Write the file, whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        writing = path.with_suffix(".writing.npz")
        np.savez(
            writing,
            numbers=np.array([_FORMAT, self.store_state, self.revision, self.learned], np.int64),
            encoder_id=np.array(self.encoder_id),
            area_ids=np.array(list(self.area_ids), np.str_),
            centroids=self.centroids,
            typical=self.typical,
            mean=self.mean,
            tags=np.array(list(self.tags), np.str_),
            tag_vectors=np.array(list(self.tags.values()), np.float32).reshape(len(self.tags), len(self.mean)),
        )
        os.replace(writing, path)

    @classmethod
    def load(cls, path: Path) -> Placing | None:
        """Return what was saved; None when there is nothing, or it is damaged or of another version."""
        try:
            with np.load(path) as kept:
                version, store_state, revision, learned = kept["numbers"].tolist()
                if version != _FORMAT:
                    return None
                return cls(
                    str(kept["encoder_id"]),
                    store_state,
                    revision,
                    learned,
                    [str(id_) for id_ in kept["area_ids"]],
                    kept["centroids"],
                    kept["typical"],
                    kept["mean"],
                    {str(tag): vector for tag, vector in zip(kept["tags"], kept["tag_vectors"], strict=True)},
                )
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return None


def turned(
    vectors: Embeddings, mean: Embeddings, tags: Sequence[Collection[str]], known_tags: Mapping[str, Embeddings]
) -> Embeddings:
    """Return vectors without what all texts have in common, drawn towards what their tags have in common."""
    result = unit(np.where(np.any(vectors != 0, axis=1, keepdims=True), vectors - mean, 0).astype(np.float32))
    for row, own in enumerate(tags):
        found = [known_tags[tag] for tag in sorted(set(own)) if tag in known_tags]
        if found:
            result[row] += _TAGS_SHARE * np.mean(found, axis=0)
    return unit(result)
