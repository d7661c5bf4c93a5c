"""Training of an encoder, stage after stage: pairs, tokenizer, teacher, distillation, refining, weights."""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from itertools import chain, permutations, repeat
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
from rich.console import Console

from models.errors import InvalidInputError, MissingPackageError
from recommender.encoders.distillation import add_translations, add_word_translations, fit_embeddings
from recommender.encoders.measures import (
    crossed_correlation,
    partner_accuracy,
    partner_reciprocal_rank,
    similarity_correlation,
)
from recommender.encoders.refining import Lessons, RefiningSettings, refine_embeddings
from recommender.encoders.static import StaticEncoder, save_static
from recommender.encoders.teaching import Teacher, choose_lessons, read_texts
from recommender.encoders.tokenizer_training import train_tokenizer
from recommender.encoders.training_config import TrainingConfig
from recommender.encoders.training_pairs import Pair, TrainingPairs, read_pairs
from recommender.encoders.weighting import shorten_frequent
from recommender.encoders.word_translations import learn_dictionary
from recommender.indexes.index import Embeddings

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_CONFIG_FILE: Final = "config.json"
_LOG_FILE: Final = "evaluations.jsonl"
_TOKENIZER_FILE: Final = "tokenizer.json"
# So that the words of the teacher are frequent enough to become pieces.
_WORD_REPEATS: Final = 3
# Every text is compared with every partner.
_MOST_EVALUATED: Final = 2_000
# What may differ between runs that share a work folder.
_MAY_CHANGE: Final = frozenset(("work", "output", "name", "precision", "threads", "device", "similarity"))


def train_encoder(config: TrainingConfig) -> StaticEncoder:
    """Train an encoder, write it, and return it; stages already done with these settings are not done again."""
    _prepare(config)
    pairs = read_pairs(config.pairs, config.excluded_sources, config.max_per_source, config.max_chars, config.seed)
    teacher = Teacher(config.teacher, config.work / "teacher")
    words = teacher.words()
    tokenizer = _learn_tokenizer(config, pairs, words)
    lessons = _collect_lessons(config, tokenizer, teacher, pairs, words)
    answers = lessons.embeddings[lessons.numbers]
    distilled = _run_stage(
        config,
        "distilled",
        lambda: fit_embeddings(tokenizer, lessons.texts, answers, config.ridge, config.iterations),
    )
    _evaluate(config, tokenizer, distilled, pairs, "distilled")
    settings = RefiningSettings(
        config.steps,
        config.lesson_share,
        config.batch_size,
        config.learning_rate,
        config.scale,
        config.relation_weight,
        config.neighbourhoods,
        config.seed,
        config.device,
    )
    refined = _run_stage(
        config,
        "refined",
        lambda: refine_embeddings(tokenizer, distilled, pairs.parallel, pairs.questions, lessons, settings),
    )
    _evaluate(config, tokenizer, refined, pairs, "refined")
    weighed = shorten_frequent(refined, _piece_shares(tokenizer, _balanced(config, pairs)), config.half_weight)
    _evaluate(config, tokenizer, weighed, pairs, "weighed")
    save_static(config.output, tokenizer, weighed, config.name, config.precision)
    return StaticEncoder.load(config.output)


def _prepare(config: TrainingConfig) -> None:
    """Set what makes a run repeatable, and refuse to go on in the work folder of another configuration."""
    try:
        import scipy  # noqa: F401 (imported now to be told at once that it is missing)
        import torch
    except ImportError as error:
        message = 'Training an encoder needs more packages: pip install "releve[training]"'
        raise MissingPackageError(message) from error
    torch.set_num_threads(config.threads)
    torch.manual_seed(config.seed)
    random.seed(config.seed)
    config.work.mkdir(parents=True, exist_ok=True)
    description = {key: value for key, value in asdict(config).items() if key not in _MAY_CHANGE}
    written = json.dumps(description, default=str, indent=1, sort_keys=True)
    path = config.work / _CONFIG_FILE
    if path.exists() and path.read_text(encoding="utf-8") != written:
        message = f"{config.work} holds the stages of another configuration ({path}); name another work folder."
        raise InvalidInputError(message)
    path.write_text(written, encoding="utf-8")


def _learn_tokenizer(config: TrainingConfig, pairs: TrainingPairs, words: Sequence[str]) -> Tokenizer:
    from tokenizers import Tokenizer

    path = config.work / _TOKENIZER_FILE
    if not path.exists():
        texts = chain(_balanced(config, pairs), chain.from_iterable(repeat(words, _WORD_REPEATS)))
        unfinished = path.with_suffix(".unfinished")
        train_tokenizer(texts, config.vocabulary).save(str(unfinished))
        unfinished.rename(path)
    return Tokenizer.from_str(path.read_text(encoding="utf-8"))


def _collect_lessons(
    config: TrainingConfig, tokenizer: Tokenizer, teacher: Teacher, pairs: TrainingPairs, words: Sequence[str]
) -> Lessons:
    """Return the English lessons, what stands for them in French, and what the teacher says of them."""
    first = [*words, *read_texts(config.texts)]
    chosen = choose_lessons(pairs, first, config.favoured_sources, config.lessons_per_source, config.lessons)
    answers = teacher.embed(chosen)
    texts, numbers = add_translations(chosen, pairs.parallel)
    dictionary = learn_dictionary(tokenizer, pairs.parallel, config.favoured_sources, config.aligned_per_source)
    texts, numbers = add_word_translations(tokenizer, texts, numbers, dictionary)
    _log(config, {"lessons": len(chosen), "texts of lessons": len(texts), "dictionary": len(dictionary)})
    return Lessons(texts, numbers, answers)


def _balanced(config: TrainingConfig, pairs: TrainingPairs) -> Iterator[str]:
    """Yield both sides of the pairs, no source so often that its own words crowd out those of the language."""
    for kind in (pairs.parallel, pairs.questions):
        taken: Counter[str] = Counter()
        for pair in kind:
            taken[pair.source] += 1
            if pair.source in config.favoured_sources or taken[pair.source] <= config.vocabulary_per_source:
                yield pair.first
                yield pair.second


def _piece_shares(tokenizer: Tokenizer, texts: Iterable[str]) -> npt.NDArray[np.float64]:
    """Return how frequent each piece is, as a share of all pieces of the texts."""
    counts = np.zeros(tokenizer.get_vocab_size(), np.int64)
    for encoding in tokenizer.encode_batch_fast(list(texts), add_special_tokens=False):
        np.add.at(counts, encoding.ids, 1)
    return counts / max(int(counts.sum()), 1)


def _run_stage(config: TrainingConfig, name: str, run: Callable[[], Embeddings]) -> Embeddings:
    """Return what a stage made before, or run it and keep what it makes."""
    path = config.work / f"{name}.npy"
    if not path.exists():
        start = time.perf_counter()
        made = run()
        unfinished = path.with_suffix(".unfinished")
        with unfinished.open("wb") as file:
            np.save(file, made)
        unfinished.rename(path)
        _log(config, {"stage": name, "seconds": round(time.perf_counter() - start, 1)})
    found: Embeddings = np.load(path)
    return found


def _evaluate(
    config: TrainingConfig, tokenizer: Tokenizer, embeddings: Embeddings, pairs: TrainingPairs, stage: str
) -> None:
    """Log how good the embeddings of a stage are, as they would be saved, on judged and on held-out pairs."""
    folder = config.work / f"{stage}-encoder"
    save_static(folder, tokenizer, embeddings, config.name, config.precision)
    encode = StaticEncoder.load(folder).encode
    measured: dict[str, Any] = {"stage": stage}
    if config.similarity is not None:
        paths = sorted(config.similarity.glob("*-dev.csv"))
        for path in paths:
            measured[f"spearman {path.stem}"] = round(similarity_correlation(encode, path), 4)
        for first, second in permutations(paths, 2):
            name = f"spearman {first.stem} with {second.stem}"
            measured[name] = round(crossed_correlation(encode, first, second), 4)
    english, french = _sides(pairs.held_out_parallel)
    if english:
        measured["accuracy fr to en"] = round(partner_accuracy(encode, french, english), 4)
    for languages in sorted({pair.languages for pair in pairs.held_out_questions}):
        asked, documents = _sides([pair for pair in pairs.held_out_questions if pair.languages == languages])
        measured[f"reciprocal rank {' to '.join(languages)}"] = round(
            partner_reciprocal_rank(encode, asked, documents), 4
        )
    _log(config, measured)


def _sides(pairs: Sequence[Pair]) -> tuple[list[str], list[str]]:
    some = pairs[:_MOST_EVALUATED]
    return [pair.first for pair in some], [pair.second for pair in some]


def _log(config: TrainingConfig, line: dict[str, Any]) -> None:
    """Add a line to the log of evaluations, and show it."""
    with (config.work / _LOG_FILE).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
    Console(stderr=True).print(line)
