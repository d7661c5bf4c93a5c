"""Distillation: the embeddings of pieces whose mean over a text comes nearest to the teacher's embedding of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from rich.progress import track

from recommender.encoders.teaching import shorten
from recommender.encoders.training_pairs import Pair
from recommender.encoders.word_translations import translate
from recommender.indexes.index import Embeddings

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix
    from tokenizers import Tokenizer


def add_translations(lessons: Sequence[str], parallel: Iterable[Pair]) -> tuple[list[str], npt.NDArray[np.int64]]:
    """Return the lessons and the translations of them, and for each the number of its lesson.

    A translation gets the teacher's embedding of its English side, so that both languages share one space. Where the
    English side was cut for the teacher, the translation says more than it and is left out.
    """
    numbers = {text: number for number, text in enumerate(lessons)}
    texts, of_lesson = list(lessons), list(range(len(lessons)))
    for pair in parallel:
        whole = " ".join(pair.first.split())
        if whole in numbers and shorten(whole) == whole:
            texts.append(pair.second)
            of_lesson.append(numbers[whole])
    return texts, np.array(of_lesson, np.int64)


def add_word_translations(
    tokenizer: Tokenizer, texts: Sequence[str], numbers: npt.NDArray[np.int64], dictionary: Mapping[str, str]
) -> tuple[list[str], npt.NDArray[np.int64]]:
    """Return the texts and numbers of add_translations, and French word by word for lessons without a translation."""
    translated = {number for number, count in Counter(numbers.tolist()).items() if count > 1}
    more, of_lesson = list(texts), numbers.tolist()
    for text, number in zip(texts, numbers.tolist(), strict=True):
        if number not in translated and (french := translate(tokenizer, text, dictionary)) is not None:
            more.append(french)
            of_lesson.append(number)
    return more, np.array(of_lesson, np.int64)


def fit_embeddings(
    tokenizer: Tokenizer, texts: Sequence[str], targets: Embeddings, ridge: float, iterations: int
) -> Embeddings:
    """Return one embedding per piece: ridge regression of the targets on the mean of a text's pieces.

    The problem is convex, so the answer depends on no random start; solved by conjugate gradients, preconditioned by
    the diagonal, for all dimensions at once. The unknown piece gets zeros.

    Args:
        targets: shape (len(texts), dim), the teacher's embedding of each text.
        ridge: how much a piece is pulled to zero, in texts of a single piece.
        iterations: of conjugate gradients; few leave rare pieces short, which protects from overfitting.
    """
    pieces = _mean_matrix(tokenizer, texts)
    transposed = pieces.T.tocsr()
    diagonal = np.asarray(pieces.multiply(pieces).sum(axis=0)).ravel().astype(np.float32) + np.float32(ridge)
    found: Embeddings = np.zeros((pieces.shape[1], targets.shape[1]), np.float32)
    diagonal = np.maximum(diagonal, np.finfo(np.float32).tiny)
    residual: Any = transposed @ targets
    scaled = residual / diagonal[:, None]
    direction = scaled.copy()
    old = np.sum(residual * scaled, axis=0)
    for _ in track(range(iterations), description="Distillation"):
        applied = transposed @ (pieces @ direction) + np.float32(ridge) * direction
        step = old / np.maximum(np.sum(direction * applied, axis=0), np.finfo(np.float32).tiny)
        found += step * direction
        residual -= step * applied
        scaled = residual / diagonal[:, None]
        new = np.sum(residual * scaled, axis=0)
        direction = scaled + (new / np.maximum(old, np.finfo(np.float32).tiny)) * direction
        old = new
    found[0] = 0
    return found


def _mean_matrix(tokenizer: Tokenizer, texts: Sequence[str]) -> csr_matrix:
    """Return the share of each piece in each text, shape (len(texts), pieces); the unknown piece has none."""
    from scipy.sparse import csr_matrix

    ids = [encoding.ids for encoding in tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)]
    lengths = np.array([len(found) for found in ids], np.int64)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    shares = np.repeat(1 / np.maximum(lengths, 1), lengths).astype(np.float32)
    flat = np.concatenate([np.asarray(found, np.int32) for found in ids])
    shares[flat == 0] = 0
    matrix = csr_matrix((shares, flat, starts), shape=(len(texts), tokenizer.get_vocab_size()))
    matrix.sum_duplicates()
    return matrix
