"""Any sentence-transformers model as an encoder; PyTorch is imported when one is made."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from models.errors import InvalidInputError, MissingPackageError
from recommender.indexes.index import Embeddings


class SentenceTransformerEncoder:
    """A sentence-transformers model, given by name or by path."""

    def __init__(self, name_or_path: str) -> None:
        try:
            # Four seconds and PyTorch, which the default installation has not.
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            message = f"Encoder '{name_or_path}' needs sentence-transformers: pip install \"releve[encoders]\""
            raise MissingPackageError(message) from error
        try:
            self._model = SentenceTransformer(name_or_path)
        except (OSError, ValueError) as error:
            message = f"No sentence-transformers model '{name_or_path}' could be loaded: {error}"
            raise InvalidInputError(message) from error
        self._name = name_or_path
        self._dim = int(self._model.encode([""], show_progress_bar=False).shape[1])

    @property
    def id(self) -> str:
        """Return the name and dim; a model that changed under its name is not noticed."""
        return f"sentence-transformers:{self._name}:{self._dim}"

    @property
    def dim(self) -> int:
        """Return the length of an embedding."""
        return self._dim

    def encode(self, texts: Sequence[str]) -> Embeddings:
        """Return one row per text, shape (len(texts), dim), float32, unit length; zero for a blank text."""
        embeddings = np.zeros((len(texts), self._dim), np.float32)
        rows = [row for row, text in enumerate(texts) if text.strip()]
        if rows:
            found = self._model.encode([texts[row] for row in rows], show_progress_bar=False, convert_to_numpy=True)
            lengths = np.linalg.norm(found, axis=1, keepdims=True)
            embeddings[rows] = np.divide(found, lengths, out=np.zeros_like(found), where=lengths > 0)
        return embeddings
