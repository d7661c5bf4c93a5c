"""kill -9 at random moments of `releve ingest`, then one undisturbed run: the same store and the same answers."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from models.store import sqlite_url

KILLS = 8
THREADS = 2_500
# What a row holds besides what the source says: when it was written, and in which order.
INCIDENTAL = {"imports": {"id", "started_at", "finished_at", "counts", "position"}, "documents": {"revision"}}


def write_threads(path: Path) -> None:
    chance = random.Random(7)
    words = [f"mot{number}" for number in range(400)]

    def sentence(length: int) -> str:
        return " ".join(chance.choices(words, k=length))

    with path.open("w", encoding="utf-8") as file:
        for number in range(THREADS):
            answers = [
                {
                    "id": str(n),
                    "author": f"p{chance.randrange(90)}",
                    "created": None,
                    "text": sentence(60),
                    "accepted": n == 0,
                }
                for n in range(chance.randrange(4))
            ]
            thread = {"id": str(number), "lang": "fr", "title": sentence(6), "text": sentence(40), "answers": answers}
            file.write(json.dumps({**thread, "asker": f"p{chance.randrange(90)}", "created": None, "tags": []}) + "\n")


def start(home: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "api.cli.main", *arguments]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, env={"RELEVE_HOME": str(home), "PATH": ""}, **pipes)


def finish(home: Path, *arguments: str) -> str:
    process = start(home, *arguments)
    said, problems = process.communicate(timeout=120)
    assert process.returncode == 0, problems
    return said


def dump(home: Path) -> dict[str, list[Any]]:
    engine = create_engine(sqlite_url(home))
    tables = ("people", "identities", "documents", "associations", "spaces", "imports", "import_items")
    content: dict[str, list[Any]] = {}
    with engine.connect() as connection:
        for table in tables:
            rows = connection.execute(text(f"SELECT * FROM {table}")).mappings()
            kept = [{k: v for k, v in row.items() if k not in INCIDENTAL.get(table, set())} for row in rows]
            content[table] = sorted(kept, key=str)
    engine.dispose()
    return content


def answers(home: Path) -> list[Any]:
    said = [
        json.loads(finish(home, "ask", question, "--json")) for question in ("mot1 mot2", "mot7", "mot12 mot33 mot4")
    ]
    return [{key: value for key, value in answer.items() if key != "took_ms"} for answer in said]


@pytest.mark.thorough
def test_an_import_killed_many_times_ends_as_an_undisturbed_one(tmp_path: Path) -> None:
    write_threads(tmp_path / "fils.jsonl")
    ingest = ("ingest", "threads", str(tmp_path / "fils.jsonl"), "--json")
    started = time.monotonic()
    finish(tmp_path / "calm", *ingest)
    duration = time.monotonic() - started
    chance = random.Random(11)
    killed = 0
    for attempt in range(KILLS):
        # From the start of the process to a little after its end, so that import, index and publication are all hit.
        process = start(tmp_path / "killed", *ingest)
        time.sleep(duration * (attempt + chance.random()) / KILLS)
        killed += process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert killed >= KILLS // 2
    finish(tmp_path / "killed", *ingest)
    assert dump(tmp_path / "killed") | {"imports": []} == dump(tmp_path / "calm") | {"imports": []}
    assert answers(tmp_path / "killed") == answers(tmp_path / "calm")
