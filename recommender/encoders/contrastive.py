"""Contrastive learning: texts that belong together come closer than others, while the teacher's lessons are kept."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from recommender.encoders.training_pairs import Pair
from recommender.indexes.index import Embeddings

if TYPE_CHECKING:
    from tokenizers import Tokenizer

# Fractions of the dimensions that have to rank on their own, so that a shorter embedding can be cut from a longer one.
_MATRYOSHKA: Final = (1, 2)
# Each text has to find its partner among those of the batch, both ways.
_DIRECTIONS: Final = ("query_to_doc", "doc_to_query")

# Length of the noise in place of zeros, as a share of the mean.
_NOISE: Final = 0.1


@dataclass(frozen=True, slots=True)
class ContrastiveSettings:
    """How long and how strongly to learn."""

    epochs: float
    batch_size: int
    learning_rate: float
    scale: float
    """What cosines are multiplied by before the softmax: the inverse of its temperature."""
    seed: int
    device: str | None = None


@dataclass(frozen=True, slots=True)
class Lessons:
    """Texts and what the teacher says of them."""

    texts: Sequence[str]
    numbers: Any
    """Which row of the embeddings belongs to each text; int64."""
    embeddings: Embeddings


def refine_embeddings(
    tokenizer: Tokenizer,
    embeddings: Embeddings,
    parallel: Sequence[Pair],
    questions: Sequence[Pair],
    lessons: Lessons,
    settings: ContrastiveSettings,
) -> Embeddings:
    """Return the embeddings of the pieces after learning from pairs and lessons in turn.

    Batches are of one kind each, drawn in proportion to what there is of the kind. The unknown piece keeps its zeros.
    """
    from sentence_transformers import (
        SentenceTransformer,
        SentenceTransformerTrainer,
        SentenceTransformerTrainingArguments,
    )
    from sentence_transformers.sentence_transformer import losses
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding

    module = StaticEmbedding(tokenizer, embedding_weights=_without_zeros(embeddings, settings.seed))
    model = SentenceTransformer(modules=[module], device=settings.device)
    ranking = losses.MatryoshkaLoss(
        model,
        losses.MultipleNegativesRankingLoss(
            model, scale=settings.scale, directions=_DIRECTIONS, partition_mode="per_direction"
        ),
        [embeddings.shape[1] // part for part in _MATRYOSHKA],
    )
    kept = losses.EmbedDistillLoss(model, distance_metric="cosine")
    given = {
        "parallel": _to_dataset(parallel),
        "questions": _to_dataset(questions),
        "lessons": _lessons_dataset(lessons),
    }
    learned: dict[str, Any] = {kind: dataset for kind, dataset in given.items() if len(dataset) >= settings.batch_size}
    loss_of: dict[str, Any] = {kind: kept if kind == "lessons" else ranking for kind in learned}
    with tempfile.TemporaryDirectory() as folder:
        arguments = SentenceTransformerTrainingArguments(
            output_dir=folder,
            num_train_epochs=settings.epochs,
            per_device_train_batch_size=settings.batch_size,
            learning_rate=settings.learning_rate,
            warmup_steps=0.1,
            seed=settings.seed,
            data_seed=settings.seed,
            save_strategy="no",
            report_to="none",
            logging_steps=50,
            dataloader_drop_last=True,
            dataloader_pin_memory=False,
            use_cpu=settings.device == "cpu",
            disable_tqdm=False,
        )
        trainer = SentenceTransformerTrainer(
            model=model,
            args=arguments,
            train_dataset=learned,
            loss=loss_of,
        )
        trainer.train()
    refined: Embeddings = module.embedding.weight.detach().cpu().numpy().copy()
    refined[0] = 0
    return refined


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


def _to_dataset(pairs: Sequence[Pair]) -> Any:  # noqa: ANN401 (datasets is imported when training starts)
    from datasets import Dataset

    return Dataset.from_dict({"anchor": [pair.first for pair in pairs], "positive": [pair.second for pair in pairs]})


def _lessons_dataset(lessons: Lessons) -> Any:  # noqa: ANN401 (see _to_dataset)
    import pyarrow as pa
    from datasets import Dataset

    labels = lessons.embeddings[lessons.numbers]
    column = pa.FixedSizeListArray.from_arrays(pa.array(labels.ravel()), labels.shape[1])
    return Dataset(pa.table({"sentence": list(lessons.texts), "label": column}))
