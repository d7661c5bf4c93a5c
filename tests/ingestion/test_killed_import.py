"""An import killed without warning and finished by a later run leaves the store an undisturbed one leaves."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from models.rows import table_of
from models.store import SQLITE_NAME, Store
from models.tables import AssociationRow, DocumentRow, IdentityRow, ImportItemRow, PersonRow

REPOSITORY = Path(__file__).parents[2]
SCRIPT = """
import sys
from pathlib import Path
from ingestion import importing
from ingestion.formats import open_source
from models.store import Store
importing.BATCH_ITEMS = 40
store = Store.create(Path(sys.argv[1]))
tell = lambda progress: print(progress.items, flush=True)
importing.run_import(store, open_source("threads", Path(sys.argv[2])), name="s", prune=True, on_progress=tell)
print("finished", flush=True)
"""


def write_threads(path: Path, count: int) -> None:
    with path.open("w", encoding="utf-8") as lines:
        for number in range(count):
            answers = [{"id": str(n), "author": f"p{(number + n) % 50}", "text": f"Answer {n}."} for n in range(4)]
            thread = {"id": str(number), "title": f"T {number}", "text": "Why?", "asker": f"p{number % 31}"}
            lines.write(json.dumps({**thread, "lang": "en", "answers": answers}) + "\n")


def start(home: Path, path: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", SCRIPT, str(home), str(path)]
    return subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)


def dump(home: Path) -> dict[str, list[str]]:
    """Return the rows of an import, revisions and their order included."""
    store = Store.open(home)
    with store.read() as session:
        found = {
            row.__tablename__: sorted(repr(tuple(values)) for values in session.execute(select(*table_of(row).columns)))
            for row in (DocumentRow, AssociationRow, PersonRow, IdentityRow, ImportItemRow)
        }
    store.close()
    return found


@pytest.mark.thorough
def test_an_import_killed_at_random_moments_ends_as_if_it_had_not_been(tmp_path: Path, sqlite_template: Path) -> None:
    path = tmp_path / "threads.jsonl"
    write_threads(path, 1_600)
    for home in ("undisturbed", "killed"):
        (tmp_path / home).mkdir()
        shutil.copy(sqlite_template, tmp_path / home / SQLITE_NAME)
    with start(tmp_path / "undisturbed", path) as process:
        output, _ = process.communicate(timeout=60)
    assert output.endswith("finished\n")
    chance = random.Random(20260615)
    kills = 0
    for _ in range(5):
        with start(tmp_path / "killed", path) as process:
            assert process.stdout is not None
            for _ in range(chance.randint(1, 7)):
                process.stdout.readline()
            time.sleep(chance.random() * 0.05)
            os.kill(process.pid, signal.SIGKILL)
            rest = process.stdout.read()
        kills += "finished" not in rest
    with start(tmp_path / "killed", path) as process:
        output, _ = process.communicate(timeout=60)
    assert output.endswith("finished\n")
    assert kills == 5
    assert int(output.splitlines()[0]) > 40, "the last run took up where the killed ones had come to"
    assert dump(tmp_path / "killed") == dump(tmp_path / "undisturbed")
