"""What feedback changes, by hand: one's own word, what several colleagues say, and who is said to have left."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest

from models.feedback import Feedback
from models.tables import Verdict
from recommender.feedback import Opinion, Question, common_share, weigh, words_of
from tests.conftest import NOW

ASKED = "redémarrer la pompe après une panne"
SIMILAR = "la pompe ne redémarre pas après la panne"
OTHER = "congés de maternité"
USEFUL, WRONG, LEFT = Verdict.USEFUL, Verdict.WRONG_PERSON, Verdict.LEFT


def said(*words: tuple[str, str, Verdict], days_ago: float = 1) -> list[Feedback]:
    """Return the words of (giver, question, verdict), oldest first."""
    at = NOW - timedelta(days=days_ago)
    return [Feedback(n, giver, "ana", question, verdict, at) for n, (giver, question, verdict) in enumerate(words)]


def opinion(
    feedback: list[Feedback], viewer: str | None = None, last_seen: datetime | None = None, question: str = ASKED
) -> Opinion:
    return weigh({"ana": feedback}, Question(question), viewer, {"ana": last_seen})["ana"]


def test_questions_are_similar_by_the_stems_they_share() -> None:
    assert words_of(ASKED) == words_of(SIMILAR) == {"redemar", "pomp", "pann"}
    # Two of three words: redémarrage has a stem of its own.
    assert common_share(words_of(ASKED), words_of("Pompes en panne : redémarrage")) == pytest.approx(4 / 6)
    # One of three words, against two.
    assert common_share(words_of(ASKED), words_of("pompe et vanne")) == pytest.approx(2 / 5)
    assert common_share(frozenset(), frozenset()) == 0
    assert Question(ASKED).similar([SIMILAR, OTHER, "pompe et vanne"]) == {SIMILAR}


def test_questions_are_similar_by_meaning_from_a_cosine_on() -> None:
    class Encoder:
        """Gives the first question (1, 0) and each other the cosine it is called."""

        id, dim = "cosines", 2

        def encode(self, texts: list[str]) -> np.ndarray:
            cosines = [1.0, *(float(text) for text in texts[1:])]
            return np.array([(c, (1 - c * c) ** 0.5) for c in cosines], np.float32)

    assert Question("pompe", Encoder()).similar(["0.79", "0.81"]) == {"0.81"}


def test_ones_own_word_counts_for_oneself_alone_and_for_similar_questions_alone() -> None:
    wrong = said(("eva", SIMILAR, WRONG))
    assert opinion(wrong, viewer="eva") == Opinion(set_aside=True)
    assert opinion(wrong, viewer="max") == Opinion()
    assert opinion(wrong) == Opinion()
    assert opinion(wrong, viewer="eva", question=OTHER) == Opinion()


def test_ones_last_word_stands() -> None:
    assert opinion(said(("eva", ASKED, WRONG), ("eva", SIMILAR, USEFUL)), viewer="eva") == Opinion()


@pytest.mark.parametrize(
    ("verdicts", "useful", "factor"),
    [
        ([USEFUL], 0, 1.0),  # one person's word could be told from the answer
        ([WRONG], 0, 1.0),
        ([USEFUL, WRONG], 0, 1.0),
        ([USEFUL, USEFUL], 2, 1.05),
        ([WRONG, WRONG], -2, 0.95),
        ([USEFUL, USEFUL, WRONG], 1, 1.025),
        ([USEFUL] * 4, 4, 1.1),
        ([USEFUL] * 40, 40, 1.1),  # never more than a tenth
        ([WRONG] * 40, -40, 0.9),
    ],
)
def test_colleagues_count_where_several_agree_and_within_a_tenth(
    verdicts: list[Verdict], useful: int, factor: float
) -> None:
    words = said(*((f"p{n}", SIMILAR, verdict) for n, verdict in enumerate(verdicts)))
    assert opinion(words).useful == useful
    assert opinion(words).factor == pytest.approx(factor)


def test_the_same_colleague_counts_once_and_ones_own_word_tells_nothing_of_a_colleagues() -> None:
    assert opinion(said(("max", ASKED, USEFUL), ("max", SIMILAR, USEFUL))).useful == 0
    two = said(("max", SIMILAR, USEFUL), ("eva", SIMILAR, USEFUL))
    assert opinion(two, viewer="eva").useful == 0
    assert opinion(two, viewer="zoe").useful == 2


def test_someone_said_by_two_people_to_have_left_has_whatever_they_were_asked() -> None:
    assert not opinion(said(("max", OTHER, LEFT))).left
    assert not opinion(said(("max", OTHER, LEFT), ("max", SIMILAR, LEFT))).left
    assert opinion(said(("max", OTHER, LEFT), ("eva", SIMILAR, LEFT))).left


def test_someone_seen_since_has_not_left() -> None:
    reports = said(("max", ASKED, LEFT), ("eva", ASKED, LEFT), days_ago=5)
    assert opinion(reports, last_seen=NOW - timedelta(days=6)).left
    assert not opinion(reports, last_seen=NOW - timedelta(days=4)).left
