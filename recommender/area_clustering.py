"""Clustering: which texts are about one thing, and how many things there are, decided by the texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.cluster.hierarchy import fcluster, linkage

from recommender.indexes.index import Embeddings

Labels = npt.NDArray[np.int64]

# Fewer texts than this are no field of expertise.
SMALLEST: Final = 4
MOST_AREAS: Final = 400
# Ward's method compares every pair: 2,000 take 0.3 s and 32 MB; more texts are first gathered into as many groups.
_MOST_LINKED: Final = 2_000
_ROUNDS: Final = 12
_MOST_SPLITS: Final = 60
# Numbers of areas tried grow by this factor.
_GROWTH: Final = 1.25
# Times the square of the logarithm of how many texts there are: Akaike's price for 150 texts, two thirds of
# Schwarz's for 4,000. Chosen by reading the areas of several communities: see docs/decisions/0012-areas.md.
_PENALTY: Final = 0.08


@dataclass(frozen=True, slots=True)
class Clustering:
    """Texts in clusters."""

    labels: Labels
    """The number of the cluster of each text; numbers without gaps."""
    centroids: Embeddings
    """Unit length, one row a cluster."""


class Cost:
    """What a clustering costs: how far texts are from their centres, and a price for each centre.

    The classification likelihood of a mixture of round Gaussians in as many dimensions as the texts really use,
    priced in the manner of Schwarz 1978, "Estimating the dimension of a model".
    """

    def __init__(self, vectors: Embeddings) -> None:
        spread = np.linalg.eigvalsh(np.cov(vectors, rowvar=False).astype(np.float64))
        shares = np.maximum(spread, 1e-12) / max(float(spread.sum()), 1e-12)
        # The exponential of the entropy: 1 for texts on a line, dim for texts all around.
        self.dimensions = float(np.exp(-(shares * np.log(shares)).sum()))
        self.texts = len(vectors)

    def of(self, sizes: npt.NDArray[np.int64], lengths: npt.NDArray[np.float64]) -> float:
        """Return the cost of clusters of these sizes, whose sums of unit vectors have these lengths."""
        distance = float(self.texts - (lengths**2 / np.maximum(sizes, 1)).sum())
        shares = sizes[sizes > 0] / self.texts
        spread = self.texts * self.dimensions / 2 * np.log(max(distance, 1e-9) / self.texts)
        choice = -self.texts * float((shares * np.log(shares)).sum())
        price = _PENALTY * len(shares) * self.dimensions / 2 * np.log(self.texts) ** 2
        return float(spread + choice + price)

    def of_labels(self, vectors: Embeddings, labels: Labels) -> float:
        """Return the cost of a clustering."""
        sums = _sums(vectors, labels)
        return self.of(np.bincount(labels, minlength=len(sums)), np.linalg.norm(sums, axis=1).astype(np.float64))


def find_clusters(vectors: Embeddings, start: Embeddings | None = None) -> Clustering:
    """Return clusters of texts; the same for the same input.

    Args:
        vectors: unit length, around a mean of about zero, in an order that depends on the texts alone.
        start: centroids to start from, so that clusters stay what they were where the texts allow it.
    """
    if len(vectors) < 2 * SMALLEST:
        return _gathered(vectors, np.zeros(len(vectors), np.int64))
    cost = Cost(vectors)
    if start is None or not len(start):
        return _gathered(vectors, _drop_small(vectors, _from_scratch(vectors, cost)))
    labels = _settle(vectors, np.argmax(vectors @ start.T, axis=1))
    labels = _split_while_cheaper(vectors, labels, cost)
    return _gathered(vectors, _drop_small(vectors, labels))


def _from_scratch(vectors: Embeddings, cost: Cost) -> Labels:
    """Return the cheapest of clusterings into ever more clusters, cut from one tree."""
    groups = _settle(vectors, _seeds(vectors)) if len(vectors) > _MOST_LINKED else np.arange(len(vectors))
    sums = _sums(vectors, groups)
    tree = linkage(_unit(sums), "ward")
    best, least = np.zeros(len(vectors), np.int64), np.inf
    wanted, worse = 2.0, 0
    while wanted <= min(MOST_AREAS, len(vectors) / SMALLEST) and worse < 5:
        cut = fcluster(tree, int(wanted), "maxclust").astype(np.int64) - 1
        labels = _settle(vectors, cut[groups])
        price = cost.of_labels(vectors, labels)
        best, least, worse = (labels, price, 0) if price < least else (best, least, worse + 1)
        wanted = max(wanted + 1, wanted * _GROWTH)
    return best


def _seeds(vectors: Embeddings) -> Labels:
    """Return a first grouping around texts spread evenly over the input."""
    places = np.linspace(0, len(vectors) - 1, _MOST_LINKED).astype(np.int64)
    return _nearest(vectors, vectors[places])


def _settle(vectors: Embeddings, labels: Labels) -> Labels:
    """Move texts to the nearest centroid until few move: spherical k-means.

    Source: Dhillon and Modha 2001, "Concept decompositions for large sparse text data using clustering".
    """
    labels = _without_gaps(labels)
    for _ in range(_ROUNDS):
        moved = _without_gaps(_nearest(vectors, _unit(_sums(vectors, labels))))
        if np.array_equal(moved, labels):
            break
        labels = moved
    return labels


def _split_while_cheaper(vectors: Embeddings, labels: Labels, cost: Cost) -> Labels:
    """Split clusters in two, those that gain most first, as long as it makes the whole cheaper."""
    for _ in range(_MOST_SPLITS):
        before = cost.of_labels(vectors, labels)
        best, least = None, before
        for number in np.argsort(-np.bincount(labels), kind="stable"):
            members = np.flatnonzero(labels == number)
            if len(members) < 2 * SMALLEST:
                break
            halves = _halves(vectors[members])
            if min(np.bincount(halves, minlength=2)) < SMALLEST:
                continue
            tried = labels.copy()
            tried[members[halves == 1]] = labels.max() + 1
            price = cost.of_labels(vectors, tried)
            if price < least:
                best, least = tried, price
        if best is None:
            break
        labels = _settle(vectors, best)
        if cost.of_labels(vectors, labels) >= before:
            break
    return labels


def _halves(vectors: Embeddings) -> Labels:
    """Return two clusters of texts."""
    some = vectors[np.linspace(0, len(vectors) - 1, min(len(vectors), _MOST_LINKED // 4)).astype(np.int64)]
    cut = fcluster(linkage(some, "ward"), 2, "maxclust").astype(np.int64) - 1
    return _settle(vectors, _nearest(vectors, _unit(_sums(some, cut))))


def _drop_small(vectors: Embeddings, labels: Labels) -> Labels:
    """Give the texts of clusters that are too small to the nearest other ones."""
    sizes = np.bincount(labels)
    kept = np.flatnonzero(sizes >= SMALLEST)
    if len(kept) == len(sizes):
        return labels
    if not len(kept):
        return np.zeros(len(labels), np.int64)
    return _without_gaps(_nearest(vectors, _unit(_sums(vectors, labels))[kept]))


def _gathered(vectors: Embeddings, labels: Labels) -> Clustering:
    return Clustering(labels, _unit(_sums(vectors, labels)))


def _nearest(vectors: Embeddings, centroids: Embeddings) -> Labels:
    parts = range(0, len(vectors), 8_192)
    return np.concatenate([np.argmax(vectors[part : part + 8_192] @ centroids.T, axis=1) for part in parts])


def _sums(vectors: Embeddings, labels: Labels) -> Embeddings:
    order = np.argsort(labels, kind="stable")
    starts = np.flatnonzero(np.diff(labels[order], prepend=-1))
    sums: Embeddings = np.add.reduceat(vectors[order], starts, axis=0)
    return sums


def _unit(vectors: Embeddings) -> Embeddings:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Embeddings = vectors / np.maximum(lengths, np.finfo(np.float32).tiny)
    return unit


def _without_gaps(labels: Labels) -> Labels:
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)
