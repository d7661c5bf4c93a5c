"""Clustering: which texts are about one thing, and how many things there are, decided by the texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse import csr_matrix

from recommender.indexes.index import Embeddings

Labels = npt.NDArray[np.int64]

# Fewer texts than this are no field of expertise.
SMALLEST: Final = 4
MOST_AREAS: Final = 400
# Ward's method compares every pair: 2,000 take 0.3 s and 32 MB; more texts are first gathered into as many groups.
_MOST_LINKED: Final = 2_000
_ROUNDS: Final = 12
# Of many texts: enough to gather them, and to tell which number of areas is cheapest.
_GATHERING_ROUNDS: Final = 3
_TRIAL_ROUNDS: Final = 4
# Texts that few others join do not move a centroid: settling ends when less than this share moves.
_FEW: Final = 0.001
# So many clusters, and one more for each of them, may be split before all texts settle again.
_SPLIT_AT_ONCE: Final = 10
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


def find_clusters(
    vectors: Embeddings, start: Embeddings | None = None, check: Callable[[], None] = lambda: None
) -> Clustering:
    """Return clusters of texts; the same for the same input.

    Args:
        vectors: unit length, around a mean of about zero, in an order that depends on the texts alone.
        start: centroids to start from, so that clusters stay what they were where the texts allow it.
        check: called between rounds; what it raises ends the search.
    """
    if len(vectors) < 2 * SMALLEST:
        return _gathered(vectors, np.zeros(len(vectors), np.int64))
    cost = Cost(vectors)
    if start is None or not len(start):
        return _gathered(vectors, _drop_small(vectors, _from_scratch(vectors, cost, check)))
    labels = _settle(vectors, _nearest(vectors, start), check)
    labels = _split_while_cheaper(vectors, labels, cost, check)
    return _gathered(vectors, _drop_small(vectors, labels))


def _from_scratch(vectors: Embeddings, cost: Cost, check: Callable[[], None]) -> Labels:
    """Return the cheapest of clusterings into ever more clusters, cut from one tree."""
    groups = _gather(vectors, check) if len(vectors) > _MOST_LINKED else np.arange(len(vectors))
    sums = _sums(vectors, groups)
    tree = linkage(_unit(sums), "ward")
    best, least = np.zeros(len(vectors), np.int64), np.inf
    wanted, worse = 2.0, 0
    rounds = _TRIAL_ROUNDS if len(vectors) > _MOST_LINKED else _ROUNDS
    while wanted <= min(MOST_AREAS, len(vectors) / SMALLEST) and worse < 5:
        cut = fcluster(tree, int(wanted), "maxclust").astype(np.int64) - 1
        labels = _settle(vectors, cut[groups], check, rounds)
        price = cost.of_labels(vectors, labels)
        best, least, worse = (labels, price, 0) if price < least else (best, least, worse + 1)
        wanted = max(wanted + 1, wanted * _GROWTH)
    return best if rounds == _ROUNDS else _settle(vectors, best, check)


def _gather(vectors: Embeddings, check: Callable[[], None]) -> Labels:
    """Return small groups of texts, around texts spread evenly over the input."""
    places = np.linspace(0, len(vectors) - 1, _MOST_LINKED).astype(np.int64)
    return _settle(vectors, _nearest(vectors, vectors[places]), check, _GATHERING_ROUNDS)


def _settle(
    vectors: Embeddings, labels: Labels, check: Callable[[], None] = lambda: None, rounds: int = _ROUNDS
) -> Labels:
    """Move texts to the nearest centroid until few move: spherical k-means.

    Source: Dhillon and Modha 2001, "Concept decompositions for large sparse text data using clustering".
    """
    labels = _without_gaps(labels)
    for _ in range(rounds):
        check()
        moved = _without_gaps(_nearest(vectors, _unit(_sums(vectors, labels))))
        few = np.count_nonzero(moved != labels) <= _FEW * len(labels)
        labels = moved
        if few:
            break
    return labels


@dataclass(frozen=True, slots=True)
class _Split:
    """A cluster in two, as far as its cost tells."""

    halves: Labels
    sizes: npt.NDArray[np.int64]
    lengths: npt.NDArray[np.float64]


def _split_while_cheaper(vectors: Embeddings, labels: Labels, cost: Cost, check: Callable[[], None]) -> Labels:
    """Split clusters in two, those that gain most first, as long as it makes the whole cheaper."""
    tried: dict[bytes, _Split | None] = {}
    for _ in range(_MOST_SPLITS):
        price = cost.of_labels(vectors, labels)
        order = np.argsort(labels, kind="stable")
        members = np.split(order, np.cumsum(np.bincount(labels))[:-1])
        splits: dict[int, _Split] = {}
        known, tried = tried, {}
        for number, own in enumerate(members):
            check()
            key = own.tobytes()
            # A cluster that is what it was when it was last split splits alike.
            tried[key] = known[key] if key in known else _split(vectors[own])
            split = tried[key]
            if split is not None:
                splits[number] = split
        halved = _cheapest_splits(vectors, labels, cost, splits)
        if not halved:
            break
        split_labels = labels.copy()
        for place, number in enumerate(halved):
            split_labels[members[number][splits[number].halves == 1]] = len(members) + place
        settled = _settle(vectors, split_labels, check)
        if cost.of_labels(vectors, settled) >= price:
            break
        labels = settled
    return labels


def _cheapest_splits(vectors: Embeddings, labels: Labels, cost: Cost, splits: Mapping[int, _Split]) -> list[int]:
    """Return the clusters to split so that each split makes the whole cheaper, those that gain most first."""
    sums = _sums(vectors, labels)
    sizes, lengths = np.bincount(labels), np.linalg.norm(sums, axis=1).astype(np.float64)
    gain = {
        number: (split.lengths**2 / split.sizes).sum() - lengths[number] ** 2 / sizes[number]
        for number, split in splits.items()
    }
    chosen: list[int] = []
    price = cost.of(sizes, lengths)
    for number in sorted(splits, key=lambda number: (-gain[number], number)):
        split = splits[number]
        sizes_then = np.append(sizes, split.sizes[1])
        lengths_then = np.append(lengths, split.lengths[1])
        sizes_then[number], lengths_then[number] = split.sizes[0], split.lengths[0]
        price_then = cost.of(sizes_then, lengths_then)
        if price_then < price:
            chosen.append(number)
            sizes, lengths, price = sizes_then, lengths_then, price_then
            if len(chosen) >= max(1, len(splits) // _SPLIT_AT_ONCE):
                break
    return chosen


def _split(vectors: Embeddings) -> _Split | None:
    """Return a cluster in two, None where one of them would be too small."""
    if len(vectors) < 2 * SMALLEST:
        return None
    halves = _halves(vectors)
    sizes = np.bincount(halves, minlength=2)
    if min(sizes) < SMALLEST:
        return None
    return _Split(halves, sizes, np.linalg.norm(_sums(vectors, halves), axis=1).astype(np.float64))


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
    if not len(labels):
        return np.zeros((0, vectors.shape[1]), np.float32)
    ones = np.ones(len(labels), np.float32)
    adding = csr_matrix((ones, (labels, np.arange(len(labels)))), (int(labels.max()) + 1, len(labels)))
    return np.asarray(adding @ vectors, np.float32)


def _unit(vectors: Embeddings) -> Embeddings:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Embeddings = vectors / np.maximum(lengths, np.finfo(np.float32).tiny)
    return unit


def _without_gaps(labels: Labels) -> Labels:
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)
