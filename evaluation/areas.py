"""How good areas are: do they agree with tags they never saw, do they last when the text grows, how long do they take.

Run as `python -m evaluation.areas DATA [NAME ...]`; DATA holds folders with threads.jsonl.gz. Prints a table in
Markdown. Tags, where a community has them, are withheld from the finding and compared with the areas found.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import comb, log
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from ingestion.formats import open_source
from models.area_writing import read_all_placed
from models.queries.changes import read_store_id
from models.records import AnyRecord, DocumentKind, DocumentRecord
from models.store import Store
from models.writing import Writer
from recommender.areas import AreaUpkeep
from recommender.encoders.choose import BUNDLED, load_encoder
from recommender.indexes.embedded import EmbeddedIndex
from recommender.indexing import update_index

GROWTHS: Final = (0.1, 0.2, 0.5)
# Rarer tags say nothing of agreement.
_FEWEST_OF_TAG: Final = 8
_SOURCE: Final = "measured"

Thread = Sequence[DocumentRecord]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How two ways to part the same things agree; 0 for chance (adjusted Rand index), 1 for the same."""

    threads: int
    information: float
    """Normalised mutual information, by the mean of both entropies."""
    rand: float
    """Adjusted Rand index: Hubert and Arabie 1985, "Comparing partitions"."""
    purity: float
    """Share of things that have the commonest tag of their area."""


def agree(found: Sequence[str], known: Sequence[str]) -> Agreement:
    """Return how the areas found agree with what is known."""
    total = len(found)
    if not total:
        return Agreement(0, 0.0, 0.0, 0.0)
    both, one, two = Counter(zip(found, known, strict=True)), Counter(found), Counter(known)
    shared = sum(count / total * log(count * total / (one[a] * two[b])) for (a, b), count in both.items())
    entropies = [-sum(count / total * log(count / total) for count in side.values()) for side in (one, two)]
    pairs, ones, twos = (sum(comb(count, 2) for count in side.values()) for side in (both, one, two))
    expected = ones * twos / max(1, comb(total, 2))
    most = (ones + twos) / 2
    commonest = sum(max(count for (a, _), count in both.items() if a == area) for area in one)
    return Agreement(
        total,
        2 * shared / sum(entropies) if sum(entropies) else 1.0,
        (pairs - expected) / (most - expected) if most != expected else 1.0,
        commonest / total,
    )


def read_threads(path: Path) -> tuple[list[Thread], dict[str, str]]:
    """Return the threads without their tags, and the first tag of each that has one."""
    threads: list[Thread] = []
    tags: dict[str, str] = {}
    for item in open_source("threads", path).read(0):
        records = [record for record in item.records if isinstance(record, DocumentRecord)]
        for record in records:
            if record.kind is DocumentKind.QUESTION and record.tags:
                tags[f"{_SOURCE}:{record.id}"] = record.tags[0]
        if records:
            threads.append([record.model_copy(update={"tags": ()}) for record in records])
    return threads, tags


class Measured:
    """A store with some of the threads, and its areas."""

    def __init__(self, folder: Path) -> None:
        self.store = Store.create(folder)
        self.encoder = load_encoder(BUNDLED)
        with self.store.read() as session:
            self.folder = folder / f"{read_store_id(session):08x}"
        encoder = self.encoder
        self.index = EmbeddedIndex.create(self.folder, encoder.id if encoder else None, encoder.dim if encoder else 0)

    def add(self, threads: Sequence[Thread]) -> float:
        """Write threads, find areas anew, and return how many seconds the finding took."""
        records: list[AnyRecord] = [record for thread in threads for record in thread]
        with self.store.write() as session:
            writer = Writer(session, _SOURCE)
            for start in range(0, len(records), 2_000):
                writer.write(records[start : start + 2_000])
        update_index(self.store, self.index, self.encoder)
        started = time.perf_counter()
        upkeep = AreaUpkeep(self.store, self.index, self.encoder, self.folder / "areas.npz")
        upkeep.update(datetime.now(UTC), find=True)
        return time.perf_counter() - started

    def main_areas(self) -> dict[str, str]:
        """Return the area that each document is most squarely in."""
        with self.store.read() as session:
            return main_areas(session)


def main_areas(session: Session) -> dict[str, str]:
    """Return the area that each document is most squarely in."""
    best: dict[str, tuple[float, str]] = {}
    for (area, document), strength in sorted(read_all_placed(session).items()):
        best[document] = max(best.get(document, (0.0, "")), (strength, area))
    return {document: area for document, (_, area) in best.items()}


def kept_share(before: Mapping[str, str], after: Mapping[str, str]) -> float:
    """Return the share of documents that were in an area and still are in the same."""
    return sum(after.get(document) == area for document, area in before.items()) / max(1, len(before))


def measure(path: Path) -> list[str]:
    """Return the cells of one community's line."""
    threads, tags = read_threads(path)
    common = {tag for tag, count in Counter(tags.values()).items() if count >= _FEWEST_OF_TAG}
    documents = sum(map(len, threads))
    with tempfile.TemporaryDirectory() as folder:
        whole = Measured(Path(folder))
        seconds = whole.add(threads)
        placed = whole.main_areas()
        whole.store.close()
    known = {id_: tag for id_, tag in tags.items() if tag in common and id_ in placed}
    agreed = agree([placed[id_] for id_ in known], list(known.values()))
    agreement = [f"{agreed.information:.2f}", f"{agreed.rand:.2f}", f"{agreed.purity:.2f}"] if known else [""] * 3
    cells = [path.name, str(documents), str(len(set(placed.values()))), f"{len(placed) / documents:.2f}", *agreement]
    for growth in GROWTHS:
        with tempfile.TemporaryDirectory() as folder:
            grown = Measured(Path(folder))
            first = int(len(threads) / (1 + growth))
            grown.add(threads[:first])
            before = grown.main_areas()
            grown.add(threads[first:])
            cells.append(f"{kept_share(before, grown.main_areas()):.2f}")
            grown.store.close()
    return [*cells, f"{seconds:.1f}"]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder of communities")
    parser.add_argument("names", nargs="*", help="some of them; all by default")
    arguments = parser.parse_args()
    names = arguments.names or sorted(path.parent.name for path in arguments.data.glob("*/threads.jsonl*"))
    growths = [f"kept at +{growth:.0%}" for growth in GROWTHS]
    header = ["community", "documents", "areas", "placed", "NMI", "ARI", "purity", *growths, "seconds"]
    sys.stdout.write(f"| {' | '.join(header)} |\n|{'---|' * len(header)}\n")
    for name in names:
        sys.stdout.write(f"| {' | '.join(measure(arguments.data / name))} |\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
