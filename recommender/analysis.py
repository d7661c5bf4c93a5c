"""Analysis: the words of a text or question as the terms that the index stores and searches."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Final

from recommender.indexes.index import WordQuery
from recommender.language_odds import likely_language
from recommender.stemming import stem_english, stem_french
from recommender.stop_words import ENGLISH, FRENCH, STOP_WORDS

ANALYSIS_VERSION: Final = 1
"""Raise it whenever the same text gives other terms: an index of another version must be rebuilt."""

MAX_QUERY_WORDS: Final = 64
"""A question's distinct words beyond these are ignored; long pasted texts say what they are about early."""

# Longer words are keys and hashes; their start is enough to find them.
_MAX_WORD_CHARS: Final = 64
# About 30 MB a language when full, and emptied about once per 100,000 messages.
_MAX_CACHED_TOKENS: Final = 100_000

_APOSTROPHES: Final = "'’"
# One pass over the text as written, so that positions stay those of the text. What ends a word or continues it
# comes after the word in the pattern: three times faster than special words as alternatives before it.
_TOKEN: Final = re.compile(
    r"""
    [\w\u0300-\u036f\u00ad]+       # a word, with its accents apart and soft hyphens
    (?: ['’](?=\w)                  # elided: l'écluse, jusqu'ici; or the start of lock's, don't
      | (?<=\d)(?:\.\d+)+           # 4.11
      | (?<!\w{4})[/-]\d+\b         # as/400, as-400: written as400 too
      | (?<!\w\w)(?:\+\+|\#)(?!\w)  # c++, c#
    )?
    | (?<!\w)\.[nN][eE][tT]\b
    """,
    re.VERBOSE,
)
_ELISIONS: Final = frozenset(("c", "d", "j", "jusqu", "l", "lorsqu", "m", "n", "puisqu", "qu", "quoiqu", "s", "t"))
_RELEASE: Final = re.compile(r"v?(\d+(?:\.\d+)+)")
_INSIDE: Final = re.compile(r"[_./-]+")
_NUMBERED: Final = re.compile(r"([a-z]+)[/-](\d+)")
# What decomposition leaves whole.
_LIGATURES: Final = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ß": "ss", "\u00ad": ""})

_STEMMERS: Final[dict[str, Callable[[str], str]]] = {"fr": stem_french, "en": stem_english}


def fold(text: str) -> str:
    """Return the text in lower case without accents or ligatures."""
    text = text.lower()
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text.translate(_LIGATURES))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def analyse(text: str, language: str | None) -> list[str]:
    """Return the terms of a text, in order and with repeats.

    Words are folded, stop words dropped and the rest stemmed; in a language other than French and English they are
    folded only. Identifiers give their parts: `read_file` and `os.path` give two words each.

    Args:
        text: plain text.
        language: ISO 639-1 code; None when unknown.
    """
    return list(chain.from_iterable(map(_terms_in(language).__getitem__, _TOKEN.findall(text))))


def surface_terms(text: str, language: str | None) -> Iterator[tuple[str, str]]:
    """Yield each term with the token it comes from as it is written, in order."""
    terms_of = _terms_in(language)
    for token in _TOKEN.findall(text):
        for term in terms_of[token]:
            yield term, token


def query_words(text: str) -> WordQuery:
    """Return the words of a question, each with its French term, its English term and its folded form.

    The language of a short question is uncertain and its answers may be in either, so each word is searched as both.
    Stop words of the language the question seems to be in are dropped, those of both languages when it is unclear,
    none when nothing else would remain. Inflections of one word count once. See MAX_QUERY_WORDS.
    """
    tokens = _TOKEN.findall(text)
    words = list(chain.from_iterable(map(_words, tokens)))
    stop_words = _question_stop_words(tokens, words)
    kept = [word for word in words if word not in stop_words] or words
    merged: dict[tuple[str, str], dict[str, None]] = {}
    for word in kept:
        terms = (_term(word, "fr"), _term(word, "en"))
        if terms not in merged and len(merged) == MAX_QUERY_WORDS:
            break
        alternatives = merged.setdefault(terms, dict.fromkeys(term for term in terms if term))
        alternatives[word] = None
    return WordQuery(alternatives=[tuple(alternatives) for alternatives in merged.values()])


def highlight_spans(text: str, query: WordQuery, language: str | None) -> list[tuple[int, int]]:
    """Return where the text holds words of the query, as (start, end) character offsets in order."""
    wanted = frozenset(chain.from_iterable(query.alternatives))
    terms_of = _terms_in(language)
    return [match.span() for match in _TOKEN.finditer(text) if not wanted.isdisjoint(terms_of[match.group()])]


class _TermsOfTokens(dict[str, tuple[str, ...]]):
    """The terms of each token already met, in one language."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language

    def __missing__(self, token: str) -> tuple[str, ...]:
        terms = tuple(term for term in (_term(word, self.language) for word in _words(token)) if term)
        if len(token) <= _MAX_WORD_CHARS:
            if len(self) >= _MAX_CACHED_TOKENS:
                self.clear()
            self[token] = terms
        return terms


_CACHES: Final = {language: _TermsOfTokens(language) for language in ("fr", "en", "")}


def _terms_in(language: str | None) -> _TermsOfTokens:
    return _CACHES.get(language or "", _CACHES[""])


def _words(token: str) -> list[str]:
    """Return the folded words of one token: none for an elided article, several for an identifier."""
    folded = fold(token).rstrip(_APOSTROPHES)
    if folded in _ELISIONS and token[-1] in _APOSTROPHES:
        return []
    if folded == ".net":
        return [folded]
    if found := _NUMBERED.fullmatch(folded):
        return ["".join(found.groups())]
    if found := _RELEASE.fullmatch(folded):
        return [found[1]]
    return [word[:_MAX_WORD_CHARS] for word in _INSIDE.split(folded) if word]


def _term(word: str, language: str) -> str:
    """Return the term of a folded word; empty for a stop word of the language."""
    if word in STOP_WORDS.get(language, ()):
        return ""
    stem = _STEMMERS.get(language)
    return stem(word) if stem and word.isalpha() else word


def question_language(text: str) -> str | None:
    """Return "fr" or "en" when the stop words of a question or else its letters tell its language, or None."""
    tokens = _TOKEN.findall(text)
    return _language_of(tokens, list(chain.from_iterable(map(_words, tokens)))) or likely_language(text)


def _language_of(tokens: Iterable[str], words: Iterable[str]) -> str | None:
    elisions = sum(token[-1] in _APOSTROPHES and fold(token[:-1]) in _ELISIONS for token in tokens)
    words = list(words)
    french = elisions + sum(word in FRENCH for word in words)
    english = sum(word in ENGLISH for word in words)
    if french - english >= 2 or french > english == 0:
        return "fr"
    if english - french >= 2 or english > french == 0:
        return "en"
    return None


def _question_stop_words(tokens: Iterable[str], words: Iterable[str]) -> frozenset[str]:
    language = _language_of(tokens, words)
    return FRENCH | ENGLISH if language is None else STOP_WORDS[language]
