"""How fast: import, index and questions on one file of threads, beside SQLite full-text search, in one run.

The alternative is what someone would write in an afternoon: the same texts in SQLite FTS5, its BM25, and the answers
found counted per author. Usage: python -m evaluation.speed THREADS.jsonl[.gz]
"""

from __future__ import annotations

import json
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median, quantiles

from rich.console import Console
from rich.table import Table

from ingestion.formats import open_source
from ingestion.importing import run_import
from models.access import Viewer
from models.queries.changes import read_store_id
from models.records import DocumentKind, DocumentRecord
from models.store import Store
from recommender.analysis import fold
from recommender.encoders.choose import BUNDLED, load_encoder
from recommender.indexes.embedded import EmbeddedIndex
from recommender.indexing import update_index
from recommender.service import Recommender

QUESTIONS = 200
COLD_STARTS = 5
FOUND = 200


def timed(action: Callable[[], object]) -> float:
    """Return the seconds an action takes."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def read_titles(path: Path) -> list[str]:
    """Return the titles of questions evenly spread over the file."""
    records = (record for item in open_source("threads", path).read(0) for record in item.records)
    questions = (r for r in records if isinstance(r, DocumentRecord) and r.kind is DocumentKind.QUESTION)
    titles = [question.title for question in questions if question.title]
    return titles[:: max(len(titles) // QUESTIONS, 1)][:QUESTIONS]


def load_full_text(home: Path) -> sqlite3.Connection:
    """Load the store's texts into FTS5, with their authors."""
    connection = sqlite3.connect(home / "fts5.sqlite3")
    connection.execute("ATTACH ? AS store", (str(home / "releve.sqlite3"),))
    connection.execute("CREATE VIRTUAL TABLE words USING fts5(title, text, person UNINDEXED)")
    connection.execute(
        "INSERT INTO words SELECT d.title, d.text, a.person_id FROM store.documents d "
        "JOIN store.associations a ON a.document_id = d.id WHERE a.role IN ('answered', 'accepted')"
    )
    connection.commit()
    return connection


def ask_full_text(connection: sqlite3.Connection, question: str) -> list[tuple[str, int]]:
    """Return the authors of the most answers among the best found."""
    words = {word for word in "".join(c if c.isalnum() else " " for c in fold(question)).split() if word}
    match = " OR ".join(f'"{word}"' for word in sorted(words)) or '""'
    statement = (
        "SELECT person, count(*) FROM (SELECT person FROM words WHERE words MATCH ? ORDER BY rank LIMIT ?) "
        "GROUP BY person ORDER BY 2 DESC LIMIT 10"
    )
    return connection.execute(statement, (match, FOUND)).fetchall()


def measure_cold(home: Path, question: str) -> float:
    """Return the median seconds of `releve ask` as a process of its own."""
    command = [sys.executable, "-m", "api.cli.main", "ask", question, "--json"]
    environment = {"RELEVE_HOME": str(home), "PATH": ""}
    return median(
        timed(lambda: subprocess.run(command, env=environment, check=True, capture_output=True))  # noqa: S603 - our own
        for _ in range(COLD_STARTS)
    )


def measure(path: Path, home: Path) -> dict[str, float]:
    """Return every figure, in seconds unless its name says otherwise."""
    store = Store.create(home)
    figures = {"import_s": timed(lambda: run_import(store, open_source("threads", path)))}
    encoder = load_encoder(BUNDLED)
    with store.read() as session:
        folder = home / "index" / f"{read_store_id(session):08x}"
    index = EmbeddedIndex.create(folder, encoder.id if encoder else None, encoder.dim if encoder else 0)
    figures["index_s"] = timed(lambda: update_index(store, index, encoder))
    figures["peak_memory_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    recommender = Recommender(store, index, encoder)
    titles = read_titles(path)
    figures |= per_question("ask", titles, lambda title: recommender.find_experts(title, Viewer()))
    figures["cold_ask_s"] = measure_cold(home, titles[0])
    connections: list[sqlite3.Connection] = []
    figures["fts5_load_s"] = timed(lambda: connections.append(load_full_text(home)))
    figures |= per_question("fts5", titles, lambda title: ask_full_text(connections[0], title))
    figures["ask_over_fts5"] = figures["ask_median_ms"] / figures["fts5_median_ms"]
    connections[0].close()
    store.close()
    return figures


def per_question(name: str, questions: Sequence[str], ask: Callable[[str], object]) -> dict[str, float]:
    """Return the median and the 95th percentile over the questions, after one round to warm up."""
    for question in questions[:10]:
        ask(question)
    times = [timed(lambda question=question: ask(question)) * 1000 for question in questions]  # type: ignore[misc]
    return {f"{name}_median_ms": median(times), f"{name}_p95_ms": quantiles(times, n=20)[-1]}


def main() -> None:
    """Measure and print."""
    if len(sys.argv) != 2:
        sys.exit("usage: python -m evaluation.speed THREADS.jsonl[.gz]   (make bench DATA=...)")
    with tempfile.TemporaryDirectory() as home:
        figures = measure(Path(sys.argv[1]), Path(home))
    table = Table(title=f"python -m evaluation.speed {Path(sys.argv[1]).name}", box=None)
    table.add_column("figure")
    table.add_column("value", justify="right")
    for name, value in figures.items():
        table.add_row(name, f"{value:.2f}")
    Console().print(table)
    sys.stdout.write(json.dumps({name: round(value, 3) for name, value in figures.items()}) + "\n")


if __name__ == "__main__":
    main()
