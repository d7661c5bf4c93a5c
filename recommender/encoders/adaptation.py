"""Adaptation of a static encoder to an organisation's own texts, refused where it gains nothing or loses in general."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from models.errors import AdaptationRefusedError, InvalidInputError
from recommender.encoders.encoder_folder import publish_encoder, unfinished_folder, writing_encoder
from recommender.encoders.general_quality import GeneralCheck, compare_general, measure_general
from recommender.encoders.measures import partner_reciprocal_ranks
from recommender.encoders.own_learning import OwnLearning, learn_pairs, weigh_by_frequency
from recommender.encoders.own_pairs import OwnPairs
from recommender.encoders.static import StaticEncoder, save_static
from recommender.indexes.index import Embeddings
from recommender.stop_words import STOP_WORDS

NAME: Final = "adapted"
FEWEST_LEARNED: Final = 100
FEWEST_HELD_OUT: Final = 20
# How far from the start toward what was learned; the first that keeps general quality is taken.
_STRENGTHS: Final = (1.0, 0.5, 0.25)


@dataclass(frozen=True, slots=True)
class Gain:
    """What the organisation's held-out titles gained; both are mean reciprocal ranks of their own texts."""

    before: float
    after: float
    error: float
    """Standard error of the difference."""

    @property
    def certain(self) -> bool:
        """Return whether the gain is more than chance would often give."""
        return self.after - self.before > self.error


@dataclass(frozen=True, slots=True)
class Adaptation:
    """An adapted encoder, and how it was judged before it was kept."""

    encoder: StaticEncoder
    learned: int
    held_out: int
    strength: float
    """1 for all that was learned, less where general quality asked for it."""
    gain: Gain
    general: GeneralCheck
    seconds: float


def adapt_encoder(
    start: StaticEncoder, pairs: OwnPairs, output: Path, learning: OwnLearning | None = None
) -> Adaptation:
    """Adapt an encoder to pairs of texts and write it; what was at `output` stays unless all went well.

    Raises:
        InvalidInputError: the start is adapted already, there are too few pairs, or `output` holds something else.
        AdaptationRefusedError: general quality would fall, or nothing is gained.
        LockedError: another adaptation writes there.
    """
    began = time.perf_counter()
    if start.id.startswith(f"static:{NAME}:"):
        message = "This encoder was adapted already; start again from the one it came from, such as bundled."
        raise InvalidInputError(message)
    _require_enough(pairs)
    with writing_encoder(output):
        before = start.piece_embeddings()
        learned = _learn(start, before, pairs, learning or OwnLearning())
        folder = unfinished_folder(output)
        try:
            strength, general = _write_what_keeps(start, before, learned, folder)
            gain = measure_gain(start, StaticEncoder.load(folder), pairs)
            if not gain.certain:
                message = f"Nothing was gained, so nothing was written: {describe_gain(gain, len(pairs.held_out))}."
                raise AdaptationRefusedError(message)
            publish_encoder(folder, output)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    seconds = time.perf_counter() - began
    encoder = StaticEncoder.load(output)
    return Adaptation(encoder, len(pairs.learned), len(pairs.held_out), strength, gain, general, seconds)


def measure_gain(before: StaticEncoder, after: StaticEncoder, pairs: OwnPairs) -> Gain:
    """Return what the held-out pairs gain."""
    titles, texts = [pair.first for pair in pairs.held_out], [pair.second for pair in pairs.held_out]
    old, new = (partner_reciprocal_ranks(encoder.encode, titles, texts) for encoder in (before, after))
    error = float(np.std(new - old, ddof=1) / np.sqrt(len(old)))
    return Gain(float(np.mean(old)), float(np.mean(new)), error)


def describe_gain(gain: Gain, held_out: int) -> str:
    """Return the figures of a gain in words."""
    return (
        f"on {held_out} held-out subjects, the text of a title is found at mean reciprocal rank {gain.after:.3f}, "
        f"before {gain.before:.3f} (standard error of the difference {gain.error:.3f})"
    )


def describe_general(check: GeneralCheck) -> str:
    """Return the figures of a general check in words."""
    return (
        f"{check.accuracy_after:.1%} of general sentences find their translation, before {check.accuracy_before:.1%}; "
        f"their similarities correlate {check.correlation:.3f} with those before"
    )


def _require_enough(pairs: OwnPairs) -> None:
    if len(pairs.learned) < FEWEST_LEARNED or len(pairs.held_out) < FEWEST_HELD_OUT:
        message = (
            f"Too little to learn from: {len(pairs.learned)} pairs of texts, and {len(pairs.held_out)} to measure on; "
            f"at least {FEWEST_LEARNED} and {FEWEST_HELD_OUT} are needed, from documents that the whole organisation "
            "may read. Import more threads or documents first."
        )
        raise InvalidInputError(message)


def _learn(start: StaticEncoder, before: Embeddings, pairs: OwnPairs, learning: OwnLearning) -> Embeddings:
    """Return what the pairs make of the embeddings of the pieces."""
    kept, first, second = [], [], []
    for pair, left, right in zip(
        pairs.learned,
        start.pieces([pair.first for pair in pairs.learned]),
        start.pieces([pair.second for pair in pairs.learned]),
        strict=True,
    ):
        if len(left) and len(right):
            kept.append(pair.subject)
            first.append(left)
            second.append(right)
    if not kept:
        return before
    weighed = weigh_by_frequency(before, [*first, *second], _grammar(start))
    return learn_pairs(weighed, first, second, kept, learning)


def _grammar(encoder: StaticEncoder) -> npt.NDArray[np.int64]:
    """Return the stop words of all languages that are one piece."""
    words = sorted(frozenset[str]().union(*STOP_WORDS.values()))
    return np.unique([pieces[0] for pieces in encoder.pieces(words) if len(pieces) == 1])


def _write_what_keeps(
    start: StaticEncoder, before: Embeddings, learned: Embeddings, folder: Path
) -> tuple[float, GeneralCheck]:
    """Write the strongest of the mixtures of before and learned that keeps general quality, and return its check."""
    quality = measure_general(start.encode)
    for strength in _STRENGTHS:
        mixed = before + np.float32(strength) * (learned - before)
        save_static(folder, start.tokenizer, mixed, NAME, "int8")
        check = compare_general(quality, measure_general(StaticEncoder.load(folder).encode))
        if check.kept:
            return strength, check
    message = f"General quality would fall, so nothing was written: {describe_general(check)}."
    raise AdaptationRefusedError(message)
