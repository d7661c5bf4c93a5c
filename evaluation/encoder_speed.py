"""How many short sentences an encoder takes in a second, alone and beside another."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from recommender.encoders.encoder import Encoder

_TEXTS_TIMED: Final = 20_000
# Beside a neural network: enough for seconds of it.
_TEXTS_BESIDE: Final = 500
_RUNS: Final = 3


def use_one_thread() -> None:
    """Let the tokenizers of this process use one thread; to be called before any is used."""
    os.environ["TOKENIZERS_PARALLELISM"] = "false"


def use_one_torch_thread() -> None:
    """Let PyTorch use one thread too."""
    import torch

    torch.set_num_threads(1)


def short_sentences(folder: Path) -> list[str]:
    """Return the first sentence of each judged pair of the files in a folder."""
    lines = [line for path in sorted(folder.glob("*.csv")) for line in path.read_text(encoding="utf-8").splitlines()]
    return [line.split(",")[0] for line in lines]


def measure_speed(encoder: Encoder, folder: Path) -> int:
    """Return how many sentences are encoded in a second; 0 where there are none to encode."""
    sentences = short_sentences(folder)
    if not sentences:
        return 0
    texts = (sentences * (_TEXTS_TIMED // len(sentences) + 1))[:_TEXTS_TIMED]
    return round(len(texts) / _time(encoder, texts))


def measure_beside(encoder: Encoder, other: Encoder, folder: Path) -> dict[str, float]:
    """Return the sentences a second of two encoders on the same sentences in turn, best of some runs, and their ratio.

    Sentences are of all files in equal steps, so that both languages are there.
    """
    sentences = short_sentences(folder)
    texts = sentences[:: max(1, len(sentences) // _TEXTS_BESIDE)][:_TEXTS_BESIDE]
    first, second = [], []
    for _ in range(_RUNS):
        first.append(_time(encoder, texts))
        second.append(_time(other, texts))
    return {
        "short_sentences_per_s": round(len(texts) / min(first)),
        "other_short_sentences_per_s": round(len(texts) / min(second)),
        "ratio": round(min(second) / min(first), 1),
    }


def _time(encoder: Encoder, texts: Sequence[str]) -> float:
    """Return the seconds that encoding takes, once the encoder is warm."""
    encoder.encode(texts[:100])
    start = time.perf_counter()
    encoder.encode(texts)
    return time.perf_counter() - start
