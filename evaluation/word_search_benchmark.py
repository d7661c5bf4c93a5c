"""Word search compared with tantivy: what protected passages do to an outsider's scores, and how long a search takes.

Run as `python -m evaluation.word_search_benchmark THREADS_JSONL`, with the package tantivy installed.
"""

from __future__ import annotations

import argparse
import gzip
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TextIO

import numpy as np
from rich.console import Console
from rich.table import Table

from recommender.analysis import analyse, query_words
from recommender.indexes.embedded import EmbeddedIndex
from recommender.indexes.index import Passage, WordQuery
from recommender.passages import split_passages

_OPEN: Final = "open"
_PROTECTED: Final = "protected"
_TOP_K: Final = 200
_QUERIES: Final = 200
# Protected passages for each open one, all on one subject.
_PROTECTED_SHARE: Final = 0.2


def main() -> None:
    """Print both comparisons for one file of threads."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("threads", type=Path, help="JSON lines of threads, gzip or plain")
    threads = list(_read_threads(parser.parse_args().threads))
    passages = [passage for thread in threads for passage in _passages(thread)]
    titles = [str(thread["title"]) for thread in threads]
    step = max(1, len(titles) // _QUERIES)
    queries = [query for query in map(query_words, titles[::step]) if query.alternatives]
    console = Console()
    console.print(f"{len(passages):,} passages, {len(queries)} titles as queries, top {_TOP_K}")
    console.print(_compare_scores(passages, queries))
    console.print(_compare_latency(passages, queries))


def _compare_scores(passages: Sequence[Passage], queries: Sequence[WordQuery]) -> Table:
    """Return how an outsider's scores change when a protected space fills with passages on one of the queries."""
    rare = next(query for query in queries if len(query.alternatives) >= 3)
    words = [alternatives[0] for alternatives in rare.alternatives]
    outside = [replace(passage, space=_OPEN) for passage in passages[:5_000]]
    protected = [
        Passage(f"protected:{number}", 0, 1, _PROTECTED, "page", None, [], words)
        for number in range(int(len(outside) * _PROTECTED_SHARE))
    ]
    table = Table("search", "best score before", "after", "change", title="An outsider's best score")
    for name, search in (("tantivy", _search_tantivy), ("ours", _search_ours)):
        before, after = (max(search(content)(rare), default=0.0) for content in (outside, [*outside, *protected]))
        table.add_row(name, f"{before:.4f}", f"{after:.4f}", f"{after - before:+.4f}")
    return table


def _compare_latency(passages: Sequence[Passage], queries: Sequence[WordQuery]) -> Table:
    """Return the median time of a search, in milliseconds, in one run."""
    table = Table("search", "build s", "median ms", "p95 ms", title="Latency, warm")
    for name, make in (("tantivy", _search_tantivy), ("ours", _search_ours)):
        start = time.perf_counter()
        search = make(passages)
        build_s = time.perf_counter() - start
        search(queries[0])
        times_ms = []
        for query in queries:
            start = time.perf_counter()
            search(query)
            times_ms.append(1_000 * (time.perf_counter() - start))
        table.add_row(name, f"{build_s:.1f}", f"{np.median(times_ms):.2f}", f"{np.percentile(times_ms, 95):.2f}")
    return table


_Search = Callable[[WordQuery], list[float]]
"""From a query to the scores an outsider sees, best first or not."""


def _search_ours(passages: Sequence[Passage]) -> _Search:
    # The folder goes when the index that the search holds is collected.
    folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
    index = EmbeddedIndex.create(Path(folder.name), encoder_id=None, dim=0)
    index.add(passages, None)
    index.commit(1)

    def search(query: WordQuery, _kept: object = folder) -> list[float]:
        return [hit.words for hit in index.search(None, query, _TOP_K, {_OPEN})]

    return search


def _search_tantivy(passages: Sequence[Passage]) -> _Search:
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("title", tokenizer_name="whitespace")
    builder.add_text_field("body", tokenizer_name="whitespace")
    builder.add_text_field("space", tokenizer_name="raw")
    schema = builder.build()
    index = tantivy.Index(schema)
    writer = index.writer(heap_size=128_000_000, num_threads=1)
    for passage in passages:
        writer.add_document(
            tantivy.Document(title=" ".join(passage.title_terms), body=" ".join(passage.terms), space=passage.space)
        )
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()
    readable = tantivy.Query.const_score_query(tantivy.Query.term_query(schema, "space", _OPEN), 0.0)

    def search(query: WordQuery) -> list[float]:
        words: list[tuple[Any, Any]] = [
            (tantivy.Occur.Should, tantivy.Query.term_query(schema, field, term))
            for alternatives in query.alternatives
            for term in alternatives
            for field in ("title", "body")
        ]
        anything = tantivy.Query.boolean_query(words)
        both = tantivy.Query.boolean_query([(tantivy.Occur.Must, anything), (tantivy.Occur.Must, readable)])
        return [score for score, _ in searcher.search(both, limit=_TOP_K).hits]

    return search


def _read_threads(path: Path) -> Iterator[dict[str, Any]]:
    opener: Callable[..., TextIO] = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _passages(thread: dict[str, Any]) -> Iterator[Passage]:
    language = thread.get("lang")
    title = analyse(thread["title"], language)
    texts = [("question", thread["text"]), *(("answer", answer["text"]) for answer in thread["answers"])]
    for number, (kind, text) in enumerate(texts):
        for start, end in split_passages(text):
            document_id = f"{thread['id']}/{number}"
            yield Passage(document_id, start, end, _OPEN, kind, None, title, analyse(text[start:end], language))


if __name__ == "__main__":
    main()
