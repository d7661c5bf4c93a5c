import sys

import pytest

from models.errors import InvalidInputError
from recommender.encoders import wordnet

LICENCE = "  1 This software and database is being provided to you\n"
LOCK = (
    "03682487 06 n 02 lock 1 Canal_lock 0 001 @ 03233423 n 0000 | enclosure with gates; it changes the level; "
    '"the boat waited in the lock"; "locked"\n'
)
SHUT = '00001740 00 s 01 shut(p) 0 000 | not open; "the gates slammed shut"- A. Writer; used with verbs\n'


def test_examples_definitions_and_common_words_are_written(tmp_path, monkeypatch):
    for part, lines in (("noun", LOCK), ("verb", ""), ("adj", SHUT), ("adv", "")):
        (tmp_path / f"data.{part}").write_text(LICENCE + lines, encoding="latin-1")
    monkeypatch.setattr(sys, "argv", ["wordnet", str(tmp_path), str(tmp_path / "texts")])

    wordnet.main()

    written = {path.stem: path.read_text().splitlines() for path in (tmp_path / "texts").iterdir()}
    assert written == {
        "examples": ["the boat waited in the lock", "the gates slammed shut"],
        "definitions": ["enclosure with gates; it changes the level", "not open; used with verbs"],
        "words": ["lock", "shut"],
    }


def test_a_folder_without_wordnet_is_told(tmp_path):
    with pytest.raises(InvalidInputError, match=r"No data\.noun in"):
        list(wordnet.read_synsets(tmp_path))
