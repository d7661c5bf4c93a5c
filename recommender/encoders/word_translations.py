"""French for English texts that nobody translated: word by word, with a dictionary learned from parallel texts.

An encoder that adds up words knows no order, so a text in the wrong order teaches it as much as one in the right one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from recommender.encoders.training_pairs import Pair

if TYPE_CHECKING:
    from tokenizers import Tokenizer

# Longer texts cost more and align worse.
_MAX_WORDS: Final = 16
_ROUNDS: Final = 4
_MIN_PROBABILITY: Final = 0.1
_MIN_COUNT: Final = 2.0
# A text with fewer of its words translated is no French.
_MIN_SHARE: Final = 0.6


def split_words(tokenizer: Tokenizer, text: str) -> list[str]:
    """Return the words of a text as the tokenizer sees them before it cuts them into pieces."""
    normalized = tokenizer.normalizer.normalize_str(text)
    return [word for word, _ in tokenizer.pre_tokenizer.pre_tokenize_str(normalized)]


def learn_dictionary(
    tokenizer: Tokenizer, parallel: Iterable[Pair], favoured_sources: Sequence[str], max_per_source: int
) -> dict[str, str]:
    """Return the most likely French word for each English word that has a likely one.

    Args:
        favoured_sources: sources of which all pairs are read.
        max_per_source: pairs of each of the other sources beyond these are left out.

    Source:
        IBM model 1 of Brown et al. 1993, The Mathematics of Statistical Machine Translation, section 4.1.
    """
    taken: Counter[str] = Counter()
    english: defaultdict[str, int] = defaultdict(lambda: len(english))
    french: defaultdict[str, int] = defaultdict(lambda: len(french))
    sides = []
    for pair in parallel:
        taken[pair.source] += 1
        if pair.source in favoured_sources or taken[pair.source] <= max_per_source:
            first = [english[word] for word in split_words(tokenizer, pair.first)[:_MAX_WORDS]]
            second = [french[word] for word in split_words(tokenizer, pair.second)[:_MAX_WORDS]]
            if first and second:
                sides.append((np.array(first, np.int64), np.array(second, np.int64)))
    if not sides:
        return {}
    words, translations, counts, probabilities = _align(sides, len(english), len(french))
    return _choose(list(english), list(french), words, translations, counts, probabilities)


def translate(tokenizer: Tokenizer, text: str, dictionary: Mapping[str, str]) -> str | None:
    """Return a text word by word, words without translation as they are; None when too few have one."""
    words = split_words(tokenizer, text)
    known = sum(word in dictionary for word in words)
    if not known or known < _MIN_SHARE * sum(word[0].isalpha() for word in words):
        return None
    return " ".join(dictionary.get(word, word) for word in words)


def _align(
    sides: Sequence[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]], n_english: int, n_french: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the pairs of words that met, how often one stood for the other, and with what probability.

    One entry per French word of a text and English word of its partner; expectation maximization shares each French
    word out among the English ones.
    """
    met = np.concatenate([(first[None, :] * n_french + second[:, None]).ravel() for first, second in sides])
    options = np.concatenate([np.full(len(second), len(first)) for first, second in sides])
    occurrences = np.repeat(np.arange(len(options)), options)
    pairs, entries = np.unique(met, return_inverse=True)
    words = pairs // n_french
    probabilities = np.ones(len(pairs))
    counts = np.zeros(len(pairs))
    for _ in range(_ROUNDS):
        shares = probabilities[entries]
        shares /= np.bincount(occurrences, shares, len(options))[occurrences]
        counts = np.bincount(entries, shares, len(pairs)).astype(np.float64)
        probabilities = counts / np.bincount(words, counts, n_english)[words]
    return words, pairs % n_french, counts, probabilities


def _choose(
    english: Sequence[str],
    french: Sequence[str],
    words: npt.NDArray[np.int64],
    translations: npt.NDArray[np.int64],
    counts: npt.NDArray[np.float64],
    probabilities: npt.NDArray[np.float64],
) -> dict[str, str]:
    """Return for each word its likeliest translation that is a word too, where that is likely enough."""
    dictionary: dict[str, str] = {}
    likely = np.flatnonzero((probabilities >= _MIN_PROBABILITY) & (counts >= _MIN_COUNT))
    for number in likely[np.argsort(-probabilities[likely], kind="stable")]:
        translation = french[translations[number]]
        if translation[0].isalpha():
            dictionary.setdefault(english[words[number]], translation)
    return dictionary
