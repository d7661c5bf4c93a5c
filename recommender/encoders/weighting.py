"""Weighting: pieces that occur everywhere say little, so their embeddings are made shorter."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from recommender.indexes.index import Embeddings


def shorten_frequent(embeddings: Embeddings, shares: npt.NDArray[np.float64], half_weight: float) -> Embeddings:
    """Return the embeddings of pieces, each shortened by how frequent the piece is.

    Args:
        shares: of each piece among all pieces of the texts, shape (pieces,).
        half_weight: the share at which a piece keeps half of its length.

    Source: smooth inverse frequency; Arora, Liang and Ma 2017, "A simple but tough-to-beat baseline for sentence
        embeddings", section 3.
    """
    weights = (half_weight / (half_weight + shares)).astype(np.float32)
    shortened: Embeddings = embeddings * weights[:, None]
    return shortened
