"""A community of four threads, small enough to count by hand."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from evaluation.past import Grounds
from evaluation.testbed import Testbed


def answer(number: int, author: str, day: int, text: str, **more: Any) -> dict[str, Any]:
    return {"id": str(number), "author": author, "created": f"2020-01-{day:02}", "text": text, **more}


def thread(name: str, asker: str, day: int, title: str, answers: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    question = {"id": name, "asker": asker, "created": f"2020-01-{day:02}", "title": title, "text": title, "lang": "en"}
    return {**question, "answers": answers, **more}


THREADS = [
    thread("q1", "ann", 1, "leaking valve", [answer(1, "bob", 2, "tighten the valve")]),
    thread("q2", "ann", 3, "noisy pump", [answer(1, "bob", 4, "oil it"), answer(2, "carl", 5, "mount it on rubber")]),
    thread("q3", "bob", 6, "pump stops", [answer(1, "carl", 7, "clean the filter"), answer(2, "dora", 8, "fuse")]),
    thread(
        "q4",
        "ann",
        20,
        "noisy pump stops",
        [
            answer(1, "carl", 21, "rubber again", accepted=True, score=3),
            answer(2, "erin", 22, "call the maker", score=1),
            answer(3, "ann", 23, "solved it", score=9),
            answer(4, "dora", 24, "the fuse"),
        ],
        links=["q2", "q3"],
        duplicates=["q3"],
    ),
]


def write_threads(path: Path, threads: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(found) + "\n" for found in threads), encoding="utf-8")
    return path


def undated(threads: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {**found, "created": None, "answers": [{**given, "created": None} for given in found["answers"]]}
        for found in threads
    ]


@pytest.fixture
def threads_file(tmp_path: Path) -> Path:
    return write_threads(tmp_path / "threads.jsonl", THREADS)


@pytest.fixture
def testbed(threads_file: Path) -> Iterator[Testbed]:
    with Testbed.of_threads(threads_file, None) as made:
        yield made


@pytest.fixture
def grounds(testbed: Testbed) -> Grounds:
    return Grounds(testbed)
