"""The pairs an organisation's own documents give: titles and texts, questions and answers, neighbouring passages."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from models.queries.learning import LearningDocument
from recommender.passages import split_passages

# What is read of a document: three passages, give or take.
READ_CHARS: Final = 4_000
# More says little more, and takes minutes more.
MOST_LEARNED: Final = 40_000
# Every held-out title is compared with every held-out text.
MOST_HELD_OUT: Final = 2_000
# One subject in so many is only measured on.
_HELD_OUT_ONE_IN: Final = 5
_MOST_PASSAGES: Final = 3
_MOST_ANSWERS: Final = 3
# "+1", "merci" and the like say nothing of what the title asks.
_FEWEST_CHARS: Final = 20


@dataclass(frozen=True, slots=True)
class OwnPair:
    """Two texts about one thing."""

    first: str
    second: str
    subject: str
    """The thread or the document; two texts of one subject are never told apart on purpose."""


@dataclass(frozen=True, slots=True)
class OwnPairs:
    """What is learned from, and what is measured on; no subject is in both."""

    learned: Sequence[OwnPair]
    held_out: Sequence[OwnPair]
    """A title and its accepted or first answer, or the beginning of its text where nobody answered; one a subject."""


def collect_pairs(documents: Iterable[LearningDocument]) -> OwnPairs:
    """Return the pairs of documents, in an order that depends on their ids alone.

    Subjects are held out, and chosen where there are too many, by a digest of their id: the same in every run.
    """
    subjects: dict[str, list[LearningDocument]] = defaultdict(list)
    for document in documents:
        subjects[document.thread_id or document.id].append(document)
    learned: list[OwnPair] = []
    held_out: list[OwnPair] = []
    for subject in sorted(subjects, key=_mixed):
        if _mixed(subject) % _HELD_OUT_ONE_IN:
            if len(learned) < MOST_LEARNED:
                learned += _pairs_of(subject, subjects[subject])
        elif len(held_out) < MOST_HELD_OUT:
            held_out += _measured_of(subject, subjects[subject])
    return OwnPairs(learned[:MOST_LEARNED], held_out)


def _mixed(subject: str) -> int:
    return int.from_bytes(hashlib.blake2b(subject.encode(), digest_size=8).digest(), "little")


def _pairs_of(subject: str, documents: Sequence[LearningDocument]) -> Iterator[OwnPair]:
    """Yield the pairs of one thread, or of one document that stands alone."""
    opening = next((document for document in documents if document.id == subject), None)
    asked = _passages(opening)[:1] if opening else []
    replies = [document for document in documents if document is not opening]
    if opening:
        passages = _passages(opening)
        for first, second in [*((opening.title.strip(), passage) for passage in passages), *pairwise(passages)]:
            if first:
                yield OwnPair(first, second, subject)
    for reply in sorted(replies, key=_usefulness)[:_MOST_ANSWERS]:
        for answer in _passages(reply)[:1]:
            for first in (reply.title.strip(), *asked):
                if first:
                    yield OwnPair(first, answer, subject)


def _measured_of(subject: str, documents: Sequence[LearningDocument]) -> list[OwnPair]:
    """Return the one pair that measures a subject; none where it has no title or no text."""
    for document in sorted(documents, key=lambda document: (document.id == subject, *_usefulness(document))):
        passages = _passages(document)
        if document.title.strip() and passages:
            return [OwnPair(document.title.strip(), passages[0], subject)]
    return []


def _usefulness(document: LearningDocument) -> tuple[bool, str]:
    return not document.accepted, document.id


def _passages(document: LearningDocument) -> list[str]:
    """Return the first passages that say something."""
    spans = split_passages(document.text)[:_MOST_PASSAGES]
    return [document.text[start:end] for start, end in spans if end - start >= _FEWEST_CHARS]
