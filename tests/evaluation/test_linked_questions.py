from pathlib import Path

import pytest

from evaluation.backtest import find_look_ahead
from evaluation.linked_questions import prepare_linked_questions
from evaluation.prepared import PrepareOptions
from models.errors import InvalidInputError

from .conftest import THREADS, write_threads

WORDS = PrepareOptions(encoder="words")


def test_the_earlier_questions_that_one_links_to_are_right_and_duplicates_more_so(threads_file: Path):
    with prepare_linked_questions(threads_file, WORDS) as prepared:
        assert prepared.qrels == {"q4": {"q2": 1, "q3": 2}}
        # Questions alone, and only earlier ones.
        for system in prepared.systems:
            assert sorted(name for name, _ in system.rank(prepared.queries[0], None)) == ["q2", "q3"], system.name
        assert find_look_ahead(prepared, sample=1) == []


def test_a_link_to_a_later_question_does_not_count(tmp_path: Path):
    later = [{**THREADS[0], "links": ["q2"]}, *THREADS[1:3]]
    with pytest.raises(InvalidInputError, match="links to an earlier one"):
        prepare_linked_questions(write_threads(tmp_path / "threads.jsonl", later), WORDS)


def test_a_file_without_links_is_refused(tmp_path: Path):
    with pytest.raises(InvalidInputError, match="has links to others"):
        prepare_linked_questions(write_threads(tmp_path / "threads.jsonl", THREADS[:2]), WORDS)
