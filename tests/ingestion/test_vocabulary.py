"""Vocabularies of skills as they are published."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from ingestion.vocabulary import VocabularyEntry, read_vocabulary
from models.errors import InvalidInputError


def test_a_file_with_both_languages_gives_both(tmp_path: Path) -> None:
    path = tmp_path / "esco.csv.gz"
    path.write_bytes(gzip.compress(b"uri,en,fr\nhttp://e/1,pumping,pompage\n,,\n"))
    assert read_vocabulary(path) == [VocabularyEntry("http://e/1", "pompage", "pumping")]


def test_a_file_with_one_language_serves_for_both(tmp_path: Path) -> None:
    path = tmp_path / "rome.csv"
    path.write_text("\ufeffogr;label\n100007;Techniques de soudage\n", encoding="utf-8")
    assert read_vocabulary(path) == [VocabularyEntry("100007", "Techniques de soudage", "Techniques de soudage")]


@pytest.mark.parametrize("content", [b"", b"x,y\n1,2\n", b"\xff\xfe\x00"])
def test_a_file_without_labels_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    with pytest.raises(InvalidInputError):
        read_vocabulary(path)
