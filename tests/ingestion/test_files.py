from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from ingestion.files import InputFiles, name_of, read_lines
from models.errors import InvalidInputError


def lines(path: Path, limit: int = 100) -> list[tuple[int, bytes | None]]:
    return [(line.number, line.content) for line in read_lines(InputFiles(path, [path]), limit)]


def test_lines_are_numbered_from_one_without_their_ends(folder) -> None:
    path = folder / "x"
    path.write_bytes(b"\xef\xbb\xbfa\r\nb\n\nlast")
    assert lines(path) == [(1, b"a"), (2, b"b"), (3, b""), (4, b"last")]


@pytest.mark.parametrize("length", [99, 100, 101, 250, 1000])
def test_a_line_over_the_limit_is_given_without_content(folder, length) -> None:
    path = folder / "x"
    path.write_bytes(b"a\n" + b"x" * length + b"\nb\n" + b"y" * length)
    fits = length < 100
    assert [(number, content is not None) for number, content in lines(path)] == [
        (1, True),
        (2, fits),
        (3, True),
        (4, length <= 100),
    ]


def test_gzip_is_told_by_its_content_and_not_its_name(folder) -> None:
    path = folder / "x.txt"
    path.write_bytes(gzip.compress(b"a\nb"))
    assert lines(path) == [(1, b"a"), (2, b"b")]


@pytest.mark.parametrize("cut", [5, 40, -1])
def test_truncated_gzip_names_the_file_and_the_last_line(folder, cut) -> None:
    path = folder / "x.gz"
    path.write_bytes(gzip.compress(b"".join(b"%d\n" % number for number in range(100)))[:cut])
    with pytest.raises(InvalidInputError, match=r"'x\.gz' cannot be read after line \d+"):
        lines(path)


def test_damaged_gzip_is_an_error(folder) -> None:
    path = folder / "x.gz"
    packed = bytearray(gzip.compress(bytes(range(256)) * 40))
    packed[30] ^= 255
    path.write_bytes(packed)
    with pytest.raises(InvalidInputError, match="cannot be read"):
        lines(path, 10**6)


def test_utf_16_is_an_error_that_says_what_to_do(folder) -> None:
    path = folder / "x"
    path.write_bytes("a\nb".encode("utf-16"))
    with pytest.raises(InvalidInputError, match="save it as UTF-8"):
        lines(path)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("forum/threads.jsonl.gz", "forum"),
        ("forum/Posts.xml", "forum"),
        ("forum/records.jsonl", "forum"),
        ("forum/data.csv", "forum"),
        ("forum/Été 2024.jsonl", "ete-2024"),
        ("Forum de l'eau", "forum-de-l-eau"),
    ],
)
def test_a_generic_file_name_gives_way_to_its_folder(tmp_path, path, name) -> None:
    (tmp_path / path).parent.mkdir(exist_ok=True)
    if "." in path:
        (tmp_path / path).touch()
    else:
        (tmp_path / path).mkdir()
    assert name_of(tmp_path / path) == name
