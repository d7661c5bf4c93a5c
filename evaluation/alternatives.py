"""Other people's search packages on the same test collection, as runs to compare with ours.

Run as `python -m evaluation.alternatives COLLECTION RUNS [--queries N]`, after `pip install "releve[bench]"`; then
`releve evaluate collection COLLECTION --run RUNS/txtai_bm25.run` judges them beside the product's own systems.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from evaluation.collection_files import CollectionFiles, read_collection
from evaluation.trec_files import write_run
from models.errors import MissingPackageError
from recommender.encoders.choose import load_encoder
from recommender.encoders.encoder import Encoder

Scores = Mapping[str, float]
Searcher = Callable[[str], Scores]
"""From a question to the scores of documents."""

DEPTH: Final = 100
"""Documents that txtai returns, as many as vote in our own search by words; the other package ranks all."""


def main() -> None:
    """Write a run for each alternative, and print how long its index and its answers took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("collection", type=Path, help="folder in the layout of BEIR, perhaps with associations.tsv")
    parser.add_argument("runs", type=Path, help="folder to write the runs in")
    parser.add_argument("--queries", type=int, help="ask only so many, the first judged ones")
    parser.add_argument("--encoder", default="bundled", help="that txtai is given too; words for none")
    options = parser.parse_args()
    files = read_collection(options.collection)
    queries = [query for query in files.queries if files.qrels.get(query["_id"])][: options.queries]
    options.runs.mkdir(parents=True, exist_ok=True)
    for name, make in alternatives(files, load_encoder(options.encoder)).items():
        started = time.perf_counter()
        search, rank = make()
        built = time.perf_counter()
        run = {query["_id"]: rank(search(query["text"])) for query in queries}
        took_ms = 1000 * (time.perf_counter() - built) / max(len(queries), 1)
        write_run(options.runs / f"{name}.run", name, run)
        sys.stdout.write(f"{name}: index {built - started:.1f} s, {took_ms:.1f} ms a question\n")


def alternatives(
    files: CollectionFiles, encoder: Encoder | None
) -> dict[str, Callable[[], tuple[Searcher, Callable[[Scores], Scores]]]]:
    """Return what makes each alternative: its search, and how its scores of documents become those of candidates."""
    texts = {document["_id"]: f"{document.get('title') or ''}\n{document['text']}" for document in files.documents}
    total, best, mean = (_of_people(files, add_up) for add_up in (sum, max, _mean))
    made: dict[str, Callable[[], tuple[Searcher, Callable[[Scores], Scores]]]] = {
        "txtai_bm25": lambda: (txtai(texts, None), total),
        "rank_bm25_max": lambda: (rank_bm25(texts), best),
    }
    if files.people is not None:
        # The mean over all papers of a person, where the ranking of documents has nothing to average.
        made["rank_bm25_mean"] = lambda: (rank_bm25(texts), mean)
    if encoder is not None:
        made["txtai_hybrid"] = lambda: (txtai(texts, encoder), total)
    return made


def txtai(texts: Mapping[str, str], encoder: Encoder | None) -> Searcher:
    """Return txtai's search as it comes: BM25 alone, or its hybrid of BM25 and the embeddings of our encoder.

    txtai ranks documents, not people; the people of a document found get its score, and the scores of one add up.
    """
    module = _load("txtai")
    if encoder is None:
        index = module.Embeddings(keyword=True)
    else:
        # txtai calls what is not a plain function to get one, so a method will not do.
        index = module.Embeddings(method="external", transform=lambda given: encoder.encode(given), hybrid=True)
    index.index((name, text, None) for name, text in texts.items())
    return lambda question: {name: float(score) for name, score in index.search(question, DEPTH)}


def rank_bm25(texts: Mapping[str, str]) -> Searcher:
    """Return BM25 as openreview-expertise has it: lower case, cut at spaces, all documents scored.

    Theirs lists a paper once for each of its authors, which shifts its word statistics a little; here it counts once.

    Source: openreview/openreview-expertise, expertise/models/bm25/bm25.py.
    """
    ids = list(texts)
    index = _load("rank_bm25").BM25Okapi([_words(text) for text in texts.values()])
    return lambda question: dict(zip(ids, index.get_scores(_words(question)).tolist(), strict=True))


def _words(text: str) -> list[str]:
    return text.lower().split()


def _mean(scores: Sequence[float]) -> float:
    return sum(scores) / len(scores)


def _of_people(files: CollectionFiles, add_up: Callable[[Sequence[float]], float]) -> Callable[[Scores], Scores]:
    """Return how scores of documents become those of people; of documents where the collection ranks those."""
    people = files.people
    if people is None:
        return lambda scores: scores

    def rank(scores: Scores) -> Scores:
        of_person: defaultdict[str, list[float]] = defaultdict(list)
        for document, score in scores.items():
            for person in {part.person for part in people.get(document, ())}:
                of_person[person].append(score)
        return {person: add_up(found) for person, found in of_person.items()}

    return rank


def _load(package: str) -> Any:  # noqa: ANN401 (packages without type hints)
    try:
        return importlib.import_module(package)
    except ImportError as error:
        message = f'{package} is not installed; run: pip install "releve[bench]"'
        raise MissingPackageError(message) from error


if __name__ == "__main__":
    main()
