"""Whom to ask to review a paper: pairs of experts who said how fit they are, ordered by their papers' similarity."""

from __future__ import annotations

import csv
import gzip
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np

from recommender.encoders.encoder import Encoder

# A reviewer is as near as the mean of this many of their nearest papers.
_NEAREST: Final = 3


def measure_reviewers(encoder: Encoder, folder: Path) -> dict[str, float]:
    """Return the loss and the accuracy over the pairs of a collection.

    Args:
        folder: corpus.jsonl.gz, queries.jsonl.gz, associations.tsv.gz, and pairs.tsv of a query, the person who said
            to be fitter, the other, and what each said.
    """
    documents = {row["_id"]: f"{row['title']}\n{row['text']}" for row in _read_rows(folder / "corpus.jsonl.gz")}
    queries = {row["_id"]: row["text"] for row in _read_rows(folder / "queries.jsonl.gz")}
    papers: dict[str, list[str]] = defaultdict(list)
    with gzip.open(folder / "associations.tsv.gz", "rt", encoding="utf-8") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            papers[row["person_id"]].append(row["doc_id"])
    with (folder / "pairs.tsv").open(encoding="utf-8") as lines:
        pairs = list(csv.DictReader(lines, delimiter="\t"))
    asked = {query_id: queries[query_id] for query_id in sorted({row["query-id"] for row in pairs})}
    embeddings = dict(zip(documents, encoder.encode(list(documents.values())), strict=True))
    of_queries = dict(zip(asked, encoder.encode(list(asked.values())), strict=True))

    def similarity(query_id: str, person_id: str) -> float:
        own = np.stack([embeddings[document_id] for document_id in sorted(set(papers[person_id]))])
        return float(np.mean(np.sort(own @ of_queries[query_id])[-_NEAREST:]))

    return compare_pairs(
        (
            similarity(row["query-id"], row["positive_person"]) - similarity(row["query-id"], row["negative_person"]),
            float(row["positive_score"]) - float(row["negative_score"]),
        )
        for row in pairs
    )


def compare_pairs(pairs: Iterable[tuple[float, float]]) -> dict[str, float]:
    """Return the loss and the accuracy of ordered pairs.

    The loss is the share of the judged differences that are ordered wrongly; a tie counts half.

    Args:
        pairs: of the similarity of the fitter person minus that of the other, and of what they said, likewise.

    Source: Stelmakh et al., "A gold standard dataset for the reviewer assignment problem" (2023), section 4.
    """
    wrong, total, right, count = 0.0, 0.0, 0.0, 0
    for found, judged in pairs:
        share = 0.5 if found == 0 else float(found < 0)
        wrong += share * judged
        total += judged
        right += 1 - share
        count += 1
    return {"loss": round(wrong / total, 4), "pair_accuracy": round(right / count, 4)}


def _read_rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
