"""Checks of what an index is given, the same for every index."""

from __future__ import annotations

from typing import Final

import numpy as np

from models.errors import DimensionError, InvalidInputError
from recommender.indexes.index import Embeddings

# float16 weights and mean pooling leave a unit row within this of 1.
_UNIT_TOLERANCE: Final = 1e-3


def check_embeddings(embeddings: Embeddings | None, count: int, dim: int) -> Embeddings | None:
    """Return the embeddings of `count` passages as float32, refusing another shape and rows of another length.

    Raises:
        DimensionError: their shape is not (count, dim), or one of embeddings and dim is there without the other.
        InvalidInputError: a row is neither of unit length nor zero.
    """
    if embeddings is None:
        if dim and count:
            message = f"This index holds embeddings of length {dim}; pass one for each of the {count} passages."
            raise DimensionError(message)
        return None
    if embeddings.shape != (count, dim) or not dim:
        message = f"Embeddings of shape {embeddings.shape} for an index that takes ({count}, {dim})."
        raise DimensionError(message)
    lengths = np.linalg.norm(embeddings, axis=1)
    wrong = np.flatnonzero((lengths != 0) & ~(np.abs(lengths - 1) <= _UNIT_TOLERANCE))
    if wrong.size:
        message = f"Embedding {wrong[0]} has length {lengths[wrong[0]]:.4g}; give rows of unit length, or zero."
        raise InvalidInputError(message)
    return np.ascontiguousarray(embeddings, dtype=np.float32)


def check_query(embedding: Embeddings | None, dim: int) -> Embeddings | None:
    """Return the embedding of a query as float32 shape (dim,), or None when nothing is known of its meaning.

    Raises:
        DimensionError: the query and the index differ in dim.
    """
    if embedding is None:
        return None
    if embedding.shape != (dim,) or not dim:
        message = f"A query embedding of shape {embedding.shape} for an index of dim {dim}."
        raise DimensionError(message)
    if not embedding.any():
        return None
    return np.ascontiguousarray(embedding, dtype=np.float32)
