import json
import lzma

import pytest

from models.errors import InvalidInputError
from recommender.encoders.training_pairs import PARALLEL_FILE, QUESTIONS_FILE, Pair, is_held_out, read_pairs


def write(path, rows):
    with lzma.open(path, "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps(row) + "\n" for row in rows)


def parallel(number, source="laws"):
    return {"en": f"text {number}", "fr": f"texte {number}", "source": source}


def test_sources_left_out_give_no_pairs_and_others_no_more_than_allowed(tmp_path):
    write(tmp_path / PARALLEL_FILE, [parallel(1, "hansard-36"), *map(parallel, range(2, 50))])
    pairs = read_pairs(tmp_path, ["hansard"], 10, 100, seed=1)
    found = [*pairs.parallel, *pairs.held_out_parallel]

    assert len(found) == 10
    assert {pair.source for pair in found} == {"laws"}


def test_one_seed_gives_one_order_and_texts_are_cut(tmp_path):
    write(tmp_path / PARALLEL_FILE, map(parallel, range(100, 150)))
    first, again, other = (read_pairs(tmp_path, [], 100, 8, seed=seed).parallel for seed in (1, 1, 2))

    assert first == again != other
    assert {len(pair.first) for pair in first} == {8}


def test_pairs_are_held_out_by_their_text(tmp_path):
    write(tmp_path / PARALLEL_FILE, map(parallel, range(1_000)))
    pairs = read_pairs(tmp_path, [], 1_000, 100, seed=1)

    assert pairs.held_out_parallel
    assert all(is_held_out(pair.first) for pair in pairs.held_out_parallel)
    assert not any(is_held_out(pair.first) for pair in pairs.parallel)


def test_questions_keep_their_languages(tmp_path):
    write(tmp_path / PARALLEL_FILE, [parallel(1)])
    write(tmp_path / QUESTIONS_FILE, [{"query": "Qui ?", "doc": "Elle.", "lang": "fr", "source": "piaf"}])

    pairs = read_pairs(tmp_path, [], 10, 100, seed=1)

    assert [*pairs.questions, *pairs.held_out_questions] == [Pair("Qui ?", "Elle.", "piaf", ("fr", "fr"))]


def test_a_folder_without_pairs_and_a_line_that_is_none_are_told(tmp_path):
    with pytest.raises(InvalidInputError, match="No pairs in"):
        read_pairs(tmp_path, [], 10, 100, seed=1)
    write(tmp_path / PARALLEL_FILE, [{"en": "only English"}])
    with pytest.raises(InvalidInputError, match="Line 1 of"):
        read_pairs(tmp_path, [], 10, 100, seed=1)
