"""The static encoder: one embedding per token, added up; NumPy and a tokenizer, no neural network to run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import numpy.typing as npt

from models.errors import InvalidInputError
from recommender.indexes.index import Embeddings

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_DESCRIPTION_FILE: Final = "static.json"
_TOKENIZER_FILE: Final = "tokenizer.json"
_EMBEDDINGS_FILE: Final = "embeddings.npy"
_SCALES_FILE: Final = "scales.npy"
_FORMAT: Final = 1

# Texts tokenized in one call, and tokens added up at once: 8 MB of float32 at dim 256.
_BATCH_TEXTS: Final = 1_024
_CHUNK_TOKENS: Final = 8_192

Precision = Literal["int8", "float16"]


class StaticEncoder:
    """The unit-length sum of the embeddings of a text's tokens.

    Tokens that say nothing, such as the unknown one, have rows of zeros; a text of only such tokens gets zeros.
    """

    def __init__(
        self, encoder_id: str, tokenizer: Tokenizer, table: npt.NDArray[Any], scales: npt.NDArray[np.float32] | None
    ) -> None:
        self._id = encoder_id
        self._tokenizer = tokenizer
        self._table = table
        self._scales = scales

    @classmethod
    def load(cls, folder: Path) -> StaticEncoder:
        """Open an encoder written by save_static; the table of embeddings is memory-mapped.

        Raises:
            InvalidInputError: the folder holds no static encoder, or one of another format.
        """
        from tokenizers import Tokenizer

        try:
            description = json.loads((folder / _DESCRIPTION_FILE).read_text(encoding="utf-8"))
            table = np.load(folder / _EMBEDDINGS_FILE, mmap_mode="r").view(np.ndarray)
            scales = np.load(folder / _SCALES_FILE) if table.dtype == np.int8 else None
            tokenizer = Tokenizer.from_str((folder / _TOKENIZER_FILE).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            message = f"No static encoder in {folder} ({error}); give the folder that save_static wrote."
            raise InvalidInputError(message) from error
        if description["format"] != _FORMAT:
            message = (
                f"The static encoder in {folder} has format {description['format']}, not {_FORMAT}; train it anew."
            )
            raise InvalidInputError(message)
        tokenizer.no_padding()
        tokenizer.no_truncation()
        return cls(f"static:{description['name']}:{description['digest']}", tokenizer, table, scales)

    @property
    def id(self) -> str:
        """Return the name and the digest of the weights."""
        return self._id

    @property
    def dim(self) -> int:
        """Return the length of an embedding."""
        return int(self._table.shape[1])

    @property
    def tokenizer(self) -> Tokenizer:
        """Return what cuts texts into pieces; its ids are the rows of piece_embeddings."""
        return self._tokenizer

    def piece_embeddings(self) -> Embeddings:
        """Return the embedding of each piece, float32, shape (pieces, dim), as long as it weighs."""
        table: Embeddings = self._table.astype(np.float32)
        return table if self._scales is None else table * self._scales[:, None]

    def pieces(self, texts: Sequence[str]) -> list[npt.NDArray[np.int64]]:
        """Return the numbers of the pieces of each text, in order."""
        return [np.asarray(ids, np.int64) for ids in self._tokenize(list(texts))]

    def encode(self, texts: Sequence[str]) -> Embeddings:
        """Return one row per text, shape (len(texts), dim), float32, unit length; zero where nothing is known."""
        sums = np.zeros((len(texts), self.dim), np.float32)
        for rows, tokens in self._chunks(texts):
            values = self._table[tokens].astype(np.float32)
            if self._scales is not None:
                values *= self._scales[tokens, None]
            # Each run of equal rows is added up; a long text goes on in the next chunk.
            starts = np.flatnonzero(np.diff(rows, prepend=-1))
            sums[rows[starts]] += np.add.reduceat(values, starts, axis=0)
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        embeddings: Embeddings = np.divide(sums, lengths, out=np.zeros_like(sums), where=lengths > 0)
        return embeddings

    def _chunks(self, texts: Sequence[str]) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
        """Yield the number of the text and the token, for at most _CHUNK_TOKENS tokens at a time."""
        for first in range(0, len(texts), _BATCH_TEXTS):
            batch = list(texts[first : first + _BATCH_TEXTS])
            tokens = self._tokenize(batch)
            rows = np.repeat(np.arange(first, first + len(batch)), [len(ids) for ids in tokens])
            flat = np.concatenate([np.asarray(ids, np.int64) for ids in tokens])
            for start in range(0, len(flat), _CHUNK_TOKENS):
                yield rows[start : start + _CHUNK_TOKENS], flat[start : start + _CHUNK_TOKENS]

    def _tokenize(self, texts: list[str]) -> list[list[int]]:
        try:
            encodings = self._tokenizer.encode_batch_fast(texts, add_special_tokens=False)
        except TypeError:  # a text that is no Unicode, as a broken file name or message can give
            known = [_without_surrogates(text) for text in texts]
            encodings = self._tokenizer.encode_batch_fast(known, add_special_tokens=False)
        return [encoding.ids for encoding in encodings]


def _without_surrogates(text: str) -> str:
    """Return the text with a question mark for each half of a character, which no UTF-8 can write."""
    return text.encode("utf-8", "replace").decode("utf-8")


def save_static(
    folder: Path, tokenizer: Tokenizer, embeddings: npt.NDArray[np.floating[Any]], name: str, precision: Precision
) -> None:
    """Write a static encoder into a folder.

    Args:
        folder: made when missing.
        tokenizer: its ids are the rows of the embeddings.
        embeddings: shape (tokens, dim), any length: a token weighs as much as its row is long.
        name: the first part of the encoder's id; the rest is a digest of what is written.
        precision: int8 has one scale per row.
    """
    folder.mkdir(parents=True, exist_ok=True)
    table, scales = embeddings.astype(np.float16), None
    if precision == "int8":
        largest = np.abs(embeddings).max(axis=1)
        scales = (largest / np.iinfo(np.int8).max).astype(np.float32)
        divisors = np.where(scales > 0, scales, 1)[:, None]
        table = np.rint(embeddings / divisors).astype(np.int8)
        np.save(folder / _SCALES_FILE, scales)
    np.save(folder / _EMBEDDINGS_FILE, table)
    (folder / _TOKENIZER_FILE).write_text(tokenizer.to_str(), encoding="utf-8")
    digest = hashlib.blake2b(tokenizer.to_str().encode(), digest_size=8)
    digest.update(table.tobytes())
    digest.update(b"" if scales is None else scales.tobytes())
    description = {"format": _FORMAT, "name": name, "digest": digest.hexdigest()}
    (folder / _DESCRIPTION_FILE).write_text(json.dumps(description), encoding="utf-8")


def to_sentence_transformer(folder: Path) -> Any:  # noqa: ANN401 (PyTorch is imported when one is made)
    """Return the static encoder of a folder as a SentenceTransformer; rows are added up in float32 there too."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, StaticEmbedding
    from tokenizers import Tokenizer

    table = np.load(folder / _EMBEDDINGS_FILE).astype(np.float32)
    if (folder / _SCALES_FILE).exists():
        table *= np.load(folder / _SCALES_FILE)[:, None]
    tokenizer = Tokenizer.from_str((folder / _TOKENIZER_FILE).read_text(encoding="utf-8"))
    return SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_weights=table), Normalize()])
