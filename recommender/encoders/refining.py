"""Refining of an encoder: what belongs together comes closer than the rest, and texts relate as the teacher says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
from rich.progress import track

from recommender.encoders.batches import Mixed, Neighbours, TokenTable, group_neighbours
from recommender.encoders.training_pairs import Pair
from recommender.indexes.index import Embeddings

if TYPE_CHECKING:
    from tokenizers import Tokenizer

# Fractions of the dimensions that have to rank on their own, so that a shorter embedding can be cut from a longer one.
_MATRYOSHKA: Final = (1, 2)
_WARM_UP: Final = 0.1
# Length of the noise in place of zeros, as a share of the mean.
_NOISE: Final = 0.1


@dataclass(frozen=True, slots=True)
class RefiningSettings:
    """How long and how strongly to learn."""

    steps: int
    """Batches altogether; each is of one kind."""
    lesson_share: float
    """Share of the batches that hold lessons; the rest are pairs, in proportion to how many there are of each kind."""
    batch_size: int
    learning_rate: float
    scale: float
    """What cosines are multiplied by before the softmax: the inverse of its temperature."""
    relation_weight: float
    """How much the cosines between two lessons count, beside those of each lesson with its answer."""
    neighbourhoods: int
    """Groups of similar lessons; batches are drawn from few of them, so that their cosines differ from zero."""
    seed: int
    device: str | None = None


@dataclass(frozen=True, slots=True)
class Lessons:
    """Texts and what the teacher says of them."""

    texts: Sequence[str]
    numbers: npt.NDArray[np.int64]
    """Which row of the embeddings belongs to each text."""
    embeddings: Embeddings


def refine_embeddings(
    tokenizer: Tokenizer,
    embeddings: Embeddings,
    parallel: Sequence[Pair],
    questions: Sequence[Pair],
    lessons: Lessons,
    settings: RefiningSettings,
) -> Embeddings:
    """Return the embeddings of the pieces after learning from pairs and lessons in turn.

    The unknown piece keeps its zeros.
    """
    import torch

    device = torch.device(settings.device or ("cuda" if torch.cuda.is_available() else "cpu"))
    draw = np.random.default_rng(settings.seed)
    weights = torch.nn.Parameter(torch.from_numpy(_without_zeros(embeddings, settings.seed)).to(device))
    losses: dict[str, Callable[[], Any]] = {}
    for kind, pairs in (("parallel", parallel), ("questions", questions)):
        if len(pairs) >= settings.batch_size:
            losses[kind] = _ranking_loss(tokenizer, weights, pairs, settings, draw)
    losses["lessons"] = _lesson_loss(tokenizer, weights, lessons, settings, draw)
    counts = {"parallel": len(parallel), "questions": len(questions)}
    optimizer = torch.optim.Adam([weights])
    for step, kind in enumerate(
        track(_in_turn(_shares(losses, counts, settings.lesson_share), settings.steps), description="Refining")
    ):
        for group in optimizer.param_groups:
            group["lr"] = settings.learning_rate * _warmth(step, settings.steps)
        optimizer.zero_grad()
        losses[kind]().backward()
        if weights.grad is not None:
            weights.grad[0] = 0
        optimizer.step()
    refined: Embeddings = weights.detach().cpu().numpy().copy()
    refined[0] = 0
    return refined


def _ranking_loss(
    tokenizer: Tokenizer,
    weights: Any,  # noqa: ANN401 (torch is imported when refining starts)
    pairs: Sequence[Pair],
    settings: RefiningSettings,
    draw: np.random.Generator,
) -> Callable[[], Any]:
    """Return the loss of the next batch: each text has to find its partner among those of the batch, both ways."""
    from torch.nn import functional

    sides = (
        TokenTable(tokenizer, [pair.first for pair in pairs]),
        TokenTable(tokenizer, [pair.second for pair in pairs]),
    )
    batches = Mixed(len(pairs), draw)

    def loss() -> Any:  # noqa: ANN401 (see _ranking_loss)
        import torch

        rows = batches.take(settings.batch_size)
        first, second = (_embed(weights, side, rows) for side in sides)
        own = torch.arange(len(rows), device=weights.device)
        losses = []
        for part in _MATRYOSHKA:
            dim = weights.shape[1] // part
            ends = (functional.normalize(side[:, :dim], dim=1) for side in (first, second))
            scores = settings.scale * next(ends) @ next(ends).T
            losses += [functional.cross_entropy(scores, own), functional.cross_entropy(scores.T, own)]
        return torch.stack(losses).mean()

    return loss


def _lesson_loss(
    tokenizer: Tokenizer,
    weights: Any,  # noqa: ANN401 (torch is imported when refining starts)
    lessons: Lessons,
    settings: RefiningSettings,
    draw: np.random.Generator,
) -> Callable[[], Any]:
    """Return the loss of the next batch: how far each lesson is from its answer, and its cosines from the answers'."""
    import torch
    from torch.nn import functional

    table = TokenTable(tokenizer, lessons.texts)
    groups = group_neighbours(lessons.embeddings, settings.neighbourhoods, settings.seed)[lessons.numbers]
    batches = Neighbours(groups, draw)

    def loss() -> Any:  # noqa: ANN401 (see _ranking_loss)
        rows = batches.take(min(settings.batch_size, len(groups)))
        answers = torch.from_numpy(lessons.embeddings[lessons.numbers[rows]]).to(weights.device)
        found = functional.normalize(_embed(weights, table, rows), dim=1)
        apart = 1 - (found * answers).sum(dim=1).mean()
        relations = ((found @ found.T - answers @ answers.T) ** 2).mean()
        return apart + settings.relation_weight * relations

    return loss


def _embed(weights: Any, table: TokenTable, rows: npt.NDArray[np.int64]) -> Any:  # noqa: ANN401 (see _ranking_loss)
    """Return the sums of the embeddings of the texts' tokens."""
    import torch
    from torch.nn import functional

    tokens, starts = (torch.from_numpy(array).to(weights.device) for array in table.batch(rows))
    return functional.embedding_bag(tokens, weights, starts, mode="sum")


def _shares(losses: dict[str, Any], counts: dict[str, int], lesson_share: float) -> dict[str, float]:
    """Return the share of the batches that each kind gets."""
    pairs = {kind: counts[kind] for kind in losses if kind != "lessons"}
    shares = {kind: (1 - lesson_share) * count / sum(pairs.values()) for kind, count in pairs.items()}
    return {**shares, "lessons": lesson_share if pairs else 1.0}


def _in_turn(shares: dict[str, float], steps: int) -> list[str]:
    """Return the kind of each batch: always the one most behind its share."""
    due = dict.fromkeys(shares, 0.0)
    kinds = []
    for _ in range(steps):
        due = {kind: owed + shares[kind] for kind, owed in due.items()}
        kind = max(due, key=lambda name: due[name])
        due[kind] -= 1
        kinds.append(kind)
    return kinds


def _warmth(step: int, steps: int) -> float:
    """Return the factor of the learning rate: rising at first, then falling to zero."""
    rising = max(1, round(_WARM_UP * steps))
    return min((step + 1) / rising, (steps - step) / max(1, steps - rising))


def _without_zeros(embeddings: Embeddings, seed: int) -> Embeddings:
    """Return a copy with noise in the rows of zeros.

    The direction of a text of zeros has an infinite gradient, which would silence the other texts of its batch.
    """
    filled: Embeddings = embeddings.copy()
    empty = ~filled.any(axis=1)
    spread = _NOISE * float(np.abs(filled[~empty]).mean()) if not empty.all() else _NOISE
    noise = np.random.default_rng(seed).standard_normal((int(empty.sum()), filled.shape[1]))
    filled[empty] = spread * noise.astype(np.float32)
    return filled
