from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime

import pytest

from ingestion.formats import open_source
from models.errors import InvalidInputError


def line(**fields: object) -> str:
    thread = {"id": "1", "title": "Pump", "text": "It stops.", "answers": []}
    return json.dumps({**thread, **fields})


def answer(**fields: object) -> dict[str, object]:
    return {"id": "a", "author": "p2", "text": "Check the valve.", **fields}


def test_a_thread_becomes_a_question_and_its_answers(imported, documents, roles) -> None:
    answers = [answer(accepted=True, score=3), answer(id="b", author="p3", created="2024-01-02T03:04:05")]
    content = line(asker="p1", lang="en", tags=["pump"], score=2, created="2024-01-01T00:00:00+02:00", answers=answers)
    report = imported("threads", content, "t.jsonl")
    found = documents()
    assert report.new == 3
    assert (found["1"].kind, found["1"].title, found["1"].text) == ("question", "Pump", "It stops.")
    assert (found["1"].tags, found["1"].score, found["1"].language) == (["pump"], 2, "en")
    assert found["1"].created_at == datetime(2023, 12, 31, 22, tzinfo=UTC)
    assert (found["1/a"].kind, found["1/a"].title, found["1/a"].thread_id) == ("answer", "Pump", "s:1")
    assert (found["1/a"].accepted, found["1/b"].accepted) == (True, False)
    assert found["1/b"].created_at == datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert roles() == {("1", "p1", "asked"), ("1/a", "p2", "accepted"), ("1/b", "p3", "answered")}


def test_unknown_asker_author_and_date_are_no_fault(imported, documents, roles) -> None:
    report = imported("threads", line(asker=None, created=None, score=None, answers=[answer(author=None)]), "t.jsonl")
    assert report.skipped == 0
    assert set(documents()) == {"1", "1/a"}
    assert roles() == set()


@pytest.mark.parametrize(
    ("stated", "language"), [("fr", "fr"), ("fr-CA", "fr"), ("EN", "en"), ("fr/en", "en"), (None, "en"), (7, "en")]
)
def test_the_language_is_the_stated_code_or_the_detected_one(imported, documents, stated, language) -> None:
    imported("threads", line(lang=stated, text="The pump of this station stops when it rains."), "t.jsonl")
    assert documents()["1"].language == language


def test_a_short_answer_is_in_the_language_of_its_thread(imported, documents) -> None:
    imported("threads", line(lang="fr", answers=[answer(text="OK 12.")]), "t.jsonl")
    assert documents()["1/a"].language == "fr"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("not json", "not a line of JSON"),
        (b"\xff\xfe\xff", "not a line of JSON"),
        ("[1]", "not a thread"),
        (line(id=None), "no id"),
        (line(id=True), "no id"),
        (line(id="x" * 301), "at most 300 characters"),
        (line(title=None), "title is missing"),
        (line(title=3), "title is not text"),
        (line(text=None), "text is missing"),
        (line(text=["x"]), "text is not text"),
        (line(title=" ", text=""), "neither title nor text"),
    ],
)
def test_a_bad_line_is_skipped_with_its_place_and_reason(imported, documents, content, reason) -> None:
    bad = content if isinstance(content, bytes) else content.encode()
    report = imported("threads", b"\n".join([line(id="0").encode(), bad, line(id="2").encode()]), "t.jsonl")
    assert set(documents()) == {"0", "2"}
    assert report.skipped == 1
    assert str(report.skips[0]).startswith("t.jsonl, line 2: ")
    assert reason in report.skips[0].reason


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (7, "not a JSON object"),
        (answer(id=None), "no id"),
        (answer(text=None), "text is missing"),
        (answer(text=1), "text is not text"),
        (answer(text=" "), "text is empty"),
        (answer(id="good"), "duplicate id 'good' in the thread"),
    ],
)
def test_a_bad_answer_does_not_lose_its_thread(imported, documents, bad, reason) -> None:
    report = imported("threads", line(answers=[answer(id="good"), bad, answer(id="z")]), "t.jsonl")
    assert set(documents()) == {"1", "1/good", "1/z"}
    assert [reason in skip.reason for skip in report.skips] == [True]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("created", "20204-01-01"),
        ("created", "0001-01-01T00:00:00"),
        ("score", "many"),
        ("tags", "pump"),
        ("asker", {}),
    ],
)
def test_a_wrong_optional_field_is_left_out_and_said(imported, documents, field, value) -> None:
    report = imported("threads", line(**{field: value}), "t.jsonl")
    assert documents()["1"].title == "Pump"
    assert report.skips[0].reason.endswith("left out")


def test_answers_that_are_no_list_are_skipped_and_the_question_kept(imported, documents) -> None:
    report = imported("threads", line(answers="none"), "t.jsonl")
    assert set(documents()) == {"1"}
    assert "answers is not a list" in report.skips[0].reason


def test_quotes_and_signatures_leave_an_answer(imported, documents) -> None:
    text = "Change the valve.\n\nLe 3 mars 2025, Marie a écrit :\n> Que faire ?\n\n-- \nLuc Roy"
    imported("threads", line(answers=[answer(text=text)]), "t.jsonl")
    assert documents()["1/a"].text == "Change the valve."


def test_a_folder_gives_its_threads_file_or_all_its_files_but_patches(folder) -> None:
    for name in ("b.jsonl", "a.jsonl.gz", "patches.jsonl.gz", ".hidden.jsonl", "notes.txt"):
        (folder / name).write_bytes(gzip.compress(b"") if name.endswith("gz") else b"")
    assert [path.name for path in open_source("threads", folder).files.paths] == ["a.jsonl.gz", "b.jsonl"]
    (folder / "threads.jsonl.gz").write_bytes(gzip.compress(b""))
    assert [path.name for path in open_source("threads", folder).files.paths] == ["threads.jsonl.gz"]
    assert [path.name for path in open_source("threads", folder / "patches.jsonl.gz").files.paths] == [
        "patches.jsonl.gz"
    ]


def test_a_folder_without_threads_is_an_error_that_says_what_to_put_there(folder) -> None:
    with pytest.raises(InvalidInputError, match=r"threads\.jsonl"):
        open_source("threads", folder)
