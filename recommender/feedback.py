"""Feedback: what people said of those suggested for similar questions, and the little that it may change.

People decide: one's own word counts for oneself at once; what colleagues say counts only where several agree, so that
nobody's word can be told from an answer, and never by more than MOST.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np

from models.feedback import Feedback
from models.tables import Verdict
from recommender.analysis import query_words
from recommender.encoders.encoder import Encoder

# Two questions are similar from this share of common words on (Dice's coefficient), or from this cosine on. Both are
# strict: a word said for one question is not to follow a person to every other.
SIMILAR_WORDS: Final = 0.6
SIMILAR_MEANING: Final = 0.8
# A word of fewer people could be told from an answer, and is one opinion.
LEAST_GIVERS: Final = 2
# What each colleague's word moves the score by, and the most they move it by together: a tenth, as much as a departure
# does. It decides between people of nearly the same score, and cannot bring in nor shut out anyone.
STEP: Final = 0.025
MOST: Final = 0.1


@dataclass(frozen=True, slots=True)
class Opinion:
    """What feedback says of a person for one question and one viewer."""

    set_aside: bool = False
    """The viewer said that this is the wrong person for a similar question."""
    left: bool = False
    """Several people say that they left, and nothing shows otherwise."""
    useful: int = 0
    """Colleagues who found them helpful for a similar question, less those who did not; negative when more did not."""

    @property
    def factor(self) -> float:
        """Return what the score is multiplied by, within MOST of 1."""
        return 1 + min(max(STEP * self.useful, -MOST), MOST)


NONE: Final = Opinion()


@dataclass(frozen=True, slots=True)
class Question:
    """The question asked, to compare others with; their texts go no further."""

    text: str
    encoder: Encoder | None = None

    def similar(self, others: Sequence[str]) -> frozenset[str]:
        """Return those of other questions that are similar to this one."""
        texts = sorted(set(others))
        if not texts:
            return frozenset()
        own = words_of(self.text)
        cosines = np.zeros(len(texts))
        if self.encoder is not None:
            embeddings = self.encoder.encode([self.text, *texts])
            cosines = embeddings[1:] @ embeddings[0]
        return frozenset(
            text
            for text, cosine in zip(texts, cosines.tolist(), strict=True)
            if cosine >= SIMILAR_MEANING or common_share(own, words_of(text)) >= SIMILAR_WORDS
        )


def weigh(
    feedback: Mapping[str, Sequence[Feedback]],
    question: Question,
    viewer_id: str | None,
    last_seen: Mapping[str, datetime | None],
) -> dict[str, Opinion]:
    """Return what feedback says of each person there is some about.

    Args:
        feedback: standing words about each person, oldest first.
        last_seen: when each person last left a trace the viewer may read.
    """
    similar = question.similar([item.question for said in feedback.values() for item in said])
    return {
        person: Opinion(
            set_aside=_set_aside(said, similar, viewer_id),
            left=_has_left(said, last_seen.get(person)),
            useful=_count_useful(said, similar, viewer_id),
        )
        for person, said in feedback.items()
    }


def words_of(text: str) -> frozenset[str]:
    """Return the words of a question as stems: what an inflection leaves unchanged."""
    return frozenset(alternatives[0] for alternatives in query_words(text).alternatives)


def common_share(one: frozenset[str], other: frozenset[str]) -> float:
    """Return twice the words in common over the words of both (Dice's coefficient)."""
    both = len(one) + len(other)
    return 2 * len(one & other) / both if both else 0.0


def _set_aside(said: Sequence[Feedback], similar: frozenset[str], viewer_id: str | None) -> bool:
    """Return whether the viewer's last word on similar questions is that this is the wrong person."""
    own = [item.verdict for item in said if item.giver_id == viewer_id and item.question in similar]
    return bool(own) and own[-1] is Verdict.WRONG_PERSON


def _count_useful(said: Sequence[Feedback], similar: frozenset[str], viewer_id: str | None) -> int:
    """Return how many more colleagues found the person helpful than not, where several say the same; or 0."""
    last = {item.giver_id: item.verdict for item in said if item.giver_id != viewer_id and item.question in similar}
    counts = Counter(last.values())
    useful, wrong = counts[Verdict.USEFUL], counts[Verdict.WRONG_PERSON]
    return useful - wrong if max(useful, wrong) >= LEAST_GIVERS else 0


def _has_left(said: Sequence[Feedback], last_seen: datetime | None) -> bool:
    """Return whether several people say that someone left, since that person was last seen."""
    givers = {
        item.giver_id
        for item in said
        if item.verdict is Verdict.LEFT and (last_seen is None or item.given_at > last_seen)
    }
    return len(givers) >= LEAST_GIVERS
