"""Retrieval: passages by words and by meaning, fused into one relevance per document."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from recommender.analysis import query_words, question_language
from recommender.encoders.encoder import Encoder
from recommender.indexes.index import Hit, Index, WordQuery
from recommender.question_frame import subject_of

Values = npt.NDArray[np.float64]

# Passages taken by words, and again by meaning.
PASSAGES_PER_SIDE = 200
# Share of the words in the fused relevance: where question and passage are in one language, and where they are not or
# that is unknown: names and codes cross languages, other words do not.
# Measured with python -m evaluation.encoders; see docs/decisions/0008-fusion-and-languages.md.
WORDS_SHARE, WORDS_SHARE_UNSURE = 0.75, 0.5
# Part of its meaning that a passage is worth at least, in another language than the question, and where unsure.
FOREIGN_MEANING, UNSURE_MEANING = 1.0, 0.8
# A passage without a word of the question is found only from this cosine on: about what unrelated texts stay under.
LEAST_SIMILARITY = 0.25


class FoundDocument(NamedTuple):
    """A document found, with its best passage."""

    document_id: str
    kind: str
    relevance: float
    """In [0, 1]; words and meaning each over their best in this search."""
    start: int
    """First character of the best passage in the document's text."""
    end: int
    words_share: float = 0.0
    """Of its best passage by words, over the most the question's words could score; see Hit."""
    meaning: float = 0.0
    """Cosine of its best passage by meaning."""


@dataclass(frozen=True)
class Retrieved:
    """What a question found."""

    words: WordQuery
    documents: Sequence[FoundDocument]
    """Most relevant first; ties by id."""

    @cached_property
    def by_id(self) -> Mapping[str, FoundDocument]:
        """The same documents by their ids."""
        return {document.document_id: document for document in self.documents}


def retrieve(
    index: Index,
    encoder: Encoder | None,
    question: str,
    spaces: Collection[str],
    before: datetime | None = None,
    depth: int = PASSAGES_PER_SIDE,
) -> Retrieved:
    """Return the documents whose passages match a question by words or by meaning, in the given spaces.

    Args:
        depth: passages taken by words, and again by meaning.
    """
    subject = subject_of(question)
    words = query_words(subject)
    embedding = encoder.encode([subject])[0] if encoder is not None else None
    hits = index.search(embedding, words, depth, spaces, before)
    best: dict[str, FoundDocument] = {}
    for hit, relevance in zip(hits, fuse(hits, question_language(question)), strict=True):
        if relevance > 0:
            known = best.get(hit.document_id)
            best[hit.document_id] = better(known, hit, relevance) if known else to_document(hit, relevance)
    return Retrieved(words, sorted(best.values(), key=lambda found: (-found.relevance, found.document_id)))


def to_document(hit: Hit, relevance: float) -> FoundDocument:
    """Return the document of a passage found."""
    return FoundDocument(hit.document_id, hit.kind, relevance, hit.start, hit.end, hit.words_share, hit.meaning)


def better(known: FoundDocument, hit: Hit, relevance: float) -> FoundDocument:
    """Return a document with the more relevant of two passages, and the best of each similarity."""
    best = to_document(hit, relevance) if relevance > known.relevance else known
    return best._replace(words_share=max(known.words_share, hit.words_share), meaning=max(known.meaning, hit.meaning))


def fuse(hits: Sequence[Hit], language: str | None = None) -> list[float]:
    """Return one relevance in [0, 1] per passage: a convex combination of both similarities, each over its best.

    Words count from zero and meaning from the least similar passage of the union, because a cosine has no natural
    zero; a side that found nothing leaves the other alone. Words do not cross languages: a passage in another language
    than the question is worth at least its meaning.

    Args:
        language: of the question; None when its words do not tell.

    Source: Bruch, Gai and Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval", TOIS 42:1 (2023), sec. 3.
    """
    scores = np.array([hit.words for hit in hits])
    words = scaled(scores, least=0.0)
    cosines = np.array([hit.meaning for hit in hits])
    if not cosines.any():
        return list_of(words)
    meaning = scaled(cosines, least=cosines.min(initial=1.0))
    fused = worth(words, meaning, [hit.language for hit in hits], language) if words.any() else meaning
    fused[(scores == 0) & (cosines < LEAST_SIMILARITY)] = 0.0
    return list_of(fused)


def list_of(values: Values) -> list[float]:
    """Return an array as Python's own numbers."""
    numbers: list[float] = values.tolist()
    return numbers


def worth(words: Values, meaning: Values, of_passages: Sequence[str], of_question: str | None) -> Values:
    """Return the relevance of passages, from both similarities beside the best ones."""
    languages = set(of_passages)
    shares = {own: WORDS_SHARE if of_question and own in ("", of_question) else WORDS_SHARE_UNSURE for own in languages}
    parts = {own: least_meaning(own, of_question) for own in languages}
    share = np.array([shares[own] for own in of_passages])
    least = np.array([parts[own] for own in of_passages])
    relevance: Values = np.maximum(share * words + (1 - share) * meaning, least * meaning)
    return relevance


def least_meaning(of_passage: str, of_question: str | None) -> float:
    """Return the part of its meaning that a passage is worth at least, whatever its words."""
    if of_question is None:
        return UNSURE_MEANING
    return FOREIGN_MEANING if of_passage and of_passage != of_question else 0.0


def scaled(similarities: Values, least: float) -> Values:
    """Return the similarities from 0 at `least` to 1 at the highest; if they are all one, in [0, 1] as they are."""
    spread = similarities.max(initial=least) - least
    values: Values = (similarities - least) / spread if spread > 0 else np.clip(similarities, 0.0, 1.0)
    return values
