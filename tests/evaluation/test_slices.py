from __future__ import annotations

import pytest

from evaluation.experiment import Query
from evaluation.slices import length_of, slice_queries


@pytest.mark.parametrize(
    ("words", "length"), [(0, "none"), (1, "short"), (5, "short"), (6, "medium"), (15, "medium"), (16, "long")]
)
def test_a_text_is_short_up_to_five_words_and_long_beyond_fifteen(words: int, length: str) -> None:
    assert length_of("mot " * words) == length


def test_queries_are_sliced_by_language_length_and_traits() -> None:
    queries = [
        Query("q1", "vanne", "fr", traits={"area": "rare"}),
        Query("q2", "how do I restart the pump now", "en", traits={"area": "common"}),
        Query("q3", "pump", None),
    ]
    assert slice_queries(queries) == {
        "language": {"en": ["q2"], "fr": ["q1"], "unknown": ["q3"]},
        "length": {"medium": ["q2"], "short": ["q1", "q3"]},
        "area": {"common": ["q2"], "rare": ["q1"]},
    }


def test_a_slice_that_is_the_whole_is_left_out() -> None:
    queries = [Query("q1", "vanne", "fr", traits={"area": "rare"}), Query("q2", "pompe", "fr")]
    assert slice_queries(queries) == {"area": {"rare": ["q1"]}}
